//! Settings that can be changed while the service runs, and telling which were changed.

use std::ops::Deref;

use tokio::sync::watch;
use toml::{Table, Value};

use super::{Config, DEFAULT_TOML, Network};

/// What takes effect without a restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) log_addresses: bool,
}

/// Their names in the file.
const NAMES: [&str; 2] = ["trusted_proxies", "log_addresses"];

/// The settings that can change, as they are in force.
#[derive(Debug)]
pub struct Live(watch::Sender<Settings>);

impl Live {
    pub(crate) fn new(config: &Config) -> Self {
        Self(watch::Sender::new(Settings::of(config)))
    }

    /// The settings at this moment. It is not kept over an await.
    pub(crate) fn now(&self) -> impl Deref<Target = Settings> + '_ {
        self.0.borrow()
    }

    /// Puts those of `new` in force. The names of what changed, and of what differs from `started`
    /// and takes a restart.
    pub(crate) fn take(&self, started: &Config, new: &Config) -> (Vec<String>, Vec<String>) {
        let settings = Settings::of(new);
        let before = self.0.send_replace(settings.clone());
        let changed = [
            before.trusted_proxies != settings.trusted_proxies,
            before.log_addresses != settings.log_addresses,
        ];
        let changed = NAMES.into_iter().zip(changed).filter(|(_, changed)| *changed);
        let differing = differing(started, new).into_iter().map(|(name, _)| name);
        (
            changed.map(|(name, _)| name.to_owned()).collect(),
            differing.filter(|name| !NAMES.contains(&name.as_str())).collect(),
        )
    }
}

impl Settings {
    fn of(config: &Config) -> Self {
        Self {
            trusted_proxies: config.trusted_proxies.clone(),
            log_addresses: config.log_addresses,
        }
    }
}

/// The names of settings that are not the same in both, each with its value in `new`.
#[must_use]
pub fn differing(old: &Config, new: &Config) -> Vec<(String, String)> {
    let table = |config: &Config| Table::try_from(config).unwrap_or_default();
    compared(&table(old), &table(new), "")
}

/// The limits in force that are not the built-in ones, as `name=value name=value`.
pub(crate) fn changed_limits(config: &Config) -> String {
    let built_in: Table = DEFAULT_TOML.parse().unwrap_or_default();
    let of = |table: Table| match table.get("limits") {
        Some(Value::Table(limits)) => limits.clone(),
        Some(_) | None => Table::new(),
    };
    let in_force = Table::try_from(config).unwrap_or_default();
    let differing = compared(&of(built_in), &of(in_force), "");
    differing.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

fn compared(old: &Table, new: &Table, above: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, value) in new {
        let place = format!("{above}{name}");
        match (old.get(name), value) {
            (Some(Value::Table(old)), Value::Table(new)) => {
                found.extend(compared(old, new, &format!("{place}.")));
            }
            (Some(old), new) if old == new => {}
            _ => found.push((place, value.to_string())),
        }
    }
    found
}
