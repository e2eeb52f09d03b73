//! The load tester of Setroom, and the Rust client that it and the server's tests are made of.
//!
//! [`client`] is a real client: links, sealing, admission, the view by merge patches. [`seal`] is
//! its half of the sealing.

pub mod client;
pub mod seal;
pub mod sequence;
