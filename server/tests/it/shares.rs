//! Where what belongs to all is short, it comes from whoever holds far more than their share.

use std::net::IpAddr;

use futures_util::FutureExt as _;
use setroom_client::{Answer, Client, Connection, Dial, Ended, Keyring, create_set};
use setroom_protocol::{
    ClientFrame, CloseCode, Code, Command, ItemId, LinkRole, Mode, TextKind, Token32, limits,
};
use setroom_server::config::Config;

use crate::journal_share::goes_where_texts_stay;
use crate::support::people::{Set, closed, dial_to, door, door_of, rng, roomy, set_with};
use crate::support::{TestServer, soon, start};

/// Sixty connections, of which twelve are the last; an address keeps ten.
fn sixty(config: &mut Config) {
    config.limits.loopback_exempt = false;
    config.limits.connections = 60;
    config.limits.connections_per_address = 60;
    config.limits.connections_reserved_percent = 20;
    config.limits.connections_kept_per_address = 10;
    config.limits.new_sets_per_address_per_minute = 100;
}

fn from(dial: &Dial, address: &str) -> Dial {
    dial.clone().from(address.parse::<IpAddr>().unwrap())
}

/// A set of somebody at this address, whose host is in.
async fn host_at(dial: &Dial, seed: u64) -> Result<Client, ()> {
    let mut own = rng(seed);
    let links = create_set(dial, "short_90", "classic", Mode::Set, &mut own).await;
    let links = links.map_err(|_| ())?;
    Client::host(dial, &links, "Crowd", "Eve", own).await.map_err(|_| ())
}

/// One more line of this person; `None` when it is refused.
async fn one_more(dial: &Dial, of: &Client) -> Option<Connection> {
    let mut line = dial.connect().await.ok()?;
    line.next().await.ok()?;
    line.send(&of.keyring().come_back(None)).await.ok()?;
    let text = soon(line.next_text()).await.ok()?;
    text.starts_with(r#"{"t":"snapshot""#).then_some(line)
}

/// The lines of so many sets of one address, as far as they are let in.
#[derive(Default)]
struct Crowd {
    hosts: Vec<Client>,
    lines: Vec<Connection>,
}

/// `sets` of them, with so many lines `each`.
async fn crowd(dial: &Dial, sets: u64, each: u64, seed: u64) -> Crowd {
    let mut crowd = Crowd::default();
    for set in 0..sets {
        let Ok(host) = host_at(dial, seed + set).await else { break };
        for _ in 1..each {
            crowd.lines.extend(one_more(dial, &host).await);
        }
        crowd.hosts.push(host);
    }
    crowd
}

/// How this line ended, if that has come.
fn ended_by_now(line: &mut Connection) -> Option<Ended> {
    while let Some(heard) = line.next_text().now_or_never() {
        if let Err(ended) = heard {
            return Some(ended);
        }
    }
    None
}

/// How many of these lines were told that there is no place for them.
async fn sent_away(server: &TestServer) -> f64 {
    let name = "setroom_limit_refusals_total{limit=\"connections\"}";
    server.figure(name).await.unwrap_or(0.0)
}

async fn in_again(dial: &Dial, of: &Client) -> Connection {
    one_more(dial, of).await.expect("a right token is let in")
}

/// A ward with its host, a member who is away, and the lines of a crowd that took all there was.
async fn crowded(
    config: impl FnOnce(&mut Config),
    address: &str,
    sets: u64,
) -> (Set, Client, Crowd) {
    let mut set = set_with(config).await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    ben.go().await.unwrap();
    let crowd = crowd(&from(&set.dial, address), sets, 3, 1000).await;
    (set, ben, crowd)
}

/// Everybody of the ward comes in, old and new, and it works.
async fn the_ward_works(set: &mut Set, ben: &Client) {
    let mut lines = vec![in_again(&set.dial, ben).await, in_again(&set.dial, &set.host).await];
    for n in 0..8 {
        set.person(LinkRole::Member, &format!("Cleo {n}")).await;
        lines.push(in_again(&set.dial, ben).await);
    }
    set.host_does(Command::Lock { on: true }).await;
}

// fault: F20 — lines with right tokens that one address holds by the thousand shut nobody out
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_of_one_address_give_way_to_people_of_another() {
    let (mut set, ben, crowd) = crowded(sixty, "127.0.0.9", 30).await;
    assert!(crowd.hosts.len() >= 14, "{}", crowd.hosts.len());
    let before = sent_away(&set.server).await;
    the_ward_works(&mut set, &ben).await;
    assert!(sent_away(&set.server).await > before);
    // Who went was told to come later, and second lines of one browser went first.
    let mut goodbyes = 0;
    for mut line in crowd.lines {
        if let Some(ended) = ended_by_now(&mut line) {
            assert_eq!(closed(&ended), CloseCode::Full.code());
            goodbyes += 1;
        }
    }
    assert!(goodbyes > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_with_right_tokens_shut_out_nobody_behind_their_own_address() {
    // First what one address may have without a token, which is less than there is.
    let few = |config: &mut Config| {
        sixty(config);
        config.limits.connections_per_address = 20;
    };
    for (sets, each, are_in) in [(16, 3, 12), (50, 1, 40)] {
        let mut set = set_with(few).await;
        // Who has company is moved by nobody who has none.
        let mut ben = set.person(LinkRole::Member, "Ben").await;
        let crowd = crowd(&set.dial, sets, each, 1000).await;
        assert!(crowd.hosts.len() >= are_in, "{}", crowd.hosts.len());
        let mut people = Vec::new();
        for n in 0..8 {
            people.push(set.person(LinkRole::Member, &format!("Cleo {n}")).await);
        }
        ben.go().await.unwrap();
        in_again(&set.dial, &ben).await;
        set.host_does(Command::Lock { on: true }).await;
    }
}

#[tokio::test]
async fn an_address_keeps_its_share_however_many_others_come() {
    let mut set = set_with(sixty).await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    // Nobody holds more than their share, and all places are taken.
    let mut crowds = Vec::new();
    for n in 0..5_u8 {
        let dial = from(&set.dial, &format!("127.0.0.{}", 20 + n));
        crowds.push(crowd(&dial, 3, 3, 100 * u64::from(n + 1)).await);
    }
    crowds.push(crowd(&from(&set.dial, "127.0.0.30"), 1, 3, 900).await);
    let newcomer = from(&set.dial, "127.0.0.99");
    let eve = Client::knock(&newcomer, set.links.of(LinkRole::Member), "Eve", rng(9)).await;
    assert!(eve.is_err(), "no place is left for somebody new");
    // The people of running rooms have the last ones, and nobody was closed.
    in_again(&set.dial, &ben).await;
    for crowd in &mut crowds {
        for line in &mut crowd.lines {
            let ended = ended_by_now(line);
            assert!(ended.is_none(), "{ended:?}");
        }
    }
}

/// Four rooms, of which an address keeps one.
fn four_rooms(config: &mut Config) {
    config.limits.loopback_exempt = false;
    (config.limits.rooms, config.limits.rooms_per_address) = (4, 1);
}

#[tokio::test]
async fn rooms_that_one_address_keeps_with_a_line_each_give_way() {
    let server = start(four_rooms).await;
    let dial = dial_to(&server);
    let (eve, asha) = (from(&dial, "127.0.0.9"), from(&dial, "127.0.0.8"));
    let mut crowd = Vec::new();
    for n in 0..4 {
        crowd.push(host_at(&eve, n).await.expect("there is room"));
        server.clock.advance(1);
    }
    // With two people in it a room is not the first to go.
    let _second = one_more(&eve, &crowd[0]).await.unwrap();
    // A wrong token moves nobody.
    let mut wrong = crowd[1].keyring().come_back(None);
    if let ClientFrame::Resume { token, set, .. } = &mut wrong {
        *token = Token32([3; 32]);
        *set = setroom_protocol::SetId::from_bytes([9; 16]);
    }
    door(&from(&dial, "127.0.0.7"), &wrong).await;
    server.until_figure("setroom_room_seats_connected", 5.0).await;
    let mut host = host_at(&asha, 50).await.expect("a right token is let in");
    // The one that was used longest ago went, and its people were told to come later.
    let ended = soon(crowd[1].until_ended()).await.unwrap();
    assert_eq!(ended.close_code(), Some(CloseCode::Full));
    host.must("a press", Command::Lock { on: true }).await.unwrap();
    server.until_figure("setroom_room_rooms_live", 4.0).await;
    // And those who had it come back by a place of their own address, never by hers.
    in_again(&eve, &crowd[1]).await;
    let ended = soon(crowd[2].until_ended()).await.unwrap();
    assert_eq!(ended.close_code(), Some(CloseCode::Full));
    host.must("a press", Command::Lock { on: false }).await.unwrap();
}

#[tokio::test]
async fn a_room_that_somebody_elses_wrong_token_loaded_counts_for_whoever_comes_in() {
    let server = start(four_rooms).await;
    let dial = dial_to(&server);
    let (eve, asha) = (from(&dial, "127.0.0.9"), from(&dial, "127.0.0.8"));
    let mut own = rng(60);
    let links = create_set(&asha, "short_90", "classic", Mode::Set, &mut own).await.unwrap();
    let mut crowd = Vec::new();
    for n in 0..3 {
        crowd.push(host_at(&eve, n).await.expect("there is room"));
        if n == 0 {
            let mut wrong = crowd[0].keyring().come_back(None);
            if let ClientFrame::Resume { set, .. } = &mut wrong {
                *set = links.set();
            }
            door(&eve, &wrong).await;
        }
        server.clock.advance(1);
    }
    let mut host = Client::host(&asha, &links, "Ward", "Asha", own).await.unwrap();
    let mut beside = Vec::new();
    for host in &crowd {
        beside.push(one_more(&eve, host).await.unwrap());
        server.clock.advance(1);
    }
    // All four are used, and of hers each has more people in it.
    host_at(&from(&dial, "127.0.0.7"), 50).await.expect("a right token is let in");
    let ended = soon(crowd[0].until_ended()).await.unwrap();
    assert_eq!(ended.close_code(), Some(CloseCode::Full));
    host.must("a press", Command::Lock { on: true }).await.unwrap();
}

#[tokio::test]
async fn behind_one_address_the_room_with_the_fewest_people_gives_way_however_many_they_are() {
    // With a third line there the first is a meeting, and it stays beside smaller ones. Where somebody has
    // opened rooms with three lines in each, the one that was used longest ago goes.
    for (lines_beside, goes) in [([2, 1, 1, 1], 1), ([2, 2, 2, 2], 0)] {
        let server = start(four_rooms).await;
        let dial = dial_to(&server);
        let (mut hosts, mut lines) = (Vec::new(), Vec::new());
        for (n, beside_it) in lines_beside.into_iter().enumerate() {
            let host = host_at(&dial, n as u64).await.expect("there is room");
            for _ in 0..beside_it {
                lines.push(one_more(&dial, &host).await.unwrap());
            }
            hosts.push(host);
            server.clock.advance(1);
        }
        hosts.push(host_at(&dial, 50).await.expect("a right token is let in"));
        let ended = soon(hosts[goes].until_ended()).await.unwrap();
        assert_eq!(ended.close_code(), Some(CloseCode::Full));
        hosts.remove(goes);
        for host in &mut hosts {
            host.must("a press", Command::Lock { on: true }).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_room_with_people_in_it_gives_way_to_no_neighbour_and_to_nobody_within_the_share() {
    let server = start(|config| {
        config.limits.loopback_exempt = false;
        (config.limits.rooms, config.limits.rooms_per_address) = (2, 2);
    })
    .await;
    let dial = dial_to(&server);
    let (eve, asha) = (from(&dial, "127.0.0.9"), from(&dial, "127.0.0.8"));
    let mut rooms = Vec::new();
    for n in 0..2 {
        rooms.push(host_at(&eve, n).await.expect("there is room"));
    }
    assert!(host_at(&asha, 50).await.is_err(), "an address keeps two");
    for room in &mut rooms {
        room.must("a press", Command::Lock { on: true }).await.unwrap();
    }
    let name = "setroom_limit_refusals_total{limit=\"rooms\"}";
    assert_eq!(server.figure(name).await, Some(1.0));
}

/// What is refused for now, since nothing more is kept.
pub(crate) const NOT_SAVED: Answer = Answer::Refused { code: Code::NotSaved, temporary: true };

/// Writes long texts until one is refused, and shows each. Gives those that were kept.
pub(crate) async fn writes_all_it_can(host: &mut Client) -> Vec<ItemId> {
    let long = "y".repeat(4000);
    goes_where_texts_stay(host).await;
    let mut kept = Vec::new();
    loop {
        let (item, answer) = host.put(TextKind::Action, &long, None).await.unwrap();
        if answer.done().is_none() {
            assert_eq!(answer, NOT_SAVED);
            return kept;
        }
        let shown = host.release(item).await.unwrap();
        if shown.done().is_none() {
            assert_eq!(shown, NOT_SAVED);
            return kept;
        }
        kept.push(item);
    }
}

#[tokio::test]
async fn where_memory_is_short_rooms_within_their_share_write_on_and_newcomers_wait() {
    let server = start(|config| {
        roomy(config);
        (config.limits.rooms_mib, config.limits.rooms) = (1, 8);
    })
    .await;
    let dial = dial_to(&server);
    let mut small = host_at(&dial, 1).await.unwrap();
    let mut large = host_at(&dial, 2).await.unwrap();
    // A text and the frame that shows it, until the megabyte of all rooms is full.
    let kept = writes_all_it_can(&mut large).await;
    assert!((60..140).contains(&kept.len()), "{}", kept.len());
    let held = server.figure("setroom_room_memory_bytes").await.unwrap();
    let most = server.figure("setroom_room_memory_ceiling_bytes").await.unwrap();
    assert!(held <= most && held > most - 80_000.0, "{held} of {most}");
    let refused = r#"setroom_limit_refusals_total{limit="room_memory"}"#;
    assert_eq!(server.figure(refused).await, Some(1.0));
    // What makes nothing larger goes on there; and in a small room everything does.
    large.must("a press", Command::Lock { on: true }).await.unwrap();
    let (_, answer) = small.put(TextKind::Charter, "We listen.", None).await.unwrap();
    assert!(answer.done().is_some(), "{answer:?}");
    // A room that is not there yet is not loaded for somebody new, but for its host.
    let links = create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(3)).await.unwrap();
    let keys = Keyring::new(&links.member, Default::default(), &mut rng(4));
    assert_eq!(door_of(&dial, &keys, "Ben").await.1, CloseCode::Full.code());
    assert_eq!(server.figure(refused).await, Some(2.0));
    Client::host(&dial, &links, "Third", "Ewa", rng(5)).await.unwrap();
    // What is taken back makes room again, once it is not kept for those who come back either.
    for item in kept {
        large.must("taken back", Command::WithdrawItem { item }).await.unwrap();
    }
    soon(async {
        while server.figure("setroom_room_memory_bytes").await.unwrap() > most / 2.0 {
            server.clock.advance(limits::RING_MS);
            tokio::task::yield_now().await;
        }
    })
    .await;
    large.put(TextKind::Action, "again", None).await.unwrap().1.done().unwrap();
}
