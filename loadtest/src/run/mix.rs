//! From a wish to a command that makes sense in the room as it is.

use serde_json::Value;
use setroom_protocol::method::Kind;
use setroom_protocol::{Command, SeatId};

use crate::schedule::{Due, Wish};

/// What somebody does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Act {
    /// This seat asks for this.
    Ask(usize, Command),
    /// This seat writes the next revision of its name; `rev` is that revision.
    Write(usize, u32),
}

/// Decides what becomes of a wish. `shared` is the room's view; it may be a moment old, so the
/// server may still refuse.
pub(crate) fn act(due: &Due, seats: &[SeatId], shared: &Value) -> Act {
    let scene = Scene { seats, shared };
    match due.wish {
        Wish::Hand => scene.hand(due),
        Wish::Defer => scene.defer(due),
        Wish::EndTurn => scene.end_turn(due),
        Wish::Tick => scene.tick(due.seat),
        Wish::Clock if scene.clock() == Some("paused") => Act::Ask(0, Command::Resume),
        Wish::Clock => Act::Ask(0, Command::Pause),
        Wish::AddTime => {
            let minutes = if due.draw.is_multiple_of(2) { 1 } else { -1 };
            Act::Ask(0, Command::AddTime { minutes })
        }
        Wish::Write => Act::Write(due.seat, scene.revision(due.seat) + 1),
    }
}

struct Scene<'a> {
    seats: &'a [SeatId],
    shared: &'a Value,
}

impl Scene<'_> {
    fn id(&self, seat: usize) -> String {
        self.seats.get(seat).map(ToString::to_string).unwrap_or_default()
    }

    fn clock(&self) -> Option<&str> {
        self.shared.get("clock")?.get("is")?.as_str()
    }

    /// The seat that has the floor.
    fn asking(&self) -> Option<usize> {
        let id = self.shared.get("asking")?.get("seat")?.as_str()?;
        self.seats.iter().position(|seat| seat.to_string() == id)
    }

    fn is_presenter(&self, seat: usize) -> bool {
        self.shared.get("presenter").and_then(Value::as_str) == Some(&self.id(seat))
    }

    fn rank(&self, id: &str) -> Option<u64> {
        self.shared.get("queue")?.get(id)?.get("rank")?.as_u64()
    }

    fn revision(&self, seat: usize) -> u32 {
        // A name's id is its seat's.
        let name = self.shared.get("items").and_then(|items| items.get(self.id(seat)));
        let rev = name.and_then(|name| name.get("rev")?.as_u64()).unwrap_or_default();
        u32::try_from(rev).unwrap_or(u32::MAX)
    }

    fn hand(&self, due: &Due) -> Act {
        let seat = due.seat;
        if self.is_presenter(seat) {
            return self.tick(seat);
        }
        if self.asking() == Some(seat) {
            return Act::Ask(seat, Command::EndTurn);
        }
        if self.rank(&self.id(seat)).is_some() {
            return Act::Ask(seat, Command::LowerHand { seat: None });
        }
        let kind = match due.draw % 4 {
            0 => None,
            1 => Some(Kind::Explore),
            2 => Some(Kind::Challenge),
            _ => Some(Kind::Process),
        };
        Act::Ask(seat, Command::RaiseHand { kind, seat: None })
    }

    fn defer(&self, due: &Due) -> Act {
        let own = self.rank(&self.id(due.seat));
        let behind = self.seats.iter().filter_map(|seat| self.rank(&seat.to_string())).max();
        if own.is_some() && own < behind {
            Act::Ask(due.seat, Command::DeferHand)
        } else {
            self.hand(due)
        }
    }

    fn end_turn(&self, due: &Due) -> Act {
        match self.asking() {
            // The facilitator may end any turn, the asker their own.
            Some(_) if due.draw.is_multiple_of(2) => Act::Ask(0, Command::EndTurn),
            Some(seat) => Act::Ask(seat, Command::EndTurn),
            None => self.hand(due),
        }
    }

    fn tick(&self, seat: usize) -> Act {
        let view = self.shared.get("seats").and_then(|seats| seats.get(self.id(seat)));
        let on = view.and_then(|view| view.get("tick")?.as_bool()).unwrap_or_default();
        Act::Ask(seat, Command::Tick { on: !on })
    }
}
