//! What the service wants to reach, and whether it did. A goal is judged by the middle of its
//! rounds, and not at all when too many of them were disturbed.

use crate::figures::{Figures, Spread};
use crate::results::Results;
use crate::servers::Server;
use crate::workload::Workload;

/// Calm rounds that a verdict needs, unless fewer were run.
const CALM: usize = 5;

/// One goal.
#[derive(Clone, Copy, Debug)]
pub struct Goal {
    /// What is compared.
    pub what: &'static str,
    /// Under which workload.
    pub workload: Workload,
    server: Server,
    beside: Server,
    figure: fn(&Figures, &Figures) -> f64,
    /// What must be kept.
    pub must: Bound,
    /// What is aimed at.
    pub aim: Bound,
}

/// A limit of a goal.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// Nothing above it.
    Most(f64),
    /// Nothing below it.
    Least(f64),
    /// Anything will do.
    Any,
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::Most(most) => value <= most,
            Self::Least(least) => value >= least,
            Self::Any => true,
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Most(most) => write!(f, "≤ {most}"),
            Self::Least(least) => write!(f, "≥ {least}"),
            Self::Any => write!(f, "–"),
        }
    }
}

/// What became of a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As good as was aimed at.
    Aim,
    /// As good as it must be.
    Must,
    /// Not good enough.
    Missed,
    /// The machine was too disturbed to say; so many rounds were calm.
    Unknown(usize),
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Aim => write!(f, "aim reached"),
            Self::Must => write!(f, "kept"),
            Self::Missed => write!(f, "**missed**"),
            Self::Unknown(calm) => write!(f, "no verdict: {calm} calm rounds"),
        }
    }
}

fn cpu(mine: &Figures, theirs: &Figures) -> f64 {
    mine.cpu_us / theirs.cpu_us
}

fn p99(mine: &Figures, theirs: &Figures) -> f64 {
    mine.p99_us / theirs.p99_us
}

/// How much longer the last person waits than without the disk, in syncs of that disk: the middle
/// wait in middle syncs.
fn p50_syncs(mine: &Figures, theirs: &Figures) -> f64 {
    (mine.last_p50_us - theirs.last_p50_us) / mine.sync.map_or(f64::NAN, |sync| sync.p50_us)
}

/// The same of the longest waits and syncs.
fn p99_syncs(mine: &Figures, theirs: &Figures) -> f64 {
    (mine.last_p99_us - theirs.last_p99_us) / mine.sync.map_or(f64::NAN, |sync| sync.p99_us)
}

/// All of them.
#[rustfmt::skip]
pub const ALL: [Goal; 15] = {
    use Bound::{Any, Least, Most};
    use Server::{Bun, Floor, SetroomMemory as Memory, SetroomSqlite as Sqlite};
    use Workload::{Hot, Latency, Latency70, One, Sparse, TwoCores, Wide};
    const fn goal(
        what: &'static str, workload: Workload, server: Server, beside: Server,
        figure: fn(&Figures, &Figures) -> f64, must: Bound, aim: Bound,
    ) -> Goal {
        Goal { what, workload, server, beside, figure, must, aim }
    }
    [
        goal("CPU per delivery, to the floor", Sparse, Memory, Floor, cpu, Most(1.20), Most(1.10)),
        goal("CPU per delivery, to Bun", Sparse, Memory, Bun, cpu, Most(1.05), Most(0.95)),
        goal("p50, to the floor", Sparse, Memory, Floor, |a, b| a.p50_us / b.p50_us, Most(1.10), Most(1.05)),
        goal("CPU per delivery with every change on disk, to the floor", Sparse, Sqlite, Floor, cpu, Most(1.6), Most(1.35)),
        goal("CPU per delivery, to the floor", Wide, Memory, Floor, cpu, Most(1.35), Most(1.25)),
        goal("memory growth for each person right after coming in, KiB", Wide, Memory, Memory, |a, _| a.rss_kib_joined, Most(3.0), Most(1.5)),
        goal("CPU per delivery, to the floor", Hot, Memory, Floor, cpu, Most(0.55), Most(0.45)),
        goal("CPU per delivery, to Bun", Hot, Memory, Bun, cpu, Most(0.90), Most(0.75)),
        goal("CPU per delivery, to the floor", One, Memory, Floor, cpu, Most(0.75), Most(0.75)),
        goal("CPU per delivery, to Bun", One, Memory, Bun, cpu, Any, Most(1.0)),
        goal("p99, to the floor's", Latency70, Memory, Floor, p99, Most(2.0), Most(1.3)),
        goal("deliveries/s on two cores, to Bun's one thread", TwoCores, Memory, Bun, |a, b| a.per_second / b.per_second, Least(2.0), Least(2.7)),
        goal("p50 to the last person over the memory journal's, in syncs at p50", Latency, Sqlite, Memory, p50_syncs, Most(1.0), Most(0.5)),
        goal("p99 to the last person over the memory journal's, in syncs at p99", Latency, Sqlite, Memory, p99_syncs, Most(1.0), Most(0.5)),
        goal("lost, twice, wrong room or left out", Sparse, Memory, Memory, |a, _| a.faults() as f64, Most(0.0), Most(0.0)),
    ]
};

impl Goal {
    /// What was measured for it; `None` when it was not.
    pub fn value(&self, results: &Results) -> Option<Spread> {
        results.beside(self.workload, self.server, self.beside, self.figure)
    }

    /// Whether it was reached; `None` when it was not measured.
    pub fn verdict(&self, results: &Results) -> Option<Verdict> {
        let value = self.value(results)?.median;
        let calm = results.calm_rounds(self.workload, &[self.server, self.beside]);
        Some(if calm < results.rounds.min(CALM) {
            Verdict::Unknown(calm)
        } else if self.aim.holds(value) {
            Verdict::Aim
        } else if self.must.holds(value) {
            Verdict::Must
        } else {
            Verdict::Missed
        })
    }
}
