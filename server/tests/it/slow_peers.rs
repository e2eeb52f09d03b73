//! Peers that say nothing, or say it slowly, do not hold the service.

use std::time::Duration;

use tokio::io::AsyncReadExt;

use crate::support::http::Line;
use crate::support::{TestServer, soon, start};

/// Short enough for a test, and no test waits for it: it waits for the close.
const SHORT: u32 = 50;

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
        let mut tick = tokio::time::interval(Duration::from_millis(u64::from(SHORT) / 10));
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
    // The life of a connection is counted in whole seconds, so this is the shortest there is.
    let server = start(|config| config.limits.http_connection_seconds = 1).await;
    let mut line = Line::open(server.running.addr()).await;
    let host = server.host();
    assert_eq!(line.ask("GET", "/healthz", &host, &[]).await.status, 200);
    assert_eq!(line.until_closed().await, b"");
}
