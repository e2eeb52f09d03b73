//! A copy of the journal at one moment, made while the service goes on.
//!
//! `VACUUM INTO` rather than SQLite's page-by-page copy: it reads everything in one transaction and
//! so is never made to start again by the writer; and it copies rows and not pages, so that the
//! copy holds nothing of what was deleted, and a page that cannot be read is found now and not when
//! the copy is needed.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use setroom_protocol::{BranchId, Timestamp};
use sha2::{Digest, Sha256};

use super::verify::{Finding, Summary, check};
use super::{MaintenanceError, file_error};
use crate::journal::sqlite::folder::{
    above, journal_in, make_new, make_private, private, sync_folder,
};
use crate::journal::sqlite::{DATABASE_FILE, OpenError, schema};

/// The version of a copy's form.
pub const BACKUP_FORM: u32 = 1;
/// What the copy is, beside it.
pub const MANIFEST_FILE: &str = "manifest.json";

/// What a copy is, and how to know that it is still that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`BACKUP_FORM`] of the program that made it.
    pub setroom_backup: u32,
    /// When it was made, as `2026-11-22T05:08:02.123Z`.
    pub made_at: String,
    /// The copy's file, beside this one.
    pub file: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of it, in hexadecimal.
    pub sha256: String,
    /// The branch of history that the copy would go on with if it were put back by hand.
    pub branch: BranchId,
    /// Sets in it.
    pub sets: u64,
    /// Sets that it remembers as erased.
    pub erased: u64,
    /// Faults that were in it from the beginning.
    pub faults: u64,
}

/// Copies the journal of `folder` into the new folder `to`, also while a service runs there, and
/// walks through the copy. Faults of the journal are handed on; they are in the copy too. `now` is
/// the time for the manifest, in milliseconds since 1970.
///
/// # Errors
/// [`MaintenanceError`]; then there is no folder `to`.
pub fn backup(
    folder: &Path,
    to: &Path,
    now: u64,
    found: &mut dyn FnMut(Finding),
) -> Result<Manifest, MaintenanceError> {
    let journal = journal_in(folder).map_err(OpenError::from)?;
    if to.symlink_metadata().is_ok() {
        return Err(MaintenanceError::Exists(to.to_owned()));
    }
    let partial = beside(to, &format!(".partial-{}", std::process::id()));
    if let Some(above) = above(to) {
        make_private(above).map_err(file_error(above))?;
    }
    make_new(&partial).map_err(|e| {
        let is_there = e.kind() == ErrorKind::AlreadyExists;
        if is_there { MaintenanceError::Exists(partial.clone()) } else { file_error(&partial)(e) }
    })?;
    let made = copy(&journal, &partial, now, found).and_then(|manifest| {
        fs::rename(&partial, to).map_err(file_error(to))?;
        sync_folder(above(to).unwrap_or(Path::new("."))).map_err(file_error(to))?;
        Ok(manifest)
    });
    if made.is_err() {
        // Half a copy is of no use to anybody; if it cannot be removed, its name says what it is.
        let _ = fs::remove_dir_all(&partial);
    }
    made
}

/// The same path with more at its end.
pub(super) fn beside(path: &Path, more: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(more);
    name.into()
}

fn copy(
    journal: &Path,
    to: &Path,
    now: u64,
    found: &mut dyn FnMut(Finding),
) -> Result<Manifest, MaintenanceError> {
    let file = to.join(DATABASE_FILE);
    // SQLite fills an empty file, so the copy is for its owner only from the first byte on.
    private(fs::OpenOptions::new().write(true).create_new(true))
        .open(&file)
        .map_err(file_error(&file))?;
    let name = file.to_str().ok_or_else(|| {
        let cause = std::io::Error::other("its name is not UTF-8");
        MaintenanceError::File { path: file.clone(), cause }
    })?;
    schema::open_to_read(journal)?.execute("VACUUM INTO ?", [name])?;
    let (branch, Summary { sets, erased, faults, .. }) = settle(&file, found)?;
    let (bytes, sha256) = sum_of(&file)?;
    let manifest = Manifest {
        setroom_backup: BACKUP_FORM,
        made_at: Timestamp(now).to_string(),
        file: DATABASE_FILE.to_owned(),
        bytes,
        sha256,
        branch,
        sets,
        erased,
        faults,
    };
    let path = to.join(MANIFEST_FILE);
    let mut text = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
    text.push(b'\n');
    private(fs::OpenOptions::new().write(true).create_new(true))
        .open(&path)
        .and_then(|mut out| out.write_all(&text).and_then(|()| out.sync_all()))
        .map_err(file_error(&path))?;
    sync_folder(to).map_err(file_error(to))?;
    Ok(manifest)
}

/// Makes a file of its own of a copy: on a branch of its own, in the newest form, without a
/// write-ahead log, on the disk; and walks through it.
pub(super) fn settle(
    file: &Path,
    found: &mut dyn FnMut(Finding),
) -> Result<(BranchId, Summary), MaintenanceError> {
    let connection = schema::open(file, None)?;
    schema::begin_branch(&connection)?;
    let branch = schema::branch(&connection)?;
    schema::set(&connection, "journal_mode", "DELETE")?;
    let summary = check(&connection, found);
    connection.close().map_err(|(_, error)| error)?;
    File::open(file).and_then(|file| file.sync_all()).map_err(file_error(file))?;
    Ok((BranchId::from_bytes(branch.0), summary))
}

/// The length of a file and its SHA-256 in hexadecimal.
pub(super) fn sum_of(path: &Path) -> Result<(u64, String), MaintenanceError> {
    let failed = |cause| MaintenanceError::File { path: path.to_owned(), cause };
    let mut file = File::open(path).map_err(failed)?;
    let (mut hash, mut length) = (Sha256::new(), 0);
    let mut chunk = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut chunk).map_err(failed)?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hash.update(bytes);
        length += read as u64;
    }
    let sum = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((length, sum))
}
