//! The load tester of Setroom, and the Rust client that it and the server's tests are made of.
//!
//! [`client`] is a real client: links, sealing, admission, the view by merge patches. [`seal`] is
//! its half of the sealing. [`run`] fills rooms with such clients and measures from the moment a
//! command was due, by the pure [`schedule`], to its receipt at every seat.

pub mod agent;
pub mod capacity;
pub mod cli;
pub mod client;
pub mod fault;
mod files;
pub mod measure;
mod play;
pub mod progress;
pub mod report;
pub mod run;
pub mod scenario;
pub mod schedule;
pub mod seal;
pub mod sequence;
