//! The load tester of Setroom, and the Rust client that it and the server's tests are made of.
//!
//! [`client`] is a real client: links, sealing, admission, the view by merge patches. [`seal`] is
//! its half of the sealing. `run` fills rooms with such clients and measures from the moment a
//! command was due, by the pure `schedule`, to its receipt at every seat.
//!
//! With the feature `sim` the client alone is built, on the TCP of a simulated network.

#[cfg(not(feature = "sim"))]
pub mod agent;
#[cfg(not(feature = "sim"))]
pub mod capacity;
#[cfg(not(feature = "sim"))]
pub mod cli;
pub mod client;
#[cfg(not(feature = "sim"))]
pub mod fault;
#[cfg(not(feature = "sim"))]
mod files;
#[cfg(not(feature = "sim"))]
pub mod measure;
#[cfg(not(feature = "sim"))]
mod play;
#[cfg(not(feature = "sim"))]
pub mod progress;
#[cfg(not(feature = "sim"))]
mod refusal;
#[cfg(not(feature = "sim"))]
pub mod report;
#[cfg(not(feature = "sim"))]
pub mod run;
#[cfg(not(feature = "sim"))]
pub mod scenario;
#[cfg(not(feature = "sim"))]
pub mod schedule;
pub mod seal;
pub mod sequence;
