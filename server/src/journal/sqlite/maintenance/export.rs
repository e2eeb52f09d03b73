//! Reading sets out as lines of JSON, for whoever asks what is kept about them.
//!
//! What the server cannot read stays what it is: sealed boxes, in the form that people sent.

use std::io::Write;
use std::path::Path;

use rusqlite::Connection;
use serde_json::json;
use setroom_protocol::{BranchId, SetId};

use super::walk::{Piece, walk};
use super::{MaintenanceError, key, set_of, verify};
use crate::journal::RoomKey;
use crate::journal::sqlite::folder::journal_in;
use crate::journal::sqlite::{OpenError, schema};

/// The version of the form that is written. It may grow; what stands in it keeps its meaning.
pub const EXPORT_FORM: u32 = 1;

/// What was read out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Sets.
    pub sets: u64,
    /// Rows that do not hold, and so were named and left out.
    pub faults: u64,
}

/// Writes one set, or all of them, as they stand at one moment, also while a service runs there.
///
/// # Errors
/// [`MaintenanceError`]; what was written so far has no line `end` then.
pub fn export(
    folder: &Path,
    set: Option<SetId>,
    out: &mut dyn Write,
) -> Result<Exported, MaintenanceError> {
    let file = journal_in(folder).map_err(OpenError::from)?;
    let connection = schema::open_to_read(&file)?;
    connection.execute_batch("BEGIN")?;
    let form = schema::form_of(&connection, &file)?;
    let rooms = verify::rooms(&connection)?;
    let wanted: Vec<RoomKey> = match set {
        None => rooms.into_iter().collect(),
        Some(set) if rooms.contains(&key(set)) => vec![key(set)],
        Some(set) => return Err(MaintenanceError::NoSuchSet(set)),
    };
    // Files of the first form stand on no branch yet.
    let branch = schema::branch(&connection).ok().map(|branch| BranchId::from_bytes(branch.0));
    let mut lines = Lines { out, failed: None };
    lines.put(&json!({ "line": "export", "form": EXPORT_FORM, "journal": form, "branch": branch }));
    let mut exported = Exported::default();
    for room in &wanted {
        exported.sets += 1;
        exported.faults += one(&connection, room, &mut lines);
    }
    lines.put(&json!({ "line": "end", "sets": exported.sets, "faults": exported.faults }));
    lines.finish()?;
    Ok(exported)
}

/// Writes one set; how many of its rows do not hold.
fn one(connection: &Connection, room: &RoomKey, lines: &mut Lines<'_>) -> u64 {
    lines.put(&json!({ "line": "set", "set": set_of(room) }));
    let mut faults = 0;
    walk(connection, room, &mut |piece| match piece {
        Piece::Erased => lines.put(&json!({ "line": "erased" })),
        Piece::Snapshot(kept) => {
            let (stored, accepted) = (kept.at.stored, kept.at.accepted);
            let head = json!({ "line": "snapshot", "stored": stored, "accepted": accepted });
            lines.put_with(&head, &kept.bytes);
        }
        Piece::Entry(entry, accepted) => {
            let (seq, prev) = (entry.seq, entry.prev);
            let id = format!("{:032x}", entry.id);
            let head = json!({
                "line": "entry", "seq": seq, "prev": prev, "id": id, "accepted": accepted,
            });
            lines.put_with(&head, &entry.bytes);
        }
        Piece::Fault(at, what) => {
            faults += 1;
            lines.put(&json!({ "line": "fault", "at": at, "what": what }));
        }
    });
    faults
}

/// Lines on their way out; after a failure, none.
struct Lines<'a> {
    out: &'a mut dyn Write,
    failed: Option<std::io::Error>,
}

impl Lines<'_> {
    fn put(&mut self, line: &serde_json::Value) {
        if self.failed.is_none() {
            self.failed = writeln!(self.out, "{line}").err();
        }
    }

    /// A line with what the row holds, as it was written: it is JSON already.
    fn put_with(&mut self, head: &serde_json::Value, content: &[u8]) {
        let mut line = head.clone();
        let content = serde_json::from_slice::<serde_json::Value>(content);
        if let (Some(line), Ok(content)) = (line.as_object_mut(), content) {
            line.insert("content".to_owned(), content);
        }
        self.put(&line);
    }

    fn finish(self) -> Result<(), MaintenanceError> {
        self.failed.map_or_else(|| self.out.flush(), Err).map_err(MaintenanceError::Output)
    }
}
