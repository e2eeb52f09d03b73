//! The write-ahead log is made longer before it has to be.
//!
//! A sync of a file that has grown also has to write down that it has grown, which the file system
//! does in a journal of its own; a sync of bytes that lay in the file before does not. So the log is
//! kept longer than what is in it, by zeros, which SQLite takes for the log's end. It grows after a
//! commit, when whoever waited for that has been answered.

use std::fs::{File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use super::folder::private;

/// By so many bytes the log grows at once.
const STEP: usize = 1 << 20;
/// It grows when less than this is left: what a large batch may take.
const LEFT: u64 = 1 << 18;
/// It does not grow beyond this by itself. By then it is copied and begins anew, as a rule.
const MOST: u64 = 10 << 20;

/// The log's own file, beside SQLite's hold of it.
#[derive(Debug)]
pub(super) struct WalPrealloc {
    path: PathBuf,
    log: Option<File>,
}

impl WalPrealloc {
    /// For the log at `path`. It need not be there yet.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, log: None }
    }

    /// Makes the log longer if it needs that, now that so many bytes of it are written. Only whoever
    /// writes to the log may ask, between two commits.
    ///
    /// What goes wrong here is not told: nothing depends on it, and a disk that is full or broken
    /// says so to the next commit.
    pub(super) fn after(&mut self, written: u64) {
        if self.grow(written).is_err() {
            self.log = None;
        }
    }

    fn grow(&mut self, written: u64) -> std::io::Result<()> {
        let log = match &mut self.log {
            Some(log) => log,
            log @ None => log.insert(private(OpenOptions::new().write(true)).open(&self.path)?),
        };
        let length = log.metadata()?.len();
        // More is written than is there: somebody else's file has its name, or none has.
        if written > length || length - written >= LEFT || length >= MOST {
            return Ok(());
        }
        log.seek(SeekFrom::Start(length))?;
        log.write_all(&vec![0; STEP])?;
        log.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_by_zeros_while_little_is_left_and_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut wal_prealloc = WalPrealloc::new(path.clone());
        wal_prealloc.after(0);
        assert!(!path.exists(), "it makes no file of its own");

        std::fs::write(&path, b"frames").unwrap();
        let step = STEP as u64;
        for (written, length) in [
            (6, step + 6),
            (step + 6 - LEFT, step + 6),
            (step + 7 - LEFT, 2 * step + 6),
            (9 * step, 2 * step + 6),
        ] {
            wal_prealloc.after(written);
            assert_eq!(std::fs::metadata(&path).unwrap().len(), length, "after {written}");
        }
        let bytes = std::fs::read(&path).unwrap();
        assert!(bytes.starts_with(b"frames") && bytes[6..].iter().all(|byte| *byte == 0));

        // Cut to nothing, it begins anew.
        std::fs::write(&path, b"").unwrap();
        wal_prealloc.after(0);
        assert_eq!(std::fs::metadata(&path).unwrap().len(), step);
        for _ in 0..20 {
            let length = std::fs::metadata(&path).unwrap().len();
            wal_prealloc.after(length);
        }
        assert_eq!(std::fs::metadata(&path).unwrap().len(), MOST);
    }
}
