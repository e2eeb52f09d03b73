//! The rate limit of one room's door: of those who knock, and of those who come back.
//!
//! Whoever knocks spends nothing of what the people inside may do, and one address spends no more
//! than half of what all may who knock.

use std::collections::BTreeMap;
use std::net::IpAddr;

use setroom_protocol::SeatId;

use crate::config::Limits;
use crate::limits::{Bucket, Limit, Rate};

/// Addresses that are remembered; beyond that those are forgotten that have waited long enough.
const SOURCES: usize = 64;

/// The rate limits of one door.
#[derive(Debug, Default)]
pub(super) struct DoorRateLimit {
    knocks: Bucket,
    of: BTreeMap<IpAddr, Bucket>,
    returns: BTreeMap<SeatId, Bucket>,
}

impl DoorRateLimit {
    /// Somebody knocks. The limit that this is over, if it is.
    pub(super) fn knock(
        &mut self,
        limits: &Limits,
        now_ms: u64,
        network: Option<IpAddr>,
    ) -> Result<(), Limit> {
        let all = Rate::per_second(limits.knocks_per_set_per_second, limits.knocks_per_set_burst);
        if let Some(network) = network {
            if self.of.len() >= SOURCES {
                self.of.retain(|_, bucket| !bucket.is_full(now_ms));
            }
            // Where so many addresses are at one door, what all share is all that is counted.
            let is_room = self.of.len() < SOURCES || self.of.contains_key(&network);
            if is_room {
                let own = self.of.entry(network).or_default();
                if !own.take(now_ms, 1, half(all)) {
                    return Err(Limit::KnocksPerSet);
                }
            }
        }
        if self.knocks.take(now_ms, 1, all) { Ok(()) } else { Err(Limit::KnocksPerSet) }
    }

    /// Whether an address has most of what it may still to spend at this door.
    pub(super) fn is_calm(&self, limits: &Limits, now_ms: u64, network: Option<IpAddr>) -> bool {
        let all = Rate::per_second(limits.knocks_per_set_per_second, limits.knocks_per_set_burst);
        let Some(mut own) = network.map(|of| self.of.get(&of).copied().unwrap_or_default()) else {
            return true;
        };
        own.take(now_ms, half(all).burst.div_ceil(2), half(all))
    }

    /// Somebody comes back to their seat. The limit that this is over, if it is.
    pub(super) fn comes_back(
        &mut self,
        limits: &Limits,
        now_ms: u64,
        seat: SeatId,
    ) -> Result<(), Limit> {
        self.returns.retain(|other, bucket| *other == seat || !bucket.is_full(now_ms));
        let (per, burst) = (limits.returns_per_seat_per_minute, limits.returns_per_seat_burst);
        let rate = Rate { per, period: 60_000, burst: burst.into() };
        let may = self.returns.entry(seat).or_default().take(now_ms, 1, rate);
        if may { Ok(()) } else { Err(Limit::ReturnsPerSeat) }
    }
}

/// What one address may of it: so many in two seconds.
fn half(all: Rate) -> Rate {
    Rate { period: 2000, burst: all.burst.div_ceil(2), ..all }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Flags};

    fn limits() -> Limits {
        let mut limits = config::load(&Flags::default(), []).unwrap().config.limits;
        (limits.knocks_per_set_per_second, limits.knocks_per_set_burst) = (2, 8);
        (limits.returns_per_seat_per_minute, limits.returns_per_seat_burst) = (60, 3);
        limits
    }

    #[test]
    fn one_address_leaves_half_of_the_door_to_others() {
        let (limits, mut rate_limit) = (limits(), DoorRateLimit::default());
        let mut knocks = |address: &str| {
            let network = address.parse().ok();
            (0..20).take_while(|_| rate_limit.knock(&limits, 1000, network).is_ok()).count()
        };
        assert_eq!((knocks("192.0.2.1"), knocks("192.0.2.2"), knocks("192.0.2.3")), (4, 4, 0));
        assert!(rate_limit.knock(&limits, 2000, "192.0.2.1".parse().ok()).is_ok());
        assert!(rate_limit.knock(&limits, 2000, "192.0.2.1".parse().ok()).is_err());
    }

    #[test]
    fn many_addresses_are_not_remembered_for_ever() {
        let (mut limits, mut rate_limit) = (limits(), DoorRateLimit::default());
        limits.knocks_per_set_burst = 10_000;
        for n in 0..1000_u32 {
            let network = std::net::Ipv4Addr::from_bits(n).into();
            rate_limit.knock(&limits, u64::from(n), Some(network)).unwrap();
            assert!(rate_limit.of.len() <= SOURCES);
        }
    }

    #[test]
    fn one_person_comes_back_so_often_and_others_as_they_like() {
        let (limits, mut rate_limit) = (limits(), DoorRateLimit::default());
        let [ann, ben] = [1, 2].map(|n| SeatId::from_bytes([n; 16]));
        for _ in 0..3 {
            rate_limit.comes_back(&limits, 1000, ann).unwrap();
        }
        assert_eq!(rate_limit.comes_back(&limits, 1000, ann), Err(Limit::ReturnsPerSeat));
        rate_limit.comes_back(&limits, 1000, ben).unwrap();
        rate_limit.comes_back(&limits, 2000, ann).unwrap();
        rate_limit.comes_back(&limits, 10_000, ben).unwrap();
        assert_eq!(rate_limit.returns.len(), 1);
    }
}
