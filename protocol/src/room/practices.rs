//! Practices: what an action taught its owner, proposed to the set, adopted by the taps of all who are
//! there, and let go again in the same way.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Item, Room};
use crate::ids::{ItemId, SeatId, Timestamp};

/// A practice, beside its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Practice {
    /// When the set adopted it; absent while it is proposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adopted_at: Option<Timestamp>,
    /// Who has agreed to what the set is asked: to adopt it, or to let it go where it is adopted.
    /// Absent while nothing is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<BTreeSet<SeatId>>,
}

/// How it was decided what the set was asked of a practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decided {
    /// It is the set's.
    Adopted,
    /// The set works by it no more.
    LetGo,
    /// Somebody said no: what was proposed is gone, and what was adopted stays.
    Declined,
}

impl Room {
    /// The practices of the set, with those that are proposed.
    pub fn practices(&self) -> &BTreeMap<ItemId, Practice> {
        &self.practices
    }

    /// Whether this text is a practice that the set has not adopted.
    pub(crate) fn is_only_proposed(&self, item: ItemId) -> bool {
        self.practices.get(&item).is_some_and(|practice| practice.adopted_at.is_none())
    }

    /// A new one is proposed, and its author agrees; one that is sealed again stands as it stood.
    pub(super) fn propose_practice(&mut self, item: &Item) {
        let asked = || Practice { adopted_at: None, agreed: Some([item.seat].into()) };
        self.practices.entry(item.id).or_insert_with(asked);
    }

    pub(super) fn tap_practice(&mut self, item: ItemId, seat: SeatId) {
        if let Some(practice) = self.practices.get_mut(&item) {
            practice.agreed.get_or_insert_default().insert(seat);
        }
    }

    pub(super) fn decide_practice(&mut self, item: ItemId, is: Decided, at: Timestamp) {
        let Some(practice) = self.practices.get_mut(&item) else { return };
        practice.agreed = None;
        match is {
            Decided::Adopted => practice.adopted_at = Some(at),
            Decided::Declined if practice.adopted_at.is_some() => {}
            Decided::LetGo | Decided::Declined => self.take_back(item),
        }
    }

    /// A text is gone, and the practice that it may have been.
    pub(super) fn take_back(&mut self, item: ItemId) {
        self.items.remove(&item);
        self.practices.remove(&item);
    }

    /// The meeting is closed: nobody is asked any more, and what was only proposed is gone.
    pub(super) fn close_practices(&mut self) {
        let practices = &self.practices;
        let stays =
            |item: &ItemId| practices.get(item).is_none_or(|held| held.adopted_at.is_some());
        self.items.retain(|id, _| stays(id));
        self.forget_practices();
        for practice in self.practices.values_mut() {
            practice.agreed = None;
        }
    }

    /// Those whose text is gone are gone too.
    pub(super) fn forget_practices(&mut self) {
        let items = &self.items;
        self.practices.retain(|id, _| items.contains_key(id));
    }

    /// Somebody takes no part any more.
    pub(super) fn forget_taps(&mut self, seat: SeatId) {
        for agreed in self.practices.values_mut().filter_map(|held| held.agreed.as_mut()) {
            agreed.remove(&seat);
        }
        for reviewed in self.reviews.values_mut() {
            reviewed.asked.remove(&seat);
        }
    }
}
