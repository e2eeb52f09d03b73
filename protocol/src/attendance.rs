//! Attendance: who was there, as numbers, and by person where the set has agreed to that. It is proposed
//! from who was connected, which is in memory alone, and a facilitator corrects it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ids::{MeetingId, SeatId, Timestamp};
use crate::limits;
use crate::presence::Presence;
use crate::room::{Room, Stage};

/// How somebody attended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Attended {
    /// From about the start until about the close.
    Came,
    /// They came later than [`limits::LATE_AFTER_MS`].
    Late,
    /// They were gone for longer than [`limits::LEFT_EARLY_MS`] when it was closed.
    LeftEarly,
    /// They had said that they could not come.
    Apologies,
    /// They were not there.
    Absent,
}

/// Who was at a meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Attendance {
    /// When it was closed.
    pub at: Timestamp,
    /// How many, of those who take part.
    #[cfg_attr(feature = "ts", ts(as = "std::collections::HashMap<Attended, u32>"))]
    pub counts: BTreeMap<Attended, u32>,
    /// Who: only where everybody had agreed to it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<BTreeMap<SeatId, Attended>>"))]
    pub by: BTreeMap<SeatId, Attended>,
}

/// What one person has said yes or no to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Who.
    pub seat: SeatId,
    /// Whether.
    pub on: bool,
}

/// Somebody cannot come to a meeting, or can after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// Who.
    pub seat: SeatId,
    /// Which meeting.
    pub meeting: MeetingId,
    /// Whether they cannot.
    pub on: bool,
}

/// Who was at which meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingAttendance {
    /// Which.
    pub meeting: MeetingId,
    /// How many, and who where everybody has agreed to that.
    pub kept: Attendance,
}

impl Attendance {
    /// Of these people; who they are is left out unless everybody has agreed.
    pub(crate) fn of(room: &Room, seats: BTreeMap<SeatId, Attended>, at: Timestamp) -> Self {
        let mut counts = BTreeMap::new();
        for attended in seats.values() {
            *counts.entry(*attended).or_insert(0) += 1;
        }
        let by = if room.names_agreed() { seats } else { BTreeMap::new() };
        Self { at, counts, by }
    }
}

/// What is known of who was there: in memory, and gone with the room.
#[derive(Clone, Debug, Default)]
pub struct Attending {
    /// Since when the room is in memory: of what was before nobody knows.
    loaded: Timestamp,
    /// The meeting that this is about.
    meeting: Option<MeetingId>,
    /// When each was first there in it.
    pub(crate) first: BTreeMap<SeatId, Timestamp>,
    /// Who had said that they could not come to it. The room forgets it with the close, and with this the
    /// proposal is made that facilitators correct.
    pub(crate) apologies: BTreeSet<SeatId>,
    /// How everybody attended, once it is closed: as it was proposed, or corrected.
    pub(crate) closed: BTreeMap<SeatId, Attended>,
}

impl Attending {
    pub(crate) fn loaded(at: Timestamp) -> Self {
        Self { loaded: at, ..Self::default() }
    }

    /// How everybody attended the meeting that is closed; nobody where that is not known here.
    pub fn closed(&self, room: &Room) -> &BTreeMap<SeatId, Attended> {
        static NOBODY: BTreeMap<SeatId, Attended> = BTreeMap::new();
        let about = self.meeting == Some(room.meeting().id);
        if about && room.meeting().stage == Stage::Closed { &self.closed } else { &NOBODY }
    }

    /// A facilitator has said how everybody attended a meeting. Of one that is not on any more nothing is
    /// corrected: the next one may have been opened in the same entry.
    pub fn correct(&mut self, meeting: MeetingId, seats: BTreeMap<SeatId, Attended>) {
        if self.meeting == Some(meeting) {
            self.closed = seats;
        }
    }
}

impl Presence {
    /// Notes who is there now.
    pub fn note_attending(&mut self, room: &Room, now: Timestamp) {
        let meeting = room.meeting();
        if self.attending.meeting != Some(meeting.id) {
            let loaded = self.attending.loaded;
            self.attending = Attending { meeting: Some(meeting.id), ..Attending::loaded(loaded) };
        }
        if meeting.stage == Stage::Closed {
            return;
        }
        for seat in room.seats().keys() {
            if self.is_here(*seat) {
                self.attending.first.entry(*seat).or_insert(now);
            } else if meeting.stage == Stage::Gathering {
                // Whoever looks in before the start and goes again has not come.
                self.attending.first.remove(seat);
            }
        }
        self.note_apologies(room);
    }

    /// Notes who cannot come, as long as the room knows it.
    pub(crate) fn note_apologies(&mut self, room: &Room) {
        let meeting = room.meeting();
        if self.attending.meeting != Some(meeting.id) || meeting.stage == Stage::Closed {
            return;
        }
        static NOBODY: BTreeSet<SeatId> = BTreeSet::new();
        let away = room.series().away.get(&meeting.id).unwrap_or(&NOBODY);
        if self.attending.apologies != *away {
            self.attending.apologies.clone_from(away);
        }
    }

    /// The meeting was closed: how everybody attended is kept in memory, to be corrected.
    pub(crate) fn note_close(&mut self, room: &Room) {
        let meeting = room.meeting();
        let Some(at) = meeting.receipt.as_ref().map(|receipt| receipt.at) else { return };
        // Of a meeting that was over before, this memory knows nothing.
        let here = self.attending.loaded <= at && self.attending.meeting == Some(meeting.id);
        if here && self.attending.closed.is_empty() && room.mode().keeps_attendance() {
            self.attending.closed = self.attended(room, at);
        }
    }

    /// How everybody who takes part attends, as far as who was connected tells.
    pub(crate) fn attended(&self, room: &Room, at: Timestamp) -> BTreeMap<SeatId, Attended> {
        let meeting = room.meeting();
        let apologies = match meeting.stage {
            Stage::Closed => Some(&self.attending.apologies),
            Stage::Gathering | Stage::Running => room.series().away.get(&meeting.id),
        };
        let begun = meeting.started_at.unwrap_or(at).max(self.attending.loaded);
        let one = |seat: SeatId| {
            let here = self.is_here(seat);
            let first = self.attending.first.get(&seat);
            if !here && first.is_none() {
                let sent = apologies.is_some_and(|away| away.contains(&seat));
                return if sent { Attended::Apologies } else { Attended::Absent };
            }
            let gone = self.away_since(seat).filter(|_| !here);
            if gone.is_some_and(|since| since.plus(limits::LEFT_EARLY_MS) <= at) {
                Attended::LeftEarly
            } else if first.is_some_and(|first| *first > begun.plus(limits::LATE_AFTER_MS)) {
                Attended::Late
            } else {
                Attended::Came
            }
        };
        room.taking_part().map(|(seat, _)| (seat, one(seat))).collect()
    }
}
