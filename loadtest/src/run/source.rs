//! Where connections come from. A server limits what one address may do; on the loopback network
//! a tester has millions of addresses, so it comes from as many as people would.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};

/// Connections from one address in a whole run, checks at the end included: below the server's
/// default burst of 60 new ones, and its 20 that have not shown a token yet.
const EACH: usize = 25;

/// Hands out source addresses in turn.
#[derive(Debug)]
pub(crate) struct Sources {
    first: u32,
    /// How many addresses there are; 0 when the system chooses.
    pub(crate) count: u32,
    next: AtomicU32,
}

impl Sources {
    /// As many addresses as `connections` to `target` need; none of our own choice where the
    /// target is not on IPv4 loopback, or the system has only one loopback address.
    pub(crate) fn for_target(target: SocketAddr, connections: usize) -> Self {
        let spread = cfg!(target_os = "linux") && target.is_ipv4() && target.ip().is_loopback();
        let count = if spread { connections.div_ceil(EACH) } else { 0 };
        // 127.0.0.0/8 without its first and last addresses.
        let count = u32::try_from(count).unwrap_or(u32::MAX).min((1 << 24) - 4);
        // 127.0.0.1 is left to everybody else.
        Self { first: u32::from(Ipv4Addr::new(127, 0, 0, 2)), count, next: AtomicU32::new(0) }
    }

    /// The same for the tester with this number among several on one machine, apart from the
    /// addresses of those before it.
    pub(crate) fn of_tester(self, index: usize) -> Self {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let past = self.count.saturating_mul(index) % ((1 << 24) - 4 - self.count).max(1);
        Self { first: self.first + past, ..self }
    }

    /// The next address, if the system is not to choose.
    pub(crate) fn next(&self) -> Option<IpAddr> {
        if self.count == 0 {
            return None;
        }
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.count;
        Some(IpAddr::V4(Ipv4Addr::from(self.first + turn)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn no_address_is_used_more_often_than_a_server_takes() {
        let sources = Sources::for_target("127.0.0.1:80".parse().unwrap(), 4400);
        let mut used = std::collections::BTreeMap::new();
        for _ in 0..4400 {
            *used.entry(sources.next().unwrap()).or_insert(0) += 1;
        }
        assert!(used.values().all(|count| *count <= EACH), "{used:?}");
        assert!(used.keys().all(IpAddr::is_loopback));
        assert_eq!(sources.count, 176);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn testers_on_one_machine_do_not_share_addresses() {
        let mut used = std::collections::BTreeSet::new();
        for index in 0..3 {
            let sources = Sources::for_target("127.0.0.1:80".parse().unwrap(), 100);
            let sources = sources.of_tester(index);
            for _ in 0..4 {
                let address = sources.next().unwrap();
                assert!(address.is_loopback() && used.insert(address), "{address}");
            }
        }
        let many = Sources::for_target("127.0.0.1:80".parse().unwrap(), usize::MAX);
        assert!(many.of_tester(usize::MAX).next().unwrap().is_loopback());
    }

    #[test]
    fn elsewhere_the_system_chooses() {
        for target in ["192.0.2.1:80", "[::1]:80"] {
            assert_eq!(Sources::for_target(target.parse().unwrap(), 100).next(), None);
        }
    }
}
