//! A journal around another one, for all who change what one does.

use std::fmt::Debug;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use setroom_server::journal::{
    Append, FollowError, Followed, Free, Head, Journal, KeepError, NotWritable, RoomKey,
};

/// What is done otherwise. The rest the other journal does.
pub trait Wraps: Send + Sync + Debug + 'static {
    /// The other journal.
    fn inner(&self) -> &dyn Journal;

    /// As [`Journal::follow`].
    fn follow(&self, room: RoomKey) -> BoxFuture<'_, Result<Followed, FollowError>> {
        self.inner().follow(room)
    }

    /// As [`Journal::append`].
    fn append(&self, room: RoomKey, append: Append);

    /// As [`Journal::snapshot`].
    fn snapshot(
        &self,
        room: RoomKey,
        at: Head,
        bytes: Bytes,
    ) -> BoxFuture<'_, Result<(), KeepError>> {
        self.inner().snapshot(room, at, bytes)
    }
}

/// It as a journal.
#[derive(Clone, Debug)]
pub struct Wrapped<W>(pub W);

impl<W: Wraps> Journal for Wrapped<W> {
    fn follow(&self, room: RoomKey) -> BoxFuture<'_, Result<Followed, FollowError>> {
        self.0.follow(room)
    }

    fn append(&self, room: RoomKey, append: Append) {
        self.0.append(room, append);
    }

    fn snapshot(
        &self,
        room: RoomKey,
        at: Head,
        bytes: Bytes,
    ) -> BoxFuture<'_, Result<(), KeepError>> {
        self.0.snapshot(room, at, bytes)
    }

    fn erase(&self, room: RoomKey) -> BoxFuture<'_, Result<(), KeepError>> {
        self.0.inner().erase(room)
    }

    fn check(&self) -> BoxFuture<'_, Result<(), NotWritable>> {
        self.0.inner().check()
    }

    fn free(&self) -> Option<Free> {
        self.0.inner().free()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.0.inner().close()
    }
}
