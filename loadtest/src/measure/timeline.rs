//! What happened when: one slot for each second, or for each two, four, … of a long run, so that
//! however long it lasts there are at most [`MOST`] of them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::buckets::Buckets;
use super::sum;

/// Slots that are kept at most.
pub const MOST: usize = 1200;

/// A run from its first packet on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timeline {
    /// How long each slot is, in seconds: a power of two.
    pub step_seconds: u32,
    /// The slots, the first from 0 on.
    pub slots: Vec<Slot>,
}

/// What happened in one slot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// From due to received, of the commands that were *due* in this slot.
    pub latency: Buckets,
    /// Commands sent.
    pub sent: u64,
    /// Deliveries that came.
    pub deliveries: u64,
    /// People who came in for the first time.
    pub joins: u64,
    /// Connections that were cut, by the test or by the server.
    pub drops: u64,
    /// People who were back after that, with everything.
    pub back: u64,
    /// Connections that were open at the end of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected: Option<u64>,
    /// Processor time of the tester in it, in seconds; of all testers together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tester_cpu_seconds: Option<f64>,
    /// What the server used, when its process was watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Sample>,
}

/// What the server and its machine used in one slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Processor time of the server in it, in seconds.
    pub cpu_seconds: f64,
    /// Resident memory of the server at its end, in bytes.
    pub rss_bytes: u64,
    /// What the server wrote in it, in bytes, nearly all of it to its files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_bytes: Option<u64>,
    /// Processor time of everything on the server's machine in it, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine_cpu_seconds: Option<f64>,
    /// How long anything on the server's machine waited for the disk in it, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_waited_seconds: Option<f64>,
}

impl Default for Timeline {
    fn default() -> Self {
        Self { step_seconds: 1, slots: Vec::new() }
    }
}

impl Timeline {
    /// The slot that this moment, counted from the start, belongs to. It is made when it is not
    /// there yet; when that would be too many, every two slots become one.
    pub fn at(&mut self, moment: Duration) -> &mut Slot {
        let second = moment.as_secs();
        while second / u64::from(self.step_seconds) >= MOST as u64 {
            self.coarsen();
        }
        let index = usize::try_from(second / u64::from(self.step_seconds)).unwrap_or(MOST - 1);
        if self.slots.len() <= index {
            self.slots.resize_with(index + 1, Slot::default);
        }
        let last = self.slots.len() - 1;
        #[allow(clippy::indexing_slicing, reason = "made long enough just above")]
        &mut self.slots[index.min(last)]
    }

    /// Takes another run in that began at the same moment.
    pub fn merge(&mut self, mut other: Self) {
        while self.step_seconds < other.step_seconds {
            self.coarsen();
        }
        while other.step_seconds < self.step_seconds {
            other.coarsen();
        }
        if self.slots.len() < other.slots.len() {
            self.slots.resize_with(other.slots.len(), Slot::default);
        }
        for (slot, other) in self.slots.iter_mut().zip(other.slots) {
            slot.beside(other);
        }
    }

    /// Every slot with the second in which it begins.
    pub(crate) fn seconds(&self) -> impl Iterator<Item = (f64, &Slot)> {
        let step = f64::from(self.step_seconds.max(1));
        self.slots.iter().enumerate().map(move |(index, slot)| (index as f64 * step, slot))
    }

    fn coarsen(&mut self) {
        let mut slots = std::mem::take(&mut self.slots).into_iter();
        while let Some(mut slot) = slots.next() {
            if let Some(next) = slots.next() {
                slot.then(next);
            }
            self.slots.push(slot);
        }
        self.step_seconds = self.step_seconds.saturating_mul(2).max(2);
    }
}

impl Slot {
    fn counts(&mut self, other: &Self) {
        self.latency.merge(&other.latency);
        self.sent += other.sent;
        self.deliveries += other.deliveries;
        self.joins += other.joins;
        self.drops += other.drops;
        self.back += other.back;
        self.tester_cpu_seconds = sum(self.tester_cpu_seconds, other.tester_cpu_seconds);
    }

    /// The same time, seen by another tester.
    pub(super) fn beside(&mut self, other: Self) {
        self.counts(&other);
        self.connected = sum(self.connected, other.connected);
        // Only one tester can watch the server.
        self.server = self.server.or(other.server);
    }

    /// What the server used right after what is known of it.
    pub(super) fn used(&mut self, next: Option<Sample>) {
        self.server = match (self.server, next) {
            (Some(one), Some(two)) => Some(one.then(two)),
            (one, two) => one.or(two),
        };
    }

    /// The time right after, seen by the same tester.
    pub fn then(&mut self, next: Self) {
        self.counts(&next);
        self.connected = next.connected.or(self.connected);
        self.used(next.server);
    }
}

impl Sample {
    /// This and the time right after it.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Self {
            cpu_seconds: self.cpu_seconds + next.cpu_seconds,
            rss_bytes: next.rss_bytes,
            written_bytes: self.written_bytes.zip(next.written_bytes).map(|(a, b)| a + b),
            machine_cpu_seconds: sum(self.machine_cpu_seconds, next.machine_cpu_seconds),
            disk_waited_seconds: sum(self.disk_waited_seconds, next.disk_waited_seconds),
        }
    }
}
