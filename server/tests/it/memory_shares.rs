//! What rooms of one address hold in memory, and what it costs to load them, is paid for by those who
//! opened them.

use std::net::IpAddr;
use std::sync::Arc;
use std::thread::ThreadId;

use parking_lot::Mutex;
use setroom_client::{Client, create_set};
use setroom_protocol::{ClientFrame, CloseCode, Command, Mode, Recorded, Room, TextKind, Token32};
use setroom_server::config::Config;
use setroom_server::rules::Rules;

use crate::journal_share::{goes_where_texts_stay, writes};
use crate::shares::{NOT_SAVED, writes_all_it_can};
use crate::support::people::{closed, dial_to, door, line, rng, roomy};
use crate::support::{TestServer, soon, start, start_with};

const KIB: f64 = 1024.0;

/// A megabyte for all rooms, of which an address keeps what one within its share holds.
fn small(config: &mut Config) {
    roomy(config);
    config.limits.loopback_exempt = false;
    (config.limits.rooms_mib, config.limits.rooms, config.limits.rooms_per_address) = (1, 32, 1);
}

async fn host_at(server: &TestServer, address: &str, seed: u64) -> Client {
    let dial = dial_to(server).from(address.parse::<IpAddr>().unwrap());
    let mut own = rng(seed);
    let links = create_set(&dial, "short_90", "classic", Mode::Set, &mut own).await.unwrap();
    Client::host(&dial, &links, "Large", "Eve", own).await.unwrap()
}

async fn held(server: &TestServer) -> f64 {
    server.figure("setroom_room_memory_bytes").await.unwrap() / KIB
}

const EVES: &str = "127.0.0.9";
const WARD: &str = "127.0.0.8";

#[tokio::test]
async fn rooms_of_one_address_leave_half_of_the_memory_to_others() {
    let server = start(small).await;
    // Two rooms, of which each takes all that it may.
    let mut eves = Vec::new();
    for n in 0..2 {
        let mut room = host_at(&server, EVES, n).await;
        writes_all_it_can(&mut room).await;
        eves.push(room);
    }
    let before = held(&server).await;
    assert!((400.0..800.0).contains(&before), "{before} KiB");
    // A neighbour's room goes beyond its share, and a newcomer finds theirs.
    let mut ward = host_at(&server, WARD, 10).await;
    goes_where_texts_stay(&mut ward).await;
    for _ in 0..12 {
        writes(&mut ward).await.done().expect("there is room");
    }
    let dial = dial_to(&server).from(WARD.parse::<IpAddr>().unwrap());
    let links = create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(20)).await.unwrap();
    Client::knock(&dial, &links.member, "Ben", rng(21)).await.unwrap();
    // And Eve's are told so, and go on.
    assert_eq!(writes(&mut eves[0]).await, NOT_SAVED);
    eves[0].must("a move", Command::Lock { on: true }).await.unwrap();
    // That is nothing for which the operator is woken: the journal wrote all that it was asked to.
    let figure = async |name: &str| server.figure(name).await.unwrap();
    assert!(figure(r#"setroom_room_commands_total{outcome="not_saved"}"#).await > 0.0);
    assert_eq!(figure(r#"setroom_room_commands_total{outcome="busy"}"#).await, 0.0);
    assert_eq!(figure("setroom_room_not_saved_total").await, 0.0);
}

#[tokio::test]
async fn rooms_of_one_address_that_are_loaded_beyond_its_half_end_for_each_other() {
    let server = start(small).await;
    let mut large = Vec::new();
    for n in 0..4 {
        let mut room = host_at(&server, EVES, n).await;
        writes_all_it_can(&mut room).await;
        room.go().await.unwrap();
        server.until_figure("setroom_room_seats_connected", 0.0).await;
        server.clock.advance(15 * 60_000);
        server.until_figure("setroom_room_rooms_live", 0.0).await;
        large.push(room);
    }
    let mut ward = host_at(&server, WARD, 10).await;
    let before = held(&server).await;
    let mut lines = Vec::new();
    for room in &large {
        let dial = dial_to(&server).from(EVES.parse::<IpAddr>().unwrap());
        let mut line = line(&dial, &room.keyring().come_back(None)).await;
        soon(line.next_text()).await.unwrap();
        lines.push(line);
    }
    // The largest of those before it ended for the one that came last.
    let ends = lines.iter_mut().map(|line| {
        Box::pin(async {
            loop {
                if let Err(ended) = line.next_text().await {
                    return ended;
                }
            }
        })
    });
    let (ended, _, _) = soon(futures_util::future::select_all(ends)).await;
    assert_eq!(closed(&ended), CloseCode::Full.code());
    soon(async { while held(&server).await > before + 700.0 {} }).await;
    let refused = r#"setroom_limit_refusals_total{limit="room_memory"}"#;
    assert!(server.figure(refused).await.unwrap() > 0.0);
    ward.put(TextKind::Charter, "We listen.", None).await.unwrap().1.done().unwrap();
}

/// On which threads records were put into rooms.
#[derive(Debug, Default)]
struct Threads {
    of: Mutex<Vec<ThreadId>>,
}

impl Rules for Threads {
    fn apply(&self, room: &mut Room, record: &Recorded) {
        self.of.lock().push(std::thread::current().id());
        room.apply(record);
    }
}

// What a wrong token has loaded is made into a room where it holds up nobody.
#[tokio::test]
async fn a_heavy_room_is_loaded_beside_the_threads_that_serve_others() {
    let threads = Arc::new(Threads::default());
    let rules = Arc::clone(&threads);
    let server = start_with(
        |config| {
            roomy(config);
            // What led to its state is long, and is gone through anew.
            config.limits.set_journal_mib = 16;
        },
        |server| server.rules = rules,
    )
    .await;
    let dial = dial_to(&server);
    let mut own = rng(1);
    let links = create_set(&dial, "short_90", "classic", Mode::Set, &mut own).await.unwrap();
    let mut host = Client::host(&dial, &links, "Large", "Eve", own).await.unwrap();
    goes_where_texts_stay(&mut host).await;
    for _ in 0..60 {
        writes(&mut host).await.done().unwrap();
    }
    let known = host.keyring().come_back(None);
    host.go().await.unwrap();
    server.until_figure("setroom_room_seats_connected", 0.0).await;
    server.clock.advance(15 * 60_000);
    server.until_figure("setroom_room_rooms_live", 0.0).await;
    threads.of.lock().clear();
    let mut wrong = known;
    if let ClientFrame::Resume { token, .. } = &mut wrong {
        *token = Token32([3; 32]);
    }
    assert_eq!(door(&dial, &wrong).await.1, CloseCode::Auth.code());
    let own = std::thread::current().id();
    let on = threads.of.lock().clone();
    assert!(!on.is_empty() && on.iter().all(|thread| *thread != own), "{} records", on.len());
}

#[tokio::test]
async fn the_hosts_link_is_used_as_often_as_somebody_comes_back() {
    let server = start(|config| {
        roomy(config);
        config.limits.returns_per_seat_burst = 3;
    })
    .await;
    let dial = dial_to(&server);
    let mut own = rng(1);
    let links = create_set(&dial, "short_90", "classic", Mode::Set, &mut own).await.unwrap();
    let mut hosts = Vec::new();
    // Each time with another browser.
    for n in 0..3 {
        hosts.push(Client::knock(&dial, &links.host, "Asha", rng(10 + n)).await.unwrap());
    }
    let refused = Client::knock(&dial, &links.host, "Asha", rng(20)).await;
    let setroom_client::ClientError::Ended(ended) = refused.unwrap_err() else {
        panic!("it ended")
    };
    assert_eq!(ended.close_code(), Some(CloseCode::TooFast));
    server.clock.advance(1_000);
    Client::knock(&dial, &links.host, "Asha", rng(21)).await.unwrap();
}
