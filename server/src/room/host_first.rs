//! The host's change of who holds keys goes first, once it came too late.
//!
//! Each such change follows from the one before, so whoever is quicker makes all others late. A
//! co-facilitator with a program could be quicker for ever, and nobody could part with them.

use setroom_protocol::{Code, Command, Recorded, Refusal, Role, Room, SeatId, Timestamp};

/// For so long the room takes no such change from anybody else: time enough to see what it was that
/// came before, and to make forty grants anew on a slow telephone.
const HOST_FIRST_MS: u64 = 5_000;

/// Until when the host goes first.
#[derive(Debug, Default)]
pub(super) struct HostFirst {
    until: Timestamp,
}

impl HostFirst {
    /// Whether this person's command has to wait for the host's.
    pub(super) fn keeps_back(
        &self,
        room: &Room,
        by: SeatId,
        command: &Command,
        now: Timestamp,
    ) -> bool {
        now < self.until && command.edit().is_some() && !is_host(room, by)
    }

    /// What became of this person's command.
    pub(super) fn heard(
        &mut self,
        room: &Room,
        by: SeatId,
        command: &Command,
        now: Timestamp,
        made: &Result<Option<Vec<Recorded>>, Refusal>,
    ) {
        let Some(edit) = command.edit().filter(|_| is_host(room, by)) else { return };
        match made {
            // With a whole one the host's browser puts right what somebody spoilt. What the host wanted
            // is still to follow, and would find the next key spoilt.
            Ok(_) if edit.whole => self.until = now.plus(HOST_FIRST_MS),
            Ok(_) => self.until = Timestamp(0),
            Err(Refusal { code: Code::StaleEpoch | Code::StaleRoster }) => {
                self.until = now.plus(HOST_FIRST_MS);
            }
            Err(_) => {}
        }
    }
}

fn is_host(room: &Room, seat: SeatId) -> bool {
    room.seat(seat).is_some_and(|held| held.role == Role::Host)
}
