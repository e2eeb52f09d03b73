//! The load tester's tests, in one binary.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise, also in its own functions"
)]

mod capacity;
mod client;
mod counting;
mod fake;
mod forms;
mod program;
mod schedule;
mod schema;
mod sealing;
mod selftest;
mod vectors;
