//! Those who have shown no token yet: when there are too many, the oldest goes, and nobody is
//! refused for what others did.
//!
//! Somebody who was refused and stays to read it is one of them, and the first to go.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::ops::RangeFrom;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use super::Limit;
use super::source::{Account, Width};
use super::tally::Tally;

/// Everybody who has shown no token yet, in order of arrival. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Guests {
    all: Arc<Mutex<All>>,
}

const ALL: RangeFrom<(Stage, u64)> = (Stage::Leaves, 0)..;
const SOCKETS: RangeFrom<(Stage, u64)> = (Stage::Socket, 0)..;

#[derive(Debug, Default)]
struct All {
    next: u64,
    known: BTreeMap<u64, One>,
    /// Those of one address, and of each network that it lies in, in the order in which they go.
    of: HashMap<Account, BTreeSet<(Stage, u64)>>,
    sockets: BTreeSet<u64>,
    /// How many there are for each address, and of those how many sockets.
    many: Tally,
    many_sockets: Tally,
}

/// What somebody without a token is about, those first who go first; each kind in order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Was told goodbye, and stays.
    Leaves,
    /// Asks by HTTP: what is cut off is asked again by the browser.
    Asks,
    /// A socket, which may be about to speak.
    Socket,
}

#[derive(Debug)]
struct One {
    /// `None` where nothing is counted for the address.
    network: Option<IpAddr>,
    stage: Stage,
    asked_to_go: Arc<Asked>,
}

/// Whether one is to make room for others, and why.
#[derive(Debug, Default)]
struct Asked {
    by: CancellationToken,
    why: OnceLock<Limit>,
}

/// A place among those who have shown no token yet; dropping it gives it back.
#[derive(Debug)]
pub struct Guest {
    guests: Guests,
    number: u64,
    asked_to_go: Arc<Asked>,
}

impl Guest {
    /// Returns when this one is to make room for others.
    pub async fn asked_to_go(&self) {
        self.asked_to_go.by.cancelled().await;
    }

    /// The limit for which this one is to make room, once it is.
    #[must_use]
    pub fn is_over(&self) -> Option<Limit> {
        self.asked_to_go.why.get().copied()
    }

    /// Was told goodbye: whatever it still waits for, it makes room before all others.
    pub fn leaves(&self) {
        let mut all = self.guests.all.lock();
        if let Some(one) = all.forget(self.number) {
            all.put(self.number, One { stage: Stage::Leaves, ..one });
        }
    }

    /// Has shown a token, or is gone: it makes room for nobody any more.
    pub fn is_known(&self) {
        self.guests.all.lock().forget(self.number);
    }
}

/// Returns when this one is to make room for others, and for which limit; never for who is known.
pub(crate) async fn asked_to_go(guest: Option<&Guest>) -> Limit {
    let Some(guest) = guest else { return std::future::pending().await };
    guest.asked_to_go().await;
    guest.is_over().unwrap_or(Limit::Connections)
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.is_known();
    }
}

impl Guests {
    /// One more, by a connection that is no socket yet.
    pub(super) fn add(&self, network: Option<IpAddr>) -> Guest {
        let mut all = self.all.lock();
        let number = all.next;
        all.next += 1;
        let asked_to_go = Arc::<Asked>::default();
        let asked = Arc::clone(&asked_to_go);
        all.put(number, One { network, stage: Stage::Asks, asked_to_go: asked });
        Guest { guests: self.clone(), number, asked_to_go }
    }

    /// From now on it is a socket: of an address there may be so many, and of all so many. Says
    /// whether somebody had to go for it.
    pub(super) fn upgrade(&self, guest: &Guest, per_address: u32, most: u32) -> bool {
        let mut all = self.all.lock();
        let Some(one) = all.forget(guest.number) else { return false };
        let network = one.network;
        all.put(guest.number, One { stage: Stage::Socket, ..one });
        let mut made_room = false;
        for account in network.into_iter().flat_map(Account::all_of) {
            while all.many_sockets.of(account) > account.most(per_address).into() {
                let oldest = all.oldest_of(all.many_sockets.heaviest_in(account), SOCKETS);
                made_room |= all.send_away(oldest, Limit::Unauthenticated);
            }
        }
        while all.sockets.len() > count(most) {
            let oldest = all.oldest_of_most(SOCKETS);
            made_room |= all.send_away(oldest, Limit::Unauthenticated);
        }
        made_room
    }

    /// The oldest of this address goes, or of this network, if there is one.
    pub(super) fn make_room(&self, account: Account) -> bool {
        let mut all = self.all.lock();
        let oldest = all.oldest_of(all.many.heaviest_in(account), ALL);
        all.send_away(oldest, Limit::ConnectionsPerAddress)
    }

    /// The oldest of the address that has most of them goes, if there is one.
    pub(super) fn make_room_for_all(&self) -> bool {
        let mut all = self.all.lock();
        let oldest = all.oldest_of_most(ALL);
        all.send_away(oldest, Limit::Connections)
    }
}

impl All {
    /// The first of these to go, of the address that has most of them; where nothing is counted, of
    /// all.
    fn oldest_of_most(&self, these: RangeFrom<(Stage, u64)>) -> Option<u64> {
        let is_socket = these.start.0 == Stage::Socket;
        let many = if is_socket { &self.many_sockets } else { &self.many };
        let of_all =
            || if is_socket { self.sockets.first() } else { self.known.keys().next() }.copied();
        self.oldest_of(many.heaviest(), these).or_else(of_all)
    }

    /// The first of these to go, of this address or network.
    fn oldest_of(&self, account: Option<Account>, these: RangeFrom<(Stage, u64)>) -> Option<u64> {
        self.of.get(&account?)?.range(these).next().map(|(_, number)| *number)
    }

    /// One more of an address, or one less.
    fn count(&mut self, one: &One, before: u64, now: u64) {
        let Some(network) = one.network else { return };
        self.many.change(network, before, now);
        if one.stage == Stage::Socket {
            self.many_sockets.change(network, before, now);
        }
    }

    fn put(&mut self, number: u64, one: One) {
        self.count(&one, 0, 1);
        for account in accounts(&one) {
            self.of.entry(account).or_default().insert((one.stage, number));
        }
        if one.stage == Stage::Socket {
            self.sockets.insert(number);
        }
        self.known.insert(number, one);
    }

    fn forget(&mut self, number: u64) -> Option<One> {
        let one = self.known.remove(&number)?;
        self.count(&one, 1, 0);
        self.sockets.remove(&number);
        for account in accounts(&one) {
            if let Some(of) = self.of.get_mut(&account) {
                of.remove(&(one.stage, number));
                if of.is_empty() {
                    self.of.remove(&account);
                }
            }
        }
        Some(one)
    }

    fn send_away(&mut self, number: Option<u64>, why: Limit) -> bool {
        let Some(one) = number.and_then(|number| self.forget(number)) else { return false };
        // The first reason counts.
        let _ = one.asked_to_go.why.set(why);
        one.asked_to_go.by.cancel();
        true
    }
}

/// Those that this one is counted in.
fn accounts(one: &One) -> impl Iterator<Item = Account> + use<> {
    let network = one.network;
    Width::ALL.into_iter().filter_map(move |width| Some(width.of(network?)))
}

fn count(most: u32) -> usize {
    usize::try_from(most).unwrap_or(usize::MAX)
}
