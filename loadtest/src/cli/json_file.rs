//! The file that a result is written to as JSON.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::lines;

/// Where the result goes besides the screen.
#[derive(Args, Clone, Debug)]
pub struct JsonFile {
    /// Writes the result as JSON to this file.
    #[arg(long)]
    pub json: Option<PathBuf>,
}

impl JsonFile {
    /// The file, found writable before the work begins: afterwards is too late to learn it.
    pub(super) fn open(&self) -> Result<Option<File>, String> {
        self.json.as_deref().map(created).transpose()
    }
}

/// Makes a file anew.
pub(super) fn created(path: &Path) -> Result<File, String> {
    File::create(path).map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

/// Writes a result to the file that was opened for it, if one was.
pub(super) fn write_json(file: &Option<File>, result: &impl Serialize) -> Result<(), String> {
    let Some(file) = file else { return Ok(()) };
    lines::write(BufWriter::new(file), result)
        .map_err(|e| format!("the result cannot be written: {e}"))
}
