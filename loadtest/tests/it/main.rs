//! The load tester's tests, in one binary.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise, also in its own functions"
)]

mod agents;
mod capacity;
mod channel;
mod client;
mod compare;
mod counting;
mod fake;
mod judging;
mod merging;
mod program;
mod prometheus;
mod real;
mod scenarios;
mod schedule;
mod schema;
mod selftest;
mod shell;
mod trend;

/// Waits for an event; gives up only when something is broken.
async fn soon<T>(event: impl Future<Output = T>) -> T {
    let patience = std::time::Duration::from_secs(120);
    tokio::time::timeout(patience, Box::pin(event)).await.expect("the awaited event did not happen")
}
