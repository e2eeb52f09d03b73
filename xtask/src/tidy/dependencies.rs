//! Every direct dependency is on a list that says why, and crates depend in one direction only.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Fault;
use crate::place::Place;

const LIST: &str = "xtask/dependencies.toml";
const WEB: &str = "web-client/package.json";

/// Which crate of ours may depend on which, by tables of the list: `.dev` is for its tests.
const DIRECTIONS: [(&str, &str); 19] = [
    ("setroom-server", "setroom-protocol"),
    ("setroom-server", "setroom-websocket"),
    ("setroom-loadtest", "setroom-websocket"),
    ("setroom-bench", "setroom-websocket"),
    ("setroom-client", "setroom-protocol"),
    ("setroom-loadtest", "setroom-protocol"),
    ("setroom-loadtest", "setroom-client"),
    ("setroom-loadtest.dev", "setroom-server"),
    ("setroom-loadtest.dev", "setroom-checker"),
    ("setroom-codegen", "setroom-protocol"),
    ("setroom-codegen", "xtask"),
    ("setroom-server.dev", "setroom-client"),
    ("setroom-bench", "setroom-protocol"),
    ("setroom-bench", "setroom-client"),
    ("setroom-bench", "setroom-server"),
    ("setroom-checker", "setroom-protocol"),
    ("setroom-checker", "setroom-client"),
    ("setroom-checker", "setroom-server"),
    ("setroom-server.dev", "setroom-checker"),
];

/// A dependency: the table of the list that it belongs to, and on what it is.
type Direct = (String, String);

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
    let mut waiting: Vec<_> = list.iter().map(|(of, value)| (of.clone(), value)).collect();
    while let Some((table, value)) = waiting.pop() {
        for (name, value) in value.as_table().into_iter().flatten() {
            match value.as_str() {
                Some(reason) => drop(flat.insert((table.clone(), name.clone()), reason.to_owned())),
                None => waiting.push((format!("{table}.{name}"), value)),
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
    let text = |value: &Value, name: &str| value.get(name)?.as_str().map(str::to_owned);
    let mut direct = Vec::new();
    for package in array(metadata, "packages") {
        let Some(of) = text(&package, "name") else { continue };
        for dependency in array(&package, "dependencies") {
            let kind = text(&dependency, "kind");
            let table = kind.map_or_else(|| of.clone(), |kind| format!("{of}.{kind}"));
            direct.extend(text(&dependency, "name").map(|on| (table, on)));
        }
    }
    direct
}

/// What the web client ships, and what it is built and tested with.
fn of_client(package: &Value) -> Vec<Direct> {
    [("dependencies", "web-client"), ("devDependencies", "web-client.dev")]
        .into_iter()
        .filter_map(|(name, table)| Some((package.get(name)?.as_object()?, table)))
        .flat_map(|(all, table)| all.keys().map(move |on| (table.to_owned(), on.clone())))
        .collect()
}

fn against_list(
    direct: &[Direct],
    listed: &BTreeMap<Direct, String>,
    text: &str,
    faults: &mut Vec<Fault>,
) {
    for dependency in direct {
        let (table, on) = dependency;
        let rule = match listed.get(dependency) {
            None => format!("`{on}` is not in [{table}]: does it earn its place? Say why there"),
            Some(reason) if reason.trim().len() < 8 => {
                format!("`{on}` in [{table}] has no reason")
            }
            Some(_) => continue,
        };
        faults.push(Fault::new(LIST, line_of(text, table, on), rule));
    }
    for (table, on) in listed.keys().filter(|listed| !direct.contains(listed)) {
        let rule = format!("`{on}` is listed in [{table}] but not used: remove the line");
        faults.push(Fault::new(LIST, line_of(text, table, on), rule));
    }
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
    for (of, on) in direct.iter().filter(|(of, on)| ours(of) && ours(on)) {
        if !DIRECTIONS.contains(&(of.as_str(), on.as_str())) {
            faults.push(Fault::new("Cargo.toml", 0, format!("{of} may not depend on {on}")));
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
        assert_eq!(direct[0], ("web-client".into(), "preact".into()));
        assert_eq!(direct[1], ("web-client.dev".into(), "vite".into()));
    }

    #[test]
    fn crates_depend_in_one_direction() {
        let of = |of: &str, on: &str| (of.to_owned(), on.to_owned());
        let mut faults = Vec::new();
        directions(
            &[
                of("setroom-server", "setroom-protocol"),
                of("setroom-server.dev", "setroom-client"),
                of("setroom-server", "setroom-loadtest"),
                of("setroom-protocol.dev", "setroom-server"),
                of("setroom-protocol", "serde"),
            ],
            &mut faults,
        );
        assert_eq!(faults.len(), 2);
    }
}
