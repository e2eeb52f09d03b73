//! The comparison with other servers: builds everything that takes part, then measures.

use anyhow::Result;

use crate::place::Place;
use crate::run::{Job, say};

/// The program that measures.
const PROGRAM: &str = "setroom-bench";

/// Builds what is missing or old, then hands `words` on to the program that measures.
pub(crate) fn run(place: &Place, words: &[&str]) -> Result<()> {
    let crates = ["-p", "setroom-server", "-p", "setroom-bench"];
    let build = [&["build", "--release", "--locked", "--quiet"], crates.as_slice()].concat();
    // The client takes no part in this.
    Job::new("cargo", &build).within(&place.root).with("SETROOM_WEB_BUILD", "skip").run()?;
    match words.first() {
        // What criterion finds is in files, and is read from there.
        Some(&"command") => {
            let bench = ["bench", "--locked", "--quiet", "-p", PROGRAM, "--bench", "command"];
            Job::new("cargo", &bench).within(&place.root).run()?;
        }
        Some(
            &("growth" | "idle-rooms" | "isolation" | "frames" | "alloc" | "help" | "-h"
            | "--help"),
        ) => {}
        _ => peers(place)?,
    }
    Job::new(place.binary("release", PROGRAM)?, words).within(&place.root).run()
}

/// The other servers, each in a folder of its own, with its own lock file.
fn peers(place: &Place) -> Result<()> {
    let peers = place.root.join("proof/bench/peers");
    let node = peers.join("node");
    // Bun's own package runs a script to fetch what another package already holds.
    if Job::new("npm", &["ls", "--all"]).within(&node).read().is_err() {
        Job::new("npm", &["ci", "--ignore-scripts"]).within(&node).run()?;
    }
    let own = peers.join("socketioxide");
    say("the peers are built the first time, which takes a minute");
    Job::new("cargo", &["build", "--release", "--locked", "--quiet"])
        .within(&own)
        .with("CARGO_TARGET_DIR", own.join("target"))
        .run()
}
