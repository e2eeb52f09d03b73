//! A steady mix of commands, as a scenario: everybody comes at once, and in the part in which people
//! ask questions commands are due at a rate, whatever becomes of earlier ones.

use std::time::Duration;

use super::{People, Scenario};
use crate::schedule::Load;

/// The plan that is played: half a day, as most sets meet.
const PLAN: &str = "half_day_210";
/// The template of its slots.
const TEMPLATE: &str = "classic";
/// The part that the load belongs to.
pub(super) const PART: &str = "classic.explore";

impl Scenario {
    /// So many rooms of so many people, the facilitator among them, and so many commands a second
    /// in all rooms together. It has no name, and the report says what it was by its figures.
    pub fn steady(rooms: u32, members: u32, rate: f64, duration: Duration) -> Self {
        Self {
            plan: PLAN.into(),
            template: TEMPLATE.into(),
            compress: 1.0,
            rooms,
            meetings: 1,
            duration: Some(duration),
            rate: Some(rate),
            people: People { members: members.saturating_sub(1), ..People::default() },
            ..Self::default()
        }
    }

    /// The schedule of a steady mix; none of whole meetings.
    pub fn load(&self, seed: u64) -> Option<Load> {
        let (rooms, members, duration) = (self.rooms(), self.seats_each(), self.length());
        self.rate.map(|rate| Load { rooms, members, rate, duration, seed })
    }

    /// The place of the part that a steady mix belongs to.
    pub(crate) fn mixed_part(&self) -> Option<u32> {
        let place = self.agenda().iter().position(|part| part.id == PART)?;
        u32::try_from(place).ok()
    }
}
