//! What comes in on a socket, message by message.
//!
//! Bytes are read into one buffer for each thread of the runtime and handled where they lie, so
//! that an idle member keeps no buffer. A socket keeps bytes of its own only while a frame is on
//! its way.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use setroom_websocket::{Fault, Frames, Message, Role, Step};
use tokio::io::{AsyncRead, ReadBuf};

use crate::net::ReadEnd;

/// The most that one read takes in.
const READ_BYTES: usize = 16 * 1024;
/// Frames that are handled, and reads that are made, before others have their turn: what one line
/// sends must not keep the sockets of other rooms waiting.
const FRAMES_A_TURN: usize = 64;
const READS_A_TURN: usize = 4;

thread_local! {
    static BUFFER: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ_BYTES].into_boxed_slice());
}

/// Why no more messages come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The line is closed or broken.
    Gone,
    /// What came cannot be believed.
    Fault(Fault),
}

/// The receiving side of one socket.
#[derive(Debug)]
pub(crate) struct Reader {
    half: ReadEnd,
    frames: Frames,
    /// Bytes that came and are not handled yet.
    kept: Vec<u8>,
    /// Whether a whole frame may be among them.
    is_untried: bool,
}

impl Reader {
    /// Reads from this half, after what came before it was ours. No message may be longer than
    /// `most` bytes.
    pub(crate) fn new(half: ReadEnd, early: &[u8], most: usize) -> Self {
        let (kept, is_untried) = (early.to_vec(), !early.is_empty());
        Self { half, frames: Frames::new(Role::Server, most), kept, is_untried }
    }

    /// From now on no message may be longer than `most` bytes.
    pub(crate) fn allow(&mut self, most: usize) {
        self.frames.allow(most);
    }

    /// How many bytes are kept of a message that is not whole.
    pub(crate) fn unfinished(&self) -> usize {
        // What is only too much for one turn waits for nothing but the next.
        let kept = if self.is_untried { 0 } else { self.kept.len() };
        kept + self.frames.begun()
    }

    /// Hands every frame that is there to `hear`, with its length and the message that it
    /// completes, until it breaks off; what comes after that is kept for the next time, and so is
    /// what is too much for one turn.
    pub(crate) fn poll<B>(
        &mut self,
        cx: &mut Context<'_>,
        mut hear: impl FnMut(usize, Option<Message<'_>>) -> ControlFlow<B>,
    ) -> Poll<Result<B, End>> {
        let mut left = FRAMES_A_TURN;
        if std::mem::take(&mut self.is_untried) {
            let kept = std::mem::take(&mut self.kept);
            if let Some(done) = self.handle(kept, &mut left, &mut hear) {
                return Poll::Ready(done);
            }
        }
        BUFFER.with_borrow_mut(|buffer| {
            for _ in 0..READS_A_TURN {
                if left == 0 {
                    break;
                }
                let mut into = ReadBuf::new(buffer);
                if ready!(Pin::new(&mut self.half).poll_read(cx, &mut into)).is_err() {
                    return Poll::Ready(Err(End::Gone));
                }
                let came = into.filled_mut();
                if came.is_empty() {
                    return Poll::Ready(Err(End::Gone));
                }
                let done = if self.kept.is_empty() {
                    let (used, done) = take_all(&mut self.frames, came, &mut left, &mut hear);
                    self.keep(came.get(used..).unwrap_or_default(), done.is_some() || left == 0);
                    done
                } else {
                    let mut kept = std::mem::take(&mut self.kept);
                    kept.extend_from_slice(came);
                    self.handle(kept, &mut left, &mut hear)
                };
                if let Some(done) = done {
                    return Poll::Ready(done);
                }
            }
            // Behind everybody else who is ready.
            cx.waker().wake_by_ref();
            Poll::Pending
        })
    }

    /// Handles bytes that had been kept, and keeps what is left of them.
    fn handle<B>(
        &mut self,
        mut kept: Vec<u8>,
        left: &mut usize,
        hear: &mut impl FnMut(usize, Option<Message<'_>>) -> ControlFlow<B>,
    ) -> Option<Result<B, End>> {
        let (used, done) = take_all(&mut self.frames, &mut kept, left, hear);
        let is_untried = done.is_some() || *left == 0;
        if used == 0 {
            self.kept = kept;
            self.is_untried = is_untried;
        } else {
            // What was needed for a long frame is given back with it.
            self.keep(kept.get(used..).unwrap_or_default(), is_untried);
        }
        done
    }

    fn keep(&mut self, rest: &[u8], is_untried: bool) {
        self.kept = rest.to_vec();
        self.is_untried = is_untried && !rest.is_empty();
    }

    /// Reads and forgets as much as may be read in one turn. Ready with whether the line is closed.
    pub(crate) fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        BUFFER.with_borrow_mut(|buffer| {
            for _ in 0..READS_A_TURN {
                let mut into = ReadBuf::new(buffer);
                let read = ready!(Pin::new(&mut self.half).poll_read(cx, &mut into));
                if read.is_err() || into.filled().is_empty() {
                    return Poll::Ready(true);
                }
            }
            Poll::Ready(false)
        })
    }
}

/// Handles all frames that are whole, as long as `left` is not used up. Says how many bytes they were,
/// and what broke it off.
fn take_all<B>(
    frames: &mut Frames,
    bytes: &mut [u8],
    left: &mut usize,
    hear: &mut impl FnMut(usize, Option<Message<'_>>) -> ControlFlow<B>,
) -> (usize, Option<Result<B, End>>) {
    let mut used = 0;
    while *left > 0 {
        let rest = bytes.get_mut(used..).unwrap_or_default();
        match frames.take(rest) {
            Ok(Step::More) => return (used, None),
            Ok(Step::Took { bytes, heard }) => {
                used += bytes;
                *left -= 1;
                if let ControlFlow::Break(done) = hear(bytes, heard) {
                    return (used, Some(Ok(done)));
                }
            }
            Err(fault) => return (used, Some(Err(End::Fault(fault)))),
        }
    }
    (used, None)
}
