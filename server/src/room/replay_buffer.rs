//! The last frames of a room, for those who come back (a replay buffer).
//!
//! A frame is kept for a minute or two. Whoever was away for longer gets the whole view, which by
//! then is hardly more; and a room in which nothing happens holds nothing but its state.

use std::collections::VecDeque;

use bytes::Bytes;
use setroom_protocol::{Seq, Timestamp, limits};

/// By so many bytes a ring grows at least, and else by a quarter: doubling would leave half of it
/// empty, in thousands of rooms.
const GROWTH: usize = 4096;

/// Shared frames by their place: the very bytes that went to everybody.
///
/// They lie in one piece of memory. In pieces of their own they would lie between things that stay,
/// and giving them up would make the process no smaller.
#[derive(Debug)]
pub(super) struct ReplayBuffer {
    /// The place of the change before the oldest frame.
    before: Seq,
    /// All frames, one behind the other.
    bytes: VecDeque<u8>,
    /// How long each of them is.
    lengths: VecDeque<u32>,
    /// How many of the frames were there at the last sweep already. The next one takes them.
    old: usize,
    /// When that is; `None` while there are no frames, so that a quiet room sleeps.
    sweep_at: Option<Timestamp>,
    /// Bytes that are kept at most, but for a last frame that is longer by itself.
    most: usize,
}

/// Frames in a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Missed {
    /// How many.
    pub(super) frames: usize,
    /// All of them, one behind the other.
    pub(super) bytes: Vec<u8>,
}

impl ReplayBuffer {
    /// A ring that begins after the change with this place, and holds at most so many bytes.
    pub(super) fn new(before: Seq, most: usize) -> Self {
        let (bytes, lengths) = (VecDeque::new(), VecDeque::new());
        Self { before, bytes, lengths, old: 0, sweep_at: None, most }
    }

    /// Keeps the frame of the next change.
    pub(super) fn push(&mut self, frame: &Bytes, now: Timestamp) {
        if self.lengths.len() >= limits::RING_FRAMES {
            self.forget(1);
        }
        while !self.lengths.is_empty() && self.bytes.len() + frame.len() > self.most {
            self.forget(1);
        }
        if self.bytes.capacity() - self.bytes.len() < frame.len() {
            let more = GROWTH.max(self.bytes.len() / 4);
            self.bytes.reserve_exact(frame.len().max(more));
        }
        self.bytes.extend(frame.as_ref());
        // A frame is far shorter than 4 GiB: a command is, and texts have their bounds.
        self.lengths.push_back(u32::try_from(frame.len()).unwrap_or(u32::MAX));
        self.sweep_at.get_or_insert(now.plus(limits::RING_MS));
    }

    /// What the frames take.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// When the next frames are to be given up.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.sweep_at
    }

    /// Gives up the frames that were there at the sweep before, when it is time for the next one.
    pub(super) fn sweep(&mut self, now: Timestamp) {
        while let Some(at) = self.sweep_at.filter(|at| *at <= now) {
            self.forget(self.old);
            self.old = self.lengths.len();
            self.bytes.shrink_to_fit();
            self.lengths.shrink_to_fit();
            self.sweep_at = (self.old > 0).then(|| at.plus(limits::RING_MS));
        }
    }

    fn forget(&mut self, count: usize) {
        let count = count.min(self.lengths.len());
        let bytes = length_of(self.lengths.drain(..count));
        self.bytes.drain(..bytes);
        self.old = self.old.saturating_sub(count);
        self.before = Seq(self.before.0 + count as u64);
    }

    /// Every frame after the change with this place; `None` when they are not all kept, or when
    /// there never was such a change.
    pub(super) fn after(&self, seq: Seq) -> Option<Missed> {
        let skip = usize::try_from(seq.0.checked_sub(self.before.0)?).ok()?;
        let frames = self.lengths.len().checked_sub(skip)?;
        let begin = length_of(self.lengths.iter().take(skip).copied());
        Some(Missed { frames, bytes: self.bytes.range(begin..).copied().collect() })
    }

    /// Forgets every frame up to the change with this place.
    pub(super) fn clear(&mut self, seq: Seq) {
        *self = Self::new(seq, self.most);
    }
}

fn length_of(lengths: impl Iterator<Item = u32>) -> usize {
    lengths.map(|length| length as usize).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(from: u64, to: u64, now: u64) -> ReplayBuffer {
        let mut ring = ReplayBuffer::new(Seq(from - 1), 1_000_000);
        (from..=to).for_each(|n| ring.push(&frame(n), Timestamp(now)));
        ring
    }

    /// The frames after a place. In these tests each is a number in square brackets.
    fn after(ring: &ReplayBuffer, seq: u64) -> Option<Vec<String>> {
        let missed = ring.after(Seq(seq))?;
        let text = String::from_utf8(missed.bytes).unwrap();
        let frames: Vec<_> = text.split_terminator(']').map(|f| f[1..].to_owned()).collect();
        assert_eq!(frames.len(), missed.frames);
        Some(frames)
    }

    fn frame(n: u64) -> Bytes {
        format!("[{n}]").into()
    }

    #[test]
    fn what_is_kept_is_given_whole() {
        let ring = filled(8, 600, 0);
        assert_eq!(after(&ring, 598), Some(vec!["599".into(), "600".into()]));
        assert_eq!(after(&ring, 600), Some(vec![]));
        assert_eq!(after(&ring, 601), None, "the future is not kept");
        assert_eq!(after(&ring, 88).unwrap().len(), 512);
        assert_eq!(after(&ring, 87), None, "too old");
    }

    #[test]
    fn a_quiet_ring_empties_in_two_sweeps_and_then_sleeps() {
        let mut ring = filled(1, 3, 1_000);
        let first = Timestamp(1_000 + limits::RING_MS);
        assert_eq!(ring.due(), Some(first));
        ring.sweep(Timestamp(first.0 - 1));
        ring.push(&frame(4), Timestamp(first.0 - 1));
        assert_eq!(after(&ring, 0).unwrap().len(), 4, "not before it is time");
        ring.sweep(first);
        assert_eq!(after(&ring, 0).unwrap().len(), 4, "each is kept for a whole round");
        ring.push(&frame(5), first.plus(1));
        ring.sweep(first.plus(limits::RING_MS));
        assert_eq!(after(&ring, 3), None);
        assert_eq!(after(&ring, 4), Some(vec!["5".into()]));
        ring.sweep(first.plus(2 * limits::RING_MS));
        assert_eq!(ring.due(), None);
        assert_eq!((after(&ring, 4), after(&ring, 5)), (None, Some(vec![])));
    }

    #[test]
    fn a_ring_of_long_frames_forgets_the_oldest_by_their_bytes() {
        let mut ring = ReplayBuffer::new(Seq(0), 10);
        (1..=4).for_each(|n| ring.push(&frame(n), Timestamp(0)));
        assert_eq!((after(&ring, 0), after(&ring, 1).unwrap().len()), (None, 3));
        ring.push(&"[a very long one]".into(), Timestamp(0));
        assert_eq!((after(&ring, 3), after(&ring, 4).unwrap().len()), (None, 1));
    }

    #[test]
    fn a_full_ring_forgets_the_oldest_of_those_that_are_to_go() {
        let mut ring = filled(1, 512, 0);
        ring.sweep(Timestamp(limits::RING_MS));
        (513..=600).for_each(|n| ring.push(&frame(n), Timestamp(limits::RING_MS)));
        assert_eq!(after(&ring, 88).unwrap().len(), 512);
        ring.sweep(Timestamp(2 * limits::RING_MS));
        assert_eq!(after(&ring, 511), None);
        assert_eq!(after(&ring, 512).unwrap().len(), 88);
    }
}
