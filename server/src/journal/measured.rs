//! Any journal, with its appends timed.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::time::Instant;

use super::{AppendError, FollowError, Followed, Head, Journal, KeepError, NotWritable, RoomKey};
use crate::telemetry::Metrics;

/// Passes everything on and notes how long appends take.
#[derive(Debug)]
pub(crate) struct Measured {
    journal: Arc<dyn Journal>,
    metrics: Metrics,
}

impl Measured {
    pub(crate) fn new(journal: Arc<dyn Journal>, metrics: Metrics) -> Self {
        Self { journal, metrics }
    }
}

/// Notes how long something took when it is dropped.
struct Took<'a> {
    since: Instant,
    metrics: &'a Metrics,
}

impl Drop for Took<'_> {
    fn drop(&mut self) {
        self.metrics.journal_appended(self.since.elapsed());
    }
}

impl Journal for Measured {
    fn follow<'a>(&'a self, room: &'a RoomKey) -> BoxFuture<'a, Result<Followed, FollowError>> {
        self.journal.follow(room)
    }

    fn append<'a>(
        &'a self,
        room: &'a RoomKey,
        head: Head,
        id: u128,
        bytes: Bytes,
    ) -> BoxFuture<'a, Result<u64, AppendError>> {
        Box::pin(async move {
            // A room drops its append once the entry is back on the tail, which is often before
            // the answer: that is when it was written, and it counts all the same.
            let _took = Took { since: Instant::now(), metrics: &self.metrics };
            self.journal.append(room, head, id, bytes).await
        })
    }

    fn append_from_reserve<'a>(
        &'a self,
        room: &'a RoomKey,
        head: Head,
        id: u128,
        bytes: Bytes,
    ) -> BoxFuture<'a, Result<u64, AppendError>> {
        Box::pin(async move {
            let _took = Took { since: Instant::now(), metrics: &self.metrics };
            self.journal.append_from_reserve(room, head, id, bytes).await
        })
    }

    fn snapshot<'a>(
        &'a self,
        room: &'a RoomKey,
        at: Head,
        bytes: Bytes,
    ) -> BoxFuture<'a, Result<(), KeepError>> {
        self.journal.snapshot(room, at, bytes)
    }

    fn erase<'a>(&'a self, room: &'a RoomKey) -> BoxFuture<'a, Result<(), KeepError>> {
        self.journal.erase(room)
    }

    fn check(&self) -> BoxFuture<'_, Result<(), NotWritable>> {
        self.journal.check()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.journal.close()
    }
}
