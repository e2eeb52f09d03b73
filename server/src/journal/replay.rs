//! From what a journal kept to a room's state.

use std::panic::{AssertUnwindSafe, catch_unwind};

use setroom_protocol::{self as protocol, Recorded, Room};

use super::{Head, Snapshot};

/// What is said of a record at which applying panicked.
pub(crate) const UNAPPLIED: &str = "a change cannot be applied";

/// The room that a snapshot and what follows it add up to, and where it stands.
///
/// # Errors
/// A sentence without any content when something of it cannot be read.
pub(crate) fn state_of(
    snapshot: Option<Snapshot>,
    entries: Vec<super::Entry>,
    mut apply: impl FnMut(&mut Room, &Recorded),
) -> Result<(Option<Room>, Head), String> {
    let mut head = Head::default();
    let mut room = None;
    if let Some(snapshot) = snapshot {
        room = Some(Room::from_snapshot(&snapshot.bytes)?);
        head = snapshot.at;
    }
    for entry in entries {
        if let Some(records) = accept(&mut head, &entry)? {
            let applied = catch_unwind(AssertUnwindSafe(|| {
                for record in &records.records {
                    match &mut room {
                        Some(room) => apply(room, record),
                        None => room = Room::found(record),
                    }
                }
            }));
            applied.map_err(|_| UNAPPLIED)?;
        }
    }
    Ok((room, head))
}

/// Moves the head past an entry. `Ok(None)` for one that was seen before, or that the fence keeps
/// out: every replica skips the same ones.
fn accept(head: &mut Head, entry: &super::Entry) -> Result<Option<protocol::Entry>, String> {
    if entry.seq <= head.stored {
        return Ok(None);
    }
    head.stored = entry.seq;
    if entry.prev != head.accepted {
        return Ok(None);
    }
    let records = protocol::Entry::decode(&entry.bytes)?;
    head.accepted = entry.seq;
    Ok(Some(records))
}
