//! The journal of one set, as every reader of it sees it.

use std::collections::BTreeMap;
use std::path::Path;

use setroom_protocol::{CommandId, Entry, Recorded, Room, SeatId, Seq, SetId};
use setroom_server::journal::sqlite::{Fatal, OpenError, SqliteOptions};
use setroom_server::journal::{self, Followed, Journal as _, RoomKey, SqliteJournal};
use setroom_server::telemetry::Metrics;

/// One change with the entry that it stands in.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The entry's place in the log.
    pub entry: u64,
    /// The change.
    pub record: Recorded,
}

/// A snapshot that stands for all rows before.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    /// The room.
    pub room: Room,
    /// The commands that it remembers, each under its id and its person's seat, hashed (the first
    /// snapshots: under its id), with their places.
    pub answered: BTreeMap<CommandId, Seq>,
}

/// What the journal has of a set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Journal {
    /// The snapshot, if there is one.
    pub base: Option<Base>,
    /// Every accepted row after it, in order.
    pub rows: Vec<Row>,
}

/// Why a journal cannot be read. Nothing of its content is in it.
#[derive(Debug, thiserror::Error)]
pub enum BadJournal {
    /// The data folder cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The set's log cannot be followed: damaged, or gone.
    #[error(transparent)]
    Follow(#[from] journal::FollowError),
    /// A row or a snapshot is not of a known form.
    #[error("{0}")]
    Form(String),
}

impl Journal {
    /// Reads a set from the data folder of a stopped server, by the server's own reader.
    ///
    /// # Errors
    /// [`BadJournal`].
    pub async fn read(data: &Path, set: SetId) -> Result<Self, BadJournal> {
        let mut all = Self::read_all(data, &[set]).await?;
        Ok(all.remove(&set).unwrap_or_default())
    }

    /// Reads several sets.
    ///
    /// # Errors
    /// [`BadJournal`].
    pub async fn read_all(
        data: &Path,
        sets: &[SetId],
    ) -> Result<BTreeMap<SetId, Self>, BadJournal> {
        // Nothing is written here, so there is nothing to give up.
        let fatal = Fatal::new(|_| {});
        let options =
            SqliteOptions { folder: data.to_owned(), max_bytes: None, reserve_bytes: 0, fatal };
        let journal = SqliteJournal::open(&options, Metrics::new())?;
        let mut all = BTreeMap::new();
        for set in sets {
            let followed = journal.follow(RoomKey(*set.as_bytes())).await;
            let read = followed.map_err(BadJournal::from).and_then(|all| Self::of(&all));
            match read {
                Ok(read) => all.insert(*set, read),
                Err(error) => {
                    journal.close().await;
                    return Err(error);
                }
            };
        }
        journal.close().await;
        Ok(all)
    }

    /// What a journal gave to somebody who follows a set. An entry counts when its fence fits: the
    /// others are skipped by every reader alike.
    ///
    /// # Errors
    /// [`BadJournal::Form`].
    pub fn of(followed: &Followed) -> Result<Self, BadJournal> {
        Self::of_log(followed.snapshot.as_ref(), &followed.entries)
    }

    /// The same of a log that was taken from where it was kept.
    ///
    /// # Errors
    /// [`BadJournal::Form`].
    pub fn of_log(
        snapshot: Option<&journal::Snapshot>,
        entries: &[journal::Entry],
    ) -> Result<Self, BadJournal> {
        let base = snapshot.map(|kept| Base::read(&kept.bytes)).transpose()?;
        let at = snapshot.map(|kept| kept.at).unwrap_or_default();
        let (mut stored, mut accepted) = (at.stored, at.accepted);
        let mut rows = Vec::new();
        for entry in entries.iter().filter(|entry| entry.seq > at.stored) {
            if entry.seq != stored + 1 {
                let what = format!("the log goes from entry {stored} to {}", entry.seq);
                return Err(BadJournal::Form(what));
            }
            stored = entry.seq;
            if entry.prev != accepted {
                continue;
            }
            accepted = entry.seq;
            let records = Entry::decode(&entry.bytes).map_err(BadJournal::Form)?.records;
            rows.extend(records.into_iter().map(|record| Row { entry: entry.seq, record }));
        }
        Ok(Self { base, rows })
    }

    /// The room as it was while it stood at this place: just after the change that has it, and after
    /// each that shares it, since nobody but its author may know of that one. None where the journal
    /// no longer tells, or does not tell yet.
    pub fn rooms_at(&self, seq: Seq) -> Vec<Room> {
        let mut room = self.base.as_ref().map(|base| base.room.clone());
        let mut rooms: Vec<_> = room.clone().into_iter().collect();
        for Row { record, .. } in self.rows.iter().take_while(|row| row.record.seq <= seq) {
            match &mut room {
                Some(room) => room.apply(record),
                None => room = Room::found(record),
            }
            if record.seq == seq {
                rooms.extend(room.clone());
            }
        }
        rooms.retain(|room| room.seq() == seq);
        rooms
    }

    /// The place that the snapshot stands for; 0 without one.
    pub fn base_seq(&self) -> u64 {
        self.base.as_ref().map_or(0, |base| base.room.seq().0)
    }
}

impl Base {
    /// The place of a command that it remembers; whose it was, where that is known.
    pub fn place_of(&self, by: Option<SeatId>, cid: CommandId) -> Option<Seq> {
        let of = |seat| self.answered.get(&both(seat, cid));
        by.and_then(of).or_else(|| self.answered.get(&cid)).copied()
    }

    fn read(bytes: &[u8]) -> Result<Self, BadJournal> {
        let room = Room::from_snapshot(bytes).map_err(BadJournal::Form)?;
        let whole: serde_json::Value = serde_json::from_slice(bytes)
            .map_err(|error| BadJournal::Form(format!("snapshot: {:?}", error.classify())))?;
        let lists = |of| whole.pointer(of).cloned().unwrap_or_default();
        let unseen = lists("/room/answered_unseen");
        let unseen = unseen.as_object().into_iter().flat_map(|all| all.values().cloned());
        let lists = std::iter::once(lists("/room/answered")).chain(unseen);
        let answered: Result<Vec<Vec<(CommandId, Seq)>>, _> =
            lists.map(serde_json::from_value).collect();
        let answered = answered
            .map_err(|error| BadJournal::Form(format!("snapshot: {:?}", error.classify())))?;
        Ok(Self { room, answered: answered.into_iter().flatten().collect() })
    }
}

/// What a command is remembered under: its id and its person's seat, hashed.
fn both(seat: SeatId, cid: CommandId) -> CommandId {
    let hash = crate::proof::sha256(&[&seat.as_bytes()[..], &cid.as_bytes()[..]].concat());
    CommandId::from_bytes(crate::proof::first(&hash))
}
