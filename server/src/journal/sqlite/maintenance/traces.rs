//! Looking for what is left of rows that are gone, byte by byte, in every file of a folder and of the
//! folders in it.
//!
//! What is looked for belongs to one set alone: ids, checksums and links of its rows, and pieces of
//! its boxes, hashes and keys.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{MaintenanceError, file_error};

/// Bytes of each thing that is looked for.
const LENGTH: usize = 16;
/// From long texts one piece is taken of every so many bytes: less than a page holds.
const STRIDE: usize = 256;
/// Fewer different bytes than these say nothing about where they come from: zeros, mostly.
const VARIETY: usize = 6;
/// Boxes begin alike.
const HEAD: usize = 16;
/// Texts of at least so many characters are not the program's own words.
const TEXT: usize = 40;
/// Bytes that are read at once.
const CHUNK: usize = 1 << 20;

/// Things that must not be found.
#[derive(Debug, Default)]
pub(super) struct Traces {
    /// By their first eight bytes, so that most places in a file are passed over quickly.
    pieces: HashMap<[u8; 8], Vec<[u8; LENGTH]>>,
    count: usize,
}

/// What a search came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Files that were read to their end.
    pub files: u64,
    /// Those in which something was found, and how often.
    pub places: Vec<(PathBuf, u64)>,
    /// What was not read, and why.
    pub unread: Vec<(PathBuf, String)>,
}

impl Search {
    /// How often anything was found.
    #[must_use]
    pub fn found(&self) -> u64 {
        self.places.iter().map(|(_, count)| count).sum()
    }

    fn note(&mut self, path: PathBuf, found: u64) {
        self.files += 1;
        if found > 0 {
            self.places.push((path, found));
        }
    }
}

impl Traces {
    /// Adds the beginning of `bytes`, and pieces of what follows.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(STRIDE).filter_map(|chunk| chunk.first_chunk::<LENGTH>()) {
            let Some(start) = piece.first_chunk::<8>() else { continue };
            if BTreeSet::from(*piece).len() < VARIETY {
                continue;
            }
            let same = self.pieces.entry(*start).or_default();
            if !same.contains(piece) {
                same.push(*piece);
                self.count += 1;
            }
        }
    }

    /// Adds every text of a row's content that only this set can have.
    pub(super) fn add_content(&mut self, content: &[u8]) {
        if let Ok(content) = serde_json::from_slice(content) {
            self.add_texts(&content);
        }
    }

    fn add_texts(&mut self, value: &Value) {
        match value {
            Value::String(text) if text.len() >= TEXT && is_coded(text) => {
                self.add(text.as_bytes().get(HEAD..).unwrap_or_default());
            }
            Value::Array(values) => values.iter().for_each(|value| self.add_texts(value)),
            Value::Object(values) => values.values().for_each(|value| self.add_texts(value)),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// How often any of them stands in the files of `folder` and of the folders in it.
    pub(super) fn in_folder(&self, folder: &Path) -> Result<Search, MaintenanceError> {
        let mut search = Search::default();
        let mut left = vec![folder.to_owned()];
        while let Some(within) = left.pop() {
            for entry in std::fs::read_dir(&within).map_err(file_error(&within))? {
                let path = entry.map_err(file_error(&within))?.path();
                let kind = path.symlink_metadata().map_err(file_error(&path))?.file_type();
                if kind.is_dir() {
                    left.push(path);
                } else if kind.is_file() {
                    match File::open(&path).and_then(|file| self.in_bytes(file)) {
                        Ok(found) => search.note(path, found),
                        Err(error) => search.unread.push((path, error.to_string())),
                    }
                } else if kind.is_symlink() {
                    search.unread.push((path, "a link, which is not followed".to_owned()));
                }
            }
        }
        Ok(search)
    }

    fn in_bytes(&self, mut from: impl Read) -> std::io::Result<u64> {
        let mut found = 0;
        let mut held: Vec<u8> = Vec::with_capacity(CHUNK + LENGTH);
        loop {
            let read = from.by_ref().take(CHUNK as u64).read_to_end(&mut held)?;
            found += held.windows(LENGTH).filter(|window| self.has(window)).count() as u64;
            if read == 0 {
                return Ok(found);
            }
            // One that lies across two chunks is found with the next one, and once only.
            let rest = held.len().saturating_sub(LENGTH - 1);
            held.drain(..rest);
        }
    }

    fn has(&self, window: &[u8]) -> bool {
        let same = window.first_chunk::<8>().and_then(|start| self.pieces.get(start));
        same.is_some_and(|pieces| pieces.iter().any(|piece| piece == window))
    }
}

fn is_coded(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_found_wherever_they_lie_and_once_each() {
        let mut traces = Traces::default();
        traces.add(b"0123456789abcdef and more");
        let (text, zeros) = ("Zy9_w7".repeat(10), "A".repeat(43));
        let content = format!(r#"{{"box":"{text}","cue":"clear","prev":["{zeros}"]}}"#);
        traces.add_content(content.as_bytes());
        assert_eq!(traces.count(), 2);
        let hay = |before: usize| {
            let mut hay = vec![b'.'; before];
            hay.extend_from_slice(b"0123456789abcdef");
            hay.extend_from_slice(text.as_bytes());
            hay
        };
        for before in [0, 1, CHUNK - 40, CHUNK - 15, CHUNK - 1, CHUNK, CHUNK + 7] {
            // The repeated text holds its piece, taken behind its head, seven times.
            assert_eq!(traces.in_bytes(hay(before).as_slice()).unwrap(), 8, "{before}");
        }
        assert_eq!(traces.in_bytes(b"0123456789abcde".as_slice()).unwrap(), 0);
    }
}
