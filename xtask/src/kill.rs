//! Kills the service under load, again and again: builds it and the checker, then lets the checker
//! do it.

use anyhow::Result;

use crate::place::Place;
use crate::run::Job;

/// Builds what is missing or old, then hands `words` on to the checker.
pub(crate) fn run(place: &Place, words: &[&str]) -> Result<()> {
    // Not the release build: what is killed is the same, and it is there much sooner.
    let build = ["build", "--locked", "--quiet", "-p", "setroom-server", "-p", "setroom-checker"];
    Job::new("cargo", &build).within(&place.root).with("SETROOM_WEB_BUILD", "skip").run()?;
    let server = place.binary("debug", "setroom")?.display().to_string();
    let words = [&["kill", "--server-bin", &server], words].concat();
    Job::new(place.binary("debug", "setroom-checker")?, &words).within(&place.root).run()
}
