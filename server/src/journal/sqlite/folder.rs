//! The data folder: for its owner only, and for one process at a time.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// The journal's file in the data folder.
pub const DATABASE_FILE: &str = "journal.sqlite3";
/// Held locked while a process uses the folder; names its process id.
pub const LOCK_FILE: &str = "setroom.lock";

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Making or opening something in it failed.
    #[error("the data folder {} cannot be used: {cause}", folder.display())]
    Unusable {
        /// The folder as configured.
        folder: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// Another Setroom works there.
    #[error("the data folder {} is in use by process {owner}", folder.display())]
    InUse {
        /// The folder as configured.
        folder: PathBuf,
        /// The other process, as it wrote itself down.
        owner: String,
    },
}

/// A locked data folder; dropping it unlocks.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    pub(super) fn lock(path: &Path) -> Result<Self, FolderError> {
        let unusable = |cause| FolderError::Unusable { folder: path.to_owned(), cause };
        make_private(path).map_err(unusable)?;
        let mut lock =
            private(OpenOptions::new().read(true).write(true).create(true).truncate(false))
                .open(path.join(LOCK_FILE))
                .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut owner = String::new();
                let _ = lock.read_to_string(&mut owner);
                let owner = match owner.trim() {
                    "" => "unknown".to_owned(),
                    pid => pid.to_owned(),
                };
                return Err(FolderError::InUse { folder: path.to_owned(), owner });
            }
            Err(TryLockError::Error(cause)) => return Err(unusable(cause)),
        }
        lock.set_len(0).map_err(unusable)?;
        lock.write_all(std::process::id().to_string().as_bytes()).map_err(unusable)?;
        // SQLite would make its file with the process's usual rights, so it is made here first;
        // the write-ahead log then takes over the same rights.
        private(OpenOptions::new().write(true).create(true).truncate(false))
            .open(path.join(DATABASE_FILE))
            .map_err(unusable)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    pub(super) fn database(&self) -> PathBuf {
        self.path.join(DATABASE_FILE)
    }
}

fn make_private(path: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
