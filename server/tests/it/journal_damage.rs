//! Files that do not hold what was written: by somebody's hand, by a flipped bit, by a torn page.

use std::fs;

use bytes::Bytes;
use rand::RngExt as _;
use rand::rngs::StdRng;
use rusqlite::Connection;
use setroom_server::journal::{FollowError, Journal, RoomKey, SqliteJournal};
use setroom_server::telemetry::Metrics;

use crate::journal_sqlite::{Disk, ROOM, fill, head};
use crate::support::people::rng;
use crate::support::writer::append;
use crate::support::{soon, until_free};

/// Changes the file behind the journal's back, then says what following the room comes to.
async fn after_tampering(sql: &str) -> Result<usize, FollowError> {
    let disk = Disk::new();
    let journal = disk.open();
    fill(&journal, 0, 6, &"content".into()).await;
    soon(journal.snapshot(ROOM, head(2), "state".into())).await.unwrap();
    append(&journal, &RoomKey([8; 16]), head(0), 1, "neighbour").await.unwrap();
    soon(journal.close()).await;
    Connection::open(disk.file()).unwrap().execute_batch(sql).unwrap();
    let journal = disk.open();
    let neighbour = journal.follow(RoomKey([8; 16])).await.unwrap();
    assert_eq!(neighbour.entries.len(), 1, "other rooms still open");
    journal.follow(ROOM).await.map(|followed| followed.entries.len())
}

// fault: F12 — a row that is not what was written shuts its room, and its neighbours open
#[tokio::test]
async fn damage_shuts_that_room_and_no_other() {
    assert_eq!(after_tampering("SELECT 1").await, Ok(4));
    for (sql, at) in [
        ("UPDATE entry SET bytes = x'00' WHERE seq = 4", 4),
        ("UPDATE entry SET id = zeroblob(16) WHERE seq = 5", 5),
        ("UPDATE entry SET prev = 1 WHERE seq = 6", 6),
        ("DELETE FROM entry WHERE seq = 4", 4),
        ("UPDATE entry SET form = 2 WHERE seq = 3", 3),
        ("UPDATE snapshot SET bytes = x'00'", 2),
        ("UPDATE snapshot SET accepted = 1", 2),
    ] {
        assert_eq!(after_tampering(sql).await, Err(FollowError::Damaged { at }), "{sql}");
    }
}

/// A journal with twelve rooms, in the main file alone, and what each of them holds.
async fn twelve_rooms() -> (Disk, Vec<Vec<Bytes>>) {
    let disk = Disk::new();
    let journal = disk.open();
    let mut all = vec![Vec::new(); 12];
    for at in 0..20 {
        for (name, texts) in (0_u8..).zip(&mut all) {
            let text =
                Bytes::from(format!("room {name} entry {at} ").repeat(5 + usize::from(name) * 3));
            let key = RoomKey([name; 16]);
            append(&journal, &key, head(at), at.into(), text.clone()).await.unwrap();
            texts.push(text);
        }
    }
    soon(journal.close()).await;
    (disk, all)
}

/// What has become of one page, or of two.
fn damage(bytes: &mut [u8], random: &mut StdRng) -> &'static str {
    const PAGE: usize = 4096;
    // The first page is the file itself; without it there is no journal at all.
    let pages = bytes.len() / PAGE;
    let page = random.random_range(1..pages) * PAGE;
    match random.random_range(0..4) {
        0 => {
            bytes[page + random.random_range(0..PAGE)] ^= 1 << random.random_range(0..8);
            "a flipped bit"
        }
        1 => {
            let half = page + PAGE / 2;
            bytes[half..half + PAGE / 2].fill(0);
            "a page of which half was written"
        }
        2 => {
            let other = random.random_range(1..pages) * PAGE;
            bytes.copy_within(other..other + PAGE, page);
            "a page that was written in the place of another"
        }
        _ => {
            let from = page + random.random_range(0..PAGE - 512);
            bytes[from..from + 512].fill(0xFF);
            "a sector of noise"
        }
    }
}

// fault: F12 — flipped bits and torn pages shut rooms with a clear error, or change nothing
#[tokio::test]
async fn whatever_becomes_of_a_page_no_room_shows_what_was_never_written() {
    let (disk, all) = twelve_rooms().await;
    let sound = fs::read(disk.file()).unwrap();
    let mut random = rng(31);
    let (mut opened, mut shut) = (0, 0);
    for round in 0..60 {
        let mut bytes = sound.clone();
        let what = damage(&mut bytes, &mut random);
        fs::write(disk.file(), bytes).unwrap();
        until_free(&disk.options().folder);
        // Without the schema there is nothing to open, which is said at once.
        let Ok(journal) = SqliteJournal::open(&disk.options(), Metrics::new()) else { continue };
        for (name, texts) in (0_u8..).zip(&all) {
            match soon(journal.follow(RoomKey([name; 16]))).await {
                Ok(followed) => {
                    let found: Vec<Bytes> =
                        followed.entries.into_iter().map(|entry| entry.bytes).collect();
                    let is_whole = found == *texts;
                    assert!(is_whole, "round {round}, {what}: room {name} is another one");
                    opened += 1;
                }
                Err(FollowError::Damaged { .. }) => shut += 1,
                Err(error) => panic!("round {round}, {what}: room {name}: {error}"),
            }
        }
        soon(journal.close()).await;
        let _ = fs::remove_file(disk.file().with_extension("sqlite3-wal"));
    }
    assert!(shut > 20, "only {shut} rooms were shut, and {opened} opened");
    assert!(opened > shut, "only {opened} rooms opened, and {shut} were shut");
}
