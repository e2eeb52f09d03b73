//! Every figure with its name and what it tells, in the order in which they are shown.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Metric, Registry, Unit};

use super::machine::Machine;

/// What tells figures of one family apart: a name and a value.
pub(super) type Label = [(&'static str, &'static str); 1];

#[derive(Debug)]
pub(super) struct Figures {
    pub(super) machine: Machine,
    pub(super) build: Family<Label, Gauge>,
    pub(super) ready: Gauge,
    pub(super) http_connections: Gauge,
    pub(super) http_responses: Family<Label, Counter>,
    pub(super) most_connections: Gauge,
    pub(super) misdirected: Family<Label, Counter>,
    pub(super) refusals: Family<Label, Counter>,
    pub(super) sockets: Gauge,
    pub(super) rooms: Gauge,
    pub(super) most_rooms: Gauge,
    pub(super) room_bytes: Gauge,
    pub(super) most_room_bytes: Gauge,
    pub(super) room_faults: Family<Label, Counter>,
    pub(super) not_saved: Counter,
    pub(super) seats: Gauge,
    pub(super) commands: Commands,
    pub(super) frames: Counter,
    pub(super) bytes: Counter,
    pub(super) slow_closes: Counter,
    pub(super) waiting_bytes: Gauge,
    pub(super) most_waiting: Gauge,
    pub(super) most_journal: Gauge,
    pub(super) journal_checked: Gauge,
    pub(super) journal_damaged: Gauge,
    pub(super) journal_commits: Counter,
    pub(super) journal_refused: Counter,
    pub(super) journal_reserve: Gauge,
    pub(super) journal_append: Histogram,
    pub(super) command_to_flush: Histogram,
}

/// Makes figures, and registers each under its name.
struct Names<'a>(&'a mut Registry);

impl Names<'_> {
    fn add<M: Metric + Clone + Default>(&mut self, name: &str, help: &str) -> M {
        let figure = M::default();
        self.0.register(name, help, figure.clone());
        figure
    }

    fn bytes<M: Metric + Clone + Default>(&mut self, name: &str, help: &str) -> M {
        let figure = M::default();
        self.0.register_with_unit(name, help, Unit::Bytes, figure.clone());
        figure
    }

    fn seconds(&mut self, name: &str, help: &str) -> Histogram {
        // From a tenth of a millisecond to some three seconds.
        let figure = Histogram::new(exponential_buckets(0.0001, 2.0, 16));
        self.0.register_with_unit(name, help, Unit::Seconds, figure.clone());
        figure
    }
}

/// What commands come to, each counted without a look into the family.
#[derive(Debug)]
pub(super) struct Commands {
    pub(super) applied: Counter,
    pub(super) refused: Counter,
    pub(super) busy: Counter,
}

impl Commands {
    fn of(family: &Family<Label, Counter>) -> Self {
        let outcome = |outcome| family.get_or_create(&[("outcome", outcome)]).clone();
        Self { applied: outcome("applied"), refused: outcome("refused"), busy: outcome("busy") }
    }
}

impl Figures {
    pub(super) fn named(registry: &mut Registry, machine: Machine) -> Self {
        let mut names = Names(registry);
        Self {
            machine,
            build: names.add("build_info", "The version that runs, always 1"),
            ready: names.add("ready", "Whether the service takes work, as /readyz says"),
            http_connections: names.add("http_connections_open", "Open connections"),
            http_responses: names.add("http_responses", "Answers by class of status"),
            most_connections: names.add("http_connections_ceiling", "limits.connections"),
            misdirected: names.add(
                "http_misdirected",
                "Requests that name another host or come from another page",
            ),
            refusals: names.add("limit_refusals", "Refusals by the limit met"),
            sockets: names.add("socket_connections_open", "Open sockets"),
            rooms: names.add("room_rooms_live", "Rooms in memory"),
            most_rooms: names.add("room_rooms_ceiling", "limits.rooms"),
            room_bytes: names.bytes("room_memory", "Texts and frames that live rooms hold"),
            most_room_bytes: names.bytes("room_memory_ceiling", "limits.rooms_mib"),
            room_faults: names.add("room_faults", "Rooms in which something broke"),
            not_saved: names.add("room_not_saved", "What people pressed and was not written"),
            seats: names.add("room_seats_connected", "Seats with somebody on the line"),
            commands: Commands::of(&names.add("room_commands", "Commands by what they came to")),
            frames: names.add("socket_frames_delivered", "Frames given to sockets"),
            bytes: names.bytes("socket_delivered", "Bytes given to sockets"),
            slow_closes: names.add("socket_slow_closes", "Members cut off as slow"),
            waiting_bytes: names
                .bytes("socket_waiting", "Bytes in memory for those who do not take them"),
            most_waiting: names.bytes("socket_waiting_ceiling", "limits.outbox_mib"),
            most_journal: names
                .bytes("journal_ceiling", "limits.journal_mib; 0 leaves it to the disk"),
            journal_checked: names
                .add("journal_checked", "Whether the journal was walked through since the start"),
            journal_damaged: names.add(
                "journal_damaged_sets",
                "Sets in which something does not hold, as found at the start",
            ),
            journal_commits: names.add("journal_commits", "Commits that changed something"),
            journal_refused: names
                .add("journal_refused", "Entries that were not written for want of room or time"),
            journal_reserve: names.bytes("journal_reserve", "Room on the disk that is kept back"),
            journal_append: names
                .seconds("journal_append", "From asking for an append to its answer"),
            command_to_flush: names.seconds(
                "room_command_to_flush",
                "From a command's arrival to its flush to the members",
            ),
        }
    }
}
