//! Somebody who appends to a journal and waits for what becomes of it.

use bytes::Bytes;
use setroom_server::journal::{
    Append, AppendError, FollowError, Head, Journal, RoomKey, Tail, TailEvent,
};

use super::soon;

/// A writer of one room's log.
pub(crate) struct Writer<'a> {
    journal: &'a dyn Journal,
    room: RoomKey,
    tail: Tail,
}

impl<'a> Writer<'a> {
    pub(crate) async fn of(journal: &'a dyn Journal, room: &RoomKey) -> Result<Self, AppendError> {
        match soon(journal.follow(*room)).await {
            Ok(followed) => Ok(Self { journal, room: *room, tail: followed.tail }),
            Err(FollowError::Gone) => Err(AppendError::Gone),
            Err(FollowError::Busy) => Err(AppendError::Busy),
            Err(FollowError::Damaged { at }) => panic!("damaged at {at}"),
        }
    }

    /// Has an entry written, and does not wait for it.
    pub(crate) fn send(&self, head: Head, id: u128, bytes: Bytes, frees: bool) {
        let home = self.tail.home();
        self.journal.append(self.room, Append { head, id, bytes, frees, home });
    }

    /// What became of it; `None` when the journal ended without a word.
    pub(crate) async fn outcome(&mut self, of: u128) -> Option<Result<u64, AppendError>> {
        loop {
            match soon(self.tail.recv()).await? {
                TailEvent::Entry(entry) if entry.id == of => return Some(Ok(entry.seq)),
                TailEvent::NotWritten { id, why } if id == of => return Some(Err(why)),
                TailEvent::Entry(_) | TailEvent::NotWritten { .. } => {}
            }
        }
    }

    pub(crate) async fn write(
        &mut self,
        head: Head,
        id: u128,
        bytes: Bytes,
    ) -> Result<u64, AppendError> {
        self.send(head, id, bytes, false);
        self.outcome(id).await.expect("an answer")
    }
}

/// Appends once.
pub(crate) async fn append(
    journal: &dyn Journal,
    room: &RoomKey,
    head: Head,
    id: u128,
    bytes: impl Into<Bytes>,
) -> Result<u64, AppendError> {
    Writer::of(journal, room).await?.write(head, id, bytes.into()).await
}

/// The next entry of a tail.
pub(crate) async fn entry(tail: &mut Tail) -> Option<setroom_server::journal::Entry> {
    match soon(tail.recv()).await? {
        TailEvent::Entry(entry) => Some(entry),
        TailEvent::NotWritten { why, .. } => panic!("{why}"),
    }
}
