//! Sets whose time is over go by themselves, whether anybody ever comes back to them or not.
//!
//! Each is kept for so long as people were told. One that nobody used goes sooner: anybody can make
//! one, and what a set is used for is a meeting, or somebody beside its host. They are found by a
//! reader of its own, and erased by the writer unless somebody has come in the meantime: whoever is in
//! a room, the room itself sees to its end.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension as _};
use setroom_protocol::{Room, Timestamp};

use super::writer_state::LogEnd;
use super::{OpenError, SqliteJournal, read, schema};
use crate::clock::Clock;
use crate::config::Limits;
use crate::journal::RoomKey;
use crate::journal::replay::state_of;
use crate::retention::Retention;
use crate::shutdown::Shutdown;

const HOUR_MS: u64 = 60 * 60 * 1000;
/// What is to stay for longer is looked at again after so long: a date may have been called off.
const AGAIN_MS: u64 = 24 * HOUR_MS;

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
            tracing::info!(event = "sets_erased", count, "sets whose time was over are gone");
        }
    }

    /// The sets that are to go, each with the place of its last entry.
    fn due(
        &mut self,
        retention: &Retention,
        now: Timestamp,
    ) -> rusqlite::Result<Vec<(RoomKey, u64)>> {
        let mut connection = schema::open_to_read(&self.file).map_err(|error| {
            if let OpenError::Sqlite(error) = error { error } else { rusqlite::Error::InvalidQuery }
        })?;
        let mut due = Vec::new();
        let mut seen = HashSet::new();
        let mut last = None;
        while let Some(room) = next_room(&connection, last)? {
            last = Some(room);
            seen.insert(room);
            if self.next_look.get(&room).is_some_and(|at| *at > now) {
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
            let until = self.kept_until(retention, &state);
            if until <= now {
                due.push((room, stored));
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
