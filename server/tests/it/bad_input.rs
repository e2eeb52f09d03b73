//! Whatever is sent wrongly has a stated answer, and changes nothing else.

use serde_json::{Value, json};
use setroom_client::{Client, Keyring, Tape};
use setroom_protocol::{
    BUCKETS, Challenge32, ClientFrame, CommandId, Hash32, ItemId, LinkRole, PROTOCOL_VERSION,
    SeatId, TextKind, limits,
};

use crate::support::people::{Set, begun, closed, knocking, line, rest, rng, set_with};
use crate::support::soon;

/// A room with somebody who watches that nothing of it moves.
struct Quiet {
    set: Set,
    ben: Client,
    cleo: Client,
    watched: Tape,
    seen: usize,
}

async fn quiet() -> Quiet {
    let mut set = set_with(|config| config.limits.first_frame_timeout_ms = 2_000).await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    let (cleo, watched) = set.taped(LinkRole::Member, "Cleo").await;
    let mut quiet = Quiet { set, ben, cleo, watched, seen: 0 };
    quiet.unmoved().await;
    quiet
}

impl Quiet {
    /// Everybody agrees on the same view as before, and the watcher was told nothing but who is
    /// there and what she asked.
    async fn unmoved(&mut self) {
        let before = self.cleo.model().shared_value().clone();
        let after = self.set.agree(&mut [&mut self.ben, &mut self.cleo]).await;
        let frames = crate::support::people::frames(&self.watched);
        if self.seen > 0 {
            assert_eq!(before, after);
            for frame in &frames[self.seen..] {
                let kind = frame["t"].as_str().unwrap();
                assert!(["presence", "pong", "beat"].contains(&kind), "{frame}");
            }
        }
        self.seen = frames.len();
    }

    /// One more line of Ben's, inside.
    async fn inside(&self) -> setroom_client::Connection {
        let mut line = line(&self.set.dial, &self.ben.keyring().come_back(None)).await;
        soon(line.next_text()).await.unwrap();
        line
    }
}

fn do_(cmd: &Value) -> String {
    json!({ "t": "do", "cid": CommandId::from_bytes([1; 16]), "seen": 0, "cmd": cmd }).to_string()
}

/// The put of a text with this in place of the box.
fn put(sealed: &str) -> String {
    do_(&json!({
        "c": "put", "kind": "name", "item": ItemId::from_bytes([1; 16]), "rev": 1, "n": 0,
        "prev": Hash32([0; 32]), "box": sealed,
    }))
}

fn encoded(version: u8, length: usize) -> String {
    let mut bytes = vec![7; length];
    bytes[0] = version;
    setroom_protocol::Blob::encode(&bytes).as_str().to_owned()
}

#[tokio::test]
async fn frames_that_cannot_be_read_close_the_line_with_a_code() {
    let mut quiet = Box::pin(quiet()).await;
    let sound = setroom_protocol::BOX_OVERHEAD + BUCKETS[0];
    let huge = "x".repeat(10 * 1024 * 1024);
    let knock = quiet.ben.keyring().knock("Ben", &Challenge32([1; 32]), &mut rng(1)).unwrap();
    let cases: Vec<(&str, String, u16)> = vec![
        ("nothing", String::new(), 4400),
        ("half of it", r#"{"t":"do","cid":"#.into(), 4400),
        ("no object", "[1]".into(), 4400),
        ("null", "null".into(), 4400),
        ("two of them", r#"{"t":"ping","sent":1}{"t":"ping","sent":1}"#.into(), 4400),
        ("an unknown frame", r#"{"t":"dance"}"#.into(), 4400),
        ("a frame of the server's", r#"{"t":"beat","at":1}"#.into(), 4400),
        ("no command", r#"{"t":"do"}"#.into(), 4400),
        ("an unknown command", do_(&json!({ "c": "dance" })), 4400),
        ("a command for nobody", do_(&json!({ "c": "leave_all" })), 4400),
        ("an unknown field", do_(&json!({ "c": "lock", "on": true, "by": "me" })), 4400),
        (
            "somebody else's name on it",
            do_(&json!({ "c": "tick", "on": true, "seat": SeatId::from_bytes([1; 16]) })),
            4400,
        ),
        ("an unknown field beside", r#"{"t":"ping","sent":1,"more":1}"#.into(), 4400),
        ("a number below zero", r#"{"t":"ping","sent":-1}"#.into(), 4400),
        ("a short id", do_(&json!({ "c": "refuse", "device": "AAAA" })), 4400),
        ("plain text for a box", put("Ring the ward on Friday"), 4400),
        ("an empty box", put(""), 4400),
        ("a box of another length", put(&encoded(1, sound + 1)), 4400),
        ("a box of another version", put(&encoded(3, sound)), 4400),
        ("a box with padding", put(&format!("{}=", encoded(1, sound))), 4400),
        ("a knock inside", serde_json::to_string(&knock).unwrap(), 4400),
        ("a name of ten megabytes", put(&huge), 4413),
        ("one byte too many", format!("{:width$}", "{}", width = limits::FRAME_BYTES + 1), 4413),
        ("ten megabytes of nothing", huge, 4413),
    ];
    for (what, text, code) in cases {
        let mut line = quiet.inside().await;
        // However much it is: all of it is taken in, so that the answer is not lost in a reset.
        line.send_text(text).await.unwrap();
        let (_, ended) = soon(rest(&mut line)).await;
        assert_eq!(closed(&ended), code, "{what}");
        quiet.unmoved().await;
    }
    let mut line = quiet.inside().await;
    line.send_binary(vec![1, 2, 3]).await.unwrap();
    assert_eq!(closed(&soon(rest(&mut line)).await.1), 4400);
    // The largest frame that is allowed is read, and found wanting only as JSON.
    let mut line = quiet.inside().await;
    line.send_text(format!("{:width$}", "{}", width = limits::FRAME_BYTES)).await.unwrap();
    assert_eq!(closed(&soon(rest(&mut line)).await.1), 4400);
    quiet.unmoved().await;
}

#[tokio::test]
async fn first_frames_that_are_none() {
    let mut quiet = Box::pin(quiet()).await;
    let resume = serde_json::to_string(&quiet.ben.keyring().come_back(None)).unwrap();
    let version = format!(r#""v":{PROTOCOL_VERSION}"#);
    let newer = format!(r#""v":{}"#, PROTOCOL_VERSION + 1);
    let with = |from: &str, to: &str| {
        assert!(resume.contains(from));
        resume.replace(from, to)
    };
    let fill = |more: usize| {
        format!("{resume}{}", " ".repeat(limits::FIRST_FRAME_BYTES - resume.len() + more))
    };
    let knock = quiet.ben.keyring().knock("B", &Challenge32([1; 32]), &mut rng(1)).unwrap();
    let mut knock = serde_json::to_value(knock).unwrap();
    knock["name"] = json!("A".repeat(10 * 1024 * 1024));
    let cases = [
        ("not JSON", "{".to_owned(), 4400),
        ("an unknown frame", format!(r#"{{"t":"hello",{version}}}"#), 4400),
        ("an unknown field", with(&version, &format!(r#"{version},"x":1"#)), 4400),
        ("no version", with(&format!("{version},"), ""), 4400),
        ("a command", do_(&json!({ "c": "leave" })), 4401),
        ("a ping", r#"{"t":"ping","sent":1}"#.into(), 4401),
        ("a client that is newer", with(&version, &newer), 4426),
        ("one of the version before", with(&version, r#""v":2"#), 4426),
        ("an old client of another form", r#"{"t":"hello","v":1,"x":[]}"#.into(), 4426),
        ("an old client that knocks", r#"{"t":"knock","v":1,"x":[]}"#.into(), 4426),
        ("too large by one", fill(1), 4413),
        ("too large by far", "x".repeat(10 * 1024 * 1024), 4413),
        ("a name of ten megabytes", knock.to_string(), 4413),
    ];
    for (what, text, code) in cases {
        let mut line = begun(&quiet.set.dial).await;
        line.send_text(text).await.unwrap();
        let (frames, ended) = soon(rest(&mut line)).await;
        assert_eq!((frames, closed(&ended)), (vec![], code), "{what}");
    }
    let mut line = quiet.set.dial.connect().await.unwrap();
    line.send_binary(resume.clone().into_bytes()).await.unwrap();
    assert_eq!(closed(&soon(rest(&mut line)).await.1), 4400);
    let mut line = quiet.set.dial.connect().await.unwrap();
    assert_eq!(closed(&soon(rest(&mut line)).await.1), 4440, "nothing came in time");
    // Exactly as large as is allowed.
    let mut line = begun(&quiet.set.dial).await;
    line.send_text(fill(0)).await.unwrap();
    assert!(soon(line.next_text()).await.unwrap().starts_with(r#"{"t":"snapshot""#));
    drop(line);
    quiet.unmoved().await;
}

#[tokio::test]
async fn commands_that_are_wrong_are_refused_and_the_line_stays() {
    let mut quiet = Box::pin(quiet()).await;
    let (nobody, nothing) = (SeatId::from_bytes([1; 16]), ItemId::from_bytes([1; 16]));
    let device = setroom_protocol::DeviceId::from_bytes([1; 16]);
    let seen = quiet.ben.model().seq().0;
    let by_member = [
        (json!({ "c": "lock", "on": true }), "role"),
        (json!({ "c": "start" }), "role"),
        (json!({ "c": "raise_hand" }), "stage"),
        (json!({ "c": "withdraw_item", "item": nothing }), "no_item"),
        (json!({ "c": "release_item", "item": nothing }), "no_item"),
    ];
    let by_host = [
        (json!({ "c": "send_to_lobby", "seat": nobody }), "no_seat"),
        (json!({ "c": "bring_back", "seat": nobody }), "no_seat"),
        (json!({ "c": "set_order", "order": [nobody] }), "no_seat"),
        (json!({ "c": "refuse", "device": device }), "no_knock"),
        (json!({ "c": "admit", "device": device, "grant": "AAAA" }), "no_knock"),
        (json!({ "c": "grant", "device": device, "grant": "AAAA" }), "no_device"),
        (json!({ "c": "plan", "plan": "none", "template": "classic" }), "no_template"),
        (json!({ "c": "lock", "on": false }), "already"),
        (
            json!({ "c": "rekey", "keys": { "epoch": 9, "grants": {}, "wraps": {} } }),
            "stale_roster",
        ),
        // A page of an earlier version, which knows of no roster.
        (
            json!({ "c": "rekey", "keys": { "epoch": 2, "grants": {}, "wraps": {} } }),
            "stale_roster",
        ),
    ];
    let resumes = [quiet.ben.keyring().come_back(None), quiet.set.host.keyring().come_back(None)];
    for (resume, cases) in resumes.iter().zip([&by_member[..], &by_host[..]]) {
        let mut line = line(&quiet.set.dial, resume).await;
        for (n, (cmd, code)) in (0u8..).zip(cases) {
            let cid = CommandId::from_bytes([n; 16]);
            let frame = json!({ "t": "do", "cid": cid, "seen": seen, "cmd": cmd });
            line.send_text(frame.to_string()).await.unwrap();
            let answer = soon(async {
                loop {
                    let frame: Value =
                        serde_json::from_str(&line.next_text().await.unwrap()).unwrap();
                    if frame["t"] == "refused" || frame["t"] == "done" {
                        return frame;
                    }
                }
            })
            .await;
            assert_eq!(answer, json!({ "t": "refused", "cid": cid, "code": code }), "{cmd}");
        }
        line.close().await.unwrap();
    }
    quiet.unmoved().await;
}

#[tokio::test]
async fn boxes_that_do_not_follow_are_refused() {
    let mut quiet = Box::pin(quiet()).await;
    let name = ItemId::from_bytes(*quiet.ben.seat().unwrap().as_bytes());
    let shared = quiet.ben.shared().unwrap();
    let place = setroom_client::Place {
        meeting: shared.meeting,
        seat: quiet.ben.seat().unwrap(),
        kind: TextKind::Name,
        item: name,
        rev: 2,
        own: false,
    };
    let sound = quiet.ben.keyring().seal(&place, "Ben B", None, &mut rng(3)).unwrap();
    let mut old = sound.sealed.decode();
    old[1..5].copy_from_slice(&9u32.to_be_bytes());
    let long = quiet.ben.keyring().seal(&place, &"x".repeat(600), None, &mut rng(3)).unwrap();
    let of = |change: &dyn Fn(&mut setroom_protocol::Put)| {
        let mut put = sound.clone();
        change(&mut put);
        put
    };
    let cases = [
        (of(&|put| put.rev = 1), "stale_revision"),
        (of(&|put| put.rev = 3), "stale_revision"),
        (of(&|put| put.n = 0), "stale_order"),
        (of(&|put| put.n = u64::MAX), "stale_order"),
        (
            of(&|put| put.sealed = setroom_protocol::Sealed::from_bytes(&old).unwrap()),
            "stale_epoch",
        ),
        (of(&|put| put.item = ItemId::from_bytes([1; 16])), "not_yours"),
        (of(&|put| put.kind = TextKind::Title), "kind"),
        (long, "long_text"),
    ];
    for (put, code) in cases {
        let answer = quiet.ben.do_(setroom_protocol::Command::Put(put)).await.unwrap();
        assert_eq!(answer.refused().map(|code| code.name()).as_deref(), Some(code));
    }
    quiet.unmoved().await;
}

#[tokio::test]
async fn somebody_at_the_door_can_ask_for_nothing() {
    let mut quiet = Box::pin(quiet()).await;
    let keys = Keyring::new(&quiet.set.links.member, Default::default(), &mut rng(4));
    let mut door = knocking(&quiet.set.dial, &keys, "Eve").await;
    soon(door.next_text()).await.unwrap();
    door.send_text(do_(&json!({ "c": "agree_charter" }))).await.unwrap();
    let answer: Value = serde_json::from_str(&soon(door.next_text()).await.unwrap()).unwrap();
    assert_eq!((&answer["t"], &answer["code"]), (&"refused".into(), &"no_seat".into()));
    door.send(&ClientFrame::Ping { sent: 4 }).await.unwrap();
    assert!(soon(door.next_text()).await.unwrap().starts_with(r#"{"t":"pong","sent":4"#));
    door.send(&keys.come_back(None)).await.unwrap();
    assert_eq!(closed(&soon(rest(&mut door)).await.1), 4400);
    quiet.unmoved().await;
}

// fault: F19 — past the burst each is refused, then the line is closed; the room goes on
#[tokio::test]
async fn a_flood_is_slowed_down_and_then_cut_off() {
    let mut set = set_with(|config| {
        config.limits.inbound_messages_per_second = 10;
        config.limits.inbound_messages_burst = 40;
    })
    .await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let mut flood = line(&set.dial, &ben.keyring().come_back(None)).await;
    soon(flood.next_text()).await.unwrap();
    for n in 0..100 {
        let frame = json!({ "t": "do", "cid": CommandId::from_bytes([n; 16]), "seen": 0, "cmd": { "c": "next" } });
        let _ = flood.send_text(frame.to_string()).await;
    }
    let (frames, ended) = soon(rest(&mut flood)).await;
    assert_eq!(closed(&ended), 4429);
    let count = |code: &str| frames.iter().filter(|frame| frame["code"] == code).count();
    // The burst was taken in, answered or not before the end; so many were told to be slower;
    // then it was enough.
    assert_eq!(count("too_fast"), 21);
    assert!(count("role") <= 40);
    assert!(frames.iter().all(|frame| frame["code"] != "too_fast" || frame["temporary"] == true));
    set.agree(&mut [&mut ben]).await;
    set.server.clock.advance(10_000);
    ben.must("a command at a human pace", setroom_protocol::Command::AgreeCharter).await.unwrap();
}
