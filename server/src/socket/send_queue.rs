//! The send queue: what waits for a member whose line takes nothing at the moment.

use std::collections::VecDeque;

use bytes::{Buf, Bytes};

use crate::config::{Limits, kib};
use crate::limits::Charge;

/// What a peer begins with: one message, of which the middle is the same bytes for all who begin
/// at the same place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Welcome {
    pub(crate) head: Bytes,
    /// Counted by whoever made it, and not once for each line.
    pub(crate) shared: Bytes,
    pub(crate) tail: Bytes,
}

impl Welcome {
    /// All that was missed, which is whole frames for this line alone.
    pub(crate) fn missed(head: Vec<u8>) -> Self {
        Self { head: head.into(), ..Self::default() }
    }
}

/// How pieces belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Each is whole frames.
    Frames,
    /// They are one [`Welcome`].
    Welcome,
}

#[derive(Debug)]
struct Piece {
    bytes: Bytes,
    /// The message goes on in the next piece.
    goes_on: bool,
    is_shared: bool,
}

/// Bytes on their way to one member, in order.
#[derive(Debug)]
pub(super) struct SendQueue {
    pieces: VecDeque<Piece>,
    bytes: usize,
    /// Of these, bytes that are in memory for this line alone.
    own: usize,
    /// Bytes of a whole view at the front, which count towards no bound of one line: a peer with a
    /// thin line must be able to come in to a room that is full of texts.
    welcome: usize,
    /// The first piece belongs to a message of which some is out, so that must be finished before
    /// anything else.
    is_partly_out: bool,
    /// The answer to the newest ping. It goes out behind everything else, and an older one never.
    pong: Option<Bytes>,
    charge: Charge,
}

impl SendQueue {
    /// Nothing yet; what will wait is counted in `charge`.
    pub(super) fn new(charge: Charge) -> Self {
        Self {
            pieces: VecDeque::new(),
            bytes: 0,
            own: 0,
            welcome: 0,
            is_partly_out: false,
            pong: None,
            charge,
        }
    }

    /// Adds pieces of which the first `written` bytes are out already.
    pub(super) fn add(&mut self, pieces: &[Bytes], written: usize, kind: Kind) {
        let mut written = written;
        let is_welcome = kind == Kind::Welcome;
        let last = pieces.iter().rposition(|piece| !piece.is_empty());
        for (place, piece) in pieces.iter().enumerate() {
            let goes_on = is_welcome && last.is_some_and(|last| place < last);
            let out = written.min(piece.len());
            written -= out;
            if out > 0 {
                self.is_partly_out = goes_on || out < piece.len();
            }
            if out == piece.len() {
                continue;
            }
            let mut bytes = piece.clone();
            bytes.advance(out);
            let is_shared = is_welcome && place == 1;
            self.bytes += bytes.len();
            self.own += if is_shared { 0 } else { bytes.len() };
            self.welcome += if is_welcome { bytes.len() } else { 0 };
            self.pieces.push_back(Piece { bytes, goes_on, is_shared });
        }
        self.charge.set(self.own);
    }

    /// Answers the newest ping, once there is room for it.
    pub(super) fn answer_ping(&mut self, pong: Bytes) {
        self.pong = Some(pong);
    }

    /// No ping is answered any more, as nothing may follow what comes now.
    pub(super) fn answer_no_ping(&mut self) {
        self.pong = None;
    }

    /// Whether more waits than may wait for one member.
    pub(super) fn is_over(&self, limits: &Limits) -> bool {
        let most = usize::try_from(limits.outbox_frames).unwrap_or(usize::MAX);
        let counted = self.bytes.saturating_sub(self.welcome);
        self.pieces.len() > most || counted > kib(limits.outbox_kib)
    }

    /// Forgets all but a message that is on its way, since frames must not be cut. Says how many
    /// bytes of it are left.
    pub(super) fn cut(&mut self) -> usize {
        let ends = self.pieces.iter().position(|piece| !piece.goes_on);
        let kept = if self.is_partly_out { ends.map_or(0, |end| end + 1) } else { 0 };
        self.pieces.truncate(kept);
        let lengths = |own: bool| {
            let counted = self.pieces.iter().filter(|piece| !(own && piece.is_shared));
            counted.map(|piece| piece.bytes.len()).sum()
        };
        (self.bytes, self.own) = (lengths(false), lengths(true));
        self.welcome = self.welcome.min(self.bytes);
        self.charge.set(self.own);
        self.bytes
    }

    pub(super) fn pieces(&self) -> impl ExactSizeIterator<Item = &Bytes> {
        self.pieces.iter().map(|piece| &piece.bytes)
    }

    /// So many bytes went out. Says whether nothing is left.
    pub(super) fn wrote(&mut self, mut written: usize) -> bool {
        if written > 0 {
            self.charge.took();
        }
        self.bytes = self.bytes.saturating_sub(written);
        self.welcome = self.welcome.saturating_sub(written);
        while let Some(front) = self.pieces.front_mut() {
            let out = written.min(front.bytes.len());
            if !front.is_shared {
                self.own = self.own.saturating_sub(out);
            }
            if written < front.bytes.len() {
                front.bytes.advance(out);
                self.is_partly_out |= out > 0;
                self.charge.set(self.own);
                return false;
            }
            written -= out;
            self.is_partly_out = front.goes_on;
            self.pieces.pop_front();
        }
        let Some(pong) = self.pong.take() else { return true };
        self.add(&[pong], 0, Kind::Frames);
        false
    }
}
