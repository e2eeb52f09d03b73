//! What the room does by itself when time passes or people come and go.

use super::agreed::{agreed_at, mode_set};
use super::meeting::{held, released};
use super::practices::decided;
use crate::change::Change;
use crate::command::Saying;
use crate::ids::{SeatId, Timestamp};
use crate::limits;
use crate::method::HandRule;
use crate::presence::Presence;
use crate::room::{HoldReason, Proposal, Room, Stage};

/// What follows by itself at this moment; empty most of the time.
///
/// * The next asker lights up once the settle gap is over.
/// * The room holds when nobody with the controls has been connected for
///   [`limits::HOLD_AFTER_MS`], and goes on when somebody is back. Nobody is promoted.
/// * A proposed mode is set once the last person who had not agreed to it has been away for
///   [`limits::ABSENT_AFTER_MS`]; in the same way a practice is adopted or let go.
pub fn tick(room: &Room, presence: &Presence, now: Timestamp) -> Vec<Change> {
    if room.meeting().stage != Stage::Running {
        return Vec::new();
    }
    if let Some((at, proposal)) = agreed(room, presence)
        && at <= now
    {
        return vec![mode_set(room, presence, proposal, None)];
    }
    if let Some((at, change)) = decided(room, presence)
        && at <= now
    {
        return vec![change];
    }
    match room.meeting().hold {
        Some(hold) => {
            let back = presence.no_facilitator_since.is_none();
            if hold.why == HoldReason::NoFacilitator && back {
                released(room, now).into_iter().collect()
            } else {
                Vec::new()
            }
        }
        None => {
            let gone = presence.no_facilitator_since.map(|since| since.plus(limits::HOLD_AFTER_MS));
            if gone.is_some_and(|at| at <= now) {
                let clock = room.meeting().now.clock;
                return vec![held(clock, HoldReason::NoFacilitator, now)];
            }
            match next_asker(room, presence) {
                Some((at, seat)) if at <= now => {
                    let kind = room.meeting().now.queue.get(&seat).and_then(|hand| hand.kind);
                    vec![Change::FloorGiven { seat, kind, returns_to: None }]
                }
                _ => Vec::new(),
            }
        }
    }
}

/// When [`tick`] would next have something to say; a moment in the past means now.
pub fn due(room: &Room, presence: &Presence) -> Option<Timestamp> {
    if room.meeting().stage != Stage::Running {
        return None;
    }
    let agreed = agreed(room, presence).map(|(at, _)| at);
    let decided = decided(room, presence).map(|(at, _)| at);
    let next = match room.meeting().hold {
        Some(hold) => (hold.why == HoldReason::NoFacilitator
            && presence.no_facilitator_since.is_none())
        .then_some(Timestamp(0)),
        None => {
            let gone = presence.no_facilitator_since.map(|since| since.plus(limits::HOLD_AFTER_MS));
            let asker = next_asker(room, presence).map(|(at, _)| at);
            gone.into_iter().chain(asker).min()
        }
    };
    next.into_iter().chain(agreed).chain(decided).min()
}

/// The proposed mode to which all have agreed who are there, and from when on.
fn agreed<'a>(room: &'a Room, presence: &Presence) -> Option<(Timestamp, &'a Proposal)> {
    let proposal = room.proposal()?;
    Some((agreed_at(room, presence, &proposal.agreed, None)?, proposal))
}

/// Who lights up next, and when. A gone person's hand is kept but skipped.
fn next_asker(room: &Room, presence: &Presence) -> Option<(Timestamp, SeatId)> {
    let meeting = room.meeting();
    let now = &meeting.now;
    let waits = matches!(now.says, Some(Saying::NeedAMoment | Saying::Thinking));
    // The agenda last: this is asked whenever the room stirs, and nearly always there is nobody.
    let nobody = now.queue.is_empty() || now.asking.is_some() || meeting.silence || waits;
    if nobody || room.part()?.hand != HandRule::Ask {
        return None;
    }
    let here = |seat: &SeatId| {
        presence.is_here(*seat) && room.seat(*seat).is_some_and(|held| !held.in_lobby)
    };
    let seat = room.queue().into_iter().find(here)?;
    Some((now.gap_until.unwrap_or(Timestamp(0)), seat))
}
