//! Lines that may be passed on to others. Until they are released they are in memory alone, never
//! written down: who offered what, in which order and when, is nowhere once the room is gone.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::command::{Command, OfferedLine};
use crate::ids::{ItemId, SeatId};
use crate::limits;
use crate::method::Mode;
use crate::room::{Room, Stage};
use crate::sealed::Sealed;

/// Lines as they were released: in the order of ids that were drawn at random, and of nobody.
pub type Released = BTreeMap<ItemId, Sealed>;

/// A line that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Who offered it.
    pub by: SeatId,
    /// Who it came from.
    pub from: SeatId,
    /// Whether they agree that it is passed on.
    pub agreed: bool,
    /// The box, which says nothing of its author.
    pub sealed: Sealed,
}

/// A line that waits, as whoever offered it sees it, or whoever it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct OfferView {
    /// The box.
    #[serde(rename = "box")]
    pub sealed: Sealed,
    /// Whether they offered it.
    pub mine: bool,
    /// Who it came from, where that is somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<SeatId>,
    /// Whether whoever it came from agrees.
    pub agreed: bool,
}

/// Lines that wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offers(BTreeMap<ItemId, Offer>);

impl Offers {
    /// One of them.
    pub fn get(&self, item: ItemId) -> Option<&Offer> {
        self.0.get(&item)
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Offer> {
        self.0.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many one person has offered.
    pub fn count_of(&self, seat: SeatId) -> usize {
        self.0.values().filter(|offer| offer.by == seat).count()
    }

    /// What this person is shown of them: what they offered, and what came from them.
    pub fn shown_to(&self, seat: SeatId) -> BTreeMap<ItemId, OfferView> {
        let theirs = self.0.iter().filter(|(_, offer)| offer.by == seat || offer.from == seat);
        let view = |offer: &Offer| OfferView {
            sealed: offer.sealed.clone(),
            mine: offer.by == seat,
            from: (offer.from != seat).then_some(offer.from),
            agreed: offer.agreed,
        };
        theirs.map(|(item, offer)| (*item, view(offer))).collect()
    }

    /// What can be released now: every line that whoever it came from agrees to. `None` where there is
    /// none, and where people may not travel with ideas, while all are one person's.
    pub(crate) fn ready(&self, room: &Room) -> Option<Released> {
        let ready = || {
            let agreed = self.0.iter().filter(|(_, offer)| offer.agreed);
            agreed.filter(|(item, _)| !room.lines().contains_key(item))
        };
        let people: BTreeSet<_> = ready().map(|(_, offer)| offer.from).collect();
        let enough = if room.mode() == Mode::Chatham { 2 } else { 1 };
        (people.len() >= enough)
            .then(|| ready().map(|(item, offer)| (*item, offer.sealed.clone())).collect())
    }

    /// Takes in what somebody asked, and was allowed. True when it was about these.
    pub fn heard(&mut self, seat: SeatId, command: &Command) -> bool {
        if let Command::OfferLine(line) = command {
            let OfferedLine { item, sealed, from } = line;
            let from = from.unwrap_or(seat);
            let offer = Offer { by: seat, from, agreed: from == seat, sealed: sealed.clone() };
            // Several may have been allowed at once.
            if self.count_of(seat) < limits::LINES_PER_SEAT {
                self.0.entry(*item).or_insert(offer);
            }
            return true;
        }
        let Command::AnswerLine { item, yes } = command else { return false };
        if !*yes {
            self.0.remove(item);
        } else if let Some(offer) = self.0.get_mut(item) {
            offer.agreed = true;
        }
        true
    }

    /// Drops what does not wait any more: it was released, somebody of it has gone, or nothing of the
    /// kind is done in this room now.
    pub fn follow(&mut self, room: &Room) {
        let open = room.mode().releases() && room.meeting().stage == Stage::Running;
        let here = |seat| room.seat(seat).is_some();
        self.0.retain(|item, offer| {
            open && here(offer.by) && here(offer.from) && !room.lines().contains_key(item)
        });
    }
}
