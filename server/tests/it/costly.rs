//! What costs the server more than a frame, signatures and wraps and tokens that are looked up, is
//! bounded by a limit with a name, and is paid for by nobody but who asks for it.

use std::net::IpAddr;
use std::sync::Arc;

use serde_json::Value;
use setroom_client::{Client, Connection, Dial, create_set};
use setroom_protocol::{
    Blob, ClientFrame, CloseCode, Command, CommandId, LinkRole, Mode, OwnKey, RosterEdit, Seq,
    SetId, Signature64, Token32,
};
use setroom_server::config::Config;

use crate::support::people::{
    Set, begun, closed, door, line, line_with, rest, rng, set_with, snapshot,
};
use crate::support::soon;

/// From where floods come.
const EVES: &str = "127.0.0.9";

fn from(dial: &Dial, address: &str) -> Dial {
    dial.clone().from(address.parse::<IpAddr>().unwrap())
}

/// A ward at work behind one address. Whoever floods comes from another.
struct Ward {
    set: Set,
    ben: Client,
    eves: Dial,
}

impl Ward {
    /// With the paces that are shipped, and a clock that stands.
    async fn at_work(change: impl FnOnce(&mut Config)) -> Self {
        let mut set = set_with(|config| {
            config.limits.loopback_exempt = false;
            config.limits.inbound_messages_per_second = 10;
            config.limits.inbound_messages_burst = 40;
            config.limits.inbound_kib_per_second = 64;
            change(config);
        })
        .await;
        let ben = set.person(LinkRole::Member, "Ben").await;
        let eves = from(&set.dial, EVES);
        Self { set, ben, eves }
    }

    /// Those inside go on; those with right tokens come in, from the flood's address too; and so does
    /// somebody new.
    async fn works(&mut self) {
        for on in [true, false] {
            soon(self.set.host_does(Command::Lock { on })).await;
        }
        for dial in [&self.set.dial, &self.eves] {
            for person in [&self.ben, &self.set.host] {
                soon(snapshot(dial, person)).await;
            }
        }
        soon(self.set.person(LinkRole::Member, "Cleo")).await;
    }

    async fn refusals(&self, limit: &str) -> f64 {
        let name = format!("setroom_limit_refusals_total{{limit=\"{limit}\"}}");
        self.set.server.figure(&name).await.unwrap()
    }
}

/// A set of Eve's own on the ward's server, with a member, and somebody at its door who says to be
/// that member.
struct Eves {
    host: Client,
    member: Client,
    knocks: Client,
}

impl Eves {
    async fn beside(ward: &Ward) -> Self {
        let dial = &ward.eves;
        let links = create_set(dial, "short_90", "classic", Mode::Set, &mut rng(50)).await.unwrap();
        let mut host = Client::host(dial, &links, "Eve's", "Eve", rng(51)).await.unwrap();
        let link = links.of(LinkRole::Member);
        let mut member = Client::knock(dial, link, "Mel", rng(52)).await.unwrap();
        assert!(host.admit(member.device()).await.unwrap().done().is_some());
        member.enter("Mel").await.unwrap();
        let knocks = Client::knock(dial, link, "Mel", rng(53)).await.unwrap();
        Self { host, member, knocks }
    }

    /// What is right but for its signature, so that the signature is looked at.
    fn forged_edit(&self) -> Command {
        let mut keys = self.host.keyring().clone();
        keys.follow(&self.host.shared().unwrap().roster).unwrap();
        let roster = keys.roster();
        let edit = RosterEdit {
            n: roster.n() + 1,
            epoch: roster.epoch(),
            commit: roster.commit().unwrap(),
            meeting: None,
            whole: true,
            add: roster.holders().values().cloned().collect(),
            drop: vec![],
            by: roster.host().unwrap(),
            sig: Signature64([7; 64]),
        };
        Command::EditRoster { edit: Arc::new(edit) }
    }

    /// A wrap more of the member's first own key, in the place of the one before.
    fn own_key(&self, bytes: usize, more: bool) -> Command {
        let boxes = [(self.member.device(), Blob::encode(&vec![7; bytes]))].into();
        Command::OwnKey(OwnKey { generation: 1, boxes, more, ..OwnKey::default() })
    }
}

/// What a line is told that asks for a few things one after the other, and then for the rest at once.
async fn asked_at_once(
    dial: &Dial,
    who: &Client,
    at: usize,
    commands: Vec<Command>,
) -> (Vec<String>, u16) {
    let mut line = line(dial, &who.keyring().come_back(None)).await;
    soon(line.next_text()).await.unwrap();
    let mut frames = Vec::new();
    for (n, cmd) in (0_u32..).zip(commands) {
        let mut cid = [u8::try_from(at).unwrap(); 16];
        cid[..4].copy_from_slice(&n.to_be_bytes());
        let ask = ClientFrame::Do { cid: CommandId::from_bytes(cid), seen: Seq(0), cmd };
        // A line that is cut takes no more.
        if line.send(&ask).await.is_err() {
            break;
        }
        while frames.iter().filter_map(answer).count() <= n.min(3) as usize {
            frames.push(serde_json::from_str(&soon(line.next_text()).await.unwrap()).unwrap());
        }
    }
    let (more, ended) = soon(rest(&mut line)).await;
    frames.extend(more);
    (frames.iter().filter_map(answer).collect(), closed(&ended))
}

fn answer(frame: &Value) -> Option<String> {
    match frame["t"].as_str() {
        Some("done") => Some("done".to_owned()),
        Some("refused") => frame["code"].as_str().map(str::to_owned),
        _ => None,
    }
}

// fault: F17 — whatever a seat asks, and however it is signed, is counted; the next room goes on
#[tokio::test]
async fn what_costs_more_than_a_press_is_paced_like_one() {
    let mut ward = Ward::at_work(|_| {}).await;
    let mut eves = Eves::beside(&ward).await;
    let (device, seat) = (eves.knocks.device(), eves.member.seat().unwrap());
    eves.host.must("the question", Command::AskSeat { device, seat }).await.unwrap();
    let first = eves.own_key(90, false);
    eves.member.must("a key", first).await.unwrap();
    let asks = |n: u32| {
        let answer = Command::AnswerSeat { device, yes: n.is_multiple_of(2) };
        [
            ("forged edits", &eves.host, eves.forged_edit(), "stale_roster", "inbound_messages"),
            (
                "questions",
                &eves.host,
                Command::AskSeat { device, seat },
                "done",
                "inbound_messages",
            ),
            ("answers", &eves.member, answer, "done", "inbound_messages"),
            ("edits of a member", &eves.member, eves.forged_edit(), "role", "inbound_messages"),
            ("own keys", &eves.member, eves.own_key(90, true), "done", "inbound_messages"),
            ("long own keys", &eves.member, eves.own_key(8000, true), "done", "inbound_bytes"),
        ]
    };
    for (at, (what, who, _, answer, limit)) in asks(0).into_iter().enumerate() {
        let before = ward.refusals(limit).await;
        let commands = (0..100).map(|n| asks(n)[at].2.clone()).collect();
        let (answers, code) = asked_at_once(&ward.eves, who, at, commands).await;
        assert_eq!(code, CloseCode::TooFast.code(), "{what}");
        assert!(
            answers.len() >= 4 && answers[..4].iter().all(|code| code == answer),
            "{what}: {answers:?}"
        );
        // The rest is refused for its haste, some twenty times, and then the line is cut.
        let hasty = answers.iter().filter(|code| *code == "too_fast").count();
        assert_eq!(hasty, 21, "{what}: {answers:?}");
        let others = answers.iter().filter(|code| *code != "too_fast");
        assert!(
            others.clone().count() <= 40 && others.clone().all(|code| code == answer),
            "{what}"
        );
        assert!(ward.refusals(limit).await >= before + 20.0, "{what}");
        ward.works().await;
        // One person's pace is theirs on every line.
        ward.set.server.clock.advance(4_000);
    }
}

/// How a line ends whose first frame is this.
async fn ended(mut line: Connection) -> u16 {
    closed(&soon(rest(&mut line)).await.1)
}

// fault: F20 — what is wrong costs those who show it, and nobody behind their address
#[tokio::test]
async fn who_shows_what_is_wrong_waits_alone() {
    for what in ["tokens", "tokens of no set", "proofs"] {
        let mut ward = Ward::at_work(|config| {
            config.limits.bad_token_wait_ms = 600_000;
            config.limits.unauthenticated_per_address = 20;
        })
        .await;
        let eves = Eves::beside(&ward).await;
        let wrong = async |n: u8| {
            if what == "proofs" {
                let frame = |challenge: &_| {
                    let knock = eves.knocks.keyring().knock("Eve", challenge, &mut rng(6)).unwrap();
                    let ClientFrame::Knock(mut knock) = knock else { panic!("a knock") };
                    knock.pop = Signature64([n + 1; 64]);
                    ClientFrame::Knock(knock)
                };
                return line_with(&ward.eves, frame).await;
            }
            let mut frame = eves.host.keyring().come_back(None);
            if let ClientFrame::Resume { token, set, .. } = &mut frame {
                *token = Token32([n + 1; 32]);
                if what == "tokens of no set" {
                    *set = SetId::from_bytes([n + 1; 16]);
                }
            }
            line(&ward.eves, &frame).await
        };
        for n in 0..10 {
            assert_eq!(ended(wrong(n).await).await, CloseCode::Auth.code(), "{what}");
        }
        let mut waiting = Vec::new();
        for n in 10..60 {
            waiting.push(wrong(n).await);
        }
        // So many wait at a time; the oldest are told to come later.
        for line in waiting.drain(..30) {
            assert_eq!(ended(line).await, CloseCode::TooFast.code(), "{what}");
        }
        assert_eq!(ward.refusals("unauthenticated").await, 30.0, "{what}");
        assert!(ward.refusals("bad_tokens_per_address").await >= 20.0, "{what}");
        ward.works().await;
    }
}

// fault: F20 — who shows wrong tokens keeps no turn that somebody with a right one needs
#[tokio::test]
async fn wrong_tokens_hold_up_nobody_whose_room_is_to_be_loaded() {
    let mut ward = Ward::at_work(|config| config.limits.bad_token_wait_ms = 600_000).await;
    ward.ben.go().await.unwrap();
    ward.set.host.go().await.unwrap();
    ward.set.server.until_figure("setroom_room_seats_connected", 0.0).await;
    ward.set.server.clock.advance(15 * 60_000);
    ward.set.server.until_figure("setroom_room_rooms_live", 0.0).await;
    let mut wrong = ward.ben.keyring().come_back(None);
    let mut waiting = Vec::new();
    for n in 0..30 {
        if let ClientFrame::Resume { token, set, .. } = &mut wrong {
            (*token, *set) = (Token32([n; 32]), SetId::from_bytes([n; 16]));
        }
        if n < 10 {
            door(&ward.eves, &wrong).await;
        } else {
            waiting.push(line(&ward.eves, &wrong).await);
        }
    }
    let name = "setroom_limit_refusals_total{limit=\"bad_tokens_per_address\"}";
    soon(async { while ward.set.server.figure(name).await.unwrap() < 4.0 {} }).await;
    soon(snapshot(&ward.eves, &ward.ben)).await;
}

// Every socket is told a challenge; those who want no more of it have so many, and wait so long.
#[tokio::test]
async fn who_takes_a_challenge_and_says_nothing_makes_room() {
    let mut ward = Ward::at_work(|config| {
        config.limits.unauthenticated_per_address = 20;
        config.limits.first_frame_timeout_ms = 600_000;
    })
    .await;
    let mut silent = Vec::new();
    for _ in 0..60 {
        silent.push(begun(&ward.eves).await);
    }
    for line in silent.drain(..40) {
        assert_eq!(ended(line).await, CloseCode::TooFast.code());
    }
    assert_eq!(ward.refusals("unauthenticated").await, 40.0);
    ward.works().await;
}
