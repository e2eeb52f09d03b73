//! `compare`: a gate against a stored baseline.

use std::path::PathBuf;

use clap::Args;

use super::ending::say;
use super::report::stored;
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
    /// How much worse B may be.
    #[command(flatten)]
    pub ratios: Ratios,
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
        let comparison = Comparison::of(&one, &two, &self.ratios);
        let mut text = comparison.to_string();
        for difference in differences {
            text.push_str(&format!("\nnot the same: {difference}"));
        }
        say(text.trim_end())?;
        Ok(comparison.verdict)
    }
}
