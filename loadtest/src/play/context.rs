//! What all rooms of a run share: the scenario, the way to the servers, and where figures go.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use setroom_protocol::method::Part;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use crate::fault::Log;
use crate::measure::outcome::{Commands, Deliveries, Outcome, Reconnects, Views, add};
use crate::measure::recorder::Recorder;
use crate::run::Run;
use crate::run::source::Sources;
use setroom_client::Dial;

/// Fresh snapshots that are fetched at the same time.
pub(crate) const CHECKS_AT_ONCE: usize = 32;

/// No part is shorter than this, however compressed.
const SHORTEST_PART: Duration = Duration::from_millis(400);

/// What all rooms share.
#[derive(Debug)]
pub(crate) struct Context {
    /// What is played, and how.
    pub(crate) run: Run,
    pub(crate) agenda: Vec<Part>,
    /// One meeting as planned, in real time.
    pub(crate) meeting: Duration,
    /// How each server is reached; rooms are spread over them.
    pub(crate) targets: Vec<Dial>,
    pub(crate) sources: Sources,
    /// The part that a steady mix is played in; none where people follow the plan.
    pub(crate) mixed_part: Option<u32>,
    /// The first packet of the run.
    pub(crate) start: Instant,
    /// People who have come in for the first time.
    pub(crate) joined: watch::Sender<usize>,
    pub(crate) checks: Arc<Semaphore>,
    pub(crate) faults: Log,
    pub(crate) recorder: Arc<Recorder>,
}

impl Context {
    /// How one room reaches its server, from the next address.
    pub(crate) fn dial(&self, room: usize) -> Option<Dial> {
        let dial = self.targets.get(self.server(room))?.clone();
        Some(match self.sources.next() {
            Some(address) => dial.from(address),
            None => dial,
        })
    }

    /// Which of the servers a room is on.
    pub(crate) fn server(&self, room: usize) -> usize {
        room % self.targets.len().max(1)
    }

    /// How long a part is played.
    pub(crate) fn part_length(&self, part: &Part) -> Duration {
        let [_, planned, _] = part.minutes;
        self.minutes(f64::from(planned)).max(SHORTEST_PART)
    }

    /// Real time for so many minutes of the meeting.
    pub(crate) fn minutes(&self, minutes: f64) -> Duration {
        self.run.scenario.minutes(minutes)
    }
}

/// What one room counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) deliveries: Deliveries,
    pub(crate) commands: Commands,
    pub(crate) unreadable: u64,
    pub(crate) reconnects: Reconnects,
    pub(crate) views: Views,
    pub(crate) ended: BTreeMap<String, u64>,
    pub(crate) turned_away: BTreeMap<String, u64>,
    /// People who were to come.
    pub(crate) seats: u64,
    /// Those of them who were never in.
    pub(crate) not_in: u64,
    /// Whether everybody had everything at the end of a steady mix.
    pub(crate) settled: bool,
}

impl Counts {
    /// Adds them to an outcome.
    pub(crate) fn add_to(self, outcome: &mut Outcome) {
        outcome.seats += self.seats;
        outcome.not_in += self.not_in;
        outcome.deliveries.merge(self.deliveries);
        outcome.commands.merge(self.commands);
        outcome.unreadable += self.unreadable;
        outcome.reconnects.merge(self.reconnects);
        outcome.views.merge(self.views);
        add(&mut outcome.ended, self.ended);
        add(&mut outcome.turned_away, self.turned_away);
    }
}

/// Counts one more under a name.
pub(crate) fn count(counts: &mut BTreeMap<String, u64>, name: &str) {
    *counts.entry(name.to_owned()).or_default() += 1;
}
