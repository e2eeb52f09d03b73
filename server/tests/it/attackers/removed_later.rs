//! Somebody who was removed, in what comes after: the rest of that meeting, its close, and the next meeting. With
//! two browsers, every link that they were ever shown, and a return code.

use serde_json::{Value, json};
use setroom_checker::permitted::permitted;
use setroom_client::seal::{
    Link, RoundOf, Secret, code_key, lock_by_code, open_by_code, open_text,
};
use setroom_client::{Client, Keyring, Place, Tape};
use setroom_protocol::command::Put;
use setroom_protocol::room::Stage;
use setroom_protocol::{
    Blob, BranchId, ClientFrame, Code, Command, CommandId, DeviceId, ItemId, LinkRole, MeetingId,
    OwnKey, Role, SeatId, Seq, TextKind,
};

use super::forged::{halves, knock_as, knocks, turned_away};
use super::means::{Circle, classic, every_command, own_pair};
use super::outsider::{SAID, asks};
use super::removed::{every_link, no_key_opens, removed};
use super::seats::is_believed_to_be_nobody;
use crate::off_record::{takes_part, writes};
use crate::support::people::{begun, closed, door, door_with, frames, rest, rng};
use crate::support::soon;

const NEXT: MeetingId = MeetingId::from_bytes([78; 16]);
/// Their return code, and that of somebody who stays.
const CODES: [[u8; 16]; 2] = [[1; 16], [2; 16]];

/// What somebody keeps who was removed.
struct Kept {
    /// Two browsers, as a copy of their disk has them.
    browsers: [Keyring; 2],
    seat: SeatId,
    seen: Seq,
    meeting: MeetingId,
    branch: Option<BranchId>,
    links: Vec<Link>,
    /// The box that their return code opens.
    locked: Blob,
}

/// An own key of which nobody but its person has a wrap, under a return code.
fn only_me(of: &Client, code: &[u8; 16]) -> OwnKey {
    let set = *of.keyring().set().as_bytes();
    let mut keys = of.keyring().clone();
    keys.follow(&of.shared().unwrap().roster).unwrap();
    let mut key = keys.own_key(of.seat().unwrap(), None, &mut rng(90)).unwrap().unwrap();
    key.boxes.retain(|id, _| *id == of.device());
    key.host = None;
    let own = [(1, Secret::generate(&mut rng(91)))];
    let locked = lock_by_code(&set, &code_key(&set, code), &own, &mut rng(92)).unwrap();
    key.code = Some(Blob::encode(&locked));
    key
}

/// Eve takes part with two browsers, and is removed from a meeting that runs.
async fn scene(fresh: &[LinkRole]) -> (Box<Circle>, Kept) {
    let mut circle = classic(LinkRole::Member).await;
    circle.begins().await;
    let key = only_me(&circle.eve, &CODES[0]);
    let locked = key.code.clone().unwrap();
    circle.eve.must("only me", Command::OwnKey(key)).await.unwrap();
    let of_cora = only_me(&circle.cora, &CODES[1]);
    circle.cora.must("only me", Command::OwnKey(of_cora)).await.unwrap();
    let links = every_link(&circle);
    let mut phone = circle.set.beside(&mut circle.eve, "Eve").await;
    phone.take_grant().unwrap();
    let kept = Kept {
        browsers: [circle.eve.keyring().clone(), phone.keyring().clone()],
        seat: circle.eve.seat().unwrap(),
        seen: circle.eve.model().seq(),
        meeting: circle.eve.shared().unwrap().meeting,
        branch: circle.eve.model().branch,
        links,
        locked,
    };
    // A line that has not said yet who is there is no way around the removal.
    let mut silent = begun(&circle.set.dial).await;
    removed(&mut circle, fresh).await;
    for person in [&mut circle.eve, &mut phone] {
        person.until_ended().await.unwrap();
    }
    silent.send(&kept.browsers[1].come_back(None)).await.unwrap();
    let (said, ended) = soon(rest(&mut silent)).await;
    assert_eq!((&said[0]["code"], closed(&ended)), (&json!("no_seat"), 4403));
    (circle, kept)
}

/// What those who stay see, all of them.
async fn view(circle: &mut Circle) -> Value {
    let Circle { set, cora, ben, olga, .. } = circle;
    set.agree(&mut [cora, ben, olga]).await
}

async fn goes_on(circle: &mut Circle, command: Command) {
    circle.set.host_does(command).await;
    view(circle).await;
}

async fn meets_again(circle: &mut Circle) {
    let opened = circle.set.host.next_meeting(NEXT).await.unwrap().done().unwrap();
    for person in [&mut circle.cora, &mut circle.ben, &mut circle.olga] {
        person.catch_up(opened).await.unwrap();
        person.next_key().await.unwrap();
    }
    view(circle).await;
}

fn is_in_force(circle: &Circle, link: &Link) -> bool {
    let now = &circle.set.host.keyring().links()[&link.role];
    now.keys().token.hash() == link.keys().token.hash()
}

/// By everything that they hold, at this moment: nobody is let in, nothing is said but what is said at any
/// door, nothing is written, and nothing changes for anybody.
async fn has_no_way_back(circle: &mut Circle, kept: &Kept, seed: u64) {
    let (before, written) = (view(circle).await, circle.set.written().await);
    let dial = circle.set.dial.clone();
    for keys in &kept.browsers {
        for since in [None, Some(Seq(0)), Some(kept.seen), Some(circle.ben.model().seq())] {
            for branch in [None, kept.branch] {
                let back = keys.come_back_on(since, branch);
                assert_eq!(door(&dial, &back).await, (vec!["no_seat".into()], 4403));
            }
        }
    }
    for (link, seed) in kept.links.iter().zip(seed..) {
        let is_open = is_in_force(circle, link);
        let knock = door_with(&dial, |c| circle.eve.knock_by(link, "Eve", c).unwrap()).await;
        let barred = (vec!["knock_refused".to_owned()], 4403);
        assert_eq!(knock, if is_open { barred } else { (vec![], 4401) }, "{:?}", link.role);
        if is_open {
            waits_in_vain(circle, kept, link, seed).await;
        } else {
            let own = own_pair(seed);
            let answer = turned_away(&dial, |c| knock_as(link, halves(&own), &own, c)).await;
            assert_eq!(answer, (vec![], 4401), "{:?}", link.role);
        }
    }
    is_given_nothing(circle, kept.seat).await;
    assert_eq!(view(circle).await, before);
    assert_eq!(circle.set.written().await, written);
    assert!(circle.set.host.model().knocks.is_empty());
}

/// With a browser that nobody knows, by a link that is in force.
async fn waits_in_vain(circle: &mut Circle, kept: &Kept, link: &Link, seed: u64) {
    let (own, tape) = (own_pair(seed), Tape::default());
    let (public, sign) = halves(&own);
    let device = DeviceId::of(&public, Some(&sign));
    let dial = circle.set.dial.clone().tape(&tape);
    let mut line = knocks(&dial, |c| knock_as(link, (public, sign), &own, c)).await;
    circle.set.host.wait_for("the knock", |m| m.knocks.contains_key(&device)).await.unwrap();
    assert_eq!(circle.set.host.model().knocks[&device].seat, None);
    for (n, (name, command)) in (1_u8..).zip(every_command(&circle.ben)) {
        let said = asks(&mut line, CommandId::from_bytes([n; 16]), command).await;
        assert_eq!((&said["t"], &said["code"]), (&json!("refused"), &json!("no_seat")), "{name}");
    }
    for known in &kept.browsers {
        line.send(&known.come_back(None)).await.ok();
    }
    soon(rest(&mut line)).await;
    circle.set.host.wait_for("an empty door", |m| m.knocks.is_empty()).await.unwrap();
    // By a slip of the facilitator's, or of a friend's who would say that it is they who knock.
    let mut line = knocks(&dial, |c| knock_as(link, (public, sign), &own, c)).await;
    circle.set.host.wait_for("the knock", |m| m.knocks.contains_key(&device)).await.unwrap();
    let seats = circle.others().map(|(_, person)| person.seat().unwrap());
    for seat in seats.into_iter().chain([kept.seat]) {
        let answer = circle.set.host.admit_as(device, Some(seat)).await.unwrap().refused();
        let asked = if seat == kept.seat {
            assert_eq!(answer, Some(Code::NoSeat));
            circle.set.host.do_(Command::AskSeat { device, seat }).await.unwrap().refused()
        } else {
            assert!(matches!(answer, Some(Code::SeatHere | Code::Role)), "{answer:?}");
            Some(Code::NoSeat)
        };
        assert_eq!(asked, Some(Code::NoSeat));
    }
    if circle.set.host.shared().unwrap().stage == Stage::Closed {
        let new = circle.set.host.admit(device).await.unwrap();
        assert_eq!(new.refused(), Some(Code::Stage));
    }
    for person in [&mut circle.ben, &mut circle.olga, &mut circle.cora] {
        let answer = person.do_(Command::AnswerSeat { device, yes: true }).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::NoKnock));
    }
    circle.set.host_does(Command::Refuse { device }).await;
    soon(rest(&mut line)).await;
    circle.set.host.wait_for("an empty door", |m| m.knocks.is_empty()).await.unwrap();
    for frame in frames(&tape) {
        assert!(SAID.contains(&frame["t"].as_str().unwrap()), "{frame}");
    }
}

/// Nobody can do anything for a seat that is gone: whatever names it is refused.
async fn is_given_nothing(circle: &mut Circle, seat: SeatId) {
    let stage = circle.set.host.shared().unwrap().stage;
    for (name, command) in [
        ("hand_over", Command::HandOver { seat }),
        ("name_scribe", Command::NameScribe { seat: Some(seat) }),
        ("set_order", Command::SetOrder { order: vec![seat] }),
        ("set_role", Command::SetRole { seat, role: Role::Trainee, keys: None }),
        ("bring_back", Command::BringBack { seat }),
        ("send_to_lobby", Command::SendToLobby { seat }),
    ] {
        let may = permitted(name, Role::Host, false, stage).is_none();
        let answer = circle.set.host.do_(command).await.unwrap().refused();
        assert_eq!(answer, Some(if may { Code::NoSeat } else { Code::Stage }), "{name}");
    }
    for person in [&circle.set.host, &circle.cora] {
        let own = person.model().own().unwrap();
        assert!(!own.recover.contains_key(&seat), "what helps them back is gone");
    }
}

#[tokio::test]
async fn a_removed_member_finds_no_way_into_the_next_meeting() {
    for fresh in [&[][..], &[LinkRole::Member, LinkRole::Observer]] {
        let (mut circle, mut kept) = Box::pin(scene(fresh)).await;
        // Somebody inside shows them the newest link, too.
        let newest = circle.set.host.keyring().links()[&LinkRole::Member].clone();
        if !fresh.is_empty() {
            kept.links.push(newest);
        }
        has_no_way_back(&mut circle, &kept, 1000).await;
        goes_on(&mut circle, Command::Close).await;
        has_no_way_back(&mut circle, &kept, 1010).await;
        meets_again(&mut circle).await;
        has_no_way_back(&mut circle, &kept, 1020).await;
        goes_on(&mut circle, Command::Start).await;
        has_no_way_back(&mut circle, &kept, 1030).await;
        is_believed_to_be_nobody(&circle, &kept.links).await;
        view(&mut circle).await;
    }
}

/// Everything that these people were sent, as a server that conspires would hand it on: what is of `epoch` or
/// later, all that is anybody's alone, and every letter.
fn opens_nothing(kept: &Kept, people: &[&Client], epoch: u32) -> usize {
    let mut tried = 0;
    for (keys, person) in
        kept.browsers.iter().flat_map(|keys| people.iter().map(move |p| (keys, p)))
    {
        let (shared, own) = (person.shared().unwrap(), person.model().own().unwrap());
        let mut keys = keys.clone();
        keys.learn(kept.links.iter().filter(|link| link.role == LinkRole::Member).cloned());
        let is_later = |sealed: &setroom_protocol::Sealed| sealed.epoch() >= epoch;
        let all = shared.items.iter().filter(|(_, item)| is_later(&item.sealed));
        for (id, item) in all.chain(&own.items) {
            no_key_opens(&keys, shared.meeting, *id, item);
            tried += 1;
        }
        for blob in own.grant.iter().chain(&own.wrap).chain(own.recover.values()) {
            assert!(keys.take_grant(blob, shared.epoch, &shared.roster).is_err());
            assert!(keys.take_wrap(blob, shared.epoch, &shared.roster).is_err());
            tried += 1;
        }
        if let Some(key) = &own.own_key {
            assert!(key.wrap.is_none() || keys.take_own_key(own.seat, key).is_err());
            let set = *keys.set().as_bytes();
            let code = code_key(&set, &CODES[0]);
            let is_locked = |locked: &Blob| open_by_code(&set, &code, &locked.decode()).is_err();
            assert!(key.code.iter().all(is_locked), "another code than theirs");
            tried += 1;
        }
        assert!((epoch..=shared.epoch).all(|at| keys.keys().key(at).is_none()));
    }
    tried
}

#[tokio::test]
async fn what_a_removed_member_kept_opens_nothing_of_the_next_meeting() {
    let (mut circle, kept) = Box::pin(scene(&[])).await;
    let cut = circle.set.host.shared().unwrap().epoch;
    let set = *circle.set.links.set().as_bytes();
    let code = code_key(&set, &CODES[0]);
    assert!(open_by_code(&set, &code, &kept.locked.decode()).is_ok(), "their code is no slip");
    goes_on(&mut circle, Command::Close).await;
    meets_again(&mut circle).await;
    goes_on(&mut circle, Command::Start).await;
    circle.ben.must("the charter", Command::AgreeCharter).await.unwrap();
    for part in 0..circle.set.host.shared().unwrap().agenda.len() {
        goes_on(&mut circle, Command::GoTo { part: u32::try_from(part).unwrap() }).await;
        for kind in [TextKind::Name, TextKind::Action, TextKind::Learning, TextKind::Reflection] {
            circle.ben.put(kind, "of the next meeting", None).await.unwrap();
        }
        view(&mut circle).await;
    }
    let Circle { set, cora, ben, olga, .. } = &mut *circle;
    let tried = opens_nothing(&kept, &[&set.host, cora, ben, olga], cut);
    assert!(tried > 20, "{tried}");

    // A round off the record there is closed to them in the same way.
    let (_, keys) = set.host.begin_off_record().await.unwrap();
    set.host.wait_for("the round", |model| model.off_record.round.is_some()).await.unwrap();
    let bens = takes_part(ben, &mut set.host, &keys).await.unwrap();
    writes(ben, &bens, "off the record").await;
    ben.wait_for("the line", |model| !model.off_record.lines.is_empty()).await.unwrap();
    let (shared, round) = (ben.shared().unwrap(), &ben.model().off_record);
    let at = RoundOf {
        set: *shared.set.as_bytes(),
        session: *shared.meeting.as_bytes(),
        round: *round.round.unwrap().id.as_bytes(),
        epoch: shared.epoch,
    };
    let old = kept.browsers[0].keys().key(1).unwrap();
    for grant in &round.grants {
        for pair in [&own_pair(95), &bens.pair] {
            assert!(at.open(old, &grant.decode(), pair).is_err());
        }
    }
    for line in &round.lines {
        let context =
            at.line(*line.item.as_bytes(), *line.seat.as_bytes(), *line.device.as_bytes());
        assert!(open_text(old, &context, &line.sealed.decode()).is_err());
        assert!(open_text(&bens.key.clone().unwrap(), &context, &line.sealed.decode()).is_ok());
    }
    // A friend inside who puts down what they sealed: it is of no meeting that is on.
    let at = circle.ben.shared().unwrap();
    let (seat, n) = (circle.ben.seat().unwrap(), circle.ben.model().own().unwrap().next_n);
    let item = ItemId::from_bytes(*seat.as_bytes());
    let (meeting, rev) = (kept.meeting, at.items[&item].rev + 1);
    let place = Place { meeting, seat, kind: TextKind::Name, item, rev, own: false };
    let put = kept.browsers[0].clone().seal(&place, "theirs", None, &mut rng(96)).unwrap();
    for meeting in [None, Some(kept.meeting), Some(at.meeting)] {
        let put = Put { n, meeting, ..put.clone() };
        let answer = circle.ben.do_(Command::Put(put)).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::StaleEpoch), "{meeting:?}");
    }
}

/// A facilitator takes them for somebody new: that is what they are, with nothing of what they had.
#[tokio::test]
async fn a_removed_member_who_is_taken_for_another_has_nothing_of_before() {
    let (mut circle, kept) = Box::pin(scene(&[])).await;
    goes_on(&mut circle, Command::Close).await;
    meets_again(&mut circle).await;
    let cut = circle.set.host.shared().unwrap().epoch;
    let mut again = circle.set.person(LinkRole::Member, "Zoe").await;
    let own = again.model().own().unwrap();
    assert_ne!(own.seat, kept.seat);
    assert_eq!((own.role, own.keys, own.controls), (Role::Member, false, false));
    assert!(own.own_key.is_none() && own.items.is_empty(), "no box for their code");
    let Circle { set, cora, ben, olga, .. } = &mut *circle;
    set.agree(&mut [cora, ben, olga, &mut again]).await;
    let shared = again.shared().unwrap();
    let old = shared.items.iter().filter(|(_, item)| item.sealed.epoch() < cut);
    let old: Vec<_> = old.map(|(id, _)| *id).collect();
    assert!(old.len() > 2 && old.iter().all(|id| again.read(*id).is_err()));
    // What they had before stays out, also while they are in, and whoever they ask.
    for keys in &kept.browsers {
        assert_eq!(door(&set.dial, &keys.come_back(None)).await, (vec!["no_seat".into()], 4403));
        let device = keys.device();
        let knock = crate::support::people::door_of(&set.dial, keys, "Eve").await;
        assert_eq!(knock, (vec!["knock_refused".into()], 4403));
        let answer = again.do_(Command::AnswerSeat { device, yes: true }).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::NoKnock));
    }
    let first = ClientFrame::Ping { sent: 1 };
    assert_eq!(door(&set.dial, &first).await, (vec![], 4401));
}
