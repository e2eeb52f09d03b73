//! From the journal to a room's state.

use std::panic::{AssertUnwindSafe, catch_unwind};

use setroom_protocol::{BranchId, Entry, Room, SetId};

use super::Denied;
use super::registry::Means;
use crate::journal::{self, FollowError, Followed, Head, ROW_BYTES, RoomKey, Snapshot};
use crate::rules::Rules;

/// What is said of a record at which applying panicked.
pub(super) const UNAPPLIED: &str = "a change cannot be applied";

/// A room as the journal has it, and what will follow.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) room: Room,
    pub(super) head: Head,
    /// What its places are places of.
    pub(super) branch: BranchId,
    /// Entries since the last snapshot.
    pub(super) since_snapshot: usize,
    /// Bytes that the snapshot takes, and the entries since.
    pub(super) kept: u64,
    pub(super) log: u64,
    pub(super) tail: journal::Tail,
}

/// Why a room does not open.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    /// There is no such set, or it was erased.
    #[error("there is no such set")]
    Nothing,
    /// Try again later.
    #[error("the journal is busy")]
    Busy,
    /// What is stored cannot be read. Says where, never what.
    #[error("the stored room cannot be read: {0}")]
    Damaged(String),
}

impl LoadError {
    /// What whoever comes is told.
    pub(super) fn denied(&self) -> Denied {
        match self {
            Self::Nothing => Denied::Auth,
            Self::Busy => Denied::Fault,
            Self::Damaged(_) => Denied::Damaged,
        }
    }
}

/// Loads a room: its snapshot, then every accepted entry after it.
pub(super) async fn load(means: &Means, set: SetId) -> Result<Loaded, LoadError> {
    let key = RoomKey(*set.as_bytes());
    let followed = means.journal.follow(&key).await.map_err(|error| match error {
        FollowError::Busy => LoadError::Busy,
        FollowError::Gone => LoadError::Nothing,
        FollowError::Damaged { at } => LoadError::Damaged(format!("checksum of entry {at}")),
    })?;
    let Followed { branch, snapshot, entries, tail } = followed;
    let branch = BranchId::from_bytes(branch.0);
    let since_snapshot = entries.len();
    let kept = snapshot.as_ref().map_or(0, |kept| ROW_BYTES + kept.bytes.len() as u64);
    let log = entries.iter().map(|entry| ROW_BYTES + entry.bytes.len() as u64).sum();
    let state = state_of(means.rules.as_ref(), snapshot, entries);
    let (room, head) = state.map_err(LoadError::Damaged)?;
    let room = room.filter(|room| room.set() == set).ok_or(LoadError::Nothing)?;
    Ok(Loaded { room, head, branch, since_snapshot, kept, log, tail })
}

/// The room that a snapshot and what follows it add up to, and where it stands.
///
/// # Errors
/// A sentence without any content when something of it cannot be read.
pub(crate) fn state_of(
    rules: &dyn Rules,
    snapshot: Option<Snapshot>,
    entries: Vec<journal::Entry>,
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
                        Some(room) => rules.apply(room, record),
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
pub(super) fn accept(head: &mut Head, entry: &journal::Entry) -> Result<Option<Entry>, String> {
    if entry.seq <= head.stored {
        return Ok(None);
    }
    head.stored = entry.seq;
    if entry.prev != head.accepted {
        return Ok(None);
    }
    let records = Entry::decode(&entry.bytes)?;
    head.accepted = entry.seq;
    Ok(Some(records))
}
