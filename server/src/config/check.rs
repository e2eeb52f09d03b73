//! Whether settings that are well formed also make sense together.

use setroom_protocol::limits as protocol_limits;
use toml::{Table, Value};

use super::Config;

/// Limits of which 0 means something.
const MAY_BE_NOTHING: [&str; 4] =
    ["connections_reserved_percent", "journal_mib", "unused_set_days", "uncalled_set_hours"];

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
        let mut fault_if = |is_wrong: bool, place: &str, what: &str| {
            if is_wrong {
                faults.push(Fault { place: place.to_owned(), what: what.to_owned() });
            }
        };
        let Self { listen, metrics, origin, limits, .. } = self;
        let what = "name at least one, since `listen` is not a loopback address";
        fault_if(origin.is_empty() && !listen.ip().is_loopback(), "origin", what);
        for origin in origin {
            let what = format!(
                "{origin} must be https: browsers give no keys to plain http, except on this machine"
            );
            fault_if(!origin.is_https() && !origin.is_loopback(), "origin", &what);
        }
        let what = "must be a loopback address: the figures are not for the public";
        fault_if(!metrics.ip().is_loopback(), "metrics", what);
        fault_if(metrics == listen && listen.port() != 0, "metrics", "must differ from `listen`");
        let everybody = self.trusted_proxies.iter().any(super::Network::is_everything);
        let what = "a network of length 0 would let anybody claim any address";
        fault_if(everybody, "trusted_proxies", what);
        fault_if(self.data.as_os_str().is_empty(), "data", "name a folder");
        for (name, value) in Table::try_from(limits).unwrap_or_default() {
            let is_nothing = value == Value::Integer(0) && !MAY_BE_NOTHING.contains(&name.as_str());
            fault_if(is_nothing, &format!("limits.{name}"), "must be at least 1");
        }
        let longest =
            u32::try_from(protocol_limits::FRAME_BYTES.div_ceil(1024)).unwrap_or(u32::MAX);
        let what = "must be at least 48: the longest message would never be taken";
        let is_short = limits.inbound_kib_per_seat_burst < longest;
        fault_if(is_short, "limits.inbound_kib_per_seat_burst", what);
        // A client gives a line up after that silence; two beats must fit into it.
        let is_silent = u64::from(limits.ping_every_ms) > protocol_limits::SILENCE_MS / 2;
        let what = "must be at most 22500: clients give up after 45000";
        fault_if(is_silent, "limits.ping_every_ms", what);
        let (ceiling, reserve) = (u64::from(limits.journal_mib), limits.journal_reserve_mib);
        let what = "must be at least twice `journal_reserve_mib`, or 0 for none";
        fault_if(ceiling > 0 && ceiling < 2 * u64::from(reserve), "limits.journal_mib", what);
        let is_more = limits.connections_per_address > limits.connections;
        let what = "cannot be more than `connections`";
        fault_if(is_more, "limits.connections_per_address", what);
        let what = "must be at most 90: others come too";
        let is_most = limits.connections_reserved_percent > 90;
        fault_if(is_most, "limits.connections_reserved_percent", what);
        let what = "must be at most 400: it is what people are told before they join";
        fault_if(limits.retention_days > 400, "limits.retention_days", what);
        faults
    }
}
