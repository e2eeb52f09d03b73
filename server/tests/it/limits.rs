//! Who may come in, and how often.

use std::net::IpAddr;
use std::sync::Arc;

use setroom_server::clock::{Clock, ManualClock};
use setroom_server::config::{Limits, Network};
use setroom_server::limits::{Gate, Limit, Refused};
use setroom_server::telemetry::Metrics;

use crate::support::http::Line;
use crate::support::{start, test_config};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn gate(change: impl FnOnce(&mut Limits)) -> (Gate, ManualClock) {
    let mut limits = test_config().limits;
    change(&mut limits);
    let clock = ManualClock::new(1_000_000);
    (Gate::new(Arc::new(limits), Clock::Manual(clock.clone()), Metrics::new()), clock)
}

fn refused<T: std::fmt::Debug>(limit: Limit, answer: Result<T, Refused>) {
    assert_eq!(answer.unwrap_err(), Refused(limit));
}

#[test]
fn an_address_has_so_many_places_and_gives_them_back() {
    let (gate, _) = gate(|limits| limits.connections_per_address = 2);
    let peer = ip("192.0.2.1");
    let first = gate.enter(peer, true).unwrap();
    let shared = first.clone();
    let _second = gate.enter(peer, true).unwrap();
    refused(Limit::ConnectionsPerAddress, gate.enter(peer, true));
    drop(first);
    refused(Limit::ConnectionsPerAddress, gate.enter(peer, true));
    drop(shared);
    gate.enter(peer, true).unwrap();
    gate.enter(ip("192.0.2.2"), true).unwrap();
}

#[test]
fn an_ipv6_customer_is_one_address() {
    let (gate, _) = gate(|limits| limits.connections_per_address = 1);
    let _kept = gate.enter(ip("2001:db8:1:2::1"), true).unwrap();
    refused(Limit::ConnectionsPerAddress, gate.enter(ip("2001:db8:1:2:ffff::9"), true));
    gate.enter(ip("2001:db8:1:3::1"), true).unwrap();
    let _four = gate.enter(ip("192.0.2.1"), true).unwrap();
    refused(Limit::ConnectionsPerAddress, gate.enter(ip("::ffff:192.0.2.1"), true));
}

#[test]
fn new_connections_come_at_a_rate() {
    let (gate, clock) = gate(|_| {});
    let peer = ip("192.0.2.1");
    for _ in 0..60 {
        gate.enter(peer, true).unwrap();
    }
    refused(Limit::NewConnectionsPerAddress, gate.enter(peer, true));
    gate.enter(peer, false).unwrap();
    clock.advance(1000);
    for _ in 0..30 {
        gate.enter(peer, true).unwrap();
    }
    refused(Limit::NewConnectionsPerAddress, gate.enter(peer, true));
}

#[test]
fn wrong_tokens_are_forgiven_ten_times_and_then_not_for_ten_minutes() {
    let (gate, clock) = gate(|_| {});
    let peer = ip("192.0.2.1");
    for _ in 0..10 {
        gate.bad_token(peer).unwrap();
    }
    gate.unauthenticated(peer).unwrap();
    refused(Limit::BadTokensPerAddress, gate.bad_token(peer));
    refused(Limit::BadTokensPerAddress, gate.unauthenticated(peer));
    clock.advance(10 * 60_000 - 1);
    refused(Limit::BadTokensPerAddress, gate.unauthenticated(peer));
    clock.advance(1);
    gate.unauthenticated(peer).unwrap();
    gate.bad_token(peer).unwrap();
}

#[test]
fn sets_are_made_at_a_rate() {
    let (gate, clock) = gate(|limits| limits.new_sets_per_address_per_minute = 2);
    let peer = ip("192.0.2.1");
    gate.found(peer).unwrap();
    gate.found(peer).unwrap();
    refused(Limit::NewSetsPerAddress, gate.found(peer));
    gate.found(ip("192.0.2.2")).unwrap();
    clock.advance(30_000);
    gate.found(peer).unwrap();
    refused(Limit::NewSetsPerAddress, gate.found(peer));
}

#[test]
fn sockets_without_a_token_are_few() {
    let (gate, _) = gate(|limits| limits.unauthenticated_per_address = 2);
    let peer = ip("192.0.2.1");
    let first = gate.unauthenticated(peer).unwrap();
    let _second = gate.unauthenticated(peer).unwrap();
    refused(Limit::UnauthenticatedPerAddress, gate.unauthenticated(peer));
    drop(first);
    gate.unauthenticated(peer).unwrap();
}

#[test]
fn many_addresses_are_forgotten_again_but_not_those_that_matter() {
    let (gate, clock) = gate(|limits| limits.connections_per_address = 1);
    let held = ip("192.0.2.1");
    let _kept = gate.enter(held, true).unwrap();
    for n in 0..5000_u32 {
        clock.advance(100);
        gate.enter(std::net::Ipv4Addr::from_bits(0x0b00_0000 + n).into(), true).unwrap();
    }
    refused(Limit::ConnectionsPerAddress, gate.enter(held, true));
    assert!(gate.addresses_known() <= 1025, "{}", gate.addresses_known());
}

#[test]
fn this_machine_is_exempt_only_if_that_is_set() {
    let one = |limits: &mut Limits| limits.connections_per_address = 1;
    let (free, _) = gate(one);
    let _first = free.enter(ip("127.0.0.1"), true).unwrap();
    free.enter(ip("::1"), true).unwrap();
    free.enter(ip("127.0.0.1"), true).unwrap();
    let (strict, _) = gate(|limits| {
        one(limits);
        limits.loopback_exempt = false;
    });
    let _first = strict.enter(ip("127.0.0.1"), true).unwrap();
    refused(Limit::ConnectionsPerAddress, strict.enter(ip("127.0.0.1"), true));
}

#[tokio::test]
async fn one_connection_too_many_from_an_address_is_told_so() {
    let server = start(|config| {
        config.limits.loopback_exempt = false;
        config.limits.connections_per_address = 2;
    })
    .await;
    let host = server.host();
    let mut lines =
        [Line::open(server.running.addr()).await, Line::open(server.running.addr()).await];
    for line in &mut lines {
        assert_eq!(line.ask("GET", "/healthz", &host, &[]).await.status, 200);
    }
    let mut third = Line::open(server.running.addr()).await;
    let answer = third.ask("GET", "/healthz", &host, &[]).await;
    assert_eq!((answer.status, answer.code().as_str()), (429, "connections_per_address"));
    let name = "setroom_limit_refusals_total{limit=\"connections_per_address\"}";
    assert_eq!(server.figure(name).await, Some(1.0));
    drop(lines);
    server.until_figure("setroom_http_connections_open", 1.0).await;
    assert_eq!(server.ask("GET", "/healthz", &[]).await.status, 200);
}

#[tokio::test]
async fn behind_a_proxy_the_people_count_and_not_the_proxy() {
    let server = start(|config| {
        config.limits.loopback_exempt = false;
        config.limits.new_connections_per_address_burst = 2;
        config.trusted_proxies = vec![Network::try_from("127.0.0.0/8".to_owned()).unwrap()];
    })
    .await;
    let ask = async |client: &str| {
        let forwarded = format!("x-forwarded-for: 1.1.1.1, {client}");
        server.ask("POST", "/leave", &[&forwarded]).await.status
    };
    assert_eq!([ask("192.0.2.1").await, ask("192.0.2.1").await], [200, 200]);
    assert_eq!(ask("192.0.2.1").await, 429, "the hop that the proxy wrote counts");
    assert_eq!(ask("192.0.2.2").await, 200, "somebody else");
    server.clock.advance(1000);
    assert_eq!(ask("192.0.2.1").await, 200, "later again");
}
