//! Who follows one room, and how entries reach them.

use tokio::sync::mpsc;

use super::Entry;

/// Entries that may wait for one follower. One that is further behind is let go: it follows anew
/// from the log, where nothing is missing.
const TAIL_LENGTH: usize = 256;

/// The followers of one room. Dropping it closes their tails.
#[derive(Debug, Default)]
pub(crate) struct Followers {
    tails: Vec<mpsc::Sender<Entry>>,
}

impl Followers {
    /// A new follower's tail, beginning with the next entry.
    pub(crate) fn add(&mut self) -> mpsc::Receiver<Entry> {
        let (tail, receiver) = mpsc::channel(TAIL_LENGTH);
        self.tails.retain(|tail| !tail.is_closed());
        self.tails.push(tail);
        receiver
    }

    /// Hands one entry to all; never waits.
    pub(crate) fn push(&mut self, entry: &Entry) {
        self.tails.retain(|tail| tail.try_send(entry.clone()).is_ok());
    }

    /// Whether anybody still listens.
    pub(crate) fn is_empty(&mut self) -> bool {
        self.tails.retain(|tail| !tail.is_closed());
        self.tails.is_empty()
    }
}
