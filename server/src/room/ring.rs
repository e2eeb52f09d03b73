//! The last frames of a room, for those who come back.

use std::collections::VecDeque;

use bytes::Bytes;
use setroom_protocol::{Seq, limits};

/// Shared frames by their place: the very bytes that went to everybody.
#[derive(Debug)]
pub(super) struct Ring {
    /// The place of the change before the oldest frame.
    before: Seq,
    frames: VecDeque<Bytes>,
}

impl Ring {
    /// A ring that begins after the change with this place.
    pub(super) fn new(before: Seq) -> Self {
        Self { before, frames: VecDeque::new() }
    }

    /// Keeps the frame of the next change.
    pub(super) fn push(&mut self, frame: Bytes) {
        if self.frames.len() >= limits::RING_FRAMES {
            self.frames.pop_front();
            self.before = self.before.next();
        }
        self.frames.push_back(frame);
    }

    /// Every frame after the change with this place; `None` when they are not all kept, or when
    /// there never was such a change.
    pub(super) fn after(&self, seq: Seq) -> Option<impl Iterator<Item = &Bytes>> {
        let skip = usize::try_from(seq.0.checked_sub(self.before.0)?).ok()?;
        (skip <= self.frames.len()).then(|| self.frames.iter().skip(skip))
    }

    /// Forgets every frame up to the change with this place.
    pub(super) fn clear(&mut self, seq: Seq) {
        *self = Self::new(seq);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_given_whole() {
        let mut ring = Ring::new(Seq(7));
        for n in 8..=600_u64 {
            ring.push(Bytes::from(n.to_string()));
        }
        let after = |seq| {
            ring.after(Seq(seq)).map(|frames| {
                frames.map(|b| String::from_utf8(b.to_vec()).unwrap()).collect::<Vec<_>>()
            })
        };
        assert_eq!(after(598), Some(vec!["599".into(), "600".into()]));
        assert_eq!(after(600), Some(vec![]));
        assert_eq!(after(601), None, "the future is not kept");
        assert_eq!(after(88).unwrap().len(), 512);
        assert_eq!(after(87), None, "too old");
    }
}
