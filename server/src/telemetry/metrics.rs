//! Every figure that the process shows, declared in one place.
//!
//! No label says which room or which person. What goes up and down is held by a [`GaugeGuard`], so that
//! it goes down however a task ends.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::path::PathBuf;
use std::sync::Arc;

use super::machine::{Machine, Watched};
use crate::config::Config;

/// Something went wrong with one room, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomFault {
    /// It panicked, and was loaded anew.
    Panicked,
    /// It panicked three times within a minute and takes no commands for a while.
    ReadOnly,
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
    /// The room or the journal was too busy.
    Busy,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct OutcomeLabel {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct FaultLabel {
    fault: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct NamedLabel {
    named: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct BuildLabel {
    version: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct LimitLabel {
    limit: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct StatusLabel {
    class: &'static str,
}

/// The process's figures. Clones count into the same ones.
#[derive(Clone, Debug)]
pub struct Metrics {
    figures: Arc<Figures>,
    registry: Arc<Registry>,
}

#[derive(Debug)]
pub(super) struct Figures {
    pub(super) http_connections: Gauge,
    pub(super) http_responses: Family<StatusLabel, Counter>,
    pub(super) misdirected: Family<NamedLabel, Counter>,
    pub(super) refusals: Family<LimitLabel, Counter>,
    pub(super) sockets: Gauge,
    pub(super) rooms: Gauge,
    pub(super) seats: Gauge,
    pub(super) applied: Counter,
    pub(super) refused: Counter,
    pub(super) busy: Counter,
    pub(super) not_saved: Counter,
    pub(super) room_faults: Family<FaultLabel, Counter>,
    pub(super) frames: Counter,
    pub(super) bytes: Counter,
    pub(super) slow_closes: Counter,
    pub(super) waiting_bytes: Gauge,
    pub(super) most_connections: Gauge,
    pub(super) most_rooms: Gauge,
    pub(super) most_waiting: Gauge,
    pub(super) most_journal: Gauge,
    pub(super) ready: Gauge,
    pub(super) journal_checked: Gauge,
    pub(super) journal_damaged: Gauge,
    pub(super) build: Family<BuildLabel, Gauge>,
    pub(super) machine: Machine,
    pub(super) journal_commits: Counter,
    pub(super) journal_refused: Counter,
    pub(super) journal_reserve: Gauge,
    pub(super) journal_append: Histogram,
    pub(super) command_to_flush: Histogram,
}

/// One unit of something that is open; dropping it counts it down.
#[derive(Debug)]
#[must_use = "it is counted down at once unless it is kept"]
pub struct GaugeGuard(Gauge);

impl GaugeGuard {
    fn new(gauge: &Gauge) -> Self {
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
    fn label(self) -> FaultLabel {
        let fault = match self {
            Self::Panicked => "panicked",
            Self::ReadOnly => "read_only",
            Self::Damaged => "damaged",
        };
        FaultLabel { fault }
    }
}

impl Misdirected {
    fn label(self) -> NamedLabel {
        NamedLabel { named: if self == Self::Host { "host" } else { "origin" } }
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
        // From a tenth of a millisecond to some three seconds.
        let seconds = || Histogram::new(exponential_buckets(0.0001, 2.0, 16));
        let commands = Family::<OutcomeLabel, Counter>::default();
        let outcome = |outcome| commands.get_or_create(&OutcomeLabel { outcome }).clone();
        let figures = Figures {
            http_connections: Gauge::default(),
            http_responses: Family::default(),
            misdirected: Family::default(),
            refusals: Family::default(),
            sockets: Gauge::default(),
            rooms: Gauge::default(),
            seats: Gauge::default(),
            applied: outcome("applied"),
            refused: outcome("refused"),
            busy: outcome("busy"),
            not_saved: Counter::default(),
            room_faults: Family::default(),
            frames: Counter::default(),
            bytes: Counter::default(),
            slow_closes: Counter::default(),
            waiting_bytes: Gauge::default(),
            most_connections: Gauge::default(),
            most_rooms: Gauge::default(),
            most_waiting: Gauge::default(),
            most_journal: Gauge::default(),
            ready: Gauge::default(),
            journal_checked: Gauge::default(),
            journal_damaged: Gauge::default(),
            build: Family::default(),
            machine: Machine::default(),
            journal_commits: Counter::default(),
            journal_refused: Counter::default(),
            journal_reserve: Gauge::default(),
            journal_append: seconds(),
            command_to_flush: seconds(),
        };
        for fault in [RoomFault::Panicked, RoomFault::ReadOnly, RoomFault::Damaged] {
            drop(figures.room_faults.get_or_create(&fault.label()));
        }
        for named in [Misdirected::Host, Misdirected::Origin] {
            drop(figures.misdirected.get_or_create(&named.label()));
        }
        for class in ["1xx", "2xx", "3xx", "4xx", "5xx"] {
            drop(figures.http_responses.get_or_create(&StatusLabel { class }));
        }
        figures.build.get_or_create(&BuildLabel { version: env!("CARGO_PKG_VERSION") }).set(1);
        let registry = Arc::new(figures.registry(commands));
        Self { figures: Arc::new(figures), registry }
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
        let _ = self.figures.machine.watched.set(Watched { journal, began_ms: now_ms });
        let (limits, figures) = (&config.limits, &self.figures);
        let mib = |mib: u32| i64::from(mib) * 1024 * 1024;
        figures.most_connections.set(limits.connections.into());
        figures.most_rooms.set(limits.rooms.into());
        figures.most_waiting.set(mib(limits.outbox_mib));
        figures.most_journal.set(mib(limits.journal_mib));
    }

    /// Whether the service takes work, as `/readyz` says.
    pub fn ready(&self, is_ready: bool) {
        self.figures.ready.set(is_ready.into());
    }

    /// The whole journal was walked through; in so many sets something does not hold.
    pub fn journal_checked(&self, damaged: u64) {
        self.figures.journal_checked.set(1);
        self.figures.journal_damaged.set(i64::try_from(damaged).unwrap_or(i64::MAX));
    }

    /// What somebody pressed was not written, and they were told so.
    pub fn not_saved(&self) {
        self.figures.not_saved.inc();
    }

    /// Something went wrong with a room.
    pub fn room_fault(&self, fault: RoomFault) {
        self.figures.room_faults.get_or_create(&fault.label()).inc();
    }

    /// A request did not come by an address of the service.
    pub fn misdirected(&self, named: Misdirected) {
        self.figures.misdirected.get_or_create(&named.label()).inc();
    }

    /// A connection to the public listener is open.
    pub fn connection_open(&self) -> GaugeGuard {
        GaugeGuard::new(&self.figures.http_connections)
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
        self.figures.http_responses.get_or_create(&StatusLabel { class }).inc();
    }

    /// There is a limit of this name, which nobody ran into yet.
    pub fn limit_known(&self, limit: &'static str) {
        drop(self.figures.refusals.get_or_create(&LimitLabel { limit }));
    }

    /// Somebody ran into a limit.
    pub fn limit_refused(&self, limit: &'static str) {
        self.figures.refusals.get_or_create(&LimitLabel { limit }).inc();
    }

    /// A socket is open.
    pub fn socket_open(&self) -> GaugeGuard {
        GaugeGuard::new(&self.figures.sockets)
    }

    /// A room is loaded.
    pub fn room_live(&self) -> GaugeGuard {
        GaugeGuard::new(&self.figures.rooms)
    }

    /// Somebody is connected to their seat.
    pub fn seat_connected(&self) -> GaugeGuard {
        GaugeGuard::new(&self.figures.seats)
    }

    /// A command was decided.
    pub fn command(&self, outcome: Outcome) {
        match outcome {
            Outcome::Applied => &self.figures.applied,
            Outcome::Refused => &self.figures.refused,
            Outcome::Busy => &self.figures.busy,
        }
        .inc();
    }

    /// So many frames, and so many bytes in all, were given to sockets.
    pub fn delivered(&self, frames: u64, bytes: u64) {
        self.figures.frames.inc_by(frames);
        self.figures.bytes.inc_by(bytes);
    }

    /// A member was cut off because they did not read.
    pub fn slow_close(&self) {
        self.figures.slow_closes.inc();
    }

    /// So many bytes wait in memory for those who do not take them.
    pub fn waiting(&self, bytes: u64) {
        self.figures.waiting_bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// The journal committed a transaction that changed something.
    pub fn journal_committed(&self) {
        self.figures.journal_commits.inc();
    }

    /// How many such commits there were.
    #[must_use]
    pub fn journal_commits(&self) -> u64 {
        self.figures.journal_commits.get()
    }

    /// An append was refused: there is no room, or somebody outside holds the file.
    pub fn journal_refused(&self) {
        self.figures.journal_refused.inc();
    }

    /// So much of the disk is kept back.
    pub fn journal_reserve(&self, bytes: u64) {
        self.figures.journal_reserve.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// An append was answered after this long.
    pub fn journal_appended(&self, took: Duration) {
        self.figures.journal_append.observe(took.as_secs_f64());
    }

    /// What a command changed was flushed to the members this long after it came in.
    pub fn command_flushed(&self, took: Duration) {
        self.figures.command_to_flush.observe(took.as_secs_f64());
    }
}
