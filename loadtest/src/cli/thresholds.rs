//! What a run has to keep.

use clap::Args;

use super::values::positive;
use crate::measure::verdict::Thresholds;

/// The thresholds that flags set.
#[derive(Args, Clone, Debug)]
pub struct ThresholdArgs {
    /// The most that the 99th percentile may be, from due to received at every seat, in ms.
    #[arg(long, value_name = "MS", default_value_t = 50.0, value_parser = positive)]
    pub fail_p99_ms: f64,
    /// The most that the 99th percentile of joining may be, in ms.
    #[arg(long, value_name = "MS", value_parser = positive)]
    pub fail_join_p99_ms: Option<f64>,
}

impl ThresholdArgs {
    /// What a verdict looks at.
    #[must_use]
    pub fn thresholds(&self) -> Thresholds {
        Thresholds {
            p99_ms: self.fail_p99_ms,
            join_p99_ms: self.fail_join_p99_ms,
            ..Thresholds::default()
        }
    }
}
