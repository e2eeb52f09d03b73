//! One stored row: its form, its checksum, and its link to the row before.
//!
//! SQLite itself does not notice a flipped bit in a value. The sum shows *which* row is wrong; the
//! chain shows rows that were removed, swapped or put back from elsewhere.

use bytes::Bytes;
use rusqlite::Row;
use sha2::{Digest, Sha256};

use crate::journal::{Entry, Head, RoomKey};

/// The form that rows are written in. Rows of every older form must stay readable.
pub(super) const ROW_FORM: i64 = 1;

/// A row's checksum.
pub(super) type Sum = [u8; 16];
/// What a row and everything before it in its room come to.
pub(super) type Chain = [u8; 32];

/// The chain of a room without entries.
pub(super) const CHAIN_START: Chain = [0; 32];

/// An entry as its row holds it, with its form, its checksum and the chain after it. The row has the
/// columns `seq, prev, id, form, bytes, sum, chain`.
pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<(Entry, i64, Sum, Chain)> {
    let entry = Entry {
        seq: from_sql(row.get(0)?),
        prev: from_sql(row.get(1)?),
        id: u128::from_be_bytes(row.get(2)?),
        bytes: Bytes::from(row.get::<_, Vec<u8>>(4)?),
    };
    Ok((entry, row.get(3)?, row.get(5)?, row.get(6)?))
}

/// The checksum of an entry in `room`.
pub(super) fn sum_of_entry(room: &RoomKey, entry: &Entry) -> Sum {
    cut(Sha256::new()
        .chain_update(b"setroom journal entry 1")
        .chain_update(room.0)
        .chain_update(entry.seq.to_be_bytes())
        .chain_update(entry.prev.to_be_bytes())
        .chain_update(entry.id.to_be_bytes())
        .chain_update(&entry.bytes))
}

/// The checksum of a snapshot of `room` whose log came to `chain` at that point.
pub(super) fn sum_of_snapshot(room: &RoomKey, at: Head, chain: &Chain, bytes: &[u8]) -> Sum {
    cut(Sha256::new()
        .chain_update(b"setroom journal snapshot 1")
        .chain_update(room.0)
        .chain_update(at.stored.to_be_bytes())
        .chain_update(at.accepted.to_be_bytes())
        .chain_update(chain)
        .chain_update(bytes))
}

/// The chain after a row with `sum`.
pub(super) fn link(before: &Chain, sum: &Sum) -> Chain {
    Sha256::new()
        .chain_update(b"setroom journal chain 1")
        .chain_update(before)
        .chain_update(sum)
        .finalize()
        .into()
}

fn cut(hash: Sha256) -> Sum {
    let whole: [u8; 32] = hash.finalize().into();
    let mut sum = [0; 16];
    for (to, from) in sum.iter_mut().zip(whole) {
        *to = from;
    }
    sum
}

/// SQLite's integers have a sign; ours never reach it.
pub(super) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The other way round; a negative number can only be damage, and matches no checksum.
pub(super) fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
