//! The client's tests, in one binary. What it does in a room is tested with the service, and with the
//! load tester's server of a few lines.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise, also in its own functions"
)]

mod forms;
mod holders;
mod model;
mod names;
mod off_record;
mod sealing;
mod seeds;
mod trust;
mod vectors;
