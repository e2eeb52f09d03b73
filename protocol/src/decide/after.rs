//! What is asked at the beginning and at the end of a meeting: recorders, the form, attendance, and who
//! cannot come.

use std::collections::BTreeMap;

use super::{Case, Decision, one, refuse_if};
use crate::attendance::{Absence, Attendance, Attended, MeetingAttendance, Said};
use crate::change::Change;
use crate::command::FormAnswer;
use crate::ids::{MeetingId, SeatId};
use crate::refusal::Code;
use crate::room::Stage;
use crate::sealed::TextKind;

impl Case<'_> {
    /// Everybody in the room is asked once in a meeting, whoever comes later as well; they may say
    /// otherwise at any time.
    pub(super) fn say_recorder(&self, on: bool) -> Decision {
        let seat = self.caller.seat;
        let said = self.room.seat(seat).and_then(|held| held.recorder);
        refuse_if(said == Some(on), Code::Already)?;
        one(Change::RecorderSaid(Said { seat, on }))
    }

    pub(super) fn answer_form(&self, FormAnswer { item, sealed, again }: &FormAnswer) -> Decision {
        // Alone, a late one would be plainly somebody's.
        refuse_if(!self.room.form().is_empty(), Code::Already)?;
        let (seat, form) = (self.caller.seat, &self.presence.form);
        refuse_if(form.is_taken(seat, *item), Code::Already)?;
        // Nobody pressed it now, and the page is to know that it does not count.
        refuse_if(*again && form.has_another(seat, *item), Code::Already)?;
        let epoch = self.room.epoch();
        refuse_if(sealed.is_own() || sealed.epoch() != epoch || epoch == 0, Code::StaleEpoch)?;
        refuse_if(sealed.bucket() > TextKind::Learning.largest_bucket(), Code::LongText)?;
        Ok(Vec::new())
    }

    /// All at once, and once: what came after would stand alone.
    pub(super) fn show_form(&self) -> Decision {
        refuse_if(!self.room.form().is_empty(), Code::Already)?;
        one(Change::FormShown { answers: self.presence.form.ready().ok_or(Code::Few)? })
    }

    pub(super) fn cannot_come(&self, meeting: MeetingId, on: bool) -> Decision {
        let (room, seat) = (self.room, self.caller.seat);
        let present = room.meeting().id == meeting && room.meeting().stage != Stage::Closed;
        let ahead = || room.dates_ahead().any(|(id, _)| id == meeting);
        refuse_if(!present && !ahead(), Code::Stale)?;
        let said = room.series().away.get(&meeting).is_some_and(|away| away.contains(&seat));
        refuse_if(said == on, Code::Already)?;
        one(Change::AbsenceSaid(Absence { seat, meeting, on }))
    }

    pub(super) fn agree_names(&self, on: bool) -> Decision {
        let seat = self.caller.seat;
        refuse_if(self.room.seat(seat).is_some_and(|held| held.named == on), Code::Already)?;
        one(Change::NamesAgreed(Said { seat, on }))
    }

    /// What is kept of who was there when the meeting is closed.
    pub(super) fn attendance(&self) -> Option<Change> {
        let kept = self.room.mode().keeps_attendance();
        let attended = || self.presence.attended(self.room, self.now);
        kept.then(|| {
            let kept = Attendance::of(self.room, attended(), self.now);
            Change::AttendanceKept(MeetingAttendance { meeting: self.room.meeting().id, kept })
        })
    }

    pub(super) fn set_attendance(
        &self,
        meeting: MeetingId,
        seats: &BTreeMap<SeatId, Attended>,
    ) -> Decision {
        let room = self.room;
        refuse_if(!room.mode().keeps_attendance(), Code::Kind)?;
        let known = room.meeting();
        refuse_if(known.id != meeting, Code::Stale)?;
        for seat in seats.keys() {
            let held = room.seat(*seat).ok_or(Code::NoSeat)?;
            refuse_if(!held.role.takes_part(), Code::Role)?;
        }
        // Of whoever is left out it would be said that they did not take part, and of nobody at all it would
        // be proposed anew, from who looks at the closed page.
        refuse_if(seats.len() != room.taking_part().count(), Code::Stale)?;
        let at = known.receipt.as_ref().map_or(self.now, |receipt| receipt.at);
        let kept = Attendance::of(room, seats.clone(), at);
        // The same numbers of other people: nothing of it is written down.
        if room.series().attendance.get(&meeting) == Some(&kept) {
            return Ok(Vec::new());
        }
        one(Change::AttendanceKept(MeetingAttendance { meeting, kept }))
    }
}
