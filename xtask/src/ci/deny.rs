//! What may come in from outside, by the rules of `deny.toml`: bans, build scripts, licences and
//! sources.
//!
//! A gate must not pass what it could not judge, so the tool that judges is installed where it is
//! missing: a minute or two, once, into the folder that everything is built into.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::place::Place;
use crate::run::{Job, say};

/// The version whose words this gate knows.
const VERSION: &str = "0.20.2";
/// Both workspaces that the gate builds.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "proof/sim/Cargo.toml"];

pub(super) fn check(place: &Place) -> Result<()> {
    let tool = tool(place)?;
    for manifest in MANIFESTS {
        let words = ["--locked", "--config", "deny.toml", "--manifest-path", manifest, "check"];
        let words = [&words[..], &["--hide-inclusion-graph", "bans", "licenses", "sources"]];
        Job::new(&tool, &words.concat()).within(&place.root).run()?;
    }
    Ok(())
}

/// The program, from the path or our own folder; installed there when it is in neither.
fn tool(place: &Place) -> Result<PathBuf> {
    let ours = Path::new(place.target()?).join("tools");
    let file = format!("cargo-deny{}", std::env::consts::EXE_SUFFIX);
    let places = [PathBuf::from("cargo-deny"), ours.join("bin").join(file)];
    let is_it = |tool: &&PathBuf| {
        let shown = Job::new(tool, &["--version"]).read();
        shown.is_ok_and(|shown| is_right(&shown))
    };
    if let Some(tool) = places.iter().find(is_it) {
        return Ok(tool.clone());
    }
    say(&format!("cargo-deny {VERSION} is missing: installing it, for this checkout alone"));
    let root = ours.to_string_lossy();
    let build = ours.join("build");
    // Unoptimised and not to be debugged: it reads two lock files, and would take longer to build well than it ever runs.
    let words = ["install", "--debug", "--locked", "--force", "cargo-deny", "--version", VERSION];
    Job::new("cargo", &[&words[..], &["--root", &root]].concat())
        .within(&place.root)
        .with("CARGO_TARGET_DIR", &build)
        .with("CARGO_PROFILE_DEV_DEBUG", "0")
        .run()
        .context("cargo-deny cannot be installed, and nothing passes that it has not judged")?;
    // What it was built from is of no more use.
    let _ = std::fs::remove_dir_all(build);
    let [_, tool] = places;
    Ok(tool)
}

fn is_right(shown: &str) -> bool {
    shown.split_whitespace().nth(1) == Some(VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_does_not_judge() {
        assert!(is_right("cargo-deny 0.20.2\n"));
        for shown in ["cargo-deny 0.20.1", "cargo-deny 0.20.20", "cargo-deny", ""] {
            assert!(!is_right(shown), "{shown}");
        }
    }
}
