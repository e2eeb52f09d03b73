//! Two reports of the same load: is the second worse than the first by more than is allowed?
//!
//! A figure fails the comparison when it is worse by more than its ratio *and* by more than the
//! figures of single seconds differ within the two runs anyway. What may not happen at all, as a
//! lost delivery, has no ratio. Two runs of which nobody knows how they went are not alike, whatever
//! their figures: that a comparison cannot be judged is a third outcome.

use std::fmt;

use clap::Args;

use super::{Report, headroom};
use crate::measure::outcome::Outcome;
use crate::measure::strain::strained;
use crate::measure::timeline::Slot;
use crate::measure::verdict::Verdict;
use crate::values::positive;
use crate::words;

/// The most that each figure of B may be, as a multiple of A's.
#[derive(Args, Clone, Copy, Debug, PartialEq)]
pub struct Ratios {
    /// The most that B's 99th percentile of latency may be, as a multiple of A's.
    #[arg(long = "max-p99-ratio", value_name = "RATIO", default_value_t = 1.2, value_parser = positive)]
    pub p99: f64,
    /// The same for its 50th percentile.
    #[arg(long = "max-p50-ratio", value_name = "RATIO", default_value_t = 1.2, value_parser = positive)]
    pub p50: f64,
    /// The same for the 99th percentile of joining.
    #[arg(long = "max-join-ratio", value_name = "RATIO", default_value_t = 1.5, value_parser = positive)]
    pub join: f64,
    /// The same for the 99th percentile of coming back.
    #[arg(long = "max-back-ratio", value_name = "RATIO", default_value_t = 1.5, value_parser = positive)]
    pub back: f64,
    /// The same for the server's processor time for each delivery.
    #[arg(long = "max-cpu-ratio", value_name = "RATIO", default_value_t = 1.2, value_parser = positive)]
    pub cpu: f64,
    /// The same for the server's memory for each person.
    #[arg(long = "max-memory-ratio", value_name = "RATIO", default_value_t = 1.2, value_parser = positive)]
    pub memory: f64,
}

/// What came of one figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Not worse than is allowed.
    Kept,
    /// Worse than is allowed, but by less than the runs differ within themselves.
    Noise,
    /// Worse than is allowed.
    Worse,
}

/// One figure of both.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it is.
    pub figure: &'static str,
    /// Of the first, and of the second.
    pub values: [f64; 2],
    /// What both are counted in.
    pub unit: &'static str,
    /// The most that the second may be of the first; none where nothing may be worse.
    pub most: Option<f64>,
    /// How much single seconds differ within the runs, in the figure's unit; where that is known.
    pub noise: Option<f64>,
}

/// The comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Each figure.
    pub rows: Vec<Row>,
    /// Whether B is not worse than A by more than is allowed.
    pub verdict: Verdict,
    /// What decided that, besides figures that are worse.
    pub why: Vec<String>,
}

/// In what the two runs differ that should be the same, a sentence's part each.
pub fn differences(one: &Report, two: &Report) -> Vec<String> {
    let pairs = shape(one).into_iter().zip(shape(two));
    let unequal = pairs.filter(|(a, b)| a != b);
    unequal.map(|((what, a), (_, b))| format!("{what} {a} against {b}")).collect()
}

/// What two runs must have in common.
fn shape(report: &Report) -> [(&'static str, String); 9] {
    let (found, asked) = (&report.outcome, &report.outcome.asked);
    let machines = found.testers.iter().chain(found.server.as_ref().map(|server| &server.machine));
    let machines = machines
        .map(|at| format!("{} cores {}", at.cores, at.processor.as_deref().unwrap_or_default()));
    [
        ("scenario", asked.scenario.as_deref().unwrap_or("none").to_owned()),
        ("sets", asked.rooms.to_string()),
        ("people in each", asked.members.to_string()),
        ("commands a second", words::number(asked.rate)),
        ("length", words::seconds(asked.duration_seconds)),
        ("speed", words::number(asked.compressed.unwrap_or(1.0))),
        ("sealing", if asked.opaque { "random bytes" } else { "real" }.to_owned()),
        ("machine", machines.collect::<Vec<_>>().join(", ")),
        ("end", if found.partial { "stopped early" } else { "whole" }.to_owned()),
    ]
}

impl Comparison {
    /// Compares the second with the first.
    pub fn of(one: &Report, two: &Report, ratios: &Ratios) -> Self {
        let both = [one, two];
        let row = |figure, values, unit, most, noise| Row { figure, values, unit, most, noise };
        let of = |value: &dyn Fn(&Report) -> f64| both.map(value);
        let spread = |quantile| spread(&both, |slot| slot.latency.at(quantile));
        let (p50, p99) = (of(&|r| r.figures.latency_ms.p50), of(&|r| r.figures.latency_ms.p99));
        let join = of(&|r| r.figures.join_ms.p99);
        let mut rows = vec![
            row("latency p50", p50, "ms", Some(ratios.p50), spread(0.5)),
            row("latency p99", p99, "ms", Some(ratios.p99), spread(0.99)),
            row("joining p99", join, "ms", Some(ratios.join), None),
        ];
        if both.iter().all(|report| report.outcome.back.count() > 0) {
            let back = of(&|r| r.figures.back_ms.p99);
            rows.push(row("coming back p99", back, "ms", Some(ratios.back), None));
        }
        if let [Some(a), Some(b)] = both.map(|report| report.figures.server) {
            let cpu = [a.cpu_us_per_delivery, b.cpu_us_per_delivery];
            let memory = [a.rss_bytes_per_seat, b.rss_bytes_per_seat];
            let noise = spread_of_cpu(&both);
            rows.push(row("processor for each delivery", cpu, "µs", Some(ratios.cpu), noise));
            rows.push(row("memory for each person", memory, "B", Some(ratios.memory), None));
        }
        let mut count = |figure, of: &dyn Fn(&Outcome) -> u64| {
            rows.push(row(figure, both.map(|report| of(&report.outcome) as f64), "", None, None));
        };
        count("deliveries lost", &|at| at.deliveries.lost);
        count("deliveries that came twice", &|at| at.deliveries.duplicated);
        count("deliveries out of order", &|at| at.deliveries.out_of_order);
        count("deliveries in the wrong room", &|at| at.deliveries.wrong_room);
        count("connections that never came back", &|at| at.reconnects.never);
        count("views that differ", &|at| at.views.checked.saturating_sub(at.views.equal));
        count("people who were never in", &|at| at.not_in);
        count("connections that ended by themselves", &|at| at.ended.values().sum());
        let (verdict, why) = judge(one, two, &rows);
        Self { rows, verdict, why }
    }
}

/// What kept people from working in B is worse than any figure; times of a run that could not be
/// judged are no figures, and neither is a baseline that people were kept from working in.
fn judge(one: &Report, two: &Report, rows: &[Row]) -> (Verdict, Vec<String>) {
    if two.hindered() {
        return (Verdict::Fail, vec![format!("B: {}", two.headline)]);
    }
    let worse = |row: &&Row| row.judged() == Compared::Worse;
    let certain = |row: &&Row| row.most.is_none();
    if rows.iter().filter(worse).any(|row| certain(&row)) {
        return (Verdict::Fail, Vec::new());
    }
    let mut doubts = Vec::new();
    for (name, report) in [("A", one), ("B", two)] {
        if report.verdict == Verdict::Unjudged || report.hindered() {
            doubts.push(format!("{name}: {}", report.headline));
        } else if let Some(why) = strained(&report.outcome) {
            doubts.push(format!("{name} was taken on a machine that was too busy: {why}"));
        }
    }
    let verdict = if !doubts.is_empty() {
        Verdict::Unjudged
    } else if rows.iter().any(|row| worse(&row)) {
        Verdict::Fail
    } else {
        Verdict::Pass
    };
    (verdict, doubts)
}

impl Row {
    /// The second as a multiple of the first; none when the first is 0.
    pub fn ratio(&self) -> Option<f64> {
        let [one, two] = self.values;
        (one > 0.0).then(|| two / one)
    }

    /// What came of it.
    pub fn judged(&self) -> Compared {
        let [one, two] = self.values;
        let Some(most) = self.most else {
            return if two > one { Compared::Worse } else { Compared::Kept };
        };
        if two <= one * most || one <= 0.0 {
            Compared::Kept
        } else if self.within_noise() {
            Compared::Noise
        } else {
            Compared::Worse
        }
    }

    /// Whether the two differ by no more than single seconds do.
    pub fn within_noise(&self) -> bool {
        let [one, two] = self.values;
        self.noise.is_some_and(|noise| (two - one).abs() <= noise)
    }
}

/// How far the middle half of the seconds of either run reaches, for a figure of each second.
fn spread(both: &[&Report; 2], of: impl Fn(&Slot) -> Option<f64>) -> Option<f64> {
    let spreads = both.iter().filter_map(|report| {
        let mut all: Vec<f64> = headroom::measured(&report.outcome).filter_map(&of).collect();
        all.sort_by(f64::total_cmp);
        // Fewer seconds than these tell nothing about their spread.
        if all.len() < 8 {
            return None;
        }
        Some(all.get(all.len() * 3 / 4)? - all.get(all.len() / 4)?)
    });
    spreads.max_by(f64::total_cmp)
}

fn spread_of_cpu(both: &[&Report; 2]) -> Option<f64> {
    spread(both, |slot| {
        let cpu = slot.server?.cpu_seconds;
        (slot.deliveries > 0).then(|| cpu * 1e6 / slot.deliveries as f64)
    })
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.verdict.word();
        let worse = self.rows.iter().filter(|row| row.judged() == Compared::Worse);
        let worse: Vec<_> = worse.map(Row::reason).collect();
        match self.verdict {
            Verdict::Pass => writeln!(f, "{word}: B is not worse than A by more than is allowed.")?,
            Verdict::Fail if self.why.is_empty() => writeln!(f, "{word}: {}.", worse.join("; "))?,
            Verdict::Fail => writeln!(f, "{word}: people were kept from working in B.")?,
            Verdict::Unjudged => {
                writeln!(f, "{word}: whether B is worse than A is not known.")?;
            }
        }
        for why in &self.why {
            writeln!(f, "- {why}")?;
        }
        writeln!(f)?;
        writeln!(f, "{:<34}{:>12}{:>12}{:>8}  verdict", "figure", "A", "B", "B/A")?;
        for row in &self.rows {
            let [one, two] = row.values.map(|value| words::in_unit(value, row.unit));
            let ratio = row.ratio().map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
            writeln!(f, "{:<34}{one:>12}{two:>12}{ratio:>8}  {}", row.figure, row.in_words())?;
        }
        Ok(())
    }
}

impl Row {
    fn in_words(&self) -> String {
        let most = self.most.map_or("no more than A".to_owned(), |most| format!("at most {most}"));
        match self.judged() {
            Compared::Worse => format!("WORSE ({most})"),
            Compared::Noise => format!(
                "kept, though {most}, as it is within the noise: single seconds differ by {}",
                words::in_unit(self.noise.unwrap_or_default(), self.unit)
            ),
            Compared::Kept => format!("kept ({most})"),
        }
    }

    fn reason(&self) -> String {
        let [one, two] = self.values.map(|value| words::in_unit(value, self.unit));
        match (self.most, self.ratio()) {
            (Some(most), Some(ratio)) => format!(
                "{} went from {one} to {two}, {ratio:.2} times as much where {most} is allowed",
                self.figure
            ),
            _ => format!("{} went from {one} to {two}", self.figure),
        }
    }
}
