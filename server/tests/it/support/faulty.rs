//! A journal that fails when it is told to, as a disk or a cluster would.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use setroom_server::journal::{
    AppendError, FollowError, Followed, Head, Journal, KeepError, NotWritable, RoomKey, tail,
};
use tokio::sync::watch;

/// What becomes of one append.
#[derive(Debug)]
pub(crate) enum Fault {
    /// None.
    Fine,
    /// Somebody else's entry is written first.
    Stale(Bytes),
    /// Nobody knows; it was not written.
    Unknown,
    /// Nobody knows; it was written.
    UnknownButWritten,
    /// Certainly not written.
    Busy,
    /// The room was erased.
    Gone,
    /// A fault in the program.
    Panic,
}

/// A journal with a list of faults for the appends to come. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Faulty {
    pub(crate) inner: Arc<dyn Journal>,
    faults: Arc<Mutex<VecDeque<Fault>>>,
    /// How many appends came in.
    arrived: Arc<watch::Sender<usize>>,
    appends_open: Arc<watch::Sender<bool>>,
    tail_open: Arc<watch::Sender<bool>>,
}

impl Faulty {
    pub(crate) fn new(inner: impl Journal) -> Self {
        Self {
            inner: Arc::new(inner),
            faults: Arc::default(),
            arrived: Arc::new(watch::Sender::new(0)),
            appends_open: Arc::new(watch::Sender::new(true)),
            tail_open: Arc::new(watch::Sender::new(true)),
        }
    }

    /// What the next appends come to; after these, all goes well.
    pub(crate) fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.lock().unwrap().extend(faults);
    }

    /// Holds appends back before anything is written, or lets them go on.
    pub(crate) fn hold_appends(&self, hold: bool) {
        self.appends_open.send_replace(!hold);
    }

    /// Holds back what comes out on the tails, or lets it go on.
    pub(crate) fn hold_tails(&self, hold: bool) {
        self.tail_open.send_replace(!hold);
    }

    pub(crate) fn arrived(&self) -> usize {
        *self.arrived.borrow()
    }

    /// Waits until so many appends have come in.
    pub(crate) async fn until_arrived(&self, count: usize) {
        let mut arrived = self.arrived.subscribe();
        super::soon(arrived.wait_for(|arrived| *arrived >= count)).await.unwrap();
    }
}

impl Journal for Faulty {
    fn follow<'a>(&'a self, room: &'a RoomKey) -> BoxFuture<'a, Result<Followed, FollowError>> {
        Box::pin(async move {
            let mut followed = self.inner.follow(room).await?;
            let (out, tail) = tail();
            let mut inner = std::mem::replace(&mut followed.tail, tail);
            let mut open = self.tail_open.subscribe();
            tokio::spawn(async move {
                while let Some(entry) = inner.recv().await {
                    let _ = open.wait_for(|open| *open).await;
                    if !out.push(entry) {
                        return;
                    }
                }
            });
            Ok(followed)
        })
    }

    fn append<'a>(
        &'a self,
        room: &'a RoomKey,
        head: Head,
        id: u128,
        bytes: Bytes,
    ) -> BoxFuture<'a, Result<u64, AppendError>> {
        Box::pin(async move {
            self.arrived.send_modify(|arrived| *arrived += 1);
            let mut open = self.appends_open.subscribe();
            let _ = open.wait_for(|open| *open).await;
            let fault = self.faults.lock().unwrap().pop_front();
            match fault {
                None | Some(Fault::Fine) => {}
                Some(Fault::Stale(other)) => {
                    self.inner.append(room, head, !id, other).await?;
                }
                Some(Fault::Unknown) => return Err(AppendError::Unknown),
                Some(Fault::UnknownButWritten) => {
                    self.inner.append(room, head, id, bytes).await?;
                    return Err(AppendError::Unknown);
                }
                Some(Fault::Busy) => return Err(AppendError::Busy),
                Some(Fault::Gone) => {
                    self.inner.erase(room).await.unwrap();
                    return Err(AppendError::Gone);
                }
                Some(Fault::Panic) => panic!("a fault in the program, as the test wants it"),
            }
            self.inner.append(room, head, id, bytes).await
        })
    }

    fn snapshot<'a>(
        &'a self,
        room: &'a RoomKey,
        at: Head,
        bytes: Bytes,
    ) -> BoxFuture<'a, Result<(), KeepError>> {
        self.inner.snapshot(room, at, bytes)
    }

    fn erase<'a>(&'a self, room: &'a RoomKey) -> BoxFuture<'a, Result<(), KeepError>> {
        self.inner.erase(room)
    }

    fn check(&self) -> BoxFuture<'_, Result<(), NotWritable>> {
        self.inner.check()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.inner.close()
    }
}
