//! Writes what follows from the protocol crate, or with `--check` only compares: the web client's types and
//! the tables of the contract. `cargo xtask codegen` starts it. It is no part of `xtask`, so that the gate
//! does not begin with building the rules.

mod tables;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use xtask::written::{self, Written};

/// The repository.
fn root() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    Ok(root.context("this crate lies in a folder of the repository")?.to_owned())
}

fn files(root: &Path) -> Result<[Written; 4]> {
    Ok([
        ("web-client/src/wire.gen.ts", setroom_protocol::ts::declarations()),
        ("web-client/src/limits.gen.ts", setroom_protocol::ts::limits()),
        ("web-client/src/names.gen.ts", setroom_protocol::ts::names()),
        (tables::FILE, tables::fresh(root)?),
    ])
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let root = root()?;
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => written::write(&root, &files(&root)?),
        ["--check"] => written::check(&root, &files(&root)?),
        other => bail!("`{}` is not known: --check, or nothing", other.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_files_are_the_protocols() {
        let root = root().unwrap();
        written::check(&root, &files(&root).unwrap()).unwrap();
    }
}
