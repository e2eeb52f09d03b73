//! The rate limit of one room's door: of those who knock, and of those who come back.
//!
//! Whoever knocks spends nothing of what the people inside may do, and one address, or one network of
//! somebody who has many, spends no more than half of what all may who knock.

use std::collections::BTreeMap;
use std::net::IpAddr;

use setroom_protocol::SeatId;

use crate::config::Limits;
use crate::limits::{Bucket, DoorAddresses, Limit, Rate};

/// The rate limits of one door.
#[derive(Debug)]
pub(super) struct DoorRateLimit {
    knocks: Bucket,
    /// Those by the host's own link, whichever browser it is.
    hosts: Bucket,
    of: DoorAddresses,
    returns: BTreeMap<SeatId, Bucket>,
}

impl DoorRateLimit {
    pub(super) fn new(of: DoorAddresses) -> Self {
        Self { knocks: Bucket::new(), hosts: Bucket::new(), of, returns: BTreeMap::new() }
    }

    /// Somebody knocks. The limit that this is over, if it is.
    pub(super) fn knock(
        &mut self,
        limits: &Limits,
        now_ms: u64,
        network: Option<IpAddr>,
    ) -> Result<(), Limit> {
        let all = Rate::per_second(limits.knocks_per_set_per_second, limits.knocks_per_set_burst);
        if network.is_some_and(|network| !self.of.take(network, now_ms, half(all))) {
            return Err(Limit::KnocksPerSet);
        }
        if self.knocks.take(now_ms, 1, all) { Ok(()) } else { Err(Limit::KnocksPerSet) }
    }

    /// Whether an address has most of what it may still to spend at this door.
    pub(super) fn is_calm(&self, limits: &Limits, now_ms: u64, network: Option<IpAddr>) -> bool {
        let all = Rate::per_second(limits.knocks_per_set_per_second, limits.knocks_per_set_burst);
        let much = half(all).burst.div_ceil(2);
        network.is_none_or(|network| self.of.has(network, now_ms, much, half(all)))
    }

    /// Somebody comes in by the host's link. The limit that this is over, if it is.
    pub(super) fn host_comes(&mut self, limits: &Limits, now_ms: u64) -> Result<(), Limit> {
        let may = self.hosts.take(now_ms, 1, returns(limits));
        if may { Ok(()) } else { Err(Limit::ReturnsPerSeat) }
    }

    /// Somebody comes back to their seat. The limit that this is over, if it is.
    pub(super) fn comes_back(
        &mut self,
        limits: &Limits,
        now_ms: u64,
        seat: SeatId,
    ) -> Result<(), Limit> {
        self.returns.retain(|other, bucket| *other == seat || !bucket.is_full(now_ms));
        let may = self.returns.entry(seat).or_default().take(now_ms, 1, returns(limits));
        if may { Ok(()) } else { Err(Limit::ReturnsPerSeat) }
    }
}

/// How often one person comes back.
fn returns(limits: &Limits) -> Rate {
    let (per, burst) = (limits.returns_per_seat_per_minute, limits.returns_per_seat_burst);
    Rate { per, period: 60_000, burst: burst.into() }
}

/// What one address may of it: so many in two seconds.
fn half(all: Rate) -> Rate {
    Rate { period: 2000, burst: all.burst.div_ceil(2), ..all }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::{Clock, ManualClock};
    use crate::config::{self, Flags};
    use crate::limits::ConnectionLimits;
    use crate::telemetry::Metrics;

    fn limits() -> Limits {
        let mut limits = config::load(&Flags::default(), []).unwrap().config.limits;
        (limits.knocks_per_set_per_second, limits.knocks_per_set_burst) = (2, 8);
        (limits.returns_per_seat_per_minute, limits.returns_per_seat_burst) = (60, 3);
        limits
    }

    fn door() -> DoorRateLimit {
        let clock = Clock::Manual(ManualClock::new(0));
        let limits = ConnectionLimits::new(Arc::new(limits()), clock, Metrics::new());
        DoorRateLimit::new(limits.door())
    }

    // M6: from two addresses of one customer everybody new was kept waiting.
    #[test]
    fn many_addresses_of_one_network_leave_half_of_the_door_to_others() {
        let (limits, mut rate_limit) = (limits(), door());
        let mut knocks = |address: &str| {
            let network = address.parse().ok();
            (0..20).take_while(|_| rate_limit.knock(&limits, 1000, network).is_ok()).count()
        };
        let crowd: usize = (0..16).map(|n| knocks(&format!("2001:db8:1:{n:x}00::"))).sum();
        assert_eq!((crowd, knocks("2001:db8:2::")), (4, 4));
    }

    #[test]
    fn one_address_leaves_half_of_the_door_to_others() {
        let (limits, mut rate_limit) = (limits(), door());
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
        let (mut limits, mut rate_limit) = (limits(), door());
        limits.knocks_per_set_burst = 10_000;
        for n in 0..1000_u32 {
            let network = std::net::Ipv4Addr::from_bits(n).into();
            rate_limit.knock(&limits, u64::from(n), Some(network)).unwrap();
            assert!(rate_limit.of.count() <= 64);
        }
    }

    #[test]
    fn one_person_comes_back_so_often_and_others_as_they_like() {
        let (limits, mut rate_limit) = (limits(), door());
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
