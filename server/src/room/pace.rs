//! How fast the people of a room may ask for what others see.
//!
//! What one person asks is counted for them and not for their line, which they can open anew. And part
//! of the room's pace is left to whoever has the controls, whatever all others ask.

use std::collections::BTreeMap;

use setroom_protocol::SeatId;

use crate::config::Limits;
use crate::limits::{Bucket, Limit, Rate};

/// Seats that are remembered; beyond that those are forgotten that have waited long enough.
const SEATS: usize = 64;

/// What was taken of a room's pace.
#[derive(Debug, Default)]
pub(super) struct Pace {
    all: Bucket,
    /// By those who have not the controls.
    others: Bucket,
    of: BTreeMap<SeatId, Bucket>,
}

impl Pace {
    /// Somebody asks for something. The limit that this is over, if it is.
    pub(super) fn asks(
        &mut self,
        limits: &Limits,
        now_ms: u64,
        seat: Option<SeatId>,
        has_controls: bool,
    ) -> Result<(), Limit> {
        if let Some(seat) = seat {
            if self.of.len() >= SEATS {
                self.of.retain(|_, bucket| !bucket.is_full(now_ms));
            }
            let (per, burst) = (limits.inbound_messages_per_second, limits.inbound_messages_burst);
            if !self.of.entry(seat).or_default().take(now_ms, 1, Rate::per_second(per, burst)) {
                return Err(Limit::InboundMessages);
            }
        }
        let per = limits.inbound_room_messages_per_second;
        let all = Rate::per_second(per, per.saturating_mul(2));
        // Four in five; the burst too.
        let others = Rate { period: 1250, burst: all.burst.saturating_mul(4).div_ceil(5), ..all };
        if !has_controls && !self.others.take(now_ms, 1, others) {
            return Err(Limit::InboundRoomMessages);
        }
        if self.all.take(now_ms, 1, all) { Ok(()) } else { Err(Limit::InboundRoomMessages) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Flags};

    fn seat(n: u8) -> Option<SeatId> {
        Some(SeatId::from_bytes([n; 16]))
    }

    fn limits() -> Limits {
        let mut limits = config::load(&Flags::default(), []).unwrap().config.limits;
        (limits.inbound_messages_per_second, limits.inbound_messages_burst) = (2, 8);
        limits.inbound_room_messages_per_second = 10;
        limits
    }

    #[test]
    fn one_person_has_their_own_pace_and_the_controls_a_part_of_the_rooms() {
        let (limits, mut pace) = (limits(), Pace::default());
        let mut may = |n: u8, now_ms: u64, has_controls: bool| {
            let asks = |_: &u32| pace.asks(&limits, now_ms, seat(n), has_controls).is_ok();
            (0..100_u32).take_while(asks).count()
        };
        assert_eq!((may(1, 1000, false), may(2, 1000, false), may(3, 1000, false)), (8, 8, 0));
        assert_eq!((may(4, 1000, true), may(5, 1000, true)), (4, 0), "of twenty");
        // A second later: two for each seat, eight for all who have not the controls, ten in all. What
        // was refused for the room's pace has counted for the seat.
        assert_eq!((may(1, 2000, false), may(2, 2000, false), may(4, 2000, true)), (2, 2, 5));
    }

    #[test]
    fn seats_are_not_remembered_for_ever() {
        let (mut limits, mut pace) = (limits(), Pace::default());
        limits.inbound_room_messages_per_second = 100_000;
        for n in 0..=u8::MAX {
            pace.asks(&limits, u64::from(n) * 1000, seat(n), false).unwrap();
            assert!(pace.of.len() <= SEATS);
        }
    }
}
