//! How a command of the program ends: what it prints, and its exit status.

use std::io::Write as _;

use anyhow::Context as _;
use setroom_server::config::{self, Flags, Loaded};

/// What a caller can tell from the exit status.
const RUN_FAILED: u8 = 1;
pub(crate) const BAD_SETTINGS: u8 = 2;

/// Why the program ends otherwise than well.
pub(crate) struct Ended {
    pub(crate) status: u8,
    pub(crate) why: String,
}

pub(crate) fn failed(error: anyhow::Error) -> Ended {
    Ended { status: RUN_FAILED, why: format!("{error:#}") }
}

pub(crate) fn loaded(flags: &Flags) -> Result<Loaded, Ended> {
    let env = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    config::load(flags, env).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Ended { status: BAD_SETTINGS, why: lines.join("\nsetroom: ") }
    })
}

pub(crate) fn say(text: &str) -> Result<(), Ended> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .context("standard output cannot be written")
        .map_err(failed)
}
