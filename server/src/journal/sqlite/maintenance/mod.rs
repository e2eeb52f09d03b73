//! Looking after a journal from outside the service: checking it, reading it out, erasing a set,
//! copying it, putting a copy back.
//!
//! What changes a journal, and what judges it as a whole, takes the folder's lock, so it never
//! meets a running service. Copying and reading out go on beside one: they read one moment of it.

mod aside;
mod backup;
mod erase;
mod export;
mod restore;
mod traces;
mod verify;
mod walk;

use std::path::{Path, PathBuf};

use setroom_protocol::SetId;

use super::OpenError;
use super::folder::{Folder, FolderError};
use crate::journal::{KeepError, RoomKey};

pub use backup::{BACKUP_FORM, MANIFEST_FILE, Manifest, backup};
pub use erase::{Receipt, erase};
pub use export::{EXPORT_FORM, Exported, export};
pub use restore::{Restored, restore};
pub use traces::Search;
pub(crate) use verify::survey;
pub use verify::{Finding, Summary, Survey, verify};

/// Why it could not be done. Each is one sentence for whoever runs the command.
#[derive(Debug, thiserror::Error)]
pub enum MaintenanceError {
    /// The service works on it.
    #[error("the data folder {} is in use by process {owner}: {instead}", folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
        /// The process that holds it.
        owner: String,
        /// What to do.
        instead: &'static str,
    },
    /// The folder or the file cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Reading or writing a file failed.
    #[error("{} cannot be used: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// SQLite refused.
    #[error("the journal cannot be read or written: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// There is no such set.
    #[error("there is no set {0} in this journal")]
    NoSuchSet(SetId),
    /// What is there already is not written over.
    #[error("{} is there already, and nothing is written over it", .0.display())]
    Exists(PathBuf),
    /// A journal is there already.
    #[error(
        "there is a journal in {} already: say --replace to put it aside and this copy in its place",
        .0.display()
    )]
    Occupied(PathBuf),
    /// The copy is not what was once made.
    #[error("the copy in {} is not put back: {what}", from.display())]
    BadCopy {
        /// Where the copy lies.
        from: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The erasure was not carried out down to the file.
    #[error("the set was not erased down to the file: {0}; doing it again is harmless")]
    NotErased(#[from] KeepError),
    /// What was read cannot be handed on.
    #[error("the output cannot be written: {0}")]
    Output(std::io::Error),
}

fn file_error(path: &Path) -> impl FnOnce(std::io::Error) -> MaintenanceError {
    let path = path.to_owned();
    move |cause| MaintenanceError::File { path, cause }
}

/// Locks a folder that has a journal in it; `instead` says what to do while a service runs there.
fn hold(folder: &Path, instead: &'static str) -> Result<Folder, MaintenanceError> {
    held(Folder::lock_existing(folder), instead)
}

fn held(
    locked: Result<Folder, FolderError>,
    instead: &'static str,
) -> Result<Folder, MaintenanceError> {
    locked.map_err(|error| {
        if let FolderError::InUse { folder, owner } = error {
            MaintenanceError::InUse { folder, owner, instead }
        } else {
            OpenError::from(error).into()
        }
    })
}

fn key(set: SetId) -> RoomKey {
    RoomKey(*set.as_bytes())
}

fn set_of(room: &RoomKey) -> SetId {
    SetId::from_bytes(room.0)
}
