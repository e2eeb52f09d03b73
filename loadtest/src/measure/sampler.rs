//! Reads, every second, what the tester and the server use.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use super::process::{self, Reading};
use super::processes::Processes;
use super::recorder::Recorder;
use super::timeline::Sample;

/// How often it reads.
const EVERY: Duration = Duration::from_secs(1);

/// Reads until it is dropped.
#[derive(Debug)]
pub struct Sampler {
    _reading: JoinSet<()>,
}

impl Sampler {
    /// Begins to read this process, and those of the server.
    #[must_use]
    pub fn start(recorder: Arc<Recorder>, server: Processes) -> Self {
        let mut reading = JoinSet::new();
        reading.spawn(async move {
            let mut last = Used::now(&server);
            let mut tick = tokio::time::interval_at(Instant::now() + EVERY, EVERY);
            tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
            loop {
                let now = tick.tick().await;
                let used = Used::now(&server);
                // What is read now was used before now.
                let slot = now.checked_sub(EVERY / 2).unwrap_or(now);
                recorder.sample(slot, used.tester_since(&last), used.server_since(&last));
                last = used;
            }
        });
        Self { _reading: reading }
    }
}

/// Everything that is read at one moment. While every server is away, because it is being
/// restarted, there is no reading of it.
pub(crate) struct Used {
    tester: Option<Reading>,
    server: Option<Reading>,
    machine: Option<f64>,
    disk: Option<f64>,
}

impl Used {
    pub(crate) fn now(server: &Processes) -> Self {
        Self {
            tester: process::read(std::process::id()).ok(),
            server: server.read().ok().flatten(),
            machine: process::machine_cpu().map(|cpu| cpu.busy),
            disk: process::disk_waited_seconds(),
        }
    }

    /// Processor time of this process, in seconds.
    pub(crate) fn tester_since(&self, last: &Self) -> Option<f64> {
        Some((self.tester?.cpu_seconds - last.tester?.cpu_seconds).max(0.0))
    }

    /// Processor time of everything on this machine, in seconds.
    pub(crate) fn machine_since(&self, last: &Self) -> Option<f64> {
        since(self.machine, last.machine)
    }

    /// What the server used.
    pub(crate) fn server_since(&self, last: &Self) -> Option<Sample> {
        let (now, last_one) = (self.server?, last.server?);
        Some(Sample {
            cpu_seconds: (now.cpu_seconds - last_one.cpu_seconds).max(0.0),
            rss_bytes: now.rss_bytes,
            written_bytes: now
                .written_bytes
                .zip(last_one.written_bytes)
                .map(|(now, last)| now.saturating_sub(last)),
            machine_cpu_seconds: self.machine_since(last),
            disk_waited_seconds: since(self.disk, last.disk),
        })
    }
}

fn since(now: Option<f64>, last: Option<f64>) -> Option<f64> {
    now.zip(last).map(|(now, last)| (now - last).max(0.0))
}
