//! Every direct dependency is on a list that says why, and crates depend in one direction only.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Fault;
use crate::place::Place;

const LIST: &str = "xtask/dependencies.toml";
const WEB: &str = "web-client/package.json";

/// Which crate of ours may depend on which, and in what way.
const DIRECTIONS: [(&str, &str, Kind); 18] = [
    ("setroom-server", "setroom-protocol", Kind::Normal),
    ("setroom-server", "setroom-websocket", Kind::Normal),
    ("setroom-loadtest", "setroom-websocket", Kind::Normal),
    ("setroom-bench", "setroom-websocket", Kind::Normal),
    ("setroom-client", "setroom-protocol", Kind::Normal),
    ("setroom-loadtest", "setroom-protocol", Kind::Normal),
    ("setroom-loadtest", "setroom-client", Kind::Normal),
    ("setroom-loadtest", "setroom-server", Kind::Dev),
    ("setroom-loadtest", "setroom-checker", Kind::Dev),
    ("xtask", "setroom-protocol", Kind::Normal),
    ("setroom-server", "setroom-client", Kind::Dev),
    ("setroom-bench", "setroom-protocol", Kind::Normal),
    ("setroom-bench", "setroom-client", Kind::Normal),
    ("setroom-bench", "setroom-server", Kind::Normal),
    ("setroom-checker", "setroom-protocol", Kind::Normal),
    ("setroom-checker", "setroom-client", Kind::Normal),
    ("setroom-checker", "setroom-server", Kind::Normal),
    ("setroom-server", "setroom-checker", Kind::Dev),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Normal,
    Dev,
    Build,
}

impl Kind {
    fn of(dependency: &Value) -> Self {
        match dependency.get("kind").and_then(Value::as_str) {
            Some("dev") => Self::Dev,
            Some("build") => Self::Build,
            _ => Self::Normal,
        }
    }

    /// The table of the list below the crate's own.
    fn table(self) -> Option<&'static str> {
        match self {
            Self::Normal => None,
            Self::Dev => Some("dev"),
            Self::Build => Some("build"),
        }
    }
}

/// A dependency: whose, how, on what.
type Direct = (String, Kind, String);

pub(super) fn check(place: &Place, faults: &mut Vec<Fault>) -> Result<()> {
    let read = |path| {
        fs::read_to_string(place.root.join(path)).with_context(|| format!("{path} cannot be read"))
    };
    let text = read(LIST)?;
    let list: toml::Table = text.parse().with_context(|| format!("{LIST} is not TOML"))?;
    let web: Value =
        serde_json::from_str(&read(WEB)?).with_context(|| format!("{WEB} is not JSON"))?;

    let listed = listed(&list);
    let mut direct = of_crates(&place.metadata);
    direct.extend(of_client(&web));
    against_list(&direct, &listed, &text, faults);
    directions(&direct, faults);
    Ok(())
}

/// The list, flat, with each reason.
fn listed(list: &toml::Table) -> BTreeMap<Direct, String> {
    let mut flat = BTreeMap::new();
    let mut take = |of: &str, kind: Kind, table: &toml::Table| {
        for (name, value) in table {
            if let Some(reason) = value.as_str() {
                flat.insert((of.to_owned(), kind, name.clone()), reason.to_owned());
            }
        }
    };
    for (of, value) in list {
        let Some(table) = value.as_table() else { continue };
        take(of, Kind::Normal, table);
        for kind in [Kind::Dev, Kind::Build] {
            if let Some(below) = kind.table().and_then(|name| table.get(name)?.as_table()) {
                take(of, kind, below);
            }
        }
    }
    flat
}

/// What the crates of the workspace depend on.
fn of_crates(metadata: &Value) -> Vec<Direct> {
    let array = |value: &Value, name: &str| -> Vec<Value> {
        value.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let name = |value: &Value| value.get("name").and_then(Value::as_str).map(str::to_owned);
    let mut direct = Vec::new();
    for package in array(metadata, "packages") {
        let Some(of) = name(&package) else { continue };
        for dependency in array(&package, "dependencies") {
            direct.extend(name(&dependency).map(|on| (of.clone(), Kind::of(&dependency), on)));
        }
    }
    direct
}

/// What the web client ships, and what it is built and tested with.
fn of_client(package: &Value) -> Vec<Direct> {
    [("dependencies", Kind::Normal), ("devDependencies", Kind::Dev)]
        .into_iter()
        .filter_map(|(name, kind)| Some((package.get(name)?.as_object()?, kind)))
        .flat_map(|(all, kind)| all.keys().map(move |on| ("web-client".into(), kind, on.clone())))
        .collect()
}

fn against_list(
    direct: &[Direct],
    listed: &BTreeMap<Direct, String>,
    text: &str,
    faults: &mut Vec<Fault>,
) {
    for dependency in direct {
        let (of, kind, on) = dependency;
        let table = table_of(of, *kind);
        let rule = match listed.get(dependency) {
            None => format!("`{on}` is not in [{table}]: does it earn its place? Say why there"),
            Some(reason) if reason.trim().len() < 8 => {
                format!("`{on}` in [{table}] has no reason")
            }
            Some(_) => continue,
        };
        faults.push(Fault::new(LIST, line_of(text, &table, on), rule));
    }
    for dependency in listed.keys().filter(|listed| !direct.contains(listed)) {
        let (of, kind, on) = dependency;
        let table = table_of(of, *kind);
        let rule = format!("`{on}` is listed in [{table}] but not used: remove the line");
        faults.push(Fault::new(LIST, line_of(text, &table, on), rule));
    }
}

fn table_of(of: &str, kind: Kind) -> String {
    kind.table().map_or_else(|| of.to_owned(), |name| format!("{of}.{name}"))
}

/// The line of the list where `on` stands in `table`, or else where it would have to stand.
fn line_of(text: &str, table: &str, on: &str) -> usize {
    let head = format!("[{table}]");
    let Some(top) = text.lines().position(|line| line == head) else { return 0 };
    let below =
        text.lines().enumerate().skip(top + 1).take_while(|(_, line)| !line.starts_with('['));
    let is_it =
        |line: &str| line.split('=').next().is_some_and(|key| key.trim().trim_matches('"') == on);
    below.into_iter().find(|(_, line)| is_it(line)).map_or(top, |(at, _)| at) + 1
}

fn directions(direct: &[Direct], faults: &mut Vec<Fault>) {
    let ours = |name: &str| name.starts_with("setroom-") || name == "xtask";
    for (of, kind, on) in direct.iter().filter(|(of, _, on)| ours(of) && ours(on)) {
        let allowed = DIRECTIONS
            .iter()
            .any(|(from, to, how)| (*from, *to, *how) == (of.as_str(), on.as_str(), *kind));
        if !allowed {
            let rule = format!("{of} may not depend on {on} ({kind:?})");
            faults.push(Fault::new("Cargo.toml", 0, rule));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn metadata() -> Value {
        json!({"packages": [
            {"name": "setroom-server", "dependencies": [
                {"name": "tokio", "kind": null},
                {"name": "setroom-client", "kind": "dev"},
            ]},
            {"name": "setroom-protocol", "dependencies": [{"name": "tokio", "kind": null}]},
        ]})
    }

    fn rules(faults: &[Fault]) -> Vec<&str> {
        faults.iter().map(|fault| fault.rule.as_str()).collect()
    }

    #[test]
    fn unlisted_unreasoned_and_unused_are_found() {
        let list = "[setroom-server]\ntokio = \"the runtime of the sockets\"\nhyper = \"the accept loop\"\n\
                    [setroom-server.dev]\nsetroom-client = \"\"\n";
        let mut faults = Vec::new();
        against_list(&of_crates(&metadata()), &listed(&list.parse().unwrap()), list, &mut faults);
        let rules = rules(&faults);
        assert_eq!(rules.len(), 3);
        assert!(rules[0].contains("`setroom-client` in [setroom-server.dev] has no reason"));
        assert!(rules[1].contains("`tokio` is not in [setroom-protocol]"));
        assert!(rules[2].contains("`hyper` is listed in [setroom-server] but not used"));
        let lines: Vec<_> = faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [5, 0, 3]);
    }

    #[test]
    fn the_client_is_held_to_the_list_too() {
        let package = json!({"dependencies": {"preact": "11"}, "devDependencies": {"vite": "8"}});
        let direct = of_client(&package);
        assert_eq!(direct[0], ("web-client".into(), Kind::Normal, "preact".into()));
        assert_eq!(direct[1], ("web-client".into(), Kind::Dev, "vite".into()));
    }

    #[test]
    fn crates_depend_in_one_direction() {
        let of = |of: &str, kind, on: &str| (of.to_owned(), kind, on.to_owned());
        let mut faults = Vec::new();
        directions(
            &[
                of("setroom-server", Kind::Normal, "setroom-protocol"),
                of("setroom-server", Kind::Dev, "setroom-client"),
                of("setroom-server", Kind::Normal, "setroom-loadtest"),
                of("setroom-protocol", Kind::Dev, "setroom-server"),
                of("setroom-protocol", Kind::Normal, "serde"),
            ],
            &mut faults,
        );
        assert_eq!(faults.len(), 2);
    }
}
