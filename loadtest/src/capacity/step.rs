//! One step of the search: a load that was played, and whether it was kept.

use serde::{Deserialize, Serialize};

use super::limit::Seen;
use super::population::Played;
use crate::measure::verdict::SAMPLES;
use crate::play::Counts;
use crate::refusal::{self, Kind};

/// Refusals that more load leads to are forgiven up to this share of all commands.
const FORGIVEN: f64 = 0.001;

/// What a load that was too slow broke.
const P99: &str = "p99";

/// What must be kept for a load to count.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slo {
    /// The most that the 99th percentile may be, from due to received at every seat, in ms.
    pub p99_ms: f64,
}

/// A load that was played.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadStep {
    /// When it began, in seconds from the start of the search.
    pub at: f64,
    /// Rooms that were played.
    pub rooms: u64,
    /// Commands a second, in all of them together.
    pub rate: f64,
    /// Whether it was the answer once more, for longer.
    pub confirming: bool,
    /// Whether it broke while other programs used the machine, and so was not counted.
    pub spared: bool,
    /// Why it was not kept; empty when it was.
    pub broke: Vec<String>,
    /// From due to received, median, in ms.
    pub p50_ms: f64,
    /// From due to received, 99th percentile, in ms.
    pub p99_ms: f64,
    /// How many that is of.
    #[serde(default)]
    pub timed: u64,
    /// Deliveries a second.
    pub deliveries_per_second: f64,
    /// Connections that ended by themselves.
    pub ended: u64,
    /// What else was seen, the tester's own lateness included.
    pub seen: Seen,
}

impl LoadStep {
    /// Judges what was played. `rooms` is how many were to be played.
    pub(crate) fn of(played: &Played, rooms: u64, rate: f64, slo: &Slo, cores: f64) -> Self {
        let Played { recent, seconds, counts, seen } = played;
        let latency = |quantile| recent.slot.latency.at(quantile).unwrap_or_default();
        let mut refused = std::collections::BTreeMap::new();
        for (name, count) in &counts.ended {
            *refused.entry(refusal::limit_of_close(name)).or_default() += count;
        }
        for (code, count) in &counts.commands.refused {
            if refusal::kind(code) != Kind::TooLate {
                *refused.entry(refusal::limit_of_code(code)).or_default() += count;
            }
        }
        Self {
            at: 0.0,
            rooms,
            rate,
            confirming: false,
            spared: false,
            broke: reasons(counts, latency(0.99), slo),
            p50_ms: latency(0.5),
            p99_ms: latency(0.99),
            timed: recent.slot.latency.count(),
            deliveries_per_second: recent.slot.deliveries as f64 / seconds,
            ended: counts.ended.values().sum(),
            seen: Seen {
                p99_ms: latency(0.99),
                late_ms: recent.late.at(0.99).unwrap_or_default(),
                refused,
                cores,
                ..seen.clone()
            },
        }
    }

    /// Whether everything was kept.
    pub fn kept(&self) -> bool {
        self.broke.is_empty()
    }

    /// Whether enough was timed for a 99th percentile.
    pub fn is_known(&self) -> bool {
        self.timed >= SAMPLES
    }

    /// Whether it broke, and by more than the 99th percentile of too few.
    pub fn is_too_much(&self) -> bool {
        let of_time = |reason: &String| reason.starts_with(P99);
        !self.spared
            && (self.broke.iter().any(|it| !of_time(it)) || !self.kept() && self.is_known())
    }
}

fn reasons(played: &Counts, p99_ms: f64, slo: &Slo) -> Vec<String> {
    let mut broke = Vec::new();
    let mut if_any = |count: u64, what: &str| {
        if count > 0 {
            broke.push(format!("{count} {what}"));
        }
    };
    let at = &played.deliveries;
    if_any(played.ended.values().sum(), "connections ended");
    if_any(at.lost, "lost");
    if_any(at.duplicated, "twice");
    if_any(at.out_of_order, "out of order");
    if_any(played.commands.unanswered(), "unanswered");
    for (code, count) in &played.commands.refused {
        if refusal::kind(code) != Kind::TooLate
            && *count as f64 > played.commands.sent as f64 * FORGIVEN
        {
            if_any(*count, code);
        }
    }
    if played.commands.sent == 0 {
        broke.push("nothing was sent".into());
    }
    if !played.settled {
        broke.push("not everything had come in time".into());
    }
    if p99_ms > slo.p99_ms {
        broke.push(format!("{P99} {p99_ms:.0} ms"));
    }
    broke
}
