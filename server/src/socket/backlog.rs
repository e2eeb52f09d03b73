//! What waits for a member whose line takes nothing at the moment.

use std::collections::VecDeque;

use bytes::{Buf, Bytes};

use crate::config::Limits;

/// Bytes on their way to one member, in order.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    pieces: VecDeque<Bytes>,
    bytes: usize,
    /// Bytes of a whole view at the front, which count towards no bound: a peer with a thin line
    /// must be able to come in to a room that is full of texts.
    welcome: usize,
    /// The first piece has been written in part, so it must be finished before anything else.
    is_partly_out: bool,
}

impl Backlog {
    /// Adds pieces of which the first `written` bytes are out already. `free` of their bytes count
    /// towards no bound.
    pub(super) fn add(&mut self, pieces: &[Bytes], written: usize, free: usize) {
        let mut written = written;
        self.welcome += free.saturating_sub(written);
        for piece in pieces {
            let out = written.min(piece.len());
            written -= out;
            if out == piece.len() {
                continue;
            }
            let mut piece = piece.clone();
            piece.advance(out);
            self.is_partly_out |= out > 0;
            self.bytes += piece.len();
            self.pieces.push_back(piece);
        }
    }

    /// Whether more waits than may wait for one member.
    pub(super) fn is_over(&self, limits: &Limits) -> bool {
        let most = usize::try_from(limits.outbox_frames).unwrap_or(usize::MAX);
        let counted = self.bytes.saturating_sub(self.welcome);
        self.pieces.len() > most || counted > limits.outbox_bytes()
    }

    /// Forgets all but a piece that is on its way, since frames must not be cut.
    pub(super) fn cut(&mut self) {
        self.pieces.truncate(usize::from(self.is_partly_out));
        self.bytes = self.pieces.iter().map(Bytes::len).sum();
        self.welcome = self.welcome.min(self.bytes);
    }

    pub(super) fn pieces(&self) -> impl ExactSizeIterator<Item = &Bytes> {
        self.pieces.iter()
    }

    /// So many bytes went out. Says whether nothing is left.
    pub(super) fn wrote(&mut self, mut written: usize) -> bool {
        self.bytes = self.bytes.saturating_sub(written);
        self.welcome = self.welcome.saturating_sub(written);
        while let Some(front) = self.pieces.front_mut() {
            if written < front.len() {
                front.advance(written);
                self.is_partly_out |= written > 0;
                return false;
            }
            written -= front.len();
            self.pieces.pop_front();
            self.is_partly_out = false;
        }
        true
    }
}
