//! What the journal on disk promises beyond the common contract.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use futures_util::future::join_all;
use rusqlite::Connection;
use setroom_server::journal::sqlite::{DATABASE_FILE, Fatal, LOCK_FILE, OpenError, SqliteOptions};
use setroom_server::journal::{AppendError, FollowError, Head, Journal, RoomKey, SqliteJournal};
use setroom_server::telemetry::Metrics;

use crate::support::writer::{Writer, append};
use crate::support::{soon, until_free};

pub(crate) const ROOM: RoomKey = RoomKey([9; 16]);

/// A data folder that goes away with the test.
pub(crate) struct Disk {
    pub(crate) folder: tempfile::TempDir,
    metrics: Metrics,
    pub(crate) max_bytes: Option<u64>,
    pub(crate) reserve_bytes: u64,
}

impl Disk {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, metrics: Metrics::new(), max_bytes: None, reserve_bytes: 0 }
    }

    pub(crate) fn options(&self) -> SqliteOptions {
        SqliteOptions {
            folder: self.folder.path().join("data"),
            max_bytes: self.max_bytes,
            reserve_bytes: self.reserve_bytes,
            fatal: Fatal::new(|what| panic!("the journal gave up: {what}")),
        }
    }

    pub(crate) fn open(&self) -> SqliteJournal {
        until_free(&self.options().folder);
        SqliteJournal::open(&self.options(), self.metrics.clone()).expect("the journal opens")
    }

    pub(crate) fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("data").join(DATABASE_FILE)
    }

    /// How often `canary` stands in the files of the data folder.
    pub(crate) fn count(&self, canary: &[u8]) -> usize {
        let files = fs::read_dir(self.folder.path().join("data")).unwrap();
        files
            .map(|file| fs::read(file.unwrap().path()).unwrap())
            .map(|bytes| bytes.windows(canary.len()).filter(|window| *window == canary).count())
            .sum()
    }
}

pub(crate) fn head(at: u64) -> Head {
    Head { stored: at, accepted: at }
}

pub(crate) async fn fill(journal: &SqliteJournal, from: u64, count: u64, bytes: &Bytes) {
    let mut writer = Writer::of(journal, &ROOM).await.unwrap();
    for at in from..from + count {
        writer.write(head(at), at.into(), bytes.clone()).await.unwrap();
    }
}

async fn writers<'a>(journal: &'a SqliteJournal, rooms: &[RoomKey]) -> Vec<Writer<'a>> {
    let writers = rooms.iter().map(|room| Writer::of(journal, room));
    join_all(writers).await.into_iter().map(Result::unwrap).collect()
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    let disk = Disk::new();
    let journal = disk.open();
    fill(&journal, 0, 5, &"kept".into()).await;
    soon(journal.snapshot(ROOM, head(2), "state".into())).await.unwrap();
    soon(journal.erase(RoomKey([3; 16]))).await.unwrap();
    soon(journal.close()).await;

    let journal = disk.open();
    let followed = journal.follow(ROOM).await.unwrap();
    assert_eq!(followed.snapshot.unwrap().bytes, "state");
    let ids: Vec<u128> = followed.entries.iter().map(|entry| entry.id).collect();
    assert_eq!(ids, [2, 3, 4]);
    let stale = append(&journal, &ROOM, head(4), 9, Bytes::new()).await;
    assert_eq!(stale, Err(AppendError::Stale));
    fill(&journal, 5, 1, &Bytes::new()).await;
    assert_eq!(journal.follow(RoomKey([3; 16])).await.unwrap_err(), FollowError::Gone);
}

#[tokio::test]
async fn what_waits_is_committed_together() {
    let disk = Disk::new();
    let journal = disk.open();
    soon(journal.check()).await.unwrap();
    let rooms: Vec<RoomKey> = (0..300_u16)
        .map(|n| {
            let mut key = [0; 16];
            key[..2].copy_from_slice(&n.to_be_bytes());
            RoomKey(key)
        })
        .collect();
    let mut writers = writers(&journal, &rooms).await;
    let before = disk.metrics.journal_commits.get();
    // The writer is held up by somebody else's transaction while 300 rooms come to wait.
    let blocker = Connection::open(disk.file()).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    writers.iter().for_each(|writer| writer.send(head(0), 1, Bytes::from("x"), false));
    blocker.execute_batch("ROLLBACK").unwrap();
    for writer in &mut writers {
        assert_eq!(writer.outcome(1).await, Some(Ok(1)));
    }
    let commits = disk.metrics.journal_commits.get() - before;
    assert!((1..=2).contains(&commits), "{commits} commits for 300 appends");
}

#[tokio::test]
async fn a_snapshot_removes_what_it_replaces_down_to_the_file() {
    let disk = Disk::new();
    let journal = disk.open();
    let canary = Bytes::from("canary-of-the-log".repeat(400));
    fill(&journal, 0, 40, &canary).await;
    // Some of them lie across two pages.
    assert!(disk.count(b"canary-of-the-log") > 40 * 390, "it is there before");
    soon(journal.snapshot(ROOM, head(40), "canary-of-the-state".into())).await.unwrap();
    assert_eq!(disk.count(b"canary-of-the-log"), 0);
    assert_eq!(disk.count(b"canary-of-the-state"), 1);
    fill(&journal, 40, 1, &"after".into()).await;
    soon(journal.snapshot(ROOM, head(41), "newer".into())).await.unwrap();
    assert_eq!(disk.count(b"canary-of-the-state"), 0);
}

#[tokio::test]
async fn what_a_crash_left_of_a_deletion_in_steps_is_not_read_and_is_gone_after_the_next_start() {
    let disk = Disk::new();
    let (journal, other) = (disk.open(), RoomKey([3; 16]));
    fill(&journal, 0, 9, &"canary".into()).await;
    append(&journal, &other, head(0), 1, "canary").await.unwrap();
    soon(journal.close()).await;
    // As on a full disk, where the rows go a few at a time: the snapshot of one room and the
    // tombstone of the other are there, and some rows still are.
    let file = Connection::open(disk.file()).unwrap();
    file.execute_batch("CREATE TEMP TABLE kept AS SELECT * FROM entry").unwrap();
    let journal = disk.open();
    soon(journal.snapshot(ROOM, head(7), "state".into())).await.unwrap();
    soon(journal.erase(other)).await.unwrap();
    file.execute_batch("INSERT INTO entry SELECT * FROM kept WHERE seq BETWEEN 4 AND 7 OR room <> x'09090909090909090909090909090909'").unwrap();
    let followed = journal.follow(ROOM).await.unwrap();
    assert_eq!(followed.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [8, 9]);
    assert_eq!(journal.follow(other).await.unwrap_err(), FollowError::Gone);
    soon(journal.close()).await;
    let journal = disk.open();
    let rows = || file.query_row("SELECT count(*) FROM entry", [], |row| row.get::<_, i64>(0));
    assert_eq!(rows().unwrap(), 2);
    assert_eq!(journal.follow(ROOM).await.unwrap().entries.len(), 2);
}

/// Rows that were moved between pages leave copies in the gaps, unless somebody sees to it.
#[tokio::test]
async fn nothing_is_left_in_gaps_when_many_rooms_come_and_go() {
    use rand::RngExt as _;
    let disk = Disk::new();
    let journal = disk.open();
    let mut random = crate::support::people::rng(11);
    let mut places = [0_u64; 60];
    let canary = |room: usize| format!("<canary-{room:02}>");
    for _ in 0..1500 {
        let room = random.random_range(0..places.len());
        let key = RoomKey([u8::try_from(room).unwrap(); 16]);
        let text = canary(room).repeat(random.random_range(1..60));
        let at = places[room];
        places[room] = append(&journal, &key, head(at), 1, text).await.unwrap();
        if random.random_bool(0.02) {
            let at = head(places[room]);
            soon(journal.snapshot(key, at, "state".into())).await.unwrap();
            assert_eq!(disk.count(canary(room).as_bytes()), 0, "room {room}");
        }
    }
    for (room, place) in places.iter().enumerate() {
        let key = RoomKey([u8::try_from(room).unwrap(); 16]);
        if room % 2 == 0 {
            soon(journal.erase(key)).await.unwrap();
        } else {
            soon(journal.snapshot(key, head(*place), "state".into())).await.unwrap();
        }
        assert_eq!(disk.count(canary(room).as_bytes()), 0, "room {room}");
    }
}

#[tokio::test]
async fn an_erasure_leaves_nothing_but_a_tombstone() {
    let disk = Disk::new();
    let journal = disk.open();
    fill(&journal, 0, 40, &"canary-of-the-log".repeat(400).into()).await;
    soon(journal.snapshot(ROOM, head(20), "canary-of-the-state".into())).await.unwrap();
    soon(journal.erase(ROOM)).await.unwrap();
    assert_eq!(disk.count(b"canary-of"), 0);
    soon(journal.close()).await;
    assert_eq!(disk.count(b"canary-of"), 0);
}

// fault: F33 — the write-ahead log stays bounded while all rooms write
#[tokio::test]
async fn the_write_ahead_log_stays_short_under_load() {
    let disk = Disk::new();
    let journal = disk.open();
    let wal = disk.file().with_extension("sqlite3-wal");
    let bytes = Bytes::from(vec![b'x'; 4000]);
    let rooms: Vec<RoomKey> = (0..64).map(|n| RoomKey([n; 16])).collect();
    let mut writers = writers(&journal, &rooms).await;
    let (mut longest, mut written) = (0, 0);
    for at in 0..150 {
        writers.iter().for_each(|writer| writer.send(head(at), 1, bytes.clone(), false));
        for writer in &mut writers {
            assert_eq!(writer.outcome(1).await, Some(Ok(at + 1)));
        }
        written += 64 * bytes.len() as u64;
        longest = longest.max(fs::metadata(&wal).unwrap().len());
    }
    assert!(written > 36 * 1024 * 1024);
    // Twice the size at which it is copied, and what one batch may add.
    assert!(longest < 20 * 1024 * 1024, "{longest} bytes");
}

#[tokio::test]
async fn the_write_ahead_log_is_longer_than_what_is_in_it_and_opens_as_a_crash_leaves_it() {
    let disk = Disk::new();
    let journal = disk.open();
    fill(&journal, 0, 3, &"kept".into()).await;
    // The log grows when the answer is out; the next answer says that this is over.
    fill(&journal, 3, 1, &"kept".into()).await;
    let wal = disk.file().with_extension("sqlite3-wal");
    let mebibyte = 1 << 20;
    assert!(fs::metadata(&wal).unwrap().len() > mebibyte);

    let crashed = Disk::new();
    fs::create_dir(crashed.folder.path().join("data")).unwrap();
    fs::copy(&wal, crashed.file().with_extension("sqlite3-wal")).unwrap();
    fs::copy(disk.file(), crashed.file()).unwrap();
    let opened = crashed.open();
    assert_eq!(opened.follow(ROOM).await.unwrap().entries.len(), 4);

    // Cut to nothing for somebody who waits for that, it is made longer with the next entry.
    soon(journal.snapshot(ROOM, head(4), "state".into())).await.unwrap();
    assert_eq!(fs::metadata(&wal).unwrap().len(), 0);
    fill(&journal, 4, 2, &"kept".into()).await;
    assert!(fs::metadata(&wal).unwrap().len() > mebibyte);
}

#[tokio::test]
async fn snapshots_are_finished_while_others_write_without_pause() {
    let disk = Disk::new();
    let journal = disk.open();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let others: Vec<_> = (0..8)
        .map(|n| {
            let (journal, stopped) = (journal.clone(), stopped.clone());
            tokio::spawn(async move {
                let mut at = 0;
                let mut writer = Writer::of(&journal, &RoomKey([n; 16])).await.unwrap();
                while !*stopped.borrow() {
                    at = writer.write(head(at), 1, "busy".into()).await.unwrap();
                }
                at
            })
        })
        .collect();
    for at in 0..20 {
        fill(&journal, at, 1, &format!("canary-{at}-").into()).await;
        soon(journal.snapshot(ROOM, head(at + 1), "state".into())).await.unwrap();
        assert_eq!(disk.count(format!("canary-{at}-").as_bytes()), 0);
    }
    stop.send(true).unwrap();
    for other in others {
        assert!(soon(other).await.unwrap() > 0, "the others were not held up for good");
    }
}

// fault: F10 — an append that finds no space is refused as such, and later ones are taken again
#[tokio::test]
async fn a_full_disk_refuses_and_recovers() {
    let mut disk = Disk::new();
    disk.max_bytes = Some(256 * 1024);
    let journal = disk.open();
    let bytes = Bytes::from(vec![b'x'; 3000]);
    let mut at = 0;
    let mut writer = Writer::of(&journal, &ROOM).await.unwrap();
    let full = loop {
        match writer.write(head(at), at.into(), bytes.clone()).await {
            Ok(seq) => at = seq,
            Err(error) => break error,
        }
    };
    assert_eq!(full, AppendError::Busy);
    assert!(at > 10);
    let entries = journal.follow(ROOM).await.unwrap().entries;
    assert_eq!(entries.len() as u64, at, "nothing of the refused one was written");
    soon(journal.erase(RoomKey([1; 16]))).await.unwrap();
    soon(journal.snapshot(ROOM, head(at), "small".into())).await.unwrap();
    fill(&journal, at, 5, &bytes).await;
}

// fault: F14 — a second process on a data folder is refused, and told which one has it
#[tokio::test]
async fn a_second_process_is_told_who_has_the_folder() {
    let disk = Disk::new();
    let journal = disk.open();
    let refused = SqliteJournal::open(&disk.options(), Metrics::new()).unwrap_err().to_string();
    assert!(refused.contains(&format!("in use by process {}", std::process::id())), "{refused}");
    soon(journal.close()).await;
    disk.open();
}

#[cfg(unix)]
#[tokio::test]
async fn the_folder_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let disk = Disk::new();
    let journal = disk.open();
    fill(&journal, 0, 1, &Bytes::new()).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = disk.folder.path().join("data");
    assert_eq!(mode(&folder), 0o700);
    for name in [DATABASE_FILE, "journal.sqlite3-wal", LOCK_FILE] {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_file_of_another_kind_is_left_alone() {
    let disk = Disk::new();
    soon(disk.open().close()).await;
    let file = Connection::open(disk.file()).unwrap();
    file.pragma_update(None, "user_version", 99).unwrap();
    let newer = SqliteJournal::open(&disk.options(), Metrics::new()).unwrap_err();
    assert!(matches!(newer, OpenError::Newer { found: 99, known: 2 }), "{newer}");
    file.pragma_update(None, "application_id", 5).unwrap();
    let foreign = SqliteJournal::open(&disk.options(), Metrics::new()).unwrap_err();
    assert!(matches!(foreign, OpenError::Foreign(_)), "{foreign}");
}

#[tokio::test]
async fn the_settings_that_durability_rests_on_are_in_force() {
    let disk = Disk::new();
    let journal = disk.open();
    fill(&journal, 0, 1, &Bytes::new()).await;
    let file = Connection::open(disk.file()).unwrap();
    let mode: String = file.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    let strict: i64 = file
        .query_row("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(strict, 0, "every table is STRICT");
}
