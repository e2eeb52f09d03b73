//! Measures the service beside the kernel's own price and beside other servers, in turn, on one
//! machine.
//!
//! [`floor`] is the least that a delivery can cost. [`servers`] starts whatever is measured,
//! [`generator`] loads it over raw sockets and checks every delivery, [`rounds`] measures all of
//! them in turn, and [`table`] says what came out in ratios.

#![cfg(target_os = "linux")]

pub mod allocations;
pub mod clock;
pub mod cores;
pub mod disk;
pub mod document;
pub mod figures;
pub mod files;
pub mod floor;
pub mod frames;
pub mod generator;
pub mod goals;
pub mod growth;
pub mod idle_rooms;
pub mod isolation;
pub mod machine;
pub mod presses;
pub mod report;
pub mod results;
pub mod rounds;
pub mod servers;
pub mod steps;
pub mod table;
pub mod unread;
pub mod usage;
pub mod wire;
pub mod workload;
