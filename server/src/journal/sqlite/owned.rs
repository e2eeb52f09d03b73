//! Whose the data folder is, and what is in it: nobody else's, open to nobody else, and no way to
//! somewhere else.
//!
//! Who can write there can put a link in the place of a file that is about to be written. Who can
//! read there can read who meets whom. A folder that holds nothing but ours is made private again,
//! and its files are; one that holds other things is somebody's, so that person is asked to.
//!
//! Root, who looks after a folder that is somebody else's, leaves every file in it to that owner.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::Path;

use super::clock_checkpoint::CLOCK_FILE;
use super::folder::{ASIDE, DATABASE_FILE, FolderError, LOCK_FILE, RESERVE_FILE, Who, private};

/// Rights of anybody but the owner.
const OTHERS: u32 = 0o077;
const ROOT: u32 = 0;

/// Judges the folder and every file of ours in it.
///
/// # Errors
/// [`FolderError`], which says what to type.
pub(super) fn check(folder: &Path, who: Who) -> Result<(), FolderError> {
    let unusable = |cause| FolderError::Unusable { folder: folder.to_owned(), cause };
    let its = fs::metadata(folder).map_err(unusable)?;
    let owner = its.uid();
    let for_owner = who == Who::Maintenance && user() == ROOT;
    if !for_owner && owner != user() {
        return Err(foreign_folder(folder, &its));
    }
    let mut ours = Vec::new();
    let mut others = 0;
    for entry in fs::read_dir(folder).map_err(unusable)? {
        let entry = entry.map_err(unusable)?;
        match entry.file_name().to_str() {
            Some(name) if is_file_of_ours(name) => ours.push(entry.path()),
            Some(name) if name.starts_with(ASIDE) || name == "lost+found" => {}
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
        // One name, or it is somewhere else as well, and would be given away there too.
        if for_owner && its.uid() == ROOT && owner != ROOT && its.nlink() == 1 {
            let file = private(OpenOptions::new().read(true)).open(&path).map_err(unusable)?;
            leave_to_owner(&file, folder).map_err(unusable)?;
            tracing::warn!(event = "data_mended", "a file of the journal was root's");
        } else if its.uid() != owner {
            return Err(foreign_file(&path, &its, owner));
        }
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

/// Gives what was just made to the folder's owner.
pub(super) fn leave_to_owner(made: &File, folder: &Path) -> std::io::Result<()> {
    let (its, folder) = (made.metadata()?, fs::metadata(folder)?);
    if user() != ROOT || (its.uid(), its.gid()) == (folder.uid(), folder.gid()) {
        return Ok(());
    }
    fchown(made, Some(folder.uid()), Some(folder.gid()))
}

fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn foreign_folder(path: &Path, its: &Metadata) -> FolderError {
    let (owner, group, user) = (its.uid(), its.gid(), user());
    let cure = if user == ROOT {
        format!(
            "run it as that user, for example \
             `setpriv --reuid={owner} --regid={group} --clear-groups setroom …`"
        )
    } else {
        "run it as root, or as that user".to_owned()
    };
    FolderError::Foreign { path: path.to_owned(), owner, user, cure }
}

fn foreign_file(path: &Path, its: &Metadata, user: u32) -> FolderError {
    let owner = its.uid();
    let cure = format!(
        "if it is Setroom's, `chown --no-dereference {user} {}` as root gives it back",
        path.display()
    );
    FolderError::Foreign { path: path.to_owned(), owner, user, cure }
}
