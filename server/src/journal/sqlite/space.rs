//! Room that is kept back, for what makes room.
//!
//! A disk that is full takes nothing, not even the note that something is to go. So a file in the
//! data folder keeps some room on it, and is given up when the disk says that it is full; and as
//! much is left below the journal's own ceiling. Only what frees room or lets somebody out may use
//! it. Everything else is refused until the reserve is there again, which is tried by itself.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::time::Instant;

use super::batch::Write;
use super::folder::{RESERVE_FILE, private};
use super::level::Level;
use crate::journal::{NotWritable, ROW_BYTES};
use crate::telemetry::Metrics;

/// Bytes of a page.
const PAGE: u64 = 4096;
/// How often it is tried to get the reserve back.
const AGAIN: Duration = Duration::from_secs(1);
/// Bytes that are written at once where a file cannot be given room without writing it.
const CHUNK: usize = 1 << 20;

/// The reserve on the disk, and what is left below the ceiling.
#[derive(Debug)]
pub(super) struct Space {
    file: PathBuf,
    /// What is kept back; 0 keeps nothing back.
    reserve: u64,
    /// The most that the main file may hold.
    ceiling: Option<u64>,
    /// What is left beside the reserve, for all who ask.
    pub(super) level: Arc<Level>,
    held: Mutex<Held>,
    metrics: Metrics,
}

#[derive(Debug)]
struct Held {
    is_there: bool,
    /// Not before then is it tried again.
    again_at: Instant,
    /// What was said last of why only some things are written.
    said: Option<NotWritable>,
}

impl Space {
    /// Makes the reserve in `folder`, unless it is there. Where the disk has no room for it the
    /// journal begins without, and takes only what frees room.
    pub(super) fn new(
        connection: &Connection,
        folder: &Path,
        reserve: u64,
        ceiling: Option<u64>,
        metrics: Metrics,
    ) -> Self {
        let held = Held { is_there: reserve == 0, again_at: Instant::now(), said: None };
        let file = folder.join(RESERVE_FILE);
        let level = Arc::new(Level::new(folder));
        let space = Self { file, reserve, ceiling, level, held: Mutex::new(held), metrics };
        space.restore(connection, &mut space.held.lock());
        space.look(connection);
        space
    }

    /// How many pages of the write-ahead log can be moved with the help of half the reserve.
    pub(super) fn log_pages(&self) -> Option<u32> {
        (self.reserve > 0).then(|| u32::try_from(self.reserve / 2 / PAGE).unwrap_or(u32::MAX))
    }

    /// Whether the reserve is there, so that the disk has room for more than what is needed.
    pub(super) fn is_there(&self) -> bool {
        self.held.lock().is_there
    }

    /// The disk is full: gives the reserve up. Says whether that made any room.
    pub(super) fn give_up(&self) -> bool {
        let mut held = self.held.lock();
        held.again_at = Instant::now() + AGAIN;
        held.is_there = self.reserve == 0;
        self.metrics.journal_reserve(0);
        self.say(&mut held, (self.reserve > 0).then_some(NotWritable::DiskFull));
        std::fs::remove_file(&self.file).is_ok()
    }

    /// Of these, what may be written now. The others are answered: there is no room for them.
    pub(super) fn admit(&self, connection: &Connection, jobs: Vec<Write>) -> Vec<Write> {
        let left = self.left(connection);
        let mut left_bytes = left.unwrap_or_default();
        let (admitted, refused): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| {
            let needed = job.needs();
            if !job.frees() && (left.is_err() || needed > left_bytes) {
                return false;
            }
            left_bytes = left_bytes.saturating_sub(needed);
            true
        });
        super::batch::refuse(refused, left.err().unwrap_or(NotWritable::Ceiling), &self.metrics);
        admitted
    }

    /// How many bytes there are for what frees no room, or why there are none.
    fn left(&self, connection: &Connection) -> Result<u64, NotWritable> {
        let mut held = self.held.lock();
        if !held.is_there && held.again_at <= Instant::now() {
            self.restore(connection, &mut held);
        }
        let below = self.look(connection);
        let left = if !held.is_there {
            Err(NotWritable::DiskFull)
        } else if let Some(left) = below {
            // A check takes a row's room too, so it says no exactly when a command would be refused.
            Some(left).filter(|left| *left >= ROW_BYTES).ok_or(NotWritable::Ceiling)
        } else {
            Ok(u64::MAX)
        };
        self.say(&mut held, left.err());
        left
    }

    /// Looks how much there is now, for all who ask, and says what is left below the ceiling.
    pub(super) fn look(&self, connection: &Connection) -> Option<u64> {
        // What cannot be read now cannot be written either, and that is judged where it is tried.
        let below = self.ceiling.map(|ceiling| {
            let used = used_bytes(connection).unwrap_or_default();
            ceiling.saturating_sub(used.saturating_add(self.reserve))
        });
        self.level.set(free_bytes(connection).unwrap_or_default(), below);
        below
    }

    /// Gets the reserve back, if the disk has room for it and something more: with less than that
    /// it would be full again at once. Half of it will do when as much has been freed within the
    /// journal: a disk that nobody but the journal fills gets back no more than was given up.
    fn restore(&self, connection: &Connection, held: &mut Held) {
        if self.reserve == 0 {
            return;
        }
        // What the log takes when it is written from its beginning.
        let more = self.reserve / 2;
        let freed = free_bytes(connection).is_ok_and(|free| free >= self.reserve);
        let half = freed.then_some(self.reserve / 2);
        for bytes in [self.reserve].into_iter().chain(half) {
            if make(&self.file, bytes, more).is_ok() {
                held.is_there = true;
                self.metrics.journal_reserve(bytes);
                return;
            }
            // Half a file is in the way of what it is for.
            let _ = std::fs::remove_file(&self.file);
        }
        held.again_at = Instant::now() + AGAIN;
    }

    /// Says once that it has become so, and once that it has become otherwise.
    fn say(&self, held: &mut Held, why: Option<NotWritable>) {
        if held.said == why {
            return;
        }
        held.said = why;
        match why {
            Some(why) => tracing::warn!(
                event = "journal_full", error = %why,
                "only what frees room is written: closing, leaving, removing, erasing"
            ),
            None => tracing::info!(event = "journal_has_room", "everything is written again"),
        }
    }
}

/// Makes sure that the file has so many bytes of the disk, and that it had `more` beside them.
fn make(file: &Path, bytes: u64, more: u64) -> std::io::Result<()> {
    let is_new = !file.exists();
    let mut options = OpenOptions::new();
    let mut file = private(options.write(true).create(true).truncate(false)).open(file)?;
    take(&mut file, if is_new { bytes.saturating_add(more) } else { bytes })?;
    file.set_len(bytes)?;
    file.sync_all()
}

/// Gives the file so many bytes of the disk, without writing them where the system can do that.
fn take(file: &mut File, bytes: u64) -> std::io::Result<()> {
    #[cfg(target_os = "linux")]
    match rustix::fs::fallocate(&*file, rustix::fs::FallocateFlags::empty(), 0, bytes) {
        Err(rustix::io::Errno::OPNOTSUPP) => {}
        done => return Ok(done?),
    }
    let mut left = bytes;
    while left > 0 {
        let chunk = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        file.write_all(&vec![0; chunk])?;
        left -= chunk as u64;
    }
    Ok(())
}

fn number(connection: &Connection, pragma: &str) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached(pragma)?;
    statement.query_row([], |row| row.get::<_, u32>(0)).map(u64::from)
}

/// What was deleted within the main file and will be written over.
fn free_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let pages = number(connection, "PRAGMA freelist_count")?;
    Ok(pages.saturating_mul(number(connection, "PRAGMA page_size")?))
}

/// What is used within the main file, whatever its length.
fn used_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let pages = number(connection, "PRAGMA page_count")?;
    let all = pages.saturating_mul(number(connection, "PRAGMA page_size")?);
    Ok(all.saturating_sub(free_bytes(connection)?))
}
