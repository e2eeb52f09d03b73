//! Who may come in, and how often.

use std::net::IpAddr;
use std::sync::Arc;

use futures_util::FutureExt as _;
use setroom_protocol::SetId;
use setroom_server::clock::{Clock, ManualClock};
use setroom_server::config::{Limits, Network};
use setroom_server::limits::{ConnectionLimits, Guest, Limit, Refused, Source};
use setroom_server::telemetry::Metrics;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use crate::support::bare;
use crate::support::http::Line;
use crate::support::people::set_with;
use crate::support::{soon, start, test_config};

pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub(crate) fn connection_limits(
    change: impl FnOnce(&mut Limits),
) -> (ConnectionLimits, ManualClock) {
    let mut limits = test_config().limits;
    change(&mut limits);
    let clock = ManualClock::new(1_000_000);
    (ConnectionLimits::new(Arc::new(limits), Clock::Manual(clock.clone()), Metrics::new()), clock)
}

pub(crate) fn refused<T: std::fmt::Debug>(limit: Limit, answer: Result<T, Refused>) {
    assert_eq!(answer.unwrap_err(), Refused(limit));
}

#[test]
fn an_address_has_so_many_places_and_gives_them_back() {
    let (connection_limits, _) = connection_limits(|limits| limits.connections_per_address = 2);
    let peer = ip("192.0.2.1");
    let first = connection_limits.enter(peer).unwrap();
    let shared = first.clone();
    let _second = connection_limits.enter(peer).unwrap();
    refused(Limit::ConnectionsPerAddress, connection_limits.enter(peer));
    drop(first);
    refused(Limit::ConnectionsPerAddress, connection_limits.enter(peer));
    drop(shared);
    connection_limits.enter(peer).unwrap();
    connection_limits.enter(ip("192.0.2.2")).unwrap();
}

#[test]
fn an_ipv6_customer_is_one_address() {
    let (connection_limits, _) = connection_limits(|limits| limits.connections_per_address = 1);
    let _kept = connection_limits.enter(ip("2001:db8:1:2::1")).unwrap();
    refused(Limit::ConnectionsPerAddress, connection_limits.enter(ip("2001:db8:1:2:ffff::9")));
    connection_limits.enter(ip("2001:db8:1:3::1")).unwrap();
    let _four = connection_limits.enter(ip("192.0.2.1")).unwrap();
    refused(Limit::ConnectionsPerAddress, connection_limits.enter(ip("::ffff:192.0.2.1")));
}

#[test]
fn new_connections_come_at_a_rate() {
    let (connection_limits, clock) = connection_limits(|_| {});
    let peer = ip("192.0.2.1");
    for _ in 0..4000 {
        assert!(connection_limits.is_at_pace(peer));
    }
    assert!(!connection_limits.is_at_pace(peer) && connection_limits.is_at_pace(ip("192.0.2.2")));
    clock.advance(1000);
    for _ in 0..200 {
        assert!(connection_limits.is_at_pace(peer));
    }
    assert!(!connection_limits.is_at_pace(peer));
}

#[tokio::test]
async fn a_connection_over_the_pace_opens_a_socket_or_the_page_and_nothing_else() {
    let server = start(|config| {
        config.limits.loopback_exempt = false;
        config.limits.new_connections_per_address_burst = 1;
    })
    .await;
    assert_eq!(server.ask("GET", "/", &[]).await.status, 200);
    let mut line = Line::open(server.running.addr()).await;
    let answer = line.ask("GET", "/x", &server.host(), &[]).await;
    assert_eq!((answer.status, answer.code().as_str()), (429, "new_connections_per_address"));
    assert_eq!(line.until_closed().await, b"", "the next one may be in time");
    bare::open(server.running.addr(), "127.0.0.1").await;
    for path in ["/", "/j", "/leave"] {
        assert_eq!(server.ask("GET", path, &[]).await.status, 200, "{path}");
    }
    // A word in a header makes a request no socket, nor does the path alone.
    let socket = [
        "connection: upgrade",
        "upgrade: websocket",
        "sec-websocket-version: 13",
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    for (path, fields) in [
        ("/healthz", &["upgrade: x"][..]),
        ("/healthz", &socket),
        ("/x", &socket),
        ("/ws", &["upgrade: x"]),
        ("/ws", &[]),
        ("/api/sets", &socket),
    ] {
        assert_eq!(server.ask("GET", path, fields).await.status, 429, "{path} {fields:?}");
    }
    assert_eq!(server.ask("GET", "/ws", &socket).await.status, 403, "it named no origin");
    server.clock.advance(1000);
    assert_eq!(server.ask("GET", "/healthz", &[]).await.status, 200);
}

#[test]
fn wrong_tokens_are_forgiven_ten_times_and_then_each_is_told() {
    let (connection_limits, clock) = connection_limits(|_| {});
    let peer = ip("192.0.2.1");
    for _ in 0..10 {
        connection_limits.bad_token(peer).unwrap();
    }
    refused(Limit::BadTokensPerAddress, connection_limits.bad_token(peer));
    connection_limits.bad_token(ip("192.0.2.2")).unwrap();
    // Nothing else of that address is refused.
    connection_limits.enter(peer).unwrap();
    connection_limits.knock(peer).unwrap();
    // Ten in a minute are ten in every minute.
    clock.advance(59_000);
    refused(Limit::BadTokensPerAddress, connection_limits.bad_token(peer));
    clock.advance(9_000);
    connection_limits.bad_token(peer).unwrap();
}

#[test]
fn knocks_come_at_a_rate() {
    let (connection_limits, clock) =
        connection_limits(|limits| limits.knocks_per_address_burst = 3);
    let peer = ip("192.0.2.1");
    for _ in 0..3 {
        connection_limits.knock(peer).unwrap();
    }
    refused(Limit::KnocksPerAddress, connection_limits.knock(peer));
    connection_limits.knock(ip("192.0.2.2")).unwrap();
    clock.advance(50);
    connection_limits.knock(peer).unwrap();
    refused(Limit::KnocksPerAddress, connection_limits.knock(peer));
}

#[tokio::test]
async fn of_one_address_a_few_rooms_are_loaded_at_a_time() {
    let (connection_limits, _) = connection_limits(|limits| limits.room_loads_per_address = 1);
    let peer = ip("192.0.2.1");
    let set = SetId::from_bytes([1; 16]);
    let first = connection_limits.load(peer, set).await;
    let second = connection_limits.load(peer, set);
    let mut second = std::pin::pin!(second);
    assert!(futures_util::poll!(&mut second).is_pending());
    let _other = connection_limits.load(ip("192.0.2.2"), set).await;
    drop(first);
    drop(second.await);
}

#[tokio::test]
async fn proofs_are_checked_one_at_a_time_and_of_each_address_one_waits() {
    let (connection_limits, _) = connection_limits(|_| {});
    let (crowd, other) = (ip("192.0.2.1"), ip("192.0.2.2"));
    let first = connection_limits.proof(crowd).await;
    let mut waiting: Vec<_> = (0..50).map(|_| Box::pin(connection_limits.proof(crowd))).collect();
    for one in &mut waiting {
        assert!(futures_util::poll!(one).is_pending());
    }
    let mut second = Box::pin(connection_limits.proof(other));
    assert!(futures_util::poll!(&mut second).is_pending());
    drop(first);
    // The other address is next, before fifty who came earlier.
    let second = soon(second).await;
    for one in &mut waiting {
        assert!(futures_util::poll!(one).is_pending());
    }
    drop(second);
    for one in waiting {
        drop(soon(one).await);
    }
}

#[tokio::test]
async fn a_room_that_wrong_tokens_load_again_and_again_waits_and_no_other() {
    let (connection_limits, clock) = connection_limits(|_| {});
    let (peer, [theirs, ours]) = (ip("192.0.2.1"), [1, 2].map(|n| SetId::from_bytes([n; 16])));
    for _ in 0..3 {
        drop(soon(connection_limits.load(peer, theirs)).await);
        connection_limits.loaded_in_vain(peer, theirs, 16 << 20);
    }
    let again = connection_limits.load(peer, theirs);
    let mut again = std::pin::pin!(again);
    assert!(futures_util::poll!(&mut again).is_pending());
    drop(soon(connection_limits.load(peer, ours)).await);
    drop(soon(connection_limits.load(ip("192.0.2.2"), theirs)).await);
    // However much was loaded, nobody waits longer than five seconds for it.
    clock.advance(4_000);
    assert!(futures_util::poll!(&mut again).is_pending());
    clock.advance(1_000);
    drop(soon(again).await);
}

/// Whether this one has been asked to make room.
fn goes(guest: &Guest) -> bool {
    guest.asked_to_go().now_or_never().is_some()
}

#[test]
fn of_the_sockets_without_a_token_the_oldest_goes_for_the_newest() {
    let (connection_limits, _) = connection_limits(|limits| {
        (limits.unauthenticated_per_address, limits.unauthenticated) = (2, 4);
    });
    let socket = |address: &str| {
        let guest = connection_limits.guest(ip(address));
        connection_limits.socket(&guest);
        guest
    };
    let ours: Vec<_> = (0..2).map(|_| socket("192.0.2.1")).collect();
    let other = socket("192.0.2.2");
    assert_eq!([&ours[0], &ours[1], &other].map(goes), [false; 3]);
    // Whoever has shown a token makes room for nobody.
    ours[0].is_known();
    let third = socket("192.0.2.1");
    let fourth = socket("192.0.2.1");
    assert_eq!(
        [&ours[0], &ours[1], &third, &fourth, &other].map(goes),
        [false, true, false, false, false]
    );
    // And of all there are so many: whoever has most gives way.
    let more: Vec<_> = ["192.0.2.3", "192.0.2.4"].map(socket).into();
    assert_eq!(
        [&third, &fourth, &other, &more[0], &more[1]].map(goes),
        [true, false, false, false, false]
    );
}

#[test]
fn where_an_address_is_full_the_oldest_without_a_token_goes() {
    let (connection_limits, _) = connection_limits(|limits| {
        (limits.connections, limits.connections_per_address) = (4, 2);
    });
    let peer = ip("192.0.2.1");
    let _known = connection_limits.enter(peer).unwrap();
    let _first = connection_limits.enter(peer).unwrap();
    let guest = connection_limits.guest(peer);
    let _second = connection_limits.enter(peer).unwrap();
    assert!(goes(&guest), "and its place is free at once for who comes");
    refused(Limit::ConnectionsPerAddress, connection_limits.enter(peer));
    // The same for the whole process.
    let _open: Vec<_> = (0..4).map(|_| connection_limits.open().unwrap()).collect();
    refused(Limit::Connections, connection_limits.open());
    let guest = connection_limits.guest(ip("192.0.2.2"));
    let _fifth = connection_limits.open().unwrap();
    assert!(goes(&guest));
}

#[test]
fn the_last_places_are_told_apart() {
    let (connection_limits, _) = connection_limits(|limits| {
        (limits.connections, limits.connections_reserved_percent) = (4, 25);
    });
    let open: Vec<_> = (0..3).map(|_| connection_limits.open().unwrap()).collect();
    assert!(!connection_limits.is_nearly_full());
    let last = connection_limits.open().unwrap();
    assert!(connection_limits.is_nearly_full());
    drop((open, last));
    assert!(!connection_limits.is_nearly_full());
}

#[test]
fn many_addresses_are_forgotten_again_but_not_those_that_matter() {
    let (connection_limits, clock) = connection_limits(|limits| limits.connections_per_address = 1);
    let held = ip("192.0.2.1");
    let _kept = connection_limits.enter(held).unwrap();
    for n in 0..5000_u32 {
        clock.advance(100);
        let peer: IpAddr = std::net::Ipv4Addr::from_bits(0x0b00_0000 + n).into();
        connection_limits.enter(peer).unwrap();
    }
    refused(Limit::ConnectionsPerAddress, connection_limits.enter(held));
    assert!(connection_limits.addresses_known() <= 1025, "{}", connection_limits.addresses_known());
}

#[test]
fn this_machine_is_exempt_only_if_that_is_set() {
    let one = |limits: &mut Limits| limits.connections_per_address = 1;
    let (free, _) = connection_limits(one);
    let _first = free.enter(ip("127.0.0.1")).unwrap();
    free.enter(ip("::1")).unwrap();
    free.enter(ip("127.0.0.1")).unwrap();
    let (strict, _) = connection_limits(|limits| {
        one(limits);
        limits.loopback_exempt = false;
    });
    let _first = strict.enter(ip("127.0.0.1")).unwrap();
    let (free, _) = connection_limits(one);
    let forwarded = Source::forwarded(ip("127.0.0.1"));
    let _first = free.enter(forwarded).unwrap();
    refused(Limit::ConnectionsPerAddress, free.enter(forwarded));
    refused(Limit::ConnectionsPerAddress, strict.enter(ip("127.0.0.1")));
}

#[tokio::test]
async fn one_connection_too_many_from_an_address_ends_the_oldest_without_a_token() {
    let set = set_with(|config| {
        config.limits.loopback_exempt = false;
        config.limits.connections_per_address = 2;
    })
    .await;
    let server = &set.server;
    // The host has shown a token, and is none of them. Of those who have not the oldest goes.
    let mut first = TcpStream::connect(server.running.addr()).await.unwrap();
    let mut second = Line::open(server.running.addr()).await;
    // The host's socket is one of the connections that are open, whoever asks for the figure is none.
    server.until_figure("setroom_http_connections_open", 3.0).await;
    let mut third = Line::open(server.running.addr()).await;
    assert_eq!(third.ask("GET", "/healthz", &server.host(), &[]).await.status, 200);
    soon(first.read_to_end(&mut Vec::new())).await.unwrap();
    assert_eq!(second.ask("GET", "/healthz", &server.host(), &[]).await.status, 200);
    let refused = r#"setroom_limit_refusals_total{limit="connections_per_address"}"#;
    assert!(server.figure(refused).await.is_some_and(|times| times >= 1.0));
}

#[tokio::test]
async fn behind_a_proxy_the_people_count_and_not_the_proxy() {
    let server = start(|config| {
        config.limits.loopback_exempt = false;
        config.limits.posts_per_address_per_second = 1;
        config.limits.posts_per_address_burst = 2;
        config.trusted_proxies = vec![Network::try_from("127.0.0.0/8".to_owned()).unwrap()];
    })
    .await;
    let ask = async |client: &str| {
        let forwarded = format!("x-forwarded-for: 1.1.1.1, {client}");
        server.ask("POST", "/api/sets", &[&forwarded]).await.status
    };
    assert_eq!([ask("192.0.2.1").await, ask("192.0.2.1").await], [403, 403]);
    assert_eq!(ask("192.0.2.1").await, 429, "the hop that the proxy wrote counts");
    assert_eq!(ask("192.0.2.2").await, 403, "somebody else");
    server.clock.advance(1000);
    assert_eq!(ask("192.0.2.1").await, 403, "later again");
}
