//! What lasts: an append-only log for each room.
//!
//! A room's state moves **only** by the entries that come back on its tail. The journal never
//! looks into them: it keeps bytes, their order, and the promise that what it acknowledged is
//! there after a crash.

mod memory;
mod readiness;
pub(crate) mod replay;
pub mod sqlite;
mod tail;

use bytes::Bytes;
use futures_util::future::BoxFuture;

pub use memory::MemoryJournal;
pub use readiness::Readiness;
pub use sqlite::SqliteJournal;
pub use tail::{Follower, Home, Tail, TailEvent, tail};

/// Which room's log is meant. Never logged as it is: see [`crate::telemetry::RoomPseudonyms`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomKey(pub [u8; 16]);

impl std::fmt::Debug for RoomKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RoomKey(…)")
    }
}

/// About what an entry costs beside its bytes: its numbers, its sums and its place in an index.
pub(crate) const ROW_BYTES: u64 = 256;

/// Where a reader of a log stands. Both are 0 for an empty log; they only grow and need not be
/// dense.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The last entry seen, whether it was accepted or not. An append is compared with this.
    pub stored: u64,
    /// The last entry accepted; the next one names it as `prev`.
    pub accepted: u64,
}

/// One step of a room's log.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the log.
    pub seq: u64,
    /// The fence: a reader accepts the entry only when this is the last one it accepted. All
    /// readers see the same entries, so all skip the same ones.
    pub prev: u64,
    /// Chosen by the writer for this decision; by it a writer knows its own entry.
    pub id: u128,
    /// One or several changes, in the protocol's form.
    pub bytes: Bytes,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { seq, prev, id: _, bytes } = self;
        write!(f, "Entry {{ seq: {seq}, prev: {prev}, {} bytes }}", bytes.len())
    }
}

/// A room's state at one head, in the protocol's form. It stands for every entry up to there.
#[derive(Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The head that the state belongs to.
    pub at: Head,
    /// The state.
    pub bytes: Bytes,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Snapshot {{ at: {:?}, {} bytes }}", self.at, self.bytes.len())
    }
}

/// The branch of history that a journal stands on. An earlier copy that is put back begins another
/// one, so that nobody takes its entries for those that stood in the same places before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Branch(pub [u8; 16]);

/// A log as it stands, and what will come after.
#[derive(Debug)]
pub struct Followed {
    /// What the places of this log are places of.
    pub branch: Branch,
    /// The newest snapshot, if there is one.
    pub snapshot: Option<Snapshot>,
    /// Every entry after the snapshot, in order.
    pub entries: Vec<Entry>,
    /// Begins where `entries` end: in order, without gaps. An engine may repeat an entry, so skip
    /// any `seq` that is not above [`Head::stored`]. It closes when the room is erased, when this
    /// reader fell behind, or when the journal ended: drop the state and follow anew.
    pub tail: Tail,
}

/// One entry to be written.
#[derive(Clone, Debug)]
pub struct Append {
    /// What it was decided on; the entry's `prev` is `head.accepted`.
    pub head: Head,
    /// By this its writer knows it again.
    pub id: u128,
    /// One or several changes, in the protocol's form.
    pub bytes: Bytes,
    /// It frees room or lets somebody out, so it may take of what is kept back for such when every
    /// other append is [`AppendError::Busy`].
    pub frees: bool,
    /// The tail that is told when it is not written.
    pub home: Home,
}

/// Why an entry was certainly not written, and will not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Another entry is at the head; this tail has brought it before. Decide again.
    #[error("another entry came first")]
    Stale,
    /// Overload, or no space. Refuse, keep the state, perhaps try later.
    #[error("the journal is busy; nothing was written")]
    Busy,
    /// The room was erased, for good.
    #[error("the room was erased")]
    Gone,
}

/// Why a log cannot be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FollowError {
    /// Try again after a pause.
    #[error("the journal is busy")]
    Busy,
    /// The room was erased, for good.
    #[error("the room was erased")]
    Gone,
    /// What is stored is not what was written. This room does not open; others do.
    #[error("the stored log is damaged at entry {at}")]
    Damaged {
        /// The first entry that does not hold.
        at: u64,
    },
}

/// Why a snapshot or an erasure was not carried out to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeepError {
    /// Not done, or not done down to the file. Doing it again is harmless.
    #[error("the journal is busy")]
    Busy,
    /// The room was erased, for good.
    #[error("the room was erased")]
    Gone,
    /// The snapshot claims entries that the log does not have.
    #[error("the snapshot is ahead of the log")]
    Ahead,
}

/// Why the journal does not take everything at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotWritable {
    /// It does not say, or does not know: it is slow, locked, or closed.
    #[error("the journal is busy")]
    Busy,
    /// The disk has no room.
    #[error("the disk is full")]
    DiskFull,
    /// It holds as much as it may: `journal_mib`.
    #[error("the journal has reached journal_mib")]
    Ceiling,
}

/// What a journal can still take, and between how many it is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Free {
    /// Bytes.
    pub bytes: u64,
    /// Rooms that it holds anything of.
    pub sets: u64,
}

/// An append-only log per room. Every implementation promises:
///
/// 1. All followers of a room see the same entries in the same order.
/// 2. An entry that a tail brings survives whatever the engine is set up to survive.
/// 3. An append is compared with the head that it was decided on. Where that comparison could
///    fail (a cluster), the fence [`Entry::prev`] makes up for it.
/// 4. Everything comes home on the tail: of each append its writer is brought the entry, or
///    [`TailEvent::NotWritten`]. An engine that does not know (an acknowledgement got lost) finds out
///    by itself before it says either. A tail that closes has said all that it will: follow anew.
pub trait Journal: Send + Sync + std::fmt::Debug + 'static {
    /// The log up to now and from now on. An unknown room has an empty log.
    fn follow(&self, room: RoomKey) -> BoxFuture<'_, Result<Followed, FollowError>>;

    /// The same for a room of which there is nothing yet, and [`FollowError::Gone`] for one of which there
    /// is or was something: that is not read.
    fn follow_new(&self, room: RoomKey) -> BoxFuture<'_, Result<Followed, FollowError>> {
        Box::pin(async move {
            let followed = self.follow(room).await?;
            let is_new = followed.snapshot.is_none() && followed.entries.is_empty();
            if is_new { Ok(followed) } else { Err(FollowError::Gone) }
        })
    }

    /// Takes an entry to be written; never waits. A room has at most one of its own under way.
    fn append(&self, room: RoomKey, append: Append);

    /// Keeps `bytes` in place of every entry up to `at.stored`. On `Ok` those entries and any
    /// older snapshot are gone from the disk. The newest wins: an older one is a no-op.
    fn snapshot(
        &self,
        room: RoomKey,
        at: Head,
        bytes: Bytes,
    ) -> BoxFuture<'_, Result<(), KeepError>>;

    /// Removes entries and snapshots, down to the file, and closes every tail. A tombstone stays,
    /// so that nothing can bring the room back. Erasing twice is harmless. Where it is busy and the
    /// tails are closed the room is gone, and the file still has something of it: that goes by itself
    /// as soon as it can, and whoever wants to know asks again.
    fn erase(&self, room: RoomKey) -> BoxFuture<'_, Result<(), KeepError>>;

    /// Writes something for real, to show that it takes everything.
    fn check(&self) -> BoxFuture<'_, Result<(), NotWritable>>;

    /// How much there is for what frees no room; `None` where nobody knows. Asked at each decision, so it
    /// never waits: what was seen a moment ago will do.
    fn free(&self) -> Option<Free>;

    /// Finishes what is under way, then ends. Later calls find it busy.
    fn close(&self) -> BoxFuture<'_, ()>;
}
