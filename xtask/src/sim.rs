//! Meetings in a simulated network: a workspace of its own, built into the same folder.

use anyhow::Result;

use crate::browser;
use crate::place::Place;
use crate::run::Job;

/// Where it is described.
const MANIFEST: &str = "proof/sim/Cargo.toml";

/// Plays what `words` say: `--seeds N`, `--seed N`, `--help`.
pub(crate) fn run(place: &Place, words: &[&str]) -> Result<()> {
    cargo(place, &["run", "--quiet"], &[&["--"], words].concat())?.run()
}

/// Its format and its lints, which the other workspace does not see.
pub(crate) fn check(place: &Place) -> Result<()> {
    Job::new("cargo", &["fmt", "--check", "--manifest-path", MANIFEST])
        .within(&place.root)
        .run()?;
    cargo(place, &["clippy", "--all-targets"], &["--", "-D", "warnings"])?.run()
}

/// Its tests, some hundred seeds among them.
pub(crate) fn test(place: &Place) -> Result<Job> {
    cargo(place, &["test"], &[])
}

fn cargo(place: &Place, verb: &[&str], words: &[&str]) -> Result<Job> {
    let here = ["--locked", "--manifest-path", MANIFEST, "--target-dir", place.target()?];
    let words = [verb, here.as_slice(), words].concat();
    Ok(browser::with_client(Job::new("cargo", &words).within(&place.root)))
}
