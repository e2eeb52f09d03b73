//! What is hidden from whom: texts that only their author sees, that there is one, and the hands from
//! whoever presents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::shared::ItemView;
use crate::ids::{ItemId, SeatId};
use crate::method::See;
use crate::room::{Hand, Item, Room, Stage};

/// A text as everybody sees it; none of one that is hidden.
pub(super) fn for_all(item: &Arc<Item>) -> Option<(ItemId, ItemView)> {
    (item.see == See::Everyone).then(|| (item.id, ItemView::from(item.as_ref())))
}

/// The texts that only their author sees.
pub(super) fn for_their_author(room: &Room, seat: SeatId) -> BTreeMap<ItemId, ItemView> {
    let mine = room.items_of(seat).filter(|item| item.see != See::Everyone);
    mine.map(|item| (item.id, ItemView::from(item))).collect()
}

/// Whoever presents is not hurried by how many wait to ask, and so is told of no hand; unless they hold
/// the controls, and with them the order of hands.
pub fn hides_hands_from(room: &Room) -> Option<SeatId> {
    room.meeting().now.presenter.filter(|seat| !room.has_controls(*seat))
}

/// The hands that this person sees.
pub(super) fn hands_for(room: &Room, seat: SeatId) -> BTreeMap<SeatId, Hand> {
    if hides_hands_from(room) == Some(seat) {
        BTreeMap::new()
    } else {
        room.meeting().now.queue.clone()
    }
}

/// Who has written a text in this part that is hidden for now.
pub(super) fn written(room: &Room) -> BTreeSet<SeatId> {
    let meeting = room.meeting();
    if meeting.stage != Stage::Running {
        return BTreeSet::new();
    }
    let hidden = |item: &&Arc<Item>| item.see == See::Hidden && item.part == meeting.now.part;
    room.items().values().filter(hidden).map(|item| item.seat).collect()
}
