//! A change with its place in the order, and the journal's form of it.

use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::ids::{CommandId, SeatId, Seq, Timestamp};

/// A change with its place in the room's one order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its place.
    pub seq: Seq,
    /// When it was decided, in server time.
    pub at: Timestamp,
    /// Whose command it follows from; absent for what the room did by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<SeatId>,
    /// The command that it follows from. The last change of a command carries it, so a command is
    /// known as done only when all of it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub re: Option<CommandId>,
    /// What happened.
    #[serde(flatten)]
    pub change: Change,
}

/// One append to the journal: the changes of one or several commands, all or none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Version of this form.
    pub v: u32,
    /// The changes, in order.
    pub records: Vec<Recorded>,
}

impl Entry {
    /// The version that is written today.
    pub const VERSION: u32 = 1;

    /// Bytes for the journal.
    pub fn encode(records: &[Recorded]) -> Vec<u8> {
        #[derive(Serialize)]
        struct Form<'a> {
            v: u32,
            records: &'a [Recorded],
        }
        // Maps with string keys, numbers and strings: nothing here can fail to serialise.
        serde_json::to_vec(&Form { v: Self::VERSION, records }).unwrap_or_default()
    }

    /// Reads bytes of any version ever shipped.
    ///
    /// # Errors
    /// A sentence without any content when the bytes are not an entry.
    pub fn decode(bytes: &[u8]) -> Result<Self, String> {
        let entry: Self = serde_json::from_slice(bytes)
            .map_err(|e| format!("journal entry: {:?} at column {}", e.classify(), e.column()))?;
        if entry.v != Self::VERSION {
            return Err(format!("journal entry: form {} is not known", entry.v));
        }
        Ok(entry)
    }
}
