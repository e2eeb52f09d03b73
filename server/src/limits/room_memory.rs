//! What live rooms hold in memory: all together, and those that one address opened.
//!
//! Each room is bounded by itself, and so is their number; the product of both is more than any
//! machine has. So what those hold that one address opened is bounded by what is free, as switches share
//! their memory between queues: beyond what each address keeps, no more than all that nobody holds. One
//! address can take half of it, two can take two thirds, and its neighbours find the rest. Where it holds
//! more, its rooms beyond their share take nothing that makes them larger, and the largest of them ends
//! for one that it opens. Near the ceiling no room more is loaded for newcomers, unless one of an address
//! that holds more than it keeps ends for it. A room within its share notices nothing of all this, so in
//! the worst case all of them hold twice the ceiling.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use super::source::Account;
use super::tally::{GivesWay, Tally};
use crate::config::Limits;
use crate::telemetry::Metrics;

/// A megabyte, as the settings mean it.
const MIB: u64 = 1024 * 1024;
/// What an address holds is known to so many bytes for each of its rooms: a command costs no more in
/// the account of all.
const STEP: u64 = 64 * 1024;

/// The account of all rooms. Clones are the same.
#[derive(Clone, Debug)]
pub struct RoomMemory {
    held: Arc<AtomicU64>,
    by_address: Arc<Mutex<Tally>>,
    most: u64,
    share: u64,
    kept: u64,
    metrics: Metrics,
}

/// What one room holds, in bytes; dropping it takes it off the account.
#[derive(Debug)]
pub struct RoomBytes {
    all: RoomMemory,
    /// Who opened it; `None` where nothing is counted for them.
    opened_by: Option<IpAddr>,
    held: u64,
    /// Of that, what is counted for the address.
    counted: u64,
}

impl RoomMemory {
    pub(super) fn new(limits: &Limits, metrics: Metrics) -> Self {
        let most = u64::from(limits.rooms_mib).saturating_mul(MIB);
        let share = most / u64::from(limits.rooms).max(1);
        // As many rooms within their share as an address keeps.
        let kept = share.saturating_mul(limits.rooms_per_address.into());
        Self { held: Arc::default(), by_address: Arc::default(), most, share, kept, metrics }
    }

    /// Bytes that all rooms hold.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.held.load(Ordering::Relaxed)
    }

    /// Whether no room more is to be loaded for newcomers: the last sixteenth is for rooms that are
    /// there already.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.held() >= self.most - self.most / 16
    }

    /// A room that holds nothing yet, and who opened it.
    #[must_use]
    pub fn room(&self, opened_by: Option<IpAddr>) -> RoomBytes {
        RoomBytes { all: self.clone(), opened_by, held: 0, counted: 0 }
    }

    /// Whether a room of so many bytes is more than one is when all have the same.
    pub(crate) fn is_large(&self, bytes: u64) -> bool {
        bytes > self.share
    }

    /// Whose largest room is to end for one that this address opened: its own, where it holds more than
    /// may be, and where little is left that of an address that holds more than it keeps.
    pub(crate) fn gives_way(&self, own: Option<IpAddr>) -> Option<GivesWay> {
        let by_address = self.by_address.lock();
        // Somebody whose rooms may just not grow any more opens small ones all the same.
        let over = own.and_then(|own| self.over(&by_address, own, (0, self.most / 16)));
        if let Some(account) = over.and_then(|over| by_address.heaviest_in(over)) {
            return Some(GivesWay { account, is_own: true });
        }
        let goes = if self.is_short() { by_address.gives_way(own, self.kept) } else { None };
        goes.filter(|goes| !goes.is_own)
    }

    /// The address, or the network that it lies in, for which more is held than may be, with so many bytes
    /// more, by more than so many.
    fn over(&self, by_address: &Tally, own: IpAddr, (more, by): (u64, u64)) -> Option<Account> {
        let free = self.most.saturating_sub(self.held());
        Account::all_of(own).find(|own| {
            let kept = self.kept.saturating_mul(own.width.times().into());
            by_address.of(*own).saturating_add(more) > kept.max(free).saturating_add(by)
        })
    }
}

impl RoomBytes {
    /// It holds so many now.
    pub fn set(&mut self, bytes: usize) {
        let bytes = bytes as u64;
        // What it held is in the sum, so that this cannot run below nothing.
        self.all.held.fetch_add(bytes, Ordering::Relaxed);
        self.all.held.fetch_sub(self.held, Ordering::Relaxed);
        self.held = bytes;
        self.all.metrics.rooms_hold(self.all.held());
        if self.held.abs_diff(self.counted) >= STEP || self.held == 0 {
            self.count();
        }
    }

    /// It counts for this one from now on.
    pub(crate) fn counts_for(&mut self, network: Option<IpAddr>) {
        let held = std::mem::take(&mut self.held);
        self.count();
        (self.opened_by, self.held) = (network, held);
        self.count();
    }

    fn count(&mut self) {
        if let Some(network) = self.opened_by {
            self.all.by_address.lock().change(network, self.counted, self.held);
        }
        self.counted = self.held;
    }

    /// Whether it is to take nothing that makes it larger by so many bytes.
    #[must_use]
    pub fn is_beyond(&self, more: usize) -> bool {
        let more = more as u64;
        if !self.all.is_large(self.held.saturating_add(more)) {
            return false;
        }
        if self.all.held().saturating_add(more) > self.all.most {
            return true;
        }
        let over = |own| self.all.over(&self.all.by_address.lock(), own, (more, 0)).is_some();
        self.opened_by.is_some_and(over)
    }
}

impl Drop for RoomBytes {
    fn drop(&mut self) {
        self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::Width;
    use super::*;

    fn memory() -> RoomMemory {
        let (share, kept) = (MIB / 4, MIB / 2);
        RoomMemory {
            held: Arc::default(),
            by_address: Arc::default(),
            most: 16 * MIB,
            share,
            kept,
            metrics: Metrics::new(),
        }
    }

    /// Rooms of this address that grow a part at a time for as long as they may, and what they hold.
    fn fills(memory: &RoomMemory, address: &str, rooms: usize) -> (Vec<RoomBytes>, u64) {
        let opened_by = address.parse().ok();
        let mut rooms: Vec<_> = (0..rooms).map(|_| memory.room(opened_by)).collect();
        for room in &mut rooms {
            while room.held < 4 * MIB && !room.is_beyond(64 << 10) {
                room.set(usize::try_from(room.held).unwrap() + (64 << 10));
            }
        }
        let held = rooms.iter().map(|room| room.held).sum();
        (rooms, held)
    }

    #[test]
    fn beyond_the_ceiling_rooms_within_their_share_still_grow() {
        let memory = RoomMemory { most: MIB, ..memory() };
        let (mut large, mut small) = (memory.room(None), memory.room(None));
        large.set(1 << 20);
        assert!(memory.is_short() && large.is_beyond(1));
        small.set((256 << 10) - 10);
        assert!(!small.is_beyond(10) && small.is_beyond(11));
        // Whoever gives something up makes room for all.
        large.set(512 << 10);
        assert!(!memory.is_short() && !large.is_beyond(1) && !small.is_beyond(11));
        drop(large);
        assert_eq!(memory.held(), (256 << 10) - 10);
        drop(small);
        assert_eq!(memory.held(), 0);
    }

    #[test]
    fn a_room_counts_for_whoever_has_it_now() {
        let memory = memory();
        let [eve, ward] = ["192.0.2.9", "192.0.2.1"].map(|address| address.parse().ok());
        let mut room = memory.room(eve);
        room.set(10 << 20);
        assert!(memory.gives_way(eve).is_some() && memory.gives_way(ward).is_none());
        room.counts_for(ward);
        assert!(memory.gives_way(eve).is_none() && memory.gives_way(ward).is_some());
        assert_eq!(memory.held(), 10 << 20);
        drop(room);
        assert_eq!((memory.held(), memory.gives_way(ward)), (0, None));
    }

    // F7: one address filled all of it, and others paid.
    #[test]
    fn one_address_leaves_half_of_it_to_others() {
        let memory = memory();
        let (_eves, held) = fills(&memory, "192.0.2.9", 8);
        // And what eight rooms have in any case.
        assert!((7 * MIB..=10 * MIB).contains(&held), "{held}");
        // A neighbour's rooms go on, large ones too, and newcomers' rooms are loaded.
        let (_wards, held) = fills(&memory, "192.0.2.1", 1);
        assert!(held >= 3 * MIB && !memory.is_short(), "{held}");
        // A third address has what it keeps, whatever others hold.
        let (_others, held) = fills(&memory, "192.0.2.3", 2);
        assert!(held >= MIB / 2, "{held}");
    }

    #[test]
    fn many_addresses_of_one_network_leave_half_of_it_to_others() {
        let memory = memory();
        let all: Vec<_> = (0..8).map(|n| fills(&memory, &format!("2001:db8:1:{n}::"), 1)).collect();
        let held: u64 = all.iter().map(|(_, held)| held).sum();
        // Each room may have its share.
        assert!(held <= 8 * MIB + 8 * MIB / 4, "{held}");
        let (_wards, held) = fills(&memory, "192.0.2.1", 1);
        assert!(held >= 3 * MIB && !memory.is_short(), "{held}");
    }

    #[test]
    fn the_largest_room_ends_of_whoever_holds_more_than_may_be() {
        let memory = memory();
        let (eve, ward) = ("192.0.2.9".parse().ok(), "192.0.2.1".parse().ok());
        let mut rooms: Vec<_> = (0..3).map(|_| memory.room(eve)).collect();
        for (room, mib) in rooms.iter_mut().zip([4, 3, 3]) {
            room.set(mib << 20);
        }
        // Loaded as they are, however much that is: ten of sixteen.
        let own = GivesWay { account: Width::Address.of(eve.unwrap()), is_own: true };
        assert_eq!((memory.gives_way(eve), memory.gives_way(ward)), (Some(own), None));
        rooms[0].set(1 << 20);
        assert_eq!(memory.gives_way(eve), None);
        // And where little is left, for a neighbour's as well.
        rooms[0].set(12 << 20);
        assert!(memory.is_short());
        let theirs = GivesWay { is_own: false, ..own };
        assert_eq!((memory.gives_way(eve), memory.gives_way(ward)), (Some(own), Some(theirs)));
        drop(rooms);
        assert_eq!((memory.gives_way(eve), memory.held()), (None, 0));
    }
}
