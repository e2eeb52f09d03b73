//! What is to be gone from the disk while somebody reads the journal, as a backup does, is gone as soon
//! as they have: whoever asked for it may be gone before.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use rusqlite::Connection;
use setroom_client::Client;
use setroom_protocol::{CloseCode, Command, LinkRole};
use setroom_server::config::JournalKind;
use setroom_server::journal::sqlite::DATABASE_FILE;
use setroom_server::journal::{Journal, KeepError, MemoryJournal, RoomKey};

use crate::journal_sqlite::{Disk, ROOM, fill, head};
use crate::support::people::{Set, roomy};
use crate::support::writer::append;
use crate::support::{TestServer, soon, start};
use crate::unused_sets::until_gone;

/// Somebody who reads one moment of the journal, as a backup does.
fn reader(file: &Path) -> Connection {
    let backup = Connection::open(file).unwrap();
    backup.execute_batch("BEGIN; SELECT count(*) FROM entry").unwrap();
    backup
}

async fn until_clean(disk: &Disk) {
    soon(async {
        while disk.count(b"canary") > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_reader_held_up_is_gone_after_it_without_being_asked_for_again() {
    let disk = Disk::new();
    let journal = disk.open();
    fill(&journal, 0, 3, &"canary".into()).await;
    let backup = reader(&disk.file());
    assert_eq!(soon(journal.erase(ROOM)).await, Err(KeepError::Busy), "not yet off the disk");
    append(&journal, &RoomKey([1; 16]), head(0), 1, Bytes::new()).await.unwrap();
    assert!(disk.count(b"canary") > 0, "the search can find");
    drop(backup);
    until_clean(&disk).await;
    soon(journal.erase(ROOM)).await.unwrap();
}

#[tokio::test]
async fn what_a_process_left_behind_is_gone_soon_after_the_next_start() {
    let disk = Disk::new();
    let journal = disk.open();
    fill(&journal, 0, 3, &"canary".into()).await;
    let backup = reader(&disk.file());
    assert_eq!(soon(journal.erase(ROOM)).await, Err(KeepError::Busy));
    // What is on the disk when the process is killed now.
    let after = Disk::new();
    let folder = after.options().folder;
    fs::create_dir(&folder).unwrap();
    for file in fs::read_dir(disk.options().folder).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.join(file.file_name())).unwrap();
    }
    drop(backup);
    assert!(after.count(b"canary") > 0, "the search can find");
    let _open = after.open();
    until_clean(&after).await;
}

async fn on_disk(folder: &Path) -> TestServer {
    start(|config| {
        roomy(config);
        config.journal = JournalKind::Sqlite;
        config.data = folder.join("data");
    })
    .await
}

/// Lets time pass until their line ends, and says how.
async fn ends(server: &TestServer, who: &mut Client) -> Option<CloseCode> {
    let passes = async {
        loop {
            server.clock.advance(500);
            tokio::time::timeout(
                std::time::Duration::from_millis(50),
                std::future::pending::<()>(),
            )
            .await
            .unwrap_err();
        }
    };
    tokio::select! {
        ended = soon(who.until_ended()) => ended.unwrap().close_code(),
        () = passes => None,
    }
}

#[tokio::test]
async fn people_of_an_erased_set_are_told_so_when_nothing_is_left_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let mut set = Set::on(on_disk(folder.path()).await, MemoryJournal::new()).await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.host_does(Command::Start).await;
    set.host_does(Command::Close).await;
    set.agree(&mut [&mut ben]).await;
    let file = folder.path().join("data").join(DATABASE_FILE);
    let backup = reader(&file);
    set.host_does(Command::EraseSet).await;
    until_gone(&set.server, &set.links).await;
    // Who looks in meanwhile hears the word as well.
    let erased = |model: &setroom_client::Model| model.shared().is_some_and(|shared| shared.erased);
    ben.wait_for("the end of the set", erased).await.unwrap();
    ben.go().await.unwrap();
    ben.come_back().await.unwrap();
    set.host.wait_for("the end of the set", erased).await.unwrap();
    drop(backup);
    assert_eq!(ends(&set.server, &mut ben).await, Some(CloseCode::SetClosed));
    assert_eq!(ends(&set.server, &mut set.host).await, Some(CloseCode::SetClosed));
    let log = file.with_extension("sqlite3-wal");
    assert_eq!(fs::metadata(log).map_or(0, |log| log.len()), 0, "nothing is left in the log");
}
