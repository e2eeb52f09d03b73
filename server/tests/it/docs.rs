//! What the documents say of the program, held against the program.

use std::collections::BTreeSet;
use std::path::Path;

use setroom_server::limits::Limit;
use setroom_server::telemetry::Metrics;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)).unwrap()
}

/// The rows of the table under a heading, each as its cells.
fn rows(text: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, section) = text.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().into()).collect())
        .collect()
}

#[test]
fn the_documents_name_every_figure_and_every_limit() {
    let text = read("docs/OPERATIONS.md");

    let metrics = Metrics::new();
    let limits: Vec<_> = Limit::ALL.iter().map(|limit| limit.name()).collect();
    limits.iter().for_each(|limit| metrics.limit_known(limit));
    let mut config = crate::support::test_config();
    // Its disk is looked at.
    config.data = ".".into();
    metrics.started(&config, Some("./setroom.db".into()), 1_750_000_000_000);
    let shown = metrics.text();
    let figures: BTreeSet<_> = shown
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .map(|line| line.split_once(' ').unwrap())
        .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
        .collect();
    let documented: BTreeSet<_> = rows(&text, "Figures")
        .into_iter()
        .map(|cells| (cells[0].trim_matches('`').to_owned(), cells[1].clone()))
        .collect();
    assert_eq!(documented, figures);

    let named: BTreeSet<_> = rows(&text, "Limits, and how they say their names")
        .into_iter()
        .map(|cells| cells[0].trim_matches('`').to_owned())
        .collect();
    assert_eq!(named, limits.into_iter().map(str::to_owned).collect());
}

/// Every Rust source below a folder.
fn sources(folder: &str) -> String {
    let mut all = String::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                all.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    all
}

/// What others' programs are told: cargo, systemd and its like.
const OF_OTHERS: [&str; 7] = ["release", "test", "lib", "ignored", "nocapture", "no-pager", "now"];

#[test]
fn every_flag_that_the_documents_name_is_one_of_our_programs() {
    let programs =
        ["server/src", "loadtest/src", "proof/checker/src", "proof/sim/src", "xtask/src"];
    let source: String = programs.map(sources).concat();
    let mut named = 0;
    for document in [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/OPERATIONS.md",
        "docs/RELIABILITY.md",
    ] {
        let text = read(document);
        for rest in text.split("--").skip(1) {
            let end =
                rest.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
            let flag = rest[..end.unwrap_or(rest.len())].trim_end_matches('-');
            if flag.len() < 2 || OF_OTHERS.contains(&flag) {
                continue;
            }
            named += 1;
            let field = format!("{}:", flag.replace('-', "_"));
            let forms = [field, format!("--{flag}"), format!("\"{flag}\"")];
            let is_there = forms.iter().any(|form| source.contains(form));
            assert!(is_there, "{document} names --{flag}");
        }
    }
    assert!(named > 60, "{named}");
}

#[test]
fn every_event_of_the_log_is_in_the_documents_and_none_besides() {
    let source = sources("server/src");
    let events: BTreeSet<_> =
        source.split("event = \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let text = read("docs/OPERATIONS.md");
    let (_, list) = text.split_once("\nEvents: ").unwrap();
    let list = list.split("\n\n").next().unwrap();
    let documented: BTreeSet<_> = list.split('`').skip(1).step_by(2).collect();
    assert_eq!(documented, events);
}

#[test]
fn every_field_of_the_log_is_in_the_documents_and_none_besides() {
    let source = read("server/src/telemetry/log_format.rs");
    let (_, list) = source.split_once("const FIELDS: ").unwrap();
    let list = list.split("];").next().unwrap();
    let fields: BTreeSet<_> = list.split('"').skip(1).step_by(2).collect();
    let text = read("docs/OPERATIONS.md");
    let (_, list) = text.split_once(" Fields: ").unwrap();
    let list = list.split(". Nothing else").next().unwrap();
    let mut documented: BTreeSet<_> = list.split('`').skip(1).step_by(2).collect();
    // These are the line's own.
    for name in ["at", "level", "target"] {
        assert!(documented.remove(name), "{name}");
    }
    assert_eq!(documented, fields);
}
