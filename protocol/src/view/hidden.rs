//! Which texts are hidden from whom: what everybody may see, and what its author alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::shared::ItemView;
use crate::ids::{ItemId, SeatId};
use crate::method::See;
use crate::room::{Item, Room};

/// A text as everybody sees it; none of one that is hidden.
pub(super) fn for_all(item: &Arc<Item>) -> Option<(ItemId, ItemView)> {
    (item.see == See::Everyone).then(|| (item.id, ItemView::from(item.as_ref())))
}

/// The texts that only their author sees.
pub(super) fn for_their_author(room: &Room, seat: SeatId) -> BTreeMap<ItemId, ItemView> {
    let mine = room.items_of(seat).filter(|item| item.see != See::Everyone);
    mine.map(|item| (item.id, ItemView::from(item))).collect()
}
