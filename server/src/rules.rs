//! The rules that rooms go by, handed in from outside, so that a test can see what happens under
//! others.

use setroom_protocol::view::{Step, step};
use setroom_protocol::{
    Caller, Challenge32, Change, Command, CommandId, DeviceId, Entrance, Knock, KnockFrame,
    Presence, Recorded, Refusal, Room, SeatId, Seq, Timestamp, decide, enter, tick,
};

use crate::access;

/// Pure functions of what they are given. Each is the protocol's own unless somebody puts another
/// in its place.
pub trait Rules: std::fmt::Debug + Send + Sync {
    /// Whether a knock shows that its sender holds the private key of its browser.
    fn proves(&self, knock: &KnockFrame, challenge: &Challenge32) -> bool {
        access::proves(knock, challenge)
    }

    /// Where a command of this person was done, if it was.
    fn answered(&self, room: &Room, seat: SeatId, id: CommandId) -> Option<Seq> {
        room.answered(seat, id)
    }

    /// What follows from a command.
    ///
    /// # Errors
    /// [`Refusal`], and nothing follows.
    fn decide(
        &self,
        room: &Room,
        around: &Presence,
        asker: Caller,
        command: &Command,
        now: Timestamp,
    ) -> Result<Vec<Change>, Refusal> {
        decide(room, around, asker, command, now)
    }

    /// What follows from a knock.
    ///
    /// # Errors
    /// [`Refusal`], and nothing follows.
    fn enter(&self, room: &Room, around: &Presence, knock: &Knock) -> Result<Entrance, Refusal> {
        enter(room, around, knock)
    }

    /// What the room does by itself.
    fn tick(&self, room: &Room, around: &Presence, now: Timestamp) -> Vec<Change> {
        tick(room, around, now)
    }

    /// Moves the room by one record.
    fn apply(&self, room: &mut Room, record: &Recorded) {
        room.apply(record);
    }

    /// The same, with what those who watch see of it.
    fn step(
        &self,
        room: &mut Room,
        record: &Recorded,
        watching: &mut dyn Iterator<Item = DeviceId>,
    ) -> Step {
        step(room, record, watching)
    }
}

/// The protocol's rules.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProtocolRules;

impl Rules for ProtocolRules {}
