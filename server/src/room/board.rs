//! What is shown again as a whole whenever it moves: who is there and which round off the record is on, who
//! waits at the door, lines that wait, who attended.
//!
//! One frame for all who see it, none for whoever has it, and a pace in bytes: people at the door, and
//! members who come and go, make it move as often as they like.

use bytes::Bytes;
use setroom_protocol::ServerFrame;

use crate::config::Limits;
use crate::limits::{Bucket, Rate};
use crate::socket::text;

/// Something that is shown whole.
#[derive(Debug)]
pub(super) struct Board<T> {
    shown: Option<(T, Bytes)>,
    /// How many forms of it were shown; 0 as long as none was.
    version: u64,
    pace: Bucket,
    /// When it may be shown as it is now, where that had to wait.
    due_ms: Option<u64>,
}

/// The newest form of a board that somebody was sent; that of nobody yet is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen(u64);

impl<T> Default for Board<T> {
    fn default() -> Self {
        Self { shown: None, version: 0, pace: Bucket::new(), due_ms: None }
    }
}

impl<T: Clone + PartialEq> Board<T> {
    /// It is so now. Where that is something else than is shown, it is shown from now on, or as soon as
    /// the pace lets it: as it will be then.
    pub(super) fn set(
        &mut self,
        limits: &Limits,
        now_ms: u64,
        now: T,
        frame: impl FnOnce(T) -> ServerFrame,
    ) {
        self.due_ms = None;
        if self.shown.as_ref().is_some_and(|(shown, _)| *shown == now) {
            return;
        }
        let rate = rate(limits);
        let ready = self.pace.ready_ms(now_ms, rate);
        if ready > now_ms {
            self.due_ms = Some(ready);
            return;
        }
        let frame = text(&frame(now.clone()));
        self.pace.overdraw(now_ms, frame.len() as u64, rate);
        self.shown = Some((now, frame));
        self.version += 1;
    }

    /// What is shown, for whoever was sent this of it last, if that is something else.
    pub(super) fn news(&self, seen: &mut Seen) -> Option<Bytes> {
        let is_new = seen.0 != self.version;
        seen.0 = self.version;
        self.shown.as_ref().filter(|_| is_new).map(|(_, frame)| frame.clone())
    }

    /// What is shown.
    pub(super) fn shown(&self) -> Option<&T> {
        self.shown.as_ref().map(|(shown, _)| shown)
    }

    /// When it is to be set again, whatever has moved.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.due_ms
    }

    /// It is not set again for now: nobody is to see it.
    pub(super) fn rest(&mut self) {
        self.due_ms = None;
    }

    /// Whether it may be shown as often as one that was never shown.
    pub(super) fn is_rested(&self, now_ms: u64) -> bool {
        self.pace.is_full(now_ms)
    }
}

/// The pace of what one browser is shown piece by piece, and not as a whole.
#[derive(Debug, Default)]
pub(super) struct Lane {
    pace: Bucket,
    /// When it may be shown more, where that had to wait.
    due_ms: Option<u64>,
}

impl Lane {
    /// Nothing waits, as far as is known by now.
    pub(super) fn rest(&mut self) {
        self.due_ms = None;
    }

    /// Whether it may be shown something now. If not, that is due as soon as it may.
    pub(super) fn may(&mut self, limits: &Limits, now_ms: u64) -> bool {
        let ready = self.pace.ready_ms(now_ms, rate(limits));
        self.due_ms = (ready > now_ms).then_some(ready);
        self.due_ms.is_none()
    }

    /// So many bytes were shown.
    pub(super) fn took(&mut self, limits: &Limits, now_ms: u64, bytes: usize) {
        self.pace.overdraw(now_ms, bytes as u64, rate(limits));
    }

    /// When something that had to wait is to be shown.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.due_ms
    }
}

fn rate(limits: &Limits) -> Rate {
    let bytes = |kib: u32| kib.saturating_mul(1024);
    Rate::per_second(bytes(limits.shown_kib_per_second), bytes(limits.shown_kib_burst))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use setroom_protocol::SeatId;

    use super::*;
    use crate::config::{self, Flags};

    type People = BTreeSet<SeatId>;

    fn limits() -> Limits {
        let mut limits = config::load(&Flags::default(), []).unwrap().config.limits;
        (limits.shown_kib_per_second, limits.shown_kib_burst) = (1, 4);
        limits
    }

    fn people(n: u8) -> People {
        (0..n).map(|n| SeatId::from_bytes([n; 16])).collect()
    }

    fn set(board: &mut Board<People>, limits: &Limits, now_ms: u64, here: u8) {
        board.set(limits, now_ms, people(here), |here| ServerFrame::Presence {
            here: here.into_iter().collect(),
            no_facilitator_since: None,
            off_record: None,
        });
    }

    #[test]
    fn what_has_not_moved_is_made_into_no_frame_and_sent_to_nobody_again() {
        let (limits, mut board) = (limits(), Board::default());
        let (mut ann, mut ben) = (Seen::default(), Seen::default());
        assert!(board.news(&mut ann).is_none(), "nothing was shown");
        set(&mut board, &limits, 0, 3);
        let first = board.news(&mut ann).unwrap();
        for _ in 0..1000 {
            set(&mut board, &limits, 0, 3);
            assert!(board.news(&mut ann).is_none());
        }
        // Whoever comes later is sent the very bytes that all others were.
        assert_eq!(board.news(&mut ben).unwrap().as_ptr(), first.as_ptr());
        assert_eq!(board.version, 1);
    }

    #[test]
    fn what_comes_piece_by_piece_comes_at_the_same_pace_and_is_due_only_where_something_waits() {
        let (limits, mut lane, mut bytes) = (limits(), Lane::default(), 0);
        for now_ms in 0..10_000 {
            if lane.may(&limits, now_ms) {
                lane.took(&limits, now_ms, 500);
                bytes += 500;
            } else {
                assert!(lane.due_ms().unwrap() > now_ms, "no turn of the room without need");
            }
        }
        assert!(
            (13_500..15_500).contains(&bytes),
            "4 KiB, ten seconds of 1 KiB, one piece: {bytes}"
        );
        lane.rest();
        assert_eq!(lane.due_ms(), None);
    }

    #[test]
    fn it_moves_as_often_as_it_likes_and_is_shown_at_its_pace_and_the_newest_in_the_end() {
        let (limits, mut board) = (limits(), Board::default());
        let (mut seen, mut bytes, mut now_ms) = (Seen::default(), 0, 0);
        for n in 0..10_000_u64 {
            now_ms = n;
            set(&mut board, &limits, now_ms, u8::try_from(n % 24).unwrap());
            bytes += board.news(&mut seen).map_or(0, |frame| frame.len());
        }
        assert!((12_000..15_500).contains(&bytes), "4 KiB, ten seconds of 1 KiB, a frame: {bytes}");
        while let Some(due) = board.due_ms() {
            assert!(due > now_ms, "no turn of the room without need");
            now_ms = due;
            set(&mut board, &limits, now_ms, 23);
        }
        assert_eq!(board.shown(), Some(&people(23)));
        assert!(board.news(&mut seen).is_some());
    }
}
