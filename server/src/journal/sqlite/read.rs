//! Reading a room back, and believing nothing that the checksums do not confirm.

use rusqlite::{Connection, OptionalExtension};

use super::row::{self, CHAIN_START, Chain, ROW_FORM, Sum};
use super::writer_state::LogEnd;
use crate::journal::{Entry, Head, RoomKey, Snapshot};

/// What is stored of one room.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) snapshot: Option<Snapshot>,
    pub(super) entries: Vec<Entry>,
    pub(super) end: LogEnd,
}

/// Why a room cannot be read.
#[derive(Debug)]
pub(super) enum ReadError {
    /// This entry, or the snapshot at it, is not what was written.
    Damaged {
        at: u64,
    },
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// The end of a room's log.
pub(super) fn end(connection: &Connection, room: &RoomKey) -> rusqlite::Result<LogEnd> {
    if is_erased(connection, room)? {
        return Ok(LogEnd::Erased);
    }
    let last = connection
        .prepare_cached("SELECT seq, chain FROM entry WHERE room = ? ORDER BY seq DESC LIMIT 1")?
        .query_row([room.0], end_of_row)
        .optional()?;
    if let Some(end) = last {
        return Ok(end);
    }
    let kept = connection
        .prepare_cached("SELECT stored, chain FROM snapshot WHERE room = ?")?
        .query_row([room.0], end_of_row)
        .optional()?;
    Ok(kept.unwrap_or(LogEnd::Live { stored: 0, chain: CHAIN_START }))
}

fn end_of_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<LogEnd> {
    Ok(LogEnd::Live { stored: row::from_sql(row.get(0)?), chain: row.get(1)? })
}

fn is_erased(connection: &Connection, room: &RoomKey) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM tombstone WHERE room = ?")?.exists([room.0])
}

/// The chain just after entry `seq`, which must be stored or be the snapshot's own place.
pub(super) fn chain_at(
    connection: &Connection,
    room: &RoomKey,
    seq: u64,
) -> rusqlite::Result<Chain> {
    if seq == 0 {
        return Ok(CHAIN_START);
    }
    connection
        .prepare_cached("SELECT chain FROM entry WHERE room = ? AND seq = ?")?
        .query_row((room.0, row::to_sql(seq)), |row| row.get(0))
}

/// The place of the newest snapshot.
pub(super) fn snapshot_place(
    connection: &Connection,
    room: &RoomKey,
) -> rusqlite::Result<Option<u64>> {
    connection
        .prepare_cached("SELECT stored FROM snapshot WHERE room = ?")?
        .query_row([room.0], |row| row.get(0).map(row::from_sql))
        .optional()
}

/// The whole room, with every sum and every link checked.
pub(super) fn room(connection: &Connection, room: &RoomKey) -> Result<Stored, ReadError> {
    if is_erased(connection, room)? {
        return Ok(Stored { snapshot: None, entries: Vec::new(), end: LogEnd::Erased });
    }
    let (snapshot, mut chain) = match snapshot(connection, room)? {
        Some((snapshot, chain)) => (Some(snapshot), chain),
        None => (None, CHAIN_START),
    };
    let mut stored = snapshot.as_ref().map_or(0, |snapshot| snapshot.at.stored);
    let mut entries = Vec::new();
    let mut statement = connection.prepare_cached(
        // What the snapshot stands for may not all be deleted yet.
        "SELECT seq, prev, id, form, bytes, sum, chain FROM entry WHERE room = ? AND seq > ? ORDER BY seq",
    )?;
    let mut rows = statement.query((room.0, row::to_sql(stored)))?;
    while let Some(row) = rows.next()? {
        let (entry, form, sum, after) = row::entry(row)?;
        chain = row::link(&chain, &sum);
        let holds = form == ROW_FORM && sum == row::sum_of_entry(room, &entry) && after == chain;
        if !holds {
            return Err(ReadError::Damaged { at: stored + 1 });
        }
        stored = entry.seq;
        entries.push(entry);
    }
    Ok(Stored { snapshot, entries, end: LogEnd::Live { stored, chain } })
}

fn snapshot(
    connection: &Connection,
    room: &RoomKey,
) -> Result<Option<(Snapshot, Chain)>, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT stored, accepted, form, bytes, sum, chain FROM snapshot WHERE room = ?",
    )?;
    let mut rows = statement.query([room.0])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let at = Head { stored: row::from_sql(row.get(0)?), accepted: row::from_sql(row.get(1)?) };
    let (form, bytes, sum, chain): (i64, Vec<u8>, Sum, Chain) =
        (row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?);
    if form != ROW_FORM || sum != row::sum_of_snapshot(room, at, &chain, &bytes) {
        return Err(ReadError::Damaged { at: at.stored });
    }
    Ok(Some((Snapshot { at, bytes: bytes.into() }, chain)))
}
