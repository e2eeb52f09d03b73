//! What can be set per deployment. `config.default.toml` is the documentation of every field.

mod check;
mod layers;
mod live;
mod network;
mod origin;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use check::Fault;
pub use layers::{Flags, Loaded, load};
pub use live::differing;
pub(crate) use live::{Live, changed_limits};
pub use network::{Network, NotANetwork};
pub use origin::{NotAnOrigin, Origin};

/// The default configuration with its comments, as `setroom config print --default` shows it.
pub const DEFAULT_TOML: &str = include_str!("../../config.default.toml");

/// Everything that can be set. See `config.default.toml` for the meaning and the units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config.default.toml documents each field, once")]
pub struct Config {
    pub listen: SocketAddr,
    pub metrics: SocketAddr,
    pub data: PathBuf,
    pub journal: JournalKind,
    pub origin: Vec<Origin>,
    pub trusted_proxies: Vec<Network>,
    pub log_addresses: bool,
    pub log_format: LogFormat,
    pub limits: Limits,
}

/// Which journal keeps the rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JournalKind {
    /// A database file in the data folder.
    Sqlite,
    /// Nothing is kept past the end of the process.
    Memory,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Compact on a terminal, JSON elsewhere.
    Auto,
    /// One short line each, for people.
    Compact,
    /// One JSON object a line, for machines.
    Json,
}

/// The limits of one process. Those of the protocol itself (sizes of texts, people in a set) are
/// the protocol's and not a matter of deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config.default.toml documents each field, once")]
pub struct Limits {
    pub connections: u32,
    pub connections_reserved_percent: u32,
    pub connections_per_address: u32,
    pub connections_kept_per_address: u32,
    pub new_connections_per_address_per_second: u32,
    pub new_connections_per_address_burst: u32,
    pub requests_per_connection_per_second: u32,
    pub requests_per_connection_burst: u32,
    pub requests_per_address_per_second: u32,
    pub requests_per_address_burst: u32,
    pub posts_per_address_per_second: u32,
    pub posts_per_address_burst: u32,
    pub new_sets_per_address_per_minute: u32,
    pub new_sets_per_address_per_day: u32,
    pub unauthenticated_per_address: u32,
    pub unauthenticated: u32,
    pub bad_tokens_per_address_per_minute: u32,
    pub bad_token_wait_ms: u32,
    pub knocks_per_address_per_second: u32,
    pub knocks_per_address_burst: u32,
    pub knocks_per_set_per_second: u32,
    pub knocks_per_set_burst: u32,
    pub returns_per_seat_per_minute: u32,
    pub returns_per_seat_burst: u32,
    pub loopback_exempt: bool,
    pub rooms: u32,
    pub rooms_per_address: u32,
    pub rooms_mib: u32,
    pub room_idle_unload_minutes: u32,
    pub room_loads: u32,
    pub room_loads_per_address: u32,
    pub send_buffer_kib: u32,
    pub outbox_frames: u32,
    pub outbox_kib: u32,
    pub outbox_mib_per_address: u32,
    pub outbox_mib: u32,
    pub shown_kib_per_second: u32,
    pub shown_kib_burst: u32,
    pub ring_kib: u32,
    pub inbound_messages_per_second: u32,
    pub inbound_messages_burst: u32,
    pub inbound_frames_per_second: u32,
    pub inbound_frames_burst: u32,
    pub inbound_kib_per_second: u32,
    pub inbound_kib_per_seat_per_second: u32,
    pub inbound_kib_per_seat_burst: u32,
    pub own_keys_per_seat_per_second: u32,
    pub own_keys_per_seat_burst: u32,
    pub round_keys_per_seat_per_minute: u32,
    pub round_grants_per_seat_per_minute: u32,
    pub inbound_room_messages_per_second: u32,
    pub header_timeout_ms: u32,
    pub request_timeout_ms: u32,
    pub http_connection_seconds: u32,
    pub first_frame_timeout_ms: u32,
    pub message_timeout_ms: u32,
    pub ping_every_ms: u32,
    pub pong_wait_ms: u32,
    pub body_kib: u32,
    pub drain_timeout_ms: u32,
    pub journal_mib: u32,
    pub journal_reserve_mib: u32,
    pub set_journal_mib: u32,
    pub retention_days: u32,
    pub unused_set_days: u32,
    pub uncalled_set_hours: u32,
}

impl Config {
    /// Where people reach the service: as configured or, for a listener on this machine alone,
    /// its loopback names with the port that was really taken.
    #[must_use]
    pub fn origins(&self, bound: SocketAddr) -> Vec<Origin> {
        if self.origin.is_empty() { loopback_origins(bound) } else { self.origin.clone() }
    }
}

/// The loopback names of an address on this machine, the address itself first.
pub(crate) fn loopback_origins(bound: SocketAddr) -> Vec<Origin> {
    let port = bound.port();
    let mut origins = Vec::new();
    let own = match bound.ip() {
        IpAddr::V4(ip) if ip.is_loopback() => Some(ip.to_string()),
        IpAddr::V6(ip) if ip.is_loopback() => Some(format!("[{ip}]")),
        IpAddr::V4(_) | IpAddr::V6(_) => None,
    };
    for host in own.into_iter().chain([Ipv4Addr::LOCALHOST.to_string(), "localhost".to_owned()]) {
        let origin = Origin::plain(&host, port);
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    origins
}

/// A setting in milliseconds.
pub(crate) fn ms(ms: u32) -> Duration {
    Duration::from_millis(ms.into())
}

/// A setting in KiB, in bytes.
pub(crate) fn kib(kib: u32) -> usize {
    usize::try_from(kib).unwrap_or(usize::MAX).saturating_mul(1024)
}
