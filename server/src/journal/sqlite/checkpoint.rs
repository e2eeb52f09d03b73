//! Moving committed pages into the main file, away from the writer.
//!
//! This is also what makes erasure physical: overwritten rows stay readable in the write-ahead
//! log until it has been copied and cut to nothing.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::Fatal;
use super::batch::{Trouble, trouble};
use crate::journal::KeepError;

/// Tries to cut the log before a caller is told "busy"; each waits for the other lock holder.
const TRIES: u32 = 5;

/// Somebody who waits for the old pages to be gone.
type Waiting = oneshot::Sender<Result<(), KeepError>>;

/// The way to the checkpoint thread. The thread ends when this is dropped.
#[derive(Debug)]
pub(super) struct Checkpoints {
    /// Bounded by the writer: it sends one request a batch, and waits for none of them.
    requests: Sender<Vec<Waiting>>,
    thread: JoinHandle<()>,
}

/// Starts the thread; its first work is to finish what a crash may have left.
pub(super) fn start(connection: Connection, fatal: Fatal) -> std::io::Result<Checkpoints> {
    let (requests, queue) = channel();
    let _ = requests.send(Vec::new());
    let thread = std::thread::Builder::new()
        .name("journal-checkpoint".to_owned())
        .spawn(move || run(&connection, &queue, &fatal))?;
    Ok(Checkpoints { requests, thread })
}

impl Checkpoints {
    /// Asks for the log to be cut, and for `waiting` to be told.
    pub(super) fn ask(&self, waiting: Vec<Waiting>) {
        // If the thread has ended the senders are dropped, and their callers find it busy.
        let _ = self.requests.send(waiting);
    }

    /// Lets the thread finish what was asked, and closes its connection.
    pub(super) fn finish(self) {
        drop(self.requests);
        let _ = self.thread.join();
    }
}

fn run(connection: &Connection, queue: &Receiver<Vec<Waiting>>, fatal: &Fatal) {
    while let Ok(mut waiting) = queue.recv() {
        // One cut serves everybody who asked by now.
        waiting.extend(queue.try_iter().flatten());
        match cut(connection) {
            Ok(done) => {
                for caller in waiting {
                    let _ = caller.send(if done { Ok(()) } else { Err(KeepError::Busy) });
                }
            }
            Err(error) => match trouble(&error) {
                Trouble::Busy => {
                    for caller in waiting {
                        let _ = caller.send(Err(KeepError::Busy));
                    }
                }
                Trouble::Fatal => {
                    fatal.call(&format!("the journal could not be checkpointed: {error}"));
                    return;
                }
            },
        }
    }
}

/// Copies most pages without holding anybody up, then the rest, then cuts the log to nothing.
fn cut(connection: &Connection) -> rusqlite::Result<bool> {
    checkpoint(connection, "PASSIVE")?;
    for _ in 0..TRIES {
        if checkpoint(connection, "TRUNCATE")? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the checkpoint ran to its end.
fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<bool> {
    connection
        .query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| row.get::<_, i64>(0))
        .map(|busy| busy == 0)
}
