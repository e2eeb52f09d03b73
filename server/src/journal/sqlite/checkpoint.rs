//! Moving committed pages into the main file, away from the writer.
//!
//! This is also what makes erasure physical: overwritten rows stay readable in the write-ahead
//! log until it has been copied and cut to nothing.
//!
//! The copying goes on beside the writer. Only the cut itself needs it to stand still, so the
//! writer makes the cut, between two batches, when hardly anything is left to copy. (Two
//! connections that fight for the lock would starve whichever asks less often.)

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

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

/// Starts the thread; its first work is to finish what a crash may have left.
pub(super) fn start(
    connection: Connection,
    writer: mpsc::WeakSender<Job>,
    space: Arc<Space>,
    fatal: Fatal,
) -> std::io::Result<Checkpoints> {
    let (requests, queue) = channel();
    let _ = requests.send(Vec::new());
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
    while let Ok(mut waiting) = queue.recv() {
        // One cut serves everybody who asked by now.
        waiting.extend(queue.try_iter().flatten());
        let end = if waiting.is_empty() { End::Reuse } else { End::Cut };
        let mut ended = copy_and_end(connection, writer, copying, end);
        // The main file has to grow for what is in the log, and cannot.
        if matches!(&ended, Err(error) if trouble(error) == Trouble::Full && space.give_up()) {
            ended = copy_and_end(connection, writer, copying, end);
        }
        let answer = match ended {
            Ok(Cut::Done) => Ok(()),
            Ok(Cut::Busy) => Err(KeepError::Busy),
            Ok(Cut::WriterGone) => return,
            Err(error) => match trouble(&error) {
                Trouble::Busy | Trouble::Full => Err(KeepError::Busy),
                Trouble::Fatal => {
                    fatal.call(&format!("the journal could not be checkpointed: {error}"));
                    return;
                }
            },
        };
        for caller in waiting {
            let _ = caller.send(answer);
        }
    }
}

/// What came of an attempt to cut the log.
enum Cut {
    Done,
    Busy,
    /// It gave up over an error, and has said so itself.
    WriterGone,
}

fn copy_and_end(
    connection: &Connection,
    writer: &mpsc::WeakSender<Job>,
    copying: &Mutex<()>,
    end: End,
) -> rusqlite::Result<Cut> {
    for _ in 0..TRIES {
        {
            let _copying = copying.lock();
            checkpoint(connection, "PASSIVE")?;
        }
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
