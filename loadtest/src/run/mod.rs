//! What to run: which server, what is played, and which part of it is this tester's.

mod share;
pub(crate) mod source;
mod target;

use std::time::Duration;

pub use self::share::{Gate, GateKeeper, Share};
pub use self::target::Target;
use crate::measure::process::ProcessError;
use crate::scenario::Scenario;
use setroom_client::{Dial, DialError, Logs, Sealing, ServerProgram};

/// What to run.
#[derive(Clone, Debug)]
pub struct Run {
    /// The server as it was named.
    pub url: String,
    /// How it is reached.
    pub dial: Dial,
    /// What is played.
    pub scenario: Scenario,
    /// What the randomness of people is made from.
    pub seed: u64,
    /// What ids and keys are made from. It must differ from run to run: a server keeps its sets.
    pub salt: u64,
    /// Whether boxes are sealed.
    pub sealing: Sealing,
    /// The server's process, to be watched.
    pub server_pid: Option<u32>,
    /// How long stragglers of a steady mix are waited for at the end.
    pub drain: Duration,
    /// Which part of the load is this tester's.
    pub share: Share,
    /// Where it waits for other testers once everybody is in; none when it is alone.
    pub gate: Option<Gate>,
    /// Servers that the tester starts itself, instead of the one that is named.
    pub servers: Option<ServerProgram>,
    /// Where what everybody sent and received is written down.
    pub logs: Option<Logs>,
    /// Whether meetings stay open at the end. Closing one destroys what its journal has.
    pub leave_open: bool,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum CannotRun {
    /// The server is not there.
    #[error("{url} cannot be reached: {error}")]
    Unreachable {
        /// The server as it was named.
        url: String,
        /// Why.
        error: DialError,
    },
    /// The system gives out too few files.
    #[error("{needed} open files are needed and {got} are allowed: raise the limit (ulimit -n)")]
    Files {
        /// How many are needed.
        needed: u64,
        /// How many there are.
        got: u64,
    },
    /// The server's process cannot be watched.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// A fault of the scenario cannot be made, or a server of our own does not run.
    #[error("{0}")]
    Fault(String),
    /// It was stopped before anything was measured.
    #[error("stopped before everybody was in, so nothing was measured")]
    Stopped,
}

impl Run {
    /// The rooms of this tester's share.
    pub(crate) fn rooms(&self) -> usize {
        self.share.rooms(self.scenario.rooms()).len()
    }

    /// Whether boxes are sealed: as it was asked for, unless the scenario has none sealed.
    pub(crate) fn sealing(&self) -> Sealing {
        if self.scenario.opaque { Sealing::Opaque } else { self.sealing }
    }

    /// Connections of this tester's rooms, when each person makes so many.
    pub(crate) fn connections(&self, each: usize) -> usize {
        self.rooms() * (self.scenario.seats_each() * each + 1)
    }
}
