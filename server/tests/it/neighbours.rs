//! What one person does is not paid for by others behind the same address.

use std::net::IpAddr;

use setroom_client::{Client, ClientError, Dial, create_set};
use setroom_protocol::{ClientFrame, CloseCode, Command, LinkRole, Mode, SetId, Token32};
use setroom_server::clock::Clock;
use setroom_server::config::{Config, Network};
use tokio::task::JoinSet;

use crate::support::bare;
use crate::support::people::{Set, dial_to, door, door_of, line, rng, set_with};
use crate::support::{TestServer, soon, start, start_with};

/// Everybody is counted, as they are where people come from elsewhere.
fn counted(config: &mut Config) {
    config.limits.loopback_exempt = false;
}

fn wrong(set: &Set) -> ClientFrame {
    let mut wrong = set.host.keyring().come_back(None);
    if let ClientFrame::Resume { token, .. } = &mut wrong {
        *token = Token32([3; 32]);
    }
    wrong
}

/// Comes back to the room, and is in.
async fn comes_back(dial: &Dial, of: &Client) {
    let mut line = line(dial, &of.keyring().come_back(None)).await;
    let text = soon(line.next_text()).await.expect("nobody is turned away");
    assert!(text.starts_with(r#"{"t":"snapshot""#), "{text}");
}

#[tokio::test]
async fn wrong_tokens_of_a_neighbour_shut_nobody_out() {
    let mut set = set_with(|config| {
        counted(config);
        config.limits.bad_token_wait_ms = 1;
    })
    .await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    for _ in 0..30 {
        let (_, code) = door(&set.dial, &wrong(&set)).await;
        assert!(code == CloseCode::Auth.code() || code == CloseCode::TooFast.code(), "{code}");
    }
    // The member, the host on a second line, and somebody new.
    comes_back(&set.dial, &ben).await;
    comes_back(&set.dial, &set.host).await;
    set.person(LinkRole::Member, "Cleo").await;
}

#[tokio::test]
async fn knocks_of_a_neighbour_at_another_door_shut_nobody_out() {
    let mut set = set_with(|config| {
        counted(config);
        (config.limits.knocks_per_address_burst, config.limits.knocks_per_set_burst) = (5, 40);
        config.limits.knocks_per_address_per_second = 1;
    })
    .await;
    let links =
        create_set(&set.dial, "short_90", "classic", Mode::Set, &mut rng(70)).await.unwrap();
    let mut crowd = Vec::new();
    let refused = loop {
        let link = links.of(LinkRole::Member);
        match Client::knock(&set.dial, link, "Eve", rng(100 + crowd.len() as u64)).await {
            Ok(knocks) => crowd.push(knocks),
            Err(refused) => break refused,
        }
        assert!(crowd.len() < 20, "their own door is shut to them at last");
    };
    let ClientError::Ended(ended) = refused else { panic!("{refused}") };
    assert_eq!(ended.close_code(), Some(CloseCode::TooFast));
    // Nobody at other doors pays for that.
    for name in ["Ben", "Cleo", "Dana"] {
        set.person(LinkRole::Member, name).await;
    }
}

// fault: F20 — silent sockets of a neighbour shut nobody out
#[tokio::test]
async fn silent_sockets_of_a_neighbour_shut_nobody_out() {
    let mut set = set_with(|config| {
        counted(config);
        config.limits.first_frame_timeout_ms = 600_000;
    })
    .await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    let address = set.server.running.addr();
    let mut silent = Vec::new();
    for _ in 0..600 {
        silent.push(bare::open(address, "127.0.0.1").await);
    }
    comes_back(&set.dial, &ben).await;
    comes_back(&set.dial, &set.host).await;
    set.person(LinkRole::Member, "Cleo").await;
    // The oldest of them were closed for the newest, and told to come back.
    assert_eq!(bare::until_closed(&mut silent[0]).await.1, Some(CloseCode::TooFast.code()));
}

#[tokio::test]
async fn connections_that_say_nothing_at_all_shut_nobody_out() {
    let mut set = set_with(|config| {
        counted(config);
        config.limits.connections_per_address = 40;
    })
    .await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    let mut silent = Vec::new();
    for _ in 0..200 {
        let line = tokio::net::TcpStream::connect(set.server.running.addr()).await.unwrap();
        silent.push(line);
    }
    comes_back(&set.dial, &ben).await;
    set.person(LinkRole::Member, "Cleo").await;
}

/// 500 people of one hospital, twenty to a set, at once, with ten stale links among them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_people_behind_one_address_come_in_at_once() {
    let quick = |config: &mut Config| {
        counted(config);
        config.limits.bad_token_wait_ms = 1;
        config.limits.first_frame_timeout_ms = 120_000;
    };
    // They come at the shipped paces, of which a clock that stands refills none.
    let server = start_with(quick, |deps| deps.clock = Clock::system()).await;
    let dial = dial_to(&server);
    let mut coming = JoinSet::new();
    for set in 0..25_u64 {
        coming.spawn(Box::pin(whole_set(dial.clone(), set)));
    }
    let mut people = Vec::new();
    while let Some(set) = soon(coming.join_next()).await {
        people.extend(set.unwrap());
    }
    assert_eq!(people.len(), 500);
    // And all of them come back at once, as after a cut.
    let mut back = JoinSet::new();
    for person in people {
        let dial = dial.clone();
        back.spawn(async move { comes_back(&dial, &person).await });
    }
    while let Some(ended) = soon(back.join_next()).await {
        ended.unwrap();
    }
    for limit in ["connections_per_address", "new_connections_per_address", "unauthenticated"] {
        let name = format!("setroom_limit_refusals_total{{limit=\"{limit}\"}}");
        assert_eq!(server.figure(&name).await, Some(0.0), "{limit}");
    }
}

/// A host and nineteen members, and in every other set somebody with a link that is no longer so.
async fn whole_set(dial: Dial, number: u64) -> Vec<Client> {
    let mut own = rng(number * 100);
    let links = create_set(&dial, "short_90", "classic", Mode::Set, &mut own).await.unwrap();
    let mut host = Client::host(&dial, &links, "Ward", "Asha", own).await.unwrap();
    if number < 10 {
        let mut stale = host.keyring().come_back(None);
        if let ClientFrame::Resume { token, .. } = &mut stale {
            *token = Token32([3; 32]);
        }
        door(&dial, &stale).await;
    }
    let mut knocking = JoinSet::new();
    for n in 1..20 {
        let (dial, member) = (dial.clone(), links.of(LinkRole::Member).clone());
        let rng = rng(number * 100 + n);
        knocking.spawn(Box::pin(async move {
            let mut person = Client::knock(&dial, &member, "Ben", rng).await.unwrap();
            person.enter("Ben").await.unwrap();
            person
        }));
    }
    let mut admitted = std::collections::BTreeSet::new();
    while admitted.len() < 19 {
        let fresh = |known: &setroom_client::Model| {
            known.knocks.keys().copied().find(|device| !admitted.contains(device))
        };
        host.wait_for("a knock", |model| fresh(model).is_some()).await.unwrap();
        let device = fresh(host.model()).unwrap();
        let answer = host.admit(device).await.unwrap();
        assert!(answer.done().is_some(), "{answer:?}");
        admitted.insert(device);
    }
    let mut people = vec![host];
    while let Some(person) = knocking.join_next().await {
        people.push(person.unwrap());
    }
    people
}

#[tokio::test]
async fn wrong_tokens_neither_keep_rooms_nor_make_any() {
    let set = set_with(|config| {
        counted(config);
        config.limits.bad_token_wait_ms = 1;
    })
    .await;
    let Set { server, dial, mut host, .. } = set;
    let known = host.keyring().come_back(None);
    let ClientFrame::Resume { v, set, device, since, branch, .. } = known else {
        panic!("a return")
    };
    host.go().await.unwrap();
    server.until_figure("setroom_room_seats_connected", 0.0).await;
    server.clock.advance(15 * 60_000);
    server.until_figure("setroom_room_rooms_live", 0.0).await;
    let token = Token32([3; 32]);
    for n in 0..50 {
        // Of a set that there is not, and of one whose room is not loaded.
        let unknown = SetId::from_bytes([n; 16]);
        for set in [unknown, set] {
            let wrong = ClientFrame::Resume { v, set, device, token, since, branch };
            door(&dial, &wrong).await;
        }
    }
    // One was looked at, and is not kept as what people use.
    server.until_figure("setroom_room_rooms_live", 1.0).await;
    server.clock.advance(30_000);
    server.until_figure("setroom_room_rooms_live", 0.0).await;
}

#[tokio::test]
async fn in_a_full_lobby_each_address_has_its_share() {
    let mut set = set_with(counted).await;
    let from = |address: &str| set.dial.clone().from(address.parse::<IpAddr>().unwrap());
    let (eve, ben) = (from("127.0.0.9"), from("127.0.0.8"));
    let mut crowd = Vec::new();
    for _ in 0..24 {
        crowd.push(set.knock_by(&eve, LinkRole::Member, "Eve").await);
    }
    let newcomer = set.knock_by(&ben, LinkRole::Member, "Ben").await;
    set.host.wait_for("Ben", |m| m.knocks.contains_key(&newcomer.device())).await.unwrap();
    assert_eq!(set.host.model().knocks.len(), 24);
    // The newest of the crowd went, and one more of them is told that the lobby is full.
    let ended = soon(crowd[23].until_ended()).await.unwrap();
    assert_eq!(ended.close_code(), Some(CloseCode::Full));
    let one_more = door_of(&eve, crowd[23].keyring(), "Eve").await;
    assert_eq!(one_more, (vec!["lobby".into()], 1013));
}

#[tokio::test]
async fn when_the_process_is_nearly_full_people_of_its_rooms_come_first() {
    let mut set = set_with(|config| {
        config.limits.connections = 20;
        config.limits.connections_per_address = 20;
        config.limits.connections_reserved_percent = 50;
    })
    .await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    let mut held = Vec::new();
    for _ in 0..9 {
        held.push(bare::open(set.server.running.addr(), "127.0.0.9").await);
    }
    // Somebody new is told to come later; a member and the host come in.
    let eve = Client::knock(&set.dial, set.links.of(LinkRole::Member), "Eve", rng(9)).await;
    assert!(eve.is_err());
    comes_back(&set.dial, &ben).await;
    comes_back(&set.dial, &set.host).await;
    drop(held);
    set.server.until_figure("setroom_socket_connections_open", 2.0).await;
    set.person(LinkRole::Member, "Cleo").await;
}

#[tokio::test]
async fn where_too_many_rooms_are_open_an_empty_one_gives_way() {
    let set = set_with(|config| {
        counted(config);
        config.limits.rooms = 2;
    })
    .await;
    let Set { server, dial, host: first, .. } = set;
    let host = async |seed: u64| {
        let mut own = rng(seed);
        let links = create_set(&dial, "short_90", "classic", Mode::Set, &mut own).await.unwrap();
        Client::host(&dial, &links, "Ward", "Asha", own).await
    };
    let mut second = host(50).await.unwrap();
    assert!(host(51).await.is_err(), "both have somebody in them");
    second.go().await.unwrap();
    server.until_figure("setroom_room_seats_connected", 1.0).await;
    let mut third = host(52).await.unwrap();
    third.must("a press", Command::Lock { on: true }).await.unwrap();
    server.until_figure("setroom_room_rooms_live", 2.0).await;
    drop(first);
}

/// Behind a proxy on this machine, as the shipped settings for nginx have it.
async fn behind_nginx() -> TestServer {
    start(|config| {
        config.limits.new_sets_per_address_per_minute = 3;
        config.trusted_proxies = vec![Network::try_from("127.0.0.1/32".to_owned()).unwrap()];
    })
    .await
}

/// How many of ten sets are refused for their number, with this in the header.
async fn refused_of_ten(server: &TestServer, headers: &[&[u8]]) -> usize {
    let mut refused = 0;
    for _ in 0..10 {
        let mut line = crate::support::http::Line::open(server.running.addr()).await;
        let mut request = format!(
            "POST /api/sets HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\n\
             content-type: application/json\r\ncontent-length: 2\r\n",
            host = server.host()
        )
        .into_bytes();
        for header in headers {
            request.extend_from_slice(b"x-forwarded-for: ");
            request.extend_from_slice(header);
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n{}");
        line.send(&request).await;
        refused += usize::from(line.answer().await.status == 429);
    }
    refused
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_never_an_exemption() {
    let long = "10.0.0.1, ".repeat(500);
    let cases: Vec<Vec<&[u8]>> = vec![
        vec![],
        vec![b""],
        vec![b","],
        vec![b"unknown"],
        vec![b"_hidden"],
        vec![b"127.0.0.1"],
        vec![b"::1"],
        vec![b"[::1]:80"],
        vec![b"\x80"],
        vec![b"\xff\xfe, 192.0.2.1"],
        vec![b"192.0.2.1", b"\x80"],
        vec![b"\x80", b"192.0.2.1"],
        vec![b"192.0.2.1:99999"],
        vec![b"[192.0.2.1"],
        vec![b"fe80::1%eth0"],
        vec![long.as_bytes()],
    ];
    for headers in cases {
        let server = behind_nginx().await;
        assert_eq!(refused_of_ten(&server, &headers).await, 7, "{headers:?}");
    }
    // And what a client puts before its proxy's word makes it nobody else.
    let server = behind_nginx().await;
    let mut refused = 0;
    for n in 0..5_u8 {
        let forged = [&[0x80 + n][..], b", 192.0.2.1"].concat();
        refused += refused_of_ten(&server, &[&forged]).await;
    }
    assert_eq!(refused, 47);
    assert_eq!(refused_of_ten(&server, &[b"192.0.2.2"]).await, 7, "somebody else");
}

#[tokio::test]
async fn behind_a_proxy_that_nobody_named_nobody_is_exempt() {
    let server = start(|config| config.limits.new_sets_per_address_per_minute = 3).await;
    assert_eq!(refused_of_ten(&server, &[b"192.0.2.1"]).await, 7);
    assert_eq!(refused_of_ten(&server, &[]).await, 0, "this machine itself is");
}
