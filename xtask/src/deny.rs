//! What may come in from outside, by the rules of `deny.toml`: bans, build scripts, licences and
//! sources.
//!
//! A gate must not pass what it could not judge, so the tool that judges is installed where it is
//! missing, into the folder that everything is built into. That takes longer than any other build, and
//! the verdict follows from files of this repository alone: so `deny.judged` keeps the sums of those
//! that passed, and the tool is asked again when one of them is another (decision 0047).

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::place::Place;
use crate::run::{Job, say};

/// The version whose words this gate knows.
const VERSION: &str = "0.20.2";
/// Both workspaces that the gate builds.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "proof/sim/Cargo.toml"];
/// What has passed.
const JUDGED: &str = "deny.judged";

/// Judges what is here, unless it was judged before.
///
/// # Errors
/// When it may not come in, or cannot be judged.
pub(crate) fn check(place: &Place) -> Result<()> {
    let sums = sums(&place.root, &manifests(place))?;
    let judged = place.root.join(JUDGED);
    if fs::read_to_string(&judged).is_ok_and(|judged| judged == sums) {
        say(&format!("cargo-deny {VERSION} passed these very files: {JUDGED}"));
        return Ok(());
    }
    let tool = tool(place)?;
    for manifest in MANIFESTS {
        let words = ["--locked", "--config", "deny.toml", "--manifest-path", manifest, "check"];
        let words = [&words[..], &["--hide-inclusion-graph", "bans", "licenses", "sources"]];
        Job::new(&tool, &words.concat()).within(&place.root).run()?;
    }
    fs::write(&judged, sums).with_context(|| format!("{JUDGED} cannot be written"))?;
    say(&format!("passed, and written down in {JUDGED}: commit it with what it judged"));
    Ok(())
}

/// The manifests of our crates.
fn manifests(place: &Place) -> Vec<PathBuf> {
    let packages = place.metadata.get("packages").and_then(Value::as_array);
    let manifest = |package: &Value| package.get("manifest_path")?.as_str().map(PathBuf::from);
    packages.into_iter().flatten().filter_map(manifest).collect()
}

/// All that the verdict follows from, each file with its sum.
fn sums(root: &Path, manifests: &[PathBuf]) -> Result<String> {
    let others = ["Cargo.lock", "proof/sim/Cargo.lock", "deny.toml"];
    let others = others.iter().chain(&MANIFESTS).map(|file| root.join(file));
    let mut files: Vec<PathBuf> = others.chain(manifests.iter().cloned()).collect();
    files.sort();
    let mut text = format!("cargo-deny {VERSION}\n");
    for file in files {
        let shown = file.to_string_lossy();
        let sum = Job::new("git", &["hash-object", "--no-filters", &shown]).read()?;
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let _ = writeln!(text, "{} {name}", sum.trim());
    }
    Ok(text)
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
    let _ = fs::remove_dir_all(build);
    let [_, tool] = places;
    Ok(tool)
}

fn is_right(shown: &str) -> bool {
    shown.split_whitespace().nth(1) == Some(VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::TemporaryFolder;

    #[test]
    fn what_the_verdict_follows_from_is_judged_again_when_it_is_another() {
        let folder = TemporaryFolder::make("setroom-deny").unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("proof/sim")).unwrap();
        let files = ["Cargo.lock", "deny.toml", "proof/sim/Cargo.lock", "a.toml"];
        for file in files.iter().chain(&MANIFESTS) {
            fs::write(root.join(file), "as it was").unwrap();
        }
        let sums = || sums(root, &[root.join("a.toml")]).unwrap();
        let before = sums();
        assert_eq!(before, sums());
        for file in files.iter().chain(&MANIFESTS) {
            assert!(before.contains(&format!(" {file}\n")), "{before}");
            fs::write(root.join(file), "otherwise").unwrap();
            assert_ne!(before, sums(), "{file}");
            fs::write(root.join(file), "as it was").unwrap();
        }
    }

    #[test]
    fn another_version_does_not_judge() {
        assert!(is_right("cargo-deny 0.20.2\n"));
        for shown in ["cargo-deny 0.20.1", "cargo-deny 0.20.20", "cargo-deny", ""] {
            assert!(!is_right(shown), "{shown}");
        }
    }
}
