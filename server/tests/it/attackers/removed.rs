//! Somebody who was removed, and has kept everything: links, keys, tokens, their browser, and a line
//! that listens.

use setroom_client::seal::Link;
use setroom_client::{Client, Keyring, Tape};
use setroom_protocol::view::ItemView;
use setroom_protocol::{
    Blob, CloseCode, Code, Command, ItemId, LinkRole, MeetingId, Seq, TextKind, Token32, limits,
};

use super::forged::{TOKEN, back_as, halves, knock_as, knocks, turned_away};
use super::means::{Circle, classic, own_pair};
use super::seats::is_believed_to_be_nobody;
use crate::support::people::{door, door_of, door_with, frames, knocking_anew, line, rest, set};
use crate::support::soon;

/// Removes the attacker, changing these links, and everybody who stays takes the new key.
pub(super) async fn removed(circle: &mut Circle, fresh: &[LinkRole]) -> Seq {
    let seat = circle.eve.seat().unwrap();
    let keys = circle.set.host.key_change(Some(seat), fresh).unwrap();
    let cut = circle.set.host_does(Command::Remove { seat, keys }).await;
    for person in [&mut circle.cora, &mut circle.ben, &mut circle.olga] {
        person.catch_up(cut).await.unwrap();
        person.next_key().await.unwrap();
    }
    cut
}

async fn agree(circle: &mut Circle) {
    let Circle { set, cora, ben, olga, .. } = circle;
    set.agree(&mut [cora, ben, olga]).await;
}

/// The meeting goes through its parts, and Ben writes for himself alone where he may.
pub(super) async fn every_part(circle: &mut Circle) {
    let parts = circle.set.host.shared().unwrap().agenda.len();
    for part in 0..parts {
        let seq = circle.set.host_does(Command::GoTo { part: u32::try_from(part).unwrap() }).await;
        circle.ben.catch_up(seq).await.unwrap();
        circle.ben.put(TextKind::Action, "alone", None).await.unwrap();
    }
}

#[tokio::test]
async fn a_removed_member_gets_nothing_and_opens_nothing_that_came_after() {
    let mut circle = classic(LinkRole::Member).await;
    circle.begins().await;
    let before = circle.ben.text(TextKind::Name, circle.ben.seat().unwrap()).unwrap();
    assert_eq!(before.as_deref(), Some("Ben"));
    // Three lines that listen: one in the room, one that came back by it, one at the door.
    let dial = circle.set.dial.clone().tape(&circle.tape);
    let keys = circle.eve.keyring().clone();
    let mut second = line(&dial, &keys.come_back(None)).await;
    let mut at_door = knocking_anew(&dial, &keys, "Eve").await;
    let device = keys.device();
    circle.set.host.wait_for("the knock", |m| m.knocks.contains_key(&device)).await.unwrap();

    let cut = removed(&mut circle, &[]).await;
    circle.eve.until_ended().await.unwrap();
    for line in [&mut second, &mut at_door] {
        soon(rest(line)).await;
    }
    // The room goes on, with everything that makes frames.
    let (text, answer) = circle.ben.put(TextKind::Name, "Ben anew", None).await.unwrap();
    circle.set.host.catch_up(answer.done().unwrap()).await.unwrap();
    every_part(&mut circle).await;
    agree(&mut circle).await;
    for frame in frames(&circle.tape) {
        assert!(frame["seq"].as_u64().is_none_or(|seq| seq < cut.0), "{frame}");
        assert_ne!(frame["what"], "removed", "{frame}");
    }
    opens_nothing(&circle, &keys, &text);
    // What they kept is put down nowhere any more: no line of theirs takes a command, and a text under
    // the old key is taken from nobody.
    let (old, at) = (keys, circle.ben.shared().unwrap());
    let place = setroom_client::Place {
        meeting: at.meeting,
        seat: circle.ben.seat().unwrap(),
        kind: TextKind::Name,
        item: text,
        rev: at.items[&text].rev + 1,
        own: false,
    };
    let mut put = old.seal(&place, "forged", None, &mut crate::support::people::rng(4)).unwrap();
    put.n = circle.ben.model().own().unwrap().next_n;
    let answer = circle.ben.do_(Command::Put(put)).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::StaleEpoch));
}

/// With everything that others were sent since, as a server that conspires would hand it on.
pub(super) fn opens_nothing(circle: &Circle, keys: &Keyring, newest: &ItemId) {
    let shared = circle.ben.shared().unwrap();
    assert_eq!(shared.epoch, 2);
    let sees = |client: &Client| client.read(*newest).unwrap();
    assert_eq!(sees(&circle.olga).as_deref(), Some("Ben anew"), "whoever stays reads it");
    let mut tried = 0;
    let now = shared.items.iter().filter(|(_, item)| item.sealed.epoch() == 2);
    for (id, view) in now {
        no_key_opens(keys, shared.meeting, *id, view);
        tried += 1;
    }
    assert!(tried >= 1);
    for (id, view) in &circle.ben.model().own().unwrap().items {
        no_key_opens(keys, shared.meeting, *id, view);
        tried += 1;
    }
    assert!(tried >= 2);
    // Nor with a key that somebody else was granted, or the wrap for the host.
    let mut keys = keys.clone();
    keys.learn(circle.set.links.all().into_iter().filter(|l| l.role == LinkRole::Member).cloned());
    for person in [&circle.set.host, &circle.cora, &circle.ben, &circle.olga] {
        let own = person.model().own().unwrap();
        for blob in own.grant.iter().chain(&own.wrap).chain(own.recover.values()) {
            assert!(keys.take_grant(blob, shared.epoch, &shared.roster).is_err());
            assert!(keys.take_wrap(blob, shared.epoch, &shared.roster).is_err());
        }
        if let Some(key) = &own.own_key {
            assert!(keys.take_own_key(person.seat().unwrap(), key).is_err());
        }
    }
    assert!(keys.keys().key(2).is_none() && keys.keys().key(1).is_some());
}

/// Not by its number, nor with a key of another number: a new one could be an old one once more.
pub(super) fn no_key_opens(keys: &Keyring, meeting: MeetingId, item: ItemId, view: &ItemView) {
    assert!(keys.open(meeting, item, view).is_err(), "{:?}", view.kind);
    let kept: Vec<_> = (1..=9).filter_map(|epoch| keys.keys().key(epoch)).collect();
    assert!(!kept.is_empty(), "they keep a key");
    for key in kept {
        assert!(keys.open_with(key, meeting, item, view).is_err(), "{:?}", view.kind);
    }
}

/// Every kind of link that a removed member may have been shown.
pub(super) fn every_link(circle: &Circle) -> Vec<Link> {
    circle.set.links.all().into_iter().filter(|link| link.role != LinkRole::Host).cloned().collect()
}

#[tokio::test]
async fn a_removed_member_does_not_come_back_with_any_key_or_link() {
    let mut circle = classic(LinkRole::Member).await;
    let (keys, seat) = (circle.eve.keyring().clone(), circle.eve.seat().unwrap());
    let second = circle.set.knock(LinkRole::Member, "Eve").await;
    let (dial, links) = (circle.set.dial.clone(), every_link(&circle));
    let phone = second.device();
    assert!(
        circle.set.host.admit_as(phone, Some(seat)).await.unwrap().refused()
            == Some(Code::SeatHere)
    );
    removed(&mut circle, &[]).await;
    circle.eve.until_ended().await.unwrap();
    let before = circle.set.written().await;
    // By the token of their browser, from every place, on every branch.
    for since in [
        None,
        Some(Seq(0)),
        Some(Seq(1)),
        Some(circle.eve.model().seq()),
        Some(Seq(u64::MAX >> 11)),
    ] {
        let back = keys.come_back_on(since, circle.eve.model().branch);
        assert_eq!(door(&dial, &back).await, (vec!["no_seat".into()], 4403));
    }
    for token in [TOKEN, Token32([0; 32])] {
        let back = back_as(&links[0], keys.device(), token);
        assert!(matches!(door(&dial, &back).await.1, 4401 | 4403));
    }
    // By their browser and every link.
    for link in &links {
        let answer =
            door_with(&dial, |challenge| circle.eve.knock_by(link, "Eve", challenge).unwrap());
        assert_eq!(answer.await, (vec!["knock_refused".into()], 4403), "{:?}", link.role);
    }
    // A browser that nobody knows is somebody new at the door, and is told nothing but that; the seat
    // is gone, and nobody can give it back.
    let own = own_pair(80);
    let (public, sign) = halves(&own);
    let device = setroom_protocol::DeviceId::of(&public, Some(&sign));
    let tape = Tape::default();
    let waits =
        knocks(&dial.clone().tape(&tape), |c| knock_as(&links[1], (public, sign), &own, c)).await;
    circle.set.host.wait_for("the knock", |m| m.knocks.contains_key(&device)).await.unwrap();
    assert_eq!(circle.set.host.model().knocks[&device].seat, None);
    for knocks in [device, phone] {
        let answer = circle.set.host.admit_as(knocks, Some(seat)).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::NoSeat));
        let asked = circle.set.host.do_(Command::AskSeat { device: knocks, seat }).await.unwrap();
        assert_eq!(asked.refused(), Some(Code::NoSeat));
    }
    assert_eq!(circle.set.written().await, before);
    // Once the links have changed, they end the wait, and open nothing.
    let changed = circle.set.host.rekey(&LinkRole::ALL[1..]).await.unwrap();
    assert!(changed.done().is_some());
    let mut waits = waits;
    let (said, _) = soon(rest(&mut waits)).await;
    assert_eq!(said.last().unwrap()["code"], "link_changed");
    assert!(frames(&tape).iter().all(|frame| frame["t"] == "lobby" || frame["t"] == "refused"));
    for link in &links {
        let answer = turned_away(&dial, |c| knock_as(link, (public, sign), &own, c));
        assert_eq!(answer.await, (vec![], 4401), "{:?}", link.role);
    }
}

#[tokio::test]
async fn a_removed_member_sits_in_nobodys_seat() {
    let mut circle = classic(LinkRole::Member).await;
    let seats = circle.others().map(|(_, person)| person.seat().unwrap());
    removed(&mut circle, &[]).await;
    circle.eve.until_ended().await.unwrap();
    agree(&mut circle).await;
    let before = circle.set.written().await;
    is_believed_to_be_nobody(&circle, &every_link(&circle)).await;
    // Nor is a browser that nobody knows put in the place of somebody who is there, by a slip.
    for link in every_link(&circle) {
        let stranger = circle.set.knock(link.role, "Ben").await;
        let device = stranger.device();
        circle.set.host.wait_for("the knock", |m| m.knocks.contains_key(&device)).await.unwrap();
        for seat in seats {
            let answer = circle.set.host.admit_as(device, Some(seat)).await.unwrap();
            let refused = answer.refused();
            assert!(matches!(refused, Some(Code::SeatHere | Code::Role)), "{refused:?}");
        }
    }
    agree(&mut circle).await;
    assert_eq!(circle.set.written().await, before);
}

/// A person has a few browsers. One that made room for another is theirs all the same.
#[tokio::test]
async fn a_browser_that_made_room_for_another_is_put_out_with_its_person() {
    let mut set = set().await;
    let mut first = set.person(LinkRole::Member, "Eve").await;
    set.server.clock.advance(1000);
    let mut now = set.beside(&mut first, "Eve").await;
    first.go().await.unwrap();
    set.server.until_figure("setroom_room_seats_connected", 2.0).await;
    for _ in 1..limits::DEVICES_PER_SEAT {
        set.server.clock.advance(1000);
        let next = set.beside(&mut now, "Eve").await;
        now.go().await.unwrap();
        set.server.until_figure("setroom_room_seats_connected", 2.0).await;
        now = next;
    }
    let (seat, keys) = (now.seat().unwrap(), first.keyring().clone());
    assert!(!set.host.shared().unwrap().devices.contains_key(&first.device()));
    assert_eq!(door(&set.dial, &keys.come_back(None)).await, (vec![], 4401), "it may knock again");
    assert!(set.host.remove(seat).await.unwrap().done().is_some());
    let knocked = door_of(&set.dial, &keys, "Eve").await;
    assert_eq!(knocked, (vec!["knock_refused".into()], 4403));
    assert_eq!(door(&set.dial, &keys.come_back(None)).await, (vec!["no_seat".into()], 4403));
}

#[tokio::test]
async fn a_removed_members_knocks_end_with_the_removal() {
    for fresh in [&[][..], &[LinkRole::Member]] {
        let mut circle = classic(LinkRole::Member).await;
        let (keys, seat) = (circle.eve.keyring().clone(), circle.eve.seat().unwrap());
        // A second browser of theirs, and both of them knock while they are in.
        circle.eve.go().await.unwrap();
        circle.set.host.wait_for("her to be away", |m| !m.here.contains(&seat)).await.unwrap();
        let mut phone = circle.set.knock(LinkRole::Member, "Eve").await;
        let admitted = circle.set.host.admit_as(phone.device(), Some(seat)).await.unwrap();
        assert!(admitted.done().is_some());
        phone.wait_for("the room", |m| m.is_in()).await.unwrap();
        // And a third one, of which she says that it is hers.
        let mut third = circle.set.knock(LinkRole::Member, "Eve").await;
        let device = third.device();
        circle.set.host_does(Command::AskSeat { device, seat }).await;
        phone.wait_for("the question", |m| m.claims.contains_key(&device)).await.unwrap();
        phone.must("her answer", Command::AnswerSeat { device, yes: true }).await.unwrap();
        let devices = [keys.device(), phone.device()];
        let mut waiting = Vec::new();
        for keys in [&keys, phone.keyring()] {
            waiting.push(knocking_anew(&circle.set.dial, keys, "Eve").await);
            let device = keys.device();
            circle
                .set
                .host
                .wait_for("the knock", |m| m.knocks.contains_key(&device))
                .await
                .unwrap();
        }
        let views = devices.map(|device| circle.set.host.model().knocks[&device].clone());
        let kept = circle.set.host.keyring().clone();
        let commands: Vec<Command> = devices
            .iter()
            .zip(&views)
            .map(|(device, knock)| {
                let command = circle.set.host.admission(*device, knock, Some(seat)).unwrap();
                *circle.set.host.keyring_mut() = kept.clone();
                command
            })
            .collect();
        removed(&mut circle, fresh).await;
        for line in &mut waiting {
            let (said, ended) = soon(rest(line)).await;
            assert_eq!(said.last().unwrap()["code"], "knock_refused");
            assert_eq!(ended.close_code(), Some(CloseCode::NotAllowed));
        }
        assert_eq!(third.until_ended().await.unwrap().close_code(), Some(CloseCode::NotAllowed));
        circle.set.host.wait_for("an empty door", |m| m.knocks.is_empty()).await.unwrap();
        // A press that was on its way, on a row that is gone, lets nobody in.
        for command in commands {
            let Command::Admit { device, grant, edit, .. } = command else {
                panic!("an admission")
            };
            for seat in [None, Some(seat), circle.ben.seat().ok()] {
                let (grant, edit): (Blob, _) = (grant.clone(), edit.clone());
                let admit = Command::Admit { device, grant, seat, edit };
                let answer = circle.set.host.do_(admit).await.unwrap();
                assert_eq!(answer.refused(), Some(Code::NoKnock));
            }
        }
        agree(&mut circle).await;
    }
}
