//! A journal that lives as long as the process.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;

use super::tail::Followers;
use super::{
    Append, AppendError, Branch, Entry, FollowError, Followed, Free, Head, Journal, KeepError,
    NotWritable, RoomKey, Snapshot,
};

/// For tests, and for trying Setroom without leaving anything behind. Clones share the same logs.
#[derive(Clone, Debug, Default)]
pub struct MemoryJournal {
    rooms: Arc<Mutex<Rooms>>,
}

#[derive(Debug, Default)]
struct Rooms {
    closed: bool,
    logs: HashMap<RoomKey, Log>,
}

#[derive(Debug)]
enum Log {
    Live { snapshot: Option<Snapshot>, entries: Vec<Entry>, stored: u64, followers: Followers },
    Erased,
}

impl Log {
    fn empty() -> Self {
        Self::Live {
            snapshot: None,
            entries: Vec::new(),
            stored: 0,
            followers: Followers::default(),
        }
    }
}

impl MemoryJournal {
    /// An empty journal.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Rooms {
    fn log<E>(&mut self, room: RoomKey, busy: E) -> Result<&mut Log, E> {
        if self.closed {
            return Err(busy);
        }
        Ok(self.logs.entry(room).or_insert_with(Log::empty))
    }
}

impl Journal for MemoryJournal {
    fn follow(&self, room: RoomKey) -> BoxFuture<'_, Result<Followed, FollowError>> {
        Box::pin(async move {
            match self.rooms.lock().log(room, FollowError::Busy)? {
                Log::Erased => Err(FollowError::Gone),
                Log::Live { snapshot, entries, followers, .. } => Ok(Followed {
                    // It cannot be copied, so it never branches.
                    branch: Branch::default(),
                    snapshot: snapshot.clone(),
                    entries: entries.clone(),
                    tail: followers.add(),
                }),
            }
        })
    }

    fn append(&self, room: RoomKey, append: Append) {
        let Append { head, id, bytes, home, .. } = append;
        let mut rooms = self.rooms.lock();
        let why = match rooms.log(room, AppendError::Busy) {
            Err(why) => why,
            Ok(Log::Erased) => AppendError::Gone,
            Ok(Log::Live { stored, .. }) if *stored != head.stored || *stored < head.accepted => {
                AppendError::Stale
            }
            Ok(Log::Live { entries, stored, followers, .. }) => {
                *stored += 1;
                // What is kept for good takes no more room than it needs.
                let bytes = Bytes::copy_from_slice(&bytes);
                let entry = Entry { seq: *stored, prev: head.accepted, id, bytes };
                followers.push(&entry);
                return entries.push(entry);
            }
        };
        home.not_written(id, why);
    }

    fn snapshot(
        &self,
        room: RoomKey,
        at: Head,
        bytes: Bytes,
    ) -> BoxFuture<'_, Result<(), KeepError>> {
        Box::pin(async move {
            match self.rooms.lock().log(room, KeepError::Busy)? {
                Log::Erased => Err(KeepError::Gone),
                Log::Live { stored, .. } if *stored < at.stored || at.stored < at.accepted => {
                    Err(KeepError::Ahead)
                }
                Log::Live { snapshot, entries, .. } => {
                    if snapshot.as_ref().is_none_or(|kept| kept.at.stored < at.stored) {
                        *snapshot = Some(Snapshot { at, bytes });
                        entries.retain(|entry| entry.seq > at.stored);
                    }
                    Ok(())
                }
            }
        })
    }

    fn erase(&self, room: RoomKey) -> BoxFuture<'_, Result<(), KeepError>> {
        Box::pin(async move {
            // Dropping the old log drops its followers, which closes their tails.
            *self.rooms.lock().log(room, KeepError::Busy)? = Log::Erased;
            Ok(())
        })
    }

    fn check(&self) -> BoxFuture<'_, Result<(), NotWritable>> {
        Box::pin(
            async move { if self.rooms.lock().closed { Err(NotWritable::Busy) } else { Ok(()) } },
        )
    }

    fn free(&self) -> Option<Free> {
        None
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let mut rooms = self.rooms.lock();
            rooms.closed = true;
            for log in rooms.logs.values_mut() {
                if let Log::Live { followers, .. } = log {
                    *followers = Followers::default();
                }
            }
        })
    }
}
