//! Putting a copy of the journal back.
//!
//! Nothing is put in place before the copy has been walked through. The journal that was there is
//! put aside and not deleted, and what was erased in it since the copy was made stays erased.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use setroom_protocol::Timestamp;

use super::aside::wipe;
use super::backup::{beside, settle, sum_of};
use super::verify::{Finding, Summary};
use super::{BACKUP_FORM, MANIFEST_FILE, MaintenanceError, Manifest, file_error, held};
use crate::journal::RoomKey;
use crate::journal::sqlite::folder::{
    ASIDE, Folder, INCOMING_FILE, UNFINISHED_FILE, leave_to_owner, make_private, private,
    sync_folder,
};
use crate::journal::sqlite::{DATABASE_FILE, schema};

/// What a restore came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// When the copy was made.
    pub made_at: String,
    /// What the journal holds now.
    pub summary: Summary,
    /// Sets of the copy that were erased since, and so were erased again; `None` when the journal
    /// that was there could not be asked.
    pub erased_again: Option<u64>,
    /// Where the journal lies that was there before.
    pub aside: Option<PathBuf>,
    /// The folder was made for it, so it belongs to whoever did this.
    pub is_new: bool,
}

impl fmt::Display for Restored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { made_at, summary, erased_again, aside, is_new } = self;
        writeln!(f, "The copy of {made_at} is in place. {summary}")?;
        if let Some(aside) = aside {
            match erased_again {
                Some(count) => writeln!(f, "Erased again, since they were erased later: {count}.")?,
                None => writeln!(
                    f,
                    "The journal before could not be read: what was erased since the copy was made \
                     is there again, so erase it once more."
                )?,
            }
            let aside = aside.display();
            writeln!(f, "The journal before is in {aside}: delete it when nobody needs it.")?;
        }
        if *is_new {
            writeln!(
                f,
                "The data folder is new and belongs to whoever ran this: give it to the user that the \
                 service runs as, unless systemd does."
            )?;
        }
        write!(f, "Start the service; everybody who saw more than the copy has is told so.")
    }
}

/// Puts the copy in `from` into `folder`, which no process may hold. `replace` allows that a
/// journal is there already. `now` names the folder into which that is put aside.
///
/// # Errors
/// [`MaintenanceError`]; then the journal that was there is as it was, unless moving the files itself
/// failed: then the service does not start there, and says so.
pub fn restore(
    from: &Path,
    folder: &Path,
    replace: bool,
    now: u64,
    found: &mut dyn FnMut(Finding),
) -> Result<Restored, MaintenanceError> {
    let manifest = read_manifest(from)?;
    let is_new = !folder.exists();
    let instead = "stop it first; people are told to come back, and lose nothing by it";
    let held = held(Folder::lock_for_restore(folder), instead)?;
    let there = held.database();
    let is_there = fs::metadata(&there).is_ok_and(|there| there.len() > 0);
    if is_there && !replace {
        return Err(MaintenanceError::Occupied(folder.to_owned()));
    }
    let incoming = folder.join(INCOMING_FILE);
    let outcome = prepare(from, &manifest, &incoming, &known(folder), found);
    let (summary, erased_again) = match outcome {
        Ok(prepared) => prepared,
        Err(error) => {
            remove_with_logs(&incoming);
            return Err(error);
        }
    };
    let aside = put_in_place(folder, &incoming, now)?;
    Ok(Restored { made_at: manifest.made_at, summary, erased_again, aside, is_new })
}

fn read_manifest(from: &Path) -> Result<Manifest, MaintenanceError> {
    let bad = |what: String| MaintenanceError::BadCopy { from: from.to_owned(), what };
    let path = from.join(MANIFEST_FILE);
    let text = fs::read(&path).map_err(file_error(&path))?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|_| bad(format!("{MANIFEST_FILE} is not the manifest of a copy")))?;
    if manifest.setroom_backup > BACKUP_FORM {
        let (form, known) = (manifest.setroom_backup, BACKUP_FORM);
        return Err(bad(format!("it has form {form}, and this version reads up to {known}")));
    }
    if manifest.file != DATABASE_FILE {
        return Err(bad("it names another file".to_owned()));
    }
    Ok(manifest)
}

/// Copies the copy, makes it ready, and walks through it.
fn prepare(
    from: &Path,
    manifest: &Manifest,
    incoming: &Path,
    known: &[PathBuf],
    found: &mut dyn FnMut(Finding),
) -> Result<(Summary, Option<u64>), MaintenanceError> {
    let bad = |what: String| MaintenanceError::BadCopy { from: from.to_owned(), what };
    remove_with_logs(incoming);
    copy_in(&from.join(DATABASE_FILE), incoming)?;
    // What was copied is judged, and not what it was copied from.
    let (bytes, sha256) = sum_of(incoming)?;
    if (bytes, &sha256) != (manifest.bytes, &manifest.sha256) {
        return Err(bad("its checksum is not the one in its manifest".to_owned()));
    }
    let erased_again = erase_again(known, incoming)?;
    let mut faults = Vec::new();
    let (_, summary) = settle(incoming, &mut |finding| faults.push(finding))?;
    let more = summary.faults > manifest.faults;
    faults.into_iter().for_each(found);
    if more {
        return Err(bad(format!("{} faults were found in it", summary.faults)));
    }
    Ok((summary, erased_again))
}

/// For the folder's owner alone from the first byte on.
fn copy_in(copy: &Path, incoming: &Path) -> Result<(), MaintenanceError> {
    let mut from = fs::File::open(copy).map_err(file_error(copy))?;
    let folder = incoming.parent().unwrap_or(Path::new("."));
    private(fs::OpenOptions::new().write(true).create_new(true))
        .open(incoming)
        .and_then(|mut to| {
            leave_to_owner(&to, folder)?;
            std::io::copy(&mut from, &mut to)
        })
        .map_err(file_error(incoming))?;
    Ok(())
}

/// The files that know what was erased: the journal that is there, and what a restore left that was
/// not finished.
fn known(folder: &Path) -> Vec<PathBuf> {
    let files = [DATABASE_FILE, UNFINISHED_FILE].map(|name| folder.join(name));
    files.into_iter().filter(|file| fs::metadata(file).is_ok_and(|file| file.len() > 0)).collect()
}

/// What was erased later is erased in the copy too. `None` when that cannot be known.
fn erase_again(known: &[PathBuf], incoming: &Path) -> Result<Option<u64>, MaintenanceError> {
    let mut erased = Vec::new();
    for file in known {
        match tombstones(file) {
            Ok(more) => erased.extend(more),
            Err(_) => return Ok(None),
        }
    }
    let mut connection = schema::open(incoming, None)?;
    let mut count = 0;
    for room in erased {
        let (fresh, rows) = wipe(&mut connection, &RoomKey(room))?;
        count += u64::from(fresh && rows > 0);
    }
    connection.execute_batch("VACUUM")?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(Some(count))
}

fn tombstones(there: &Path) -> Result<Vec<[u8; 16]>, MaintenanceError> {
    let connection = schema::open_to_read(there)?;
    let mut statement = connection.prepare("SELECT room FROM tombstone")?;
    let rooms = statement.query_map([], |row| row.get(0))?;
    Ok(rooms.collect::<rusqlite::Result<_>>()?)
}

/// Moves the journal aside and the copy into its place. In between the folder has a file that keeps
/// the service from starting on half of either.
fn put_in_place(
    folder: &Path,
    incoming: &Path,
    now: u64,
) -> Result<Option<PathBuf>, MaintenanceError> {
    let unfinished = folder.join(UNFINISHED_FILE);
    let sync = || sync_folder(folder).map_err(file_error(folder));
    move_file(incoming, &unfinished)?;
    sync()?;
    let mut aside = None;
    for more in ["-wal", "-shm", ""] {
        let file = folder.join(format!("{DATABASE_FILE}{more}"));
        if file.exists() {
            let name = format!("{ASIDE}{}", Timestamp(now).to_string().replace(':', ""));
            let into = aside.get_or_insert(folder.join(name));
            make_private(into)
                .and_then(|()| leave_to_owner(&fs::File::open(&*into)?, folder))
                .map_err(file_error(into))?;
            move_file(&file, &into.join(format!("{DATABASE_FILE}{more}")))?;
        }
    }
    sync()?;
    move_file(&unfinished, &folder.join(DATABASE_FILE))?;
    sync()?;
    Ok(aside)
}

fn move_file(from: &Path, to: &Path) -> Result<(), MaintenanceError> {
    fs::rename(from, to).map_err(file_error(to))
}

pub(super) fn remove_with_logs(file: &Path) {
    for more in ["", "-wal", "-shm", "-journal"] {
        // What is not there need not be removed, and what cannot be removed is found when it is
        // written over.
        let _ = fs::remove_file(beside(file, more));
    }
}
