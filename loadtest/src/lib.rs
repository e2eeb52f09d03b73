//! Setroom load tester.

pub mod seal;
