//! Whoever is at the door, or comes and goes, makes the server send no more than a thin line takes.

use setroom_client::{Client, Connection};
use setroom_protocol::{Blob, ClientFrame, Command, LinkRole, TextKind, limits};

use crate::support::people::{Set, line, line_with, rng, set_with};
use crate::support::soon;
use crate::support::thin::Thin;

/// What a thin line takes in a second.
const THIN: usize = 64_000;

/// A set with the paces that are shipped for its door, and a clock that stands.
async fn counted() -> Set {
    set_with(|config| {
        config.limits.loopback_exempt = false;
        (config.limits.shown_kib_per_second, config.limits.shown_kib_burst) = (16, 128);
    })
    .await
}

/// Knocks with the longest name that there may be, until that is known at the door.
async fn knocks(set: &Set, who: &Client) -> Connection {
    let mut line = line_with(&set.dial, |challenge| {
        let knock = who.keyring().knock("Eve", challenge, &mut rng(6)).unwrap();
        let ClientFrame::Knock(mut knock) = knock else { panic!("a knock") };
        knock.name = Blob::encode(&vec![7; limits::KNOCK_NAME_CHARS * 3 / 4]);
        assert_eq!(knock.name.as_str().len(), limits::KNOCK_NAME_CHARS);
        ClientFrame::Knock(knock)
    })
    .await;
    let text = soon(line.next_text()).await.unwrap();
    assert!(text.starts_with(r#"{"t":"lobby""#), "{text}");
    line
}

/// As many as a lobby has room for, and a line of each.
async fn crowd(set: &mut Set) -> (Vec<Client>, Vec<Connection>) {
    let (mut crowd, mut lines) = (Vec::new(), Vec::new());
    for _ in 0..limits::LOBBY {
        let one = set.knock(LinkRole::Member, "Eve").await;
        lines.push(knocks(set, &one).await);
        crowd.push(one);
    }
    (crowd, lines)
}

// fault: F18 — however people knock, a facilitator on a thin line stays in, and is shown the newest
#[tokio::test]
async fn knocks_put_no_host_on_a_thin_line_out() {
    let mut set = counted().await;
    let mut host = Thin::of(&set, &set.host, "knocks").await;
    host.takes(usize::MAX).await;
    set.host.go().await.unwrap();
    // All that one address may at once, and then for a minute what it may in each second.
    let (crowd, mut lines) = crowd(&mut set).await;
    for n in 0..12 {
        lines[n] = knocks(&set, &crowd[n]).await;
    }
    host.takes(THIN).await;
    for second in 0..60_usize {
        set.server.clock.advance(1000);
        for more in 0..2 + second % 2 {
            let n = (second * 3 + more) % crowd.len();
            lines.remove(n).close().await.unwrap();
            lines.insert(n, knocks(&set, &crowd[n]).await);
        }
        host.takes(THIN).await;
    }
    // Four seconds' worth of a thin line at once, and then a quarter of it.
    let most = (128 + 34 + 60 * 16) * 1024;
    assert!(host.bytes < most, "{} bytes in {} frames", host.bytes, host.frames);
    // What is shown in the end is how it is.
    let (number, last) = (host.frames, crowd[7].device().to_string());
    lines.remove(7).close().await.unwrap();
    soon(async {
        while host.frames == number || host.newest["knocks"].get(&last).is_some() {
            set.server.clock.advance(1000);
            host.takes(THIN).await;
        }
    })
    .await;
    assert_eq!(host.newest["knocks"].as_object().unwrap().len(), limits::LOBBY - 1);
}

// fault: F18 — whoever comes and goes makes nobody be shown again what they were shown
#[tokio::test]
async fn returns_of_a_member_show_nobody_the_door_again() {
    let mut set = counted().await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    let (_crowd, _lines) = crowd(&mut set).await;
    let mut host = Thin::of(&set, &set.host, "knocks").await;
    while !host.takes(THIN).await
        || host.newest["knocks"].as_object().is_none_or(|all| all.len() < 24)
    {
        set.server.clock.advance(1000);
    }
    set.host.go().await.unwrap();
    let shown = host.frames;
    for n in 0..190 {
        let mut line = line(&set.dial, &ben.keyring().come_back(None)).await;
        let text = soon(line.next_text()).await.unwrap();
        assert!(text.starts_with(r#"{"t":"snapshot""#), "{n}: {text}");
        line.close().await.unwrap();
        if n % 10 == 0 {
            set.server.clock.advance(1000);
            host.takes(THIN).await;
        }
    }
    while !host.takes(THIN).await {}
    assert_eq!(host.frames, shown, "nobody knocked");
    // And whoever comes is shown all of it.
    let mut next = Thin::of(&set, &set.host, "knocks").await;
    while !next.takes(THIN).await || next.frames == 0 {}
    assert_eq!(next.newest["knocks"].as_object().unwrap().len(), limits::LOBBY);
}

// Who asks whether it is they is said once to whoever is asked, however the door moves.
#[tokio::test]
async fn a_question_is_put_once_to_each_line() {
    let mut set = set_with(|_| {}).await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    let eve = set.knock(LinkRole::Member, "Eve").await;
    let (device, seat) = (eve.device(), ben.seat().unwrap());
    set.host.wait_for("a knock", |model| model.knocks.contains_key(&device)).await.unwrap();
    set.host_does(Command::AskSeat { device, seat }).await;
    let mut line = line(&set.dial, &ben.keyring().come_back(None)).await;
    let (rules, _) = set.host.put(TextKind::Charter, "Be kind", None).await.unwrap();
    let mut asked = 0;
    let mut lines = Vec::new();
    for _ in 0..20 {
        let other = set.knock(LinkRole::Member, "Zoe").await;
        let known = other.device();
        set.host.wait_for("a knock", |model| model.knocks.contains_key(&known)).await.unwrap();
        lines.push(other);
        // Each text comes behind all that was said before it.
        let answer = set.host.put_again(rules, TextKind::Charter, "Be kind", None).await.unwrap();
        let seq = answer.done().unwrap();
        loop {
            let text = soon(line.next_text()).await.unwrap();
            asked += usize::from(text.contains(r#""t":"claims""#));
            if text.contains(&format!(r#""seq":{},"#, seq.0)) {
                break;
            }
        }
    }
    assert_eq!(asked, 1);
}
