//! Every figure that the process shows, declared in one place.
//!
//! No label says which room or which person. What goes up and down is held by a [`Held`], so that
//! it goes down however a task ends.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::sync::Arc;

use crate::limits::Limit;

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
struct OutcomeLabel {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LimitLabel {
    limit: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatusLabel {
    class: &'static str,
}

/// The process's figures. Clones count into the same ones.
#[derive(Clone, Debug)]
pub struct Metrics {
    figures: Arc<Figures>,
    registry: Arc<Registry>,
}

#[derive(Debug)]
struct Figures {
    http_connections: Gauge,
    http_responses: Family<StatusLabel, Counter>,
    refusals: Family<LimitLabel, Counter>,
    sockets: Gauge,
    rooms: Gauge,
    seats: Gauge,
    applied: Counter,
    refused: Counter,
    busy: Counter,
    frames: Counter,
    bytes: Counter,
    slow_closes: Counter,
    waiting_bytes: Gauge,
    journal_commits: Counter,
    journal_refused: Counter,
    journal_reserve: Gauge,
    journal_append: Histogram,
    command_to_flush: Histogram,
}

/// One unit of something that is open; dropping it counts it down.
#[derive(Debug)]
#[must_use = "it is counted down at once unless it is kept"]
pub struct Held(Gauge);

impl Held {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.dec();
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
            refusals: Family::default(),
            sockets: Gauge::default(),
            rooms: Gauge::default(),
            seats: Gauge::default(),
            applied: outcome("applied"),
            refused: outcome("refused"),
            busy: outcome("busy"),
            frames: Counter::default(),
            bytes: Counter::default(),
            slow_closes: Counter::default(),
            waiting_bytes: Gauge::default(),
            journal_commits: Counter::default(),
            journal_refused: Counter::default(),
            journal_reserve: Gauge::default(),
            journal_append: seconds(),
            command_to_flush: seconds(),
        };
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

    /// A connection to the public listener is open.
    pub fn connection_open(&self) -> Held {
        Held::new(&self.figures.http_connections)
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

    /// Somebody ran into a limit.
    pub fn limit_refused(&self, limit: Limit) {
        self.figures.refusals.get_or_create(&LimitLabel { limit: limit.name() }).inc();
    }

    /// A socket is open.
    pub fn socket_open(&self) -> Held {
        Held::new(&self.figures.sockets)
    }

    /// A room is loaded.
    pub fn room_live(&self) -> Held {
        Held::new(&self.figures.rooms)
    }

    /// Somebody is connected to their seat.
    pub fn seat_connected(&self) -> Held {
        Held::new(&self.figures.seats)
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

impl Figures {
    fn registry(&self, commands: Family<OutcomeLabel, Counter>) -> Registry {
        let mut all = Registry::with_prefix("setroom");
        let r = &mut all;
        r.register("http_connections_open", "Open connections", self.http_connections.clone());
        r.register("http_responses", "Answers by class of status", self.http_responses.clone());
        r.register("limit_refusals", "Refusals by the limit met", self.refusals.clone());
        r.register("socket_connections_open", "Open sockets", self.sockets.clone());
        r.register("room_rooms_live", "Rooms in memory", self.rooms.clone());
        r.register("room_seats_connected", "Seats with somebody on the line", self.seats.clone());
        r.register("room_commands", "Commands by what they came to", commands);
        r.register("socket_frames_delivered", "Frames given to sockets", self.frames.clone());
        r.register_with_unit(
            "socket_delivered",
            "Bytes given to sockets",
            Unit::Bytes,
            self.bytes.clone(),
        );
        r.register("socket_slow_closes", "Members cut off as slow", self.slow_closes.clone());
        r.register_with_unit(
            "socket_waiting",
            "Bytes in memory for those who do not take them",
            Unit::Bytes,
            self.waiting_bytes.clone(),
        );
        r.register(
            "journal_commits",
            "Commits that changed something",
            self.journal_commits.clone(),
        );
        r.register(
            "journal_refused",
            "Entries that were not written for want of room or time",
            self.journal_refused.clone(),
        );
        r.register_with_unit(
            "journal_reserve",
            "Room on the disk that is kept back",
            Unit::Bytes,
            self.journal_reserve.clone(),
        );
        r.register_with_unit(
            "journal_append",
            "From asking for an append to its answer",
            Unit::Seconds,
            self.journal_append.clone(),
        );
        r.register_with_unit(
            "room_command_to_flush",
            "From a command's arrival to its flush to the members",
            Unit::Seconds,
            self.command_to_flush.clone(),
        );
        all
    }
}
