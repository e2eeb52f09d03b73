//! Sets that nobody used go by themselves, and no others.

use rusqlite::Connection;
use setroom_client::{Client, ClientError, Links, create_set};
use setroom_protocol::{Command, LinkRole, MeetingId, Mode, SetId, Timestamp};
use setroom_server::config::JournalKind;
use setroom_server::journal::sqlite::DATABASE_FILE;
use setroom_server::journal::{FollowError, Journal, KeepError, RoomKey};

use crate::journal_sqlite::{Disk, head};
use crate::support::people::{closed, dial_to, rng, roomy};
use crate::support::writer::append;
use crate::support::{TestServer, soon, start};

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;

async fn server(folder: &std::path::Path, days: u32, hours: u32) -> TestServer {
    start(|config| {
        roomy(config);
        config.journal = JournalKind::Sqlite;
        config.data = folder.join("data");
        (config.limits.unused_set_days, config.limits.uncalled_set_hours) = (days, hours);
        config.limits.retention_days = 400;
    })
    .await
}

/// Asked of the file: whoever followed the set would be somebody who is there.
pub(crate) fn is_gone(server: &TestServer, links: &Links) -> bool {
    let file = server.running.state().config.data.join(DATABASE_FILE);
    let file = Connection::open(file).unwrap();
    let mut tombstones = file.prepare("SELECT 1 FROM tombstone WHERE room = ?").unwrap();
    tombstones.exists([links.set().as_bytes()]).unwrap()
}

pub(crate) async fn until_gone(server: &TestServer, links: &Links) {
    soon(async {
        while !is_gone(server, links) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// Sets of every kind: one that nobody entered, one with its host alone, one with somebody else who
/// has left again, one with a meeting. Nobody is there any more.
async fn four_sets(server: &TestServer) -> [Links; 4] {
    let dial = dial_to(server);
    let mut sets = Vec::new();
    for seed in 0..4 {
        sets.push(
            create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(seed)).await.unwrap(),
        );
    }
    let sets: [Links; 4] = sets.try_into().unwrap();
    for (of, links) in sets.iter().enumerate().skip(1) {
        let seed = 10 * of as u64;
        let mut host = Client::host(&dial, links, "Tuesday", "Asha", rng(seed)).await.unwrap();
        if of == 2 {
            let link = links.of(LinkRole::Member);
            let mut ben = Client::knock(&dial, link, "Ben", rng(seed + 1)).await.unwrap();
            host.admit(ben.device()).await.unwrap();
            ben.enter("Ben").await.unwrap();
            let (cid, seen) = (ben.fresh_cid(), ben.model().seq());
            ben.ask(cid, seen, Command::Leave).await.unwrap();
            ben.until_ended().await.unwrap();
        }
        if of == 3 {
            host.must("the start", Command::Start).await.unwrap();
        }
        host.go().await.unwrap();
    }
    server.until_figure("setroom_room_seats_connected", 0.0).await;
    server.clock.advance(16 * MINUTE_MS);
    server.until_figure("setroom_room_rooms_live", 0.0).await;
    sets
}

#[tokio::test]
async fn sets_that_nobody_used_go_after_their_time_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), 30, 24).await;
    let sets = four_sets(&server).await;
    let [uncalled, alone, shared, met] = &sets;
    assert!(!is_gone(&server, uncalled));
    server.clock.advance(DAY_MS);
    until_gone(&server, uncalled).await;
    for links in [alone, shared, met] {
        assert!(!is_gone(&server, links));
    }
    // Its link opens nothing any more, and its id is not taken by anybody else.
    let late = Client::host(&dial_to(&server), uncalled, "Tuesday", "Asha", rng(99)).await;
    let Err(ClientError::Ended(ended)) = late else { panic!("it opens") };
    assert_eq!(closed(&ended), 4401);
    server.clock.advance(30 * DAY_MS);
    until_gone(&server, alone).await;
    for links in [shared, met] {
        assert!(!is_gone(&server, links));
    }
    server.running.stop().await;
}

#[tokio::test]
async fn a_set_whose_meeting_is_planned_is_waited_for_and_not_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), 30, 24).await;
    let dial = dial_to(&server);
    let now = server.running.state().clock.now_ms();
    let mut sets = Vec::new();
    for (seed, days) in [(1, 50), (2, 100_000)] {
        let links = Links::generate(SetId::from_bytes([seed; 16]), &mut rng(seed.into()));
        let meeting = MeetingId::from_bytes([seed; 16]);
        let mut founding = links.founding(meeting, "short_90", "classic", Mode::Set);
        founding.starts_at = Some(Timestamp(now + days * DAY_MS));
        let body = serde_json::to_string(&founding).unwrap();
        assert_eq!(dial.post("/api/sets", &body).await.unwrap().status, 201);
        let mut host = Client::host(&dial, &links, "Tuesday", "Asha", rng(9)).await.unwrap();
        host.go().await.unwrap();
        sets.push(links);
    }
    let [soon_met, never_met] = &sets[..] else { panic!() };
    let marker = async |seed: u64| {
        // What goes in the same sweep shows that it has been.
        let links =
            create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(seed)).await.unwrap();
        server.clock.advance(DAY_MS);
        until_gone(&server, &links).await;
    };
    server.until_figure("setroom_room_seats_connected", 0.0).await;
    server.clock.advance(16 * MINUTE_MS);
    server.until_figure("setroom_room_rooms_live", 0.0).await;
    server.clock.advance(78 * DAY_MS);
    marker(50).await;
    assert!(!is_gone(&server, soon_met));
    server.clock.advance(DAY_MS);
    until_gone(&server, soon_met).await;
    assert!(!is_gone(&server, never_met));
    server.clock.advance(320 * DAY_MS);
    until_gone(&server, never_met).await;
    server.running.stop().await;
}

#[tokio::test]
async fn a_set_that_has_met_and_waits_for_its_next_meeting_stays_its_days() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), 30, 24).await;
    let dial = dial_to(&server);
    let now = server.running.state().clock.now_ms();
    let mut sets = Vec::new();
    for seed in [1, 2] {
        let links =
            create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(seed)).await.unwrap();
        let mut host = Client::host(&dial, &links, "Tuesday", "Asha", rng(seed)).await.unwrap();
        let next = MeetingId::from_bytes([0x21; 16]);
        if seed == 1 {
            // A host alone has met nobody, and the room shows a meeting that has not begun.
            host.must("the start", Command::Start).await.unwrap();
            host.must("the close", Command::Close).await.unwrap();
            assert!(host.next_meeting(next).await.unwrap().done().is_some());
        } else {
            // Nobody has met, and there is a date.
            let dates = [(next, Timestamp(now + 80 * DAY_MS))].into();
            host.must("the dates", Command::SetDates { dates, fixes: false }).await.unwrap();
        }
        host.go().await.unwrap();
        sets.push(links);
    }
    let [met, planned] = &sets[..] else { panic!() };
    server.until_figure("setroom_room_seats_connected", 0.0).await;
    server.clock.advance(16 * MINUTE_MS);
    server.until_figure("setroom_room_rooms_live", 0.0).await;
    server.clock.advance(108 * DAY_MS);
    // What goes in the same sweep shows that it has been.
    let marker = create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(50)).await.unwrap();
    server.clock.advance(DAY_MS);
    until_gone(&server, &marker).await;
    assert!(!is_gone(&server, met) && !is_gone(&server, planned));
    server.clock.advance(DAY_MS);
    until_gone(&server, planned).await;
    server.clock.advance(250 * DAY_MS);
    let marker = create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(51)).await.unwrap();
    server.clock.advance(DAY_MS);
    until_gone(&server, &marker).await;
    assert!(!is_gone(&server, met));
    server.running.stop().await;
}

#[tokio::test]
async fn where_it_is_not_wished_nothing_goes_sooner_than_others() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path(), 0, 24).await;
    let [uncalled, alone, shared, met] = &four_sets(&server).await;
    server.clock.advance(390 * DAY_MS);
    until_gone(&server, uncalled).await;
    assert!(!is_gone(&server, alone));
    server.clock.advance(10 * DAY_MS);
    for links in [alone, shared, met] {
        until_gone(&server, links).await;
    }
    server.running.stop().await;
}

#[tokio::test]
async fn a_set_in_which_somebody_is_or_something_happened_does_not_go() {
    let disk = Disk::new();
    let (journal, room) = (disk.open(), RoomKey([9; 16]));
    append(&journal, &room, head(0), 1, "founded").await.unwrap();
    let live = journal.follow(room).await.unwrap();
    assert_eq!(soon(journal.erase_unless_used(room, 1)).await, Err(KeepError::Busy));
    drop(live);
    append(&journal, &room, head(1), 2, "changed").await.unwrap();
    assert_eq!(soon(journal.erase_unless_used(room, 1)).await, Err(KeepError::Busy));
    soon(journal.erase_unless_used(room, 2)).await.unwrap();
    assert_eq!(journal.follow(room).await.unwrap_err(), FollowError::Gone);
}
