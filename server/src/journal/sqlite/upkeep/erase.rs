//! Erasing a whole set, and looking whether it is gone.

use std::fmt;
use std::path::Path;

use setroom_protocol::SetId;

use super::traces::Traces;
use super::walk::{Piece, walk};
use super::{UpkeepError, hold, key, verify};
use crate::journal::sqlite::batch::{Trouble, trouble};
use crate::journal::sqlite::{Fatal, SqliteJournal, SqliteOptions, schema};
use crate::journal::{Journal, KeepError};
use crate::telemetry::{Metrics, timestamp};

/// What an erasure came to: for the file of whoever asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The set.
    pub set: SetId,
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// Entries that were there.
    pub entries: u64,
    /// Snapshots that were there.
    pub snapshots: u64,
    /// Bytes that they held.
    pub bytes: u64,
    /// Pieces of it that were looked for afterwards.
    pub looked_for: usize,
    /// How many of them were found.
    pub found: u64,
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { set, at, entries, snapshots, bytes, looked_for, found } = self;
        writeln!(f, "Set {set} was erased at {}.", timestamp(*at))?;
        writeln!(f, "Gone: {entries} entries and {snapshots} snapshots, {bytes} bytes.")?;
        writeln!(
            f,
            "Looked for afterwards in every file of the data folder: {looked_for} pieces of it; \
             found: {found}."
        )?;
        write!(f, "Left: the set's id, so that nothing can bring it back. Copies are not reached.")
    }
}

/// Erases a set, down to the files of `folder`, which no process may hold. `now` is the time for
/// the receipt, in milliseconds since 1970.
///
/// # Errors
/// [`UpkeepError`]; doing it again is harmless.
pub async fn erase(folder: &Path, set: SetId, now: u64) -> Result<Receipt, UpkeepError> {
    let instead = "stop it, erase, and start it again; people come back by themselves";
    let mut receipt =
        Receipt { set, at: now, entries: 0, snapshots: 0, bytes: 0, looked_for: 0, found: 0 };
    // Only looks whether there is a journal, and nobody at it: the journal takes the lock itself.
    let database = hold(folder, instead)?.database();
    let fatal = Fatal::new(|_| {});
    let options =
        SqliteOptions { folder: folder.to_owned(), max_bytes: None, reserve_bytes: 0, fatal };
    let journal = SqliteJournal::open(&options, Metrics::new())?;
    let looked = look(&database, &mut receipt);
    let done = match looked {
        Ok(traces) => journal.erase(&key(set)).await.map(|()| traces).map_err(UpkeepError::from),
        Err(error) => Err(error),
    };
    journal.close().await;
    let traces = done?;
    tidy(&database)?;
    receipt.looked_for = traces.count();
    receipt.found = traces.in_folder(folder)?;
    Ok(receipt)
}

/// Counts what there is, and notes what must not be found afterwards.
fn look(database: &Path, receipt: &mut Receipt) -> Result<Traces, UpkeepError> {
    let connection = schema::open_to_read(database)?;
    let room = key(receipt.set);
    if !verify::rooms(&connection)?.contains(&room) {
        return Err(UpkeepError::NoSuchSet(receipt.set));
    }
    let mut traces = Traces::default();
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
    Ok(traces)
}

/// Writes the file anew, so that it is as small as what is in it. That takes as much room as it has;
/// on a full disk the erasure itself has overwritten what lay between rows, and that must do.
fn tidy(database: &Path) -> Result<(), UpkeepError> {
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
