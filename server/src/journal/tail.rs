//! Who follows one room, and how entries reach them.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_util::task::AtomicWaker;

use super::Entry;

/// Entries that may wait for one follower. One that is further behind is let go: it follows anew
/// from the log, where nothing is missing.
const TAIL_LENGTH: usize = 256;

/// What will come after a log as it stands, entry by entry. An idle room keeps one for hours, so it
/// holds memory for nothing but what waits in it.
#[derive(Debug)]
pub struct Tail {
    line: Arc<Line>,
}

/// The other end of a [`Tail`]. It closes when this is dropped.
#[derive(Debug)]
pub struct Follower {
    line: Arc<Line>,
}

#[derive(Debug, Default)]
struct Line {
    waiting: Mutex<Waiting>,
    wake: AtomicWaker,
}

#[derive(Debug, Default)]
struct Waiting {
    entries: VecDeque<Entry>,
    /// One of the two ends is gone.
    is_closed: bool,
}

impl Line {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A tail, and the end that puts entries into it.
#[must_use]
pub fn tail() -> (Follower, Tail) {
    let line = Arc::new(Line::default());
    (Follower { line: Arc::clone(&line) }, Tail { line })
}

impl Tail {
    /// The next entry; `None` when the tail is closed. May be dropped at any await.
    pub async fn recv(&mut self) -> Option<Entry> {
        poll_fn(|cx| self.poll_recv(cx)).await
    }

    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<Entry>> {
        // Before looking, so that what comes right after is not missed.
        self.line.wake.register(cx.waker());
        let mut waiting = self.line.waiting();
        match waiting.take() {
            Some(entry) => Poll::Ready(Some(entry)),
            None if waiting.is_closed => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    /// The next entry, if it is there already.
    pub fn try_recv(&mut self) -> Option<Entry> {
        self.line.waiting().take()
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        let mut waiting = self.line.waiting();
        waiting.is_closed = true;
        waiting.entries.clear();
    }
}

impl Waiting {
    fn take(&mut self) -> Option<Entry> {
        let entry = self.entries.pop_front();
        if self.entries.is_empty() && self.entries.capacity() > 4 {
            // Room for many is for those who fell behind, not for ever.
            self.entries = VecDeque::new();
        }
        entry
    }
}

impl Follower {
    /// Hands an entry over; never waits. False when nobody takes it, or too many wait already: then
    /// this is to be dropped, and the tail is at its end once what waits is taken.
    pub fn push(&self, entry: Entry) -> bool {
        let mut waiting = self.line.waiting();
        if waiting.is_closed || waiting.entries.len() >= TAIL_LENGTH {
            return false;
        }
        waiting.entries.push_back(entry);
        drop(waiting);
        self.line.wake.wake();
        true
    }

    fn is_closed(&self) -> bool {
        self.line.waiting().is_closed
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.line.waiting().is_closed = true;
        self.line.wake.wake();
    }
}

/// The followers of one room. Dropping it closes their tails.
#[derive(Debug, Default)]
pub(crate) struct Followers {
    tails: Vec<Follower>,
}

impl Followers {
    /// A new follower's tail, beginning with the next entry.
    pub(crate) fn add(&mut self) -> Tail {
        let (follower, tail) = tail();
        self.tails.retain(|tail| !tail.is_closed());
        self.tails.push(follower);
        tail
    }

    /// Hands one entry to all; never waits.
    pub(crate) fn push(&mut self, entry: &Entry) {
        self.tails.retain(|tail| tail.push(entry.clone()));
    }

    /// Whether anybody still listens.
    pub(crate) fn is_empty(&mut self) -> bool {
        self.tails.retain(|tail| !tail.is_closed());
        self.tails.is_empty()
    }
}
