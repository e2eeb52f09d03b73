//! One change, and what it does to what may be seen.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Patch;
use super::affected::AffectedOwn;
use super::look::look;
use super::own::{Own, own};
use crate::frame::ServerFrame;
use crate::ids::DeviceId;
use crate::record::Recorded;
use crate::room::Room;

/// What one change did to the views, as merge patches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// Of the shared view; `None` when nothing of it changed.
    pub shared: Option<Value>,
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
        self.is_seen.then(|| ServerFrame::Change {
            seq: record.seq,
            at: record.at,
            by: record.by,
            re: record.re,
            what: record.change.name().into(),
            shared: shared.unwrap_or_else(|| Value::Object(Map::new())),
        })
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
    room.apply(record);
    let shared = before.patch(&look(room, views));
    let moved = owns.into_iter().filter_map(|(device, before)| {
        let after = own(room, device)?;
        Some((device, before.patch(&after)?))
    });
    Step { shared, own: moved.collect(), is_seen }
}
