//! Peers that say nothing, or say it slowly, do not hold the service.

use std::time::Duration;

use tokio::io::AsyncReadExt;

use setroom_protocol::{Command, LinkRole};

use crate::support::http::Line;
use crate::support::people::set_with;
use crate::support::{TestServer, soon, start};

/// Short enough for a test, and long enough to begin a head in on a busy machine. No test waits for
/// it: it waits for the close.
const SHORT: u32 = 1_000;

async fn impatient() -> TestServer {
    start(|config| config.limits.header_timeout_ms = SHORT).await
}

#[tokio::test]
async fn a_silent_peer_is_closed() {
    let server = impatient().await;
    let mut line = Line::open(server.running.addr()).await;
    assert_eq!(line.until_closed().await, b"");
}

#[tokio::test]
async fn half_a_head_is_closed() {
    let server = impatient().await;
    for part in ["G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: "] {
        let mut line = Line::open(server.running.addr()).await;
        line.send(part).await;
        let said = line.until_closed().await;
        assert!(!said.starts_with(b"HTTP/1.1 2"), "{part:?} got an answer");
    }
}

// fault: F20 — a head that comes letter by letter is cut off in the same time
#[tokio::test]
async fn a_drip_of_headers_does_not_extend_the_time() {
    let server = impatient().await;
    let mut line = Line::open(server.running.addr()).await;
    line.send("GET / HTTP/1.1\r\nx: ").await;
    let (mut reading, mut writing) = line.stream.into_inner().into_split();
    let dripping = tokio::spawn(async move {
        // One letter each few milliseconds, for as long as somebody takes them.
        let mut tick = tokio::time::interval(Duration::from_millis(u64::from(SHORT) / 100));
        loop {
            tick.tick().await;
            if tokio::io::AsyncWriteExt::write_all(&mut writing, b"y").await.is_err() {
                return;
            }
        }
    });
    let mut said = Vec::new();
    let _ = soon(reading.read_to_end(&mut said)).await;
    assert!(!said.starts_with(b"HTTP/1.1 2"));
    drop(reading);
    soon(dripping).await.unwrap();
}

/// So many of each kind; a run by hand takes thousands.
fn crowd() -> usize {
    std::env::var("SETROOM_TEST_SLOW_PEERS").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

// fault: F20 — slow and silent connections are all closed, and a room works while they are there
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_of_slow_and_silent_peers_is_closed_and_a_room_goes_on_meanwhile() {
    let mut set = set_with(|config| config.limits.header_timeout_ms = 2000).await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let address = set.server.running.addr();
    let mut crowd_of_them = Vec::new();
    for n in 0..crowd() {
        let silent = Line::open(address).await;
        let mut slow = Line::open(address).await;
        slow.send("GET /ws HTTP/1.1\r\nhost: ").await;
        crowd_of_them.extend([silent, slow]);
        if n % 10 == 0 {
            // While they come, people go on.
            set.host_does(Command::Lock { on: n % 20 == 0 }).await;
        }
    }
    set.agree(&mut [&mut ben]).await;
    for mut line in crowd_of_them {
        assert!(!line.until_closed().await.starts_with(b"HTTP/1.1 2"));
    }
    set.host_does(Command::Start).await;
    set.agree(&mut [&mut ben]).await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_its_answer() {
    let server = impatient().await;
    let mut line = Line::open(server.running.addr()).await;
    let host = server.host();
    assert_eq!(line.ask("GET", "/healthz", &host, &[]).await.status, 200);
    assert_eq!(line.until_closed().await, b"");
}

#[tokio::test]
async fn too_large_a_head_is_refused() {
    let server = start(|_| {}).await;
    let mut line = Line::open(server.running.addr()).await;
    let fields: String = (0..65).map(|n| format!("x-{n}: y\r\n")).collect();
    line.send(format!("GET / HTTP/1.1\r\nhost: {}\r\n{fields}\r\n", server.host())).await;
    assert_eq!(line.answer().await.status, 431);

    let mut line = Line::open(server.running.addr()).await;
    let long = "y".repeat(20 * 1024);
    line.send(format!("GET / HTTP/1.1\r\nhost: {}\r\nx: {long}\r\n", server.host())).await;
    assert_eq!(line.answer().await.status, 431);
}

#[tokio::test]
async fn a_connection_has_an_end() {
    let server = start(|config| config.limits.http_connection_seconds = 3).await;
    let mut line = Line::open(server.running.addr()).await;
    let host = server.host();
    assert_eq!(line.ask("GET", "/healthz", &host, &[]).await.status, 200);
    assert_eq!(line.until_closed().await, b"");
}
