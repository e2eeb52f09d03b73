//! What a run found: JSON for machines, text with the verdict first for people.
//!
//! `loadtest/schema/report.json` describes the JSON; a test holds the two together.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::measure::latency::{Latency, Quantiles};
use crate::measure::outcome::Outcome;
use crate::measure::process::Used;
use crate::measure::verdict::{Thresholds, Verdict, judge};

/// A generator that is later than this, in milliseconds, measures its own machine as well.
const BUSY_MS: f64 = 10.0;

/// The whole report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Pass or fail.
    pub verdict: Verdict,
    /// Why it failed; empty when it passed.
    pub reasons: Vec<String>,
    /// What had to be kept.
    pub thresholds: Thresholds,
    /// What follows from the measurements.
    pub figures: Figures,
    /// The measurements: the rest can be made from these again.
    pub outcome: Outcome,
}

/// What follows from the measurements.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Used>,
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

impl Report {
    /// Judges what was measured.
    #[must_use]
    pub fn of(outcome: &Outcome, thresholds: &Thresholds) -> Self {
        let (verdict, reasons) = judge(thresholds, outcome);
        Self {
            verdict,
            reasons,
            thresholds: *thresholds,
            figures: Figures::of(outcome),
            outcome: outcome.clone(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.verdict {
            Verdict::Pass => writeln!(f, "PASS: every threshold was kept.")?,
            Verdict::Fail => writeln!(f, "FAIL: {}.", self.reasons.join("; "))?,
        }
        let (found, figures) = (&self.outcome, &self.figures);
        let (asked, latency) = (&found.asked, &figures.latency_ms);
        writeln!(f)?;
        writeln!(
            f,
            "load         {} rooms × {} seats, {} commands/s for {} s{}",
            asked.rooms,
            asked.members,
            asked.rate,
            asked.duration_seconds,
            if found.partial { " (stopped early)" } else { "" },
        )?;
        writeln!(
            f,
            "latency      p50 {:.1}  p90 {:.1}  p99 {:.1}  p99.9 {:.1}  max {:.1} ms, due to received",
            latency.p50, latency.p90, latency.p99, latency.p999, latency.max,
        )?;
        let at = &found.deliveries;
        writeln!(
            f,
            "deliveries   {} of {} received, {} lost, {} twice, {} out of order, {:.0}/s",
            at.received,
            at.expected,
            at.lost,
            at.duplicated,
            at.out_of_order,
            figures.deliveries_per_second,
        )?;
        let at = &found.commands;
        write!(
            f,
            "commands     {} due, {} sent, {} done, {} refused",
            at.due,
            at.sent,
            at.done,
            at.refusals()
        )?;
        list(f, &at.refused)?;
        let late = &figures.late_ms;
        writeln!(
            f,
            "generator    late p50 {:.1}  p99 {:.1}  max {:.1} ms",
            late.p50, late.p99, late.max,
        )?;
        if late.p99 > BUSY_MS {
            writeln!(
                f,
                "             late itself: this machine was too busy to judge a server by"
            )?;
        }
        let join = &figures.join_ms;
        writeln!(
            f,
            "joins        {} seats in {:.1} s, p50 {:.0}  p99 {:.0} ms",
            figures.joined, found.join_seconds, join.p50, join.p99,
        )?;
        writeln!(
            f,
            "views        {} of {} equal a fresh snapshot",
            found.views.equal, found.views.checked
        )?;
        if !found.ended.is_empty() {
            write!(f, "connections  {} ended early", found.ended.values().sum::<u64>())?;
            list(f, &found.ended)?;
        }
        if let Some(used) = &figures.server {
            writeln!(
                f,
                "server       {:.1} µs CPU per delivery ({:.1} s), {:.1} KiB per seat, {:.1} MiB resident",
                used.cpu_us_per_delivery,
                used.cpu_seconds,
                used.rss_bytes_per_seat / 1024.0,
                used.rss_bytes as f64 / 1_048_576.0,
            )?;
        }
        write!(f, "repeat with  --seed {}", asked.seed)
    }
}

fn list(f: &mut fmt::Formatter<'_>, counts: &BTreeMap<String, u64>) -> fmt::Result {
    if counts.is_empty() {
        return writeln!(f);
    }
    let each: Vec<_> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    writeln!(f, " ({})", each.join(", "))
}
