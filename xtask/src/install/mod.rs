//! What the tests need from the machine: Node for the web client, browsers for the browser tests.
//! Says what it does before it does it.

mod engines;

use std::path::{Path, PathBuf};
use std::sync::Once;

use anyhow::{Context as _, Result, bail};

use self::engines::Engines;
use crate::run::{Job, say};

/// The oldest Node that the web client's tools run on.
const NODE: (u32, u32) = (20, 19);

const BROWSERS: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

const MAC_BROWSERS: [&str; 2] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// The browsers of the browser tests.
#[derive(Clone, Debug)]
pub(crate) struct Browsers {
    /// The program to start for Chromium.
    pub(crate) chromium: String,
    /// Which engines there are.
    pub(crate) engines: Engines,
}

/// Makes sure of Node, Chromium and, where they can be had, the other engines.
///
/// # Errors
/// One sentence that says what to install, when it cannot be done from here.
pub(crate) fn run() -> Result<Browsers> {
    node()?;
    let chromium = match find_chromium()? {
        Some(found) => found,
        None => {
            install_chromium()?;
            find_chromium()?.context(
                "the package manager installed no Chromium that this finds: install one by hand \
                 and put its path in SETROOM_CHROMIUM",
            )?
        }
    };
    let version = Job::new(&chromium, &["--version"])
        .read()
        .with_context(|| format!("the browser {chromium} does not start"))?;
    say(&format!("browser: {} ({chromium})", version.trim()));
    shell()?;
    if !has_fonts() && on_path("apt-get").is_some() {
        say("no fonts: installing fonts-dejavu-core, so that screenshots have text");
        apt(&["fonts-dejavu-core"])?;
    }
    if !clock_library()? && on_path("apt-get").is_some() {
        say("no library that puts a program's clock forward: installing libfaketime");
        apt(&["libfaketime"])?;
    }
    operators()?;
    Ok(Browsers { chromium, engines: engines::run()? })
}

/// Whether the library is here by which a test lets months go by, where Debian's package puts it or
/// where `SETROOM_FAKETIME` says. Without one the test says that no months went by, and fails in CI.
fn clock_library() -> Result<bool> {
    let place = format!("/usr/lib/{}-linux-gnu/faketime/libfaketime.so.1", std::env::consts::ARCH);
    Ok(named("SETROOM_FAKETIME")?.is_some() || Path::new(&place).is_file())
}

/// What operators use beside the service, and Debian's packages of it. Tests that find one missing say
/// that they are left out.
const OPERATORS: [(&str, &str); 4] = [
    ("promtool", "prometheus"),
    ("nginx", "nginx-light"),
    ("caddy", "caddy"),
    ("systemd-nspawn", "systemd-container"),
];

fn operators() -> Result<()> {
    let missing = |program: &str| {
        let sbin = Path::new("/usr/sbin").join(program);
        on_path(program).is_none() && !sbin.is_file()
    };
    let packages: Vec<&str> =
        OPERATORS.into_iter().filter(|(program, _)| missing(program)).map(|of| of.1).collect();
    if packages.is_empty() || on_path("apt-get").is_none() {
        return Ok(());
    }
    if Path::new("/run/systemd/system").exists() {
        // Debian's packages of services start them, and this is somebody's machine.
        say(&format!("some tests of operations are left out: {} missing", packages.join(", ")));
        return Ok(());
    }
    say(&format!("for the tests of operations: installing {}", packages.join(", ")));
    apt(&packages)
}

fn node() -> Result<()> {
    let (major, minor) = NODE;
    let cure = format!("install Node {major}.{minor} or newer from https://nodejs.org");
    let shown = Job::new("node", &["--version"]).read().with_context(|| cure.clone())?;
    let shown = shown.trim();
    match node_version(shown) {
        Some(version) if version >= NODE => {}
        _ => bail!("Node {shown} is too old: {cure}"),
    }
    let npm = Job::new("npm", &["--version"]).read().context("npm is missing: it is with Node")?;
    say(&format!("node: {shown}, npm: {}", npm.trim()));
    Ok(())
}

/// `v20.19.3` as (20, 19).
fn node_version(shown: &str) -> Option<(u32, u32)> {
    let mut numbers = shown.strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn find_chromium() -> Result<Option<String>> {
    if let Some(named) = named("SETROOM_CHROMIUM")? {
        return Ok(Some(named));
    }
    let found = (BROWSERS.iter().find_map(|name| on_path(name)))
        .or_else(|| MAC_BROWSERS.iter().map(PathBuf::from).find(|path| path.is_file()));
    Ok(found.map(|path| path.to_string_lossy().into_owned()))
}

/// Chromium without a window, by the name that it and Debian's package have.
const SHELL: &str = "chromium-headless-shell";

/// It starts the pages of many people with a third of the work. Where it cannot be had, Chromium itself
/// does, and the same tests take longer.
fn shell() -> Result<()> {
    let is_here = named("SETROOM_CHROMIUM_SHELL")?.is_some() || on_path(SHELL).is_some();
    if is_here || !engines::apt_has(&[SHELL]) {
        return Ok(());
    }
    say(&format!("for tests with many people: installing {SHELL} with apt-get"));
    apt(&[SHELL])
}

/// The file that this variable names, when it is set. It must be there.
fn named(variable: &str) -> Result<Option<String>> {
    let Some(named) = std::env::var_os(variable).filter(|named| !named.is_empty()) else {
        return Ok(None);
    };
    let named = named.to_string_lossy().into_owned();
    if on_path(&named).is_none() {
        bail!("{variable} names {named}, which does not exist");
    }
    Ok(Some(named))
}

/// Where a program is: on the PATH, or at the very place that its name is.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let place = PathBuf::from(program);
    if place.components().count() > 1 {
        return place.is_file().then_some(place);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Package managers, and the words with which each installs Chromium without asking.
const MANAGERS: [(&str, &[&str]); 5] = [
    ("dnf", &["install", "-y", "chromium"]),
    ("pacman", &["-S", "--noconfirm", "--needed", "chromium"]),
    ("zypper", &["--non-interactive", "install", "chromium"]),
    ("apk", &["add", "chromium"]),
    ("brew", &["install", "--cask", "chromium"]),
];

fn install_chromium() -> Result<()> {
    if on_path("apt-get").is_some() {
        say("no Chromium: installing Debian's package `chromium` with apt-get");
        return apt(&["chromium"]);
    }
    for (manager, words) in MANAGERS {
        if on_path(manager).is_some() {
            say(&format!("no Chromium: installing it with {manager}"));
            // Homebrew refuses to run as root.
            return if manager == "brew" {
                Job::new(manager, words).run()
            } else {
                as_root(manager, words)?.run()
            };
        }
    }
    bail!(
        "no Chromium, and no package manager that this knows: install one, or set SETROOM_CHROMIUM"
    )
}

/// How long apt waits for another one that is at work.
const APT_WAITS: &str = "DPkg::Lock::Timeout=600";

/// Installs Debian's packages.
fn apt(packages: &[&str]) -> Result<()> {
    static LISTS: Once = Once::new();
    let mut update = Some(as_root("apt-get", &["-o", APT_WAITS, "update"])?);
    LISTS.call_once(|| {
        // The lists have a lock that apt does not wait for. Those that are here may do.
        if update.take().is_some_and(|update| update.run().is_err()) {
            say("the lists of packages could not be renewed: going by those that are here");
        }
    });
    let words = ["-o", APT_WAITS, "install", "-y", "--no-install-recommends"];
    as_root("apt-get", &[&words, packages].concat())?
        .with("DEBIAN_FRONTEND", "noninteractive")
        .run()
}

/// The job itself when run by root, otherwise through `sudo -n`, which never asks.
fn as_root(program: &str, words: &[&str]) -> Result<Job> {
    if Job::new("id", &["-u"]).read().is_ok_and(|id| id.trim() == "0") {
        return Ok(Job::new(program, words));
    }
    let shown = format!("{program} {}", words.join(" "));
    Job::new("sudo", &["-n", "true"])
        .read()
        .with_context(|| format!("this needs root: run `sudo {shown}` yourself, then try again"))?;
    Ok(Job::new("sudo", &[&["-n", program], words].concat()))
}

/// Whether the machine can draw any text at all.
fn has_fonts() -> bool {
    Job::new("fc-list", &[]).read().is_ok_and(|fonts| !fonts.trim().is_empty())
        || Path::new("/usr/share/fonts/truetype").exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_are_compared_as_numbers() {
        assert_eq!(node_version("v20.19.3"), Some((20, 19)));
        assert!(node_version("v22.4.0") > Some(NODE));
        assert!(node_version("v20.9.0") < Some(NODE));
        assert_eq!(node_version("unknown"), None);
    }
}
