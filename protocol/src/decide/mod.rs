//! What follows from what somebody asks. The only place with rules.

mod access;
mod after;
mod agreed;
mod lines;
mod meeting;
mod off_record;
pub mod permission;
mod practices;
mod queue;
mod roster;
mod round;
mod series;
mod texts;
mod tick;

pub use access::{Entrance, enter, found};
pub use tick::{due, tick};

use self::permission::permit;
use crate::change::Change;
use crate::command::Command;
use crate::ids::{DeviceId, SeatId, Seq, Timestamp};
use crate::presence::Presence;
use crate::refusal::{Code, Refusal};
use crate::role::Role;
use crate::room::{Room, Stage};
use crate::view::past_charter;

/// Who asks: an admitted person, through one of their browsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Their seat.
    pub seat: SeatId,
    /// Their browser.
    pub device: DeviceId,
    /// The place of the last change that their screen showed when they pressed.
    pub seen: Seq,
}

type Decision = Result<Vec<Change>, Refusal>;

/// What every rule looks at.
struct Case<'a> {
    room: &'a Room,
    presence: &'a Presence,
    caller: Caller,
    role: Role,
    now: Timestamp,
}

/// Decides a command on a room.
///
/// `presence` is who is connected and who waits at the door; `now` is server time. The changes are
/// to be recorded all together or not at all, and then [applied](Room::apply) in order.
///
/// # Errors
/// A [`Refusal`]; nothing has changed.
pub fn decide(
    room: &Room,
    presence: &Presence,
    caller: Caller,
    command: &Command,
    now: Timestamp,
) -> Decision {
    let seat = room.seat(caller.seat).ok_or(Code::NoSeat)?;
    let known = room.device(caller.device).is_some_and(|device| device.seat == caller.seat);
    refuse_if(!known, Code::NoDevice)?;
    let goes = matches!(command, Command::Leave | Command::DropOtherDevices);
    refuse_if(seat.in_lobby && !goes, Code::InLobby)?;
    // What is written to a set that is over would be gone at once.
    refuse_if(room.is_erased(), Code::Stage)?;
    let lead = room.meeting().lead == Some(caller.seat);
    permit(command.act(), seat.role, lead, room.meeting().stage)?;
    let case = Case { room, presence, caller, role: seat.role, now };
    case.charter_first(command)?;
    case.rule(command)
}

impl Case<'_> {
    /// Whether the caller holds the facilitator's controls.
    fn controls(&self) -> bool {
        self.room.has_controls(self.caller.seat)
    }

    /// A command that moves the meeting counts only on the screen that it was pressed on.
    fn fresh(&self) -> Result<(), Refusal> {
        refuse_if(self.room.meeting().moved > self.caller.seen, Code::Stale)
    }

    /// The same for the floor within a part.
    fn fresh_floor(&self) -> Result<(), Refusal> {
        refuse_if(self.room.meeting().floor_moved > self.caller.seen, Code::Stale)
    }

    /// Clocks and cues are stopped while the room holds, so nothing moves.
    fn not_holding(&self) -> Result<(), Refusal> {
        refuse_if(self.room.meeting().hold.is_some(), Code::Holding)
    }

    /// A seat that takes part in the circle.
    fn in_circle(&self, seat: SeatId) -> Result<(), Refusal> {
        let held = self.room.seat(seat).ok_or(Code::NoSeat)?;
        refuse_if(!held.role.takes_part(), Code::Role)?;
        refuse_if(held.in_lobby, Code::InLobby)
    }

    /// Once the meeting has begun, a late joiner accepts the charter before taking part.
    ///
    /// Facilitators are free of it, so that nobody can be locked out of running the room.
    fn charter_first(&self, command: &Command) -> Result<(), Refusal> {
        let seat = self.room.seat(self.caller.seat);
        let agreed = || seat.is_some_and(|seat| seat.agreed);
        let started = self.room.meeting().stage == Stage::Running;
        // Whoever missed another mode is told of it first, wherever the meeting is.
        let missed = seat.is_some_and(|seat| seat.mode_missed);
        let past = || missed || (self.room.part().is_some() && past_charter(self.room));
        // Nor is one's own key, who oneself is, or what one keeps for oneself, a way of taking part.
        let free = matches!(command, Command::AgreeCharter | Command::Leave)
            || matches!(command, Command::DropOtherDevices)
            || matches!(command, Command::AnswerSeat { .. } | Command::OwnKey(_))
            || matches!(command, Command::SayRecorder { .. } | Command::CannotCome { .. })
            || matches!(command, Command::Put(put)
                if matches!(put.kind, crate::TextKind::Name | crate::TextKind::LearningQuestion));
        // What looks through the agenda comes last: nearly everybody has agreed.
        refuse_if(started && !free && !agreed() && !self.controls() && past(), Code::CharterFirst)
    }
}

/// Says no with this code where it has to.
fn refuse_if(must: bool, code: Code) -> Result<(), Refusal> {
    if must { Err(code.into()) } else { Ok(()) }
}

/// One change.
fn one(change: Change) -> Decision {
    Ok(vec![change])
}
