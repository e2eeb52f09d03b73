//! A journal that does not do what it says.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use setroom_protocol::{Change, CommandId, Entry as Rows, Recorded, SeatId};
use setroom_server::journal::{
    Append, AppendError, Entry, FollowError, Followed, Follower, Home, Journal, RoomKey, Tail,
    TailEvent, tail,
};

use super::{Bug, Wraps};

/// How long one that spoke too early waits before it tries to make it true.
const AGAIN: Duration = Duration::from_millis(50);

/// Any journal, with a bug. Clones are the same.
#[derive(Clone, Debug)]
pub(super) struct LyingJournal {
    bug: Bug,
    inner: Arc<dyn Journal>,
    rooms: Arc<Mutex<HashMap<RoomKey, Room>>>,
}

/// What is known of a room that somebody follows.
#[derive(Debug)]
struct Room {
    /// Its tail, and the one behind it.
    shown: Weak<Follower>,
    home: Home,
    /// Ids under which changed entries were written, and what their writer called them.
    changed: HashMap<u128, u128>,
    /// Authors that were seen.
    seats: Vec<SeatId>,
}

impl LyingJournal {
    pub(super) fn new(bug: Bug, inner: Arc<dyn Journal>) -> Self {
        Self { bug, inner, rooms: Arc::default() }
    }

    /// What is written in place of these rows.
    fn changed(&self, mut rows: Vec<Recorded>, seats: &[SeatId]) -> Vec<Recorded> {
        if self.bug == Bug::SkipsPlaces {
            rows.iter_mut().for_each(|row| row.seq = row.seq.next());
        } else if self.bug == Bug::WrongAuthor {
            let other = |by: &SeatId| seats.iter().copied().find(|seat| seat != by);
            rows.iter_mut().for_each(|row| row.by = row.by.as_ref().and_then(other));
        } else if let Some(last) = rows.last() {
            let (seq, re) = (last.seq.next(), Some(CommandId::from_bytes([7; 16])));
            rows.push(Recorded { seq, re, ..last.clone() });
        }
        rows
    }

    /// Hands on what comes, and tells whoever wrote what was changed that something else was.
    async fn hand_on(self, room: RoomKey, mut inner: Tail, shown: Arc<Follower>) {
        while let Some(event) = inner.recv().await {
            let id = match &event {
                TailEvent::Entry(entry) => entry.id,
                TailEvent::NotWritten { id, .. } => *id,
            };
            let own = self.rooms.lock().get_mut(&room).and_then(|known| known.changed.remove(&id));
            let events = match (own, event) {
                (None, event) => vec![event],
                (Some(id), TailEvent::NotWritten { why, .. }) => {
                    vec![TailEvent::NotWritten { id, why }]
                }
                (Some(id), entry @ TailEvent::Entry(_)) => {
                    vec![entry, TailEvent::NotWritten { id, why: AppendError::Stale }]
                }
            };
            if !events.into_iter().all(|event| shown.push(event)) {
                return;
            }
        }
    }

    /// Shows an entry, and writes it at leisure.
    fn early(&self, room: RoomKey, shown: &Weak<Follower>, append: Append) {
        let Append { head, id, bytes, .. } = append.clone();
        let entry = Entry { seq: head.stored + 1, prev: head.accepted, id, bytes };
        if let Some(shown) = shown.upgrade() {
            shown.push(TailEvent::Entry(entry));
        }
        let inner = Arc::clone(&self.inner);
        let (open, mut refused) = tail();
        inner.append(room, Append { home: refused.home(), ..append.clone() });
        tokio::spawn(async move {
            while let Some(TailEvent::NotWritten { .. }) = refused.recv().await {
                tokio::time::sleep(AGAIN).await;
                inner.append(room, Append { home: refused.home(), ..append.clone() });
            }
            drop(open);
        });
    }
}

impl Wraps for LyingJournal {
    fn inner(&self) -> &dyn Journal {
        self.inner.as_ref()
    }

    fn follow(&self, room: RoomKey) -> BoxFuture<'_, Result<Followed, FollowError>> {
        Box::pin(async move {
            let mut followed = self.inner.follow(room).await?;
            let (shown, tail) = tail();
            let inner = std::mem::replace(&mut followed.tail, tail);
            let (shown, home) = (Arc::new(shown), inner.home());
            let (changed, seats) = (HashMap::new(), Vec::new());
            let known = Room { shown: Arc::downgrade(&shown), home, changed, seats };
            let before = self.rooms.lock().insert(room, known);
            if let (Some(before), Some(known)) = (before, self.rooms.lock().get_mut(&room)) {
                known.seats = before.seats;
            }
            tokio::spawn(self.clone().hand_on(room, inner, shown));
            Ok(followed)
        })
    }

    fn append(&self, room: RoomKey, mut append: Append) {
        let mut rooms = self.rooms.lock();
        let Some(known) = rooms.get_mut(&room) else { return self.inner.append(room, append) };
        append.home = known.home.clone();
        let rows = Rows::decode(&append.bytes).map(|rows| rows.records).unwrap_or_default();
        for seat in rows.iter().filter_map(|row| row.by) {
            if !known.seats.contains(&seat) {
                known.seats.push(seat);
            }
        }
        let locks = |row: &Recorded| matches!(row.change, Change::Locked { .. });
        if self.bug == Bug::AcknowledgesEarly {
            let shown = Weak::clone(&known.shown);
            drop(rooms);
            return self.early(room, &shown, append);
        }
        if self.bug == Bug::SkipsJournal {
            if rows.iter().all(locks) {
                append.bytes = Rows::encode(&[]).into();
            }
        } else if rows.iter().any(locks) {
            append.bytes = Rows::encode(&self.changed(rows, &known.seats)).into();
            // Under another id its writer does not take it for its own, and reads it.
            known.changed.insert(!append.id, append.id);
            append.id = !append.id;
        }
        drop(rooms);
        self.inner.append(room, append);
    }
}
