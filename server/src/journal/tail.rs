//! Who follows one room, and how entries reach them, and what became of those that were not written.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;

use super::{AppendError, Entry};

/// Entries that may wait for one follower. One that is further behind is let go: it follows anew
/// from the log, where nothing is missing.
const TAIL_LENGTH: usize = 256;

/// What a tail brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TailEvent {
    /// The next entry of the log. It is durable.
    Entry(Entry),
    /// An append of one's own was not written, and will not be.
    NotWritten {
        /// The entry's id.
        id: u128,
        /// Why not.
        why: AppendError,
    },
}

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

/// The way home for what becomes of an append. It keeps no tail open.
#[derive(Clone, Debug)]
pub struct Home {
    line: Arc<Line>,
}

impl Home {
    /// Says that an append was not written; never waits.
    pub fn not_written(&self, id: u128, why: AppendError) {
        let mut waiting = self.line.waiting.lock();
        // One append of a room is under way, so this is one more at most. A tail that closed in the
        // meantime is still read to its end.
        waiting.events.push_back(TailEvent::NotWritten { id, why });
        drop(waiting);
        self.line.wake.wake();
    }
}

#[derive(Debug, Default)]
struct Line {
    waiting: Mutex<Waiting>,
    wake: AtomicWaker,
}

#[derive(Debug, Default)]
struct Waiting {
    events: VecDeque<TailEvent>,
    /// One of the two ends is gone.
    is_closed: bool,
}

/// A tail, and the end that puts entries into it.
#[must_use]
pub fn tail() -> (Follower, Tail) {
    let line = Arc::new(Line::default());
    (Follower { line: Arc::clone(&line) }, Tail { line })
}

impl Tail {
    /// Where to send what becomes of an append, so that this tail brings it.
    #[must_use]
    pub fn home(&self) -> Home {
        Home { line: Arc::clone(&self.line) }
    }

    /// What comes next; `None` when the tail is closed. May be dropped at any await.
    pub async fn recv(&mut self) -> Option<TailEvent> {
        poll_fn(|cx| self.poll_recv(cx)).await
    }

    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<TailEvent>> {
        // Before looking, so that what comes right after is not missed.
        self.line.wake.register(cx.waker());
        let mut waiting = self.line.waiting.lock();
        match waiting.take() {
            Some(event) => Poll::Ready(Some(event)),
            None if waiting.is_closed => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    /// Whether nothing more comes but what waits in it.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.line.waiting.lock().is_closed
    }

    /// What comes next, if it is there already.
    pub fn try_recv(&mut self) -> Option<TailEvent> {
        self.line.waiting.lock().take()
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        let mut waiting = self.line.waiting.lock();
        waiting.is_closed = true;
        waiting.events.clear();
    }
}

impl Waiting {
    fn take(&mut self) -> Option<TailEvent> {
        let event = self.events.pop_front();
        if self.events.is_empty() && self.events.capacity() > 4 {
            // Room for many is for those who fell behind, not for ever.
            self.events = VecDeque::new();
        }
        event
    }
}

impl Follower {
    /// Hands something over; never waits. False when nobody takes it, or too many wait already: then
    /// this is to be dropped, and the tail is at its end once what waits is taken.
    pub fn push(&self, event: TailEvent) -> bool {
        let mut waiting = self.line.waiting.lock();
        if waiting.is_closed || waiting.events.len() >= TAIL_LENGTH {
            return false;
        }
        waiting.events.push_back(event);
        drop(waiting);
        self.line.wake.wake();
        true
    }

    fn is_closed(&self) -> bool {
        self.line.waiting.lock().is_closed
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.line.waiting.lock().is_closed = true;
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
        self.tails.retain(|tail| tail.push(TailEvent::Entry(entry.clone())));
    }

    /// Whether anybody still listens.
    pub(crate) fn is_empty(&mut self) -> bool {
        self.tails.retain(|tail| !tail.is_closed());
        self.tails.is_empty()
    }
}
