//! Whether the tester's own machine had anything left: without that, times tell of the machine and
//! not of the server.

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::outcome::Outcome;
use super::process;

/// A tester whose sending is later than this in 1 of 100 cases, in milliseconds, measures its own
/// machine as well.
pub const LATE_MS: f64 = 10.0;
/// A machine of which the host takes more than this share away is not the one that it says it is.
const STOLEN: f64 = 0.05;
/// Processors this busy are all busy: the rest is the kernel's bookkeeping.
const FULL: f64 = 0.9;
/// The share of a full machine that its server must have for the times to be the server's.
const SERVERS: f64 = 0.5;

/// What became of a tester's machine in the measured part, as shares of all its processors' time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strain {
    /// Busy, with whatever.
    pub busy: f64,
    /// Taken away by the host that the machine is a guest of.
    pub stolen: f64,
    /// Used by the tester itself.
    pub tester: f64,
}

/// The machine at the beginning of a stretch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch {
    at: Instant,
    machine: Option<process::Cpu>,
    tester: Option<f64>,
}

impl Watch {
    /// From now on.
    pub(crate) fn begin() -> Self {
        Self {
            at: Instant::now(),
            machine: process::machine_cpu(),
            tester: process::read(std::process::id()).ok().map(|reading| reading.cpu_seconds),
        }
    }

    /// What became of the machine since; none where the system does not tell.
    pub(crate) fn end(self, cores: u64) -> Option<Strain> {
        let now = Self::begin();
        let whole = now.at.saturating_duration_since(self.at).as_secs_f64() * cores as f64;
        let share = |now: f64, then: f64| ((now - then) / whole).clamp(0.0, 1.0);
        let (after, before) = (now.machine?, self.machine?);
        (whole > 0.0).then(|| Strain {
            busy: share(after.busy, before.busy),
            stolen: share(after.stolen, before.stolen),
            tester: share(now.tester.unwrap_or_default(), self.tester.unwrap_or_default()),
        })
    }
}

/// Why times of this run tell of the machine that they were taken on and not of the server, in
/// words that follow "because"; none when they can be relied on.
pub fn strained(outcome: &Outcome) -> Option<String> {
    let late = outcome.late.at(0.99);
    if late > LATE_MS {
        return Some(format!(
            "the tester itself sent 1 in 100 commands {late:.0} ms or more after they were due"
        ));
    }
    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
    outcome.testers.iter().find_map(|machine| {
        let strain = machine.strain?;
        if strain.stolen > STOLEN {
            return Some(format!(
                "its host took {} of the tester’s machine away",
                percent(strain.stolen)
            ));
        }
        let full = strain.busy + strain.stolen >= FULL;
        // A server that fills a machine of its own is what was to be found.
        let servers = share_of_server(outcome, machine.cores).unwrap_or_default();
        (full && servers < SERVERS * strain.busy).then(|| {
            let of_server = if servers > 0.0 {
                format!(", {} of it with the server", percent(servers))
            } else {
                String::new()
            };
            format!("the tester’s machine was full ({} busy{of_server})", percent(strain.busy))
        })
    })
}

/// The server's share of the machine that it is on with its one tester.
fn share_of_server(outcome: &Outcome, cores: u64) -> Option<f64> {
    let server = outcome.server.as_ref()?;
    let beside = outcome.testers.len() == 1 && cores > 0 && outcome.load_seconds > 0.0;
    let used = server.end.cpu_seconds - server.start.cpu_seconds;
    beside.then(|| (used / (outcome.load_seconds * cores as f64)).clamp(0.0, 1.0))
}
