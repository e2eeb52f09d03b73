//! How fast the people of a room may ask, in messages and in bytes.
//!
//! What one person asks is counted for them and not for their line, which they can open anew. And part
//! of the room's pace is left to whoever has the controls, whatever all others ask.

use std::collections::BTreeMap;

use setroom_protocol::{Command, SeatId};

use crate::config::Limits;
use crate::limits::{Bucket, Limit, Rate, Window};

/// Seats that are remembered; beyond that those are forgotten that have waited long enough.
const SEATS: usize = 64;
const MINUTE_MS: u64 = 60_000;

/// What was taken of a room's pace.
#[derive(Debug, Default)]
pub(super) struct Pace {
    all: Bucket,
    /// By those who have not the controls.
    others: Bucket,
    of: BTreeMap<SeatId, Own>,
}

/// What one person has taken of theirs.
#[derive(Debug, Default)]
struct Own {
    shown: Bucket,
    private: Bucket,
    own_keys: Bucket,
    round_keys: Window,
    round_grants: Window,
    bytes: Bucket,
}

/// What is asked, as far as its pace goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// What others see: it counts for the room too.
    Shown,
    /// A text for its author alone. It spends nothing that others could miss, and nobody else is to know
    /// of it, so it has a pace beside.
    Private,
    /// A key of their own, of which every facilitator is sent a wrap.
    OwnKey,
    /// A pair for a round off the record, which every facilitator's page answers: shown, and seldom.
    RoundKey,
    /// An answer to one: shown, and no more of them than a page that keeps to its own pace has.
    RoundGrant,
}

impl Asks {
    pub(super) fn of(command: &Command) -> Self {
        if matches!(command, Command::OwnKey(_)) {
            Self::OwnKey
        } else if matches!(command, Command::OffRecordKey(_)) {
            Self::RoundKey
        } else if matches!(command, Command::OffRecordGrant(_)) {
            Self::RoundGrant
        } else if matches!(command, Command::Put(put) if put.sealed.is_own()) {
            Self::Private
        } else {
            Self::Shown
        }
    }
}

impl Own {
    fn asks(
        &mut self,
        limits: &Limits,
        now_ms: u64,
        what: Asks,
        bytes: usize,
    ) -> Result<(), Limit> {
        let round = match what {
            Asks::RoundKey => Some((&mut self.round_keys, limits.round_keys_per_seat_per_minute)),
            Asks::RoundGrant => {
                Some((&mut self.round_grants, limits.round_grants_per_seat_per_minute))
            }
            Asks::Shown | Asks::Private | Asks::OwnKey => None,
        };
        if let Some((bucket, per)) = round
            && !bucket.take(now_ms, per, MINUTE_MS)
        {
            return Err(Limit::InboundMessages);
        }
        let messages =
            Rate::per_second(limits.inbound_messages_per_second, limits.inbound_messages_burst);
        let (per, burst) = (limits.own_keys_per_seat_per_second, limits.own_keys_per_seat_burst);
        let (bucket, rate) = match what {
            Asks::Shown | Asks::RoundKey | Asks::RoundGrant => (&mut self.shown, messages),
            Asks::Private => (&mut self.private, messages),
            Asks::OwnKey => (&mut self.own_keys, Rate::per_second(per, burst)),
        };
        if !bucket.take(now_ms, 1, rate) {
            return Err(Limit::InboundMessages);
        }
        let kib = |kib: u32| kib.saturating_mul(1024);
        let (per, burst) =
            (limits.inbound_kib_per_seat_per_second, limits.inbound_kib_per_seat_burst);
        let rate = Rate::per_second(kib(per), kib(burst));
        if self.bytes.take(now_ms, bytes as u64, rate) { Ok(()) } else { Err(Limit::InboundBytes) }
    }

    fn is_full(&self, now_ms: u64) -> bool {
        let round = [self.round_keys, self.round_grants];
        let all = [self.shown, self.private, self.own_keys, self.bytes];
        all.iter().all(|bucket| bucket.is_full(now_ms))
            && round.iter().all(|window| window.is_full(now_ms, MINUTE_MS))
    }
}

impl Pace {
    /// Somebody asks for something, in a message of so many bytes. The limit that this is over, if it is.
    pub(super) fn asks(
        &mut self,
        limits: &Limits,
        now_ms: u64,
        seat: Option<SeatId>,
        has_controls: bool,
        (what, bytes): (Asks, usize),
    ) -> Result<(), Limit> {
        if let Some(seat) = seat {
            if self.of.len() >= SEATS {
                self.of.retain(|_, own| !own.is_full(now_ms));
            }
            self.of.entry(seat).or_default().asks(limits, now_ms, what, bytes)?;
        }
        if matches!(what, Asks::Private | Asks::OwnKey) {
            return Ok(());
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

    /// A press.
    const PRESS: (Asks, usize) = (Asks::Shown, 100);

    /// How many of these one person may ask for at this moment.
    fn may(pace: &mut Pace, limits: &Limits, now_ms: u64, what: Asks, bytes: usize) -> usize {
        let asks = |_: &u32| pace.asks(limits, now_ms, seat(1), false, (what, bytes)).is_ok();
        (0..1000_u32).take_while(asks).count()
    }

    #[test]
    fn one_person_has_a_pace_in_bytes_whatever_they_ask() {
        let mut limits = config::load(&Flags::default(), []).unwrap().config.limits;
        limits.inbound_messages_burst = 1000;
        limits.inbound_room_messages_per_second = 1000;
        // The largest text there is, in its command.
        const LONGEST: usize = 11_400;
        for what in [Asks::Shown, Asks::Private] {
            let mut pace = Pace::default();
            assert_eq!(may(&mut pace, &limits, 1000, what, LONGEST), 22, "at once");
            assert_eq!(may(&mut pace, &limits, 1000, Asks::Shown, LONGEST), 0, "on any line");
            assert_eq!(may(&mut pace, &limits, 11_000, what, LONGEST), 22, "in ten seconds");
            let over = pace.asks(&limits, 11_000, seat(1), false, (what, LONGEST));
            assert_eq!(over, Err(Limit::InboundBytes));
            // Others have theirs, and a press is short.
            assert!(pace.asks(&limits, 11_000, seat(2), false, (what, LONGEST)).is_ok());
        }
    }

    #[test]
    fn private_texts_and_own_keys_have_a_pace_beside_and_own_keys_a_slow_one() {
        let mut limits = config::load(&Flags::default(), []).unwrap().config.limits;
        limits.inbound_room_messages_per_second = 10;
        let mut pace = Pace::default();
        assert_eq!(may(&mut pace, &limits, 1000, Asks::Private, 100), 40);
        assert_eq!(may(&mut pace, &limits, 1000, Asks::OwnKey, 100), 8);
        let over = pace.asks(&limits, 1000, seat(1), false, (Asks::OwnKey, 100));
        assert_eq!(over, Err(Limit::InboundMessages));
        // Four in five of the twenty that the room may at once, as if nothing had been.
        assert_eq!(may(&mut pace, &limits, 1000, Asks::Shown, 100), 16);
        assert_eq!(may(&mut pace, &limits, 3000, Asks::OwnKey, 100), 2);
    }

    #[test]
    fn pairs_for_a_round_come_seldom_and_count_for_the_room_too() {
        let mut limits = config::load(&Flags::default(), []).unwrap().config.limits;
        let mut pace = Pace::default();
        assert_eq!(may(&mut pace, &limits, 1000, Asks::RoundKey, 600), 12, "at once");
        assert_eq!(may(&mut pace, &limits, 31_000, Asks::RoundKey, 600), 0, "in half a minute");
        assert_eq!(may(&mut pace, &limits, 69_000, Asks::RoundKey, 600), 12, "in the next");
        // Presses and grants are no fewer for it.
        assert_eq!(may(&mut pace, &limits, 79_000, Asks::RoundGrant, 600), 40);
        limits.inbound_messages_burst = 10_000;
        assert_eq!(
            may(&mut pace, &limits, 99_000, Asks::RoundGrant, 600),
            160,
            "of the room's burst"
        );
        limits.inbound_room_messages_per_second = 1000;
        let (keys, mut other) = ((Asks::RoundKey, 600), Pace::default());
        assert_eq!(may(&mut other, &limits, 1000, Asks::RoundGrant, 600), 300);
        assert!(other.asks(&limits, 1000, seat(2), false, keys).is_ok(), "others have theirs");
    }

    #[test]
    fn one_person_has_their_own_pace_and_the_controls_a_part_of_the_rooms() {
        let (limits, mut pace) = (limits(), Pace::default());
        let mut may = |n: u8, now_ms: u64, has_controls: bool| {
            let asks = |_: &u32| pace.asks(&limits, now_ms, seat(n), has_controls, PRESS).is_ok();
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
            pace.asks(&limits, u64::from(n) * 1000, seat(n), false, PRESS).unwrap();
            assert!(pace.of.len() <= SEATS);
        }
    }
}
