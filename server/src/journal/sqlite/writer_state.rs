//! What the writer thread holds: its connection, and what it knows of the rooms in use.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::Connection;
use rusqlite::hooks::Wal;
use tokio::time::Instant;

use super::batch::{Trouble, trouble};
use super::checkpoint::{self, Checkpoints, End};
use super::folder::log_of;
use super::row::Chain;
use super::scrub::Scrub;
use super::space::Space;
use super::wal_prealloc::WalPrealloc;
use super::writer::WAL_MOST;
use super::{read, schema};
use crate::journal::tail::Followers;
use crate::journal::{Branch, RoomKey};
use crate::telemetry::Minutely;

/// Rooms remembered although nobody follows them. Beyond that they are looked up again.
const IDLE_ROOMS_KEPT: usize = 10_000;

/// The end of one room's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LogEnd {
    /// The last entry's place and the chain up to it.
    Live { stored: u64, chain: Chain },
    /// There is a tombstone.
    Erased,
}

/// A room that the writer knows.
#[derive(Debug)]
pub(super) struct RoomLog {
    pub(super) end: LogEnd,
    pub(super) followers: Followers,
}

#[derive(Debug)]
pub(super) struct WriterState {
    pub(super) connection: Connection,
    pub(super) checkpoints: Checkpoints,
    /// Pages in the write-ahead log, which say when to checkpoint.
    pub(super) wal_pages: Arc<AtomicU32>,
    /// How many there may be.
    pub(super) wal_bound: u32,
    /// At so many of them the writer waits until they are moved.
    pub(super) wal_most: u32,
    /// How many rows are deleted in one transaction.
    pub(super) rows_at_once: usize,
    /// The checkpoint thread has been asked to move it, and has not come to its end.
    pub(super) is_ending: bool,
    /// What all places in this file are places of.
    pub(super) branch: Branch,
    /// Pages that may hold copies of what was deleted.
    pub(super) scrub: Scrub,
    pub(super) wal_prealloc: WalPrealloc,
    pub(super) space: Arc<Space>,
    /// How often somebody outside held the file, since it was last said.
    pub(super) busy: Minutely,
    /// Since when it has been open.
    pub(super) begun: Instant,
    rooms: HashMap<RoomKey, RoomLog>,
}

impl WriterState {
    pub(super) fn new(
        mut connection: Connection,
        checkpoints: Checkpoints,
        space: Arc<Space>,
        file: &Path,
    ) -> rusqlite::Result<Self> {
        let branch = schema::branch(&connection)?;
        let scrub = Scrub::new(&connection, file)?;
        let wal_bound = space.log_pages().unwrap_or(WAL_MOST).min(WAL_MOST);
        let wal_pages = Arc::new(AtomicU32::new(0));
        connection.wal_hook(Some({
            let wal_pages = Arc::clone(&wal_pages);
            move |_: &mut Wal, pages| {
                wal_pages.store(u32::try_from(pages).unwrap_or(u32::MAX), Ordering::Relaxed);
                Ok(())
            }
        }))?;
        Ok(Self {
            connection,
            checkpoints,
            wal_pages,
            wal_bound,
            wal_most: wal_bound,
            rows_at_once: usize::MAX,
            is_ending: false,
            branch,
            scrub,
            wal_prealloc: WalPrealloc::new(log_of(file)),
            space,
            busy: Minutely::default(),
            begun: Instant::now(),
            rooms: HashMap::new(),
        })
    }

    /// Moves the write-ahead log into the main file if it is as long as it may be.
    pub(super) fn bound_log(&mut self) -> rusqlite::Result<()> {
        let pages = self.wal_pages.load(Ordering::Relaxed);
        if pages < self.wal_most {
            return Ok(());
        }
        self.checkpoints.catch_up();
        let ended = match checkpoint::end(&self.connection, End::Reuse) {
            Err(error) if trouble(&error) != Trouble::Fatal => false,
            ended => ended?,
        };
        let bound = self.wal_bound;
        self.wal_most = if ended { bound } else { pages.saturating_add(bound / 2) };
        if ended {
            self.wal_pages.store(0, Ordering::Relaxed);
        }
        Ok(())
    }

    /// The end of a room's log, from memory or from the file.
    pub(super) fn end(&mut self, room: &RoomKey) -> rusqlite::Result<LogEnd> {
        if let Some(known) = self.rooms.get(room) {
            return Ok(known.end);
        }
        read::end(&self.connection, room)
    }

    /// Those who follow a room, if it is known at all.
    pub(super) fn followers(&mut self, room: &RoomKey) -> Option<&mut Followers> {
        self.rooms.get_mut(room).map(|known| &mut known.followers)
    }

    /// Notes a committed end and hands out the room's followers.
    pub(super) fn settle(&mut self, room: RoomKey, end: LogEnd) -> &mut Followers {
        if self.rooms.len() > IDLE_ROOMS_KEPT && !self.rooms.contains_key(&room) {
            self.rooms.retain(|_, known| !known.followers.is_empty());
        }
        let known = self
            .rooms
            .entry(room)
            .or_insert_with(|| RoomLog { end, followers: Followers::default() });
        known.end = end;
        if end == LogEnd::Erased {
            // Their tails close.
            known.followers = Followers::default();
        }
        &mut known.followers
    }
}
