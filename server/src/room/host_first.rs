//! The host's change of who holds keys goes first, once it came too late.
//!
//! Each such change follows from the one before, so whoever is quicker makes all others late. A
//! co-facilitator with a program could be quicker for ever, and nobody could part with them.

use setroom_protocol::{Code, Command, Role, Room, SeatId, Timestamp};

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

    /// This person's command was refused.
    pub(super) fn refused(
        &mut self,
        room: &Room,
        by: SeatId,
        command: &Command,
        now: Timestamp,
        code: Code,
    ) {
        let is_late = matches!(code, Code::StaleEpoch | Code::StaleRoster);
        if is_late && command.edit().is_some() && is_host(room, by) {
            self.until = now.plus(HOST_FIRST_MS);
        }
    }

    /// Whether the host's edit comes with this command, once it is written down.
    pub(super) fn edits(room: &Room, by: SeatId, command: &Command) -> Option<HostsEdit> {
        let edit = command.edit().filter(|_| is_host(room, by))?;
        Some(HostsEdit { whole: edit.whole })
    }

    /// An edit of the host's was written down.
    pub(super) fn written(&mut self, edit: HostsEdit, now: Timestamp) {
        // With a whole one the host's browser puts right what somebody spoilt. What the host wanted is still
        // to follow, and would find the next key spoilt.
        self.until = if edit.whole { now.plus(HOST_FIRST_MS) } else { Timestamp(0) };
    }
}

/// An edit of the host's on its way to the journal.
#[derive(Clone, Copy, Debug)]
pub(super) struct HostsEdit {
    whole: bool,
}

fn is_host(room: &Room, seat: SeatId) -> bool {
    room.seat(seat).is_some_and(|held| held.role == Role::Host)
}
