//! Somebody outside, who was forwarded a member's link: they can knock, and no more.

use std::collections::BTreeSet;

use serde_json::Value;
use setroom_client::seal::Link;
use setroom_client::{Answer, Client, ClientError, Connection, Tape};
use setroom_protocol::{
    ClientFrame, Code, Command, CommandId, LinkRole, MeetingId, Seq, TextKind, Token32,
};

use super::forged::{TOKEN, back_as, halves, knock_as, turned_away};
use super::means::{Circle, classic, every_command, own_pair};
use super::seats::{all_that_can_be_shown, nobody_is_believed_to_be_another};
use crate::support::people::{
    begun, closed, door, frames, knocking, line_with, rest, rng, set_with,
};
use crate::support::soon;

/// All that may be said at the door.
pub(super) const SAID: [&str; 5] = ["lobby", "refused", "pong", "beat", "restart"];
/// All that a lobby says.
const LOBBY: [&str; 9] = [
    "place",
    "facilitator_here",
    "meeting",
    "stage",
    "mode",
    "plan",
    "minutes",
    "starts_at",
    "people_max",
];

/// Sends a command on a line that is at the door, and gives what is said to it.
pub(super) async fn asks(line: &mut Connection, cid: CommandId, cmd: Command) -> Value {
    line.send(&ClientFrame::Do { cid, seen: Seq(0), cmd }).await.unwrap();
    soon(async {
        loop {
            let frame: Value = serde_json::from_str(&line.next_text().await.unwrap()).unwrap();
            if frame["cid"] == serde_json::json!(cid) {
                return frame;
            }
        }
    })
    .await
}

/// Everything that makes frames for people inside.
async fn lives(circle: &mut Circle) {
    circle.begins().await;
    let parts = circle.set.host.shared().unwrap().agenda.len();
    for part in 0..parts {
        circle.goes_to(part).await;
        for kind in [TextKind::Action, TextKind::Bid, TextKind::Headline, TextKind::Reflection] {
            let bid = (kind == TextKind::Bid)
                .then_some(setroom_protocol::command::BidTerms { pressing: 2, minutes: 30 });
            let (_, answer) = circle.ben.put(kind, "inside", bid).await.unwrap();
            if let Some(seq) = answer.done() {
                circle.set.host.catch_up(seq).await.unwrap();
            }
        }
        circle.eve.do_(Command::RaiseHand { kind: None, seat: None }).await.unwrap();
        circle.ben.cut();
        let ben = circle.ben.seat().unwrap();
        circle.set.host.wait_for("him to be away", |m| !m.here.contains(&ben)).await.unwrap();
        circle.ben.come_back().await.unwrap();
        circle.agree().await;
    }
    let changed = circle.set.host.rekey(&[LinkRole::Observer]).await.unwrap();
    all_take_the_key(circle, changed).await;
    // The meeting is closed, what is said then is said, and the set meets again.
    circle.goes_on(Command::Close).await;
    let meeting = circle.set.host.shared().unwrap().meeting;
    for person in [&mut circle.set.host, &mut circle.ben, &mut circle.eve] {
        person.must("names", Command::AgreeNames { on: true }).await.unwrap();
        person.do_(Command::CannotCome { meeting, on: true }).await.unwrap();
    }
    let opened = circle.set.host.next_meeting(MeetingId::from_bytes([77; 16])).await.unwrap();
    all_take_the_key(circle, opened).await;
}

async fn all_take_the_key(circle: &mut Circle, changed: Answer) {
    for person in [&mut circle.cora, &mut circle.ben, &mut circle.olga, &mut circle.eve] {
        person.catch_up(changed.done().unwrap()).await.unwrap();
        person.next_key().await.unwrap();
    }
    circle.agree().await;
}

#[tokio::test]
async fn an_outsider_is_told_nothing_of_the_room() {
    let mut circle = classic(LinkRole::Member).await;
    // They may have been forwarded any link but the host's; the observers' is changed meanwhile.
    let mut outside = Vec::new();
    for role in [LinkRole::Member, LinkRole::CoFacilitator, LinkRole::Observer] {
        let tape = Tape::default();
        let dial = circle.set.dial.clone().tape(&tape);
        outside.push((circle.set.knock_by(&dial, role, "Zoe").await, tape));
    }
    let tape = Tape::default();
    let dial = circle.set.dial.clone().tape(&tape);
    let keys = outside[0].0.keyring().clone();
    // Each meeting's id is said at the door while it is the present one.
    let gone = circle.set.host.shared().unwrap().meeting.to_string();
    lives(&mut circle).await;
    // A second one, who comes into the middle of it, and asks for everything.
    let mut line = line_with(&dial, |challenge| {
        let own = own_pair(30);
        let knock = knock_as(&circle.set.links.member, halves(&own), &own, challenge);
        ClientFrame::Knock(Box::new(knock))
    })
    .await;
    let before = circle.set.written().await;
    let (cid, seen) = (circle.set.host.fresh_cid(), circle.set.host.model().seq());
    circle.set.host.ask(cid, seen, Command::SayRecorder { on: true }).await.unwrap();
    assert!(circle.set.host.answer_to(cid).await.unwrap().done().is_some());
    for (n, (name, command)) in (1_u8..).zip(every_command(&circle.ben)) {
        for cid in [CommandId::from_bytes([n; 16]), cid] {
            let said = asks(&mut line, cid, command.clone()).await;
            assert_eq!(
                (&said["t"], &said["code"]),
                (&"refused".into(), &"no_seat".into()),
                "{name}"
            );
        }
    }
    line.send(&ClientFrame::Ping { sent: 5 }).await.unwrap();
    assert_eq!(circle.set.written().await, before + 1, "what the host said, and nothing else");
    // Neither first frames of another kind nor returns lead anywhere.
    for device in [keys.device(), circle.ben.device()] {
        let back = back_as(&circle.set.links.member, device, TOKEN);
        assert_eq!(door(&dial, &back).await, (vec![], 4401));
    }
    assert_eq!(door(&dial, &keys.come_back(Some(Seq(1)))).await, (vec![], 4401));
    let mut eager = begun(&dial).await;
    let first = ClientFrame::Do { cid, seen: Seq(0), cmd: Command::Start };
    eager.send(&first).await.unwrap();
    assert_eq!(closed(&soon(rest(&mut eager)).await.1), 4401);

    line.send_text("{".into()).await.unwrap();
    soon(rest(&mut line)).await;
    circle.agree().await;
    for (person, _) in &mut outside {
        let device = person.device();
        if circle.set.host.model().knocks.contains_key(&device) {
            circle.set.host_does(Command::Refuse { device }).await;
        }
        person.until_ended().await.unwrap();
    }
    let tapes = || outside.iter().map(|(_, tape)| tape).chain([&tape]);
    for frame in tapes().flat_map(frames) {
        let kind = frame["t"].as_str().unwrap();
        assert!(SAID.contains(&kind), "{frame}");
        if kind == "lobby" {
            let fields: Vec<_> = frame["lobby"].as_object().unwrap().keys().cloned().collect();
            assert!(fields.iter().all(|field| LOBBY.contains(&field.as_str())), "{fields:?}");
        }
    }
    // Frames that say nothing new would say that somebody came or went.
    for (_, tape) in &outside {
        let said = frames(tape).into_iter().filter(|frame| frame["t"] == "lobby");
        let said: Vec<_> = said.collect();
        assert!(said.len() >= 2, "that the meeting began is said at the door");
        for (one, next) in said.iter().zip(said.iter().skip(1)) {
            assert_ne!(one["lobby"], next["lobby"], "said again, though nothing there changed");
        }
    }
    for canary in all_that_is_inside(&circle) {
        let is_told = tapes().any(|tape| tape.holds(canary.as_bytes()));
        assert!(!is_told || canary == gone, "{canary:.20}…");
    }
}

/// Ids, keys, boxes and grants of everybody inside.
fn all_that_is_inside(circle: &Circle) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut look = |value: &Value| {
        let mut stack = vec![value.clone()];
        while let Some(value) = stack.pop() {
            match value {
                Value::String(text) if text.len() >= 22 => drop(all.insert(text)),
                Value::Array(more) => stack.extend(more),
                Value::Object(more) => {
                    all.extend(more.keys().filter(|key| key.len() >= 22).cloned());
                    stack.extend(more.into_values());
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
    };
    for person in [&circle.set.host, &circle.cora, &circle.ben, &circle.eve] {
        look(person.model().shared_value());
        look(person.model().own_value());
    }
    // The meeting's id is said at the door: names are sealed for it. The set's is in the link.
    let shared = circle.set.host.model().shared_value();
    for known in ["meeting", "set"] {
        all.remove(shared[known].as_str().unwrap());
    }
    assert!(all.len() > 40, "{}", all.len());
    all
}

#[tokio::test]
async fn an_outsider_cannot_knock_as_a_member() {
    let mut circle = classic(LinkRole::Member).await;
    let link = circle.link();
    nobody_is_believed_to_be_another(&mut circle, &[link]).await;
}

#[tokio::test]
async fn an_outsider_cannot_knock_by_a_link_that_they_do_not_hold() {
    let mut circle = classic(LinkRole::Member).await;
    let link = circle.link();
    nobody_is_believed_to_be_another(&mut circle, &all_that_can_be_shown(&link)).await;
    let before = circle.before().await;
    let own = own_pair(31);
    let keys = circle.set.links.member.keys();
    let tokens = [keys.token.hash(), *keys.admit.as_bytes(), [0; 32], [255; 32]];
    for role in LinkRole::ALL {
        let other = Link { role, ..link.clone() };
        for token in
            tokens.into_iter().chain([*other.keys().token.as_bytes(), *keys.token.as_bytes()])
        {
            if role == link.role && token == *keys.token.as_bytes() {
                continue;
            }
            let answer = turned_away(&circle.set.dial, |challenge| {
                let mut knock = knock_as(&other, halves(&own), &own, challenge);
                knock.token = Token32(token);
                knock
            });
            assert_eq!(answer.await, (vec![], 4401), "{role:?}");
        }
    }
    circle.is_unmoved(&before).await;
    // The link that they do hold is worth nothing once it was changed, nor to whoever waits by it.
    let mut waits = circle.set.knock(LinkRole::Member, "Zoe").await;
    let changed = circle.set.host.rekey(&[LinkRole::Member]).await.unwrap();
    assert!(changed.done().is_some());
    waits.until_ended().await.unwrap();
    assert_eq!(waits.model().admission_refused, Some(Code::LinkChanged));
    let answer = turned_away(&circle.set.dial, |c| knock_as(&link, halves(&own), &own, c));
    assert_eq!(answer.await, (vec![], 4401));
}

#[tokio::test]
async fn knocks_of_outsiders_cost_the_room_nothing() {
    let mut set = set_with(|config| {
        config.limits.loopback_exempt = false;
        config.limits.inbound_room_messages_per_second = 40;
        config.limits.knocks_per_address_burst = 1000;
        config.limits.knocks_per_set_burst = 1000;
    })
    .await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.agree(&mut [&mut ben]).await;
    let before = set.written().await;
    let elsewhere = set.dial.clone().from("127.0.0.9".parse().unwrap());
    let link = set.links.member.clone();
    let mut crowd = Vec::new();
    for seed in 500..560 {
        match Client::knock(&elsewhere, &link, "Zoe", rng(seed)).await {
            Ok(client) => crowd.push(client),
            Err(ClientError::NotAdmitted(code)) => assert_eq!(code, Code::Lobby),
            Err(ClientError::Ended(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(crowd.len(), setroom_protocol::limits::LOBBY);
    // The same browser again and again, and commands without a seat: none of it is the room's.
    for client in &mut crowd {
        for _ in 0..20 {
            let cid = client.fresh_cid();
            let _ = client.ask(cid, Seq(0), Command::Start).await;
            let _ = client.answer_to(cid).await;
        }
    }
    let mut again = Vec::new();
    for _ in 0..5 {
        again.push(knocking(&elsewhere, crowd[0].keyring(), "Zoe").await);
    }
    // The clock stands, so whatever they had spent of the room's pace would be missing now.
    for n in 0..40 {
        let answer = set.host.do_(Command::Lock { on: n % 2 == 0 }).await.unwrap();
        assert!(answer.done().is_some(), "{n}: {answer:?}");
    }
    assert_eq!(set.written().await, before + 40, "nothing else was written down");
    // Whoever comes from elsewhere has a place at the door, and who is known comes back at once.
    let cleo = set.person(LinkRole::Member, "Cleo").await;
    assert!(cleo.model().is_in());
    ben.cut();
    ben.come_back().await.unwrap();
    ben.must("the charter", Command::AgreeCharter).await.unwrap();
    let second = Client::knock(&set.dial, &set.links.host, "Asha", rng(9)).await.unwrap();
    assert!(second.model().is_in());
}
