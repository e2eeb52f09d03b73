//! Walking through a whole journal and naming everything that does not hold.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use rusqlite::{Connection, ErrorCode};
use setroom_protocol::SetId;

use super::walk::{Piece, walk};
use super::{MaintenanceError, hold, set_of};
use crate::journal::RoomKey;
use crate::journal::sqlite::folder::journal_in;
use crate::journal::sqlite::{OpenError, schema};

/// So many faults of the file's structure are named; there may be more.
const STRUCTURE_FAULTS: u32 = 1000;

/// Something that does not hold. Says where, and never what anybody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The set and its entry; `None` for the file itself.
    pub place: Option<(SetId, u64)>,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((set, at)) => write!(f, "set {set}, entry {at}: {}", self.what),
            None => write!(f, "file: {}", self.what),
        }
    }
}

/// What was looked at, and what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Sets with something stored.
    pub sets: u64,
    /// Sets that were erased.
    pub erased: u64,
    /// Entries that hold.
    pub entries: u64,
    /// Snapshots that hold.
    pub snapshots: u64,
    /// Faults that were named.
    pub faults: u64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sets, erased, entries, snapshots, faults } = self;
        match faults {
            0 => write!(f, "Sound")?,
            1 => write!(f, "Damaged, 1 fault")?,
            _ => write!(f, "Damaged, {faults} faults")?,
        }
        write!(
            f,
            ": {sets} sets with {entries} entries and {snapshots} snapshots; {erased} erased."
        )
    }
}

/// Walks every set of the journal in `folder`, which no process may hold, and changes nothing.
/// Hands on each fault as it is found.
///
/// # Errors
/// [`MaintenanceError`] when it cannot be looked at: then nothing is known.
pub fn verify(folder: &Path, found: &mut dyn FnMut(Finding)) -> Result<Summary, MaintenanceError> {
    let instead = "stop it first, or verify a copy that `setroom backup` makes beside it";
    let folder = hold(folder, instead)?;
    match schema::open_to_read(&folder.database()) {
        Ok(connection) => Ok(check(&connection, found)),
        Err(OpenError::Sqlite(error)) if is_damage(&error) => {
            found(Finding { place: None, what: error.to_string() });
            Ok(Summary { faults: 1, ..Summary::default() })
        }
        Err(error) => Err(error.into()),
    }
}

/// What a look through a journal came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Survey {
    /// Sets with something stored.
    pub sets: u64,
    /// Those in which something does not hold.
    pub damaged: u64,
    /// Faults, also those of the file itself.
    pub faults: u64,
}

/// Looks through the journal in `folder` beside the service, as it stands at one moment.
pub(crate) fn survey(folder: &Path) -> Result<Survey, MaintenanceError> {
    let connection = schema::open_to_read(&journal_in(folder).map_err(OpenError::from)?)?;
    connection.execute_batch("BEGIN")?;
    let mut damaged = BTreeSet::new();
    let summary = check(&connection, &mut |finding| damaged.extend(finding.place.map(|at| at.0)));
    let (sets, faults) = (summary.sets, summary.faults);
    Ok(Survey { sets, damaged: damaged.len() as u64, faults })
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

/// The same for a journal that is open, as it stands at one moment.
pub(super) fn check(connection: &Connection, found: &mut dyn FnMut(Finding)) -> Summary {
    let mut summary = Summary::default();
    let mut name = |place: Option<(SetId, u64)>, what: String, summary: &mut Summary| {
        summary.faults += 1;
        found(Finding { place, what });
    };
    if let Err(error) = structure(connection, |what| name(None, what, &mut summary)) {
        name(None, error.to_string(), &mut summary);
    }
    let mut rooms = BTreeSet::new();
    for source in ["entry INDEXED BY entry_place", "entry NOT INDEXED", "snapshot", "tombstone"] {
        if let Err(error) = add_rooms(connection, source, &mut rooms) {
            name(None, format!("{source} cannot be read: {error}"), &mut summary);
        }
    }
    for room in rooms {
        let mut is_erased = false;
        walk(connection, &room, &mut |piece| match piece {
            Piece::Erased => is_erased = true,
            Piece::Snapshot(_) => summary.snapshots += 1,
            Piece::Entry(..) => summary.entries += 1,
            Piece::Fault(at, what) => name(Some((set_of(&room), at)), what, &mut summary),
        });
        if is_erased { summary.erased += 1 } else { summary.sets += 1 }
    }
    summary
}

/// SQLite's own look at its pages, indexes and constraints.
fn structure(connection: &Connection, mut fault: impl FnMut(String)) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare(&format!("PRAGMA integrity_check({STRUCTURE_FAULTS})"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let said: String = row.get(0)?;
        said.lines().filter(|line| *line != "ok").for_each(|line| fault(line.to_owned()));
    }
    Ok(())
}

/// Every set that `source` knows of: a damaged index must not hide what the table has.
fn add_rooms(
    connection: &Connection,
    source: &str,
    rooms: &mut BTreeSet<RoomKey>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(&format!("SELECT room FROM {source}"))?;
    for room in statement.query_map([], |row| row.get(0))? {
        rooms.insert(RoomKey(room?));
    }
    Ok(())
}

/// Every set with something stored.
pub(super) fn rooms(connection: &Connection) -> rusqlite::Result<BTreeSet<RoomKey>> {
    let mut rooms = BTreeSet::new();
    for source in ["entry", "snapshot", "tombstone"] {
        add_rooms(connection, source, &mut rooms)?;
    }
    Ok(rooms)
}
