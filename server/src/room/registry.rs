//! From a set's id to its live room. The only place with the map: what is given out are clones, so
//! that no guard of it can cross an await.
#![allow(clippy::disallowed_types, reason = "the one place with the map")]

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use dashmap::DashMap;
use futures_util::FutureExt;
use setroom_protocol::{Entry, Founding, Recorded, Refusal, Seq, SetId, Timestamp, found};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::{
    Entering, Event, JoinError, JoinRequest, Joined, MAILBOX, Porch, RoomHandle, actor, places,
};
use crate::journal::{Append, AppendError, FollowError, Head, RoomKey, TailEvent};
use crate::limits::{Limit, SetJournal, Source};
use crate::services::Services;
use crate::socket::Sink;
use crate::telemetry::RoomFault;

/// The live rooms of this process. Clones are the same.
#[derive(Clone, Debug)]
pub struct Registry {
    rooms: Arc<DashMap<SetId, RoomHandle>>,
    services: Arc<Services>,
}

/// Why a set was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FoundError {
    /// A rule said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is a set of that id, or there was one.
    #[error("there is a set with that id already")]
    Taken,
    /// What is left of the journal was promised to the sets that there are.
    #[error("there is no room for one more")]
    NoRoom,
    /// It could not be written down.
    #[error("it could not be written down")]
    NotSaved,
}

impl Registry {
    pub(crate) fn new(services: Arc<Services>) -> Self {
        Self { rooms: Arc::default(), services }
    }

    /// Makes a set: writes its first change. Its room loads when somebody comes.
    ///
    /// # Errors
    /// [`FoundError`]; then nothing was made. After [`FoundError::NotSaved`] the same request may
    /// find the set [`FoundError::Taken`], by itself.
    pub async fn found(&self, founding: &Founding) -> Result<(), FoundError> {
        let change = found(founding)?;
        let at = Timestamp(self.services.clock.now_ms());
        let record = Recorded { seq: Seq(1), at, by: None, re: None, change };
        let bytes = Entry::encode(std::slice::from_ref(&record)).into();
        let id = self.services.ids.number().map_err(|_| FoundError::NotSaved)?;
        let key = RoomKey(*founding.set.as_bytes());
        let followed =
            self.services.journal.follow_new(key).await.map_err(|error| match error {
                FollowError::Gone | FollowError::Damaged { .. } => FoundError::Taken,
                FollowError::Busy => FoundError::NotSaved,
            })?;
        if !SetJournal::has_room_for_one_more(self.services.journal.free()) {
            // What is left was promised to those that there are.
            self.services.connection_limits.refuse(Limit::SetJournal);
            return Err(FoundError::NoRoom);
        }
        let (mut tail, since) = (followed.tail, Instant::now());
        let (head, home) = (Head::default(), tail.home());
        self.services.journal.append(key, Append { head, id, bytes, frees: false, home });
        let outcome = loop {
            match tail.recv().await {
                Some(TailEvent::Entry(entry)) if entry.id == id => break Ok(()),
                Some(TailEvent::NotWritten { why, .. }) => break Err(why),
                Some(TailEvent::Entry(_)) => {}
                None => break Err(AppendError::Busy),
            }
        };
        self.services.metrics.journal_append.observe(since.elapsed().as_secs_f64());
        outcome.map_err(|why| match why {
            AppendError::Stale | AppendError::Gone => FoundError::Taken,
            AppendError::Busy => FoundError::NotSaved,
        })
    }

    /// Whether a set's room is loaded, or being loaded.
    pub(crate) fn is_live(&self, set: SetId) -> bool {
        self.rooms.get(&set).is_some_and(|room| room.is_live())
    }

    /// Brings somebody to their room, which is loaded if it is not there yet.
    ///
    /// # Errors
    /// [`JoinError`].
    pub(crate) async fn enter(
        &self,
        set: SetId,
        way: JoinRequest,
        sink: &Arc<Sink>,
        source: Source,
    ) -> Result<Joined, JoinError> {
        let mut way = way;
        // A room that ends at this very moment is followed by a fresh one; twice is bad luck.
        for _ in 0..3 {
            let is_newcomers = way.is_newcomers();
            let room = self.room(set, source, is_newcomers)?;
            let places = if is_newcomers { &room.porch.knocks } else { &room.porch.returns };
            let Ok(place) = Arc::clone(places).acquire_owned().await else { continue };
            let (answer, answered) = oneshot::channel();
            let entering = Entering { way, sink: Arc::clone(sink), _place: place, answer };
            match room.mailbox.send(Event::Enter(Box::new(entering))).await {
                Ok(()) => {
                    let conn = answered.await.map_err(|_| JoinError::Fault)??;
                    room.porch.used_ms.store(self.services.clock.now_ms(), Ordering::Relaxed);
                    places::settle(self, &self.services, &room);
                    return Ok(Joined { conn, room, ahead_ms: self.services.time.ahead_ms(set) });
                }
                Err(mpsc::error::SendError(Event::Enter(entering))) => way = entering.way,
                Err(_) => return Err(JoinError::Fault),
            }
        }
        Err(JoinError::Fault)
    }

    /// What was read of the journal for a set's room, if nobody has come in since.
    pub(crate) fn loaded_in_vain(&self, set: SetId) -> Option<u64> {
        let porch = self.rooms.get(&set).map(|room| Arc::clone(&room.porch))?;
        let is_vain = porch.is_new.load(Ordering::Acquire);
        is_vain.then(|| porch.loaded.load(Ordering::Acquire))
    }

    /// How many rooms there are.
    pub(super) fn count(&self) -> usize {
        self.rooms.len()
    }

    /// All of them, as handles: no guard of the map is held.
    pub(super) fn all(&self) -> impl Iterator<Item = RoomHandle> {
        let all: Vec<_> = self.rooms.iter().map(|room| room.clone()).collect();
        all.into_iter()
    }

    /// The live room, or a new task that is about to load it. No guard of the map is held across
    /// an await: what comes back is a handle.
    fn room(
        &self,
        set: SetId,
        source: Source,
        is_newcomers: bool,
    ) -> Result<RoomHandle, JoinError> {
        if let Some(room) = self.rooms.get(&set).map(|room| room.clone())
            && room.is_live()
        {
            return Ok(room);
        }
        let is_extra = places::find(self, &self.services, source, is_newcomers)?;
        let (mailbox, events) = mpsc::channel(MAILBOX);
        let fresh = RoomHandle { mailbox, porch: Arc::new(Porch::new(set, source, is_extra)) };
        let room = self
            .rooms
            .entry(set)
            // Whoever was quicker wins, unless their room has ended.
            .and_modify(|room| {
                if !room.is_live() {
                    *room = fresh.clone();
                }
            })
            .or_insert_with(|| fresh.clone())
            .clone();
        if room.is_same(&fresh) {
            self.spawn(set, fresh, events);
        }
        Ok(room)
    }

    fn spawn(&self, set: SetId, handle: RoomHandle, events: mpsc::Receiver<Event>) {
        let rooms = Arc::clone(&self.rooms);
        let services = Arc::clone(&self.services);
        // A weak sender, or the mailbox would never close.
        let RoomHandle { mailbox, porch } = handle;
        let same = mailbox.downgrade();
        drop(mailbox);
        self.services.shutdown.spawn(async move {
            let tag = services.pseudonyms.of(set);
            let room = AssertUnwindSafe(actor::run(Arc::clone(&services), set, events, porch));
            if Box::pin(room.catch_unwind()).await.is_err() {
                // The panic hook has said where. The room's sockets were told to come back when
                // their places were dropped; the next one to come loads it from the journal.
                tracing::error!(event = "room_fault", room = %tag, "a room ended by a panic");
                services.metrics.room_fault(RoomFault::Panicked);
            }
            rooms.remove_if(&set, |_, room| {
                same.upgrade().is_none_or(|mailbox| room.mailbox.same_channel(&mailbox))
                    && !room.is_live()
            });
        });
    }
}
