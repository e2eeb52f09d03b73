//! What a change takes away goes from the disk, also where the journal is busy at that moment, the room
//! ends, or the process does; and whoever presses much has it done seldom.

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use setroom_client::Client;
use setroom_protocol::{Code, Command, LinkRole, Mode};
use setroom_server::config::JournalKind;
use setroom_server::journal::sqlite::DATABASE_FILE;
use setroom_server::journal::{MemoryJournal, RoomKey, SqliteJournal};

use crate::after::meets_by_name;
use crate::faults::{faulty, faulty_over};
use crate::journal_sqlite::Disk;
use crate::support::faulty::{Fault, Faulty};
use crate::support::people::{Set, dial_to, roomy};
use crate::support::{as_journal, soon, start, start_with};

const MINUTE_MS: u64 = 60_000;
/// What OPERATIONS says: a state of up to half a MiB is kept anew so often.
const PACE_MS: u64 = 5_000;

/// What of the set is in the journal: how many entries behind the kept state, and all of it as text.
async fn stored(journal: &Faulty, set: &Set) -> (usize, String) {
    let key = RoomKey(*set.links.set().as_bytes());
    let log = journal.inner.follow(key).await.unwrap();
    let entries = log.entries.iter().map(|entry| &entry.bytes);
    let all = entries.chain(log.snapshot.as_ref().map(|kept| &kept.bytes));
    let text = all.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    (log.entries.len(), text)
}

async fn until_small(journal: &Faulty, set: &Set) {
    soon(async {
        while stored(journal, set).await.0 > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// A set with Ben whose meeting is closed, which was not kept the first time.
async fn closed_and_not_kept() -> (Set, Faulty, Client) {
    let (mut set, journal, mut ben) = faulty().await;
    set.host_does(Command::SetMode { mode: Mode::Chatham }).await;
    set.host_does(Command::Start).await;
    let before = journal.kept();
    journal.keep_none(1);
    set.host_does(Command::Close).await;
    set.agree(&mut [&mut ben]).await;
    journal.until_kept(before + 1).await;
    (set, journal, ben)
}

#[tokio::test]
async fn what_could_not_be_made_small_is_tried_again_where_nobody_presses_anything() {
    let (mut set, journal, _ben) = Box::pin(closed_and_not_kept()).await;
    assert!(stored(&journal, &set).await.0 > 0);
    // Whoever is answered finds the room past that.
    assert!(set.host.do_(Command::Start).await.unwrap().refused().is_some());
    set.server.clock.advance(PACE_MS);
    until_small(&journal, &set).await;
    // Nothing else woke the room: both are still there.
    assert_eq!(set.server.figure("setroom_room_seats_connected").await, Some(2.0));
}

#[tokio::test]
async fn a_room_that_everybody_left_is_made_small_before_it_goes() {
    let (mut set, journal, mut ben) = Box::pin(closed_and_not_kept()).await;
    set.host.go().await.unwrap();
    ben.go().await.unwrap();
    set.server.until_figure("setroom_room_seats_connected", 0.0).await;
    set.server.clock.advance(16 * MINUTE_MS);
    set.server.until_figure("setroom_room_rooms_live", 0.0).await;
    assert_eq!(stored(&journal, &set).await.0, 0);
}

#[tokio::test]
async fn a_room_that_is_loaded_anew_takes_away_what_the_one_before_it_could_not() {
    let (mut set, journal, mut ben) = faulty().await;
    meets_by_name(&mut set, &mut ben).await;
    assert!(stored(&journal, &set).await.1.contains(r#""by":{""#), "the search can find");
    journal.keep_none(usize::MAX);
    ben.must("no names", Command::AgreeNames { on: false }).await.unwrap();
    assert!(stored(&journal, &set).await.1.contains(r#""by":{""#));
    // The process is killed, and another one has the journal.
    let parts = Arc::clone(&journal.inner);
    let after = start_with(roomy, |deps| deps.journal = Some(parts)).await;
    ben.redial(&dial_to(&after));
    ben.come_back().await.unwrap();
    until_small(&journal, &set).await;
    let (_, disk) = stored(&journal, &set).await;
    assert!(disk.contains(r#""counts":{"came":2}"#) && !disk.contains(r#""by":{""#), "{disk}");
}

fn rows(file: &Path, what: &str) -> i64 {
    let file = Connection::open(file).unwrap();
    file.query_row(&format!("SELECT count(*) FROM {what}"), [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn a_start_takes_away_what_the_process_before_it_could_not_from_sets_that_nobody_is_in() {
    let disk = Disk::new();
    let on_disk: SqliteJournal = disk.open();
    let (mut set, journal, mut ben) = faulty_over(on_disk).await;
    set.host_does(Command::Start).await;
    journal.keep_none(usize::MAX);
    set.host_does(Command::Close).await;
    set.agree(&mut [&mut ben]).await;
    journal.inner.close().await;
    let Set { server, .. } = set;
    server.running.stop().await;
    drop(journal);
    let folder = disk.options().folder;
    let file = folder.join(DATABASE_FILE);
    assert!(rows(&file, "entry") > 0 && rows(&file, "snapshot") == 0);
    let after = start(|config| {
        roomy(config);
        config.journal = JournalKind::Sqlite;
        config.data = folder;
    })
    .await;
    soon(async {
        while rows(&file, "entry") > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(rows(&file, "snapshot"), 1);
    let (mut shown, _) = (ben, after.running.stop().await);
    assert!(shown.shared().is_ok());
    shown.cut();
}

#[tokio::test]
async fn in_a_closed_set_the_state_is_not_written_for_each_press() {
    let (mut set, journal, mut ben) = faulty().await;
    let mut cleo = set.person(LinkRole::Member, "Cleo").await;
    set.host_does(Command::Start).await;
    set.host_does(Command::Close).await;
    set.agree(&mut [&mut ben, &mut cleo]).await;
    until_small(&journal, &set).await;
    let before = journal.kept();
    for on in [true, false].into_iter().cycle().take(40) {
        ben.must("names", Command::AgreeNames { on }).await.unwrap();
    }
    assert_eq!(journal.kept(), before + 1, "the first of them alone is made small at once");
    let (entries, disk) = stored(&journal, &set).await;
    assert!(entries > 0 && disk.contains("names_agreed"));
    // What was taken back is gone after the time that is promised, and nothing more is written.
    set.server.clock.advance(PACE_MS);
    until_small(&journal, &set).await;
    assert_eq!(journal.kept(), before + 2);
    let (_, disk) = stored(&journal, &set).await;
    assert!(!disk.contains("names_agreed"), "{disk}");
    // What takes nothing away is an entry like others.
    set.server.clock.advance(10 * PACE_MS);
    ben.must("names", Command::AgreeNames { on: true }).await.unwrap();
    assert!(set.host.do_(Command::Start).await.unwrap().refused().is_some());
    assert_eq!((stored(&journal, &set).await.0, journal.kept()), (1, before + 2));
}

#[tokio::test]
async fn a_meeting_that_is_closed_is_made_small_at_once_however_lately_the_set_was() {
    let journal = MemoryJournal::new();
    let parts = Faulty::new(journal.clone());
    let wrapped = setroom_checker::planted::Wrapped(parts.clone());
    let server = start_with(roomy, |deps| deps.journal = Some(as_journal(wrapped))).await;
    let mut set = Set::on(server, journal).await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    meets_by_name(&mut set, &mut ben).await;
    ben.must("no names", Command::AgreeNames { on: false }).await.unwrap();
    set.host_does(Command::Close).await;
    assert!(set.host.do_(Command::Start).await.unwrap().refused().is_some());
    assert_eq!(set.written().await, 0);
}

#[tokio::test]
async fn presses_that_cannot_be_written_hold_nothing_up_that_the_room_does_by_itself() {
    let (mut set, journal, mut ben) = Box::pin(closed_and_not_kept()).await;
    // One press each half a second, and none of them is written.
    for _ in 0..2 * PACE_MS / 500 {
        journal.fail([Fault::Busy]);
        let refused = ben.do_(Command::AgreeNames { on: true }).await.unwrap();
        assert_eq!(refused.refused(), Some(Code::NotSaved));
        set.server.clock.advance(500);
    }
    assert!(set.host.do_(Command::Start).await.unwrap().refused().is_some());
    assert_eq!(stored(&journal, &set).await.0, 0);
}
