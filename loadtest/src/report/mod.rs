//! What a run found, for whoever has to decide: JSON and Prometheus text for machines, a page and a
//! text with the verdict first for people.
//!
//! `loadtest/schema/report.json` describes the JSON; a test holds the two together. A stored report
//! is judged and drawn again from its measurements, never from what it says follows from them.

pub mod compare;
mod hardware;
mod headroom;
mod html;
mod prometheus;
mod summary;
mod text;

use serde::{Deserialize, Serialize};

pub use self::hardware::Hardware;
pub use self::headroom::{Headroom, Resource};
use crate::measure::latency::{Latency, Quantiles};
use crate::measure::outcome::Outcome;
use crate::measure::process::Used;
use crate::measure::verdict::{Check, Thresholds, Verdict, checks, judge};

/// The whole report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Passed, failed, or could not be judged.
    pub verdict: Verdict,
    /// The verdict in a sentence that needs no engineer.
    pub headline: String,
    /// Why it failed or could not be judged; empty when it passed.
    pub reasons: Vec<String>,
    /// What had to be kept.
    pub thresholds: Thresholds,
    /// Each thing that had to be kept, and whether it was.
    pub checks: Vec<Check>,
    /// What follows from the measurements.
    pub figures: Figures,
    /// What would give first if there were more.
    pub headroom: Headroom,
    /// What hardware a number of sets would need: an estimate. None without the server's process,
    /// and none when people were kept from working: what that took tells nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hardware: Option<Hardware>,
    /// The measurements: the rest can be made from these and the thresholds again.
    pub outcome: Outcome,
}

/// What follows from the measurements.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// From the moment a command was due to its receipt, each seat's receipt a sample.
    pub latency_ms: Quantiles,
    /// From a seat's first packet to its first snapshot.
    pub join_ms: Quantiles,
    /// From a connection's end to its seat having everything again.
    pub back_ms: Quantiles,
    /// How late commands were sent. When they were, the latencies hold that too.
    pub late_ms: Quantiles,
    /// Receipts whose latency was taken.
    pub timed: u64,
    /// Seats that were taken.
    pub joined: u64,
    /// Deliveries for each second of the measured part.
    pub deliveries_per_second: f64,
    /// What the server used; only when its process was watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<Used>,
}

/// As much of a stored report as the rest is made from again.
#[derive(Deserialize)]
struct Stored {
    thresholds: Thresholds,
    outcome: Outcome,
}

impl Report {
    /// Judges what was measured.
    pub fn of(outcome: &Outcome, thresholds: &Thresholds) -> Self {
        let checks = checks(thresholds, outcome);
        let (verdict, reasons) = judge(&checks);
        let report = Self {
            verdict,
            headline: summary::headline(verdict, &checks, outcome),
            reasons,
            thresholds: *thresholds,
            checks,
            figures: Figures::of(outcome),
            headroom: Headroom::of(outcome),
            hardware: None,
            outcome: outcome.clone(),
        };
        report.for_sets(outcome.asked.rooms)
    }

    /// The same, with the hardware that this many sets would need.
    #[must_use]
    pub fn for_sets(mut self, sets: u64) -> Self {
        self.hardware = Hardware::of(&self.outcome, sets).filter(|_| !self.hindered());
        self
    }

    /// Whether anything kept people from working, as far as is certain.
    pub fn hindered(&self) -> bool {
        self.checks.iter().any(|check| check.hindrance.is_some())
    }

    /// Makes a stored report again from its measurements.
    ///
    /// # Errors
    /// What is missing or not understood.
    pub fn read(json: &[u8]) -> Result<Self, serde_json::Error> {
        let stored: Stored = serde_json::from_slice(json)?;
        Ok(Self::of(&stored.outcome, &stored.thresholds))
    }
}

impl Figures {
    fn of(outcome: &Outcome) -> Self {
        let received = outcome.deliveries.received;
        let seconds = outcome.load_seconds;
        let server = outcome.server.as_ref().map(|server| {
            Used::between(server.before, server.start, server.end, received, outcome.seats)
        });
        let quantiles = Latency::quantiles;
        Self {
            latency_ms: quantiles(&outcome.latency),
            join_ms: quantiles(&outcome.joined),
            back_ms: quantiles(&outcome.back),
            late_ms: quantiles(&outcome.late),
            timed: outcome.latency.count(),
            joined: outcome.joined.count(),
            deliveries_per_second: if seconds > 0.0 { received as f64 / seconds } else { 0.0 },
            server,
        }
    }
}
