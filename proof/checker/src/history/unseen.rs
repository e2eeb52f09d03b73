//! Which rows nobody but their author may know of, told from `docs/PROTOCOL.md`.

use setroom_protocol::method::See;
use setroom_protocol::room::Stage;
use setroom_protocol::{Change, ItemId, SeatId};

use super::{History, Text};

impl History {
    /// Whether nobody but its author may know of a change that is about to happen: what concerns one
    /// browser's or one person's keys, and texts that nobody else sees. That somebody has a hidden text
    /// in the present part can be seen, and so can that they have none any more.
    pub(super) fn is_unseen(&self, change: &Change) -> bool {
        if let Change::Written { item } = change {
            return self.hides(item.id, &Text::of(item), true);
        }
        if let Change::ItemWithdrawn { item } = change {
            return self.now(*item).is_some_and(|text| self.hides(*item, &text, false));
        }
        matches!(change, Change::Granted { .. } | Change::OwnKeySet { .. })
    }

    /// The same of a text that is written, or that goes.
    fn hides(&self, item: ItemId, text: &Text, stays: bool) -> bool {
        match text.see {
            See::Everyone => false,
            See::Owner => true,
            See::Hidden => {
                let before = self.now(item).is_some_and(|before| self.is_here(&before));
                let after = stays && self.is_here(text);
                before == after || self.has_another(item, text.author)
            }
        }
    }

    fn now(&self, item: ItemId) -> Option<Text> {
        *self.texts.get(&item)?.last()?
    }

    /// Whether it is a hidden text of the present part.
    fn is_here(&self, text: &Text) -> bool {
        let here = self.part.last().copied().flatten();
        let runs = self.stage.last() == Some(&Stage::Running);
        runs && text.see == See::Hidden && here == Some(text.part)
    }

    fn has_another(&self, item: ItemId, author: SeatId) -> bool {
        let others = self.texts.iter().filter(|(id, _)| **id != item);
        let mut texts = others.filter_map(|(_, texts)| *texts.last()?);
        texts.any(|text| text.author == author && self.is_here(&text))
    }
}
