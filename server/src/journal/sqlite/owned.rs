//! Whose the data folder is, and what is in it: nobody else's, open to nobody else, and no way to
//! somewhere else.
//!
//! Who can write there can put a link in the place of a file that is about to be written. Who can
//! read there can read who meets whom. A folder that holds nothing but ours is made private again,
//! and its files are; one that holds other things is somebody's, so that person is asked to.

use std::fs::{self, Metadata, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use super::folder::{DATABASE_FILE, FolderError, LOCK_FILE, RESERVE_FILE};
use crate::clock_mark::CLOCK_FILE;

/// Rights of anybody but the owner.
const OTHERS: u32 = 0o077;

/// Judges the folder and every file of ours in it.
///
/// # Errors
/// [`FolderError`], which says what to type.
pub(super) fn check(folder: &Path) -> Result<(), FolderError> {
    let unusable = |cause| FolderError::Unusable { folder: folder.to_owned(), cause };
    let its = fs::metadata(folder).map_err(unusable)?;
    is_mine(folder, &its)?;
    let mut ours = Vec::new();
    let mut others = 0;
    for entry in fs::read_dir(folder).map_err(unusable)? {
        let entry = entry.map_err(unusable)?;
        match entry.file_name().to_str() {
            Some(name) if is_file_of_ours(name) => ours.push(entry.path()),
            Some(name) if name.starts_with("replaced-") || name == "lost+found" => {}
            _ => others += 1,
        }
    }
    if its.mode() & OTHERS != 0 {
        let mode = its.mode() & 0o777;
        if others > 0 {
            return Err(FolderError::Open { folder: folder.to_owned(), mode });
        }
        fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(unusable)?;
        tracing::warn!(event = "data_mended", "the data folder was open to other users");
    }
    for path in ours {
        let its = fs::symlink_metadata(&path).map_err(unusable)?;
        if !its.is_file() {
            return Err(FolderError::NoFile(path));
        }
        is_mine(&path, &its)?;
        if its.mode() & OTHERS != 0 {
            fs::set_permissions(&path, Permissions::from_mode(0o600)).map_err(unusable)?;
            tracing::warn!(event = "data_mended", "a file of the journal was open to other users");
        }
    }
    Ok(())
}

fn is_file_of_ours(name: &str) -> bool {
    name.starts_with(DATABASE_FILE) || [LOCK_FILE, RESERVE_FILE, CLOCK_FILE].contains(&name)
}

fn is_mine(path: &Path, its: &Metadata) -> Result<(), FolderError> {
    let (owner, user) = (its.uid(), rustix::process::geteuid().as_raw());
    if owner == user {
        return Ok(());
    }
    Err(FolderError::Foreign { path: path.to_owned(), owner, user })
}
