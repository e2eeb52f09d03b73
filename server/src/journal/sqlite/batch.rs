//! Many jobs, one transaction: what each comes to, and what is released after the commit.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use rusqlite::ffi::SQLITE_IOERR_WRITE;
use rusqlite::{Connection, ErrorCode};
use tokio::sync::oneshot;

use super::read;
use super::row::{self, ROW_FORM};
use super::writer_state::{LogEnd, WriterState};
use crate::journal::{
    Append, AppendError, Entry, Head, KeepError, NotWritable, ROW_BYTES, RoomKey,
};
use crate::telemetry::Metrics;

/// One thing to be written, and who waits for it.
#[derive(Debug)]
pub(super) enum Write {
    Append {
        room: RoomKey,
        append: Append,
    },
    Snapshot {
        room: RoomKey,
        at: Head,
        bytes: Bytes,
        answer: oneshot::Sender<Result<(), KeepError>>,
    },
    Erase {
        room: RoomKey,
        /// Only if the room stands there and nobody follows it.
        unused_at: Option<u64>,
        answer: oneshot::Sender<Result<(), KeepError>>,
    },
    Check {
        answer: oneshot::Sender<Result<(), NotWritable>>,
    },
}

impl Write {
    /// Whether there is room for it when there is none for others.
    pub(super) fn frees(&self) -> bool {
        match self {
            Self::Append { append, .. } => append.frees,
            Self::Snapshot { .. } | Self::Erase { .. } => true,
            Self::Check { .. } => false,
        }
    }

    /// About how many bytes it takes.
    pub(super) fn needs(&self) -> u64 {
        let bytes = match self {
            Self::Append { append, .. } => append.bytes.len(),
            Self::Snapshot { bytes, .. } => bytes.len(),
            Self::Erase { .. } | Self::Check { .. } => 0,
        };
        ROW_BYTES.saturating_add(bytes as u64)
    }
}

/// What one job came to, if the commit holds.
#[derive(Debug)]
enum Outcome {
    Appended(Entry),
    NotAppended(AppendError),
    Kept,
    NotKept(KeepError),
    Checked,
}

/// A whole batch that was written but not yet released.
#[derive(Debug)]
pub(super) struct Done {
    outcomes: Vec<Outcome>,
    ends: HashMap<RoomKey, LogEnd>,
    /// Rooms that begin with it, and rooms that end.
    pub(super) made: u64,
    pub(super) gone: u64,
    /// Whether anything was written at all.
    pub(super) changed: bool,
}

/// What an error of SQLite means for the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Certainly nothing was written, and it may go better later.
    Busy,
    /// The same, for want of room.
    Full,
    /// Nobody knows what is on the disk.
    Fatal,
}

/// Judges an error of a statement or a commit, on the thread that met it.
pub(super) fn trouble(error: &rusqlite::Error) -> Trouble {
    let is_write = |failed: &rusqlite::ffi::Error| failed.extended_code == SQLITE_IOERR_WRITE;
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Trouble::Full,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Trouble::Busy,
        Some(_) if error.sqlite_error().is_some_and(is_write) && lacks_room() => Trouble::Full,
        Some(_) | None => Trouble::Fatal,
    }
}

/// Whether the system's last word to this thread was that there is no room: on the disk, for the
/// owner of the file, or within it. SQLite knows the first alone. What it does after a write that
/// failed, to take the transaction back, does not fail, so the word is still there; were it not, the
/// error would be taken for a worse one.
pub(super) fn lacks_room() -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    let last = std::io::Error::last_os_error().kind();
    matches!(last, StorageFull | QuotaExceeded | FileTooLarge)
}

/// Writes every job inside the open transaction. Later jobs see what earlier ones did.
pub(super) fn write(state: &mut WriterState, jobs: &[Write]) -> rusqlite::Result<Done> {
    let mut ends = HashMap::new();
    let mut outcomes = Vec::with_capacity(jobs.len());
    let (mut made, mut gone) = (0, 0);
    for job in jobs {
        let outcome = match job {
            Write::Append { room, append: wanted } => {
                let end = end(state, &ends, room)?;
                append(&state.connection, room, end, wanted)?.map_or_else(
                    Outcome::NotAppended,
                    |(entry, end)| {
                        made += u64::from(entry.seq == 1);
                        ends.insert(*room, end);
                        Outcome::Appended(entry)
                    },
                )
            }
            Write::Snapshot { room, at, bytes, .. } => {
                let end = end(state, &ends, room)?;
                snapshot(state, room, end, *at, bytes)?
                    .map_or_else(Outcome::NotKept, |()| Outcome::Kept)
            }
            Write::Erase { room, unused_at: Some(at), .. } if is_used(state, &ends, room, *at)? => {
                Outcome::NotKept(KeepError::Busy)
            }
            Write::Erase { room, .. } => {
                let is_there = |end| matches!(end, LogEnd::Live { stored, .. } if stored > 0);
                gone += u64::from(is_there(end(state, &ends, room)?));
                erase(state, room)?;
                ends.insert(*room, LogEnd::Erased);
                Outcome::Kept
            }
            Write::Check { .. } => {
                state
                    .connection
                    .prepare_cached("UPDATE pulse SET count = count + 1")?
                    .execute([])?;
                Outcome::Checked
            }
        };
        outcomes.push(outcome);
    }
    Ok(Done { outcomes, ends, made, gone, changed: false })
}

fn end(
    state: &mut WriterState,
    ends: &HashMap<RoomKey, LogEnd>,
    room: &RoomKey,
) -> rusqlite::Result<LogEnd> {
    ends.get(room).map_or_else(|| state.end(room), |end| Ok(*end))
}

fn is_used(
    state: &mut WriterState,
    ends: &HashMap<RoomKey, LogEnd>,
    room: &RoomKey,
    at: u64,
) -> rusqlite::Result<bool> {
    let is_there = match end(state, ends, room)? {
        LogEnd::Live { stored, .. } => stored == at,
        // It is gone, and perhaps not down to the file.
        LogEnd::Erased => return Ok(false),
    };
    Ok(!is_there || state.followers(room).is_some_and(|followers| !followers.is_empty()))
}

fn append(
    connection: &Connection,
    room: &RoomKey,
    end: LogEnd,
    append: &Append,
) -> rusqlite::Result<Result<(Entry, LogEnd), AppendError>> {
    let Append { head, id, bytes, .. } = append;
    let (stored, chain) = match end {
        LogEnd::Erased => return Ok(Err(AppendError::Gone)),
        LogEnd::Live { stored, .. } if stored != head.stored || stored < head.accepted => {
            return Ok(Err(AppendError::Stale));
        }
        LogEnd::Live { stored, chain } => (stored, chain),
    };
    let entry = Entry { seq: stored + 1, prev: head.accepted, id: *id, bytes: bytes.clone() };
    let sum = row::sum_of_entry(room, &entry);
    let chain = row::link(&chain, &sum);
    connection
        .prepare_cached(
            "INSERT INTO entry (room, seq, prev, id, form, bytes, sum, chain)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute((
            room.0,
            row::to_sql(entry.seq),
            row::to_sql(entry.prev),
            id.to_be_bytes(),
            ROW_FORM,
            &bytes[..],
            sum,
            chain,
        ))?;
    let end = LogEnd::Live { stored: entry.seq, chain };
    Ok(Ok((entry, end)))
}

fn snapshot(
    state: &WriterState,
    room: &RoomKey,
    end: LogEnd,
    at: Head,
    bytes: &Bytes,
) -> rusqlite::Result<Result<(), KeepError>> {
    match end {
        LogEnd::Erased => return Ok(Err(KeepError::Gone)),
        LogEnd::Live { stored, .. } if stored < at.stored || at.stored < at.accepted => {
            return Ok(Err(KeepError::Ahead));
        }
        LogEnd::Live { .. } => {}
    }
    let connection = &state.connection;
    if read::snapshot_place(connection, room)?.is_some_and(|kept| kept >= at.stored) {
        // Perhaps not everything is gone that it stands for.
        trim(state, room, at.stored)?;
        return Ok(Ok(()));
    }
    let chain = read::chain_at(connection, room, at.stored)?;
    let sum = row::sum_of_snapshot(room, at, &chain, bytes);
    connection.prepare_cached("DELETE FROM snapshot WHERE room = ?")?.execute([room.0])?;
    connection
        .prepare_cached(
            "INSERT INTO snapshot (room, stored, accepted, form, bytes, sum, chain)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute((
            room.0,
            row::to_sql(at.stored),
            row::to_sql(at.accepted),
            ROW_FORM,
            &bytes[..],
            sum,
            chain,
        ))?;
    trim(state, room, at.stored)?;
    Ok(Ok(()))
}

fn erase(state: &WriterState, room: &RoomKey) -> rusqlite::Result<()> {
    for statement in
        ["INSERT OR IGNORE INTO tombstone (room) VALUES (?)", "DELETE FROM snapshot WHERE room = ?"]
    {
        state.connection.prepare_cached(statement)?.execute([room.0])?;
    }
    trim(state, room, u64::MAX)?;
    Ok(())
}

/// Deletes a room's entries up to a place, the first ones first and not more than at once. Says
/// whether none is left: what is left is not looked at any more, by whoever reads the room.
fn trim(state: &WriterState, room: &RoomKey, upto: u64) -> rusqlite::Result<bool> {
    let most = i64::try_from(state.rows_at_once).unwrap_or(i64::MAX);
    let deleted = state
        .connection
        .prepare_cached(
            "DELETE FROM entry WHERE arrival IN
             (SELECT arrival FROM entry WHERE room = ? AND seq <= ? ORDER BY seq LIMIT ?)",
        )?
        .execute((room.0, row::to_sql(upto), most))?;
    Ok(deleted < state.rows_at_once)
}

/// Deletes what a batch has left over, in transactions of their own, so that the log need not hold
/// all of it. Whoever asked for what cannot be finished may try again.
pub(super) fn finish(
    state: &mut WriterState,
    jobs: &[Write],
    done: &mut Done,
) -> rusqlite::Result<()> {
    for (job, outcome) in jobs.iter().zip(&mut done.outcomes) {
        let (room, upto) = match (job, &outcome) {
            (Write::Snapshot { room, at, .. }, Outcome::Kept) => (room, at.stored),
            (Write::Erase { room, .. }, Outcome::Kept) => (room, u64::MAX),
            (_, _) => continue,
        };
        match trim_all(state, room, upto) {
            Err(error) if trouble(&error) == Trouble::Fatal => return Err(error),
            Err(_) => *outcome = Outcome::NotKept(KeepError::Busy),
            Ok(()) => {}
        }
    }
    Ok(())
}

/// What of that a crash has left over. On a full disk it stays so until the next start.
pub(super) fn finish_all(connection: &Connection) -> rusqlite::Result<()> {
    let done = connection.execute(
        "DELETE FROM entry WHERE arrival IN
         (SELECT arrival FROM tombstone JOIN entry USING (room)
          UNION ALL
          SELECT arrival FROM snapshot JOIN entry USING (room) WHERE seq <= stored)",
        [],
    );
    match done {
        Err(error) if trouble(&error) == Trouble::Fatal => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn trim_all(state: &mut WriterState, room: &RoomKey, upto: u64) -> rusqlite::Result<()> {
    loop {
        state.bound_log()?;
        let is_all = trim(state, room, upto)?;
        state.scrub.committed(state.wal_pages.load(Ordering::Relaxed));
        if is_all {
            return Ok(());
        }
    }
}

/// After the commit: followers see it, and callers are answered. Those who asked for something
/// to be gone are returned; they wait until it is gone from the file.
pub(super) fn release(
    state: &mut WriterState,
    jobs: Vec<Write>,
    done: Done,
) -> Vec<oneshot::Sender<Result<(), KeepError>>> {
    // Erased rooms are settled last: an entry that was committed before is still handed on.
    let mut waiting = Vec::new();
    for (job, outcome) in jobs.into_iter().zip(done.outcomes) {
        match (job, outcome) {
            (Write::Append { room, .. }, Outcome::Appended(entry)) => {
                if let Some(followers) = state.followers(&room) {
                    followers.push(&entry);
                }
            }
            (Write::Append { append, .. }, Outcome::NotAppended(why)) => {
                append.home.not_written(append.id, why);
            }
            (Write::Snapshot { answer, .. } | Write::Erase { answer, .. }, Outcome::Kept) => {
                waiting.push(answer);
            }
            (
                Write::Snapshot { answer, .. } | Write::Erase { answer, .. },
                Outcome::NotKept(why),
            ) => {
                let _ = answer.send(Err(why));
            }
            (Write::Check { answer }, Outcome::Checked) => {
                let _ = answer.send(Ok(()));
            }
            // `write` gives every job its own kind of outcome.
            (_, _) => {}
        }
    }
    for (room, end) in done.ends {
        state.settle(room, end);
    }
    waiting
}

/// Nothing was written: everybody may try again.
pub(super) fn refuse(jobs: Vec<Write>, why: NotWritable, metrics: &Metrics) {
    for job in jobs {
        match job {
            Write::Append { append, .. } => {
                metrics.journal_refused.inc();
                append.home.not_written(append.id, AppendError::Busy);
            }
            Write::Snapshot { answer, .. } | Write::Erase { answer, .. } => {
                let _ = answer.send(Err(KeepError::Busy));
            }
            Write::Check { answer } => {
                let _ = answer.send(Err(why));
            }
        }
    }
}
