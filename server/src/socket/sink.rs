//! The one door through which bytes leave to a socket.
//!
//! The room writes directly, without waiting: one non-blocking write for all that one commit
//! released. What the socket does not take at once waits here, up to a bound; over it the member
//! is cut off as slow (`slow_reader.rs`), and resumes later. Nobody else notices.

use std::io::{ErrorKind, IoSlice};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use parking_lot::Mutex;
use setroom_protocol::{CloseCode, SetId};

use super::send_queue::{Kind, SendQueue, Welcome};
use crate::limits::{Charge, Proven, Source};
use crate::net::WriteEnd;
use crate::services::Services;

/// Pieces that one write hands to the kernel at most.
const SLICES: usize = 16;

/// The sending side of one socket. The room and the socket's own task share it.
#[derive(Debug)]
pub(crate) struct Sink {
    half: WriteEnd,
    pub(super) waiting: Mutex<Waiting>,
    /// Wakes the socket's task when there is something to drain, or when it must end.
    pub(super) wake: AtomicWaker,
    pub(super) services: Arc<Services>,
    source: Source,
    /// Where its peer says to belong.
    set: OnceLock<SetId>,
    /// Whether its peer has been let in: somebody at the door has nothing to ask.
    is_inside: AtomicBool,
    /// When its peer last did something.
    used_ms: AtomicU64,
    /// Its place is another's from now on.
    gives_way: AtomicBool,
    me: Weak<Self>,
}

#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// There is none for nearly all sockets nearly all of the time.
    pub(super) queue: Option<Box<SendQueue>>,
    pub(super) ending: Option<CloseCode>,
    /// The peer is gone: writing has no meaning any more.
    pub(super) broken: bool,
    /// Bytes that the socket took so far.
    taken: u64,
    /// What its peer has sent of a message that is not whole. There is none, as a rule.
    pub(super) unfinished: Option<Box<Charge>>,
}

/// What became of a write.
enum Wrote {
    /// So many bytes went out.
    Some(usize),
    /// The socket takes nothing at the moment.
    None,
    /// The peer is gone.
    Broken,
}

impl Sink {
    pub(crate) fn new(half: WriteEnd, services: Arc<Services>, source: Source) -> Arc<Self> {
        let used_ms = AtomicU64::new(services.clock.now_ms());
        Arc::new_cyclic(|me| Self {
            half,
            waiting: Mutex::default(),
            wake: AtomicWaker::new(),
            services,
            source,
            set: OnceLock::new(),
            is_inside: AtomicBool::new(false),
            used_ms,
            gives_way: AtomicBool::new(false),
            me: Weak::clone(me),
        })
    }

    /// Whom limits count its peer for.
    pub(crate) fn source(&self) -> Source {
        self.source
    }

    /// Its peer wants to come in to this set: what waits for it is of that.
    pub(crate) fn leads_to(&self, set: SetId) {
        // There is but one first frame.
        let _ = self.set.set(set);
    }

    /// Its peer has been let in.
    pub(crate) fn come_inside(&self) {
        self.is_inside.store(true, Ordering::Release);
    }

    pub(crate) fn is_inside(&self) -> bool {
        self.is_inside.load(Ordering::Acquire)
    }

    /// Its peer does something.
    pub(crate) fn is_used(&self, now_ms: u64) {
        self.used_ms.store(now_ms, Ordering::Relaxed);
    }

    /// This one, for whoever must not keep it.
    pub(crate) fn weak(&self) -> Weak<Self> {
        Weak::clone(&self.me)
    }

    /// Reads a little of all that a write needs, so that it is in the cache by then. What comes of
    /// it has no meaning.
    pub(crate) fn touch(&self) -> usize {
        self.half.touch().wrapping_add(usize::from(self.waiting.is_locked()))
    }

    /// Sends these frames, one to a piece, in order; never waits.
    pub(crate) fn push(&self, pieces: &[Bytes]) {
        let bytes = pieces.iter().map(Bytes::len).sum::<usize>();
        self.services.metrics.delivered(pieces.len() as u64, bytes as u64);
        self.put(pieces, Kind::Frames);
    }

    /// Sends pieces that hold any number of frames. Whoever does so for a whole room counts them
    /// in one go.
    pub(crate) fn push_uncounted(&self, pieces: &[Bytes]) {
        self.put(pieces, Kind::Frames);
    }

    /// Sends what a peer begins with: the whole view, or all that it missed.
    pub(crate) fn welcome(&self, welcome: Welcome, frames: usize) {
        let pieces = [welcome.head, welcome.shared, welcome.tail];
        let bytes = pieces.iter().map(Bytes::len).sum::<usize>();
        self.services.metrics.delivered(frames as u64, bytes as u64);
        self.put(&pieces, Kind::Welcome);
    }

    /// Answers a ping. Where the socket takes nothing at the moment, only the newest is answered, so
    /// that a peer that does not read lets nothing grow.
    pub(crate) fn answer_ping(&self, pong: Bytes) {
        let mut waiting = self.waiting.lock();
        if waiting.ending.is_some() {
            return;
        }
        if let Some(queue) = &mut waiting.queue {
            queue.answer_ping(pong);
            return;
        }
        drop(waiting);
        self.push(&[pong]);
    }

    /// The way of nearly every delivery: nothing waits, one write takes all of it, and nothing is
    /// kept or copied.
    fn put(&self, pieces: &[Bytes], kind: Kind) {
        let whole: usize = pieces.iter().map(Bytes::len).sum();
        let mut waiting = self.waiting.lock();
        if whole == 0 || waiting.ending.is_some() || waiting.broken {
            return;
        }
        let mut written = 0;
        if waiting.queue.is_none() {
            match self.write(pieces.iter()) {
                Wrote::Some(bytes) => written = bytes,
                Wrote::None => {}
                Wrote::Broken => return waiting.broke(),
            }
            waiting.taken = waiting.taken.saturating_add(written as u64);
            if written == whole {
                return;
            }
        }
        self.queue(&mut waiting).add(pieces, written, kind);
        self.write_queue(&mut waiting);
        self.end_if_slow(&mut waiting);
        if waiting.queue.is_some() {
            self.wake.wake();
            drop(waiting);
            self.trim();
        }
    }

    /// Cuts off who is to go, where more waits than may. Not while anything of a line is held.
    pub(super) fn trim(&self) {
        let connection_limits = &self.services.connection_limits;
        connection_limits.outboxes().trim(connection_limits.counted(self.source));
    }

    fn queue<'a>(&self, waiting: &'a mut Waiting) -> &'a mut SendQueue {
        waiting.queue.get_or_insert_with(|| Box::new(SendQueue::new(self.charge())))
    }

    pub(super) fn charge(&self) -> Charge {
        let connection_limits = &self.services.connection_limits;
        let (network, set) = (connection_limits.counted(self.source), self.set.get().copied());
        connection_limits.outboxes().line(network, set, self.weak())
    }

    /// The close frame goes out after what waits. Says how much that still is.
    pub(super) fn end(&self, waiting: &mut Waiting, code: CloseCode) -> usize {
        let queue = self.queue(waiting);
        let mut left = 0;
        if code == CloseCode::Slow {
            // A slow peer would not read its queue before the close frame either.
            left = queue.cut();
        }
        queue.answer_no_ping();
        queue.add(&[super::close(code)], 0, Kind::Frames);
        waiting.ending = Some(code);
        waiting.unfinished = None;
        left
    }

    /// Says goodbye: a close frame after what waits, and nothing after that. The first reason
    /// counts.
    pub(crate) fn close(&self, code: CloseCode) {
        let mut waiting = self.waiting.lock();
        if waiting.ending.is_none() {
            if code == CloseCode::Slow {
                self.services.metrics.slow_closes.inc();
            }
            self.end(&mut waiting, code);
            self.write_queue(&mut waiting);
        }
        self.wake.wake();
    }

    /// The peer has closed, and has been answered: nothing more may go out.
    pub(crate) fn peer_closed(&self) {
        self.waiting.lock().broke();
    }

    /// How much the socket has taken, while more waits: when this grows, the peer reads. `None`
    /// when nothing waits, and what was taken may still be on this side of the line.
    pub(crate) fn taken(&self) -> Option<u64> {
        let waiting = self.waiting.lock();
        waiting.queue.is_some().then_some(waiting.taken)
    }

    /// Why this socket ends, once it does.
    pub(crate) fn ending(&self) -> Option<CloseCode> {
        self.waiting.lock().ending
    }

    /// One write of as much as one write may hold.
    fn write<'a>(&self, mut pieces: impl ExactSizeIterator<Item = &'a Bytes>) -> Wrote {
        let wrote = if pieces.len() == 1 {
            pieces.next().map_or(Ok(0), |piece| self.half.try_write(piece))
        } else {
            let mut slices = [IoSlice::new(&[]); SLICES];
            let count = pieces.len().min(SLICES);
            for (slice, piece) in slices.iter_mut().zip(&mut pieces) {
                *slice = IoSlice::new(piece);
            }
            self.half.try_write_vectored(slices.get(..count).unwrap_or(&slices))
        };
        match wrote {
            Ok(written) => Wrote::Some(written),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Wrote::None,
            Err(error) if error.kind() == ErrorKind::Interrupted => Wrote::Some(0),
            // The reader sees the same end and tidies up.
            Err(_) => Wrote::Broken,
        }
    }

    /// Writes what the socket takes now of what waits.
    fn write_queue(&self, waiting: &mut Waiting) {
        while let Some(queue) = &mut waiting.queue {
            match self.write(queue.pieces()) {
                Wrote::Some(written) => {
                    waiting.taken = waiting.taken.saturating_add(written as u64);
                    if queue.wrote(written) {
                        waiting.queue = None;
                    }
                }
                Wrote::None => return,
                Wrote::Broken => waiting.broke(),
            }
        }
    }

    /// For the socket's own task: drains what waits, whenever the socket takes more. Ready as soon
    /// as the socket is to end: what it then still takes is seen to by [`Sink::poll_farewell`].
    pub(crate) fn poll_drain(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.wake.register(cx.waker());
        let mut waiting = self.waiting.lock();
        let is_over = |waiting: &Waiting| waiting.broken || waiting.ending.is_some();
        if !is_over(&waiting) && self.poll_write(cx, &mut waiting).is_pending() {
            // A peer that takes nothing more is told apart from one that is only late by whoever
            // puts in more: that one wakes this task.
            return Poll::Pending;
        }
        if is_over(&waiting) { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Writes the rest, the close frame last. Ready when all of it is out, or the peer is gone.
    pub(crate) fn poll_farewell(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_write(cx, &mut self.waiting.lock())
    }

    /// Ready when its place is another's. For the socket's own task, once it ends.
    pub(crate) fn poll_gives_way(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.wake.register(cx.waker());
        if self.gives_way.load(Ordering::Acquire) { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Ready when nothing waits any more.
    fn poll_write(&self, cx: &mut Context<'_>, waiting: &mut Waiting) -> Poll<()> {
        loop {
            self.write_queue(waiting);
            if waiting.queue.is_none() {
                return Poll::Ready(());
            }
            match self.half.poll_writable(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => waiting.broke(),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl Waiting {
    pub(super) fn broke(&mut self) {
        self.broken = true;
        self.queue = None;
        self.unfinished = None;
    }
}

impl Proven for Sink {
    fn give_way(&self) {
        self.gives_way.store(true, Ordering::Release);
        self.close(CloseCode::Full);
    }

    fn is_inside(&self) -> bool {
        self.is_inside()
    }

    fn used_ms(&self) -> u64 {
        self.used_ms.load(Ordering::Relaxed)
    }
}
