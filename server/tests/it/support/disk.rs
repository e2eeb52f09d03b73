//! A disk that fails when it is told to, in front of a real process, and one that forgets in a
//! power cut whatever was not synced.
//!
//! `tests/disk/shim.c` stands between a process and the system.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rand::RngExt as _;
use rand::rngs::StdRng;

use super::process::unset;
use super::shim::shim;

/// What a disk writes in one piece: a power cut leaves all of it or nothing.
const SECTOR: usize = 512;

/// A small file system of its own, in memory, that only those see whom it is put before. It goes
/// away with this.
pub(crate) struct SmallDisk {
    holder: Child,
    folder: PathBuf,
}

impl SmallDisk {
    /// Mounts one of so many MiB at a folder, which is made. Where that is not allowed it says so,
    /// for the test of that name, which is then left out.
    pub(crate) fn mount(folder: &Path, mib: u32, test: &str) -> Option<Self> {
        std::fs::create_dir(folder).unwrap();
        let mount = "mount -t tmpfs -o size=\"$MIB\"m,mode=700 setroom \"$DISK\" && echo there && \
                     exec cat";
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", mount]);
        command.env("DISK", folder).env("MIB", mib.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let why = match command.spawn() {
            Ok(mut holder) => {
                let mut line = String::new();
                BufReader::new(holder.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
                if line == "there\n" {
                    return Some(Self { holder, folder: folder.to_owned() });
                }
                let output = holder.wait_with_output().unwrap();
                String::from_utf8_lossy(&output.stderr).trim().to_owned()
            }
            Err(error) => format!("unshare: {error}"),
        };
        // Not by a macro: a test's own output is shown only when it fails.
        let _ = writeln!(
            std::io::stderr(),
            "\nLEFT OUT {test}: a small file system cannot be mounted here ({why})."
        );
        None
    }

    /// The program, with this disk before it.
    pub(crate) fn setroom(&self) -> Command {
        let mut command = unset(Command::new("nsenter"));
        command.arg(format!("--mount=/proc/{}/ns/mnt", self.holder.id()));
        command.arg(env!("CARGO_BIN_EXE_setroom"));
        command
    }

    /// Fills it to the last byte, or takes away again what it was filled with.
    pub(crate) fn fill(&self, full: bool) {
        let ballast = self.ballast();
        if full {
            let mut file = std::fs::File::create(&ballast).unwrap();
            while file.write_all(&[0; 512]).is_ok() {}
        } else {
            std::fs::remove_file(&ballast).unwrap();
        }
    }

    /// Fills it but for so many bytes.
    pub(crate) fn leave(&self, bytes: u64) {
        self.fill(true);
        let ballast = self.ballast();
        let length = std::fs::metadata(&ballast).unwrap().len();
        let file = std::fs::OpenOptions::new().write(true).open(&ballast).unwrap();
        file.set_len(length.checked_sub(bytes).expect("there was as much")).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        let root = Path::new("/proc").join(self.holder.id().to_string()).join("root");
        root.join(self.folder.strip_prefix("/").unwrap()).join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
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
