//! Where a run's tasks put down what they see, while it happens.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::buckets::Buckets;
use super::latency::Latency;
use super::outcome::Outcome;
use super::sum;
use super::timeline::{Sample, Slot, Timeline};

/// A few shards, so that the many tasks that write seldom meet.
const SHARDS: usize = 8;

/// The books of a run. `of` is everywhere any number that spreads the writers: a room's, say.
#[derive(Debug)]
pub struct Recorder {
    origin: Instant,
    shards: [Mutex<Shard>; SHARDS],
    connected: AtomicU64,
}

#[derive(Debug, Default)]
struct Shard {
    latency: Latency,
    joined: Latency,
    back: Latency,
    late: Latency,
    timeline: Timeline,
    /// Since it was last asked how it goes.
    recent: Recent,
}

/// What happened since this was last asked for, for whoever watches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recent {
    /// As of the timeline, but for when commands were due.
    pub slot: Slot,
    /// From due to sent.
    pub late: Buckets,
}

impl Shard {
    /// Counts something that happened then, in the timeline and for whoever watches.
    fn count(&mut self, then: Duration, what: impl Fn(&mut Slot)) {
        what(self.timeline.at(then));
        what(&mut self.recent.slot);
    }

    /// A receipt that was due then took so long.
    fn timed(&mut self, due: Duration, took: Duration) {
        self.latency.record(took);
        self.count(due, |slot| slot.latency.record(took));
    }
}

impl Default for Recorder {
    /// Opens the books; times count from now.
    fn default() -> Self {
        Self { origin: Instant::now(), shards: Default::default(), connected: AtomicU64::new(0) }
    }
}

impl Recorder {
    fn since_origin(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.origin)
    }

    /// How long after the opening this is, in seconds.
    pub fn second(&self, now: Instant) -> f64 {
        self.since_origin(now).as_secs_f64()
    }

    /// A command that was due at `due` was sent just now.
    pub fn sent(&self, of: usize, due: Instant, now: Instant) {
        let late = now.saturating_duration_since(due);
        let mut shard = self.shard(of);
        shard.late.record(late);
        shard.recent.late.record(late);
        shard.count(self.since_origin(now), |slot| slot.sent += 1);
    }

    /// A change came to a seat just now; `due` is when the command behind it was due, if it was one
    /// of the run's own.
    pub fn delivered(&self, of: usize, due: Option<Instant>, now: Instant) {
        let mut shard = self.shard(of);
        shard.count(self.since_origin(now), |slot| slot.deliveries += 1);
        if let Some(due) = due {
            shard.timed(self.since_origin(due), now.saturating_duration_since(due));
        }
    }

    /// A change that has come at `then` was one of the run's own, which was due at `due`.
    pub fn timed(&self, of: usize, due: Instant, then: Instant) {
        self.shard(of).timed(self.since_origin(due), then.saturating_duration_since(due));
    }

    /// Somebody came in for the first time, and it took so long.
    pub fn joined(&self, of: usize, took: Duration, now: Instant) {
        let mut shard = self.shard(of);
        shard.joined.record(took);
        shard.count(self.since_origin(now), |slot| slot.joins += 1);
    }

    /// A connection was cut.
    pub fn dropped(&self, of: usize, now: Instant) {
        self.shard(of).count(self.since_origin(now), |slot| slot.drops += 1);
    }

    /// Somebody was back with everything, so long after their connection had ended.
    pub fn back(&self, of: usize, took: Duration, now: Instant) {
        let mut shard = self.shard(of);
        shard.back.record(took);
        shard.count(self.since_origin(now), |slot| slot.back += 1);
    }

    /// A connection is open now, and so one more than before.
    pub fn opened(&self) {
        self.connected.fetch_add(1, Ordering::Relaxed);
    }

    /// A connection is not open any more.
    pub fn closed(&self) {
        let less = |count: u64| Some(count.saturating_sub(1));
        // Never refused: the closure always gives a count.
        let _ = self.connected.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// Connections that are open now.
    pub fn connected(&self) -> u64 {
        self.connected.load(Ordering::Relaxed)
    }

    /// What the tester and the server used since the last sample.
    pub fn sample(&self, now: Instant, tester_cpu_seconds: Option<f64>, server: Option<Sample>) {
        let mut shard = self.shard(0);
        let slot = shard.timeline.at(self.since_origin(now));
        slot.connected = Some(self.connected());
        slot.tester_cpu_seconds = sum(slot.tester_cpu_seconds, tester_cpu_seconds);
        // Two samples in one slot, when the slots have become long or a tick was late.
        slot.used(server);
    }

    /// What happened since this was last asked.
    #[must_use]
    pub fn recent(&self) -> Recent {
        let mut all = Recent::default();
        for shard in &self.shards {
            let recent = std::mem::take(&mut shard.lock().recent);
            all.slot.beside(recent.slot);
            all.late.merge(&recent.late);
        }
        all
    }

    /// Adds what was put down so far to an outcome.
    pub fn add_to(&self, outcome: &mut Outcome) {
        for shard in &self.shards {
            let shard = shard.lock();
            outcome.latency.merge(&shard.latency);
            outcome.joined.merge(&shard.joined);
            outcome.back.merge(&shard.back);
            outcome.late.merge(&shard.late);
            outcome.timeline.merge(shard.timeline.clone());
        }
    }

    #[allow(clippy::indexing_slicing, reason = "there are as many, and never none")]
    fn shard(&self, of: usize) -> MutexGuard<'_, Shard> {
        self.shards[of % SHARDS].lock()
    }
}
