//! A journal that fails when it is told to, as a disk or a cluster would.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use setroom_checker::planted::Wraps;
use setroom_server::journal::{
    Append, AppendError, FollowError, Followed, Head, Home, Journal, KeepError, RoomKey, TailEvent,
    tail,
};
use tokio::sync::watch;

/// What becomes of one append.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Somebody else's entry is written first.
    Stale(Bytes),
    /// The tail brings it twice.
    Twice,
    /// Another entry came first, it says, and brings none.
    StaleAlone,
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
    /// The entry that is brought twice.
    twice: Arc<Mutex<Option<u128>>>,
    /// Where each room hears of its appends: the tail behind the one that it holds.
    homes: Arc<Mutex<HashMap<RoomKey, Home>>>,
    /// How many appends came in.
    arrived: Arc<watch::Sender<usize>>,
    appends_open: Arc<watch::Sender<bool>>,
    tail_open: Arc<watch::Sender<bool>>,
    /// How many states are still not kept, and how many came in.
    unkept: Arc<Mutex<usize>>,
    kept: Arc<watch::Sender<usize>>,
    /// Whether states are taken, and how many came in to be.
    states_open: Arc<watch::Sender<bool>>,
    states: Arc<watch::Sender<usize>>,
}

impl Faulty {
    pub(crate) fn new(inner: impl Journal) -> Self {
        Self {
            inner: Arc::new(inner),
            faults: Arc::default(),
            twice: Arc::default(),
            homes: Arc::default(),
            arrived: Arc::new(watch::Sender::new(0)),
            appends_open: Arc::new(watch::Sender::new(true)),
            tail_open: Arc::new(watch::Sender::new(true)),
            unkept: Arc::default(),
            kept: Arc::new(watch::Sender::new(0)),
            states_open: Arc::new(watch::Sender::new(true)),
            states: Arc::new(watch::Sender::new(0)),
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

    /// Holds back states that are to be kept, or lets them go on.
    pub(crate) fn hold_states(&self, hold: bool) {
        self.states_open.send_replace(!hold);
    }

    /// Waits until one that is held back has come in.
    pub(crate) async fn until_a_state_waits(&self) {
        let mut states = self.states.subscribe();
        super::soon(states.wait_for(|states| *states > self.kept())).await.unwrap();
    }

    /// The next states are not kept: the journal is busy.
    pub(crate) fn keep_none(&self, of: usize) {
        *self.unkept.lock().unwrap() = of;
    }

    /// How many states have come in to be kept.
    pub(crate) fn kept(&self) -> usize {
        *self.kept.borrow()
    }

    /// Waits until so many have.
    pub(crate) async fn until_kept(&self, count: usize) {
        let mut kept = self.kept.subscribe();
        super::soon(kept.wait_for(|kept| *kept >= count)).await.unwrap();
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

impl Faulty {
    async fn written(&self, room: RoomKey, append: Append, fault: Option<Fault>) {
        let Append { id, home, .. } = append.clone();
        match fault {
            None | Some(Fault::Panic) => self.inner.append(room, append),
            Some(Fault::Twice) => {
                *self.twice.lock().unwrap() = Some(id);
                self.inner.append(room, append);
            }
            Some(Fault::Stale(bytes)) => {
                let other = Append { id: !id, bytes, ..append.clone() };
                self.inner.append(room, other);
                self.inner.append(room, append);
            }
            Some(Fault::StaleAlone) => home.not_written(id, AppendError::Stale),
            Some(Fault::Busy) => home.not_written(id, AppendError::Busy),
            Some(Fault::Gone) => {
                home.not_written(id, AppendError::Gone);
                self.inner.erase(room).await.unwrap();
            }
        }
    }
}

impl Wraps for Faulty {
    fn inner(&self) -> &dyn Journal {
        self.inner.as_ref()
    }

    fn follow(&self, room: RoomKey) -> BoxFuture<'_, Result<Followed, FollowError>> {
        Box::pin(async move {
            let mut followed = self.inner.follow(room).await?;
            let (out, tail) = tail();
            let mut inner = std::mem::replace(&mut followed.tail, tail);
            self.homes.lock().unwrap().insert(room, inner.home());
            let (mut open, twice) = (self.tail_open.subscribe(), Arc::clone(&self.twice));
            tokio::spawn(async move {
                while let Some(event) = inner.recv().await {
                    let _ = open.wait_for(|open| *open).await;
                    let is_it = |id: &mut u128| matches!(&event, TailEvent::Entry(entry) if entry.id == *id);
                    let again = twice.lock().unwrap().take_if(is_it).map(|_| event.clone());
                    if !again.into_iter().chain([event]).all(|event| out.push(event)) {
                        return;
                    }
                }
            });
            Ok(followed)
        })
    }

    fn append(&self, room: RoomKey, mut append: Append) {
        self.arrived.send_modify(|arrived| *arrived += 1);
        let fault = self.faults.lock().unwrap().pop_front();
        if matches!(fault, Some(Fault::Panic)) {
            panic!("a fault in the program, as the test wants it");
        }
        let journal = self.clone();
        // In order with the entries, whichever of them are held back.
        append.home = self.homes.lock().unwrap()[&room].clone();
        tokio::spawn(async move {
            let mut open = journal.appends_open.subscribe();
            let _ = open.wait_for(|open| *open).await;
            journal.written(room, append, fault).await;
        });
    }
    fn snapshot(
        &self,
        room: RoomKey,
        at: Head,
        bytes: Bytes,
    ) -> BoxFuture<'_, Result<(), KeepError>> {
        Box::pin(async move {
            let mut open = self.states_open.subscribe();
            self.states.send_modify(|states| *states += 1);
            let _ = open.wait_for(|open| *open).await;
            let is_busy = {
                let mut unkept = self.unkept.lock().unwrap();
                let is_busy = *unkept > 0;
                *unkept = unkept.saturating_sub(1);
                is_busy
            };
            let done = if is_busy {
                Err(KeepError::Busy)
            } else {
                self.inner.snapshot(room, at, bytes).await
            };
            self.kept.send_modify(|kept| *kept += 1);
            done
        })
    }
}
