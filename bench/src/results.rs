//! Everything that a run measured, as it is stored.

use serde::{Deserialize, Serialize};

use crate::figures::{Figures, Spread};
use crate::servers::Server;
use crate::workload::Workload;

/// The most that other processes may use while something is measured, in cores.
pub const DISTURBED_CORES: f64 = 0.3;
/// The most that the generator may be late under an open loop, in microseconds, 99th percentile.
pub const LATE_US: f64 = 2_000.0;

/// One measurement and where it belongs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Which round.
    pub round: usize,
    /// Which workload.
    pub workload: Workload,
    /// Which server.
    pub server: Server,
    /// What came out.
    pub figures: Figures,
    /// Why it says little, if something got in its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disturbed: Option<String>,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// What was typed to get this.
    pub command: String,
    /// The machine it ran on.
    pub machine: String,
    /// Seconds that each measurement took.
    pub seconds: f64,
    /// All measurements, in the order in which they were made.
    pub measured: Vec<Measured>,
}

/// Which server a ratio is to.
pub type Reference = Server;

impl Results {
    /// What a server came to under a workload, undisturbed rounds only unless there are none.
    #[must_use]
    pub fn spread(
        &self,
        workload: Workload,
        server: Server,
        figure: impl Fn(&Figures) -> f64,
    ) -> Option<Spread> {
        Spread::of(self.of(workload, server).map(|measured| figure(&measured.figures)))
    }

    /// What a server came to in ratio to another one, both from the same round.
    #[must_use]
    pub fn ratio(
        &self,
        workload: Workload,
        server: Server,
        to: Reference,
        figure: impl Fn(&Figures) -> f64,
    ) -> Option<Spread> {
        Spread::of(self.of(workload, server).filter_map(|measured| {
            let other = self.of(workload, to).find(|other| other.round == measured.round)?;
            Some(figure(&measured.figures) / figure(&other.figures))
        }))
    }

    /// The measurements of a server under a workload that can be believed; all, where none can.
    pub fn of(&self, workload: Workload, server: Server) -> impl Iterator<Item = &Measured> {
        let mine =
            move |measured: &&Measured| measured.workload == workload && measured.server == server;
        let calm = self.measured.iter().filter(mine).any(|measured| measured.disturbed.is_none());
        let believed = move |measured: &&Measured| !calm || measured.disturbed.is_none();
        self.measured.iter().filter(mine).filter(believed)
    }

    /// Rounds of a workload in which nothing got in any server's way.
    #[must_use]
    pub fn calm_rounds(&self, workload: Workload) -> usize {
        let of_workload = || self.measured.iter().filter(|one| one.workload == workload);
        let mut rounds: Vec<usize> = of_workload().map(|one| one.round).collect();
        rounds.dedup();
        let calm = |round: &usize| {
            of_workload().filter(|one| one.round == *round).all(|one| one.disturbed.is_none())
        };
        rounds.iter().filter(|round| calm(round)).count()
    }
}
