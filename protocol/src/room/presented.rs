//! How much of the set's time each person has had as a presenter, over its meetings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Clock, Meeting, Room};
use crate::change::Change;
use crate::ids::{SeatId, Timestamp};

/// What somebody has had in meetings that are over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Presented {
    /// In how many meetings.
    pub meetings: u32,
    /// In which one last, from 1.
    pub last: u32,
    /// Minutes that their slots were planned for.
    pub planned_minutes: u32,
    /// Minutes that they had, begun ones too. While the clock stood, none went by.
    pub used_minutes: u32,
}

/// The same in the present meeting, as far as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presenting {
    /// Milliseconds that each has had.
    used_ms: BTreeMap<SeatId, u64>,
    /// Who presents in each slot.
    slots: BTreeMap<u32, SeatId>,
    /// So much of the present part has been counted.
    counted_ms: u64,
}

impl Presenting {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Milliseconds that a clock has run at this moment.
fn run_ms(clock: Clock, at: Timestamp) -> u64 {
    let total = clock.total_ms().and_then(|ms| i64::try_from(ms).ok());
    let run = total.zip(clock.left_ms(at)).map_or(0, |(total, left)| total - left);
    u64::try_from(run).unwrap_or(0)
}

impl Room {
    /// What has gone by so far goes to whoever presented, before a change moves the part, its clock or
    /// its presenter. Whether this one does.
    pub(super) fn count_presenting(&mut self, change: &Change, at: Timestamp) -> bool {
        let moves = matches!(
            change,
            Change::Moved { .. }
                | Change::Undone { .. }
                | Change::PresenterChosen { .. }
                | Change::TimeAdded { .. }
                | Change::Closed { .. }
        );
        if !moves {
            return false;
        }
        let in_slot = self.part().is_some_and(|part| part.slot.is_some());
        let Meeting { now, presenting, .. } = &mut self.meeting;
        let more = run_ms(now.clock, at).saturating_sub(presenting.counted_ms);
        if let Some(seat) = now.presenter.filter(|_| in_slot && more > 0) {
            *presenting.used_ms.entry(seat).or_default() += more;
        }
        if matches!(change, Change::Closed { .. }) {
            self.keep_presented();
        }
        true
    }

    /// Counts on from here, once such a change is done.
    pub(super) fn count_on(&mut self, at: Timestamp) {
        let slot = self.part().and_then(|part| part.slot);
        let Meeting { now, presenting, .. } = &mut self.meeting;
        presenting.counted_ms = run_ms(now.clock, at);
        if let Some(slot) = slot {
            match now.presenter {
                Some(seat) => presenting.slots.insert(slot, seat),
                None => presenting.slots.remove(&slot),
            };
        }
    }

    /// The meeting is over.
    fn keep_presented(&mut self) {
        let meeting = self.meeting_number();
        let had = std::mem::take(&mut self.meeting.presenting);
        let planned = |seat: SeatId| {
            let slots = had.slots.iter().filter(|(_, of)| **of == seat).map(|(slot, _)| *slot);
            let parts = &self.meeting.agenda;
            let of = |slot| parts.iter().filter(move |part| part.slot == Some(slot));
            slots.flat_map(of).map(|part| part.minutes[1]).sum::<u32>()
        };
        let had: Vec<_> =
            had.used_ms.iter().map(|(seat, ms)| (*seat, *ms, planned(*seat))).collect();
        for (seat, ms, planned) in had {
            let all = self.series.presented.entry(seat).or_default();
            all.meetings += 1;
            all.last = meeting;
            all.planned_minutes += planned;
            all.used_minutes += u32::try_from(ms.div_ceil(60_000)).unwrap_or(u32::MAX);
        }
    }

    /// Somebody is not of the set any more.
    pub(super) fn forget_presenting(&mut self, seat: SeatId) {
        self.series.presented.remove(&seat);
        let presenting = &mut self.meeting.presenting;
        presenting.used_ms.remove(&seat);
        presenting.slots.retain(|_, of| *of != seat);
    }
}
