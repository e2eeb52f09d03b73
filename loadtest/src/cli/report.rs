//! `report`: a stored report, judged and drawn again.

use std::path::{Path, PathBuf};

use clap::Args;

use super::ending::say;
use super::outputs::Outputs;
use crate::measure::verdict::Verdict;
use crate::report::Report;

/// What `report` is told.
#[derive(Args, Debug)]
pub struct ReportArgs {
    /// The report, as `run --json` wrote it.
    #[arg(value_name = "REPORT.json")]
    pub stored: PathBuf,
    /// Where it goes.
    #[command(flatten)]
    pub outputs: Outputs,
}

impl ReportArgs {
    pub(super) fn perform(&self) -> Result<Verdict, String> {
        let report = stored(&self.stored)?;
        let report = self.outputs.open()?(report)?;
        say(&report)?;
        Ok(report.verdict)
    }
}

/// Reads a stored report.
pub(super) fn stored(path: &Path) -> Result<Report, String> {
    let json = std::fs::read(path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    Report::read(&json)
        .map_err(|error| format!("{} is not a report of this program: {error}", path.display()))
}
