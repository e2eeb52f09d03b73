//! Who may come in: counts and rates for each address and for the process.
//!
//! Nobody who shows a right token is refused for what others of their address did: where there are
//! too many without a token the oldest of those goes, and wrong tokens slow down nobody but those
//! who show them.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use setroom_protocol::SetId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::addresses::{Address, Addresses, MINUTE_MS};
use super::doors::{DoorAddresses, Doors};
use super::guests::Guests;
use super::permit::semaphore;
use super::shares::Shares;
use super::vain::{VAIN, Vain};
use super::{
    Bucket, Claim, ConnectionPermit, Guest, Limit, Outboxes, Permit, Proven, Rate, Refused,
    RoomMemory, Share, Source,
};
use crate::clock::Clock;
use crate::config::Limits;
use crate::shutdown::Shutdown;
use crate::telemetry::{GaugeGuard, Metrics};

/// So many who have given their place up are still told why at one time; all others are cut off.
const FAREWELLS: u32 = 64;

/// Keeps the limits per process and per address. Clones keep the same counts.
#[derive(Clone, Debug)]
pub struct ConnectionLimits {
    pub(super) limits: Arc<Limits>,
    metrics: Metrics,
    connections: Arc<AtomicU32>,
    pub(super) addresses: Addresses,
    guests: Guests,
    shares: Shares,
    /// Rooms that may be loaded at one time.
    loads: Arc<Semaphore>,
    /// Whose signature is checked, one at a time.
    proofs: Arc<Semaphore>,
    farewells: Arc<Semaphore>,
    vain: Arc<Mutex<Vain>>,
    clock: Clock,
    doors: Doors,
    outboxes: Outboxes,
    rooms: RoomMemory,
}

/// Leave to do what costs the process work, such as to load a room.
#[derive(Debug)]
#[must_use = "others do it in its place unless it is kept"]
pub struct Turn {
    _held: Vec<OwnedSemaphorePermit>,
}

impl ConnectionLimits {
    /// Limits that nobody has met yet.
    #[must_use]
    pub fn new(limits: Arc<Limits>, clock: Clock, metrics: Metrics) -> Self {
        Limit::ALL.iter().for_each(|limit| metrics.limit_known(limit.name()));
        let addresses = Addresses::new(Arc::clone(&limits), clock.clone());
        Self {
            loads: Arc::new(semaphore(limits.room_loads)),
            proofs: Arc::new(semaphore(1)),
            farewells: Arc::new(semaphore(FAREWELLS)),
            vain: Arc::default(),
            doors: Doors::new(clock.clone()),
            clock,
            outboxes: Outboxes::new(&limits, metrics.clone()),
            rooms: RoomMemory::new(&limits, metrics.clone()),
            shares: Shares::new(limits.connections_kept_per_address),
            limits,
            metrics,
            connections: Arc::default(),
            addresses,
            guests: Guests::default(),
        }
    }

    /// Goes on until the process stops.
    pub(crate) async fn forget_addresses(self, shutdown: Shutdown) {
        self.addresses.forget(shutdown, &self.doors).await;
    }

    /// A connection, counted for the process. When there are too many, the oldest that has shown no
    /// token goes for it.
    ///
    /// # Errors
    /// [`Limit::Connections`].
    pub fn open(&self) -> Result<ConnectionPermit, Refused> {
        let make_room = || {
            self.noted(self.guests.make_room_for_all(), Limit::Connections)
                || self.shares.is_anybody_going()
        };
        let open = || GaugeGuard::new(&self.metrics.http_connections);
        self.place(&self.connections, self.limits.connections, make_room)
            .map(|permit| ConnectionPermit::of_process(permit, open()))
            .ok_or_else(|| self.refuse(Limit::Connections))
    }

    /// Leave to stay a moment without a place, so that what was said last is not lost in a reset.
    #[must_use]
    pub fn farewell(&self) -> Option<Turn> {
        let turn = Arc::clone(&self.farewells).try_acquire_owned().ok()?;
        Some(Turn { _held: vec![turn] })
    }

    /// A peer's right to be connected: by a connection of their own, or for a request on a proxy's.
    ///
    /// # Errors
    /// [`Limit::ConnectionsPerAddress`].
    pub fn enter(&self, source: impl Into<Source>) -> Result<ConnectionPermit, Refused> {
        let Some(network) = self.counted(source.into()) else {
            return Ok(ConnectionPermit::free());
        };
        let most = self.limits.connections_per_address;
        let entered = self.addresses.each(network, |account, peer, _| {
            let make_room =
                || self.noted(self.guests.make_room(account), Limit::ConnectionsPerAddress);
            self.place(&peer.connections, account.most(most), make_room)
        });
        let permits: Option<Vec<_>> = entered.into_iter().collect();
        let entered = permits.map(ConnectionPermit::of_address);
        entered.ok_or_else(|| self.refuse(Limit::ConnectionsPerAddress))
    }

    /// Whether one more connection of a peer's own comes at their pace. Over it nobody is kept from
    /// a socket, on which they may show a right token, nor from the page and its parts, and posts have a
    /// pace of their own; all else is refused.
    #[must_use]
    pub fn is_at_pace(&self, source: impl Into<Source>) -> bool {
        let rate = Rate::per_second(
            self.limits.new_connections_per_address_per_second,
            self.limits.new_connections_per_address_burst,
        );
        self.counted(source.into())
            .is_none_or(|network| self.addresses.take(network, rate, |peer| &mut peer.arrivals))
    }

    /// One request more through a proxy. Whether it comes at the pace of its address.
    pub(crate) fn asks_at_pace(&self, source: Source) -> bool {
        let Limits { requests_per_address_per_second, requests_per_address_burst, .. } =
            *self.limits;
        let rate = Rate::per_second(requests_per_address_per_second, requests_per_address_burst);
        self.counted(source)
            .is_none_or(|network| self.addresses.take(network, rate, |peer| &mut peer.requests))
    }

    /// A peer's leave to post once more.
    ///
    /// # Errors
    /// [`Limit::PostsPerAddress`].
    pub fn post(&self, source: impl Into<Source>) -> Result<(), Refused> {
        let Limits { posts_per_address_per_second, posts_per_address_burst, .. } = *self.limits;
        let rate = Rate::per_second(posts_per_address_per_second, posts_per_address_burst);
        self.rated(source.into(), Limit::PostsPerAddress, rate, |peer| &mut peer.posts)
    }

    /// A place, also where another's is only just being given up.
    fn place(
        &self,
        taken: &Arc<AtomicU32>,
        most: u32,
        make_room: impl FnOnce() -> bool,
    ) -> Option<Permit> {
        Permit::take(taken, most).or_else(|| {
            let with_those_who_go = most.saturating_mul(2);
            if make_room() { Permit::take(taken, with_those_who_go) } else { None }
        })
    }

    /// Counts a guest that gave way like one that was refused.
    fn noted(&self, gave_way: bool, limit: Limit) -> bool {
        if gave_way {
            self.metrics.limit_refused(limit.name());
        }
        gave_way
    }

    /// Whether so many are connected that the places left are for those who show a right token.
    #[must_use]
    pub fn is_nearly_full(&self) -> bool {
        let Limits { connections, connections_reserved_percent, .. } = *self.limits;
        let reserved = u64::from(connections) * u64::from(connections_reserved_percent) / 100;
        let open = self.connections.load(Ordering::Acquire);
        u64::from(open) > u64::from(connections).saturating_sub(reserved)
    }

    /// Whether there is no place for this claim, and nobody who gives theirs up for it.
    ///
    /// # Errors
    /// [`Limit::Connections`].
    pub fn has_place(&self, claim: Claim) -> Result<(), Refused> {
        // The last places are for people with a seat, at an address that has not its share already.
        let has_share = claim.network.is_some_and(|network| self.shares.has_its_share(network));
        let is_short = self.is_nearly_full() && (claim.is_newcomer || has_share);
        if is_short && !self.shares.has_room(claim) {
            return Err(self.refuse(Limit::Connections));
        }
        Ok(())
    }

    /// Somebody has shown a right token. Where places are short, another one gives way.
    pub fn prove(&self, claim: Claim, line: Weak<dyn Proven>) -> Option<Share> {
        if self.is_nearly_full() && self.shares.make_room(claim) {
            self.refuse(Limit::Connections);
        }
        self.shares.add(claim, line)
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

    /// A peer's leave to knock once more.
    ///
    /// # Errors
    /// [`Limit::KnocksPerAddress`].
    pub fn knock(&self, source: impl Into<Source>) -> Result<(), Refused> {
        let Limits { knocks_per_address_per_second, knocks_per_address_burst, .. } = *self.limits;
        let rate = Rate::per_second(knocks_per_address_per_second, knocks_per_address_burst);
        self.rated(source.into(), Limit::KnocksPerAddress, rate, |peer| &mut peer.knocks)
    }

    /// Notes a wrong token.
    ///
    /// # Errors
    /// [`Limit::BadTokensPerAddress`] for each one too many: whoever showed it is to wait.
    pub fn bad_token(&self, source: impl Into<Source>) -> Result<(), Refused> {
        let Some(network) = self.counted(source.into()) else { return Ok(()) };
        let minute = (self.limits.bad_tokens_per_address_per_minute, MINUTE_MS);
        let may = self.addresses.take_within(network, [minute], |peer| &mut peer.bad_tokens);
        if may { Ok(()) } else { Err(self.refuse(Limit::BadTokensPerAddress)) }
    }

    /// What is known of those who knock at one door.
    pub(crate) fn door(&self) -> DoorAddresses {
        self.doors.one()
    }

    /// Waits for leave to load the room of a set: a token can only be compared with what is stored, so a
    /// few at a time are looked up for each address, and for all of them. What an address had loaded for
    /// wrong tokens has a pace in bytes: a room that was loaded so before waits for it, and no other.
    pub async fn load(&self, source: impl Into<Source>, set: SetId) -> Turn {
        let source = source.into();
        if let Some(network) = self.counted(source)
            && self.vain.lock().knows(set, self.clock.now_ms())
        {
            let ready = self.addresses.each(network, |account, peer, now_ms| {
                peer.vain_loads.ready_ms(now_ms, VAIN.times(account.width.times()))
            });
            self.clock.sleep_until(ready.into_iter().max().unwrap_or(0)).await;
        }
        self.turn(source, &self.loads, |peer| &peer.loads).await
    }

    /// The room of a set was loaded from so many bytes, for a wrong token.
    pub fn loaded_in_vain(&self, source: impl Into<Source>, set: SetId, bytes: u64) {
        let Some(network) = self.counted(source.into()) else { return };
        self.vain.lock().note(set, self.clock.now_ms());
        self.addresses.each(network, |account, peer, now_ms| {
            peer.vain_loads.overdraw(now_ms, bytes, VAIN.times(account.width.times()));
        });
    }

    /// Waits until the signature of somebody who knocks may be checked, which anybody can ask for
    /// who knows nothing: one at a time, and of each address one waits for that. All others who have
    /// something to do are before it.
    pub async fn proof(&self, source: impl Into<Source>) -> Turn {
        let turn = self.turn(source.into(), &self.proofs, |peer| &peer.proofs).await;
        tokio::task::yield_now().await;
        turn
    }

    async fn turn(
        &self,
        source: Source,
        all: &Arc<Semaphore>,
        of: fn(&Address) -> &Arc<Semaphore>,
    ) -> Turn {
        let own = self.counted(source);
        let own = own.map(|own| self.addresses.each(own, |_, peer, _| Arc::clone(of(peer))));
        let turns = own.into_iter().flatten().chain([Arc::clone(all)]);
        let mut held = Vec::new();
        for turn in turns {
            held.extend(turn.acquire_owned().await.ok());
        }
        Turn { _held: held }
    }

    /// What waits in memory for those who do not read.
    #[must_use]
    pub fn outboxes(&self) -> &Outboxes {
        &self.outboxes
    }

    /// What live rooms hold in memory.
    #[must_use]
    pub fn rooms(&self) -> &RoomMemory {
        &self.rooms
    }

    /// Counts a refusal under its limit's name. Also for limits that are kept elsewhere.
    pub fn refuse(&self, limit: Limit) -> Refused {
        self.metrics.limit_refused(limit.name());
        Refused(limit)
    }

    /// How many addresses are remembered.
    #[must_use]
    pub fn addresses_known(&self) -> usize {
        self.addresses.count()
    }

    /// The network that is counted for; `None` for those whom limits per address do not meet.
    #[must_use]
    pub fn counted(&self, source: Source) -> Option<IpAddr> {
        let is_exempt = self.limits.loopback_exempt && source.is_this_machine();
        (!is_exempt).then(|| source.network())
    }

    /// Refuses whoever limits per address meet and `takes` says no to.
    fn rated(
        &self,
        source: Source,
        limit: Limit,
        rate: Rate,
        of: fn(&mut Address) -> &mut Bucket,
    ) -> Result<(), Refused> {
        let Some(network) = self.counted(source) else { return Ok(()) };
        if self.addresses.take(network, rate, of) { Ok(()) } else { Err(self.refuse(limit)) }
    }
}
