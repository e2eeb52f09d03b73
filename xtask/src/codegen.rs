//! The web client's types, written from the protocol crate so that nobody keeps a second copy.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::place::Place;
use crate::run::say;

const FILE: &str = "web-client/src/wire.gen.ts";

fn path(place: &Place) -> PathBuf {
    place.root.join(FILE)
}

/// Writes the file, unless it already says the same.
pub(crate) fn write(place: &Place) -> Result<()> {
    let fresh = setroom_protocol::ts::declarations();
    if fs::read_to_string(path(place)).is_ok_and(|old| old == fresh) {
        say(&format!("{FILE} is up to date"));
        return Ok(());
    }
    fs::write(path(place), fresh).with_context(|| format!("{FILE} cannot be written"))?;
    say(&format!("{FILE} written"));
    Ok(())
}

/// Compares the file with the protocol and changes nothing.
pub(crate) fn check(place: &Place) -> Result<()> {
    let old = fs::read_to_string(path(place)).with_context(|| format!("{FILE} cannot be read"))?;
    let fresh = setroom_protocol::ts::declarations();
    if let Some((line, old, fresh)) = first_difference(&old, &fresh) {
        bail!(
            "{FILE}:{line}: is stale, run `cargo xtask codegen`\n  file:     {old}\n  protocol: {fresh}"
        );
    }
    say(&format!("{FILE} is up to date"));
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
    fn the_committed_types_are_the_protocols() {
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
