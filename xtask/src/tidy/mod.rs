//! The rules of the repository that no compiler or linter knows.

mod alike;
mod circles;
mod dependencies;
mod docs;
mod history;
mod private;
mod rust;
mod size;
mod threats;

use std::fmt;
use std::fs;

use anyhow::{Context as _, Result, bail};

use crate::place::Place;
use crate::run::{Job, say};

/// A rule that does not hold, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fault {
    path: String,
    /// Counted from 1; 0 where the whole file is meant.
    line: usize,
    rule: String,
}

impl Fault {
    fn new(path: &str, line: usize, rule: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, rule: rule.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.rule),
            line => write!(f, "{}:{line}: {}", self.path, self.rule),
        }
    }
}

/// A text file of the repository. The path is relative to its root, with `/`.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    #[cfg(test)]
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    fn ends_with(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.path.ends_with(ending))
    }

    /// The lines with their numbers, counted from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| (at + 1, line))
    }
}

/// A rule that looks at one file at a time.
type FileRule = fn(&Source, &mut Vec<Fault>);

const FILE_RULES: [FileRule; 3] = [size::check, rust::has_module_doc, rust::tests_run];

/// Checks every rule.
///
/// # Errors
/// With the number of faults, after each was printed on a line of its own.
pub(crate) fn run(place: &Place) -> Result<()> {
    let sources = sources(place)?;
    let mut faults = Vec::new();
    for source in &sources {
        FILE_RULES.iter().for_each(|rule| rule(source, &mut faults));
    }
    private::check(&place.root, &sources, &mut faults);
    history::check(&sources, &mut faults);
    docs::check(&place.root, &sources, &mut faults);
    threats::check(&sources, &mut faults);
    circles::check(&sources, &mut faults);
    alike::check(&sources, &mut faults);
    rust::tests_are_built(&sources, &mut faults);
    dependencies::check(place, &mut faults)?;
    faults.sort();
    if faults.is_empty() {
        say(&format!("{} files are tidy", sources.len()));
        return Ok(());
    }
    faults.iter().for_each(|fault| say(&fault.to_string()));
    bail!("{} faults", faults.len());
}

/// Every text file that git tracks or would add.
pub(crate) fn sources(place: &Place) -> Result<Vec<Source>> {
    let words = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let names = Job::new("git", &words)
        .within(&place.root)
        .read()
        .context("tidy asks git which files belong to the repository")?;
    let mut paths: Vec<&str> = names.split('\0').filter(|name| !name.is_empty()).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut sources = Vec::new();
    for path in paths {
        // A file may be deleted but not yet committed so, and pictures are not text.
        let Ok(bytes) = fs::read(place.root.join(path)) else { continue };
        let Ok(text) = String::from_utf8(bytes) else { continue };
        sources.push(Source { path: path.to_owned(), text });
    }
    Ok(sources)
}

/// What a rule says of one file.
#[cfg(test)]
fn faults_of(rule: FileRule, path: &str, text: &str) -> Vec<usize> {
    let mut faults = Vec::new();
    rule(&Source::new(path, text), &mut faults);
    faults.iter().map(|fault| fault.line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_name_their_place() {
        assert_eq!(Fault::new("a/b.rs", 3, "too long").to_string(), "a/b.rs:3: too long");
        assert_eq!(Fault::new("a/b.rs", 0, "too long").to_string(), "a/b.rs: too long");
    }
}
