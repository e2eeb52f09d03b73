//! Whoever is at the door, or comes and goes, makes the server send no more than a thin line takes.

use setroom_client::{Client, Connection};
use setroom_protocol::{Blob, ClientFrame, Command, LinkRole, limits};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::bare::{self, Got, frame};
use crate::support::people::{Set, line, line_with, rng, set_with};
use crate::support::soon;

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

/// Somebody's line that is read slowly, and what it was sent.
struct Thin {
    line: TcpStream,
    /// Bytes that are read though their second has not come yet.
    ahead: usize,
    /// Whether a ping of ours is still unanswered.
    waits: bool,
    frames: usize,
    bytes: usize,
    newest: serde_json::Value,
}

impl Thin {
    async fn of(set: &Set, who: &Client) -> Self {
        let (to, here) = (set.server.running.addr(), [127, 0, 0, 5].into());
        let mut line = bare::try_open(to, here, true, "").await.unwrap();
        let first = serde_json::to_string(&who.keyring().come_back(None)).unwrap();
        line.write_all(&frame(0x81, first.as_bytes())).await.unwrap();
        let newest = serde_json::Value::Null;
        Self { line, ahead: 0, waits: false, frames: 0, bytes: 0, newest }
    }

    /// Reads what this many bytes let it, or all that is there. Says whether that was all.
    async fn takes(&mut self, bytes: usize) -> bool {
        self.ahead = self.ahead.saturating_sub(bytes);
        while self.ahead == 0 {
            if !std::mem::replace(&mut self.waits, true) {
                self.line.write_all(&frame(0x89, b"all?")).await.unwrap();
            }
            let mut taken = 0;
            while taken < bytes {
                match bare::next(&mut self.line).await {
                    Got::Text(text) => {
                        taken += text.len();
                        self.note(&text);
                    }
                    Got::Pong(_) => {
                        self.waits = false;
                        return true;
                    }
                    Got::Ping(_) => {}
                    other @ (Got::Close(_) | Got::End) => panic!("put out: {other:?}"),
                }
            }
            self.ahead = taken;
        }
        false
    }

    fn note(&mut self, text: &str) {
        if text.starts_with(r#"{"t":"knocks""#) {
            (self.frames, self.bytes) = (self.frames + 1, self.bytes + text.len());
            let mut frame: serde_json::Value = serde_json::from_str(text).unwrap();
            self.newest = frame["knocks"].take();
        }
    }
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
    let mut host = Thin::of(&set, &set.host).await;
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
            lines[n].close().await.unwrap();
            lines[n] = knocks(&set, &crowd[n]).await;
        }
        host.takes(THIN).await;
    }
    // Four seconds' worth of a thin line at once, and then a quarter of it.
    let most = (128 + 34 + 60 * 16) * 1024;
    assert!(host.bytes < most, "{} bytes in {} frames", host.bytes, host.frames);
    // What is shown in the end is how it is.
    let (number, last) = (host.frames, crowd[7].device().to_string());
    lines[7].close().await.unwrap();
    soon(async {
        while host.frames == number || host.newest.get(&last).is_some() {
            set.server.clock.advance(1000);
            host.takes(THIN).await;
        }
    })
    .await;
    assert_eq!(host.newest.as_object().unwrap().len(), limits::LOBBY - 1);
}

// fault: F18 — whoever comes and goes makes nobody be shown again what they were shown
#[tokio::test]
async fn returns_of_a_member_show_nobody_the_door_again() {
    let mut set = counted().await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    let (_crowd, _lines) = crowd(&mut set).await;
    let mut host = Thin::of(&set, &set.host).await;
    while !host.takes(THIN).await || host.newest.as_object().is_none_or(|all| all.len() < 24) {
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
    let mut next = Thin::of(&set, &set.host).await;
    while !next.takes(THIN).await {}
    assert_eq!(next.newest.as_object().unwrap().len(), limits::LOBBY);
}

// Who asks whether it is they is said once to whoever is asked, however the door moves.
#[tokio::test]
async fn a_question_is_put_once_to_each_line() {
    let mut set = counted().await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    let eve = set.knock(LinkRole::Member, "Eve").await;
    let (device, seat) = (eve.device(), ben.seat().unwrap());
    set.host.wait_for("a knock", |model| model.knocks.contains_key(&device)).await.unwrap();
    set.host_does(Command::AskSeat { device, seat }).await;
    let mut line = line(&set.dial, &ben.keyring().come_back(None)).await;
    let mut asked = 0;
    let mut lines = Vec::new();
    for n in 0..20 {
        let other = set.knock(LinkRole::Member, "Zoe").await;
        let known = other.device();
        set.host.wait_for("a knock", |model| model.knocks.contains_key(&known)).await.unwrap();
        lines.push(other);
        // Each press comes behind all that was said before it.
        let seq = set.host_does(Command::Lock { on: n % 2 == 0 }).await;
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
