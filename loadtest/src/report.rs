//! What a run found: JSON for machines, text with the verdict first for people.
//!
//! `loadtest/schema/report.json` describes the JSON; a test holds the two together.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::measure::latency::Quantiles;
use crate::measure::process::Used;
use crate::measure::verdict::{Thresholds, Verdict};

/// A generator that is later than this, in milliseconds, measures its own machine as well.
const BUSY_MS: f64 = 10.0;

/// The whole report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Pass or fail.
    pub verdict: Verdict,
    /// Why it failed; empty when it passed.
    pub reasons: Vec<String>,
    /// Whether it was stopped before its end.
    pub partial: bool,
    /// From the moment a command was due to its receipt, each seat's receipt a sample.
    pub latency_ms: Quantiles,
    /// Changes on their way to seats.
    pub deliveries: Deliveries,
    /// What was asked.
    pub commands: Commands,
    /// How well the generator kept its schedule.
    pub generator: Generator,
    /// How people came in.
    pub join: Join,
    /// Merged views against fresh snapshots.
    pub views: Views,
    /// How connections ended before the end, by close code and reason.
    pub ended: BTreeMap<String, u64>,
    /// What the server used; only with `--server-pid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<Used>,
    /// What the run was asked to be.
    pub arguments: Arguments,
    /// The seed that repeats it.
    pub seed: u64,
    /// Version of the tester.
    pub version: String,
}

/// Changes on their way to seats: every change of a room is to reach every seat of it once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Deliveries {
    /// Changes times seats.
    pub expected: u64,
    /// Those that came, each counted once.
    pub received: u64,
    /// Those that never came.
    pub lost: u64,
    /// Those that came again.
    pub duplicated: u64,
    /// Those that came after a later one.
    pub out_of_order: u64,
    /// Those of the run's own commands, whose latency was taken.
    pub timed: u64,
    /// Received ones for each second of the measured part.
    pub per_second: f64,
}

/// What was asked. `done`, `refused` and what is missing make `sent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Commands {
    /// Became due.
    pub due: u64,
    /// Were sent.
    pub sent: u64,
    /// Were done.
    pub done: u64,
    /// Were refused; a refusal is an answer, and nothing is delivered for it.
    pub refused: u64,
    /// The refused ones by their code.
    pub refused_by_code: BTreeMap<String, u64>,
}

/// How well the generator kept its schedule. When it was late, the latencies above hold that too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Generator {
    /// From due to sent: half were at most so late.
    pub late_ms_p50: f64,
    /// 99 % were at most so late.
    pub late_ms_p99: f64,
    /// The latest.
    pub late_ms_max: f64,
}

/// How people came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Join {
    /// Seats, facilitators included.
    pub seats: u64,
    /// How long all of it took.
    pub seconds: f64,
    /// From a seat's first packet to its snapshot, the admission included: half took at most this.
    pub p50_ms: f64,
    /// 99 % took at most this.
    pub p99_ms: f64,
}

/// Merged views against fresh snapshots, when the rooms hold still at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Views {
    /// Compared.
    pub checked: u64,
    /// The same.
    pub equal: u64,
}

/// What the run was asked to be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Arguments {
    /// The server.
    pub url: String,
    /// Rooms.
    pub rooms: usize,
    /// Seats in each room, the facilitator's included.
    pub members: usize,
    /// Commands a second in all rooms together.
    pub rate: f64,
    /// Seconds of the measured part.
    pub duration_seconds: f64,
    /// Whether boxes were random bytes and not sealed.
    pub opaque: bool,
    /// The server's process, when it was watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_pid: Option<u32>,
    /// What had to be kept.
    pub thresholds: Thresholds,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.verdict {
            Verdict::Pass => writeln!(f, "PASS: every threshold was kept.")?,
            Verdict::Fail => writeln!(f, "FAIL: {}.", self.reasons.join("; "))?,
        }
        let (asked, latency) = (&self.arguments, &self.latency_ms);
        writeln!(f)?;
        writeln!(
            f,
            "load         {} rooms × {} seats, {} commands/s for {} s{}",
            asked.rooms,
            asked.members,
            asked.rate,
            asked.duration_seconds,
            if self.partial { " (stopped early)" } else { "" },
        )?;
        writeln!(
            f,
            "latency      p50 {:.1}  p90 {:.1}  p99 {:.1}  p99.9 {:.1}  max {:.1} ms, due to received",
            latency.p50, latency.p90, latency.p99, latency.p999, latency.max,
        )?;
        let at = &self.deliveries;
        writeln!(
            f,
            "deliveries   {} of {} received, {} lost, {} twice, {} out of order, {:.0}/s",
            at.received, at.expected, at.lost, at.duplicated, at.out_of_order, at.per_second,
        )?;
        let at = &self.commands;
        write!(
            f,
            "commands     {} due, {} sent, {} done, {} refused",
            at.due, at.sent, at.done, at.refused
        )?;
        list(f, &at.refused_by_code)?;
        writeln!(
            f,
            "generator    late p50 {:.1}  p99 {:.1}  max {:.1} ms",
            self.generator.late_ms_p50, self.generator.late_ms_p99, self.generator.late_ms_max,
        )?;
        if self.generator.late_ms_p99 > BUSY_MS {
            writeln!(
                f,
                "             late itself: this machine was too busy to judge a server by"
            )?;
        }
        writeln!(
            f,
            "joins        {} seats in {:.1} s, p50 {:.0}  p99 {:.0} ms",
            self.join.seats, self.join.seconds, self.join.p50_ms, self.join.p99_ms,
        )?;
        writeln!(
            f,
            "views        {} of {} equal a fresh snapshot",
            self.views.equal, self.views.checked
        )?;
        if !self.ended.is_empty() {
            write!(f, "connections  {} ended early", self.ended.values().sum::<u64>())?;
            list(f, &self.ended)?;
        }
        if let Some(used) = &self.server {
            writeln!(
                f,
                "server       {:.1} µs CPU per delivery ({:.1} s), {:.1} KiB per seat, {:.1} MiB resident",
                used.cpu_us_per_delivery,
                used.cpu_seconds,
                used.rss_bytes_per_seat / 1024.0,
                used.rss_bytes as f64 / 1_048_576.0,
            )?;
        }
        write!(f, "repeat with  --seed {}", self.seed)
    }
}

fn list(f: &mut fmt::Formatter<'_>, counts: &BTreeMap<String, u64>) -> fmt::Result {
    if counts.is_empty() {
        return writeln!(f);
    }
    let each: Vec<_> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    writeln!(f, " ({})", each.join(", "))
}
