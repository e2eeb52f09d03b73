//! Where a report goes besides the screen.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::target::{JsonFile, created, write_json};
use crate::report::Report;

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

/// The same files, found writable before the work began.
#[derive(Debug)]
pub(super) struct OpenedOutputs {
    json: Option<File>,
    html: Option<File>,
    prometheus: Option<File>,
    target_sets: Option<u64>,
}

impl Outputs {
    pub(super) fn open(&self) -> Result<OpenedOutputs, String> {
        Ok(OpenedOutputs {
            json: self.json.open()?,
            html: self.html.as_deref().map(created).transpose()?,
            prometheus: self.prometheus.as_deref().map(created).transpose()?,
            target_sets: self.target_sets,
        })
    }
}

impl OpenedOutputs {
    /// Writes the report to every file, and gives it as it was written.
    pub(super) fn write(&mut self, report: Report) -> Result<Report, String> {
        let report = match self.target_sets {
            Some(sets) => report.for_sets(sets),
            None => report,
        };
        write_json(&self.json, &report)?;
        let texts = [
            (&mut self.html, Report::html as fn(&Report) -> String),
            (&mut self.prometheus, Report::prometheus),
        ];
        for (file, text) in texts {
            if let Some(file) = file {
                let written = file.write_all(text(&report).as_bytes());
                written.map_err(|e| format!("the report cannot be written: {e}"))?;
            }
        }
        Ok(report)
    }
}
