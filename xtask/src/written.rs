//! Files that are written from other sources, so that nobody keeps a second copy.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::say::say;

/// A file, by its path from the repository's root, and what it should say.
pub type Written = (&'static str, String);

const END: &str = "<!-- end of generated -->";

/// Writes the files that do not say it already.
///
/// # Errors
/// When one cannot be written.
pub fn write(root: &Path, files: &[Written]) -> Result<()> {
    for (file, fresh) in files {
        let path = root.join(file);
        if fs::read_to_string(&path).is_ok_and(|old| old == *fresh) {
            say(&format!("{file} is up to date"));
            continue;
        }
        fs::write(&path, fresh).with_context(|| format!("{file} cannot be written"))?;
        say(&format!("{file} written"));
    }
    Ok(())
}

/// Compares the files with their sources and changes nothing.
///
/// # Errors
/// When one cannot be read, or differs; it says where.
pub fn check(root: &Path, files: &[Written]) -> Result<()> {
    for (file, fresh) in files {
        let old = fs::read_to_string(root.join(file))
            .with_context(|| format!("{file} cannot be read"))?;
        if let Some((line, old, fresh)) = first_difference(&old, fresh) {
            bail!(
                "{file}:{line}: is stale, run `cargo xtask codegen`\n  file:  {old}\n  fresh: {fresh}"
            );
        }
        say(&format!("{file} is up to date"));
    }
    Ok(())
}

/// Puts a fresh table after each marker `<!-- generated: name -->`.
///
/// # Errors
/// When a table is not known, or has no mark at its end.
pub fn fill(old: &str, table: impl Fn(&str) -> Result<String>) -> Result<String> {
    let mut out = String::new();
    let mut lines = old.lines();
    while let Some(line) = lines.next() {
        let _ = writeln!(out, "{line}");
        let marker = line.strip_prefix("<!-- generated: ");
        let Some(name) = marker.and_then(|rest| rest.strip_suffix(" -->")) else { continue };
        let _ = write!(out, "\n{}\n{END}\n", table(name)?);
        lines.find(|line| *line == END).with_context(|| format!("table {name} has no end mark"))?;
    }
    Ok(out)
}

/// The first line, counted from 1, that differs, with both its forms.
fn first_difference<'a>(old: &'a str, fresh: &'a str) -> Option<(usize, &'a str, &'a str)> {
    if old == fresh {
        return None;
    }
    const BEHIND: &str = "(end of file)";
    // `split`, not `lines`: a missing newline at the end is a difference too.
    let mut pairs = (old.split('\n').map(Some).chain(std::iter::repeat(None)))
        .zip(fresh.split('\n').map(Some).chain(std::iter::repeat(None)));
    let place = pairs.position(|(old, fresh)| old != fresh)?;
    let line = |text: &'a str| text.split('\n').nth(place).unwrap_or(BEHIND);
    Some((place + 1, line(old), line(fresh)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_filled_and_everything_else_stays() {
        let old = format!("a\n<!-- generated: x -->\nold\n{END}\nb\n");
        let new = fill(&old, |name| Ok(format!("[{name}]\n"))).unwrap();
        assert_eq!(new, format!("a\n<!-- generated: x -->\n\n[x]\n\n{END}\nb\n"));
        assert_eq!(fill(&new, |name| Ok(format!("[{name}]\n"))).unwrap(), new);
        assert!(fill("<!-- generated: x -->\n", |_| Ok(String::new())).is_err(), "no end mark");
    }

    #[test]
    fn differences_are_found_where_they_are() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some((2, "b", "c")));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some((2, "", "b")));
        assert_eq!(first_difference("a", "a\n"), Some((2, "(end of file)", "")));
    }
}
