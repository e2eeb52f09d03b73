//! The journal of a single machine: one SQLite file, one writer thread, one commit for all that
//! waits.
//!
//! Callers hand jobs to the writer through a bounded queue. The writer takes whatever is waiting,
//! from all rooms, writes it in one transaction, commits (which syncs to disk), and only then
//! answers and lets followers see it. A second thread moves committed pages from the write-ahead
//! log into the main file, so that nobody's append waits for that.
//!
//! Reading a room also goes through the writer. That is what makes "the tail begins exactly where
//! the entries end" true without a lock; a room is short, since snapshots cut it.

mod batch;
mod checkpoint;
mod clock_checkpoint;
mod folder;
mod level;
pub mod maintenance;
#[cfg(unix)]
mod owned;
mod read;
mod row;
mod schema;
mod scrub;
mod space;
mod unused;
mod wal_prealloc;
mod writer;
mod writer_state;

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use super::{
    Append, AppendError, FollowError, Followed, Free, Head, Journal, KeepError, NotWritable,
    RoomKey,
};
use crate::telemetry::Metrics;
use batch::Write;
pub use clock_checkpoint::CLOCK_FILE;
pub(crate) use clock_checkpoint::ClockCheckpoint;
pub(crate) use folder::private;
pub use folder::{DATABASE_FILE, FolderError, LOCK_FILE};
use level::Level;
use space::Space;
pub(crate) use unused::Sweep;
use writer::{Job, Wanted};

/// Jobs that may wait for the writer. Beyond that it is busy, at once.
const QUEUE_LENGTH: usize = 4096;

/// What to do when the disk can no longer be believed. It gets one sentence for the log. The
/// service ends the process here: after a failed sync nobody knows what is on disk.
#[derive(Clone)]
pub struct Fatal(Arc<dyn Fn(&str) + Send + Sync>);

impl Fatal {
    /// Calls `hook` on the thread that saw the fault.
    pub fn new(hook: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hook))
    }

    fn call(&self, what: &str) {
        (self.0)(what);
    }
}

impl std::fmt::Debug for Fatal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fatal")
    }
}

/// How the journal is opened.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// The data folder; made when missing, and locked for this process alone.
    pub folder: PathBuf,
    /// The most that the main file may hold; `None` leaves it to the disk.
    pub max_bytes: Option<u64>,
    /// Bytes that are kept back, on the disk and below `max_bytes`, for what frees room; 0 keeps
    /// nothing back.
    pub reserve_bytes: u64,
    /// Called when an I/O error makes the journal untrustworthy.
    pub fatal: Fatal,
}

/// Why the journal cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The file was written by a newer Setroom.
    #[error("the journal has form {found}, and this version of Setroom reads up to {known}")]
    Newer {
        /// The file's form.
        found: i64,
        /// The newest form that this program knows.
        known: i64,
    },
    /// The file is not ours.
    #[error("{} is not a Setroom journal", .0.display())]
    Foreign(PathBuf),
    /// SQLite refused.
    #[error("the journal cannot be opened: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The threads of the journal could not be started.
    #[error("the journal's threads cannot be started: {0}")]
    Thread(std::io::Error),
}

/// The durable journal of one machine. Clones share the same writer.
#[derive(Clone, Debug)]
pub struct SqliteJournal {
    jobs: mpsc::Sender<Job>,
    level: Arc<Level>,
}

impl SqliteJournal {
    /// Locks the folder, opens or makes the file, and starts the threads.
    ///
    /// # Errors
    /// [`OpenError`], each with one sentence for the operator.
    pub fn open(options: &SqliteOptions, metrics: Metrics) -> Result<Self, OpenError> {
        Self::open_in(folder::Folder::lock(&options.folder)?, options, metrics)
    }

    /// The same in a folder that is locked already.
    fn open_in(
        folder: folder::Folder,
        options: &SqliteOptions,
        metrics: Metrics,
    ) -> Result<Self, OpenError> {
        let file = folder.database();
        // Even to open a file takes room: of the reserve, if there is no other.
        let connection = schema::open(&file, options.max_bytes).or_else(|error| {
            match std::fs::remove_file(options.folder.join(folder::RESERVE_FILE)) {
                Ok(()) => schema::open(&file, options.max_bytes),
                Err(_) => Err(error),
            }
        })?;
        batch::finish_all(&connection)?;
        let (jobs, queue) = mpsc::channel(QUEUE_LENGTH);
        let copier = schema::open(&file, options.max_bytes)?;
        let SqliteOptions { folder: path, reserve_bytes, max_bytes, .. } = options;
        let space = Space::new(&connection, path, *reserve_bytes, *max_bytes, metrics.clone());
        let level = Arc::clone(&space.level);
        level.begins_with(unused::count(&connection)?);
        let space = Arc::new(space);
        let (writer, fatal) = (jobs.downgrade(), options.fatal.clone());
        let checkpoint = checkpoint::start(copier, writer, Arc::clone(&space), fatal)
            .map_err(OpenError::Thread)?;
        let state = writer_state::WriterState::new(connection, checkpoint, space, &file)?;
        writer::start(queue, state, folder, metrics, options.fatal.clone())
            .map_err(OpenError::Thread)?;
        Ok(Self { jobs, level })
    }

    /// Hands a job to the writer. It is `busy` where it does not take it, or ends without an answer.
    async fn ask<T, E: Copy>(
        &self,
        busy: E,
        job: impl FnOnce(oneshot::Sender<Result<T, E>>) -> Job,
    ) -> Result<T, E> {
        let (answer, answered) = oneshot::channel();
        self.jobs.try_send(job(answer)).map_err(|_| busy)?;
        answered.await.unwrap_or(Err(busy))
    }

    /// Erases a room whose last entry stands at `stored`, unless somebody follows it.
    ///
    /// # Errors
    /// [`KeepError::Busy`], also when the room is in use after all.
    pub async fn erase_unless_used(&self, room: RoomKey, stored: u64) -> Result<(), KeepError> {
        let unused_at = Some(stored);
        self.ask(KeepError::Busy, |answer| Job::Write(Write::Erase { room, unused_at, answer }))
            .await
    }
}

impl Journal for SqliteJournal {
    fn follow(&self, room: RoomKey) -> BoxFuture<'_, Result<Followed, FollowError>> {
        let room = Wanted { room, is_new: false };
        Box::pin(self.ask(FollowError::Busy, move |answer| Job::Follow { room, answer }))
    }

    fn follow_new(&self, room: RoomKey) -> BoxFuture<'_, Result<Followed, FollowError>> {
        let room = Wanted { room, is_new: true };
        Box::pin(self.ask(FollowError::Busy, move |answer| Job::Follow { room, answer }))
    }

    fn append(&self, room: RoomKey, append: Append) {
        let refused = self.jobs.try_send(Job::Write(Write::Append { room, append })).err();
        if let Some(Job::Write(Write::Append { append, .. })) =
            refused.map(TrySendError::into_inner)
        {
            append.home.not_written(append.id, AppendError::Busy);
        }
    }

    fn snapshot(
        &self,
        room: RoomKey,
        at: Head,
        bytes: Bytes,
    ) -> BoxFuture<'_, Result<(), KeepError>> {
        let job = move |answer| Job::Write(Write::Snapshot { room, at, bytes, answer });
        Box::pin(self.ask(KeepError::Busy, job))
    }

    fn erase(&self, room: RoomKey) -> BoxFuture<'_, Result<(), KeepError>> {
        let job = move |answer| Job::Write(Write::Erase { room, unused_at: None, answer });
        Box::pin(self.ask(KeepError::Busy, job))
    }

    fn check(&self) -> BoxFuture<'_, Result<(), NotWritable>> {
        Box::pin(self.ask(NotWritable::Busy, |answer| Job::Write(Write::Check { answer })))
    }

    fn free(&self) -> Option<Free> {
        self.level.now()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let (answer, answered) = oneshot::channel();
            // This one may wait for a place: a stop must not be lost because of a full queue.
            if self.jobs.send(Job::Close { answer }).await.is_ok() {
                let _ = answered.await;
            }
        })
    }
}
