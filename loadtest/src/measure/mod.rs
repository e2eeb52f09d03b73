//! What is measured, and what follows from it.

pub mod buckets;
mod checks;
pub mod latency;
pub mod machine;
pub mod outcome;
pub mod process;
pub mod processes;
pub mod recorder;
pub mod sampler;
pub mod strain;
mod thresholds;
pub mod timeline;
pub mod trend;
pub mod verdict;

pub use outcome::Outcome;
