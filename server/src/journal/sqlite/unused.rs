//! Sets whose time is over go by themselves, whether anybody ever comes back to them or not. And of those
//! that stay, what was taken away goes from the disk, where their room ended before that was done.
//!
//! Each is kept for so long as people were told. One that nobody used goes sooner: anybody can make
//! one, and what a set is used for is a meeting, or somebody beside its host. They are found by a
//! reader of its own, and erased by the writer unless somebody has come in the meantime: whoever is in
//! a room, the room itself sees to its end.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension as _};
use setroom_protocol::{Room, Timestamp};

use super::writer_state::LogEnd;
use super::{OpenError, SqliteJournal, read, schema};
use crate::clock::Clock;
use crate::config::Limits;
use crate::journal::replay::state_of;
use crate::journal::{Journal as _, RoomKey};
use crate::retention::Retention;
use crate::shutdown::Shutdown;
use crate::taken_away::{self, Takes};

const HOUR_MS: u64 = 60 * 60 * 1000;
/// What is to stay for longer is looked at again after so long: a date may have been called off.
const AGAIN_MS: u64 = 24 * HOUR_MS;

/// What is to be done, as a look found it.
#[derive(Debug, Default)]
struct Due {
    /// The sets that are to go, each with the place of its last entry.
    go: Vec<(RoomKey, u64)>,
    /// Those whose state is to take the place of what led there.
    small: Vec<RoomKey>,
}

/// Looks for such sets, once an hour.
#[derive(Debug)]
pub(crate) struct Sweep {
    journal: SqliteJournal,
    file: PathBuf,
    /// A set whose host never came in goes after so long.
    uncalled_ms: Option<u64>,
    /// A set in which nobody else was is kept for so many days.
    unused_days: Option<u32>,
    /// These need not be looked at again before then.
    next_look: HashMap<RoomKey, Timestamp>,
    /// These are erased, and it is not known that nothing of them is left on the disk.
    left: Vec<(RoomKey, u64)>,
}

impl Sweep {
    pub(crate) fn new(journal: SqliteJournal, file: PathBuf, limits: &Limits) -> Self {
        let &Limits { uncalled_set_hours, unused_set_days, .. } = limits;
        Self {
            journal,
            file,
            uncalled_ms: (uncalled_set_hours > 0).then(|| u64::from(uncalled_set_hours) * HOUR_MS),
            unused_days: (unused_set_days > 0).then_some(unused_set_days),
            next_look: HashMap::new(),
            left: Vec::new(),
        }
    }

    /// Goes on until the process stops.
    pub(crate) async fn keep(mut self, retention: Retention, clock: Clock, shutdown: Shutdown) {
        loop {
            let now_ms = clock.now_ms();
            let looked = tokio::task::spawn_blocking(move || {
                let due = self.due(&retention, Timestamp(now_ms));
                (self, due)
            });
            let Ok((same, due)) = looked.await else { return };
            self = same;
            match due {
                Ok(Due { go, small }) => {
                    self.erase(go).await;
                    for room in small {
                        self = self.make_small(room).await;
                    }
                }
                Err(error) => {
                    tracing::warn!(event = "not_swept", error = %error, "will be tried again");
                }
            }
            tokio::select! {
                () = clock.sleep_until(now_ms.saturating_add(HOUR_MS)) => {}
                () = shutdown.stopping() => return,
            }
        }
    }

    async fn erase(&mut self, due: Vec<(RoomKey, u64)>) {
        let mut count = 0_u64;
        for (room, stored) in due {
            match self.journal.erase_unless_used(room, stored).await {
                Ok(()) => count += 1,
                Err(_) => self.left.push((room, stored)),
            }
        }
        if count > 0 {
            tracing::info!(event = "sets_erased", count, "sets whose time was over are gone");
        }
    }

    /// Keeps a set's state in place of what led there. A room that is live meanwhile writes behind it.
    async fn make_small(mut self, room: RoomKey) -> Self {
        let file = self.file.clone();
        let read = tokio::task::spawn_blocking(move || {
            let mut connection = schema::open_to_read(&file).ok()?;
            let stored = stored(&mut connection, &room).ok()??;
            let (state, at) = state_of(stored.snapshot, stored.entries, Room::apply).ok()?;
            Some((at, Bytes::from(state?.to_snapshot())))
        });
        if let Ok(Some((at, bytes))) = read.await
            && let Err(error) = self.journal.snapshot(room, at, bytes).await
        {
            tracing::warn!(event = "not_erased", %error, "will be tried again");
            self.next_look.remove(&room);
        }
        self
    }

    fn due(&mut self, retention: &Retention, now: Timestamp) -> rusqlite::Result<Due> {
        let mut connection = schema::open_to_read(&self.file).map_err(|error| {
            if let OpenError::Sqlite(error) = error { error } else { rusqlite::Error::InvalidQuery }
        })?;
        let mut due = Due::default();
        for left in std::mem::take(&mut self.left) {
            if read::end(&connection, &left.0)? == LogEnd::Erased {
                due.go.push(left);
            }
        }
        let mut seen = HashSet::new();
        let mut last = None;
        while let Some(room) = next_room(&connection, last)? {
            last = Some(room);
            seen.insert(room);
            if self.next_look.get(&room).is_some_and(|at| *at > now) {
                continue;
            }
            // What is damaged, erased or not readable is left alone.
            let Some(read::Stored { snapshot, entries, end: LogEnd::Live { stored, .. } }) =
                stored(&mut connection, &room)?
            else {
                continue;
            };
            let mut takes = Takes::Nothing;
            let state = state_of(snapshot, entries, |room, record| {
                takes = takes.max(taken_away::apply(room, record, Room::apply));
            });
            let Ok((Some(state), _)) = state else { continue };
            let until = self.kept_until(retention, &state);
            if until <= now {
                due.go.push((room, stored));
            } else if takes != Takes::Nothing {
                due.small.push(room);
            }
            let again = now.plus(AGAIN_MS);
            self.next_look.insert(room, if until > now { until.min(again) } else { now });
        }
        self.next_look.retain(|room, _| seen.contains(room));
        Ok(due)
    }

    /// Until when a set is kept.
    fn kept_until(&self, retention: &Retention, room: &Room) -> Timestamp {
        if room.is_erased() {
            return Timestamp(0);
        }
        let usual = retention.until(room);
        let meeting = room.meeting();
        let has_met = meeting.started_at.is_some() || meeting.receipt.is_some();
        if has_met || !room.series().held.is_empty() {
            return usual;
        }
        let sooner = match room.people_ever() {
            0 => self.uncalled_ms.map(|ms| room.changed_at().plus(ms)),
            // Who plans ahead is waited for, but not for ever.
            1 => self.unused_days.map(|days| room.kept_until(days)),
            _ => None,
        };
        sooner.map_or(usual, |sooner| retention.no_sooner(sooner).min(usual))
    }
}

/// One moment of a set, and no longer: a reader keeps the log from being cut. `None` where it cannot be
/// read.
fn stored(connection: &mut Connection, room: &RoomKey) -> rusqlite::Result<Option<read::Stored>> {
    let transaction = connection.transaction()?;
    let Ok(stored) = read::room(&transaction, room) else { return Ok(None) };
    transaction.commit()?;
    Ok(Some(stored))
}

/// How many sets there are.
pub(super) fn count(connection: &Connection) -> rusqlite::Result<u64> {
    let (mut count, mut last) = (0, None);
    while let Some(room) = next_room(connection, last)? {
        (count, last) = (count + 1, Some(room));
    }
    Ok(count)
}

/// The set that follows in the order of ids.
fn next_room(connection: &Connection, after: Option<RoomKey>) -> rusqlite::Result<Option<RoomKey>> {
    let after = after.map_or_else(Vec::new, |room| room.0.to_vec());
    let next: Option<Option<[u8; 16]>> = connection
        .prepare_cached(
            "SELECT min(room) FROM
             (SELECT min(room) AS room FROM entry WHERE room > ?1
              UNION ALL SELECT min(room) FROM snapshot WHERE room > ?1)",
        )?
        .query_row([after], |row| row.get(0))
        .optional()?;
    Ok(next.flatten().map(RoomKey))
}
