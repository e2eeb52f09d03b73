//! Which changes nobody but their author may know of. They take no place in the room's order: a hole
//! in it, or its time, would say that somebody has written something and when.

use super::{Item, Room, Stage};
use crate::change::Change;
use crate::method::See;

impl Room {
    /// Whether nobody but its author may know of this change, which is about to be applied.
    pub fn is_unseen(&self, change: &Change) -> bool {
        if let Change::Written { item } = change {
            return match item.see {
                See::Everyone => false,
                See::Owner => true,
                // That somebody has written in this part can be seen, once.
                See::Hidden => !self.shows_first(item) || self.items.contains_key(&item.id),
            };
        }
        if let Change::ItemWithdrawn { item } = change {
            return self.items.get(item).is_some_and(|item| match item.see {
                See::Everyone => false,
                See::Owner => true,
                See::Hidden => !self.shows_first(item),
            });
        }
        matches!(change, Change::Granted { .. } | Change::OwnKeySet { .. })
    }

    /// Whether this hidden text is the only one that shows that its author has written in this part.
    fn shows_first(&self, text: &Item) -> bool {
        let here = self.meeting.now.part;
        let others = self.items_of(text.seat).filter(|item| item.id != text.id);
        self.meeting.stage == Stage::Running
            && text.part == here
            && !others.into_iter().any(|item| item.see == See::Hidden && item.part == here)
    }
}
