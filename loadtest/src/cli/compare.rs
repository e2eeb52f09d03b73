//! `compare`: a gate against a stored baseline.

use std::path::PathBuf;

use clap::Args;

use super::ending::say;
use super::report::stored;
use super::values::positive;
use crate::measure::verdict::Verdict;
use crate::report::compare::{Comparison, Ratios, differences};

/// What `compare` is told.
#[derive(Args, Debug)]
pub struct CompareArgs {
    /// The baseline, as `run --json` wrote it.
    #[arg(value_name = "A.json")]
    pub baseline: PathBuf,
    /// What is compared with it.
    #[arg(value_name = "B.json")]
    pub candidate: PathBuf,
    /// The most that B's 99th percentile of latency may be, as a multiple of A's.
    #[arg(long, value_name = "RATIO", default_value_t = 1.2, value_parser = positive)]
    pub max_p99_ratio: f64,
    /// The same for its 50th percentile.
    #[arg(long, value_name = "RATIO", default_value_t = 1.2, value_parser = positive)]
    pub max_p50_ratio: f64,
    /// The same for the 99th percentile of joining.
    #[arg(long, value_name = "RATIO", default_value_t = 1.5, value_parser = positive)]
    pub max_join_ratio: f64,
    /// The same for the 99th percentile of coming back.
    #[arg(long, value_name = "RATIO", default_value_t = 1.5, value_parser = positive)]
    pub max_back_ratio: f64,
    /// The same for the server's processor time for each delivery.
    #[arg(long, value_name = "RATIO", default_value_t = 1.2, value_parser = positive)]
    pub max_cpu_ratio: f64,
    /// The same for the server's memory for each person.
    #[arg(long, value_name = "RATIO", default_value_t = 1.2, value_parser = positive)]
    pub max_memory_ratio: f64,
    /// Compares runs of different load, length or machine all the same.
    #[arg(long)]
    pub different_shape: bool,
}

impl CompareArgs {
    pub(super) fn perform(&self) -> Result<Verdict, String> {
        let (one, two) = (stored(&self.baseline)?, stored(&self.candidate)?);
        let differences = differences(&one, &two);
        if !differences.is_empty() && !self.different_shape {
            return Err(format!(
                "A and B are not runs of the same kind ({}): say --different-shape to compare them \
                 all the same",
                differences.join("; ")
            ));
        }
        let comparison = Comparison::of(
            &one,
            &two,
            &Ratios {
                p99: self.max_p99_ratio,
                p50: self.max_p50_ratio,
                join: self.max_join_ratio,
                back: self.max_back_ratio,
                cpu: self.max_cpu_ratio,
                memory: self.max_memory_ratio,
            },
        );
        let mut text = comparison.to_string();
        for difference in differences {
            text.push_str(&format!("\nnot the same: {difference}"));
        }
        say(text.trim_end())?;
        Ok(comparison.verdict)
    }
}
