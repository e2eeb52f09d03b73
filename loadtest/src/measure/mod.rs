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

/// Both together, where both are known; else the one that is.
pub(crate) fn sum<T: std::ops::Add<Output = T>>(one: Option<T>, two: Option<T>) -> Option<T> {
    match (one, two) {
        (Some(one), Some(two)) => Some(one + two),
        (one, two) => one.or(two),
    }
}
