//! What stands between a real process and the system, compiled by the compiler that SQLite needs
//! anyway.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// The library that `tests/NAME/shim.c` becomes, for `LD_PRELOAD`. Compiled once.
pub(crate) fn shim(name: &'static str) -> PathBuf {
    static SHIMS: Mutex<BTreeMap<&str, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut shims = SHIMS.lock().unwrap();
    shims.entry(name).or_insert_with(|| compiled(name)).clone()
}

fn compiled(name: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name).join("shim.c");
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
