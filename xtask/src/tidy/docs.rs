//! Documents name files and tests that exist: prose about code goes stale without a word.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Fault, Source};

/// Folders whose names begin a path of ours.
const FOLDERS: [&str; 12] = [
    "codegen/",
    "protocol/",
    "websocket/",
    "server/",
    "client/",
    "loadtest/",
    "proof/",
    "web-client/",
    "xtask/",
    "docs/",
    "deploy/",
    ".ci/",
];

pub(super) fn check(root: &Path, sources: &[Source], faults: &mut Vec<Fault>) {
    let tests = tests(sources);
    for document in sources.iter().filter(|source| source.ends_with(&[".md"])) {
        let mut fenced = false;
        for (line, text) in document.lines() {
            fenced ^= text.trim_start().starts_with("```");
            if fenced || document.path == "CHANGELOG.md" {
                continue;
            }
            for name in text.split('`').skip(1).step_by(2) {
                if is_path(name) && !root.join(name).exists() {
                    let rule = format!("there is no `{name}`");
                    faults.push(Fault::new(&document.path, line, rule));
                }
                if is_test(name) && !tests.contains(name) {
                    let rule = format!("there is no test or function `{name}`");
                    faults.push(Fault::new(&document.path, line, rule));
                }
            }
            let folder = root.join(&document.path).parent().map(Path::to_owned).unwrap_or_default();
            for link in links(text) {
                if !folder.join(link).exists() {
                    let rule = format!("leads nowhere: {link}");
                    faults.push(Fault::new(&document.path, line, rule));
                }
            }
        }
    }
}

/// Every function of a Rust source: tests among them.
fn tests(sources: &[Source]) -> BTreeSet<&str> {
    let rust = sources.iter().filter(|source| source.ends_with(&[".rs"]));
    rust.flat_map(|source| source.text.split("fn ").skip(1))
        .filter_map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next())
        .collect()
}

fn is_path(name: &str) -> bool {
    FOLDERS.iter().any(|folder| name.starts_with(folder))
        && !name.contains(|c: char| c.is_whitespace() || "<>{}*".contains(c))
}

/// Tests have sentences for names; settings and codes are shorter.
fn is_test(name: &str) -> bool {
    name.matches('_').count() >= 4
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !name.starts_with("setroom_")
        && !name.contains("_per_")
}

/// The targets of links within the repository, without what follows `#`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| {
        let target = rest.split(')').next()?.split('#').next()?;
        (!target.is_empty() && !target.contains("://")).then_some(target)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<usize> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let code = Source::new("a.rs", "#[test]\nfn a_test_that_is_really_there() {}\n");
        let mut faults = Vec::new();
        check(&root, &[Source::new("docs/a.md", text), code], &mut faults);
        faults.iter().map(|fault| fault.line).collect()
    }

    #[test]
    fn what_does_not_exist_is_found() {
        assert!(faults("see `xtask/src/main.rs` and `server/`\n").is_empty());
        assert_eq!(faults("\nsee `xtask/src/other.rs`\n"), [2]);
        assert!(faults("held by `a_test_that_is_really_there`\n").is_empty());
        assert_eq!(faults("held by `a_test_that_is_not_there_any_more`\n"), [1]);
        assert!(faults("the limit `connections_per_address`\n").is_empty());
        assert!(faults("[this](../README.md#words) [that](https://example.org)\n").is_empty());
        assert_eq!(faults("[this](nowhere.md)\n"), [1]);
        assert!(faults("```\n`xtask/src/other.rs`\n```\n").is_empty());
    }
}
