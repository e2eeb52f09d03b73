//! Nothing of the machine that the work is done on: no path of it, and no package registry but
//! the public ones.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Fault, Source};

const PUBLIC: [&str; 6] = [
    "registry.npmjs.org",
    "crates.io",
    "index.crates.io",
    "static.crates.io",
    "github.com",
    "registry.yarnpkg.com",
];

/// Folders that lie at the root of every machine, so that naming them gives nothing away.
const STANDARD: [&str; 16] = [
    "bin", "boot", "dev", "etc", "home", "lib", "media", "mnt", "opt", "proc", "run", "srv", "sys",
    "tmp", "usr", "var",
];

pub(super) fn check(root: &Path, sources: &[Source], faults: &mut Vec<Fault>) {
    let paths = own_paths(root);
    let hosts = own_registries();
    for source in sources {
        for (line, text) in source.lines() {
            if paths.iter().any(|path| names(text, path)) {
                let rule = "names a path of this machine: write it relative to the repository";
                faults.push(Fault::new(&source.path, line, rule));
            }
            if hosts.iter().any(|host| text.contains(host.as_str())) {
                let rule = "names this machine's package registry: leave the host out";
                faults.push(Fault::new(&source.path, line, rule));
            }
            if let Some(rule) = lock_fault(source, text) {
                faults.push(Fault::new(&source.path, line, rule));
            }
        }
    }
}

/// A lock file must not send others to a registry that only some can reach.
fn lock_fault(source: &Source, text: &str) -> Option<String> {
    let text = text.trim();
    let (value, allowed) = if source.ends_with(&["package-lock.json"]) {
        (text.strip_prefix("\"resolved\": \"")?, "https://registry.npmjs.org/")
    } else if source.ends_with(&["Cargo.lock"]) {
        let index = "registry+https://github.com/rust-lang/crates.io-index\"";
        (text.strip_prefix("source = \"")?, index)
    } else {
        return None;
    };
    (!value.starts_with(allowed)).then(|| "comes from elsewhere than the public registry".into())
}

/// The checkout, the folder of all checkouts where it gives something away, and the home folder.
fn own_paths(root: &Path) -> Vec<PathBuf> {
    let mut paths = vec![root.to_owned()];
    if let Some(parent) = root.parent()
        && !is_common(parent)
    {
        paths.push(parent.to_owned());
    }
    paths.extend(env::var_os("HOME").map(PathBuf::from).filter(|home| !is_common(home)));
    paths
}

fn is_common(path: &Path) -> bool {
    let mut parts = path.iter().skip(1);
    let first = parts.next().and_then(|part| part.to_str());
    first.is_none_or(|first| STANDARD.contains(&first) && parts.next().is_none())
}

/// Whether the text names the path or something in it, and not only a longer name.
fn names(text: &str, path: &Path) -> bool {
    let path = path.to_string_lossy();
    let within = |c: char| c.is_alphanumeric() || "._-/".contains(c);
    text.match_indices(path.as_ref()).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + path.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(within) && after.is_none_or(|c| c == '/' || !within(c))
    })
}

/// Hosts of the registries that this machine is set up to use, other than public ones.
fn own_registries() -> Vec<String> {
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let variables = env::vars().filter(|(name, _)| {
        let name = name.to_ascii_lowercase();
        name == "npm_config_registry" || (name.starts_with("cargo_") && name.ends_with("_index"))
    });
    let files = [".npmrc", ".cargo/config.toml", ".cargo/config"];
    let mut hosts: Vec<String> = variables
        .map(|(_, value)| value)
        .chain(files.iter().filter_map(|file| fs::read_to_string(home.join(file)).ok()))
        .flat_map(|text| hosts_in(&text))
        .collect();
    hosts.sort();
    hosts.dedup();
    hosts
}

/// The hosts of the addresses in a text.
fn hosts_in(text: &str) -> Vec<String> {
    text.split("//")
        .skip(1)
        .filter_map(|rest| {
            let end = |c: char| !(c.is_ascii_alphanumeric() || ".-@:_%".contains(c));
            let authority = rest.split(end).next()?;
            let host = authority.rsplit('@').next()?.split(':').next()?;
            // A name without a dot is this machine or a container beside it.
            let tells = host.contains('.') && !host.starts_with("127.") && !PUBLIC.contains(&host);
            tells.then(|| host.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_checkout_are_found() {
        let root = Path::new("/sites/setroom");
        let inside = format!("see {}/docs", root.display());
        let sources = [
            Source::new("a.md", &inside),
            Source::new("b.md", "see /sites-of-others/setroom"),
            Source::new("c.md", "on https://example.org/sites/setroom"),
        ];
        let mut faults = Vec::new();
        check(root, &sources, &mut faults);
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].path, "a.md");
    }

    #[test]
    fn common_folders_are_not_private() {
        assert!(is_common(Path::new("/")));
        assert!(is_common(Path::new("/tmp")));
        assert!(!is_common(Path::new("/tmp/a")));
        assert!(!is_common(Path::new("/sites")));
    }

    #[test]
    fn registries_are_read_without_their_secrets() {
        let text = "registry=https://me:pw@packages.example.org:443/npm/\nhttps://registry.npmjs.org/ http://127.0.0.1:99/";
        assert_eq!(hosts_in(text), ["packages.example.org"]);
    }

    #[test]
    fn lock_files_point_to_public_registries() {
        let lock = |path: &str, text: &str| lock_fault(&Source::new(path, ""), text).is_some();
        assert!(lock("Cargo.lock", "source = \"registry+https://crates.example.org/index\""));
        assert!(!lock(
            "Cargo.lock",
            "source = \"registry+https://github.com/rust-lang/crates.io-index\""
        ));
        assert!(lock("w/package-lock.json", "\"resolved\": \"https://npm.example.org/a.tgz\","));
        assert!(!lock(
            "w/package-lock.json",
            "\"resolved\": \"https://registry.npmjs.org/a.tgz\","
        ));
        assert!(!lock("docs/a.md", "source = \"elsewhere\""));
    }
}
