//! The faults in `docs/RELIABILITY.md`, a heading for each, written from lines above the tests.
//!
//! A test that proves something about a fault says so directly above itself:
//! `// fault: F8 — a retry after a kill gets the same place back`, in Rust as in TypeScript.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::place::Place;
use crate::tidy::{Source, sources};
use crate::titles::{Titled, titled};
use xtask::written::fill;

/// The document that holds them.
pub(crate) const FILE: &str = "docs/RELIABILITY.md";

const LIST: &str = "xtask/faults.toml";
const MARK: &str = "// fault: ";
/// The longest line, in characters, without what it is indented by.
const LONGEST: usize = 100;

/// A fault, as the list has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    what: String,
    /// Why there is no test.
    untested: Option<String>,
    /// What the tests leave open.
    beside: Option<String>,
}

/// What one test holds against one fault.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Proof {
    holds: String,
    path: String,
    test: String,
}

/// The document with what the tests say now.
///
/// # Errors
/// When a line names no fault or stands above no test, or a fault has neither test nor reason, or
/// both.
pub(crate) fn fresh(place: &Place) -> Result<String> {
    let read = |path: &str| {
        fs::read_to_string(place.root.join(path)).with_context(|| format!("{path} cannot be read"))
    };
    let list = list(&read(LIST)?).with_context(|| format!("{LIST} cannot be understood"))?;
    let mut proofs = BTreeMap::new();
    for source in &sources(place)? {
        // Its own tests hold lines that are examples.
        if !source.path.starts_with("xtask/") {
            collect(source, &list, &mut proofs)?;
        }
    }
    let chapters = chapters(&list, &proofs)?;
    fill(&read(FILE)?, |name| match name {
        "faults" => Ok(chapters.clone()),
        other => bail!("no table {other}"),
    })
}

/// Reads the list.
fn list(text: &str) -> Result<BTreeMap<String, Fault>> {
    Ok(toml::from_str(text)?)
}

/// The number behind the F, by which faults are in order.
fn number(name: &str) -> u32 {
    name.trim_start_matches('F').parse().unwrap_or_default()
}

/// Finds the lines of one file.
fn collect(
    source: &Source,
    list: &BTreeMap<String, Fault>,
    proofs: &mut BTreeMap<u32, Vec<Proof>>,
) -> Result<()> {
    let lines: Vec<&str> = source.text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let Some(said) = line.trim_start().strip_prefix(MARK) else { continue };
        let place = format!("{}:{}", source.path, at + 1);
        if line.trim().chars().count() > LONGEST {
            bail!("{place}: longer than {LONGEST} characters");
        }
        let Some((fault, holds)) = said.split_once(" — ") else {
            bail!("{place}: is not `{MARK}F1 — what holds`");
        };
        if !list.contains_key(fault) {
            bail!("{place}: there is no fault {fault} in {LIST}");
        }
        let test = if source.path.ends_with(".rs") {
            rust_test(&lines, at)
        } else {
            script_test(&lines, at, &titled(&source.text))
        };
        let test = test.with_context(|| format!("{place}: stands directly above no test"))?;
        let (holds, path) = (holds.trim().to_owned(), source.path.clone());
        proofs.entry(number(fault)).or_default().push(Proof { holds, path, test });
    }
    Ok(())
}

/// The function below a line, with nothing but comments and attributes between.
fn rust_test(lines: &[&str], at: usize) -> Option<String> {
    for line in lines.get(at + 1..)? {
        let line = line.trim_start();
        if line.starts_with("//") || line.starts_with("#[") {
            continue;
        }
        let (before, rest) = line.split_once("fn ")?;
        let is_plain = before.split_whitespace().all(|word| matches!(word, "pub" | "async"));
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
        return is_plain.then(|| format!("`{}`", rest.get(..end).unwrap_or_default()));
    }
    None
}

/// The test of vitest below a line, behind the names of what it stands in.
fn script_test(lines: &[&str], at: usize, titles: &[Titled]) -> Option<String> {
    let below =
        lines.get(at + 1..)?.iter().position(|line| !line.trim_start().starts_with("//"))?;
    let test = titles.iter().find(|test| test.line == at + 1 + below)?;
    Some(format!("“{}”", test.path.join(" › ")))
}

fn chapters(list: &BTreeMap<String, Fault>, proofs: &BTreeMap<u32, Vec<Proof>>) -> Result<String> {
    let mut faults: Vec<_> = list.iter().collect();
    faults.sort_by_key(|(name, _)| number(name));
    let mut out = String::new();
    for (name, Fault { what, untested, beside }) in faults {
        let mut shown: Vec<&Proof> = proofs.get(&number(name)).into_iter().flatten().collect();
        shown.sort();
        let _ = writeln!(out, "### {name}: {what}\n");
        for Proof { holds, path, test } in &shown {
            let _ = writeln!(out, "- {holds}  \n  {test} in `{path}`");
        }
        match untested {
            Some(reason) if shown.is_empty() => writeln!(out, "- *No test:* {reason}")?,
            Some(_) => bail!("{name} has a test, and a reason in {LIST} why it has none"),
            None if shown.is_empty() => bail!("{name} has neither test nor reason"),
            None => {}
        }
        if let Some(open) = beside {
            writeln!(out, "- *Beside:* {open}")?;
        }
        out.push('\n');
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> BTreeMap<String, Fault> {
        list("[F10]\nwhat = 'ten'\n[F2]\nwhat = 'two'\nbeside = 'half'\n").unwrap()
    }

    fn said(path: &str, text: &str) -> Result<String> {
        let mut proofs = BTreeMap::new();
        let source = Source { path: path.to_owned(), text: text.to_owned() };
        collect(&source, &known(), &mut proofs)?;
        chapters(&known(), &proofs)
    }

    #[test]
    fn a_line_above_a_test_is_a_proof() {
        let rust = "// fault: F2 — it holds\n// fault: F10 — this too\n/// Words.\n#[tokio::test]\nasync fn a_b() {\n";
        assert_eq!(
            said("a.rs", rust).unwrap(),
            "### F2: two\n\n- it holds  \n  `a_b` in `a.rs`\n- *Beside:* half\n\n\
             ### F10: ten\n\n- this too  \n  `a_b` in `a.rs`\n\n"
        );
        let script = "describe('a room', () => {\n  // fault: F2 — it holds\n  // fault: F10 — it too\n  it.each(['a'])(\n    'is “so”', () => {\n";
        let text = said("a.test.ts", script).unwrap();
        assert!(text.contains("- it holds  \n  “a room › is “so”” in `a.test.ts`\n"), "{text}");
        let each = "describe.each([\n  ['x', 1],\n])('with %s', () => {\n  // fault: F2 — it holds\n  // fault: F10 — it too\n  it('y', () => {\n";
        assert!(said("a.test.ts", each).unwrap().contains("“with %s › y”"));
    }

    #[test]
    fn what_proves_nothing_is_named() {
        let fault = |text: &str| format!("{:#}", said("a.rs", text).unwrap_err());
        assert_eq!(
            fault("x\n// fault: F3 — no\nfn a() {\n"),
            "a.rs:2: there is no fault F3 in xtask/faults.toml"
        );
        assert!(
            fault("// fault: F2 - a hyphen\nfn a() {\n")
                .contains("is not `// fault: F1 — what holds`")
        );
        assert!(fault("// fault: F2 — x\nlet a = 1;\n").contains("directly above no test"));
        assert!(fault("// fault: F2 — x\n\nfn a() {\n").contains("directly above no test"));
        let long = format!("// fault: F2 — {}\nfn a() {{\n", "x".repeat(90));
        assert!(fault(&long).contains("longer than 100"));
        assert_eq!(fault("fn a() {\n"), "F2 has neither test nor reason");
        let both = list("[F2]\nwhat = 'two'\nuntested = 'later'\n").unwrap();
        assert!(chapters(&both, &BTreeMap::new()).unwrap().contains("\n- *No test:* later\n"));
        let proof = Proof { holds: "x".into(), path: "a.rs".into(), test: "`a`".into() };
        let error = chapters(&both, &BTreeMap::from([(2, vec![proof])])).unwrap_err();
        assert!(error.to_string().starts_with("F2 has a test, and a reason"), "{error}");
    }
}
