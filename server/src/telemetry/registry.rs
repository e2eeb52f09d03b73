//! Every figure with its name and what it tells, in the order in which they are shown: the one table.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Metric, Registry, Unit};

/// What tells figures of one family apart: a name and a value.
pub(super) type Label = [(&'static str, &'static str); 1];

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

    fn outcomes(&mut self, name: &str, help: &str) -> Commands {
        let family: Family<Label, Counter> = self.add(name, help);
        let of = |outcome| family.get_or_create(&[("outcome", outcome)]).clone();
        Commands {
            applied: of("applied"),
            refused: of("refused"),
            too_fast: of("too_fast"),
            not_saved: of("not_saved"),
            busy: of("busy"),
        }
    }
}

/// What commands come to, each counted without a look into the family.
#[derive(Debug)]
pub struct Commands {
    pub(super) applied: Counter,
    pub(super) refused: Counter,
    pub(super) too_fast: Counter,
    pub(super) not_saved: Counter,
    pub(super) busy: Counter,
}

macro_rules! figures {
    ($($field:ident: $kind:ty = $make:ident($name:literal, $help:literal);)*) => {
        /// Every figure that is counted as things happen.
        #[derive(Debug)]
        pub struct Figures {
            $(#[doc = $help] pub $field: $kind,)*
        }

        impl Figures {
            pub(super) fn named(registry: &mut Registry) -> Self {
                let mut names = Names(registry);
                Self { $($field: names.$make($name, $help),)* }
            }
        }
    };
}

figures! {
    build: Family<Label, Gauge> = add("build_info", "The version that runs, always 1");
    ready: Gauge = add("ready", "Whether the service takes work, as /readyz says");
    http_connections: Gauge = add("http_connections_open", "Open connections");
    http_responses: Family<Label, Counter> = add("http_responses", "Answers by class of status");
    most_connections: Gauge = add("http_connections_ceiling", "limits.connections");
    misdirected: Family<Label, Counter> =
        add("http_misdirected", "Requests that name another host or come from another page");
    refusals: Family<Label, Counter> = add("limit_refusals", "Refusals by the limit met");
    sockets: Gauge = add("socket_connections_open", "Open sockets");
    rooms: Gauge = add("room_rooms_live", "Rooms in memory");
    most_rooms: Gauge = add("room_rooms_ceiling", "limits.rooms");
    room_bytes: Gauge = bytes("room_memory", "What people made grow in live rooms");
    most_room_bytes: Gauge = bytes("room_memory_ceiling", "limits.rooms_mib");
    room_faults: Family<Label, Counter> = add("room_faults", "Rooms in which something broke");
    not_saved: Counter = add("room_not_saved", "What people pressed and the journal did not write");
    seats: Gauge = add("room_seats_connected", "Seats with somebody on the line");
    commands: Commands = outcomes("room_commands", "Commands by what they came to");
    frames: Counter = add("socket_frames_delivered", "Frames given to sockets");
    bytes: Counter = bytes("socket_delivered", "Bytes given to sockets");
    slow_closes: Counter = add("socket_slow_closes", "Members cut off as slow");
    waiting_bytes: Gauge =
        bytes("socket_waiting", "Bytes in memory for those who do not take them");
    most_waiting: Gauge = bytes("socket_waiting_ceiling", "limits.outbox_mib");
    most_journal: Gauge = bytes("journal_ceiling", "limits.journal_mib; 0 leaves it to the disk");
    journal_sets: Gauge = add("journal_sets", "Sets that the journal holds");
    journal_set_most: Gauge =
        bytes("journal_set_ceiling", "What one set may take of the journal now");
    journal_checked: Gauge =
        add("journal_checked", "Whether the journal was walked through since the start");
    journal_damaged: Gauge =
        add("journal_damaged_sets", "Sets in which something does not hold, as found at the start");
    journal_commits: Counter = add("journal_commits", "Commits that changed something");
    journal_refused: Counter =
        add("journal_refused", "Entries that were not written for want of room or time");
    journal_reserve: Gauge = bytes("journal_reserve", "Room on the disk that is kept back");
    journal_append: Histogram =
        seconds("journal_append", "From asking for an append to its answer");
    command_to_flush: Histogram =
        seconds("room_command_to_flush", "From a command's arrival to its flush to the members");
}
