//! One change, and what it does to what may be seen.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Patch;
use super::look::look;
use super::own::{Own, Whose, own};
use super::touch::Parts;
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
}

impl Step {
    /// The frame that tells everybody of the record; the patch of the shared view goes into it.
    pub fn told(&mut self, record: &Recorded) -> ServerFrame {
        match self.shared.take() {
            Some(shared) => ServerFrame::Change {
                seq: record.seq,
                at: record.at,
                by: record.by,
                re: record.re,
                what: record.change.name().into(),
                shared,
            },
            // Only its author may see it; everybody else learns that there is no hole.
            None => ServerFrame::Skip { seq: record.seq },
        }
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
    let parts = Parts::of(&record.change, room);
    let whose = Whose::of(&record.change, room);
    let before = look(room, parts);
    let owns: BTreeMap<DeviceId, Own> = if whose == Whose::Nobodys {
        BTreeMap::new()
    } else {
        let watching = watching.into_iter().filter(|device| whose.is_of(*device, room));
        watching.filter_map(|device| Some((device, own(room, device)?))).collect()
    };
    room.apply(record);
    let shared = before.patch(&look(room, parts));
    let moved = owns.into_iter().filter_map(|(device, before)| {
        let after = own(room, device)?;
        Some((device, before.patch(&after)?))
    });
    Step { shared, own: moved.collect() }
}
