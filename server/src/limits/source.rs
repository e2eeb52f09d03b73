//! Whom limits count for.
//!
//! An IPv6 customer is no /64: a household often has a /56, and whoever rents a machine a /48. So what
//! is counted for an address is counted for the two wider networks that it lies in as well, each with
//! a few times as much: then a crowd of addresses of one customer is one party, and its neighbours in
//! the wider network still have a part.

use std::net::{IpAddr, Ipv6Addr};

/// One peer as limits see it: an IPv4 address, or an IPv6 /64.
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
            ip => Width::Address.of(ip).first,
        };
        Self { network, is_direct: true }
    }
}

/// How much of the network one account is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Width {
    /// What one rents, or a site has: a /48.
    Site,
    /// What a household has: a /56.
    Household,
    /// An IPv4 address, or a /64.
    Address,
}

impl Width {
    /// All of them, each within the one before.
    pub(crate) const ALL: [Self; 3] = [Self::Site, Self::Household, Self::Address];

    /// The account of this width that an address is counted in. An IPv4 address is its own site.
    pub(crate) fn of(self, address: IpAddr) -> Account {
        let bits = match self {
            Self::Site => 48,
            Self::Household => 56,
            Self::Address => 64,
        };
        let first = match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(ip) if ip.is_loopback() => address,
            IpAddr::V6(ip) => {
                IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << (128 - bits))))
            }
        };
        Account { width: self, first }
    }

    /// So many times what one address may, one of this width may.
    pub(crate) fn times(self) -> u32 {
        match self {
            Self::Site => 4,
            Self::Household => 2,
            Self::Address => 1,
        }
    }
}

/// What is counted for together: an address, or a network that it lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Account {
    pub(crate) width: Width,
    /// The first address of it.
    pub(crate) first: IpAddr,
}

impl Account {
    /// Those that this address is counted in, the narrowest first. An IPv4 address is all that there is.
    pub(crate) fn all_of(address: IpAddr) -> impl Iterator<Item = Self> {
        let widths = if address.is_ipv4() { 1 } else { Width::ALL.len() };
        Width::ALL.into_iter().rev().take(widths).map(move |width| width.of(address))
    }

    /// This limit of an address, for as much of the network as this is.
    pub(crate) fn most(self, of_address: u32) -> u32 {
        of_address.saturating_mul(self.width.times())
    }

    /// Whether this address is in it.
    pub(crate) fn has(self, address: IpAddr) -> bool {
        self.width.of(address) == self
    }
}
