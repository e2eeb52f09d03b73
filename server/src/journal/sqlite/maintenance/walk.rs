//! Every row of a set, one after the other, each judged by itself: a fault does not hide the next.

use rusqlite::{Connection, Row};
use setroom_protocol::{Entry as Content, Room, Seq};

use super::set_of;
use crate::journal::sqlite::row::{self, CHAIN_START, Chain, ROW_FORM, Sum};
use crate::journal::{Entry, Head, RoomKey, Snapshot};

/// One row as it is stored, or what is wrong.
#[derive(Debug)]
pub(super) enum Piece<'a> {
    /// There is a tombstone.
    Erased,
    /// A snapshot that holds.
    Snapshot(&'a Snapshot),
    /// An entry that holds, and whether the room accepts it.
    Entry(&'a Entry, bool),
    /// Something does not hold, at this place.
    Fault(u64, String),
}

/// Goes through everything that is stored of `room`, and hands on each piece.
pub(super) fn walk(connection: &Connection, room: &RoomKey, each: &mut dyn FnMut(Piece<'_>)) {
    let mut walk = Walk {
        room: *room,
        each,
        head: Head::default(),
        chain: CHAIN_START,
        state: None,
        is_whole: true,
        is_erased: false,
    };
    for step in [Walk::tombstone, Walk::snapshot, Walk::entries] {
        if let Err(error) = step(&mut walk, connection) {
            walk.fault(walk.head.stored, format!("cannot be read: {error}"));
            return;
        }
    }
    walk.end();
}

struct Walk<'a> {
    room: RoomKey,
    each: &'a mut dyn FnMut(Piece<'_>),
    head: Head,
    chain: Chain,
    /// The room so far; `None` before its first change.
    state: Option<Room>,
    /// Nothing was wrong so far, so that what the changes add up to can be judged too.
    is_whole: bool,
    is_erased: bool,
}

impl Walk<'_> {
    fn fault(&mut self, at: u64, what: impl Into<String>) {
        self.is_whole = false;
        (self.each)(Piece::Fault(at, what.into()));
    }

    fn tombstone(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.is_erased = connection
            .prepare_cached("SELECT 1 FROM tombstone WHERE room = ?")?
            .exists([self.room.0])?;
        if self.is_erased {
            (self.each)(Piece::Erased);
        }
        Ok(())
    }

    fn snapshot(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(
            "SELECT stored, accepted, form, bytes, sum, chain FROM snapshot WHERE room = ?",
        )?;
        let mut rows = statement.query([self.room.0])?;
        let Some(row) = rows.next()? else { return Ok(()) };
        let at = Head { stored: row::from_sql(row.get(0)?), accepted: row::from_sql(row.get(1)?) };
        let (form, bytes, sum, chain): (i64, Vec<u8>, Sum, Chain) =
            (row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?);
        (self.head, self.chain) = (at, chain);
        if self.is_erased {
            self.fault(at.stored, "a snapshot of an erased set is still there");
        }
        if form != ROW_FORM {
            self.fault(at.stored, format!("row form {form} is not known"));
        } else if sum != row::sum_of_snapshot(&self.room, at, &chain, &bytes) {
            self.fault(at.stored, "the snapshot's checksum does not match");
        } else {
            match Room::from_snapshot(&bytes) {
                Ok(state) => self.state = Some(state),
                Err(what) => self.fault(at.stored, what),
            }
            (self.each)(Piece::Snapshot(&Snapshot { at, bytes: bytes.into() }));
        }
        Ok(())
    }

    fn entries(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(
            "SELECT seq, prev, id, form, bytes, sum, chain FROM entry WHERE room = ? ORDER BY seq",
        )?;
        let mut rows = statement.query([self.room.0])?;
        while let Some(row) = rows.next()? {
            self.entry(row)?;
        }
        Ok(())
    }

    fn entry(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        let (entry, form, sum, after) = row::entry(row)?;
        let seq = entry.seq;
        if self.is_erased {
            self.fault(seq, "an entry of an erased set is still there");
        }
        let (due, linked) = (self.head.stored + 1, row::link(&self.chain, &sum));
        if seq < due {
            self.fault(seq, "an entry that the snapshot stands for is still there");
        } else if seq > due {
            let upto = seq - 1;
            self.fault(due, format!("missing, up to entry {upto}"));
        } else if linked != after {
            self.fault(seq, "the chain is broken: this is not the row that stood here");
        }
        let holds = form == ROW_FORM && sum == row::sum_of_entry(&self.room, &entry);
        if form != ROW_FORM {
            self.fault(seq, format!("row form {form} is not known"));
        } else if !holds {
            self.fault(seq, "the checksum does not match");
        }
        // The fence: what was decided on another state is kept and skipped.
        let accepted = entry.prev == self.head.accepted;
        self.chain = after;
        self.head.stored = self.head.stored.max(seq);
        if accepted || !self.is_whole {
            self.head.accepted = seq;
        }
        if holds {
            if accepted {
                self.content(&entry);
            }
            (self.each)(Piece::Entry(&entry, accepted));
        }
        Ok(())
    }

    /// What the entry says, in the protocol's form.
    fn content(&mut self, entry: &Entry) {
        let content = match Content::decode(&entry.bytes) {
            Ok(content) => content,
            Err(what) => return self.fault(entry.seq, what),
        };
        for record in &content.records {
            if !self.is_whole {
                return;
            }
            let due = self.state.as_ref().map_or(Seq(1), |state| state.seq().next());
            // What nobody else may know of shares the place of the change before it.
            let shares =
                |state: &Room| record.seq == state.seq() && state.is_unseen(&record.change);
            if record.seq != due && !self.state.as_ref().is_some_and(shares) {
                let (found, due) = (record.seq, due);
                return self.fault(entry.seq, format!("change {found} where change {due} is due"));
            }
            match &mut self.state {
                Some(state) => state.apply(record),
                None => self.state = Room::found(record),
            }
        }
    }

    fn end(&mut self) {
        if !self.is_whole || self.is_erased {
            return;
        }
        let at = self.head.stored;
        let Some(state) = &self.state else {
            return self.fault(at, "the log does not begin with a set");
        };
        if state.set() != set_of(&self.room) {
            return self.fault(at, "the log is another set's");
        }
        for what in state.faults() {
            self.fault(at, what);
        }
    }
}
