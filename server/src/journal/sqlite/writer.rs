//! The one thread that writes: take what waits, commit it together, then answer.

use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::Fatal;
use super::batch::{self, Trouble, Write, trouble};
use super::checkpoint::{self, End};
use super::folder::Folder;
use super::read::{self, ReadError};
use super::writer_state::{LogEnd, WriterState};
use crate::journal::{FollowError, Followed, NotWritable, RoomKey};
use crate::telemetry::Metrics;

/// The most jobs in one commit: enough to share a sync widely, few enough to stay short.
const BATCH: usize = 1024;

/// At so many pages, of 4 KiB each, nothing goes on before the write-ahead log has been moved into the
/// main file, or it would grow for as long as the disk is slower than those who write. Only a reader
/// outside the process can be in the way; then it is tried again after as many pages as it takes to
/// be moved. Half as many are moved beside the writer: a page that many commits touched is moved once.
///
/// Where little room is kept back they are fewer, for on a full disk the main file grows into that.
pub(super) const WAL_MOST: u32 = 4096;

/// A batch of so many says that the next one can wait a little: they come by the thousand.
const MANY: usize = 8;
/// So many rows are deleted in one transaction: what is overwritten goes through the log.
const ROWS: usize = 512;
/// So many rows or pages where there is little room.
const STEP: usize = 16;
/// So many pages are looked at between two batches for copies of what was deleted.
const LOOKS: usize = 512;
/// How far apart such batches begin at least. A commit costs the same for one entry as for dozens,
/// and whoever is alone never waits.
const GATHER: Duration = Duration::from_millis(5);

pub(super) type FollowAnswer = oneshot::Sender<Result<Followed, FollowError>>;
type Follow = (Wanted, FollowAnswer);

/// The room that is to be followed, or only if there is nothing of it yet.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) room: RoomKey,
    pub(super) is_new: bool,
}

/// One thing that a caller wants of the writer.
#[derive(Debug)]
pub(super) enum Job {
    Write(Write),
    Follow {
        room: Wanted,
        answer: oneshot::Sender<Result<Followed, FollowError>>,
    },
    /// Overwrite some of what deleted rows have left behind. Answered with whether that was all.
    Clean {
        done: Sender<bool>,
    },
    /// The write-ahead log is copied but for a little: end it. Answered with whether it was done.
    End {
        end: End,
        done: Sender<bool>,
    },
    Close {
        answer: oneshot::Sender<()>,
    },
}

/// Whether the journal can still be believed.
enum After {
    Go,
    /// No; these were asked for, and nobody knows whether they are on the disk.
    End(Vec<Write>),
}

pub(super) fn start(
    queue: mpsc::Receiver<Job>,
    state: WriterState,
    folder: Folder,
    metrics: Metrics,
    fatal: Fatal,
) -> std::io::Result<()> {
    std::thread::Builder::new()
        .name("journal-writer".to_owned())
        .spawn(move || run(queue, state, folder, &metrics, &fatal))
        .map(drop)
}

fn run(
    mut queue: mpsc::Receiver<Job>,
    mut state: WriterState,
    folder: Folder,
    metrics: &Metrics,
    fatal: &Fatal,
) {
    let mut closing = Vec::new();
    let mut jobs = Vec::with_capacity(BATCH);
    let mut begun = Instant::now();
    let mut many = false;
    loop {
        if many && let Some(rest) = GATHER.checked_sub(begun.elapsed()) {
            std::thread::sleep(rest);
        }
        if queue.blocking_recv_many(&mut jobs, BATCH) == 0 {
            break;
        }
        (begun, many) = (Instant::now(), jobs.len() >= MANY);
        let mut writes = Vec::with_capacity(jobs.len());
        let mut follows = Vec::new();
        let (mut cleans, mut ends) = (Vec::new(), Vec::new());
        for job in jobs.drain(..) {
            match job {
                Job::Follow { room, answer } => follows.push((room, answer)),
                Job::Clean { done } => cleans.push(done),
                Job::End { end, done } => ends.push((end, done)),
                // What is already in the queue is still answered; nothing new gets in.
                Job::Close { answer } => {
                    queue.close();
                    closing.push(answer);
                }
                Job::Write(write) => writes.push(write),
            }
        }
        if let After::End(unanswered) = commit(&mut state, writes, metrics, fatal) {
            // First nothing new gets in; then whoever waits sees their tail close or their answer
            // dropped: nobody knows.
            queue.close();
            drop(unanswered);
            return;
        }
        if let Err(error) = serve(&mut state, follows, cleans, ends) {
            fatal.call(&format!("the journal could not be read or cut: {error}"));
            return;
        }
    }
    let WriterState { connection, checkpoints, .. } = state;
    checkpoints.finish();
    if let Err((_, error)) = connection.close() {
        tracing::warn!(event = "journal_close", error = %error, "the journal closed untidily");
    }
    drop(folder);
    for answer in closing {
        let _ = answer.send(());
    }
}

/// Does what comes between two transactions.
fn serve(
    state: &mut WriterState,
    follows: Vec<Follow>,
    cleans: Vec<Sender<bool>>,
    ends: Vec<(End, Sender<bool>)>,
) -> rusqlite::Result<()> {
    for (room, answer) in follows {
        let followed = follow(state, &room)?;
        let _ = answer.send(followed);
    }
    for done in cleans {
        let most = if state.space.is_there() { LOOKS } else { STEP };
        let cleaned = match state.scrub.run(&state.connection, most, LOOKS) {
            // The end that is asked for next says what is wrong.
            Err(error) if trouble(&error) != Trouble::Fatal => true,
            cleaned => cleaned?,
        };
        let _ = done.send(cleaned);
    }
    state.bound_log()?;
    if ends.is_empty() {
        if !state.is_ending && state.wal_pages.load(Ordering::Relaxed) > state.wal_bound / 2 {
            state.is_ending = true;
            state.checkpoints.ask(Vec::new());
        }
        return Ok(());
    }
    for (end, done) in ends {
        // Somebody waits until a text is gone: then copies of it are to go as well.
        let clean = if end == End::Cut { clean(state) } else { Ok(()) };
        let ended = match clean.and_then(|()| checkpoint::end(&state.connection, end)) {
            Err(error) if trouble(&error) == Trouble::Full => {
                // It is asked for again, and then there is room.
                state.space.give_up();
                false
            }
            Err(error) if trouble(&error) == Trouble::Busy => false,
            ended => ended?,
        };
        state.is_ending = false;
        let _ = done.send(ended);
    }
    Ok(())
}

/// Overwrites what deleted rows have left behind: at once, or step by step where there is little
/// room.
fn clean(state: &mut WriterState) -> rusqlite::Result<()> {
    let most = if state.space.is_there() { usize::MAX } else { STEP };
    while !state.scrub.run(&state.connection, most, usize::MAX)? {
        state.bound_log()?;
    }
    Ok(())
}

/// Writes a batch in one transaction. Nobody is answered, and no follower sees anything, before
/// it is committed.
fn commit(state: &mut WriterState, writes: Vec<Write>, metrics: &Metrics, fatal: &Fatal) -> After {
    if writes.is_empty() {
        return After::Go;
    }
    let mut writes = state.space.admit(&state.connection, writes);
    while !writes.is_empty() {
        let error = match write(state, &writes) {
            Ok(mut done) => match batch::finish(state, &writes, &mut done) {
                Ok(()) => {
                    committed(state, writes, done, metrics);
                    return After::Go;
                }
                Err(error) => error,
            },
            Err(error) => error,
        };
        match trouble(&error) {
            Trouble::Full if state.space.give_up() => {
                // What frees room has some now. All others wait until the reserve is there again.
                let (frees, others) = writes.into_iter().partition(Write::frees);
                batch::refuse(others, NotWritable::DiskFull, metrics);
                writes = frees;
            }
            Trouble::Full => {
                batch::refuse(std::mem::take(&mut writes), NotWritable::DiskFull, metrics);
            }
            Trouble::Busy => {
                if let Some(count) = state.busy.note(state.begun.elapsed()) {
                    tracing::warn!(event = "journal_busy", count, error = %error, "nothing was written");
                }
                batch::refuse(std::mem::take(&mut writes), NotWritable::Busy, metrics);
            }
            Trouble::Fatal => {
                if batch::lacks_room() {
                    // A sync that found no room: the next start has what was kept back.
                    state.space.give_up();
                }
                fatal.call(&format!("the journal could not be written: {error}"));
                return After::End(writes);
            }
        }
    }
    After::Go
}

/// A batch is on the disk: everybody is told.
fn committed(state: &mut WriterState, writes: Vec<Write>, done: batch::Done, metrics: &Metrics) {
    let changed = done.changed;
    if changed {
        metrics.journal_commits.inc();
        // Before anybody is told: whoever asks for more is judged by what is left after this.
        state.space.level.count(done.made, done.gone);
        state.space.look(&state.connection);
    }
    let waiting = batch::release(state, writes, done);
    // Nobody waits for what follows; and nothing cuts the log but this thread.
    if changed {
        let pages = state.wal_pages.load(Ordering::Relaxed);
        state.scrub.committed(pages);
        // What was given up is not for the log to grow into.
        if waiting.is_empty() && state.space.is_there() {
            state.wal_prealloc.after(state.scrub.log_bytes(pages.into()));
        }
    }
    if !waiting.is_empty() {
        state.checkpoints.ask(waiting);
    }
}

fn write(state: &mut WriterState, writes: &[Write]) -> rusqlite::Result<batch::Done> {
    let before = state.connection.total_changes();
    state.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    state.rows_at_once = if state.space.is_there() { ROWS } else { STEP };
    let outcome = batch::write(state, writes).and_then(|mut done| {
        state.connection.prepare_cached("COMMIT")?.execute([])?;
        done.changed = state.connection.total_changes() != before;
        Ok(done)
    });
    if outcome.is_err() && !state.connection.is_autocommit() {
        // If even this fails the first error decides; the file rolls back by itself when opened.
        let _ = state.connection.execute_batch("ROLLBACK");
    }
    outcome
}

/// Reads a room and puts the reader on its tail. Both happen between two commits, so the tail
/// begins exactly where the entries end.
fn follow(
    state: &mut WriterState,
    wanted: &Wanted,
) -> rusqlite::Result<Result<Followed, FollowError>> {
    let Wanted { room, is_new } = wanted;
    if *is_new {
        match read::end(&state.connection, room) {
            Ok(LogEnd::Live { stored: 0, .. }) => {}
            Ok(_) => return Ok(Err(FollowError::Gone)),
            Err(error) => return unreadable(error),
        }
    }
    let stored = match read::room(&state.connection, room) {
        Ok(stored) => stored,
        Err(ReadError::Damaged { at }) => return Ok(Err(FollowError::Damaged { at })),
        Err(ReadError::Sqlite(error)) => return unreadable(error),
    };
    if stored.end == LogEnd::Erased {
        return Ok(Err(FollowError::Gone));
    }
    let tail = state.settle(*room, stored.end).add();
    let branch = state.branch;
    Ok(Ok(Followed { branch, snapshot: stored.snapshot, entries: stored.entries, tail }))
}

/// A page that cannot be understood belongs to some room, so only that one stays shut; an error
/// of the disk itself is everybody's.
fn unreadable(error: rusqlite::Error) -> rusqlite::Result<Result<Followed, FollowError>> {
    let is_content = matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
    ) || error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt);
    match trouble(&error) {
        _ if is_content => Ok(Err(FollowError::Damaged { at: 0 })),
        Trouble::Busy | Trouble::Full => Ok(Err(FollowError::Busy)),
        Trouble::Fatal => Err(error),
    }
}
