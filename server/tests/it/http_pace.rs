//! Plain requests have a pace, as all else has.

use futures_util::FutureExt as _;
use setroom_server::config::{Config, Network};

use crate::support::bare;
use crate::support::http::Line;
use crate::support::{TestServer, start};

fn counted(config: &mut Config) {
    config.limits.loopback_exempt = false;
    config.limits.requests_per_connection_per_second = 1;
    config.limits.requests_per_connection_burst = 5;
}

/// So many requests at once on one connection, and how many of them are answered while the clock stands.
async fn answered_at_once(server: &TestServer, request: &str, status: u16) -> (Line, usize) {
    let mut line = Line::open(server.running.addr()).await;
    line.send(request.repeat(20)).await;
    for _ in 0..5 {
        assert_eq!(line.answer().await.status, status);
    }
    // What is answered at once is there by the time in which others are.
    for _ in 0..20 {
        assert_eq!(server.ask("GET", "/healthz", &[]).await.status, 200);
    }
    let mut more = 0;
    while let Some(answer) = line.answer().now_or_never() {
        assert_eq!(answer.status, status);
        more += 1;
    }
    (line, 5 + more)
}

// fault: F20 — requests on one connection come at a pace, and so do wrong ones
#[tokio::test]
async fn requests_on_one_connection_come_at_a_pace() {
    let server = start(counted).await;
    let right = format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", server.host());
    let wrong_host = "GET / HTTP/1.1\r\nhost: elsewhere.example\r\n\r\n".to_owned();
    let nothing = format!("GET /nothing HTTP/1.1\r\nhost: {}\r\n\r\n", server.host());
    let page = format!("HEAD / HTTP/1.1\r\nhost: {}\r\n\r\n", server.host());
    for (request, status) in [(right, 200), (wrong_host, 421), (nothing, 404)] {
        let (mut line, at_once) = answered_at_once(&server, &request, status).await;
        assert_eq!(at_once, 5, "{request}");
        // The others come one after the other, as time goes by.
        server.clock.advance(1_000);
        assert_eq!(line.answer().await.status, status);
        server.clock.advance(60_000);
    }
    // On several connections a whole page comes at once.
    for _ in 0..5 {
        let mut line = Line::open(server.running.addr()).await;
        line.send(page.repeat(5)).await;
        let mut heads = Vec::new();
        while heads.windows(4).filter(|end| *end == b"\r\n\r\n").count() < 5 {
            use tokio::io::AsyncReadExt as _;
            heads.push(crate::support::soon(line.stream.read_u8()).await.unwrap());
        }
    }
}

#[tokio::test]
async fn requests_of_one_address_behind_a_proxy_come_at_a_pace_and_shut_nobody_out() {
    let server = start(|config| {
        counted(config);
        config.trusted_proxies = vec![Network::try_from("127.0.0.1/32".to_owned()).unwrap()];
        config.limits.requests_per_address_per_second = 1;
        config.limits.requests_per_address_burst = 5;
        config.limits.connections_per_address = 6;
    })
    .await;
    let ward = "x-forwarded-for: 192.0.2.1";
    let mut said = Vec::new();
    for _ in 0..10 {
        let mut line = Line::open(server.running.addr()).await;
        said.push(line.ask("GET", "/nothing", "elsewhere.example", &[ward]).await.status);
    }
    assert_eq!(said, [421, 421, 421, 421, 421, 429, 429, 429, 429, 429]);
    // A socket is opened all the same, and the page comes: also where a crowd asks for it and stays.
    let here = "127.0.0.1".parse().unwrap();
    bare::try_open(server.running.addr(), here, false, &format!("{ward}\r\n")).await.unwrap();
    let mut lines = Vec::new();
    for _ in 0..20 {
        let mut line = Line::open(server.running.addr()).await;
        let answer = line.ask("GET", "/", &server.host(), &[ward]).await;
        assert_eq!(answer.status, 200);
        lines.push(line);
    }
    // And nobody elsewhere notices.
    let other = ["x-forwarded-for: 192.0.2.2"];
    assert_eq!(server.ask("GET", "/healthz", &other).await.status, 200);
}
