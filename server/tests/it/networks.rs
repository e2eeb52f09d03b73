//! Somebody who has many addresses in one network is one party, behind each limit that is counted for
//! an address. Their neighbours, and whoever comes from elsewhere, find what they need.

use std::net::IpAddr;
use std::sync::Arc;

use setroom_client::{Client, Dial, Links, create_set};
use setroom_protocol::{CloseCode, LinkRole, Mode};
use setroom_server::clock::{Clock, ManualClock};
use setroom_server::config::{Config, Limits, Network};
use setroom_server::limits::{ConnectionLimits, Limit, Refused};
use setroom_server::telemetry::Metrics;

use crate::support::people::{Set, dial_to, rng, set_with};
use crate::support::proxy::says_from;
use crate::support::{TestServer, soon, start, test_config};

/// Behind a proxy, which says where people come from.
fn trusted(config: &mut Config) {
    config.limits.loopback_exempt = false;
    config.trusted_proxies = vec![Network::try_from("127.0.0.1/32".to_owned()).unwrap()];
}

async fn from(server: &TestServer, address: &str) -> Dial {
    let proxy = says_from(address.to_owned(), server.running.addr()).await;
    dial_to(server).by_way_of(proxy)
}

/// An address of one /48, each in another /56.
fn of_site(n: u64) -> String {
    format!("2001:db8:1:{:x}::1", n << 8)
}

const ELSEWHERE: &str = "192.0.2.1";

async fn makes(dial: &Dial, seed: u64) -> Result<Links, setroom_client::ClientError> {
    create_set(dial, "short_90", "classic", Mode::Set, &mut rng(seed)).await
}

async fn host_at(dial: &Dial, seed: u64) -> Result<Client, setroom_client::ClientError> {
    let links = makes(dial, seed).await?;
    Client::host(dial, &links, "Crowd", "Eve", rng(seed + 1)).await
}

#[tokio::test]
async fn sets_that_many_addresses_of_one_network_make_are_so_many() {
    let server = start(|config| {
        trusted(config);
        config.limits.new_sets_per_address_per_minute = 2;
    })
    .await;
    let mut made = 0;
    for n in 0..20 {
        made += u32::from(makes(&from(&server, &of_site(n)).await, n).await.is_ok());
    }
    assert_eq!(made, 8);
    for (n, address) in ["2001:db8:2::1", ELSEWHERE].into_iter().enumerate() {
        makes(&from(&server, address).await, 50 + n as u64).await.expect("others make theirs");
    }
}

#[tokio::test]
async fn lines_that_many_addresses_of_one_network_hold_give_way() {
    let mut set = set_with(|config| {
        trusted(config);
        config.limits.connections = 60;
        config.limits.connections_per_address = 60;
        config.limits.connections_reserved_percent = 20;
        config.limits.connections_kept_per_address = 8;
        config.limits.new_sets_per_address_per_minute = 100;
    })
    .await;
    let mut crowd = Vec::new();
    for n in 0..30 {
        let dial = from(&set.server, &of_site(n)).await;
        // Each of them holds fewer than an address keeps.
        let Ok(host) = host_at(&dial, 1000 + 10 * n).await else { break };
        let back = serde_json::to_string(&host.keyring().come_back(None)).unwrap();
        let mut second = dial.connect().await.unwrap();
        second.next().await.unwrap();
        second.send_text(back).await.unwrap();
        soon(second.next_text()).await.unwrap();
        crowd.push((host, second));
    }
    assert!(crowd.len() > 15, "{}", crowd.len());
    let dial = from(&set.server, ELSEWHERE).await;
    for n in 0..4 {
        set.person_by(&dial, LinkRole::Member, &format!("Ben {n}")).await;
    }
}

#[tokio::test]
async fn rooms_that_many_addresses_of_one_network_open_give_way() {
    let server = start(|config| {
        trusted(config);
        (config.limits.rooms, config.limits.rooms_per_address) = (6, 1);
    })
    .await;
    let mut crowd = Vec::new();
    for n in 0..6 {
        let dial = from(&server, &of_site(n)).await;
        crowd.push(host_at(&dial, 10 * n).await.expect("there is room"));
        server.clock.advance(1);
    }
    host_at(&from(&server, ELSEWHERE).await, 500).await.expect("a right token is let in");
    let ended = soon(crowd[0].until_ended()).await.unwrap();
    assert_eq!(ended.close_code(), Some(CloseCode::Full));
}

#[tokio::test]
async fn in_a_full_lobby_a_network_has_its_share() {
    let mut set: Set = set_with(trusted).await;
    let mut crowd = Vec::new();
    for n in 0..24 {
        let dial = from(&set.server, &of_site(n)).await;
        crowd.push(set.knock_by(&dial, LinkRole::Member, "Eve").await);
    }
    let dial = from(&set.server, ELSEWHERE).await;
    let newcomer = set.knock_by(&dial, LinkRole::Member, "Ben").await;
    set.host.wait_for("Ben", |m| m.knocks.contains_key(&newcomer.device())).await.unwrap();
    assert_eq!(set.host.model().knocks.len(), 24);
}

fn connection_limits(change: impl FnOnce(&mut Limits)) -> ConnectionLimits {
    let mut limits = test_config().limits;
    change(&mut limits);
    let clock = Clock::Manual(ManualClock::new(1_000_000));
    ConnectionLimits::new(Arc::new(limits), clock, Metrics::new())
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// How many of fifty addresses of one /48 get what each of them may have once.
fn of_fifty(get: impl Fn(IpAddr) -> bool) -> usize {
    (0..50).filter(|n| get(ip(&of_site(*n)))).count()
}

#[test]
fn paces_of_many_addresses_of_one_network_are_so_many_times_that_of_one() {
    let limits = connection_limits(|limits| {
        (limits.knocks_per_address_burst, limits.posts_per_address_burst) = (1, 1);
        limits.bad_tokens_per_address_per_minute = 1;
        limits.new_connections_per_address_burst = 1;
    });
    assert_eq!(of_fifty(|ip| limits.knock(ip).is_ok()), 4);
    assert_eq!(of_fifty(|ip| limits.post(ip).is_ok()), 4);
    assert_eq!(of_fifty(|ip| limits.bad_token(ip).is_ok()), 4);
    assert_eq!(of_fifty(|ip| limits.is_at_pace(ip)), 4);
    // A household within it has half of that.
    let limits = connection_limits(|limits| limits.knocks_per_address_burst = 1);
    let household = (0..50).filter(|n| limits.knock(ip(&format!("2001:db8:1:{n:x}::"))).is_ok());
    assert_eq!(household.count(), 2);
    // Its neighbours have the other half; all others notice nothing.
    assert_eq!(of_fifty(|ip| limits.knock(ip).is_ok()), 2);
    limits.knock(ip(ELSEWHERE)).unwrap();
}

#[test]
fn connections_of_many_addresses_of_one_network_are_so_many_times_those_of_one() {
    let limits = connection_limits(|limits| limits.connections_per_address = 2);
    let held: Vec<_> = (0..50).filter_map(|n| limits.enter(ip(&of_site(n))).ok()).collect();
    assert_eq!(held.len(), 8);
    // Of those who have shown no token the oldest there goes.
    drop(held);
    let entered = |n| (limits.enter(ip(&of_site(n))).unwrap(), limits.guest(ip(&of_site(n))));
    let held: Vec<_> = (0..12).map(entered).collect();
    let over = |n: usize| held[n].1.is_over();
    assert_eq!((over(3), over(4)), (Some(Limit::ConnectionsPerAddress), None));
    let _elsewhere = limits.enter(ip(ELSEWHERE)).unwrap();
}

#[test]
fn sockets_without_a_token_of_many_addresses_of_one_network_are_so_many_times_those_of_one() {
    let limits = connection_limits(|limits| limits.unauthenticated_per_address = 2);
    let guests: Vec<_> = (0..50)
        .map(|n| {
            let guest = limits.guest(ip(&of_site(n)));
            limits.socket(&guest);
            guest
        })
        .collect();
    assert_eq!(guests.iter().filter(|guest| guest.is_over().is_none()).count(), 8);
}

#[tokio::test]
async fn proofs_and_loads_of_many_addresses_of_one_network_wait_for_each_other() {
    let limits = connection_limits(|_| {});
    let first = limits.proof(ip(&of_site(0))).await;
    let mut crowd: Vec<_> = (1..50).map(|n| Box::pin(limits.proof(ip(&of_site(n))))).collect();
    for one in &mut crowd {
        assert!(futures_util::poll!(one).is_pending());
    }
    let mut ours = Box::pin(limits.proof(ip(ELSEWHERE)));
    assert!(futures_util::poll!(&mut ours).is_pending());
    drop(first);
    // Three of theirs are before us, and not forty-nine: each gives its turn up at once.
    let mut before = 0;
    while futures_util::poll!(&mut ours).is_pending() {
        let mut ended = None;
        for (n, one) in crowd.iter_mut().enumerate() {
            if futures_util::poll!(one).is_ready() {
                ended = Some(n);
                break;
            }
        }
        if let Some(ended) = ended {
            drop(crowd.remove(ended));
            before += 1;
        }
    }
    assert_eq!(before, 3);
}

#[test]
fn a_limit_says_its_name_for_a_network_as_for_an_address() {
    let limits = connection_limits(|limits| limits.posts_per_address_burst = 1);
    for n in 0..4 {
        limits.post(ip(&of_site(n))).unwrap();
    }
    assert_eq!(limits.post(ip(&of_site(4))), Err(Refused(Limit::PostsPerAddress)));
}
