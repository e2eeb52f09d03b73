//! Which rows nobody but their author may know of, told from `docs/PROTOCOL.md`.

use setroom_protocol::method::See;
use setroom_protocol::room::Stage;
use setroom_protocol::{Change, ItemId, SeatId};

use super::{Story, Text};

impl Story {
    /// Whether nobody but its author may know of a change that is about to happen: what concerns one
    /// browser's or one person's keys, and texts that nobody else sees. That somebody has written a
    /// hidden text in the present part can be seen, once.
    pub(super) fn is_unseen(&self, change: &Change) -> bool {
        match change {
            Change::Granted { .. } | Change::OwnKeySet { .. } => true,
            Change::Written { item } => match item.see {
                See::Everyone => false,
                See::Owner => true,
                See::Hidden => {
                    self.now(item.id).is_some() || !self.is_the_only(item.id, &Text::of(item))
                }
            },
            Change::ItemWithdrawn { item } => match self.now(*item) {
                Some(text) if text.see == See::Owner => true,
                Some(text) if text.see == See::Hidden => !self.is_the_only(*item, &text),
                Some(_) | None => false,
            },
            _ => false,
        }
    }

    fn now(&self, item: ItemId) -> Option<Text> {
        *self.texts.get(&item)?.last()?
    }

    /// Whether this is the one hidden text that its author has in the present part.
    fn is_the_only(&self, item: ItemId, text: &Text) -> bool {
        let here = self.part.last().copied().flatten();
        let runs = self.stage.last() == Some(&Stage::Running);
        runs && here == Some(text.part) && !self.hides_another(item, text.author, text.part)
    }

    fn hides_another(&self, item: ItemId, author: SeatId, part: usize) -> bool {
        let others = self.texts.iter().filter(|(id, _)| **id != item);
        let mut texts = others.filter_map(|(_, texts)| *texts.last()?);
        texts.any(|text| text.see == See::Hidden && text.author == author && text.part == part)
    }
}
