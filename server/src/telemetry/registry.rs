//! The names of all figures, and what they tell.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::{Registry, Unit};

use super::machine::Disk;
use super::metrics::{Figures, OutcomeLabel};

impl Figures {
    pub(super) fn registry(&self, commands: Family<OutcomeLabel, Counter>) -> Registry {
        let mut all = Registry::default();
        all.register_collector(Box::new(self.machine.clone()));
        let r = all.sub_registry_with_prefix("setroom");
        r.register_collector(Box::new(Disk(self.machine.clone())));
        r.register("build_info", "The version that runs, always 1", self.build.clone());
        r.register("ready", "Whether the service takes work, as /readyz says", self.ready.clone());
        r.register("http_connections_open", "Open connections", self.http_connections.clone());
        r.register("http_responses", "Answers by class of status", self.http_responses.clone());
        r.register("http_connections_ceiling", "limits.connections", self.most_connections.clone());
        r.register(
            "http_misdirected",
            "Requests that name another host or come from another page",
            self.misdirected.clone(),
        );
        r.register("limit_refusals", "Refusals by the limit met", self.refusals.clone());
        r.register("socket_connections_open", "Open sockets", self.sockets.clone());
        r.register("room_rooms_live", "Rooms in memory", self.rooms.clone());
        r.register("room_rooms_ceiling", "limits.rooms", self.most_rooms.clone());
        r.register_with_unit(
            "room_memory",
            "Texts and frames that live rooms hold",
            Unit::Bytes,
            self.room_bytes.clone(),
        );
        r.register_with_unit(
            "room_memory_ceiling",
            "limits.rooms_mib",
            Unit::Bytes,
            self.most_room_bytes.clone(),
        );
        r.register("room_faults", "Rooms in which something broke", self.room_faults.clone());
        r.register(
            "room_not_saved",
            "What people pressed and was not written",
            self.not_saved.clone(),
        );
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
        r.register_with_unit(
            "socket_waiting_ceiling",
            "limits.outbox_mib",
            Unit::Bytes,
            self.most_waiting.clone(),
        );
        r.register_with_unit(
            "journal_ceiling",
            "limits.journal_mib; 0 leaves it to the disk",
            Unit::Bytes,
            self.most_journal.clone(),
        );
        r.register(
            "journal_checked",
            "Whether the journal was walked through since the start",
            self.journal_checked.clone(),
        );
        r.register(
            "journal_damaged_sets",
            "Sets in which something does not hold, as found at the start",
            self.journal_damaged.clone(),
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
