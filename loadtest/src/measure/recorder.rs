//! Where a run's tasks put down what they see, while it happens.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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
    shards: Vec<Mutex<Shard>>,
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recent {
    /// From due to received.
    pub latency: Buckets,
    /// From due to sent.
    pub late: Buckets,
    /// Commands sent.
    pub sent: u64,
    /// Deliveries that came.
    pub deliveries: u64,
    /// People who came in.
    pub joins: u64,
    /// People who came back.
    pub back: u64,
}

impl Recorder {
    /// Opens the books; times count from now.
    #[must_use]
    pub fn new() -> Self {
        Self {
            origin: Instant::now(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            connected: AtomicU64::new(0),
        }
    }

    /// How long after the opening this is, in seconds.
    #[must_use]
    pub fn second(&self, now: Instant) -> f64 {
        now.saturating_duration_since(self.origin).as_secs_f64()
    }

    /// A command that was due at `due` was sent just now.
    pub fn sent(&self, of: usize, due: Instant, now: Instant) {
        self.put(of, |shard, origin| {
            let late = now.saturating_duration_since(due);
            shard.late.record(late);
            shard.recent.late.record(late);
            shard.recent.sent += 1;
            slot(shard, origin, now).sent += 1;
        });
    }

    /// A change came to a seat just now; `due` is when the command behind it was due, if it was one
    /// of the run's own.
    pub fn delivered(&self, of: usize, due: Option<Instant>, now: Instant) {
        self.put(of, |shard, origin| {
            shard.recent.deliveries += 1;
            slot(shard, origin, now).deliveries += 1;
            let Some(due) = due else { return };
            let took = now.saturating_duration_since(due);
            shard.latency.record(took);
            shard.recent.latency.record(took);
            slot(shard, origin, due).latency.record(took);
        });
    }

    /// Somebody came in for the first time, and it took so long.
    pub fn joined(&self, of: usize, took: Duration, now: Instant) {
        self.put(of, |shard, origin| {
            shard.joined.record(took);
            shard.recent.joins += 1;
            slot(shard, origin, now).joins += 1;
        });
    }

    /// A connection was cut.
    pub fn dropped(&self, of: usize, now: Instant) {
        self.put(of, |shard, origin| slot(shard, origin, now).drops += 1);
    }

    /// Somebody was back with everything, so long after their connection had ended.
    pub fn back(&self, of: usize, took: Duration, now: Instant) {
        self.put(of, |shard, origin| {
            shard.back.record(took);
            shard.recent.back += 1;
            slot(shard, origin, now).back += 1;
        });
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
    #[must_use]
    pub fn connected(&self) -> u64 {
        self.connected.load(Ordering::Relaxed)
    }

    /// What the tester and the server used since the last sample.
    pub fn sample(&self, now: Instant, tester_cpu_seconds: Option<f64>, server: Option<Sample>) {
        let connected = Some(self.connected());
        self.put(0, |shard, origin| {
            let slot = slot(shard, origin, now);
            slot.connected = connected;
            slot.tester_cpu_seconds = sum(slot.tester_cpu_seconds, tester_cpu_seconds);
            // Two samples in one slot, when the slots have become long or a tick was late.
            slot.used(server);
        });
    }

    /// What happened since this was last asked.
    #[must_use]
    pub fn recent(&self) -> Recent {
        let mut all = Recent::default();
        for shard in &self.shards {
            let of_it = std::mem::take(&mut locked(shard).recent);
            all.latency.merge(&of_it.latency);
            all.late.merge(&of_it.late);
            all.sent += of_it.sent;
            all.deliveries += of_it.deliveries;
            all.joins += of_it.joins;
            all.back += of_it.back;
        }
        all
    }

    /// Latencies so far.
    #[must_use]
    pub fn latency(&self) -> Latency {
        let mut all = Latency::default();
        self.shards.iter().for_each(|shard| all.merge(&locked(shard).latency));
        all
    }

    /// Adds what was put down so far to an outcome.
    pub fn add_to(&self, outcome: &mut Outcome) {
        for shard in &self.shards {
            let shard = locked(shard);
            outcome.latency.merge(&shard.latency);
            outcome.joined.merge(&shard.joined);
            outcome.back.merge(&shard.back);
            outcome.late.merge(&shard.late);
            outcome.timeline.merge(shard.timeline.clone());
        }
    }

    fn put(&self, of: usize, what: impl FnOnce(&mut Shard, Instant)) {
        if let Some(shard) = self.shards.get(of % SHARDS) {
            what(&mut locked(shard), self.origin);
        }
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

fn slot(shard: &mut Shard, origin: Instant, now: Instant) -> &mut Slot {
    shard.timeline.at(now.saturating_duration_since(origin))
}

fn locked(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}
