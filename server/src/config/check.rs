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
        let all = Table::try_from(limits).unwrap_or_default();
        for (name, value) in all {
            if value == Value::Integer(0) && !MAY_BE_NOTHING.contains(&name.as_str()) {
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
