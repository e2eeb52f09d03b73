//! Erasing a whole set, and looking whether it is gone.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use setroom_protocol::{SetId, Timestamp};

use super::aside;
use super::restore::remove_with_logs;
use super::traces::{Search, Traces};
use super::walk::{Piece, walk};
use super::{MaintenanceError, hold, key, verify};
use crate::journal::sqlite::batch::{Trouble, trouble};
use crate::journal::sqlite::folder::INCOMING_FILE;
use crate::journal::sqlite::{Fatal, SqliteJournal, SqliteOptions, schema};
use crate::journal::{Journal, KeepError};
use crate::telemetry::Metrics;

/// What an erasure came to: for the file of whoever asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The set.
    pub set: SetId,
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// Entries that were there, in every journal.
    pub entries: u64,
    /// Snapshots that were there.
    pub snapshots: u64,
    /// Bytes that they held.
    pub bytes: u64,
    /// Journals that a restore had put aside, and in which it was erased too.
    pub asides: u64,
    /// Pieces of it that were looked for afterwards.
    pub looked_for: usize,
    /// Where they were looked for, and what was found.
    pub search: Search,
    /// Journals below the folder that were not erased in, or not read, each with why.
    pub not_reached: Vec<(PathBuf, String)>,
}

impl Receipt {
    /// Whether nothing of the set is left, as far as can be known.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.search.found() == 0 && self.search.unread.is_empty() && self.not_reached.is_empty()
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { set, at, entries, snapshots, bytes, asides, looked_for, search, not_reached } =
            self;
        writeln!(f, "Set {set} was erased at {}.", Timestamp(*at))?;
        writeln!(f, "Gone: {entries} entries and {snapshots} snapshots, {bytes} bytes.")?;
        if *asides > 0 {
            writeln!(f, "Erased too in journals that a restore had put aside: {asides}.")?;
        }
        writeln!(
            f,
            "Looked for afterwards in every file of the data folder and of the folders in it, {} \
             files: {looked_for} pieces of it; found: {}.",
            search.files,
            search.found()
        )?;
        for (path, count) in &search.places {
            writeln!(f, "Found in {}: {count}.", path.display())?;
        }
        for (path, why) in search.unread.iter().chain(not_reached) {
            writeln!(f, "Not reached: {} ({why}).", path.display())?;
        }
        write!(
            f,
            "Left: the set's id, so that nothing can bring it back. Copies elsewhere are not reached."
        )
    }
}

/// How often an erasure is tried that the journal is too busy for, and how far apart: for two minutes.
const TRIES: u32 = 240;
const PAUSE: Duration = Duration::from_millis(500);

/// Erases a set, down to the files of `folder`, which no process may hold, in the journals that a
/// restore put aside there too. `now` is the time for the receipt, in milliseconds since 1970.
///
/// # Errors
/// [`MaintenanceError`]; doing it again is harmless.
pub async fn erase(folder: &Path, set: SetId, now: u64) -> Result<Receipt, MaintenanceError> {
    let instead = "stop it, erase, and start it again; people come back by themselves";
    let held = hold(folder, instead)?;
    let database = held.database();
    let mut receipt = Receipt {
        set,
        at: now,
        entries: 0,
        snapshots: 0,
        bytes: 0,
        asides: 0,
        looked_for: 0,
        search: Search::default(),
        not_reached: Vec::new(),
    };
    let mut traces = Traces::default();
    let mut is_known = look(&database, &mut receipt, &mut traces)?;
    let mut asides = Vec::new();
    for aside in aside::below(folder)? {
        let before = receipt.entries + receipt.snapshots;
        match look(&aside.file, &mut receipt, &mut traces) {
            Ok(true) => {
                is_known = true;
                // Nothing but its id is what is left of a set anyhow.
                if aside.is_ours || receipt.entries + receipt.snapshots > before {
                    asides.push(aside);
                }
            }
            Ok(false) => {}
            Err(error) => receipt.not_reached.push((aside.file, error.to_string())),
        }
    }
    if !is_known {
        return Err(MaintenanceError::NoSuchSet(set));
    }
    // A copy that was never put in place is of no use to anybody.
    remove_with_logs(&folder.join(INCOMING_FILE));
    let fatal = Fatal::new(|_| {});
    let options =
        SqliteOptions { folder: folder.to_owned(), max_bytes: None, reserve_bytes: 0, fatal };
    let journal = SqliteJournal::open_in(held, &options, Metrics::new())?;
    let mut tries = 0;
    let done = loop {
        match journal.erase(key(set)).await {
            // It has just been opened, so the whole file is looked through before the first cut.
            Err(KeepError::Busy) if tries < TRIES => {
                tries += 1;
                std::thread::sleep(PAUSE);
            }
            done => break done,
        }
    };
    journal.close().await;
    done?;
    tidy(&database)?;
    for aside in asides {
        let why = match aside.erase(&key(set)) {
            Ok(true) => {
                receipt.asides += 1;
                continue;
            }
            Ok(false) => "a copy, which is not changed: delete it".to_owned(),
            Err(error) => error.to_string(),
        };
        receipt.not_reached.push((aside.file, why));
    }
    receipt.looked_for = traces.count();
    receipt.search = traces.in_folder(folder)?;
    Ok(receipt)
}

/// Counts what there is, and notes what must not be found afterwards. Whether there is anything.
fn look(
    database: &Path,
    receipt: &mut Receipt,
    traces: &mut Traces,
) -> Result<bool, MaintenanceError> {
    let connection = schema::open_to_read(database)?;
    let room = key(receipt.set);
    if !verify::rooms(&connection)?.contains(&room) {
        return Ok(false);
    }
    walk(&connection, &room, &mut |piece| match piece {
        Piece::Snapshot(kept) => {
            receipt.snapshots += 1;
            receipt.bytes += kept.bytes.len() as u64;
            traces.add_content(&kept.bytes);
        }
        Piece::Entry(entry, _) => {
            receipt.entries += 1;
            receipt.bytes += entry.bytes.len() as u64;
            traces.add(&entry.id.to_be_bytes());
            traces.add_content(&entry.bytes);
        }
        Piece::Erased | Piece::Fault(..) => {}
    });
    Ok(true)
}

/// Writes the file anew, so that it is as small as what is in it. That takes as much room as it has;
/// on a full disk the erasure itself has overwritten what lay between rows, and that must do.
pub(super) fn tidy(database: &Path) -> Result<(), MaintenanceError> {
    let connection = schema::open(database, None)?;
    match connection.execute_batch("VACUUM") {
        Err(error) if trouble(&error) == Trouble::Full => {}
        done => done?,
    }
    let busy: i64 =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    connection.close().map_err(|(_, error)| error)?;
    if busy == 0 { Ok(()) } else { Err(KeepError::Busy.into()) }
}
