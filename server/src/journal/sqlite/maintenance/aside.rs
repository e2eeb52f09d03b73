//! Journals that lie below the data folder beside the one in use: those that a restore put aside, and
//! copies that somebody keeps there. An erasure reaches the first, and names the others.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::erase::tidy;
use super::{MaintenanceError, file_error};
use crate::journal::RoomKey;
use crate::journal::sqlite::folder::ASIDE;
use crate::journal::sqlite::{DATABASE_FILE, schema};

/// A journal beside the one in use.
#[derive(Debug)]
pub(super) struct Aside {
    pub(super) file: PathBuf,
    /// It was put aside by a restore, and is ours to change.
    pub(super) is_ours: bool,
}

/// Every journal in a folder below `folder`.
pub(super) fn below(folder: &Path) -> Result<Vec<Aside>, MaintenanceError> {
    let mut found = Vec::new();
    let mut left = vec![(folder.to_owned(), false)];
    while let Some((within, is_ours)) = left.pop() {
        for entry in fs::read_dir(&within).map_err(file_error(&within))? {
            let entry = entry.map_err(file_error(&within))?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(file_error(&within))?);
            if kind.is_dir() {
                let name = entry.file_name();
                left.push((path, is_ours || name.to_string_lossy().starts_with(ASIDE)));
            } else if kind.is_file() && within != folder && path.ends_with(DATABASE_FILE) {
                found.push(Aside { file: path, is_ours });
            }
        }
    }
    Ok(found)
}

impl Aside {
    /// Erases the set in it, down to the file. Whether it may be changed.
    pub(super) fn erase(&self, room: &RoomKey) -> Result<bool, MaintenanceError> {
        if !self.is_ours {
            return Ok(false);
        }
        let mut connection = schema::open(&self.file, None)?;
        wipe(&mut connection, room)?;
        connection.close().map_err(|(_, error)| error)?;
        tidy(&self.file)?;
        Ok(true)
    }
}

/// A set's rows go, and its id stays.
pub(super) fn wipe(connection: &mut Connection, room: &RoomKey) -> rusqlite::Result<(bool, usize)> {
    let transaction = connection.transaction()?;
    let fresh = transaction.execute("INSERT OR IGNORE INTO tombstone VALUES (?)", [room.0])?;
    let entries = transaction.execute("DELETE FROM entry WHERE room = ?", [room.0])?;
    let snapshots = transaction.execute("DELETE FROM snapshot WHERE room = ?", [room.0])?;
    transaction.commit()?;
    Ok((fresh > 0, entries + snapshots))
}
