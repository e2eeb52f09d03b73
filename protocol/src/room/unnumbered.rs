//! Which changes nobody but their author may know of. They take no place in the room's order: a hole
//! in it, or its time, would say that somebody has written something and when.

use super::{Item, Room, Stage};
use crate::change::Change;
use crate::method::See;

impl Room {
    /// Whether nobody but its author may know of this change, which is about to be applied.
    pub fn is_unseen(&self, change: &Change) -> bool {
        let is_unseen = |text: &Item, stays: bool| match text.see {
            See::Everyone => false,
            See::Owner => true,
            See::Hidden => !self.shows_on_the_seat(text, stays),
        };
        if let Change::Written { item } = change {
            return is_unseen(item, true);
        }
        if let Change::ItemWithdrawn { item } = change {
            return self.items.get(item).is_some_and(|item| is_unseen(item, false));
        }
        matches!(change, Change::Granted { .. } | Change::OwnKeySet { .. })
    }

    /// Whether it can be seen of this hidden text that its author has one in this part from now on, or
    /// has none any more.
    fn shows_on_the_seat(&self, text: &Item, stays: bool) -> bool {
        let here = |item: &Item| {
            item.see == See::Hidden
                && item.part == self.meeting.now.part
                && self.meeting.stage == Stage::Running
        };
        let mut others = self.items_of(text.seat).filter(|item| item.id != text.id);
        let before = self.items.get(&text.id).is_some_and(|item| here(item));
        let after = stays && here(text);
        before != after && !others.any(here)
    }
}
