//! From the journal to a room's state.

use std::sync::Arc;

use setroom_protocol::{BranchId, Room, SetId, Timestamp};

use super::JoinError;
use crate::journal::replay::state_of;
use crate::journal::{self, FollowError, Followed, Head, KeepError, ROW_BYTES, RoomKey};
use crate::services::Services;
use crate::taken_away::{self, Takes};

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
    /// What those entries took away, which the snapshot may still have.
    pub(super) takes: Takes,
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
    pub(super) fn denied(&self) -> JoinError {
        match self {
            Self::Nothing => JoinError::Auth,
            Self::Busy => JoinError::Fault,
            Self::Damaged(_) => JoinError::Damaged,
        }
    }
}

/// From so many bytes on a room is made of what is stored on a thread of its own: others go on.
const HEAVY: u64 = 256 << 10;

/// Does what takes as long as so many bytes of a room take, where it holds up nobody. In a simulated
/// network there is one thread for all, so that a seed repeats what happens.
async fn aside<T: Send + 'static>(bytes: u64, work: impl FnOnce() -> T + Send + 'static) -> T {
    if bytes < HEAVY || cfg!(feature = "sim") {
        return work();
    }
    match tokio::task::spawn_blocking(work).await.map_err(tokio::task::JoinError::try_into_panic) {
        Ok(done) => done,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        // It was never begun, since the process ends: so does whoever waits for it.
        Err(Err(_)) => std::future::pending().await,
    }
}

/// Loads a room: its snapshot, then every accepted entry after it.
pub(super) async fn load(services: &Arc<Services>, set: SetId) -> Result<Loaded, LoadError> {
    let key = RoomKey(*set.as_bytes());
    let followed = services.journal.follow(key).await.map_err(|error| match error {
        FollowError::Busy => LoadError::Busy,
        FollowError::Gone => LoadError::Nothing,
        FollowError::Damaged { at } => LoadError::Damaged(format!("checksum of entry {at}")),
    })?;
    let Followed { branch, snapshot, entries, tail } = followed;
    let branch = BranchId::from_bytes(branch.0);
    let since_snapshot = entries.len();
    let kept = snapshot.as_ref().map_or(0, |kept| ROW_BYTES + kept.bytes.len() as u64);
    let log = entries.iter().map(|entry| ROW_BYTES + entry.bytes.len() as u64).sum();
    let rules = Arc::clone(&services.rules);
    let state = aside(kept + log, move || {
        let mut takes = Takes::Nothing;
        let state = state_of(snapshot, entries, |room, record| {
            takes = takes
                .max(taken_away::apply(room, record, |room, record| rules.apply(room, record)));
        });
        state.map(|state| (state, takes))
    });
    let ((room, head), takes) = state.await.map_err(LoadError::Damaged)?;
    let room = room.filter(|room| room.set() == set).ok_or(LoadError::Nothing)?;
    let now = Timestamp(services.for_room(&room).clock.now_ms());
    if services.retention.is_over(&room, now) {
        // What cannot be erased at this moment is not shown either.
        drop(tail);
        return Err(match services.journal.erase(key).await {
            Ok(()) | Err(KeepError::Gone | KeepError::Ahead) => LoadError::Nothing,
            Err(KeepError::Busy) => LoadError::Busy,
        });
    }
    Ok(Loaded { room, head, branch, since_snapshot, kept, log, takes, tail })
}
