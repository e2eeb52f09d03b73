//! Who may come in: counts and rates for each address and for the process.
//!
//! Nobody who shows a right token is refused for what others of their address did: where there are
//! too many without a token the oldest of those goes, and wrong tokens slow down nobody but those
//! who show them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::guests::Guests;
use super::{Bucket, Guest, Limit, Outboxes, Pass, Refused, Slot, Source};
use crate::clock::Clock;
use crate::config::Limits;
use crate::telemetry::Metrics;

/// Addresses remembered before the idle ones are swept.
const FIRST_SWEEP: usize = 1024;
const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 24 * 60 * MINUTE_MS;

/// Keeps the limits per process and per address. Clones keep the same counts.
#[derive(Clone, Debug)]
pub struct Gate {
    limits: Arc<Limits>,
    clock: Clock,
    metrics: Metrics,
    connections: Arc<AtomicU32>,
    addresses: Arc<Mutex<Addresses>>,
    guests: Guests,
    /// Rooms that may be loaded at one time.
    loads: Arc<Semaphore>,
    outboxes: Outboxes,
}

#[derive(Debug)]
struct Addresses {
    known: HashMap<IpAddr, Address>,
    sweep_at: usize,
}

#[derive(Debug)]
struct Address {
    connections: Arc<AtomicU32>,
    rooms: Arc<AtomicU32>,
    arrivals: Bucket,
    foundings: Bucket,
    daily_foundings: Bucket,
    knocks: Bucket,
    bad_tokens: Bucket,
    loads: Arc<Semaphore>,
}

impl Address {
    fn new(limits: &Limits) -> Self {
        Self {
            connections: Arc::default(),
            rooms: Arc::default(),
            arrivals: Bucket::new(),
            foundings: Bucket::new(),
            daily_foundings: Bucket::new(),
            knocks: Bucket::new(),
            bad_tokens: Bucket::new(),
            loads: Arc::new(semaphore(limits.room_loads_per_address)),
        }
    }

    fn is_idle(&self, now_ms: u64) -> bool {
        let buckets =
            [self.arrivals, self.foundings, self.daily_foundings, self.knocks, self.bad_tokens];
        self.connections.load(Ordering::Acquire) == 0
            && self.rooms.load(Ordering::Acquire) == 0
            // Whoever loads a room holds it too.
            && Arc::strong_count(&self.loads) == 1
            && buckets.iter().all(|bucket| bucket.is_full(now_ms))
    }
}

/// Leave to load a room.
#[derive(Debug)]
#[must_use = "others load in its place unless it is kept"]
pub struct Load {
    all: Option<OwnedSemaphorePermit>,
    _own: Option<OwnedSemaphorePermit>,
}

impl Load {
    /// The room is there. What is kept holds up nobody but its own address.
    pub fn is_over(&mut self) {
        self.all = None;
    }
}

impl Gate {
    /// A gate that nobody has passed yet.
    #[must_use]
    pub fn new(limits: Arc<Limits>, clock: Clock, metrics: Metrics) -> Self {
        let addresses = Addresses { known: HashMap::new(), sweep_at: FIRST_SWEEP };
        Self {
            loads: Arc::new(semaphore(limits.room_loads)),
            outboxes: Outboxes::new(&limits, metrics.clone()),
            limits,
            clock,
            metrics,
            connections: Arc::default(),
            addresses: Arc::new(Mutex::new(addresses)),
            guests: Guests::default(),
        }
    }

    /// A connection, counted for the process. When there are too many, the oldest that has shown no
    /// token goes for it.
    ///
    /// # Errors
    /// [`Limit::Connections`].
    pub fn open(&self) -> Result<Pass, Refused> {
        self.place(&self.connections, self.limits.connections, || self.guests.make_room_for_all())
            .map(Pass::of_process)
            .ok_or_else(|| self.refuse(Limit::Connections))
    }

    /// A peer's right to be connected. `arrives` when this is a new connection of theirs, and not
    /// only another request on a proxy's connection.
    ///
    /// # Errors
    /// [`Limit::ConnectionsPerAddress`] or [`Limit::NewConnectionsPerAddress`].
    pub fn enter(&self, source: impl Into<Source>, arrives: bool) -> Result<Pass, Refused> {
        let Some(network) = self.counted(source.into()) else { return Ok(Pass::free()) };
        let limits = &self.limits;
        self.with(network, |peer, now_ms| {
            let make_room = || self.guests.make_room(network);
            let slot = self
                .place(&peer.connections, limits.connections_per_address, make_room)
                .ok_or(Limit::ConnectionsPerAddress)?;
            let rate = limits.new_connections_per_address_per_second;
            let burst = limits.new_connections_per_address_burst.into();
            if arrives && !peer.arrivals.take(now_ms, 1, rate, 1000, burst) {
                return Err(Limit::NewConnectionsPerAddress);
            }
            Ok(Pass::of_address(slot))
        })
    }

    /// A place, also where another's is only just being given up.
    fn place(
        &self,
        taken: &Arc<AtomicU32>,
        most: u32,
        make_room: impl FnOnce() -> bool,
    ) -> Option<Slot> {
        Slot::take(taken, most).or_else(|| {
            let with_those_who_go = most.saturating_mul(2);
            if make_room() { Slot::take(taken, with_those_who_go) } else { None }
        })
    }

    /// Whether so many are connected that the places left are for those who show a right token.
    #[must_use]
    pub fn is_nearly_full(&self) -> bool {
        let Limits { connections, connections_reserved_percent, .. } = *self.limits;
        let reserved = u64::from(connections) * u64::from(connections_reserved_percent) / 100;
        let open = self.connections.load(Ordering::Acquire);
        u64::from(open) > u64::from(connections).saturating_sub(reserved)
    }

    /// Somebody who has shown no token yet.
    #[must_use]
    pub fn guest(&self, source: impl Into<Source>) -> Guest {
        self.guests.add(self.counted(source.into()))
    }

    /// Their connection becomes a socket. When there are too many of those, the oldest goes.
    pub fn socket(&self, guest: &Guest) {
        let limits = &self.limits;
        if self.guests.upgrade(guest, limits.unauthenticated_per_address, limits.unauthenticated) {
            self.refuse(Limit::Unauthenticated);
        }
    }

    /// A peer's leave to make one more set.
    ///
    /// # Errors
    /// [`Limit::NewSetsPerAddress`].
    pub fn found(&self, source: impl Into<Source>) -> Result<(), Refused> {
        let Some(network) = self.counted(source.into()) else { return Ok(()) };
        let rate = self.limits.new_sets_per_address_per_minute;
        let daily = self.limits.new_sets_per_address_per_day;
        self.with(network, |peer, now_ms| {
            let may = peer.foundings.take(now_ms, 1, rate, MINUTE_MS, rate.into())
                && peer.daily_foundings.take(now_ms, 1, daily, DAY_MS, daily.into());
            if may { Ok(()) } else { Err(Limit::NewSetsPerAddress) }
        })
    }

    /// A peer's leave to knock once more.
    ///
    /// # Errors
    /// [`Limit::KnocksPerAddress`].
    pub fn knock(&self, source: impl Into<Source>) -> Result<(), Refused> {
        let Some(network) = self.counted(source.into()) else { return Ok(()) };
        let rate = self.limits.knocks_per_address_per_second;
        let burst = self.limits.knocks_per_address_burst.into();
        self.with(network, |peer, now_ms| {
            let may = peer.knocks.take(now_ms, 1, rate, 1000, burst);
            if may { Ok(()) } else { Err(Limit::KnocksPerAddress) }
        })
    }

    /// Notes a wrong token.
    ///
    /// # Errors
    /// [`Limit::BadTokensPerAddress`] for each one too many: whoever showed it is to wait.
    pub fn bad_token(&self, source: impl Into<Source>) -> Result<(), Refused> {
        let Some(network) = self.counted(source.into()) else { return Ok(()) };
        let rate = self.limits.bad_tokens_per_address_per_minute;
        self.with(network, |peer, now_ms| {
            let forgiven = peer.bad_tokens.take(now_ms, 1, rate, MINUTE_MS, rate.into());
            if forgiven { Ok(()) } else { Err(Limit::BadTokensPerAddress) }
        })
    }

    /// Waits for leave to load a room: a token can only be compared with what is stored, so a few
    /// at a time are looked up for each address, and for all of them.
    pub async fn load(&self, source: impl Into<Source>) -> Load {
        let own = self.counted(source.into()).map(|network| self.loads_of(network));
        let own = match own {
            Some(own) => own.acquire_owned().await.ok(),
            None => None,
        };
        Load { all: Arc::clone(&self.loads).acquire_owned().await.ok(), _own: own }
    }

    fn loads_of(&self, network: IpAddr) -> Arc<Semaphore> {
        self.with_known(network, |peer, _| Arc::clone(&peer.loads))
    }

    /// The place of one more room among those that this peer has opened. When there are too many,
    /// `make_room` is asked to have an empty one end.
    ///
    /// # Errors
    /// [`Limit::RoomsPerAddress`].
    pub fn room(
        &self,
        source: Source,
        make_room: impl FnOnce() -> bool,
    ) -> Result<Option<Slot>, Refused> {
        let Some(network) = self.counted(source) else { return Ok(None) };
        self.with(network, |peer, _| {
            self.place(&peer.rooms, self.limits.rooms_per_address, make_room)
                .map(Some)
                .ok_or(Limit::RoomsPerAddress)
        })
    }

    /// What waits in memory for those who do not read.
    #[must_use]
    pub fn outboxes(&self) -> &Outboxes {
        &self.outboxes
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

    /// The network that is counted for; `None` for those whom limits per address do not meet.
    #[must_use]
    pub fn counted(&self, source: Source) -> Option<IpAddr> {
        let is_exempt = self.limits.loopback_exempt && source.is_this_machine();
        (!is_exempt).then(|| source.network())
    }

    fn with<T>(
        &self,
        network: IpAddr,
        ask: impl FnOnce(&mut Address, u64) -> Result<T, Limit>,
    ) -> Result<T, Refused> {
        self.with_known(network, ask).map_err(|limit| self.refuse(limit))
    }

    fn with_known<T>(&self, network: IpAddr, ask: impl FnOnce(&mut Address, u64) -> T) -> T {
        let now_ms = self.clock.now_ms();
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if addresses.known.len() >= addresses.sweep_at {
            addresses.known.retain(|_, peer| !peer.is_idle(now_ms));
            addresses.sweep_at = FIRST_SWEEP.max(addresses.known.len().saturating_mul(2));
        }
        let peer = addresses.known.entry(network).or_insert_with(|| Address::new(&self.limits));
        ask(peer, now_ms)
    }
}

fn semaphore(most: u32) -> Semaphore {
    Semaphore::new(usize::try_from(most).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS))
}
