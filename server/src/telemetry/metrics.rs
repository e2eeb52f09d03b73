//! Every figure that the process shows, declared in one place.
//!
//! No label says which room or which person. What goes up and down is held by a [`GaugeGuard`], so that
//! it goes down however a task ends.

use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::path::PathBuf;
use std::sync::Arc;

use super::machine::{Disk, Machine, Watched, signed};
use super::registry::{Figures, Label};
use crate::config::Config;

/// Something went wrong with one room, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomFault {
    /// A rule panicked, and what was asked was refused; or the room did, and is loaded anew.
    Panicked,
    /// Its record is damaged: it does not open.
    Damaged,
}

/// Why nobody's requests may be getting through a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misdirected {
    /// They name a host that the service is not.
    Host,
    /// They come from a page that is not the service's own.
    Origin,
}

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was written and applied.
    Applied,
    /// A rule said no.
    Refused,
    /// It came faster than its person or the room may.
    TooFast,
    /// It was not written.
    NotSaved,
    /// The room or the journal was too busy.
    Busy,
}

/// The process's figures. Clones count into the same ones.
#[derive(Clone, Debug)]
pub struct Metrics {
    figures: Arc<Figures>,
    machine: Machine,
    registry: Arc<Registry>,
}

/// One unit of something that is open; dropping it counts it down.
#[derive(Debug)]
#[must_use = "it is counted down at once unless it is kept"]
pub struct GaugeGuard(Gauge);

impl GaugeGuard {
    /// One more of what this gauge counts.
    pub fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for GaugeGuard {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl RoomFault {
    fn label(self) -> Label {
        [("fault", if self == Self::Panicked { "panicked" } else { "damaged" })]
    }
}

impl Misdirected {
    fn label(self) -> Label {
        [("named", if self == Self::Host { "host" } else { "origin" })]
    }
}

impl std::ops::Deref for Metrics {
    type Target = Figures;

    fn deref(&self) -> &Figures {
        &self.figures
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// A set of figures, all at zero.
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let machine = Machine::default();
        registry.register_collector(Box::new(machine.clone()));
        let setroom = registry.sub_registry_with_prefix("setroom");
        setroom.register_collector(Box::new(Disk(machine.clone())));
        let figures = Figures::named(setroom);
        for fault in [RoomFault::Panicked, RoomFault::Damaged] {
            drop(figures.room_faults.get_or_create(&fault.label()));
        }
        for named in [Misdirected::Host, Misdirected::Origin] {
            drop(figures.misdirected.get_or_create(&named.label()));
        }
        for class in ["1xx", "2xx", "3xx", "4xx", "5xx"] {
            drop(figures.http_responses.get_or_create(&[("class", class)]));
        }
        figures.build.get_or_create(&[("version", env!("CARGO_PKG_VERSION"))]).set(1);
        Self { figures: Arc::new(figures), machine, registry: Arc::new(registry) }
    }

    /// All figures in the OpenMetrics text form.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string cannot fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }

    /// The service starts with these settings, at this time in milliseconds since 1970; its journal
    /// is this file, or in memory.
    pub fn started(&self, config: &Config, journal: Option<PathBuf>, now_ms: u64) {
        // A second start of the same figures changes nothing.
        let _ = self.machine.watched.set(Watched { journal, began_ms: now_ms });
        let limits = &config.limits;
        let mib = |mib: u32| i64::from(mib) * 1024 * 1024;
        self.most_connections.set(limits.connections.into());
        self.most_rooms.set(limits.rooms.into());
        self.most_room_bytes.set(mib(limits.rooms_mib));
        self.most_waiting.set(mib(limits.outbox_mib));
        self.most_journal.set(mib(limits.journal_mib));
    }

    /// The journal holds so many sets, each of which may take so much of it now.
    pub fn sets_may_take(&self, sets: u64, bytes: u64) {
        self.journal_sets.set(signed(sets));
        self.journal_set_most.set(signed(bytes));
    }

    /// The whole journal was walked through; in so many sets something does not hold.
    pub fn journal_checked(&self, damaged: u64) {
        self.journal_checked.set(1);
        self.journal_damaged.set(signed(damaged));
    }

    /// Something went wrong with a room.
    pub fn room_fault(&self, fault: RoomFault) {
        self.room_faults.get_or_create(&fault.label()).inc();
    }

    /// A request did not come by an address of the service.
    pub fn misdirected(&self, named: Misdirected) {
        self.misdirected.get_or_create(&named.label()).inc();
    }

    /// A request was answered with this status.
    pub fn http_responded(&self, status: u16) {
        let class = match status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        self.http_responses.get_or_create(&[("class", class)]).inc();
    }

    /// There is a limit of this name, which nobody ran into yet.
    pub fn limit_known(&self, limit: &'static str) {
        drop(self.refusals.get_or_create(&[("limit", limit)]));
    }

    /// Somebody ran into a limit.
    pub fn limit_refused(&self, limit: &'static str) {
        self.refusals.get_or_create(&[("limit", limit)]).inc();
    }

    /// A command was decided.
    pub fn command(&self, outcome: Outcome) {
        match outcome {
            Outcome::Applied => &self.commands.applied,
            Outcome::Refused => &self.commands.refused,
            Outcome::TooFast => &self.commands.too_fast,
            Outcome::NotSaved => &self.commands.not_saved,
            Outcome::Busy => &self.commands.busy,
        }
        .inc();
    }

    /// So many frames, and so many bytes in all, were given to sockets.
    pub fn delivered(&self, frames: u64, bytes: u64) {
        self.frames.inc_by(frames);
        self.bytes.inc_by(bytes);
    }

    /// Live rooms hold so many bytes in memory.
    pub fn rooms_hold(&self, bytes: u64) {
        self.room_bytes.set(signed(bytes));
    }

    /// So many bytes wait in memory for those who do not take them.
    pub fn waiting(&self, bytes: u64) {
        self.waiting_bytes.set(signed(bytes));
    }

    /// So much of the disk is kept back.
    pub fn journal_reserve(&self, bytes: u64) {
        self.journal_reserve.set(signed(bytes));
    }
}
