//! What is written from other sources so that nobody keeps a second copy: the web client's types and
//! the tables of the contract, from the protocol crate; the table of faults, from the tests.

use std::fs;

use anyhow::{Context as _, Result, bail};

use crate::faults;
use crate::place::Place;
use crate::run::say;
use crate::tables;

const TYPES: &str = "web-client/src/wire.gen.ts";
const LIMITS: &str = "web-client/src/limits.gen.ts";
const NAMES: &str = "web-client/src/names.gen.ts";

/// Each file, and what it should say.
fn files(place: &Place) -> Result<[(&'static str, String); 5]> {
    Ok([
        (TYPES, setroom_protocol::ts::declarations()),
        (LIMITS, setroom_protocol::ts::limits()),
        (NAMES, setroom_protocol::ts::names()),
        (tables::FILE, tables::fresh(place)?),
        (faults::FILE, faults::fresh(place)?),
    ])
}

/// Writes the files that do not say it already.
pub(crate) fn write(place: &Place) -> Result<()> {
    for (file, fresh) in files(place)? {
        let path = place.root.join(file);
        if fs::read_to_string(&path).is_ok_and(|old| old == fresh) {
            say(&format!("{file} is up to date"));
            continue;
        }
        fs::write(&path, fresh).with_context(|| format!("{file} cannot be written"))?;
        say(&format!("{file} written"));
    }
    Ok(())
}

/// Compares the files with their sources and changes nothing.
pub(crate) fn check(place: &Place) -> Result<()> {
    for (file, fresh) in files(place)? {
        let old = fs::read_to_string(place.root.join(file))
            .with_context(|| format!("{file} cannot be read"))?;
        if let Some((line, old, fresh)) = first_difference(&old, &fresh) {
            bail!(
                "{file}:{line}: is stale, run `cargo xtask codegen`\n  file:  {old}\n  fresh: {fresh}"
            );
        }
        say(&format!("{file} is up to date"));
    }
    Ok(())
}

/// The first line, counted from 1, that differs, with both its forms.
fn first_difference<'a>(old: &'a str, fresh: &'a str) -> Option<(usize, &'a str, &'a str)> {
    if old == fresh {
        return None;
    }
    const END: &str = "(end of file)";
    // `split`, not `lines`: a missing newline at the end is a difference too.
    let mut pairs = (old.split('\n').map(Some).chain(std::iter::repeat(None)))
        .zip(fresh.split('\n').map(Some).chain(std::iter::repeat(None)));
    let place = pairs.position(|(old, fresh)| old != fresh)?;
    let line = |text: &'a str| text.split('\n').nth(place).unwrap_or(END);
    Some((place + 1, line(old), line(fresh)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_files_are_the_protocols() {
        check(&Place::find().unwrap()).unwrap();
    }

    #[test]
    fn differences_are_found_where_they_are() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some((2, "b", "c")));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some((2, "", "b")));
        assert_eq!(first_difference("a", "a\n"), Some((2, "(end of file)", "")));
    }
}
