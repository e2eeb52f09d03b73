//! Behind a proxy all come on the proxy's connections: what one of them does there is not paid for
//! by the others.

use std::net::{IpAddr, Ipv4Addr};

use setroom_client::Client;
use setroom_protocol::LinkRole;
use setroom_server::config::{Config, Network, Origin};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpSocket, TcpStream};

use crate::support::bare::{self, Got, frame};
use crate::support::http::Line;
use crate::support::people::{Set, set_with};
use crate::support::{TestServer, soon, start};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// The address behind which there are a meeting and somebody who means harm.
const WARD: &str = "192.0.2.1";

fn trusted(config: &mut Config) {
    config.trusted_proxies = vec![Network::try_from("127.0.0.1/32".to_owned()).unwrap()];
}

/// As a proxy writes where a request comes from.
fn of(client: &str) -> String {
    format!("x-forwarded-for: {client}\r\n")
}

/// Comes back to the room on a socket with these header fields, and is in; else what was answered.
async fn comes_back(set: &Set, who: &Client, fields: &str) -> Result<TcpStream, u16> {
    let mut line = bare::try_open(set.server.running.addr(), HERE, false, fields).await?;
    let first = serde_json::to_string(&who.keyring().come_back(None)).unwrap();
    line.write_all(&frame(0x81, first.as_bytes())).await.unwrap();
    loop {
        match bare::next(&mut line).await {
            Got::Text(text) if text.starts_with(r#"{"t":"snapshot""#) => return Ok(line),
            Got::Text(_) | Got::Ping(_) => {}
            Got::Close(code) => return Err(code),
            other @ (Got::Pong(_) | Got::End) => panic!("{other:?}"),
        }
    }
}

/// The member and the host come back, and somebody new comes in.
async fn the_ward_works(set: &mut Set, ben: &Client) {
    let mut lines = Vec::new();
    for who in [ben, &set.host, ben] {
        lines.push(comes_back(set, who, &of(WARD)).await.expect("nobody is turned away"));
    }
    set.person(LinkRole::Member, "Cleo").await;
}

// fault: F20 — whatever a neighbour posts, right tokens come in
#[tokio::test]
async fn posts_of_a_neighbour_shut_nobody_out() {
    let mut set = set_with(|config| {
        trusted(config);
        (config.limits.posts_per_address_per_second, config.limits.posts_per_address_burst) =
            (1, 4);
        config.limits.new_connections_per_address_burst = 2;
    })
    .await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    let mut eve = Line::open(set.server.running.addr()).await;
    let mut said = Vec::new();
    for path in ["/", "/x", "/api/sets", "/ws"].iter().cycle().take(40) {
        let from = of(WARD);
        let answer = eve.ask("POST", path, &set.server.host(), &[from.trim_end()]).await;
        said.push((answer.status, answer.text()));
    }
    let refused = |(status, text): &(u16, String)| *status == 429 && text.contains("posts_per");
    assert!(said[4..].iter().all(refused) && !said[..4].iter().any(refused), "{said:?}");
    // To forget counts for nothing and is kept from nobody.
    for _ in 0..20 {
        let from = of(WARD);
        let answer = eve.ask("POST", "/leave", &set.server.host(), &[from.trim_end()]).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("clear-site-data").is_some());
    }
    the_ward_works(&mut set, &ben).await;
}

// fault: F20 — however fast a neighbour opens sockets, right tokens come in, behind a proxy and not
#[tokio::test]
async fn sockets_that_a_neighbour_opens_too_fast_shut_nobody_out() {
    for fields in [of(WARD), String::new()] {
        let mut set = set_with(|config| {
            if !fields.is_empty() {
                trusted(config);
            }
            config.limits.loopback_exempt = false;
            config.limits.new_connections_per_address_burst = 2;
            config.limits.unauthenticated_per_address = 10;
        })
        .await;
        let ben = set.person(LinkRole::Member, "Ben").await;
        let mut crowd = Vec::new();
        for _ in 0..50 {
            let line = bare::try_open(set.server.running.addr(), HERE, false, &fields).await;
            crowd.push(line.expect("a socket"));
        }
        comes_back(&set, &ben, &fields).await.expect("nobody is turned away");
        comes_back(&set, &set.host, &fields).await.expect("nobody is turned away");
    }
}

/// A request whose body does not come, or whose answer is not read.
async fn stuck(set: &Set, client: &str, is_unread: bool) -> TcpStream {
    let to = set.server.running.addr();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut line = soon(socket.connect(to)).await.unwrap();
    let (way, rest) =
        if is_unread { ("GET /", "") } else { ("POST /api/sets", "content-length: 100\r\n") };
    let origin = format!("origin: http://{to}\r\n");
    let request = format!("{way} HTTP/1.1\r\nhost: {to}\r\n{origin}{}{rest}\r\n", of(client));
    if is_unread {
        // As many as the system takes: far more than it keeps answers for on a line that is not read.
        soon(line.writable()).await.unwrap();
        while line.try_write(request.repeat(64).as_bytes()).is_ok() {}
    } else {
        line.write_all(request.as_bytes()).await.unwrap();
    }
    line
}

// fault: F20 — requests whose bodies never come hold nothing that others of their address need
#[tokio::test]
async fn bodies_that_a_neighbour_withholds_shut_nobody_out() {
    let mut set = set_with(|config| {
        trusted(config);
        config.limits.connections_per_address = 10;
        config.limits.request_timeout_ms = 600_000;
    })
    .await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    let mut held = Vec::new();
    for _ in 0..30 {
        held.push(stuck(&set, WARD, false).await);
    }
    the_ward_works(&mut set, &ben).await;
}

// fault: F20 — nor anything of what belongs to all; and answers that nobody reads do neither
#[tokio::test]
async fn requests_that_are_stuck_leave_the_process_to_others() {
    for is_unread in [false, true] {
        let set = set_with(|config| {
            trusted(config);
            (config.limits.connections, config.limits.connections_per_address) = (20, 20);
            config.limits.send_buffer_kib = 4;
            config.limits.request_timeout_ms = 600_000;
            config.limits.http_connection_seconds = 600;
        })
        .await;
        let mut held = Vec::new();
        for n in 0..40 {
            held.push(stuck(&set, &format!("192.0.2.{}", 10 + n % 5), is_unread).await);
        }
        comes_back(&set, &set.host, &of(WARD)).await.expect("a place is made for who comes");
    }
}

/// Three sets a minute for one address.
async fn three(change: impl FnOnce(&mut Config)) -> TestServer {
    start(|config| {
        config.limits.new_sets_per_address_per_minute = 3;
        change(config);
    })
    .await
}

/// How many of ten sets are refused for their number.
async fn refused_of_ten(server: &TestServer, host: &str, origin: &str, field: &str) -> usize {
    let mut refused = 0;
    for _ in 0..10 {
        let mut line = Line::open(server.running.addr()).await;
        line.send(format!(
            "POST /api/sets HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\n{field}\
             content-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}"
        ))
        .await;
        refused += usize::from(line.answer().await.status == 429);
    }
    refused
}

#[tokio::test]
async fn a_proxy_that_nobody_named_exempts_nobody_whatever_header_it_writes() {
    for field in [
        "x-forwarded-for: 192.0.2.1",
        "forwarded: for=192.0.2.1",
        "x-real-ip: 192.0.2.1",
        "cf-connecting-ip: 192.0.2.1",
        "via: 1.1 somewhere",
        "x-forwarded-proto: https",
        "x-forwarded-host: setroom.example.org",
    ] {
        let server = three(|_| {}).await;
        let (host, origin) = (server.host(), format!("http://{}", server.host()));
        let refused = refused_of_ten(&server, &host, &origin, &format!("{field}\r\n")).await;
        assert_eq!(refused, 7, "{field}");
        assert_eq!(refused_of_ten(&server, &host, &origin, "").await, 0, "this machine itself is");
    }
}

// A tunnel passes on whatever people write, and they may write this machine's own name.
#[tokio::test]
async fn where_people_come_from_elsewhere_nobody_is_exempt_whatever_they_write() {
    let public = "https://setroom.example.org";
    let server = three(|config| {
        config.origin = vec![Origin::try_from(public.to_owned()).unwrap()];
    })
    .await;
    assert_eq!(refused_of_ten(&server, &server.host(), public, "").await, 7);
    assert_eq!(refused_of_ten(&server, "setroom.example.org", public, "").await, 10);
}
