//! Whom limits count for.

use std::net::{IpAddr, Ipv6Addr};

/// One peer as limits see it: an IPv4 address, or the /64 that one IPv6 customer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    network: IpAddr,
    is_direct: bool,
}

impl Source {
    /// Somebody who spoke through a proxy. Never exempt, whatever address is theirs: where the
    /// proxy did not say one that can be read, they count as the proxy.
    #[must_use]
    pub fn forwarded(address: IpAddr) -> Self {
        Self { is_direct: false, ..Self::from(address) }
    }

    /// The address, or the network, that is counted.
    #[must_use]
    pub fn network(self) -> IpAddr {
        self.network
    }

    /// Whether this is somebody at this machine itself.
    #[must_use]
    pub fn is_this_machine(self) -> bool {
        self.is_direct && self.network.is_loopback()
    }
}

impl From<IpAddr> for Source {
    /// Whoever is at the other end of a connection.
    fn from(address: IpAddr) -> Self {
        let network = match address.to_canonical() {
            // The /64 of this machine's own address is not this machine alone.
            ip if ip.is_loopback() => ip,
            IpAddr::V4(ip) => IpAddr::V4(ip),
            IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << 64))),
        };
        Self { network, is_direct: true }
    }
}
