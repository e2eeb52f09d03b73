//! The generator against the floor and against servers that do wrong, and what is shown of results.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by them; Clippy frees only the functions marked as tests"
)]
#![cfg(target_os = "linux")]

mod books;
mod results;
mod whole;
