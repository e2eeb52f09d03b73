//! Who may come in: counts and rates for each address and for the process.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Bucket, Limit, Pass, Refused, Slot};
use crate::clock::Clock;
use crate::config::Limits;
use crate::telemetry::Metrics;

/// Addresses remembered before the idle ones are swept.
const FIRST_SWEEP: usize = 1024;
const MINUTE_MS: u64 = 60_000;

/// Keeps the limits per process and per address. Clones keep the same counts.
#[derive(Clone, Debug)]
pub struct Gate {
    limits: Arc<Limits>,
    clock: Clock,
    metrics: Metrics,
    connections: Arc<AtomicU32>,
    addresses: Arc<Mutex<Addresses>>,
}

#[derive(Debug)]
struct Addresses {
    known: HashMap<IpAddr, Address>,
    sweep_at: usize,
}

#[derive(Debug, Default)]
struct Address {
    connections: Arc<AtomicU32>,
    unauthenticated: Arc<AtomicU32>,
    arrivals: Bucket,
    foundings: Bucket,
    bad_tokens: Bucket,
    refused_until_ms: u64,
}

impl Address {
    fn is_idle(&self, now_ms: u64) -> bool {
        self.connections.load(Ordering::Acquire) == 0
            && self.unauthenticated.load(Ordering::Acquire) == 0
            && self.arrivals.is_full(now_ms)
            && self.foundings.is_full(now_ms)
            && self.bad_tokens.is_full(now_ms)
            && self.refused_until_ms <= now_ms
    }
}

impl Gate {
    /// A gate that nobody has passed yet.
    #[must_use]
    pub fn new(limits: Arc<Limits>, clock: Clock, metrics: Metrics) -> Self {
        let addresses = Addresses { known: HashMap::new(), sweep_at: FIRST_SWEEP };
        Self {
            limits,
            clock,
            metrics,
            connections: Arc::default(),
            addresses: Arc::new(Mutex::new(addresses)),
        }
    }

    /// A connection, counted for the process.
    ///
    /// # Errors
    /// [`Limit::Connections`].
    pub fn open(&self) -> Result<Pass, Refused> {
        Slot::take(&self.connections, self.limits.connections)
            .map(Pass::of_process)
            .ok_or_else(|| self.refuse(Limit::Connections))
    }

    /// A peer's right to be connected. `arrives` when this is a new connection of theirs, and not
    /// only another request on a proxy's connection.
    ///
    /// # Errors
    /// [`Limit::ConnectionsPerAddress`] or [`Limit::NewConnectionsPerAddress`].
    pub fn enter(&self, address: IpAddr, arrives: bool) -> Result<Pass, Refused> {
        if self.is_exempt(address) {
            return Ok(Pass::free());
        }
        let limits = &self.limits;
        self.with(address, |peer, now_ms| {
            let slot = Slot::take(&peer.connections, limits.connections_per_address)
                .ok_or(Limit::ConnectionsPerAddress)?;
            let rate = limits.new_connections_per_address_per_second;
            let burst = limits.new_connections_per_address_burst.into();
            if arrives && !peer.arrivals.take(now_ms, 1, rate, 1000, burst) {
                return Err(Limit::NewConnectionsPerAddress);
            }
            Ok(Pass::of_address(slot))
        })
    }

    /// A socket that has shown no token yet. Drop the slot when it has.
    ///
    /// # Errors
    /// [`Limit::UnauthenticatedPerAddress`], or [`Limit::BadTokensPerAddress`] while that address
    /// is refused for wrong tokens.
    pub fn unauthenticated(&self, address: IpAddr) -> Result<Option<Slot>, Refused> {
        if self.is_exempt(address) {
            return Ok(None);
        }
        self.with(address, |peer, now_ms| {
            if peer.refused_until_ms > now_ms {
                return Err(Limit::BadTokensPerAddress);
            }
            Slot::take(&peer.unauthenticated, self.limits.unauthenticated_per_address)
                .map(Some)
                .ok_or(Limit::UnauthenticatedPerAddress)
        })
    }

    /// A peer's leave to make one more set.
    ///
    /// # Errors
    /// [`Limit::NewSetsPerAddress`].
    pub fn found(&self, address: IpAddr) -> Result<(), Refused> {
        if self.is_exempt(address) {
            return Ok(());
        }
        let rate = self.limits.new_sets_per_address_per_minute;
        self.with(address, |peer, now_ms| {
            let may = peer.foundings.take(now_ms, 1, rate, MINUTE_MS, rate.into());
            if may { Ok(()) } else { Err(Limit::NewSetsPerAddress) }
        })
    }

    /// Notes a wrong token.
    ///
    /// # Errors
    /// [`Limit::BadTokensPerAddress`] from the one too many on, until the time set for it is over.
    pub fn bad_token(&self, address: IpAddr) -> Result<(), Refused> {
        if self.is_exempt(address) {
            return Ok(());
        }
        let limits = &self.limits;
        self.with(address, |peer, now_ms| {
            let rate = limits.bad_tokens_per_address_per_minute;
            if peer.refused_until_ms <= now_ms
                && !peer.bad_tokens.take(now_ms, 1, rate, MINUTE_MS, rate.into())
            {
                let minutes = u64::from(limits.bad_tokens_refused_minutes);
                peer.refused_until_ms = now_ms.saturating_add(minutes.saturating_mul(MINUTE_MS));
            }
            if peer.refused_until_ms > now_ms { Err(Limit::BadTokensPerAddress) } else { Ok(()) }
        })
    }

    /// Counts a refusal under its limit's name. Also for limits that are kept elsewhere.
    pub fn refuse(&self, limit: Limit) -> Refused {
        self.metrics.limit_refused(limit);
        Refused(limit)
    }

    /// How many addresses are remembered.
    #[must_use]
    pub fn addresses_known(&self) -> usize {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner).known.len()
    }

    fn is_exempt(&self, address: IpAddr) -> bool {
        self.limits.loopback_exempt && address.to_canonical().is_loopback()
    }

    fn with<T>(
        &self,
        address: IpAddr,
        ask: impl FnOnce(&mut Address, u64) -> Result<T, Limit>,
    ) -> Result<T, Refused> {
        let now_ms = self.clock.now_ms();
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if addresses.known.len() >= addresses.sweep_at {
            addresses.known.retain(|_, peer| !peer.is_idle(now_ms));
            addresses.sweep_at = FIRST_SWEEP.max(addresses.known.len().saturating_mul(2));
        }
        let peer = addresses.known.entry(network_of(address)).or_default();
        ask(peer, now_ms).map_err(|limit| self.refuse(limit))
    }
}

/// What counts as one address: an IPv4 address, or the /64 that one IPv6 customer has.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(ip) => IpAddr::V4(ip),
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << 64))),
    }
}
