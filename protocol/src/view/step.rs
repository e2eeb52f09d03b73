//! One change, and what it does to what may be seen.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Patch;
use super::affected::AffectedOwn;
use super::hidden::hides_hands_from;
use super::look::look;
use super::own::{Own, own};
use crate::frame::ServerFrame;
use crate::ids::{DeviceId, SeatId};
use crate::record::Recorded;
use crate::room::{Hand, Room};

/// What one change did to the views, as merge patches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// Of the shared view; `None` when nothing of it changed.
    pub shared: Option<Value>,
    /// The same for those who see other hands than all do.
    pub apart: Vec<(SeatId, Value)>,
    /// Of the own views of those who watch, where they changed.
    pub own: Vec<(DeviceId, Value)>,
    /// Whether it has a place of its own in the room's order.
    pub is_seen: bool,
}

impl Step {
    /// The frame that tells everybody of the record, with the patch of the shared view; `None` when
    /// nobody but its author may know of it, and then it has taken no place either.
    pub fn told(&mut self, record: &Recorded) -> Option<ServerFrame> {
        let shared = self.shared.take();
        self.is_seen.then(|| change(record, shared.unwrap_or_else(|| Value::Object(Map::new()))))
    }

    /// The frames that tell of the record those who see other hands than all do. A change of which
    /// nothing is left for them has its place, and neither a name nor an author.
    pub fn told_apart(&mut self, record: &Recorded) -> Vec<(SeatId, ServerFrame)> {
        let told = |(seat, patch): (SeatId, Value)| {
            let nothing = patch.as_object().is_some_and(Map::is_empty);
            let mut frame = change(record, patch);
            if let ServerFrame::Change { by, re, what, .. } = &mut frame
                && nothing
                && *by != Some(seat)
            {
                (*by, *re, *what) = (None, None, "hidden".into());
            }
            (seat, frame)
        };
        self.apart.drain(..).map(told).collect()
    }
}

fn change(record: &Recorded, shared: Value) -> ServerFrame {
    ServerFrame::Change {
        seq: record.seq,
        at: record.at,
        by: record.change.told_by(record.by),
        re: record.re,
        what: record.change.name().into(),
        shared,
    }
}

/// Applies a record to the room and tells what it changed for those who see it.
///
/// Nothing is kept from step to step: the parts of the views that this change
/// can move are looked at before and after. `watching` are the browsers whose own
/// views matter; those without a seat are passed over.
pub fn step(
    room: &mut Room,
    record: &Recorded,
    watching: impl IntoIterator<Item = DeviceId>,
) -> Step {
    let views = record.change.effects().views.in_room(room);
    let before = look(room, views);
    let owns: BTreeMap<DeviceId, Own> = if views.own == AffectedOwn::None {
        BTreeMap::new()
    } else {
        let watching = watching.into_iter().filter(|device| views.has_own(*device, room));
        watching.filter_map(|device| Some((device, own(room, device)?))).collect()
    };
    let is_seen = record.seq != room.seq();
    let hidden = hides_hands_from(room);
    room.apply(record);
    let shared = before.patch(&look(room, views));
    let after = &room.meeting().now.queue;
    // Hands that a change does not name are as they were.
    let hands = Hands {
        hidden_from: [hidden, hides_hands_from(room)],
        up: [if views.queue { &before.queue } else { after }, after],
    };
    let apart = hands.apart(shared.as_ref());
    let moved = owns.into_iter().filter_map(|(device, before)| {
        let after = own(room, device)?;
        Some((device, before.patch(&after)?))
    });
    Step { shared, apart, own: moved.collect(), is_seen }
}

/// The hands before and after a change, and from whom they are hidden then.
struct Hands<'a> {
    hidden_from: [Option<SeatId>; 2],
    up: [&'a BTreeMap<SeatId, Hand>; 2],
}

impl Hands<'_> {
    /// The patch of the shared view for each of those, where it is another than everybody's.
    fn apart(&self, shared: Option<&Value>) -> Vec<(SeatId, Value)> {
        let [before, after] = self.hidden_from;
        let moves = shared.is_some_and(|patch| patch.get("queue").is_some());
        if before == after && !moves {
            return Vec::new();
        }
        let whom = before.into_iter().chain(after.filter(|seat| Some(*seat) != before));
        whom.map(|seat| (seat, self.patch_for(seat, shared))).collect()
    }

    fn patch_for(&self, seat: SeatId, shared: Option<&Value>) -> Value {
        let none = BTreeMap::new();
        let [hidden_before, hidden_after] = self.hidden_from.map(|hidden| hidden == Some(seat));
        let [before, after] = self.up;
        let before = if hidden_before { &none } else { before };
        let after = if hidden_after { &none } else { after };
        let mut patch = shared.and_then(Value::as_object).cloned().unwrap_or_default();
        patch.remove("queue");
        patch.extend(before.patch(after).map(|hands| ("queue".to_owned(), hands)));
        Value::Object(patch)
    }
}
