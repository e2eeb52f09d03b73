//! The meetings of a set: how many were held, when the next ones are, and how one follows another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Meeting, Moving, Presented, Presenting, Room, Stage};
use crate::attendance::{Absence, Attendance, MeetingAttendance, Said};
use crate::ids::{MeetingId, SeatId, Seq, Timestamp};
use crate::limits;
use crate::method::Part;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// A date that is further ahead of the last change is not waited for longer.
const AHEAD_DAYS: u64 = 365;

/// The date of a meeting to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct MeetingDate {
    /// When it is meant to begin.
    pub starts_at: Timestamp,
    /// How long people were asked to keep free; else it is as long as its plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// How often the date was changed: what a calendar calls its sequence.
    pub rev: u32,
    /// Whether it is off. It stays here for a while, so that calendars are told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub cancelled: bool,
}

/// A time that may become a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OfferedTime {
    /// When it begins.
    pub starts_at: Timestamp,
    /// How long it is to be kept free.
    pub minutes: u32,
}

/// Whether somebody can at such a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Availability {
    /// They can.
    Yes,
    /// They can if it must be.
    IfNeedBe,
    /// They cannot.
    No,
}

/// What somebody answered about a time that people are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateAnswer {
    /// Who.
    pub seat: SeatId,
    /// Which time.
    pub time: MeetingId,
    /// Whether.
    pub answer: Availability,
}

/// A time that people are asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AskedTime {
    /// The time.
    pub time: OfferedTime,
    /// Who has said what. Whoever has not answered is not among them.
    pub answers: BTreeMap<SeatId, Availability>,
}

/// Who has the controls once a meeting to come is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct PlannedLead {
    /// Which meeting.
    pub meeting: MeetingId,
    /// Who; absent for those with the keys alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatId>,
}

/// A meeting that was opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// Its id.
    pub meeting: MeetingId,
    /// Name of the plan.
    pub plan: String,
    /// Name of the template.
    pub template: String,
    /// The agenda that follows from both.
    pub agenda: Vec<Arc<Part>>,
    /// When it is meant to begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
}

/// A meeting that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Its id.
    pub id: MeetingId,
    /// When it was closed.
    pub closed_at: Timestamp,
}

/// The meetings of a set, but for the present one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Those that are over, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Held>,
    /// Dates of those to come; the present one's too, once somebody has set it here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dates: BTreeMap<MeetingId, MeetingDate>,
    /// Times that people are asked about, each under an id that no meeting has.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub asked: BTreeMap<MeetingId, AskedTime>,
    /// What each has had as a presenter, in the meetings that are over.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub presented: BTreeMap<SeatId, Presented>,
    /// Who cannot come to a meeting that is not closed yet.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub away: BTreeMap<MeetingId, BTreeSet<SeatId>>,
    /// Who has the controls once a meeting to come is opened.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub leads: BTreeMap<MeetingId, SeatId>,
    /// Who was there, in the last meetings that are over.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attendance: BTreeMap<MeetingId, Attendance>,
    /// The last change of the dates, or of what is asked.
    #[serde(default)]
    pub moved: Seq,
}

impl Series {
    /// How much is kept of who was there: meetings, and names in them.
    pub fn attended(&self) -> usize {
        self.attendance.values().map(|kept| 1 + kept.by.len()).sum()
    }

    /// How often somebody has said that they cannot come.
    pub fn absences(&self) -> usize {
        self.away.values().map(BTreeSet::len).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Room {
    /// The other meetings of the set, and their dates.
    pub fn series(&self) -> &Series {
        &self.series
    }

    /// Which meeting this is, from 1.
    pub fn meeting_number(&self) -> u32 {
        u32::try_from(self.series.held.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Dates of meetings that follow the present one, and that are not off.
    pub fn dates_ahead(&self) -> impl Iterator<Item = (MeetingId, Timestamp)> {
        let present = self.meeting.id;
        let ahead =
            self.series.dates.iter().filter(move |(id, date)| **id != present && !date.cancelled);
        ahead.map(|(id, date)| (*id, date.starts_at))
    }

    /// Whether the set is over, and what still stands of it is to be erased.
    pub fn is_erased(&self) -> bool {
        self.erased
    }

    /// Whether people may come back to their seats at the door of this closed room.
    pub fn takes_back(&self) -> bool {
        self.meeting.receipt.as_ref().is_some_and(|receipt| receipt.returns)
    }

    /// Until when it is kept, where that is so many days after its end: its last change, or the date
    /// of its last meeting. A date is waited for no longer than a year.
    pub fn kept_until(&self, days: u32) -> Timestamp {
        let changed = if self.changed_at == Timestamp(0) {
            // A snapshot of the first form does not say it: what it does say is not later.
            let texts = self.items.values().map(|item| item.at);
            let known = [Some(self.founded_at), self.meeting.started_at];
            texts.chain(known.into_iter().flatten()).max().unwrap_or_default()
        } else {
            self.changed_at
        };
        let begins = self.meeting.starts_at.filter(|_| self.meeting.stage == Stage::Gathering);
        let last = self.dates_ahead().map(|(_, starts_at)| starts_at).chain(begins).max();
        let planned = last.unwrap_or_default().min(changed.plus(AHEAD_DAYS * DAY_MS));
        changed.max(planned).plus(u64::from(days) * DAY_MS)
    }

    pub(super) fn set_dates(&mut self, dates: &BTreeMap<MeetingId, MeetingDate>) {
        // Whoever could not on that day may on another one.
        let before = std::mem::take(&mut self.series.dates);
        let stays = |id: &MeetingId| {
            let (was, is) = (before.get(id), dates.get(id));
            was.map(|was| was.starts_at) == is.map(|is| is.starts_at)
                && !is.is_some_and(|is| is.cancelled)
        };
        self.series.away.retain(|id, _| stays(id));
        self.series.leads.retain(|id, _| dates.get(id).is_some_and(|date| !date.cancelled));
        self.series.dates.clone_from(dates);
        self.series.moved = self.seq;
        let present = dates.get(&self.meeting.id);
        if let Some(date) = present.filter(|_| self.meeting.stage == Stage::Gathering) {
            self.meeting.starts_at = (!date.cancelled).then_some(date.starts_at);
        }
    }

    pub(super) fn ask_dates(&mut self, times: &BTreeMap<MeetingId, OfferedTime>) {
        let mut before = std::mem::take(&mut self.series.asked);
        let asked = times.iter().map(|(id, time)| {
            let same = before.remove(id).filter(|was| was.time == *time);
            let new = || AskedTime { time: *time, answers: BTreeMap::new() };
            (*id, same.unwrap_or_else(new))
        });
        self.series.asked = asked.collect();
        self.series.moved = self.seq;
    }

    pub(super) fn answer_date(&mut self, answer: &DateAnswer) {
        if let Some(asked) = self.series.asked.get_mut(&answer.time) {
            asked.answers.insert(answer.seat, answer.answer);
        }
    }

    pub(super) fn say_absence(&mut self, Absence { seat, meeting, on }: Absence) {
        let away = self.series.away.entry(meeting).or_default();
        if on {
            away.insert(seat);
        } else {
            away.remove(&seat);
        }
        self.series.away.retain(|_, away| !away.is_empty());
    }

    pub(super) fn plan_lead(&mut self, PlannedLead { meeting, seat }: PlannedLead) {
        match seat {
            Some(seat) => self.series.leads.insert(meeting, seat),
            None => self.series.leads.remove(&meeting),
        };
    }

    /// Whoever takes their yes back takes the names of all meetings with it.
    pub(super) fn agree_names(&mut self, Said { seat, on }: Said) {
        if let Some(held) = self.seats.get_mut(&seat) {
            held.named = on;
        }
        self.hold_names();
    }

    /// Names are kept only while everybody who takes part agrees: whoever has come and has not said yes ends
    /// those of all meetings, as one does who takes their yes back.
    pub(super) fn hold_names(&mut self) {
        if !self.names_agreed() {
            self.series.attendance.values_mut().for_each(|kept| kept.by.clear());
        }
    }

    /// Somebody takes part no more, and their yes and their name go with them. Where not all have said yes, all
    /// say it anew: else how many do would tell what this person had said, whom a facilitator can send away or
    /// have watch for a moment.
    pub(super) fn leave_names(&mut self, seat: SeatId) {
        if self.taking_part().all(|(id, _)| id != seat) {
            return;
        }
        let agreed = self.names_agreed();
        for (id, held) in &mut self.seats {
            held.named &= agreed && *id != seat;
        }
        for kept in self.series.attendance.values_mut() {
            kept.by.remove(&seat);
        }
    }

    pub(super) fn keep_attendance(&mut self, of: &MeetingAttendance) {
        let all = &mut self.series.attendance;
        all.insert(of.meeting, of.kept.clone());
        if all.len() > limits::ATTENDANCE_MEETINGS {
            let oldest = all.iter().min_by_key(|(_, kept)| kept.at).map(|(id, _)| *id);
            oldest.and_then(|id| all.remove(&id));
        }
        self.hold_names();
    }

    /// Whoever takes no part any more is not counted.
    pub(super) fn forget_answers(&mut self, seat: SeatId) {
        for asked in self.series.asked.values_mut() {
            asked.answers.remove(&seat);
        }
        for away in self.series.away.values_mut() {
            away.remove(&seat);
        }
        self.series.leads.retain(|_, lead| *lead != seat);
        self.series.away.retain(|_, away| !away.is_empty());
    }

    /// The next meeting of an [`Opening`]. People, their browsers and what was kept stay;
    /// what was kept says from here on in which meeting it was sealed.
    pub(super) fn open_meeting(&mut self, opening: &Opening, at: Timestamp) {
        let Opening { meeting, plan, template, agenda, starts_at } = opening;
        let before = self.meeting.id;
        let closed_at = self.meeting.receipt.as_ref().map_or(at, |receipt| receipt.at);
        self.series.held.push(Held { id: before, closed_at });
        self.series.dates.remove(&before);
        self.series.leads.remove(meeting);
        self.lines.clear();
        self.form.clear();
        self.items.retain(|_, item| item.kind.outlives_meeting());
        for item in self.items.values_mut().filter(|item| item.meeting.is_none()) {
            Arc::make_mut(item).meeting = Some(before);
        }
        for seat in self.seats.values_mut() {
            (seat.agreed, seat.recorder) = (false, None);
        }
        self.locked = false;
        let (plan, template) = (plan.clone(), template.clone());
        self.meeting = Meeting {
            starts_at: *starts_at,
            ..Meeting::gathering(*meeting, plan, template, agenda.clone(), self.seq)
        };
    }
}

impl Meeting {
    /// A meeting to which people come.
    pub(super) fn gathering(
        id: MeetingId,
        plan: String,
        template: String,
        agenda: Vec<Arc<Part>>,
        moved: Seq,
    ) -> Self {
        Self {
            id,
            stage: Stage::Gathering,
            starts_at: None,
            started_at: None,
            plan,
            template,
            agenda,
            now: Moving::default(),
            undo: None,
            pressed: None,
            hold: None,
            silence: false,
            order: Vec::new(),
            lead: None,
            scribe: None,
            moved,
            floor_moved: moved,
            next_rank: 0,
            presenting: Presenting::default(),
            receipt: None,
        }
    }
}
