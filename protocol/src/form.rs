//! The form at the end of a meeting. Until enough answers are there they are in memory alone, never
//! written down: who answered what, in which order and when, is nowhere once they are shown.

use std::collections::BTreeMap;

use crate::command::FormAnswer;
use crate::ids::{ItemId, SeatId};
use crate::limits;
use crate::lines::Released;
use crate::room::{Room, Stage};
use crate::sealed::Sealed;

/// Answers that wait, one of each person. No one is ever shown, and how many there are is nobody's to
/// know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<SeatId, (ItemId, Sealed)>);

impl Answers {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Sealed> {
        self.0.values().map(|(_, sealed)| sealed)
    }

    /// Whether somebody else has an answer of this name.
    pub(crate) fn is_taken(&self, seat: SeatId, item: ItemId) -> bool {
        self.0.iter().any(|(of, (known, _))| *of != seat && *known == item)
    }

    /// Whether this person has an answer of another name: they have answered anew on another page.
    pub(crate) fn has_another(&self, seat: SeatId, item: ItemId) -> bool {
        self.0.get(&seat).is_some_and(|(known, _)| *known != item)
    }

    /// All of them, in the order of ids that were drawn at random; `None` while they are too few.
    pub(crate) fn ready(&self) -> Option<Released> {
        let all: Released = self.0.values().cloned().collect();
        (all.len() >= limits::FORM_ANSWERS).then_some(all)
    }

    /// Takes in an answer; another one of the same person goes, but for one that is sent `again`: they may have
    /// answered anew on another page since.
    pub(crate) fn take(&mut self, seat: SeatId, FormAnswer { item, sealed, again }: &FormAnswer) {
        // Several may have been allowed at once.
        let stays = *again && self.0.contains_key(&seat);
        if !stays && !self.is_taken(seat, *item) {
            self.0.insert(seat, (*item, sealed.clone()));
        }
    }

    /// Drops what does not wait any more: they are shown, somebody has gone, or the next meeting is open.
    /// And what is under another key than the present one: keys tell who had answered by when.
    pub(crate) fn follow(&mut self, room: &Room) {
        let open = room.meeting().stage != Stage::Gathering && room.form().is_empty();
        let under = |sealed: &Sealed| sealed.epoch() == room.epoch();
        self.0.retain(|seat, (_, sealed)| open && under(sealed) && room.seat(*seat).is_some());
    }
}
