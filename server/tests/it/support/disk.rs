//! A disk that fails when it is told to, in front of a real process, and one that forgets in a
//! power cut whatever was not synced.
//!
//! `tests/disk/shim.c` stands between a process and the system.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use rand::RngExt as _;
use rand::rngs::StdRng;

use super::shim::shim;

/// What a disk writes in one piece: a power cut leaves all of it or nothing.
const SECTOR: usize = 512;

/// The switches of one process's disk.
pub(crate) struct Switches {
    folder: tempfile::TempDir,
}

impl Switches {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Puts the shim between `command` and its files below `folder`.
    pub(crate) fn put_before(&self, command: &mut Command, folder: &Path) {
        command
            .env("LD_PRELOAD", shim("disk"))
            .env("DISK_FOLDER", folder)
            .env("DISK_SWITCHES", self.folder.path());
    }

    /// `full`: nothing can be written; `eio`: nothing can be synced.
    pub(crate) fn set(&self, name: &str, on: bool) {
        let file = self.folder.path().join(name);
        if on { std::fs::write(file, "").unwrap() } else { std::fs::remove_file(file).unwrap() }
    }
}

/// Lets `command` note down what it does to its files below `folder`.
pub(crate) fn tape_of(command: &mut Command, folder: &Path, tape: &Path) {
    command.env("LD_PRELOAD", shim("disk")).env("DISK_FOLDER", folder).env("DISK_TAPE", tape);
}

/// One thing that a process did.
#[derive(Debug)]
pub(crate) enum Note {
    Write {
        path: PathBuf,
        place: usize,
        data: Vec<u8>,
    },
    Truncate {
        path: PathBuf,
        length: usize,
    },
    Remove {
        path: PathBuf,
    },
    Sync {
        path: PathBuf,
    },
    /// Text on standard output: what somebody outside knows from then on.
    Said(String),
}

/// Reads a tape.
pub(crate) fn notes(tape: &Path) -> Vec<Note> {
    let bytes = std::fs::read(tape).unwrap();
    let mut rest = bytes.as_slice();
    let mut notes = Vec::new();
    while let Some((kind, after)) = rest.split_first() {
        let number = |at: usize, length: usize| {
            let bytes = after[at..at + length].iter().rev();
            bytes.fold(0, |number, byte| number << 8 | usize::from(*byte))
        };
        let (named, place, length) = (number(0, 4), number(4, 8), number(12, 8));
        let (name, after) = after[20..].split_at(named);
        let (data, after) = after.split_at(length);
        let path = PathBuf::from(std::str::from_utf8(name).unwrap());
        notes.push(match kind {
            b'W' => Note::Write { path, place, data: data.to_vec() },
            b'T' => Note::Truncate { path, length: place },
            b'U' => Note::Remove { path },
            b'S' => Note::Sync { path },
            b'O' => Note::Said(String::from_utf8(data.to_vec()).unwrap()),
            other => panic!("a note of kind {other}"),
        });
        rest = after;
    }
    notes
}

/// What becomes of a change that was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// All of them are lost.
    Everything,
    /// None is.
    Nothing,
    /// The last one alone arrived, before all others.
    AllButTheLast,
    /// Each may be lost, and of a write each sector.
    Random,
}

/// A disk as a power cut leaves it: what was synced is there; of what was not, anything may be.
#[derive(Debug)]
pub(crate) struct Platters {
    files: BTreeMap<PathBuf, OnDisk>,
    lies: bool,
}

#[derive(Debug, Default)]
struct OnDisk {
    synced: Vec<u8>,
    /// Its name in the folder has been synced too.
    is_named: bool,
    is_removed: bool,
    pending: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write(place, data) => {
                let end = place + data.len();
                content.resize(content.len().max(end), 0);
                content[*place..end].copy_from_slice(data);
            }
            Self::Truncate(length) => content.resize(*length, 0),
        }
    }

    /// As much of it as a power cut leaves.
    fn torn(&self, random: &mut StdRng) -> Vec<Self> {
        match self {
            Self::Write(place, data) => {
                let sectors = data.chunks(SECTOR).enumerate();
                let kept = sectors.filter(|_| random.random_bool(0.5));
                kept.map(|(n, sector)| Self::Write(place + n * SECTOR, sector.to_vec())).collect()
            }
            Self::Truncate(_) if random.random_bool(0.5) => vec![self.clone()],
            Self::Truncate(_) => Vec::new(),
        }
    }
}

impl Platters {
    /// An empty disk; one that `lies` says that it has synced, and has not.
    pub(crate) fn new(lies: bool) -> Self {
        Self { files: BTreeMap::new(), lies }
    }

    pub(crate) fn take(&mut self, note: &Note) {
        match note {
            Note::Write { path, place, data } => {
                let file = self.files.entry(path.clone()).or_default();
                file.is_removed = false;
                file.pending.push(Change::Write(*place, data.clone()));
            }
            Note::Truncate { path, length } => {
                let file = self.files.entry(path.clone()).or_default();
                file.pending.push(Change::Truncate(*length));
            }
            Note::Remove { path } => {
                self.files.entry(path.clone()).or_default().is_removed = true;
            }
            Note::Sync { path } if !self.lies => self.sync(path),
            Note::Sync { .. } | Note::Said(_) => {}
        }
    }

    fn sync(&mut self, path: &Path) {
        if let Some(file) = self.files.get_mut(path) {
            for change in file.pending.drain(..) {
                change.apply(&mut file.synced);
            }
            return;
        }
        // A folder: what is in it has its name from now on, and what was removed is gone.
        self.files.retain(|file, on_disk| file.parent() != Some(path) || !on_disk.is_removed);
        for (file, on_disk) in &mut self.files {
            on_disk.is_named |= file.parent() == Some(path);
        }
    }

    /// Writes what is left into `folder`.
    pub(crate) fn cut(&self, folder: &Path, loss: Loss, random: &mut StdRng) {
        for (path, file) in &self.files {
            let is_lucky = match loss {
                Loss::Everything => false,
                Loss::Nothing | Loss::AllButTheLast => true,
                Loss::Random => random.random_bool(0.5),
            };
            // Without its name in the folder a file may be lost as a whole; and what was removed
            // may still be there.
            let is_there = if file.is_removed { !is_lucky } else { file.is_named || is_lucky };
            if !is_there {
                continue;
            }
            let mut content = file.synced.clone();
            let kept = match loss {
                Loss::Everything => Vec::new(),
                Loss::Nothing => file.pending.clone(),
                Loss::AllButTheLast => file.pending.last().cloned().into_iter().collect(),
                Loss::Random => file.pending.iter().flat_map(|one| one.torn(random)).collect(),
            };
            kept.iter().for_each(|change| change.apply(&mut content));
            std::fs::write(folder.join(path.file_name().unwrap()), content).unwrap();
        }
    }
}
