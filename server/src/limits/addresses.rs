//! What is known of each network address, and for how long: until its limits have refilled.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use parking_lot::Mutex;
use tokio::sync::Semaphore;

use super::Bucket;
use super::permit::semaphore;
use crate::clock::Clock;
use crate::config::Limits;
use crate::shutdown::Shutdown;

/// So many are remembered before the idle ones are forgotten within the minute.
const FIRST_SWEEP: usize = 1024;
const MINUTE_MS: u64 = 60_000;

/// All addresses that somebody came from a short while ago. Clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Addresses {
    limits: Arc<Limits>,
    clock: Clock,
    known: Arc<Mutex<Known>>,
}

#[derive(Debug)]
struct Known {
    of: HashMap<IpAddr, Address>,
    sweep_at: usize,
}

/// What one of them holds, and how fast it went.
#[derive(Debug)]
pub(super) struct Address {
    pub(super) connections: Arc<AtomicU32>,
    pub(super) arrivals: Bucket,
    pub(super) posts: Bucket,
    pub(super) foundings: Bucket,
    pub(super) daily_foundings: Bucket,
    pub(super) knocks: Bucket,
    pub(super) bad_tokens: Bucket,
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

    /// Asks what is known of this one, and what time it is.
    pub(super) fn with<T>(&self, network: IpAddr, ask: impl FnOnce(&mut Address, u64) -> T) -> T {
        let now_ms = self.clock.now_ms();
        let mut known = self.known.lock();
        if known.of.len() >= known.sweep_at {
            known.sweep(now_ms);
        }
        let address = known.of.entry(network).or_insert_with(|| Address::new(&self.limits));
        ask(address, now_ms)
    }

    /// Forgets each minute those whose limits have refilled: who was here is nobody's business.
    pub(super) async fn forget(self, shutdown: Shutdown) {
        loop {
            let now_ms = self.clock.now_ms();
            self.known.lock().sweep(now_ms);
            tokio::select! {
                () = self.clock.sleep_until(now_ms.saturating_add(MINUTE_MS)) => {}
                () = shutdown.stopping() => return,
            }
        }
    }
}

impl Known {
    fn sweep(&mut self, now_ms: u64) {
        self.of.retain(|_, address| !address.is_idle(now_ms));
        self.sweep_at = FIRST_SWEEP.max(self.of.len().saturating_mul(2));
    }
}

impl Address {
    fn new(limits: &Limits) -> Self {
        Self {
            connections: Arc::default(),
            arrivals: Bucket::new(),
            posts: Bucket::new(),
            foundings: Bucket::new(),
            daily_foundings: Bucket::new(),
            knocks: Bucket::new(),
            bad_tokens: Bucket::new(),
            loads: Arc::new(semaphore(limits.room_loads_per_address)),
            proofs: Arc::new(semaphore(1)),
        }
    }

    fn is_idle(&self, now_ms: u64) -> bool {
        let buckets = [
            self.arrivals,
            self.posts,
            self.foundings,
            self.daily_foundings,
            self.knocks,
            self.bad_tokens,
        ];
        self.connections.load(Ordering::Acquire) == 0
            // Whoever has one of these turns holds it too.
            && Arc::strong_count(&self.loads) == 1
            && Arc::strong_count(&self.proofs) == 1
            && buckets.iter().all(|bucket| bucket.is_full(now_ms))
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
        let stays = addresses.with(at(1), |address, _| Arc::clone(&address.loads));
        let rate = Rate::per_second(1, 600);
        assert!(addresses.with(at(2), |address, now_ms| address.knocks.take(now_ms, 300, rate)));
        let known = || addresses.known.lock().of.keys().copied().collect::<Vec<_>>();
        assert_eq!(known().len(), 2);
        let shutdown = Shutdown::default();
        let forgetting = tokio::spawn(addresses.clone().forget(shutdown.clone()));
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
