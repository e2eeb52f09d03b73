//! Addresses of those who knock, for each door, and for how long: until what they may there has refilled.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use super::source::{Account, Width};
use super::{Bucket, Rate};
use crate::clock::Clock;

/// So many are remembered at one door.
const MOST: usize = 64;

type Known = Mutex<BTreeMap<Account, Bucket>>;

/// All doors. Clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Doors {
    clock: Clock,
    all: Arc<Mutex<Vec<Weak<Known>>>>,
}

/// Those who knocked at one. Whoever has many addresses in one network is one of them.
#[derive(Debug)]
pub(crate) struct DoorAddresses {
    known: Arc<Known>,
}

impl Doors {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, all: Arc::default() }
    }

    pub(super) fn one(&self) -> DoorAddresses {
        let known = Arc::default();
        self.all.lock().push(Arc::downgrade(&known));
        DoorAddresses { known }
    }

    /// Forgets whoever may do again all that they might: who was here is nobody's business. The clock of
    /// a room may be ahead of this one: then they are known for longer by that.
    pub(super) fn sweep(&self) {
        let now_ms = self.clock.now_ms();
        self.all.lock().retain(|door| {
            let Some(door) = door.upgrade() else { return false };
            door.lock().retain(|_, bucket| !bucket.is_full(now_ms));
            true
        });
    }
}

impl DoorAddresses {
    /// Takes one at this rate for somebody's address. Where so many are at one door, what all share is
    /// all that is counted.
    pub(crate) fn take(&self, address: IpAddr, now_ms: u64, rate: Rate) -> bool {
        let (mut known, account) = (self.known.lock(), Width::Site.of(address));
        if known.len() >= MOST {
            known.retain(|_, bucket| !bucket.is_full(now_ms));
        }
        let is_room = known.len() < MOST || known.contains_key(&account);
        !is_room || known.entry(account).or_default().take(now_ms, 1, rate)
    }

    /// Whether so much is there for somebody's address.
    pub(crate) fn has(&self, address: IpAddr, now_ms: u64, much: u64, rate: Rate) -> bool {
        let account = Width::Site.of(address);
        let mut own = self.known.lock().get(&account).copied().unwrap_or_default();
        own.take(now_ms, much, rate)
    }

    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.known.lock().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    // L1: they were known for as long as the room was loaded.
    #[test]
    fn who_knocked_is_forgotten_when_they_may_knock_as_before() {
        let manual = ManualClock::new(1_000_000);
        let clock = Clock::Manual(manual.clone());
        let doors = Doors::new(clock.clone());
        let door = doors.one();
        for n in 0..5 {
            assert!(door.take(
                IpAddr::from([192, 0, 2, n]),
                clock.now_ms(),
                Rate::per_second(1, 60)
            ));
        }
        doors.sweep();
        assert_eq!(door.count(), 5);
        manual.advance(1_000);
        doors.sweep();
        assert_eq!(door.count(), 0);
        drop(door);
        doors.sweep();
        assert!(doors.all.lock().is_empty());
    }
}
