//! Moving committed pages into the main file, away from the writer.
//!
//! This is also what makes erasure physical: overwritten rows stay readable in the write-ahead
//! log until it has been copied and cut to nothing.
//!
//! The copying goes on beside the writer. Only the cut itself needs it to stand still, so the
//! writer makes the cut, between two batches, when hardly anything is left to copy. (Two
//! connections that fight for the lock would starve whichever asks less often.)

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::Fatal;
use super::batch::{Trouble, trouble};
use super::schema::LOCK_WAIT;
use super::space::Space;
use super::writer::Job;
use crate::journal::KeepError;

/// Tries to cut the log before a caller is told "busy". Only a reader outside the process, such as
/// a backup, can be in the way.
const TRIES: u32 = 5;
/// How long the writer waits for such a reader; everybody else waits for the writer.
const CUT_WAIT: Duration = Duration::from_millis(50);
/// A cut that is owed is tried again after so long, once: a reader is in the way for minutes, and
/// everybody's batches wait for each try.
const AGAIN: Duration = Duration::from_secs(1);

/// For so long a try goes on with overwriting, which takes minutes for a large file after a start: whoever
/// waits is told "busy" then, and it goes on at once.
const CLEAN_FOR: Duration = Duration::from_millis(500);

/// Somebody who waits for the old pages to be gone.
type Waiting = oneshot::Sender<Result<(), KeepError>>;

/// The way to the checkpoint thread. The thread ends when this is dropped.
#[derive(Debug)]
pub(super) struct Checkpoints {
    /// Bounded by the writer: it sends at most one request a batch, and waits for none of them.
    requests: Sender<Vec<Waiting>>,
    /// Held while pages are being copied.
    copying: Arc<Mutex<()>>,
    thread: JoinHandle<()>,
}

/// Starts the thread; its first work is to finish what a crash may have left, and a cut that the process
/// before this one may have owed.
pub(super) fn start(
    connection: Connection,
    writer: mpsc::WeakSender<Job>,
    space: Arc<Space>,
    fatal: Fatal,
) -> std::io::Result<Checkpoints> {
    let (requests, queue) = channel();
    let copying = Arc::new(Mutex::new(()));
    let thread = std::thread::Builder::new().name("journal-checkpoint".to_owned()).spawn({
        let copying = Arc::clone(&copying);
        move || run(&connection, &writer, &queue, &copying, &space, &fatal)
    })?;
    Ok(Checkpoints { requests, copying, thread })
}

impl Checkpoints {
    /// Asks for the log to be cut, and for `waiting` to be told.
    pub(super) fn ask(&self, waiting: Vec<Waiting>) {
        // If the thread has ended the senders are dropped, and their callers find it busy.
        let _ = self.requests.send(waiting);
    }

    /// Waits until no pages are being copied: for a writer that must not get further ahead. The
    /// copying needs nothing of the writer.
    pub(super) fn catch_up(&self) {
        drop(self.copying.lock());
    }

    /// Lets the thread finish what was asked, and closes its connection.
    pub(super) fn finish(self) {
        drop(self.requests);
        let _ = self.thread.join();
    }
}

fn run(
    connection: &Connection,
    writer: &mpsc::WeakSender<Job>,
    queue: &Receiver<Vec<Waiting>>,
    copying: &Mutex<()>,
    space: &Space,
    fatal: &Fatal,
) {
    // Whether something is to be gone from the file that is not: whoever asked for it may be gone, and
    // what was deleted is not looked at by anybody any more. So it is remembered here.
    let (mut owed, mut not_before) = (true, Instant::now());
    loop {
        let pause = not_before.saturating_duration_since(Instant::now());
        let asked = if owed {
            match queue.recv_timeout(pause) {
                Err(RecvTimeoutError::Timeout) => Some(Vec::new()),
                asked => asked.ok(),
            }
        } else {
            queue.recv().ok()
        };
        let Some(mut waiting) = asked else { return };
        // One cut serves everybody who asked by now.
        waiting.extend(queue.try_iter().flatten());
        if owed && Instant::now() < not_before {
            // What they ask for is owed already.
            for caller in waiting {
                let _ = caller.send(Err(KeepError::Busy));
            }
            continue;
        }
        let end = if waiting.is_empty() && !owed { End::Reuse } else { End::Cut };
        let tries = if owed { 1 } else { TRIES };
        let mut ended = copy_and_end(connection, writer, copying, end, tries);
        // The main file has to grow for what is in the log, and cannot.
        if matches!(&ended, Err(error) if trouble(error) == Trouble::Full && space.give_up()) {
            ended = copy_and_end(connection, writer, copying, end, tries);
        }
        let goes_on = matches!(ended, Ok(Cut::Unclean));
        let answer = match ended {
            Ok(Cut::Done) => Ok(()),
            Ok(Cut::Busy | Cut::Unclean) => Err(KeepError::Busy),
            Ok(Cut::WriterGone) => return,
            Err(error) => match trouble(&error) {
                Trouble::Busy | Trouble::Full => Err(KeepError::Busy),
                Trouble::Fatal => {
                    fatal.call(&format!("the journal could not be checkpointed: {error}"));
                    return;
                }
            },
        };
        owed = end == End::Cut && answer.is_err();
        not_before = Instant::now() + if goes_on { Duration::ZERO } else { AGAIN };
        for caller in waiting {
            let _ = caller.send(answer);
        }
    }
}

/// What came of an attempt to cut the log.
enum Cut {
    Done,
    Busy,
    /// There is still something to be overwritten before it.
    Unclean,
    /// It gave up over an error, and has said so itself.
    WriterGone,
}

fn copy_and_end(
    connection: &Connection,
    writer: &mpsc::WeakSender<Job>,
    copying: &Mutex<()>,
    end: End,
    tries: u32,
) -> rusqlite::Result<Cut> {
    let copy = || {
        let _copying = copying.lock();
        checkpoint(connection, "PASSIVE")
    };
    if end == End::Cut && !clean(writer) {
        // Meanwhile the log grows like at any other time.
        copy()?;
        return Ok(Cut::Unclean);
    }
    for _ in 0..tries {
        copy()?;
        let (done, answer) = channel();
        let job = Job::End { end, done };
        let asked = writer.upgrade().is_some_and(|writer| writer.blocking_send(job).is_ok());
        // A writer that takes no more jobs stands still, so the lock is free.
        let cut = if asked { answer.recv().ok() } else { Some(self::end(connection, end)?) };
        match cut {
            Some(true) => return Ok(Cut::Done),
            Some(false) => {}
            None => return Ok(Cut::WriterGone),
        }
    }
    Ok(Cut::Busy)
}

/// Has copies of what was deleted overwritten step by step, so that batches go on between: of a whole file,
/// where nobody knows which pages were written. Whether that was all.
fn clean(writer: &mpsc::WeakSender<Job>) -> bool {
    let begun = Instant::now();
    loop {
        match ask(writer, |done| Job::Clean { done }) {
            Some(false) if begun.elapsed() >= CLEAN_FOR => return false,
            Some(false) => {}
            Some(true) | None => return true,
        }
    }
}

/// Asks the writer for a step, and waits for what it comes to; `None` where it does nothing any more.
fn ask(writer: &mpsc::WeakSender<Job>, job: impl FnOnce(Sender<bool>) -> Job) -> Option<bool> {
    let (done, answer) = channel();
    writer.upgrade()?.blocking_send(job(done)).ok()?;
    answer.recv().ok()
}

/// What is to become of a log that has been copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It is written over from its beginning. That is far cheaper than to make it grow anew, for
    /// the file keeps its length and its pages.
    Reuse,
    /// It is cut to nothing, for somebody waits until what it holds is gone.
    Cut,
}

/// Copies what is left and ends the log. Says whether nobody was in the way.
pub(super) fn end(connection: &Connection, end: End) -> rusqlite::Result<bool> {
    connection.busy_timeout(CUT_WAIT)?;
    let mode = match end {
        End::Reuse => "RESTART",
        End::Cut => "TRUNCATE",
    };
    let done = checkpoint(connection, mode);
    connection.busy_timeout(LOCK_WAIT)?;
    done
}

/// Whether the checkpoint ran to its end.
fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<bool> {
    connection
        .query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| row.get::<_, i64>(0))
        .map(|busy| busy == 0)
}
