//! A set is kept for as long as people were told, and no longer: by the clock, over restarts, and at
//! once where a facilitator ends it. What is gone is gone from the disk.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use setroom_client::{Client, ClientError, Links, Tape, create_set};
use setroom_protocol::{Command, LinkRole, MeetingId, Mode, TextKind, Timestamp};
use setroom_server::clock::{Clock, ManualClock};
use setroom_server::config::JournalKind;

use crate::support::people::{closed, dial_to, rng, roomy};
use crate::support::{TestServer, soon, start_with};
use crate::unused_sets::{is_gone, until_gone};

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 24 * 60 * MINUTE_MS;
const DAYS: u32 = 40;

async fn server(folder: &Path, clock: &ManualClock) -> TestServer {
    let settings = |config: &mut setroom_server::config::Config| {
        roomy(config);
        config.journal = JournalKind::Sqlite;
        config.data = folder.join("data");
        config.limits.retention_days = DAYS;
    };
    let parts = |server: &mut setroom_server::Server| server.clock = Clock::Manual(clock.clone());
    let mut server = start_with(settings, parts).await;
    server.clock = clock.clone();
    server
}

/// Everything in the files of the data folder.
fn disk(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder.join("data")).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.is_file()).flat_map(|path| std::fs::read(path).unwrap()).collect()
}

fn has(disk: &[u8], piece: &[u8]) -> bool {
    disk.windows(piece.len()).any(|window| window == piece)
}

/// All texts of a set that no other set has: ids, hashes, keys and boxes, as its frames have them.
fn pieces(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            pieces(&Value::from(key.as_str()), into);
            pieces(value, into);
        }),
        Value::Array(list) => list.iter().for_each(|value| pieces(value, into)),
        Value::String(text) if text.len() >= 22 && !text.contains(['.', ' ']) => {
            into.push(text[..text.len().min(40)].to_owned());
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What the disk holds of a set, as its host's browser knows it: but for its id.
fn traces(of: &Client, links: &Links) -> Vec<String> {
    let mut all = Vec::new();
    pieces(&serde_json::to_value(of.shared().unwrap()).unwrap(), &mut all);
    all.extend(links.all().map(|link| {
        let hash = setroom_protocol::Hash32(link.keys().token.hash());
        serde_json::to_value(hash).unwrap().as_str().unwrap().to_owned()
    }));
    // Zeros say nothing about where they come from.
    let says = |piece: &str| piece.bytes().collect::<BTreeSet<_>>().len() >= 8;
    all.retain(|piece| *piece != links.set().to_string() && says(piece));
    all.sort();
    all.dedup();
    all
}

struct Kept {
    links: Links,
    host: Client,
    ben: Client,
    traces: Vec<String>,
}

/// A set of two in the middle of a meeting, in which something was written.
async fn meeting(server: &TestServer, folder: &Path, seed: u64) -> Kept {
    let dial = dial_to(server);
    let links = create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(seed)).await.unwrap();
    let mut host = Client::host(&dial, &links, "Tuesday", "Asha", rng(seed + 1)).await.unwrap();
    let link = links.of(LinkRole::Member);
    let mut ben = Client::knock(&dial, link, "Ben", rng(seed + 2)).await.unwrap();
    host.admit(ben.device()).await.unwrap();
    ben.enter("Ben").await.unwrap();
    let (_, answer) = host.put(TextKind::Charter, "We end on time", None).await.unwrap();
    assert!(answer.done().is_some());
    host.must("the start", Command::Start).await.unwrap();
    let traces = traces(&host, &links);
    let disk = disk(folder);
    let there = traces.iter().filter(|piece| has(&disk, piece.as_bytes())).count();
    assert!(there >= 12, "what is looked for is there: {there} of {}", traces.len());
    Kept { links, host, ben, traces }
}

/// Nothing of it is on the disk any more. An erasure answers when it is done down to the file, so this
/// waits for nothing but that.
async fn until_wiped(folder: &Path, kept: &Kept) {
    soon(async {
        loop {
            let disk = disk(folder);
            if !kept.traces.iter().any(|piece| has(&disk, piece.as_bytes())) {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
}

async fn all_go(server: &TestServer, sets: &mut [Kept]) {
    for Kept { host, ben, .. } in sets {
        host.go().await.unwrap();
        ben.go().await.unwrap();
    }
    // The room has heard it too: from then on it is empty.
    server.until_figure("setroom_room_seats_connected", 0.0).await;
    server.clock.advance(16 * MINUTE_MS);
    server.until_figure("setroom_room_rooms_live", 0.0).await;
}

/// A set that nobody enters goes after a day: with it the test knows that there was a sweep.
async fn a_sweep(server: &TestServer, seed: u64) {
    let dial = dial_to(server);
    let marker = create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(seed)).await.unwrap();
    server.clock.advance(DAY_MS);
    until_gone(server, &marker).await;
}

// A set that was closed, one that waits for its next meeting, and one that was left in the middle.
#[tokio::test]
async fn what_is_kept_goes_after_its_days_over_a_restart_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(1_750_000_000_000);
    let first = server(folder.path(), &clock).await;
    let mut sets = Vec::new();
    for seed in [10, 20, 30] {
        sets.push(meeting(&first, folder.path(), seed).await);
    }
    for kept in &mut sets[..2] {
        kept.host.must("the close", Command::Close).await.unwrap();
    }
    let starts_at = Timestamp(first.running.state().clock.now_ms() + 60 * DAY_MS);
    let dates = [(MeetingId::from_bytes([0x21; 16]), starts_at)].into();
    sets[1].host.must("the dates", Command::SetDates { dates, fixes: false }).await.unwrap();
    first.running.stop().await;

    let second = server(folder.path(), &clock).await;
    clock.advance(u64::from(DAYS - 2) * DAY_MS);
    a_sweep(&second, 101).await;
    assert!(sets.iter().all(|kept| !is_gone(&second, &kept.links)), "not before");
    clock.advance(DAY_MS);
    for kept in [&sets[0], &sets[2]] {
        until_gone(&second, &kept.links).await;
        until_wiped(folder.path(), kept).await;
    }
    a_sweep(&second, 102).await;
    assert!(!is_gone(&second, &sets[1].links), "its next meeting is waited for");
    second.running.stop().await;

    let third = server(folder.path(), &clock).await;
    clock.advance(57 * DAY_MS);
    a_sweep(&third, 103).await;
    assert!(!is_gone(&third, &sets[1].links), "so many days after its date, and not before");
    clock.advance(DAY_MS);
    until_gone(&third, &sets[1].links).await;
    until_wiped(folder.path(), &sets[1]).await;
    third.running.stop().await;
}

// A machine that starts with its clock a month ahead has a day to be put right, over restarts: what goes
// cannot be had back.
#[tokio::test]
async fn a_clock_that_has_leapt_erases_nothing_for_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let right = ManualClock::new(1_750_000_000_000);
    let first = server(folder.path(), &right).await;
    let mut kept = meeting(&first, folder.path(), 10).await;
    first.running.stop().await;

    let leapt = 1_750_000_000_000 + u64::from(DAYS + 1) * DAY_MS;
    // The first sweep is over when the service has stopped. Not even a second start believes the clock.
    for comes in [false, true] {
        let wrong = ManualClock::new(leapt);
        let second = server(folder.path(), &wrong).await;
        if comes {
            kept.ben.redial(&dial_to(&second));
            kept.ben.come_back().await.unwrap();
        }
        wrong.advance(DAY_MS - MINUTE_MS);
        second.running.stop().await;
    }

    // Put right, nothing has been lost.
    let third = server(folder.path(), &right).await;
    kept.host.redial(&dial_to(&third));
    kept.host.come_back().await.unwrap();
    assert!(!is_gone(&third, &kept.links));
    assert!(kept.traces.iter().all(|piece| has(&disk(folder.path()), piece.as_bytes())));
    third.running.stop().await;
}

// The service stood still for longer than a set is kept: it goes a day later, and not never.
#[tokio::test]
async fn a_set_that_was_used_while_the_clock_was_far_ahead_sets_dates_by_the_right_one() {
    let folder = tempfile::tempdir().unwrap();
    let start_ms = 1_750_000_000_000;
    let wrong = server(folder.path(), &ManualClock::new(start_ms + 180 * DAY_MS)).await;
    let links =
        create_set(&dial_to(&wrong), "short_90", "classic", Mode::Set, &mut rng(1)).await.unwrap();
    let mut host = Client::host(&dial_to(&wrong), &links, "T", "Asha", rng(2)).await.unwrap();
    host.must("a press", Command::Lock { on: true }).await.unwrap();
    assert!(wrong.running.stop().await);
    let right = server(folder.path(), &ManualClock::new(start_ms + DAY_MS)).await;
    host.redial(&dial_to(&right));
    host.come_back().await.unwrap();
    let next_week = Timestamp(start_ms + 8 * DAY_MS);
    let dates = [(MeetingId::from_bytes([0x31; 16]), next_week)].into();
    host.must("a date", Command::SetDates { dates, fixes: false }).await.unwrap();
    assert!(
        host.shared()
            .unwrap()
            .series
            .unwrap()
            .dates
            .values()
            .any(|date| date.starts_at == next_week)
    );
    right.running.stop().await;
}

#[tokio::test]
async fn what_is_over_after_a_long_stop_goes_a_day_later() {
    let folder = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(1_750_000_000_000);
    let first = server(folder.path(), &clock).await;
    let kept = meeting(&first, folder.path(), 10).await;
    first.running.stop().await;

    clock.advance(u64::from(DAYS + 1) * DAY_MS);
    let second = server(folder.path(), &clock).await;
    clock.advance(DAY_MS);
    until_gone(&second, &kept.links).await;
    until_wiped(folder.path(), &kept).await;
    second.running.stop().await;
}

// A page that somebody leaves open keeps no set: its room ends by itself.
#[tokio::test]
async fn a_page_that_is_left_open_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(1_750_000_000_000);
    let server = server(folder.path(), &clock).await;
    let mut kept = meeting(&server, folder.path(), 10).await;
    clock.advance(u64::from(DAYS) * DAY_MS - 1);
    assert!(!is_gone(&server, &kept.links));
    clock.advance(1);
    for client in [&mut kept.host, &mut kept.ben] {
        assert_eq!(closed(&soon(client.until_ended()).await.unwrap()), 4410);
    }
    until_wiped(folder.path(), &kept).await;
    server.running.stop().await;
}

// The hour between two sweeps opens nothing: whoever comes after the time finds no set.
#[tokio::test]
async fn whoever_comes_too_late_finds_no_set_whether_it_was_swept_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(1_750_000_000_000);
    let first = server(folder.path(), &clock).await;
    let mut sets = vec![meeting(&first, folder.path(), 10).await];
    all_go(&first, &mut sets).await;
    first.running.stop().await;
    let second = server(folder.path(), &clock).await;
    a_sweep(&second, 100).await;
    // Its last look was less than an hour ago.
    clock.advance(u64::from(DAYS - 1) * DAY_MS - 20 * MINUTE_MS);
    let [kept] = &mut sets[..] else { panic!() };
    kept.ben.redial(&dial_to(&second));
    let late = kept.ben.come_back().await;
    assert!(late.is_ok(), "twenty minutes before: {late:?}");
    kept.ben.go().await.unwrap();
    second.until_figure("setroom_room_seats_connected", 0.0).await;
    clock.advance(16 * MINUTE_MS);
    second.until_figure("setroom_room_rooms_live", 0.0).await;
    clock.advance(20 * MINUTE_MS);
    let Err(ClientError::Ended(ended)) = kept.ben.come_back().await else { panic!("it opens") };
    assert_eq!(closed(&ended), 4401);
    until_wiped(folder.path(), kept).await;
    second.running.stop().await;
}

#[tokio::test]
async fn the_first_frame_says_for_how_many_days_before_anybody_joins() {
    let folder = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(1_750_000_000_000);
    let server = server(folder.path(), &clock).await;
    let tape = Tape::default();
    let dial = dial_to(&server).tape(&tape);
    let links = create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(1)).await.unwrap();
    let mut host = Client::host(&dial, &links, "Tuesday", "Asha", rng(2)).await.unwrap();
    let first: Value = serde_json::from_slice(&tape.frames()[0]).unwrap();
    assert_eq!((&first["t"], &first["retention_days"]), (&"hello".into(), &DAYS.into()));
    host.go().await.unwrap();
    server.running.stop().await;
}

// What the page says of it is true of the disk: every text, name, seat, key and link is gone, and what
// is left is the set's id. Everybody who is there is told.
#[tokio::test]
async fn a_facilitator_ends_the_set_and_nothing_of_it_is_left_but_its_id() {
    let folder = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(1_750_000_000_000);
    let server = server(folder.path(), &clock).await;
    let other = meeting(&server, folder.path(), 20).await;
    let mut kept = meeting(&server, folder.path(), 10).await;
    kept.host.must("the close", Command::Close).await.unwrap();
    let mut last = traces(&kept.host, &kept.links);
    kept.traces.append(&mut last);
    let done = kept.host.do_(Command::EraseSet).await.unwrap();
    assert!(done.done().is_some(), "{done:?}");
    for client in [&mut kept.host, &mut kept.ben] {
        // They are told before the line is closed, and it is closed when it is true.
        assert_eq!(closed(&soon(client.until_ended()).await.unwrap()), 4410);
        assert!(client.shared().unwrap().erased);
    }
    let after = disk(folder.path());
    for piece in &kept.traces {
        assert!(!has(&after, piece.as_bytes()), "left on the disk: {piece}");
    }
    assert!(
        has(&after, kept.links.set().as_bytes()),
        "its id is left, so that nothing brings it back"
    );
    // The neighbour has all of its own.
    assert!(other.traces.iter().filter(|piece| has(&after, piece.as_bytes())).count() >= 12);
    // Nobody comes back: not by a link, not by what a browser kept, and not by founding it again.
    let dial = dial_to(&server);
    for late in [
        Client::host(&dial, &kept.links, "Tuesday", "Asha", rng(99)).await.map(drop),
        kept.ben.come_back().await,
    ] {
        let Err(ClientError::Ended(ended)) = late else { panic!("it opens: {late:?}") };
        assert_eq!(closed(&ended), 4401);
    }
    let founding =
        kept.links.founding(MeetingId::from_bytes([9; 16]), "short_90", "classic", Mode::Set);
    let body = serde_json::to_string(&founding).unwrap();
    assert_eq!(dial.post("/api/sets", &body).await.unwrap().status, 409);
    server.running.stop().await;
}
