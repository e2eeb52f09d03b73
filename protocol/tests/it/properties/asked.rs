//! What people ask for with more than a press: dates, lines to pass on, changes of the roster.

use std::collections::BTreeMap;

use setroom_protocol::room::{FittedTime, OfferedTime, PlannedLead};
use setroom_protocol::{
    Command, FormAnswer, MeetingId, OfferedLine, Role, Room, RosterEdit, SeatId, Timestamp,
};

use super::story::Op;
use crate::support::{Person, World, boxed, item, later_meeting};

/// About lines to pass on: offered, answered, released.
pub(super) fn line(world: &World, op: Op, seat: SeatId) -> Command {
    let item = item(900 + u16::from(op.b % 8));
    let sealed = boxed(world.room.epoch(), 256, u32::from(op.b));
    match op.a % 8 {
        0..=3 => {
            Command::OfferLine(OfferedLine { item, sealed, from: (op.b > 200).then_some(seat) })
        }
        4 => Command::AnswerLine { item, yes: op.b.is_multiple_of(3) },
        _ => Command::ReleaseLines,
    }
}

/// About the beginning and the end: recorders, the form, who cannot come, and who was there.
pub(super) fn after(world: &World, op: Op) -> Command {
    use setroom_protocol::attendance::Attended as A;
    let on = op.a.is_multiple_of(3);
    let ahead: Vec<_> = world.room.dates_ahead().map(|(id, _)| id).collect();
    let meeting = ahead.first().copied().filter(|_| op.a > 120);
    let sealed = boxed(world.room.epoch(), 256, u32::from(op.a));
    let item = item(940 + u16::from(op.a % 16));
    let all = [A::Came, A::Late, A::LeftEarly, A::Apologies, A::Absent];
    match op.b % 8 {
        0 => Command::SayRecorder { on },
        1 if op.a.is_multiple_of(4) => {
            let seat = world.room.seats().keys().copied().nth(usize::from(op.a) % 5);
            let meeting = meeting.or(ahead.first().copied()).unwrap_or(world.room.meeting().id);
            Command::PlanLead(PlannedLead { meeting, seat })
        }
        1 => Command::CannotCome { meeting: meeting.unwrap_or(world.room.meeting().id), on: !on },
        2 | 3 => Command::AgreeNames { on: !on },
        4 | 5 => Command::AnswerForm(FormAnswer { item, sealed, again: false }),
        6 => Command::ShowForm,
        _ => {
            // Everybody who takes part, and now and then one too few.
            let circle = world.room.seats().iter().filter(|(_, held)| held.role != Role::Observer);
            let seats = circle.skip(usize::from(op.a.is_multiple_of(5))).enumerate();
            let seats =
                seats.map(|(n, (seat, _))| (*seat, all[(n + usize::from(op.a)) % all.len()]));
            let meeting = world.room.meeting().id;
            Command::SetAttendance { meeting, seats: seats.collect() }
        }
    }
}

/// All answer the form at once, under the present key, and it is shown where they are enough.
pub(super) fn everybody_answers(world: &mut World) {
    let seats: Vec<SeatId> = world.room.seats().keys().copied().collect();
    for (n, seat) in (0..).zip(seats) {
        let sealed = boxed(world.room.epoch(), 256, u32::from(n));
        let answer = FormAnswer { item: item(970 + n), sealed, again: false };
        let _ = world.ask(world.of(seat), Command::AnswerForm(answer));
    }
    let _ = world.ask(world.host(), Command::ShowForm);
}

/// Dates of some meetings to come, the present one's among them at times, and of what people were asked
/// about; and whether that is fixed with it.
pub(super) fn dates(world: &World, op: Op) -> (BTreeMap<MeetingId, Timestamp>, bool) {
    let at = |n: u8| world.now.plus(u64::from(n) * 86_400_000);
    let asked = &world.room.series().asked;
    let fixes = if asked.is_empty() { op.b.is_multiple_of(16) } else { !op.b.is_multiple_of(4) };
    let present = op.b.is_multiple_of(5).then(|| (world.room.meeting().id, at(1)));
    let ahead = (0..op.a % 4).map(|n| (later_meeting(op.b.wrapping_add(n)), at(10 + n)));
    let asked = asked.iter().map(|(id, asked)| (*id, asked.time.starts_at));
    let asked = asked.take(usize::from(op.a % 3)).filter(|_| fixes);
    (ahead.chain(present).chain(asked).collect(), fixes)
}

/// Times to ask about, of which some are asked about already.
pub(super) fn times(world: &World, op: Op) -> BTreeMap<MeetingId, OfferedTime> {
    let before = world.room.series().asked.iter().map(|(id, asked)| (*id, asked.time));
    let new = (0..op.a % 4).map(|n| {
        let starts_at = world.now.plus(u64::from(n + op.b % 7) * 43_200_000);
        (later_meeting(op.b.wrapping_add(n)), OfferedTime { starts_at, minutes: 210 })
    });
    before.filter(|_| op.b.is_multiple_of(2)).chain(new).collect()
}

/// A change of the roster and nothing else, which may well fit.
pub(super) fn edit(world: &World, who: Person, op: Op) -> RosterEdit {
    let mut edit = world.edit(who.device);
    let (room, holders) = (&world.room, world.room.roster().holders());
    match op.a % 8 {
        0 => return world.whole_edit(world.room.epoch()),
        1 => edit.n += 1,
        2 => edit.drop = holders.keys().copied().filter(|_| op.b < 40).collect(),
        3..6 => {
            let new = room.devices().keys().filter(|id| !holders.contains_key(id));
            edit.add = new.map(|id| world.holder(*id)).collect();
        }
        _ => {
            let link = room.roster().host();
            let gone = holders.keys().filter(|id| room.device(**id).is_none());
            edit.drop = gone.copied().filter(|id| Some(*id) != link).collect();
        }
    }
    edit
}

/// The time of what is to come, shared out anew: within what each part can have, or not.
pub(super) fn fits(room: &Room, op: Op) -> Command {
    let begun = usize::from(room.part().is_some());
    let meeting = room.meeting();
    let to_come = meeting.agenda.iter().skip(meeting.now.part as usize + begun);
    let minutes = to_come.map(|part| match op.b {
        0..=120 => part.minutes[0],
        121..=240 => part.minutes[2],
        _ => u32::from(op.a),
    });
    Command::FitTime(FittedTime { minutes: minutes.collect() })
}

/// Whether it may answer what everybody is asked.
pub(super) fn answers(what: u8) -> bool {
    (150..=158).contains(&what) || (193..=199).contains(&what)
}
