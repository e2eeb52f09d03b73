//! What waits in memory for people who read nothing has a bound, and those who read do not pay
//! for it.

use futures_util::future::join_all;
use setroom_client::Client;
use setroom_protocol::{Command, LinkRole, ServerFrame};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::bare::{self, Got, frame};
use crate::support::people::{Set, set_with};
use crate::support::soon;

/// Somebody who comes back to their seat and then reads nothing.
async fn deaf(set: &Set, of: &Client, from: &str) -> TcpStream {
    let to = set.server.running.addr();
    let mut line = bare::try_open(to, from.parse().unwrap(), true, "").await.unwrap();
    let text = serde_json::to_string(&of.keyring().come_back(None)).unwrap();
    line.write_all(&frame(0x81, text.as_bytes())).await.unwrap();
    line
}

/// The whole view that comes on this line.
async fn view(line: &mut TcpStream) -> String {
    loop {
        match bare::next(line).await {
            Got::Text(text) if text.starts_with(r#"{"t":"snapshot""#) => return text,
            Got::Text(_) | Got::Ping(_) => {}
            other @ (Got::Pong(_) | Got::Close(_) | Got::End) => panic!("no view, but {other:?}"),
        }
    }
}

/// Bytes in memory for those who do not read.
async fn waiting(set: &Set) -> f64 {
    set.server.figure("setroom_socket_waiting_bytes").await.unwrap()
}

const MIB: f64 = 1024.0 * 1024.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_view_is_in_memory_once_for_all_who_wait_for_it() {
    let mut set = set_with(|_| {}).await;
    let mut people =
        vec![set.person(LinkRole::Member, "Ben").await, set.person(LinkRole::Member, "Cleo").await];
    set.fill(&mut people).await;
    let mut lines = Vec::new();
    for _ in 0..3 {
        for person in &people {
            lines.push(deaf(&set, person, "127.0.0.1").await);
        }
    }
    // The host, and everyone has begun to get it.
    set.server.until_figure("setroom_room_seats_connected", 7.0).await;
    let bytes = waiting(&set).await;
    assert!(bytes > 2.0 * MIB && bytes < 6.0 * MIB, "{bytes}");
    // Each gets all of it, though it was one piece.
    let views = join_all(lines.iter_mut().map(view)).await;
    let shared = |text: &String| {
        let frame: ServerFrame = serde_json::from_str(text).expect("a whole snapshot");
        assert!(frame.encode() == *text, "it is as the protocol writes it");
        let view: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(view["t"], "snapshot");
        view["shared"].clone()
    };
    assert!(views.iter().all(|view| shared(view) == shared(&views[0])));
    drop(lines);
    set.server.until_figure("setroom_socket_waiting_bytes", 0.0).await;
}

// fault: F18 — what waits for all who do not read has a bound, and those who read stay
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_those_who_read_nothing_the_longest_silent_go_and_whoever_reads_stays() {
    let mut set = set_with(|config| {
        config.limits.loopback_exempt = false;
        config.limits.outbox_mib_per_address = 8;
        config.limits.outbox_mib = 256;
    })
    .await;
    let mut people =
        vec![set.person(LinkRole::Member, "Ben").await, set.person(LinkRole::Member, "Cleo").await];
    set.fill(&mut people).await;
    let mut crowd = Vec::new();
    for _ in 0..6 {
        let mut one = set.person(LinkRole::Member, "Eve").await;
        one.go().await.unwrap();
        crowd.push(one);
    }
    let mut lines = Vec::new();
    for n in 0..12 {
        // Each at a place of its own, so that no two wait for the same bytes.
        let seq = set.host_does(Command::Lock { on: n % 2 == 0 }).await;
        for person in &mut people {
            person.catch_up(seq).await.unwrap();
        }
        lines.push(deaf(&set, &crowd[n % 6], "127.0.0.9").await);
        lines.last().unwrap().peek(&mut [0]).await.unwrap();
        let bytes = waiting(&set).await;
        assert!(bytes < 12.0 * MIB, "{bytes} after {n}");
    }
    let name = "setroom_socket_slow_closes_total";
    soon(async { while set.server.figure(name).await.unwrap() < 3.0 {} }).await;
    // Whoever reads, of that address too, comes in and gets everything.
    let mut reads = deaf(&set, &set.host, "127.0.0.9").await;
    assert!(view(&mut reads).await.len() > 2 * 1024 * 1024);
    let (mut ben, mut cleo) = (people.remove(0), people.remove(0));
    set.agree(&mut [&mut ben, &mut cleo]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_in_pieces_is_never_cut_in_the_middle() {
    // The view is on its way when its line is found to be slow: what comes is the rest of it, and
    // then the reason.
    let mut set = set_with(|config| config.limits.outbox_kib = 16_000).await;
    let mut people =
        vec![set.person(LinkRole::Member, "Ben").await, set.person(LinkRole::Member, "Cleo").await];
    set.fill(&mut people).await;
    let mut line = deaf(&set, &people[0], "127.0.0.1").await;
    set.server.until_figure("setroom_room_seats_connected", 4.0).await;
    // More frames than may wait.
    let mut seq = set.host.model().seq();
    for n in 0..300 {
        seq = set.host_does(Command::Lock { on: n % 2 == 0 }).await;
    }
    for person in &mut people {
        person.catch_up(seq).await.unwrap();
    }
    set.server.until_figure("setroom_socket_slow_closes_total", 1.0).await;
    serde_json::from_str::<serde_json::Value>(&view(&mut line).await).expect("a whole snapshot");
    let (_, code) = bare::until_closed(&mut line).await;
    assert_eq!(code, Some(4408));
}
