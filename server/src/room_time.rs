//! A room's time, which never goes back, also over a restart with the machine's clock set back.
//!
//! While the process runs nothing moves its time (see [`Clock`]). When it starts it believes the
//! machine, and the machine may be behind what a room has written down already: its clock was set,
//! or this is another machine. Then the times left of that room would grow, and its entries would
//! be older than those before them. So a room whose time has been further goes on from there, unless it
//! has been so by more than a day: then the machine's clock was wrong before, and not now.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use setroom_protocol::room::Stage;
use setroom_protocol::{Room, SetId, Timestamp};

use crate::clock::{BELIEVED_MS, Clock};

/// Which rooms' time is ahead of the process's, and since when. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct RoomTime {
    /// Until when the process before this one is known to have run, by its own clock.
    ran_until: Timestamp,
    /// By how many milliseconds each of them is ahead. It stays so for as long as the process
    /// lives: a room that is loaded again, and those who come back to it, find the same time.
    ahead: Arc<Mutex<BTreeMap<SetId, u64>>>,
}

impl RoomTime {
    /// For a process that follows one which ran until then; 0 when that is not known.
    pub(crate) fn after(ran_until: Timestamp) -> Self {
        Self { ran_until, ahead: Arc::default() }
    }

    /// By how many milliseconds this room is to be ahead of the process's clock; 0 for nearly all.
    pub(crate) fn ahead(&self, clock: &Clock, room: &Room) -> u64 {
        let mut reached = room.changed_at();
        if room.meeting().stage == Stage::Running {
            // Its clock went on for as long as that process did, whether anybody wrote or not.
            reached = reached.max(self.ran_until);
        }
        let behind = reached.since(Timestamp(clock.now_ms()));
        // A room that is further ahead was used while the machine's clock was wrong, and would have that
        // year for ever: no date of people's could be set in it.
        let behind = if behind > BELIEVED_MS { 0 } else { behind };
        let mut rooms = self.ahead.lock();
        let ahead = rooms.get(&room.set()).copied().unwrap_or_default().max(behind);
        if ahead > 0 {
            rooms.insert(room.set(), ahead);
        }
        ahead
    }

    /// By how much this set's time is ahead of the process's, in milliseconds; 0 for nearly all.
    pub(crate) fn ahead_ms(&self, set: SetId) -> u64 {
        let rooms = self.ahead.lock();
        rooms.get(&set).copied().unwrap_or_default()
    }
}
