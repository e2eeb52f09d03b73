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
    /// What came out; nothing when the server failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
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
    /// How often everything was measured.
    pub rounds: usize,
    /// Seconds that each measurement took.
    pub seconds: f64,
    /// All measurements, in the order in which they were made.
    pub measured: Vec<Measured>,
}

impl Results {
    /// What a server came to under a workload.
    pub fn spread(
        &self,
        workload: Workload,
        server: Server,
        figure: impl Fn(&Figures) -> f64,
    ) -> Option<Spread> {
        Spread::of(self.of(workload, server).map(|(_, figures)| figure(figures)))
    }

    /// What a server came to beside another one, both from the same round.
    pub fn beside(
        &self,
        workload: Workload,
        server: Server,
        other: Server,
        of_both: impl Fn(&Figures, &Figures) -> f64,
    ) -> Option<Spread> {
        Spread::of(self.of(workload, server).filter_map(|(round, mine)| {
            let (_, theirs) = self.of(workload, other).find(|(of, _)| *of == round)?;
            Some(of_both(mine, theirs))
        }))
    }

    /// The figures of a server under a workload with their rounds: those that nothing got in the
    /// way of, or all where that is none.
    pub fn of(
        &self,
        workload: Workload,
        server: Server,
    ) -> impl Iterator<Item = (usize, &Figures)> {
        let mine = move |one: &&Measured| one.workload == workload && one.server == server;
        let calm = self.measured.iter().filter(mine).any(|one| one.disturbed.is_none());
        self.measured
            .iter()
            .filter(mine)
            .filter(move |one| !calm || one.disturbed.is_none())
            .filter_map(|one| Some((one.round, one.figures.as_ref()?)))
    }

    /// Rounds of a workload in which nothing got in the way of these servers.
    pub fn calm_rounds(&self, workload: Workload, servers: &[Server]) -> usize {
        let calm = |round: usize, server: Server| {
            self.measured.iter().any(|one| {
                (one.workload, one.round, one.server) == (workload, round, server)
                    && one.disturbed.is_none()
            })
        };
        (0..self.rounds).filter(|round| servers.iter().all(|server| calm(*round, *server))).count()
    }

    /// Whether a workload was played.
    pub fn played(&self, workload: Workload) -> bool {
        self.measured.iter().any(|one| one.workload == workload)
    }
}
