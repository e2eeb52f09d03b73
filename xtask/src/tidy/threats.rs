//! The table of threats in `docs/SEALING.md`: six attackers against seven things to lose, and in every
//! cell a test that is there, what the role is for, or why nothing can be done.

use std::collections::BTreeSet;

use super::{Fault, Source};
use crate::titles::{Titled, titled};

/// The document, and the marks around its table.
const FILE: &str = "docs/SEALING.md";
const BEGIN: &str = "<!-- threats -->";
const END: &str = "<!-- end of threats -->";

const ATTACKERS: [&str; 6] = [
    "outsider with a member's link",
    "member",
    "removed member",
    "observer",
    "co-facilitator",
    "server that lies",
];
/// Things to lose.
const COLUMNS: usize = 7;
/// Words of a reason, at least: fewer say nothing.
const WORDS: usize = 5;

pub(super) fn check(sources: &[Source], faults: &mut Vec<Fault>) {
    let Some(document) = sources.iter().find(|source| source.path == FILE) else {
        faults.push(Fault::new(FILE, 0, "is not there, and the table of threats with it"));
        return;
    };
    let tests: BTreeSet<String> = sources.iter().flat_map(tests_of).collect();
    let within = document.lines().skip_while(|(_, text)| text.trim() != BEGIN).skip(1);
    let within = within.take_while(|(_, text)| text.trim() != END);
    let mut rows = within.filter(|(_, text)| text.starts_with('|')).map(|(line, text)| {
        let cells: Vec<&str> = text.trim().trim_matches('|').split(" | ").map(str::trim).collect();
        (line, cells)
    });
    let mut fault = |line, rule: String| faults.push(Fault::new(FILE, line, rule));
    let heads = rows.next().map(|(_, cells)| cells).unwrap_or_default();
    if heads.len() != COLUMNS + 1 {
        fault(
            0,
            format!("the table of threats has {} columns, not {COLUMNS}", heads.len().max(1) - 1),
        );
        return;
    }
    let mut found = BTreeSet::new();
    for (line, cells) in rows.skip(1) {
        let attacker = cells.first().map_or("", |cell| cell.trim_matches('*'));
        if !ATTACKERS.contains(&attacker) || !found.insert(attacker.to_owned()) {
            fault(line, format!("`{attacker}` is no attacker of the six, or is there twice"));
        }
        if cells.len() != heads.len() {
            fault(line, format!("{attacker} has {} cells, not {COLUMNS}", cells.len() - 1));
        }
        for (head, cell) in heads.iter().zip(&cells).skip(1) {
            for said in wrong(cell, &tests) {
                fault(line, format!("{attacker}, {head}: {said}"));
            }
        }
    }
    for attacker in ATTACKERS.iter().filter(|attacker| !found.contains(**attacker)) {
        fault(0, format!("the table of threats has no row for {attacker}"));
    }
}

/// What a cell lacks.
fn wrong(cell: &str, tests: &BTreeSet<String>) -> Vec<String> {
    let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
    let missing = names.iter().filter(|name| !tests.contains(**name));
    let mut wrong: Vec<_> = missing.map(|name| format!("there is no test `{name}`")).collect();
    let is_may = cell.split([',', ';', ' ']).next() == Some("may");
    let is_reason = cell.split_whitespace().count() >= WORDS;
    if names.is_empty() && !is_may && !is_reason {
        wrong.push("neither a test, nor `may`, nor a reason".to_owned());
    }
    wrong
}

/// The tests of one file: Rust's by their names, vitest's and Playwright's by their titles, alone and
/// behind those that they stand in.
fn tests_of(source: &Source) -> Vec<String> {
    if source.ends_with(&[".rs"]) {
        rust_tests(&source.text)
    } else if source.ends_with(&[".test.ts", ".test.tsx", ".e2e.ts"]) {
        let alone = |path: &[String]| path.last().cloned().unwrap_or_default();
        let both = |test: Titled| [test.path.join(" › "), alone(&test.path)];
        titled(&source.text).into_iter().flat_map(both).collect()
    } else {
        Vec::new()
    }
}

/// Functions with a test attribute above them, and not merely called like one.
fn rust_tests(text: &str) -> Vec<String> {
    let mut tests = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if is_test && !line.starts_with("#[") && !line.starts_with("//") {
            is_test = false;
            let name = line.split_once("fn ").and_then(|(_, rest)| rest.split('(').next());
            tests.extend(name.map(str::to_owned));
        }
    }
    tests
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table whose every cell is this one, but that of one attacker and column.
    fn table(usual: &str, attacker: &str, column: usize, cell: &str) -> String {
        let mut text =
            format!("a\n{BEGIN}\n\n| |{}\n|{}\n", " x |".repeat(COLUMNS), " --- |".repeat(8));
        for row in ATTACKERS {
            text.push_str(&format!("| **{row}** |"));
            for at in 0..COLUMNS {
                let odd = row == attacker && at == column;
                text.push_str(&format!(" {} |", if odd { cell } else { usual }));
            }
            text.push('\n');
        }
        text + END + "\n`no_such_test_behind_the_table`\n"
    }

    fn said(text: &str) -> Vec<String> {
        let rust =
            "#[tokio::test]\n// fault\n#[ignore]\nasync fn there_is_one() {}\nfn not_a_test() {}\n";
        let web = "describe('a server', () => {\n  it('gets nothing: at all', () => {\n  it.each([1])('of %s', () => {\n";
        let sources = [
            Source::new("docs/SEALING.md", text),
            Source::new("server/tests/it/a.rs", rust),
            Source::new("web-client/tests/a.test.ts", web),
        ];
        let mut faults = Vec::new();
        check(&sources, &mut faults);
        faults.into_iter().map(|fault| fault.rule).collect()
    }

    #[test]
    fn every_cell_has_a_test_a_right_or_a_reason() {
        let good = [
            "`there_is_one`",
            "`gets nothing: at all`",
            "`a server › gets nothing: at all`, `of %s`",
            "may",
            "may, what all may see",
            "cannot be kept from refusing or delaying",
        ];
        for cell in good {
            assert!(
                said(&table(cell, "", 0, "")).is_empty(),
                "{cell}: {:?}",
                said(&table(cell, "", 0, ""))
            );
        }
        for (cell, fault) in [
            ("`there_is_none`", "member, x: there is no test `there_is_none`"),
            ("`there_is_one`, `not_a_test`", "member, x: there is no test `not_a_test`"),
            ("may; `there_is_none`", "member, x: there is no test `there_is_none`"),
            ("`gets nothing`", "member, x: there is no test `gets nothing`"),
            ("", "member, x: neither a test, nor `may`, nor a reason"),
            ("maybe", "member, x: neither a test, nor `may`, nor a reason"),
            ("to do", "member, x: neither a test, nor `may`, nor a reason"),
        ] {
            for column in [0, 6] {
                assert_eq!(said(&table("may", "member", column, cell)), [fault], "{cell} {column}");
            }
        }
    }

    #[test]
    fn six_attackers_and_seven_columns_are_there() {
        let whole = table("may", "", 0, "");
        let observer = whole.lines().find(|line| line.contains("**observer**")).unwrap();
        let without = whole.replace(&format!("{observer}\n"), "");
        assert_eq!(said(&without), ["the table of threats has no row for observer"]);
        let twice = whole.replace("**observer**", "**member**");
        assert_eq!(said(&twice).len(), 2);
        let short = whole.replace(observer, "| **observer** | may |");
        assert_eq!(said(&short), ["observer has 1 cells, not 7"]);
        assert_eq!(said("nothing"), ["the table of threats has 0 columns, not 7"]);
        let mut faults = Vec::new();
        check(&[], &mut faults);
        assert_eq!(faults.len(), 1);
    }
}
