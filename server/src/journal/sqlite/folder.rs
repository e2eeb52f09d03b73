//! The data folder: for its owner only, and for one process at a time.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use super::clock_checkpoint::CLOCK_FILE;

/// The journal's file in the data folder.
pub const DATABASE_FILE: &str = "journal.sqlite3";
/// Held locked while a process uses the folder; names its process id.
pub const LOCK_FILE: &str = "setroom.lock";

/// Room on the disk that is kept back.
pub(super) const RESERVE_FILE: &str = "reserve";

/// Here while a copy is being put back: neither what was there nor what comes is whole.
pub(super) const UNFINISHED_FILE: &str = "journal.sqlite3.restoring";

/// Here until a copy that is put back is ready; what is left of it by a restore that was cut off is
/// of no use.
pub(super) const INCOMING_FILE: &str = "journal.sqlite3.incoming";

/// Folders into which a restore put the journal that was there begin with this.
pub(super) const ASIDE: &str = "replaced-";

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
    /// It is open to others, and holds more than what is ours.
    #[error(
        "the data folder {} is open to other users (its rights are {mode:03o}): \
         `chmod 700 {}` makes it its owner's alone", .folder.display(), .folder.display()
    )]
    Open {
        /// The folder as configured.
        folder: PathBuf,
        /// Its rights.
        mode: u32,
    },
    /// It, or a file in it, is another user's.
    #[error("{} belongs to user {owner}, and this is user {user}: {cure}", .path.display())]
    Foreign {
        /// The folder or the file.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who works on it.
        user: u32,
        /// What to type.
        cure: String,
    },
    /// Whether there is a journal cannot be seen.
    #[error(
        "{} may not be read by this user: run it as root, or as the user that the service runs as",
        .0.display()
    )]
    Shut(PathBuf),
    /// Something in it is no file of its own, so that somebody else's would be written.
    #[error("{} is a link or no file, and is not followed: see what it is, and remove it", .0.display())]
    NoFile(PathBuf),
    /// There is nothing to work on.
    #[error("there is no journal in {}", .0.display())]
    NoJournal(PathBuf),
    /// A restore was begun and not finished.
    #[error(
        "a copy was being put back into {} and that was not finished: run `setroom restore` again",
        .0.display()
    )]
    Unfinished(PathBuf),
    /// Another Setroom works there.
    #[error("the data folder {} is in use by process {owner}", folder.display())]
    InUse {
        /// The folder as configured.
        folder: PathBuf,
        /// The other process, as it wrote itself down.
        owner: String,
    },
}

/// Who works on a data folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// The service, as its owner and nobody else.
    Service,
    /// A command that looks after it. Root may, and leaves every file to the folder's owner.
    Maintenance,
}

/// A locked data folder; dropping it unlocks.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes the folder, if it is not there, and its empty journal, and locks it.
    pub(super) fn lock(path: &Path) -> Result<Self, FolderError> {
        let unusable = |cause| FolderError::Unusable { folder: path.to_owned(), cause };
        make_private(path).map_err(unusable)?;
        let folder = Self::hold(path, Who::Service)?;
        folder.check_finished()?;
        // SQLite would make its file with the process's usual rights, so it is made here first;
        // the write-ahead log then takes over the same rights.
        private(OpenOptions::new().write(true).create(true).truncate(false))
            .open(folder.database())
            .map_err(unusable)?;
        // What is in a file outlives a power cut only if its name in the folder does.
        sync_folder(path).map_err(unusable)?;
        Ok(folder)
    }

    /// Locks a folder that has a journal in it.
    pub(super) fn lock_existing(path: &Path) -> Result<Self, FolderError> {
        journal_in(path)?;
        let folder = Self::hold(path, Who::Maintenance)?;
        folder.check_finished()?;
        Ok(folder)
    }

    /// Makes the folder, if it is not there, and locks it, whatever is in it.
    pub(super) fn lock_for_restore(path: &Path) -> Result<Self, FolderError> {
        let unusable = |cause| FolderError::Unusable { folder: path.to_owned(), cause };
        make_private(path).map_err(unusable)?;
        Self::hold(path, Who::Maintenance)
    }

    fn check_finished(&self) -> Result<(), FolderError> {
        if self.path.join(UNFINISHED_FILE).exists() {
            return Err(FolderError::Unfinished(self.path.clone()));
        }
        Ok(())
    }

    fn hold(path: &Path, who: Who) -> Result<Self, FolderError> {
        let unusable = |cause| FolderError::Unusable { folder: path.to_owned(), cause };
        #[cfg(unix)]
        super::owned::check(path, who)?;
        let mut lock =
            private(OpenOptions::new().read(true).write(true).create(true).truncate(false))
                .open(path.join(LOCK_FILE))
                .map_err(unusable)?;
        leave_to_owner(&lock, path).map_err(unusable)?;
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
        // On a full disk nobody is told who it is, and that is all.
        let _ = lock.set_len(0);
        let _ = lock.write_all(std::process::id().to_string().as_bytes());
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    pub(super) fn database(&self) -> PathBuf {
        self.path.join(DATABASE_FILE)
    }
}

/// The journal's file in a folder, where there is one and this user may read it. Nothing of ours there
/// may be a link: who only reads would read somebody else's.
pub(super) fn journal_in(folder: &Path) -> Result<PathBuf, FolderError> {
    let file = folder.join(DATABASE_FILE);
    let beside = [LOCK_FILE, RESERVE_FILE, CLOCK_FILE].map(|name| folder.join(name));
    for path in [file.clone(), log_of(&file), shared_of(&file)].into_iter().chain(beside) {
        if std::fs::symlink_metadata(&path).is_ok_and(|its| !its.is_file()) {
            return Err(FolderError::NoFile(path));
        }
    }
    match private(OpenOptions::new().read(true)).open(&file) {
        Ok(_) => Ok(file),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(FolderError::NoJournal(folder.to_owned()))
        }
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(FolderError::Shut(file)),
        Err(cause) => Err(FolderError::Unusable { folder: folder.to_owned(), cause }),
    }
}

/// What root makes in the folder is the folder's owner's, or the service could never open it.
pub(super) fn leave_to_owner(made: &File, folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    super::owned::leave_to_owner(made, folder)?;
    #[cfg(not(unix))]
    let _ = (made, folder);
    Ok(())
}

/// Makes a folder for its owner only, and every one above it that is missing.
pub(super) fn make_private(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(above) = above(path) {
        make_private(above)?;
    }
    match make_new(path) {
        // Somebody else has made it in this moment.
        Err(e) if e.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made,
    }
}

/// Makes a folder for its owner only, which is not there yet: one that is may be another's.
pub(super) fn make_new(path: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    sync_folder(above(path).unwrap_or(Path::new(".")))
}

/// The folder that this one is in, where its path says.
pub(super) fn above(path: &Path) -> Option<&Path> {
    path.parent().filter(|above| !above.as_os_str().is_empty())
}

/// Brings the names in a folder to the disk.
pub(super) fn sync_folder(path: &Path) -> std::io::Result<()> {
    // Where a folder cannot be opened as a file, the system has no such step.
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

/// The write-ahead log of a journal's file.
pub(super) fn log_of(file: &Path) -> PathBuf {
    with_more(file, "-wal")
}

/// What those who have it open share.
fn shared_of(file: &Path) -> PathBuf {
    with_more(file, "-shm")
}

fn with_more(file: &Path, more: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(more);
    path.into()
}

/// For its owner only, and never by way of a link.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = rustix::fs::OFlags::NOFOLLOW.bits();
        options.mode(0o600).custom_flags(i32::try_from(flags).unwrap_or_default());
    }
    options
}
