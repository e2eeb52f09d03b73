//! Setroom protocol.
