//! What stands between a real process and the system, compiled by the compiler that SQLite needs
//! anyway. The load tester's tests read this file too.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// The switches of one process's disk.
pub(crate) struct Switches {
    folder: tempfile::TempDir,
}

impl Switches {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// The environment of a process between which and its files below `folder` the shim stands.
    pub(crate) fn variables(&self, folder: &Path) -> Vec<(String, OsString)> {
        vec![
            ("LD_PRELOAD".into(), shim("disk").into()),
            ("DISK_FOLDER".into(), folder.into()),
            ("DISK_SWITCHES".into(), self.folder.path().into()),
        ]
    }

    /// `full`, `quota`, `too_big`, `broken`: nothing can be written, and why; `eio`, `late`: nothing can be synced.
    pub(crate) fn set(&self, name: &str, on: bool) {
        let file = self.folder.path().join(name);
        if on { std::fs::write(file, "").unwrap() } else { std::fs::remove_file(file).unwrap() }
    }
}

/// The library that `tests/NAME/shim.c` becomes, for `LD_PRELOAD`. Compiled once.
pub(crate) fn shim(name: &'static str) -> PathBuf {
    static SHIMS: Mutex<BTreeMap<&str, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut shims = SHIMS.lock().unwrap();
    shims.entry(name).or_insert_with(|| compiled(name)).clone()
}

fn compiled(name: &str) -> PathBuf {
    let source =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/tests").join(name).join("shim.c");
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-shim.so"));
    let fresh = built.with_extension(std::process::id().to_string());
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let done = Command::new(&compiler)
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
        .args([&fresh, &source])
        .arg("-ldl")
        .status()
        .unwrap_or_else(|error| panic!("{compiler} compiles SQLite, and not this: {error}"));
    assert!(done.success(), "{compiler} does not compile {}", source.display());
    std::fs::rename(fresh, &built).unwrap();
    built
}
