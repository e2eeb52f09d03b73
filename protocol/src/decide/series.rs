//! From one meeting to the next: the dates of those to come, and opening one.

use std::collections::{BTreeMap, BTreeSet};

use super::roster::SeatChange;
use super::{Case, Decision, one, refuse_if};
use crate::change::Change;
use crate::command::KeyChange;
use crate::ids::{MeetingId, SeatId, Timestamp};
use crate::limits;
use crate::method::shipped_agenda;
use crate::refusal::{Code, Refusal};
use crate::room::{
    Availability, DateAnswer, MeetingDate, OfferedTime, Opening, PlannedLead, Stage,
};

const HOUR_MS: u64 = 60 * 60 * 1000;

impl Case<'_> {
    /// All dates of meetings to come. One that had a date and is not among them is off.
    pub(super) fn set_dates(
        &self,
        wanted: &BTreeMap<MeetingId, Timestamp>,
        fixes: bool,
    ) -> Decision {
        let series = self.room.series();
        refuse_if(series.moved > self.caller.seen, Code::Stale)?;
        refuse_if(wanted.len() > limits::MEETINGS_AHEAD, Code::Meetings)?;
        let meeting = self.room.meeting();
        let begun = meeting.stage != Stage::Gathering;
        // Its date is what it was.
        refuse_if(begun && wanted.contains_key(&meeting.id), Code::Stale)?;
        refuse_if(series.held.iter().any(|held| wanted.contains_key(&held.id)), Code::Stale)?;
        refuse_if(wanted.values().collect::<BTreeSet<_>>().len() < wanted.len(), Code::Range)?;
        self.keeps_to_what_was_asked(wanted, fixes)?;
        let mut before = series.dates.clone();
        // Before anybody set it here, a first meeting may have a date from when the set was made.
        if let Some(starts_at) = meeting.starts_at.filter(|_| !begun) {
            let made = MeetingDate { starts_at, minutes: None, rev: 0, cancelled: false };
            before.entry(meeting.id).or_insert(made);
        }
        let mut dates = BTreeMap::new();
        for (id, starts_at) in wanted {
            let known = before.get(id);
            let stays = known.filter(|date| date.starts_at == *starts_at && !date.cancelled);
            let date = match stays {
                Some(date) => *date,
                None => self.dated(*starts_at, known, fixes)?,
            };
            dates.insert(*id, date);
        }
        dates.extend(self.no_longer(&before, wanted));
        refuse_if(dates == series.dates && !fixes, Code::Already)?;
        let set = Change::DatesSet { dates };
        // The asking ends first: no time that is asked about is ever a meeting's.
        if fixes { Ok(vec![Change::DatesAsked { times: BTreeMap::new() }, set]) } else { one(set) }
    }

    /// What people were asked about becomes a date as they were asked about it, and by being fixed.
    fn keeps_to_what_was_asked(
        &self,
        wanted: &BTreeMap<MeetingId, Timestamp>,
        fixes: bool,
    ) -> Result<(), Refusal> {
        let asked = &self.room.series().asked;
        let of = |id: &MeetingId| asked.get(id).map(|asked| asked.time.starts_at);
        if !fixes {
            return refuse_if(wanted.keys().any(|id| of(id).is_some()), Code::Stale);
        }
        refuse_if(asked.is_empty(), Code::Stale)?;
        let moves = |(id, at): (&MeetingId, &Timestamp)| of(id).is_some_and(|asked| asked != *at);
        let fixed = wanted.values().any(|at| self.asked_minutes(*at).is_some());
        refuse_if(!fixed || wanted.iter().any(moves), Code::Range)
    }

    /// How long people were asked to keep this time free.
    fn asked_minutes(&self, at: Timestamp) -> Option<u32> {
        let mut asked = self.room.series().asked.values().map(|asked| asked.time);
        asked.find(|time| time.starts_at == at).map(|time| time.minutes)
    }

    /// A date is neither long past nor further ahead than anybody plans.
    pub(super) fn within_reach(&self, at: Timestamp) -> Result<(), Refusal> {
        let back = u64::from(limits::MEETING_BACK_HOURS) * HOUR_MS;
        let ahead = u64::from(limits::MEETING_AHEAD_DAYS) * 24 * HOUR_MS;
        refuse_if(at.plus(back) < self.now || at > self.now.plus(ahead), Code::Range)
    }

    fn dated(
        &self,
        at: Timestamp,
        known: Option<&MeetingDate>,
        fixes: bool,
    ) -> Result<MeetingDate, Refusal> {
        self.within_reach(at)?;
        let asked = if fixes { self.asked_minutes(at) } else { None };
        let minutes = asked.or_else(|| known?.minutes);
        let rev = known.map_or(0, |date| date.rev.saturating_add(1));
        Ok(MeetingDate { starts_at: at, minutes, rev, cancelled: false })
    }

    /// All times that people are asked about.
    pub(super) fn ask_dates(&self, times: &BTreeMap<MeetingId, OfferedTime>) -> Decision {
        let series = self.room.series();
        refuse_if(series.moved > self.caller.seen, Code::Stale)?;
        refuse_if(times.len() > limits::TIMES_ASKED, Code::Times)?;
        let dated = |id: &MeetingId| self.is_meeting(*id) || series.dates.contains_key(id);
        refuse_if(times.keys().any(dated), Code::Already)?;
        let starts: BTreeSet<_> = times.values().map(|time| time.starts_at).collect();
        refuse_if(starts.len() < times.len(), Code::Range)?;
        for (id, time) in times {
            // What is asked already was in reach when it was asked.
            if series.asked.get(id).is_none_or(|asked| asked.time != *time) {
                self.within_reach(time.starts_at)?;
                refuse_if(!(1..=limits::MEETING_MINUTES).contains(&time.minutes), Code::Range)?;
            }
        }
        let before: BTreeMap<_, _> =
            series.asked.iter().map(|(id, asked)| (*id, asked.time)).collect();
        refuse_if(*times == before, Code::Already)?;
        one(Change::DatesAsked { times: times.clone() })
    }

    /// An answer counts for the time that it was given for.
    pub(super) fn answer_date(&self, time: MeetingId, answer: Availability) -> Decision {
        let seat = self.caller.seat;
        let asked = self.room.series().asked.get(&time).ok_or(Code::Stale)?;
        refuse_if(asked.answers.get(&seat) == Some(&answer), Code::Already)?;
        one(Change::DateAnswered(DateAnswer { seat, time, answer }))
    }

    /// Whether a meeting has this id: the present one, or one that is over.
    fn is_meeting(&self, id: MeetingId) -> bool {
        let held = &self.room.series().held;
        id == self.room.meeting().id || held.iter().any(|held| held.id == id)
    }

    /// What had a date and has none any more. Calendars are told of it until that day, of no more
    /// meetings than may be ahead, the nearest first.
    fn no_longer(
        &self,
        before: &BTreeMap<MeetingId, MeetingDate>,
        wanted: &BTreeMap<MeetingId, Timestamp>,
    ) -> BTreeMap<MeetingId, MeetingDate> {
        let meeting = self.room.meeting();
        let was_held = |id: MeetingId| id == meeting.id && meeting.stage != Stage::Gathering;
        let gone = before.iter().filter(|(id, _)| !wanted.contains_key(id));
        let mut off: Vec<_> = gone
            .filter(|(id, date)| was_held(**id) || date.starts_at >= self.now)
            .map(|(id, date)| {
                let stays = was_held(*id) || date.cancelled;
                let rev = if stays { date.rev } else { date.rev.saturating_add(1) };
                (*id, MeetingDate { rev, cancelled: !was_held(*id), ..*date })
            })
            .collect();
        off.sort_by_key(|(id, date)| (date.cancelled, date.starts_at, *id));
        off.truncate(limits::MEETINGS_AHEAD);
        off.into_iter().collect()
    }

    /// Sets in which people take turns say so ahead, and nobody has to hand the controls over then.
    pub(super) fn plan_lead(&self, planned: PlannedLead) -> Decision {
        let PlannedLead { meeting, seat } = planned;
        refuse_if(self.room.dates_ahead().all(|(id, _)| id != meeting), Code::Stale)?;
        seat.map_or(Ok(()), |seat| self.in_circle(seat))?;
        let stands = self.room.series().leads.get(&meeting).copied();
        refuse_if(stands == seat, Code::Already)?;
        one(Change::LeadPlanned(planned))
    }

    /// Opens the next meeting, with what the last one was set to. A new key goes with it: whoever comes
    /// in now reads nothing of what was written before.
    pub(super) fn next_meeting(&self, meeting: MeetingId, keys: &KeyChange) -> Decision {
        self.fresh()?;
        let series = self.room.series();
        let last = self.room.meeting();
        refuse_if(self.is_meeting(meeting) || series.asked.contains_key(&meeting), Code::Already)?;
        refuse_if(series.held.len() + 1 >= limits::MEETINGS, Code::Meetings)?;
        self.sound_keys(keys, meeting, SeatChange::None)?;
        let date = series.dates.get(&meeting).filter(|date| !date.cancelled);
        let opened = Change::MeetingOpened(Opening {
            meeting,
            plan: last.plan.clone(),
            template: last.template.clone(),
            // A plan that is not shipped any more goes on as it was.
            agenda: shipped_agenda(&last.plan, &last.template, false)
                .unwrap_or_else(|| last.agenda.clone()),
            starts_at: date.map(|date| date.starts_at),
        });
        // Those with the keys have the controls anyway.
        let leads = |seat: &SeatId| {
            let role = self.room.seat(*seat).map(|held| held.role);
            role.is_some_and(|role| !role.holds_keys()) && self.in_circle(*seat).is_ok()
        };
        let lead = series.leads.get(&meeting).copied().filter(leads);
        let led = lead.map(|seat| Change::LeadSet { seat: Some(seat) });
        Ok([opened].into_iter().chain(led).chain([self.rekeyed(keys)]).collect())
    }

    /// Ends the set: what follows from it is that nothing is kept any more.
    pub(super) fn erase_set(&self) -> Decision {
        self.fresh()?;
        one(Change::Erased)
    }
}
