//! The way to a handler, with handlers that only a test would write.

use std::time::Duration;

use axum::Router;
use axum::extract::Extension;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use bytes::Bytes;
use hyper::upgrade::OnUpgrade;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::ws::tcp;
use crate::config::{self, Flags, JournalKind};
use crate::limits::Peer;
use crate::{AppState, RunningServer, Server};

/// When a test gives up: only ever reached when something is broken.
const PATIENCE: Duration = Duration::from_secs(120);

/// Answers 101, then says everything in capitals on the bare socket.
async fn shout(
    Extension(on_upgrade): Extension<OnUpgrade>,
    Extension(peer): Extension<Peer>,
) -> impl IntoResponse {
    assert!(peer.source.is_this_machine());
    tokio::spawn(async move {
        let (mut stream, early) = tcp(on_upgrade).await.unwrap();
        assert!(stream.nodelay().unwrap());
        stream.write_all(&early.to_ascii_uppercase()).await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        stream.write_all(&rest.to_ascii_uppercase()).await.unwrap();
        drop(peer.permit);
    });
    let upgrade = [(header::CONNECTION, "upgrade"), (header::UPGRADE, "shout")];
    (StatusCode::SWITCHING_PROTOCOLS, upgrade)
}

async fn stumble() -> &'static str {
    panic!("canary")
}

async fn server() -> RunningServer {
    let mut config = config::load(&Flags::default(), []).unwrap().config;
    config.listen.set_port(0);
    config.metrics.set_port(0);
    config.journal = JournalKind::Memory;
    config.limits.request_timeout_ms = 50;
    let routes = |state: AppState| {
        Router::new()
            .route("/shout", get(shout))
            .route("/stumble", get(stumble))
            .route("/hang", get(std::future::pending::<()>))
            .route("/count", post(async |body: Bytes| body.len().to_string()))
            .with_state(state)
    };
    Server::system().start_with(config, routes).await.unwrap()
}

/// Sends a request with these lines and bytes after it, and returns everything that comes back
/// until the server closes.
async fn ask(server: &RunningServer, first: &str, fields: &str, body: &str) -> String {
    let mut line = TcpStream::connect(server.addr()).await.unwrap();
    let host = server.addr();
    let request = format!("{first} HTTP/1.1\r\nhost: {host}\r\n{fields}\r\n{body}");
    line.write_all(request.as_bytes()).await.unwrap();
    line.shutdown().await.unwrap();
    let mut answer = Vec::new();
    // A refused body is left unread, which may end in a reset after the answer.
    let _ = line.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn the_bare_socket_comes_back_through_the_whole_stack() {
    let server = server().await;
    let upgrade = "connection: upgrade\r\nupgrade: shout\r\n";
    let answer = ask(&server, "GET /shout", upgrade, "early, late").await;
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    assert!(answer.ends_with("\r\n\r\nEARLY, LATE"), "{answer}");
    assert!(answer.contains("x-content-type-options: nosniff"), "{answer}");
}

#[tokio::test]
async fn a_handler_that_panics_says_nothing_of_it() {
    let server = server().await;
    let answer = ask(&server, "GET /stumble", "connection: close\r\n", "").await;
    assert!(answer.starts_with("HTTP/1.1 500 ") && answer.contains("\"broken\""), "{answer}");
    assert!(answer.contains("content-security-policy") && !answer.contains("canary"), "{answer}");
}

#[tokio::test]
async fn a_request_has_an_end() {
    let server = server().await;
    // The second says that a body comes, which then does not.
    for (first, field) in [("GET /hang", "x: y"), ("POST /count", "content-length: 9")] {
        let mut line = TcpStream::connect(server.addr()).await.unwrap();
        let host = server.addr();
        let request = format!("{first} HTTP/1.1\r\nhost: {host}\r\n{field}\r\n");
        line.write_all(format!("{request}connection: close\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        let reading = line.read_to_string(&mut answer);
        tokio::time::timeout(PATIENCE, reading).await.expect("an answer").unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 "), "{first}: {answer}");
        assert!(answer.contains("\"too_slow\""), "{first}: {answer}");
    }
}

#[tokio::test]
async fn a_body_has_a_limit_also_when_it_does_not_say_its_length() {
    let server = server().await;
    let chunked = "transfer-encoding: chunked\r\nconnection: close\r\n";
    let body = |bytes: usize| format!("{bytes:x}\r\n{}\r\n0\r\n\r\n", "y".repeat(bytes));
    let fits = ask(&server, "POST /count", chunked, &body(8 * 1024)).await;
    assert!(fits.starts_with("HTTP/1.1 200 ") && fits.ends_with("8192"), "{fits}");
    let more = ask(&server, "POST /count", chunked, &body(8 * 1024 + 1)).await;
    assert!(more.starts_with("HTTP/1.1 413 "), "{more}");
}
