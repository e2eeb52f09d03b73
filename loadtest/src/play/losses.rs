//! What was lost, came twice or in the wrong order: counted for each person against what their room
//! said to everybody.

use super::room_player::RoomPlayer;
use super::seat::Stand;

impl RoomPlayer {
    /// Adds up what came to one person since they came in.
    pub(super) fn tally(&mut self, at: usize) {
        let reached = self.ledger.reached;
        let Some(seat) = self.seats.get_mut(at).filter(|seat| seat.id.is_some()) else { return };
        let at = &mut self.counts.deliveries;
        // Whoever did not come back is missed as such; what they would have got is not lost.
        let until = if seat.stand == Stand::In { reached } else { seat.got.last };
        let expected = until.saturating_sub(seat.base).saturating_sub(seat.jumped);
        let received = seat.got.received;
        at.expected += expected;
        at.received += received;
        at.lost += expected.saturating_sub(received);
        at.duplicated += seat.got.duplicated;
        at.out_of_order += seat.got.out_of_order;
        self.counts.unreadable += std::mem::take(&mut self.ledger.unreadable);
    }

    /// So much that had been told to somebody is not there any more.
    pub(super) fn taken_back(&mut self, at: usize, places: u64) {
        self.tally(at);
        self.counts.deliveries.lost += places;
    }
}
