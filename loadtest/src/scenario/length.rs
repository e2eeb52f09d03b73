//! How much a scenario is: its parts, its rooms, and how long it takes.

use std::time::Duration;

use setroom_protocol::method::{Part, agenda, library};

use super::{People, Scenario};

/// How much longer than three times its plan a meeting may take before the run ends it.
const STUCK: Duration = Duration::from_secs(120);

impl Scenario {
    /// Seats in each room, the facilitator's included.
    pub fn seats_each(&self) -> usize {
        let People { co_facilitators, members, observers } = self.people;
        (1 + co_facilitators + members + observers) as usize
    }

    /// Rooms in all.
    pub fn rooms(&self) -> usize {
        self.rooms as usize
    }

    /// The parts of each meeting; none for a plan or template that is not known.
    pub fn agenda(&self) -> Vec<Part> {
        let library = library();
        let plan = library.plans.get(&self.plan).zip(library.templates.get(&self.template));
        plan.map(|(plan, template)| agenda(library, plan, template)).unwrap_or_default()
    }

    /// Real time for so many minutes of the meeting.
    pub(crate) fn minutes(&self, minutes: f64) -> Duration {
        Duration::from_secs_f64(minutes * 60.0 / self.compress)
    }

    /// One meeting as planned, in real time.
    pub(crate) fn meeting(&self) -> Duration {
        let minutes: u32 = self.agenda().iter().map(|part| part.minutes[1]).sum();
        self.minutes(f64::from(minutes))
    }

    /// How long it is meant to be played once everybody is in: as it says, else all its meetings.
    pub(crate) fn length(&self) -> Duration {
        self.duration.unwrap_or_else(|| self.meeting() * self.meetings)
    }

    /// When it is ended at the latest. A meeting may take longer than planned; a run that is stuck
    /// must still end.
    pub(crate) fn longest(&self) -> Duration {
        self.duration.unwrap_or_else(|| (self.meeting() * 3 + STUCK) * self.meetings)
    }
}
