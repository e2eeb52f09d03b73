//! Whether settings that are well formed also make sense together.

use setroom_protocol::limits as protocol_limits;

use super::Config;

/// One thing that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where it was set: a file and key, a variable, or a flag.
    pub place: String,
    /// What is wrong and what would be right.
    pub what: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

impl Config {
    /// All faults at once; empty when the settings can be used.
    #[must_use]
    pub fn validate(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |place: &str, what: &str| {
            faults.push(Fault { place: place.to_owned(), what: what.to_owned() });
        };
        if self.origin.is_empty() && !self.listen.ip().is_loopback() {
            fault("origin", "name at least one, since `listen` is not a loopback address");
        }
        for origin in &self.origin {
            if !origin.is_https() && !origin.is_loopback() {
                let what = format!(
                    "{origin} must be https: browsers give no keys to plain http, except on this machine"
                );
                fault("origin", &what);
            }
        }
        if !self.metrics.ip().is_loopback() {
            fault("metrics", "must be a loopback address: the figures are not for the public");
        }
        if self.metrics == self.listen && self.listen.port() != 0 {
            fault("metrics", "must differ from `listen`");
        }
        if self.trusted_proxies.iter().any(super::Network::is_everything) {
            fault("trusted_proxies", "a network of length 0 would let anybody claim any address");
        }
        if self.data.as_os_str().is_empty() {
            fault("data", "name a folder");
        }
        self.check_limits(&mut fault);
        faults
    }

    fn check_limits(&self, fault: &mut impl FnMut(&str, &str)) {
        let limits = &self.limits;
        let at_least_one = [
            ("connections", limits.connections),
            ("connections_per_address", limits.connections_per_address),
            ("connections_kept_per_address", limits.connections_kept_per_address),
            (
                "new_connections_per_address_per_second",
                limits.new_connections_per_address_per_second,
            ),
            ("new_connections_per_address_burst", limits.new_connections_per_address_burst),
            ("new_sets_per_address_per_minute", limits.new_sets_per_address_per_minute),
            ("new_sets_per_address_per_day", limits.new_sets_per_address_per_day),
            ("unauthenticated_per_address", limits.unauthenticated_per_address),
            ("unauthenticated", limits.unauthenticated),
            ("bad_tokens_per_address_per_minute", limits.bad_tokens_per_address_per_minute),
            ("bad_token_wait_ms", limits.bad_token_wait_ms),
            ("knocks_per_address_per_second", limits.knocks_per_address_per_second),
            ("knocks_per_address_burst", limits.knocks_per_address_burst),
            ("knocks_per_set_per_second", limits.knocks_per_set_per_second),
            ("knocks_per_set_burst", limits.knocks_per_set_burst),
            ("returns_per_seat_per_minute", limits.returns_per_seat_per_minute),
            ("returns_per_seat_burst", limits.returns_per_seat_burst),
            ("rooms", limits.rooms),
            ("rooms_per_address", limits.rooms_per_address),
            ("rooms_mib", limits.rooms_mib),
            ("room_idle_unload_minutes", limits.room_idle_unload_minutes),
            ("room_loads", limits.room_loads),
            ("room_loads_per_address", limits.room_loads_per_address),
            ("send_buffer_kib", limits.send_buffer_kib),
            ("outbox_frames", limits.outbox_frames),
            ("outbox_kib", limits.outbox_kib),
            ("outbox_mib_per_address", limits.outbox_mib_per_address),
            ("outbox_mib", limits.outbox_mib),
            ("ring_kib", limits.ring_kib),
            ("inbound_messages_per_second", limits.inbound_messages_per_second),
            ("inbound_messages_burst", limits.inbound_messages_burst),
            ("inbound_frames_per_second", limits.inbound_frames_per_second),
            ("inbound_frames_burst", limits.inbound_frames_burst),
            ("inbound_kib_per_second", limits.inbound_kib_per_second),
            ("inbound_room_messages_per_second", limits.inbound_room_messages_per_second),
            ("header_timeout_ms", limits.header_timeout_ms),
            ("request_timeout_ms", limits.request_timeout_ms),
            ("http_connection_seconds", limits.http_connection_seconds),
            ("first_frame_timeout_ms", limits.first_frame_timeout_ms),
            ("ping_every_ms", limits.ping_every_ms),
            ("pong_wait_ms", limits.pong_wait_ms),
            ("body_kib", limits.body_kib),
            ("drain_timeout_ms", limits.drain_timeout_ms),
            ("journal_reserve_mib", limits.journal_reserve_mib),
            ("set_journal_mib", limits.set_journal_mib),
        ];
        for (name, value) in at_least_one {
            if value == 0 {
                fault(&format!("limits.{name}"), "must be at least 1");
            }
        }
        if u64::from(limits.ping_every_ms) > protocol_limits::SILENCE_MS / 2 {
            // A client gives a line up after that silence; two beats must fit into it.
            fault("limits.ping_every_ms", "must be at most 22500: clients give up after 45000");
        }
        let ceiling = u64::from(limits.journal_mib);
        if ceiling > 0 && ceiling < 2 * u64::from(limits.journal_reserve_mib) {
            fault(
                "limits.journal_mib",
                "must be at least twice `journal_reserve_mib`, or 0 for none",
            );
        }
        if limits.connections_per_address > limits.connections {
            fault("limits.connections_per_address", "cannot be more than `connections`");
        }
        if limits.connections_reserved_percent > 90 {
            fault("limits.connections_reserved_percent", "must be at most 90: others come too");
        }
    }
}
