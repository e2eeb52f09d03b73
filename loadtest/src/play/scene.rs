//! What the people of a room look at before they press anything: the view, as far as they need it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use setroom_protocol::command::Saying;
use setroom_protocol::room::{Asking, Clock, Hand, Hold, Stage, Turn, TurnState};
use setroom_protocol::{SeatId, Timestamp};

/// The view, typed where it matters.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Scene {
    pub(crate) stage: Stage,
    #[serde(default)]
    pub(crate) now: Option<Now>,
    /// The change that moved the meeting last: it tells one part from another.
    pub(crate) moved: u64,
    pub(crate) clock: Clock,
    #[serde(default)]
    pub(crate) hold: Option<Hold>,
    pub(crate) silence: bool,
    #[serde(default)]
    pub(crate) undo_until: Option<Timestamp>,
    #[serde(default)]
    pub(crate) presenter: Option<SeatId>,
    #[serde(default)]
    pub(crate) says: Option<Saying>,
    #[serde(default)]
    pub(crate) scribe: Option<SeatId>,
    /// The hands, as somebody sees them from whom they are not hidden.
    #[serde(skip)]
    pub(crate) queue: BTreeMap<SeatId, Hand>,
    #[serde(default)]
    pub(crate) asking: Option<Asking>,
    pub(crate) round: BTreeMap<SeatId, Turn>,
    pub(crate) seats: BTreeMap<SeatId, Person>,
}

/// The present part.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Now {
    pub(crate) part: u32,
}

/// A person.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Person {
    pub(crate) agreed: bool,
    #[serde(default)]
    pub(crate) tick: bool,
}

impl Scene {
    /// Reads it from the merged view and the hands that are up; `None` before there is one.
    pub(crate) fn of(shared: &Value, hands: Option<&Value>) -> Option<Self> {
        let queue = hands.map_or_else(|| Ok(BTreeMap::new()), BTreeMap::deserialize).ok()?;
        Some(Self { queue, ..Self::deserialize(shared).ok()? })
    }

    /// Whose turn it is in the round.
    pub(crate) fn turn(&self) -> Option<SeatId> {
        self.round.iter().find(|(_, turn)| turn.is == TurnState::Now).map(|(seat, _)| *seat)
    }

    /// Who is first in the queue.
    pub(crate) fn first_hand(&self) -> Option<SeatId> {
        self.queue.iter().min_by_key(|(_, hand)| hand.rank).map(|(seat, _)| *seat)
    }
}
