//! Sets that nobody used go by themselves: anybody can make one, and each takes room for ever.
//!
//! What a set is used for is a meeting, or somebody beside its host. One that never saw either, and
//! in which nothing has changed for long, is found by a reader of its own, and erased by the writer
//! unless somebody has come in the meantime.

use std::collections::HashSet;
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension as _};
use setroom_protocol::{Room, Timestamp};

use super::writer_state::LogEnd;
use super::{OpenError, SqliteJournal, read, schema};
use crate::clock::Clock;
use crate::config::Limits;
use crate::journal::RoomKey;
use crate::journal::replay::state_of;
use crate::shutdown::Shutdown;

const HOUR_MS: u64 = 60 * 60 * 1000;
/// A meeting that is planned for later than in a year is not waited for longer.
const AHEAD_MS: u64 = 365 * 24 * HOUR_MS;

/// Looks for such sets, once an hour.
#[derive(Debug)]
pub(crate) struct Sweep {
    journal: SqliteJournal,
    file: PathBuf,
    /// A set whose host never came in goes after so long.
    uncalled_ms: Option<u64>,
    /// A set in which nobody else was goes so long after its last change.
    unused_ms: Option<u64>,
    /// These are in use, and need not be looked at again.
    used: HashSet<RoomKey>,
}

impl Sweep {
    pub(crate) fn new(journal: SqliteJournal, file: PathBuf, limits: &Limits) -> Self {
        let after = |count: u32, ms: u64| (count > 0).then(|| u64::from(count) * ms);
        Self {
            journal,
            file,
            uncalled_ms: after(limits.uncalled_set_hours, HOUR_MS),
            unused_ms: after(limits.unused_set_days, 24 * HOUR_MS),
            used: HashSet::new(),
        }
    }

    /// Goes on until the process stops.
    pub(crate) async fn keep(mut self, clock: Clock, shutdown: Shutdown) {
        while self.uncalled_ms.is_some() || self.unused_ms.is_some() {
            let now_ms = clock.now_ms();
            let looked = tokio::task::spawn_blocking(move || {
                let due = self.due(Timestamp(now_ms));
                (self, due)
            });
            let Ok((same, due)) = looked.await else { return };
            self = same;
            match due {
                Ok(due) => self.erase(due).await,
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

    async fn erase(&self, due: Vec<(RoomKey, u64)>) {
        let mut count = 0_u64;
        for (room, stored) in due {
            count += u64::from(self.journal.erase_unless_used(room, stored).await.is_ok());
        }
        if count > 0 {
            tracing::info!(event = "unused_erased", count, "sets that nobody used are gone");
        }
    }

    /// The sets that are to go, each with the place of its last entry.
    fn due(&mut self, now: Timestamp) -> rusqlite::Result<Vec<(RoomKey, u64)>> {
        let mut connection = schema::open_to_read(&self.file).map_err(|error| {
            if let OpenError::Sqlite(error) = error { error } else { rusqlite::Error::InvalidQuery }
        })?;
        let mut due = Vec::new();
        let mut last = None;
        while let Some(room) = next_room(&connection, last)? {
            last = Some(room);
            if self.used.contains(&room) {
                continue;
            }
            // One moment of it, and no longer: a reader keeps the log from being cut.
            let transaction = connection.transaction()?;
            // What is damaged, erased or not readable is left alone.
            let Ok(read::Stored { snapshot, entries, end: LogEnd::Live { stored, .. } }) =
                read::room(&transaction, &room)
            else {
                continue;
            };
            transaction.commit()?;
            let Ok((Some(state), _)) = state_of(snapshot, entries, Room::apply) else {
                continue;
            };
            match self.patience(&state) {
                None => drop(self.used.insert(room)),
                Some(Some(until)) if until <= now => due.push((room, stored)),
                Some(_) => {}
            }
        }
        Ok(due)
    }

    /// Until when a set is waited for; `None` when it was used, and so never goes.
    #[allow(clippy::option_option, reason = "never used, and never to go, are two things")]
    fn patience(&self, room: &Room) -> Option<Option<Timestamp>> {
        let meeting = room.meeting();
        let changed = room.changed_at();
        if meeting.started_at.is_some() || meeting.receipt.is_some() {
            return None;
        }
        match room.people_ever() {
            0 => Some(self.uncalled_ms.map(|ms| changed.plus(ms))),
            1 => {
                // Who plans ahead is waited for, but not for ever.
                let planned = meeting.starts_at.unwrap_or_default().min(changed.plus(AHEAD_MS));
                Some(self.unused_ms.map(|ms| changed.max(planned).plus(ms)))
            }
            _ => None,
        }
    }
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
