//! What is measured, and what follows from it.

pub mod latency;
pub mod process;
pub mod verdict;
