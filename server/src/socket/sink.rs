//! The one door through which bytes leave to a socket.
//!
//! The room writes directly, without waiting: one non-blocking write for all that one commit
//! released. What the socket does not take at once waits here, up to a bound; over it the member
//! is cut off as slow, and resumes later. Nobody else notices.

use std::collections::VecDeque;
use std::io::{ErrorKind, IoSlice};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::{Buf, Bytes};
use setroom_protocol::CloseCode;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::Notify;

use crate::telemetry::Metrics;

/// Pieces that one write hands to the kernel at most.
const SLICES: usize = 16;

/// The sending side of one socket. The room and the socket's own task share it.
#[derive(Debug)]
pub(crate) struct Sink {
    half: OwnedWriteHalf,
    waiting: Mutex<Waiting>,
    /// Wakes the socket's task when there is something to drain, or when it must end.
    wake: Notify,
    bound: Bound,
    metrics: Metrics,
}

/// What may wait for one member.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    pub(crate) frames: usize,
    pub(crate) bytes: usize,
}

#[derive(Debug, Default)]
struct Waiting {
    pieces: VecDeque<Bytes>,
    bytes: usize,
    /// Bytes of a whole view at the front, which count towards no bound: a peer with a thin line
    /// must be able to come in to a room that is full of texts.
    welcome: usize,
    /// The first piece has been written in part, so it must be finished before anything else.
    partly: bool,
    ending: Option<CloseCode>,
    /// The peer is gone: writing has no meaning any more.
    broken: bool,
    /// Bytes that the socket took so far.
    taken: u64,
}

impl Sink {
    pub(crate) fn new(half: OwnedWriteHalf, bound: Bound, metrics: Metrics) -> Self {
        Self { half, waiting: Mutex::default(), wake: Notify::new(), bound, metrics }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends these frames, one to a piece, in order; never waits.
    pub(crate) fn push(&self, pieces: &[Bytes]) {
        self.put(pieces, pieces.len(), 0);
    }

    /// Sends pieces that hold so many frames in all.
    pub(crate) fn push_joined(&self, pieces: &[Bytes], frames: usize) {
        self.put(pieces, frames, 0);
    }

    /// Sends what a peer begins with: the whole view, or all that it missed.
    pub(crate) fn welcome(&self, piece: Bytes, frames: usize) {
        let free = piece.len();
        self.put(&[piece], frames, free);
    }

    fn put(&self, pieces: &[Bytes], frames: usize, free: usize) {
        let mut waiting = self.waiting();
        if waiting.ending.is_some() || waiting.broken {
            return;
        }
        let bytes: usize = pieces.iter().map(Bytes::len).sum();
        waiting.bytes += bytes;
        waiting.welcome += free;
        waiting.pieces.extend(pieces.iter().filter(|piece| !piece.is_empty()).cloned());
        self.metrics.delivered(frames as u64, bytes as u64);
        self.write_now(&mut waiting);
        if waiting.pieces.is_empty() {
            return;
        }
        let counted = waiting.bytes.saturating_sub(waiting.welcome);
        if waiting.pieces.len() > self.bound.frames || counted > self.bound.bytes {
            self.metrics.slow_close();
            Self::end(&mut waiting, CloseCode::Slow);
        }
        self.wake.notify_one();
    }

    /// Says goodbye: a close frame after what waits, and nothing after that. The first reason
    /// counts.
    pub(crate) fn close(&self, code: CloseCode) {
        let mut waiting = self.waiting();
        if waiting.ending.is_none() {
            if code == CloseCode::Slow {
                self.metrics.slow_close();
            }
            Self::end(&mut waiting, code);
            self.write_now(&mut waiting);
        }
        self.wake.notify_one();
    }

    /// The peer has closed, and has been answered: nothing more may go out.
    pub(crate) fn peer_closed(&self) {
        let mut waiting = self.waiting();
        *waiting = Waiting { broken: true, ending: waiting.ending, ..Waiting::default() };
    }

    /// How much the socket has taken, while more waits: when this grows, the peer reads. `None`
    /// when nothing waits, and what was taken may still be on this side of the line.
    pub(crate) fn taken(&self) -> Option<u64> {
        let waiting = self.waiting();
        (!waiting.pieces.is_empty()).then_some(waiting.taken)
    }

    /// Why this socket ends, once it does.
    pub(crate) fn ending(&self) -> Option<CloseCode> {
        self.waiting().ending
    }

    fn end(waiting: &mut Waiting, code: CloseCode) {
        if code == CloseCode::Slow {
            // A slow peer would not read its backlog before the close frame either. Only a piece
            // that is on its way is finished, since frames must not be cut.
            waiting.pieces.truncate(usize::from(waiting.partly));
            waiting.bytes = waiting.pieces.iter().map(Bytes::len).sum();
        }
        let frame = super::close(code);
        waiting.bytes += frame.len();
        waiting.pieces.push_back(frame);
        waiting.ending = Some(code);
    }

    /// Writes what the socket takes now.
    fn write_now(&self, waiting: &mut Waiting) {
        while !waiting.pieces.is_empty() {
            let mut slices = [IoSlice::new(&[]); SLICES];
            for (slice, piece) in slices.iter_mut().zip(&waiting.pieces) {
                *slice = IoSlice::new(piece);
            }
            let count = waiting.pieces.len().min(SLICES);
            match self.half.try_write_vectored(slices.get(..count).unwrap_or(&slices)) {
                Ok(written) => waiting.wrote(written),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => {
                    // The reader sees the same end and tidies up.
                    *waiting =
                        Waiting { broken: true, ending: waiting.ending, ..Waiting::default() };
                    return;
                }
            }
        }
    }

    /// For the socket's own task: drains what waits, whenever the socket takes more. Returns as
    /// soon as the socket is to end: what it then still takes is seen to by [`Sink::farewell`].
    /// May be dropped at any await.
    pub(crate) async fn drain(&self) {
        loop {
            let (empty, over) = {
                let mut waiting = self.waiting();
                self.write_now(&mut waiting);
                (waiting.pieces.is_empty(), waiting.broken || waiting.ending.is_some())
            };
            if over {
                return;
            }
            if empty {
                self.wake.notified().await;
                continue;
            }
            tokio::select! {
                // A peer that takes nothing more is told apart from one that is only late here:
                // whoever ends it wakes this task.
                () = self.wake.notified() => {}
                writable = self.half.writable() => if writable.is_err() { return },
            }
        }
    }

    /// Writes the rest, the close frame last. Returns when all of it is out, or the peer is gone.
    pub(crate) async fn farewell(&self) {
        loop {
            let over = {
                let mut waiting = self.waiting();
                self.write_now(&mut waiting);
                waiting.broken || waiting.pieces.is_empty()
            };
            if over || self.half.writable().await.is_err() {
                return;
            }
        }
    }
}

impl Waiting {
    fn wrote(&mut self, mut written: usize) {
        self.taken = self.taken.saturating_add(written as u64);
        self.bytes = self.bytes.saturating_sub(written);
        self.welcome = self.welcome.saturating_sub(written);
        while let Some(front) = self.pieces.front_mut() {
            if written < front.len() {
                front.advance(written);
                self.partly |= written > 0;
                return;
            }
            written -= front.len();
            self.pieces.pop_front();
            self.partly = false;
        }
    }
}
