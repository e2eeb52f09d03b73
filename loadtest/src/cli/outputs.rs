//! Where a report goes besides the screen.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::ending::stopped_by_hand;
use super::json_file::{JsonFile, created, write_json};
use crate::course::run;
use crate::measure::outcome::Outcome;
use crate::measure::verdict::Thresholds;
use crate::progress::Progress;
use crate::report::Report;
use crate::run::Run;

/// The files that a report is written to.
#[derive(Args, Clone, Debug)]
pub struct Outputs {
    /// As JSON.
    #[command(flatten)]
    pub json: JsonFile,
    /// Writes one HTML page that can be filed and printed to this file.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Writes the figures in the text form of Prometheus to this file.
    #[arg(long, value_name = "FILE")]
    pub prometheus: Option<PathBuf>,
    /// Estimates the hardware for this many sets, instead of for as many as were tested.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub target_sets: Option<u64>,
}

/// Runs a load from this machine alone, until it is over or stopped by hand.
pub(super) async fn alone(plan: &Run) -> Result<Outcome, String> {
    run(plan, stopped_by_hand(), &Progress::for_stderr()).await.map_err(|e| e.to_string())
}

impl Outputs {
    /// Runs what is `measured`, judges it, and writes the report; gives it as it was written.
    pub(super) async fn report_of(
        &self,
        measured: impl Future<Output = Result<Outcome, String>>,
        kept: &Thresholds,
    ) -> Result<Report, String> {
        let write = self.open()?;
        let mut outcome = measured.await?;
        outcome.asked.command_line = std::env::args().collect();
        write(Report::of(&outcome, kept))
    }

    /// Opens the files, so that they are found writable before the work begins. What it gives writes
    /// a report to every one, and gives it as it was written.
    pub(super) fn open(&self) -> Result<impl FnOnce(Report) -> Result<Report, String>, String> {
        let json = self.json.open()?;
        let html = self.html.as_deref().map(created).transpose()?;
        let prometheus = self.prometheus.as_deref().map(created).transpose()?;
        Ok(move |report: Report| {
            let report = match self.target_sets {
                Some(sets) => report.for_sets(sets),
                None => report,
            };
            write_json(&json, &report)?;
            let texts =
                [(html, Report::html as fn(&Report) -> String), (prometheus, Report::prometheus)];
            for (file, text) in texts {
                if let Some(mut file) = file {
                    let written = file.write_all(text(&report).as_bytes());
                    written.map_err(|e| format!("the report cannot be written: {e}"))?;
                }
            }
            Ok(report)
        })
    }
}
