//! Which changes nobody but their author may know of. They take no place in the room's order: a hole
//! in it, or its time, would say that somebody has written something and when.

use super::Room;
use crate::change::Change;
use crate::ids::{ItemId, SeatId};
use crate::method::See;

impl Room {
    /// Whether nobody but its author may know of this change, which is about to be applied.
    pub fn is_unseen(&self, change: &Change) -> bool {
        match change {
            Change::Granted { .. } | Change::OwnKeySet { .. } => true,
            Change::Written { item } => match item.see {
                See::Everyone => false,
                See::Owner => true,
                // That one has written in this part can be seen, once.
                See::Hidden => {
                    let stays = self.items.get(&item.id).is_some_and(|old| old.part == item.part);
                    !self.is_in_this_part(item.part)
                        || stays
                        || self.has_hidden_but(item.seat, item.id)
                }
            },
            Change::ItemWithdrawn { item: id } => {
                self.items.get(id).is_some_and(|item| match item.see {
                    See::Everyone => false,
                    See::Owner => true,
                    See::Hidden => {
                        !self.is_in_this_part(item.part) || self.has_hidden_but(item.seat, *id)
                    }
                })
            }
            _ => false,
        }
    }

    fn is_in_this_part(&self, part: u32) -> bool {
        self.meeting.stage == super::Stage::Running && self.meeting.now.part == part
    }

    /// Whether there is another hidden text of this person in the present part.
    fn has_hidden_but(&self, seat: SeatId, but: ItemId) -> bool {
        let here = self.meeting.now.part;
        self.items_of(seat)
            .any(|item| item.id != but && item.see == See::Hidden && item.part == here)
    }
}
