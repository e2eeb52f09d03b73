//! From a set's id to its live room. The only place with the map.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use dashmap::DashMap;
use futures_util::FutureExt;
use setroom_protocol::{Entry, Founding, Recorded, Refusal, Seq, SetId, Timestamp, found};
use tokio::sync::{mpsc, oneshot};

use super::quarantine::{Quarantine, Verdict};
use super::{Denied, Entered, Entering, Event, MAILBOX, Porch, RoomHandle, Way, places, run};
use crate::journal::{AppendError, Head, RoomKey};
use crate::limits::Source;
use crate::services::Services;
use crate::socket::Sink;

/// The live rooms of this process. Clones are the same.
#[derive(Clone, Debug)]
pub struct Registry {
    rooms: Arc<DashMap<SetId, RoomHandle>>,
    services: Arc<Services>,
    quarantine: Arc<Quarantine>,
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
    /// It could not be written down.
    #[error("it could not be written down")]
    NotSaved,
}

impl Registry {
    pub(crate) fn new(services: Arc<Services>) -> Self {
        Self { rooms: Arc::default(), services, quarantine: Arc::default() }
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
        match self.services.journal.append(&key, Head::default(), id, bytes).await {
            Ok(_) => Ok(()),
            Err(AppendError::Stale | AppendError::Gone) => Err(FoundError::Taken),
            Err(AppendError::Busy | AppendError::Unknown) => Err(FoundError::NotSaved),
        }
    }

    /// Whether a set's room is loaded, or being loaded.
    pub(crate) fn is_live(&self, set: SetId) -> bool {
        self.rooms.get(&set).is_some_and(|room| room.is_live())
    }

    /// Brings somebody to their room, which is loaded if it is not there yet.
    ///
    /// # Errors
    /// [`Denied`].
    pub(crate) async fn enter(
        &self,
        set: SetId,
        way: Way,
        sink: &Arc<Sink>,
        source: Source,
    ) -> Result<Entered, Denied> {
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
                    let conn = answered.await.map_err(|_| Denied::Fault)??;
                    room.porch.used_ms.store(self.services.clock.now_ms(), Ordering::Relaxed);
                    places::settle(self, &self.services, &room);
                    return Ok(Entered { conn, room, ahead_ms: self.services.time.ahead_ms(set) });
                }
                Err(mpsc::error::SendError(Event::Enter(entering))) => way = entering.way,
                Err(_) => return Err(Denied::Fault),
            }
        }
        Err(Denied::Fault)
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
    fn room(&self, set: SetId, source: Source, is_newcomers: bool) -> Result<RoomHandle, Denied> {
        if let Some(room) = self.rooms.get(&set).map(|room| room.clone())
            && room.is_live()
        {
            return Ok(room);
        }
        let is_extra = places::find(self, &self.services, source, is_newcomers)?;
        let (mailbox, events) = mpsc::channel(MAILBOX);
        let fresh = RoomHandle { mailbox, porch: Arc::new(Porch::new(source, is_extra)) };
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
        let quarantine = Arc::clone(&self.quarantine);
        // A weak sender, or the mailbox would never close.
        let RoomHandle { mailbox, porch } = handle;
        let same = mailbox.downgrade();
        drop(mailbox);
        self.services.shutdown.spawn(async move {
            let tag = services.pseudonyms.of(set);
            let (ward, in_hand) = quarantine.ward(set);
            let room = AssertUnwindSafe(run::run(Arc::clone(&services), set, events, ward, porch));
            if Box::pin(room.catch_unwind()).await.is_err() {
                // The panic hook has said where. The room's sockets were told to come back when
                // their places were dropped; the next one to come loads it from the journal.
                tracing::error!(event = "room_fault", room = %tag, "a room ended by a panic");
                // By the room's time, as it will be when it is loaded again.
                let now = Timestamp(services.clock.now_ms()).plus(services.time.ahead_ms(set));
                let Verdict { quarantined, rests } = quarantine.panicked(set, &in_hand, now);
                if quarantined > 0 {
                    tracing::error!(event = "command_quarantined", room = %tag, count = quarantined,
                        "what was in hand at two panics is not tried again");
                }
                if rests {
                    tracing::error!(event = "room_read_only", room = %tag,
                        "three panics within a minute: the room takes no commands for five");
                }
            }
            rooms.remove_if(&set, |_, room| {
                same.upgrade().is_none_or(|mailbox| room.mailbox.same_channel(&mailbox))
                    && !room.is_live()
            });
        });
    }
}
