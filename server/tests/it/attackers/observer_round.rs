//! An observer in a round off the record, with a page that keeps what no page keeps; and in the rounds after it.

use setroom_client::OffRecordKeys;
use setroom_client::seal::{RoundOf, open_text};
use setroom_protocol::{
    Blob, Code, Command, ItemId, LinkRole, MeetingId, Role, RoundGrant, RoundKey, Sealed,
};

use super::means::{Circle, classic, is_refused_by_the_table, meets_again};
use super::member::nothing_is_on_the_tape;
use crate::off_record::{reads, takes_part, writes};
use crate::support::people::frames;

const NEXT: MeetingId = MeetingId::from_bytes([80; 16]);

/// What an observer keeps of a round: pair, key, and the box that announced the pair.
struct Kept {
    round: ItemId,
    keys: OffRecordKeys,
    announced: Sealed,
}

/// A round of the host's, in which Ben writes.
async fn round(circle: &mut Circle) -> (ItemId, OffRecordKeys, OffRecordKeys) {
    let Circle { set, ben, eve, .. } = circle;
    let (answer, host) = set.host.begin_off_record().await.unwrap();
    assert!(answer.done().is_some(), "{answer:?}");
    for person in [&mut set.host, eve] {
        person.wait_for("the round", |m| m.off_record.round.is_some()).await.unwrap();
    }
    let bens = takes_part(ben, &mut set.host, &host).await.unwrap();
    writes(ben, &bens, "among us").await;
    reads(ben, &bens, 1).await;
    (set.host.model().off_record.round.unwrap().id, host, bens)
}

/// Eve takes part as an observer may, and her page keeps all of it.
async fn watches(circle: &mut Circle, host: &OffRecordKeys) -> Kept {
    let Circle { set, eve, .. } = circle;
    let device = eve.device();
    let (answer, mut keys) = eve.announce_off_record().await.unwrap();
    assert!(answer.done().is_some(), "{answer:?}");
    set.host.wait_for("a pair", |m| m.off_record.wanted.contains_key(&device)).await.unwrap();
    let announced = set.host.model().off_record.wanted[&device].clone();
    set.host.grant_off_record(host).await.unwrap();
    eve.wait_for("the key", |m| !m.off_record.grants.is_empty()).await.unwrap();
    eve.open_off_record(&mut keys).unwrap();
    Kept { round: eve.model().off_record.round.unwrap().id, keys, announced }
}

/// The host ends it, and everybody has heard of that.
async fn ends(circle: &mut Circle, round: ItemId) {
    circle.set.host_does(Command::EndOffRecord { round }).await;
    let Circle { set, cora, ben, eve, .. } = circle;
    for person in [&mut set.host, cora, ben, eve] {
        person.wait_for("the end", |m| m.off_record.round.is_none()).await.unwrap();
    }
}

/// Frames of a round that Eve was sent, and that she was shown nobody's pair in any of them.
async fn sent(circle: &mut Circle) -> usize {
    circle.agree().await;
    // An answer comes after whatever was on its way before it: no number says that there is more.
    let device = circle.eve.device();
    let answer = circle.eve.do_(Command::AnswerSeat { device, yes: false }).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::NoKnock));
    let all = frames(&circle.tape).into_iter();
    let of_rounds = all.filter(|frame| frame["t"].as_str().unwrap().starts_with("off_record"));
    let of_rounds: Vec<_> = of_rounds.collect();
    for frame in &of_rounds {
        let wanted = frame.get("wanted").and_then(|wanted| wanted.as_object());
        assert!(wanted.is_none_or(serde_json::Map::is_empty), "{frame}");
    }
    of_rounds.len()
}

/// Each of these is refused by role, and the round stands as it was.
async fn are_refused(circle: &mut Circle, commands: Vec<Command>) {
    for command in commands {
        let answer = circle.eve.do_(command.clone()).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::Role), "{:?}", command.act());
    }
    is_refused_by_the_table(circle, Role::Observer, false).await;
}

#[tokio::test]
async fn an_observer_off_the_record_reads_what_they_are_handed_and_does_nothing_else() {
    let mut circle = classic(LinkRole::Observer).await;
    circle.begins().await;
    let (id, mut host, bens) = round(&mut circle).await;
    // Somebody else waits for the key, and what is to be handed on is known.
    let Circle { set, cora, .. } = &mut *circle;
    cora.wait_for("the round", |m| m.off_record.round.is_some()).await.unwrap();
    let device = cora.device();
    cora.announce_off_record().await.unwrap();
    set.host.wait_for("her pair", |m| m.off_record.wanted.contains_key(&device)).await.unwrap();
    let to = set.host.model().off_record.wanted[&device].clone();
    let theirs = set.host.off_record_line(&host, "the host's").unwrap();
    let grant = Blob::encode(&[4; 178]);
    let grant = Command::OffRecordGrant(RoundGrant { round: id, device, to: to.clone(), grant });
    let tries = || {
        vec![
            theirs.clone(),
            grant.clone(),
            Command::BeginOffRecord { round: ItemId::from_bytes([3; 16]) },
            Command::BeginOffRecord { round: id },
            Command::EndOffRecord { round: id },
        ]
    };
    are_refused(&mut circle, tries()).await;
    assert_eq!(sent(&mut circle).await, 0, "nothing of it, before they have announced a pair");
    // Another's announcement as one's own is taken, and is handed nothing.
    let announces =
        |round, key: &Sealed| Command::OffRecordKey(RoundKey { round, key: key.clone() });
    circle.eve.must("a box of hers", announces(id, &to)).await.unwrap();
    let eve = circle.eve.device();
    let host_is = &mut circle.set.host;
    host_is.wait_for("a pair", |m| m.off_record.wanted.contains_key(&eve)).await.unwrap();
    host_is.grant_off_record(&host).await.unwrap();
    assert_eq!(sent(&mut circle).await, 0, "no key for a pair that is not theirs");

    let kept = watches(&mut circle, &host).await;
    assert_eq!(reads(&mut circle.eve, &kept.keys, 1).await[0].1, "among us");
    let own = circle.eve.off_record_line(&kept.keys, "what a watcher says").unwrap();
    are_refused(&mut circle, [tries(), vec![own]].concat()).await;
    let another = announces(ItemId::from_bytes([3; 16]), &kept.announced);
    assert_eq!(circle.eve.do_(another).await.unwrap().refused(), Some(Code::NoItem));
    let Circle { set, ben, .. } = &mut *circle;
    host.key = bens.key.clone();
    writes(&mut set.host, &host, "and on").await;
    let lines: Vec<_> = reads(ben, &bens, 2).await.into_iter().map(|(_, line)| line).collect();
    assert_eq!(lines, ["among us", "and on"], "nobody has heard an observer");
    sent(&mut circle).await;
    nothing_is_on_the_tape(&mut circle).await;
}

/// A round that Ben is in opens with nothing that Eve has kept of another one.
fn opens_nothing(circle: &Circle, kept: &Kept) {
    let (shared, round) = (circle.ben.shared().unwrap(), &circle.ben.model().off_record);
    let at = RoundOf {
        set: *shared.set.as_bytes(),
        session: *shared.meeting.as_bytes(),
        round: *round.round.unwrap().id.as_bytes(),
        epoch: shared.epoch,
    };
    let key = circle.eve.keyring().keys().key(shared.epoch).unwrap();
    assert!(!round.grants.is_empty() && !round.lines.is_empty());
    for grant in &round.grants {
        assert!(at.open(key, &grant.decode(), &kept.keys.pair).is_err());
    }
    for line in &round.lines {
        let (seat, device) = (*line.seat.as_bytes(), *line.device.as_bytes());
        let context = at.line(*line.item.as_bytes(), seat, device);
        for key in [kept.keys.key.as_ref().unwrap(), key] {
            assert!(open_text(key, &context, &line.sealed.decode()).is_err());
        }
    }
}

#[tokio::test]
async fn what_an_observer_keeps_of_a_round_is_worth_nothing_in_any_other() {
    let mut circle = classic(LinkRole::Observer).await;
    circle.begins().await;
    let (_, host, bens) = round(&mut circle).await;
    let kept = watches(&mut circle, &host).await;
    reads(&mut circle.eve, &kept.keys, 1).await;
    // In the lobby one is sent nothing of it, and asks in vain.
    let seat = circle.eve.seat().unwrap();
    let before = sent(&mut circle).await;
    circle.set.host_does(Command::SendToLobby { seat }).await;
    circle.eve.wait_for("the lobby", |m| m.lobby().is_some()).await.unwrap();
    writes(&mut circle.ben, &bens, "while they wait").await;
    reads(&mut circle.ben, &bens, 2).await;
    let again = Command::OffRecordKey(RoundKey { round: kept.round, key: kept.announced.clone() });
    let answer = circle.eve.do_(again.clone()).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::InLobby));
    circle.set.host_does(Command::BringBack { seat }).await;
    circle.eve.wait_for("the room", |m| m.is_in()).await.unwrap();
    assert_eq!(sent(&mut circle).await, before, "nothing until they have announced a pair again");

    ends(&mut circle, kept.round).await;
    for (again_in, code) in [(None, None), (Some(NEXT), Some(Code::StaleEpoch))] {
        if let Some(meeting) = again_in {
            circle.goes_on(Command::Close).await;
            circle.agree().await;
            let answer = circle.eve.do_(again.clone()).await.unwrap();
            assert_eq!(answer.refused(), Some(Code::Stage), "once the meeting is closed");
            meets_again(&mut circle, meeting).await;
            let answer = circle.eve.do_(again.clone()).await.unwrap();
            assert_eq!(answer.refused(), Some(Code::Stage), "before the next one");
            circle.begins().await;
        }
        let answer = circle.eve.do_(again.clone()).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::NoItem), "the round is over");
        let before = sent(&mut circle).await;
        let (round, host, bens) = round(&mut circle).await;
        // The box of before, for this round: the server may take it, and nobody hands a key to it.
        let key = kept.announced.clone();
        let asked = Command::OffRecordKey(RoundKey { round, key });
        let answer = circle.eve.do_(asked).await.unwrap();
        assert_eq!(answer.refused(), code);
        if code.is_none() {
            let device = circle.eve.device();
            let host_is = &mut circle.set.host;
            host_is.wait_for("a box", |m| m.off_record.wanted.contains_key(&device)).await.unwrap();
            host_is.grant_off_record(&host).await.unwrap();
        }
        writes(&mut circle.ben, &bens, "not for a key of before").await;
        reads(&mut circle.ben, &bens, 2).await;
        assert_eq!(sent(&mut circle).await, before);
        opens_nothing(&circle, &kept);
        // By the way that an observer has, they read it like the others.
        let now = watches(&mut circle, &host).await;
        assert_eq!(reads(&mut circle.eve, &now.keys, 2).await[1].1, "not for a key of before");
        ends(&mut circle, round).await;
    }
    nothing_is_on_the_tape(&mut circle).await;
}
