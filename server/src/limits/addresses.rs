//! What is known of each network address, and of the networks that it lies in, and for how long: until
//! its limits have refilled.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Semaphore;

use super::bucket::{Bucket, Rate, Window};
use super::doors::Doors;
use super::permit::semaphore;
use super::source::Account;
use crate::clock::Clock;
use crate::config::Limits;
use crate::shutdown::Shutdown;

/// So many are remembered before the idle ones are forgotten within the minute.
const FIRST_SWEEP: usize = 1024;
pub(super) const MINUTE_MS: u64 = 60_000;
pub(super) const DAY_MS: u64 = 24 * 60 * MINUTE_MS;

/// All addresses that somebody came from a short while ago. Clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Addresses {
    limits: Arc<Limits>,
    clock: Clock,
    known: Arc<Mutex<Known>>,
}

#[derive(Debug)]
struct Known {
    of: HashMap<Account, Address>,
    sweep_at: usize,
}

/// What one of them holds, and how fast it went.
#[derive(Debug)]
pub(super) struct Address {
    pub(super) connections: Arc<AtomicU32>,
    pub(super) arrivals: Bucket,
    pub(super) posts: Bucket,
    /// Of this minute, and of this day.
    pub(super) foundings: [Window; 2],
    pub(super) vain_foundings: [Window; 1],
    pub(super) knocks: Bucket,
    pub(super) bad_tokens: [Window; 1],
    /// Bytes of rooms that were loaded for wrong tokens.
    pub(super) vain_loads: Bucket,
    pub(super) requests: Bucket,
    pub(super) loads: Arc<Semaphore>,
    pub(super) proofs: Arc<Semaphore>,
}

impl Addresses {
    pub(super) fn new(limits: Arc<Limits>, clock: Clock) -> Self {
        let known = Known { of: HashMap::new(), sweep_at: FIRST_SWEEP };
        Self { limits, clock, known: Arc::new(Mutex::new(known)) }
    }

    /// How many are remembered.
    pub(super) fn count(&self) -> usize {
        self.known.lock().of.len()
    }

    /// Asks what is known of this one and of the networks that it lies in, the narrowest first, and what
    /// time it is.
    pub(super) fn each<T>(
        &self,
        network: IpAddr,
        mut ask: impl FnMut(Account, &mut Address, u64) -> T,
    ) -> Vec<T> {
        let (mut known, now_ms) = self.known();
        known.each(&self.limits, network, |account, address| ask(account, address, now_ms))
    }

    fn known(&self) -> (MutexGuard<'_, Known>, u64) {
        let now_ms = self.clock.now_ms();
        let mut known = self.known.lock();
        if known.of.len() >= known.sweep_at {
            known.sweep(now_ms);
        }
        (known, now_ms)
    }

    /// Takes from each of them, if it is there for each; nobody takes it between. `take` says whether it was
    /// there.
    fn take_of_each<T: Copy>(
        &self,
        network: IpAddr,
        of: fn(&mut Address) -> &mut T,
        take: impl Fn(&mut T, Account, u64) -> bool,
    ) -> bool {
        let (mut known, now_ms) = self.known();
        let fits = known.each(&self.limits, network, |account, address| {
            take(&mut of(address).clone(), account, now_ms)
        });
        let fits = fits.into_iter().all(|fits| fits);
        if fits {
            known
                .each(&self.limits, network, |account, address| take(of(address), account, now_ms));
        }
        fits
    }

    /// Takes of a rate for each of them, if it is there for each.
    pub(super) fn take(
        &self,
        network: IpAddr,
        rate: Rate,
        of: fn(&mut Address) -> &mut Bucket,
    ) -> bool {
        self.take_of_each(network, of, |bucket, account, now_ms| {
            bucket.take(now_ms, 1, rate.times(account.width.times()))
        })
    }

    /// Takes one of so many in each of these periods for each of them, if it is there for each.
    pub(super) fn take_within<const N: usize>(
        &self,
        network: IpAddr,
        periods: [(u32, u64); N],
        of: fn(&mut Address) -> &mut [Window; N],
    ) -> bool {
        self.take_of_each(network, of, |windows, account, now_ms| {
            let mut each = windows.iter_mut().zip(periods);
            each.all(|(window, (most, period))| window.take(now_ms, account.most(most), period))
        })
    }

    /// Forgets each minute those whose limits have refilled: who was here is nobody's business.
    pub(super) async fn forget(self, shutdown: Shutdown, doors: &Doors) {
        loop {
            let now_ms = self.clock.now_ms();
            self.known.lock().sweep(now_ms);
            doors.sweep();
            tokio::select! {
                () = self.clock.sleep_until(now_ms.saturating_add(MINUTE_MS)) => {}
                () = shutdown.stopping() => return,
            }
        }
    }
}

impl Known {
    /// The one, and the networks that it lies in, the narrowest first.
    fn each<T>(
        &mut self,
        limits: &Limits,
        network: IpAddr,
        mut ask: impl FnMut(Account, &mut Address) -> T,
    ) -> Vec<T> {
        let each = Account::all_of(network).map(|account| {
            let address = self.of.entry(account).or_insert_with(|| Address::new(limits, account));
            ask(account, address)
        });
        each.collect()
    }

    fn sweep(&mut self, now_ms: u64) {
        self.of.retain(|_, address| !address.is_idle(now_ms));
        self.sweep_at = FIRST_SWEEP.max(self.of.len().saturating_mul(2));
    }
}

impl Address {
    fn new(limits: &Limits, account: Account) -> Self {
        Self {
            connections: Arc::default(),
            arrivals: Bucket::new(),
            posts: Bucket::new(),
            foundings: Default::default(),
            vain_foundings: Default::default(),
            knocks: Bucket::new(),
            bad_tokens: Default::default(),
            vain_loads: Bucket::new(),
            requests: Bucket::new(),
            loads: Arc::new(semaphore(account.most(limits.room_loads_per_address))),
            proofs: Arc::new(semaphore(account.most(1))),
        }
    }

    fn is_idle(&self, now_ms: u64) -> bool {
        let buckets = [self.arrivals, self.posts, self.knocks, self.vain_loads, self.requests];
        let [minute, day] = self.foundings;
        let ([vain], [bad]) = (self.vain_foundings, self.bad_tokens);
        let windows = [(minute, MINUTE_MS), (day, DAY_MS), (vain, MINUTE_MS), (bad, MINUTE_MS)];
        self.connections.load(Ordering::Acquire) == 0
            // Whoever has one of these turns holds it too.
            && Arc::strong_count(&self.loads) == 1
            && Arc::strong_count(&self.proofs) == 1
            && buckets.iter().all(|bucket| bucket.is_full(now_ms))
            && windows.iter().all(|(window, period)| window.is_full(now_ms, *period))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Rate;
    use super::*;
    use crate::clock::ManualClock;
    use crate::config::{Flags, load};

    #[tokio::test]
    async fn an_address_is_forgotten_within_a_minute_of_its_limits_having_refilled() {
        let manual = ManualClock::new(1_000_000);
        let limits = Arc::new(load(&Flags::default(), []).unwrap().config.limits);
        let addresses = Addresses::new(limits, Clock::Manual(manual.clone()));
        let at = |last: u8| IpAddr::from([192, 0, 2, last]);
        let stays = addresses.each(at(1), |_, address, _| Arc::clone(&address.loads));
        let rate = Rate::per_second(1, 600);
        addresses.each(at(2), |_, address, now_ms| assert!(address.knocks.take(now_ms, 300, rate)));
        let known =
            || addresses.known.lock().of.keys().map(|account| account.first).collect::<Vec<_>>();
        assert_eq!(known().len(), 2);
        let shutdown = Shutdown::default();
        let doors = Doors::new(Clock::Manual(manual.clone()));
        let forgets = addresses.clone();
        let forgetting = tokio::spawn(async move { forgets.forget(shutdown, &doors).await });
        let gone = async {
            while known().len() > 1 {
                manual.advance(1000);
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), gone).await.unwrap();
        assert_eq!(known(), [at(1)], "one that holds something is known");
        let took_ms = Clock::Manual(manual.clone()).now_ms() - 1_000_000;
        assert!((300_000..=361_000).contains(&took_ms), "{took_ms}");
        drop(stays);
        forgetting.abort();
    }
}
