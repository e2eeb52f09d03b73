//! A member: somebody who is in, with everything that members are sent.

use setroom_checker::permitted::ever_permitted;
use setroom_client::Place;
use setroom_protocol::method::See;
use setroom_protocol::{Code, Command, ItemId, LinkRole, Role, Seq, TextKind, Token32};

use super::forged::{TOKEN, back_as};
use super::keys::{changes_no_key, puts_down_no_key_for_others};
use super::means::{Circle, circle, classic, every_command, for_them_alone, is_refused_all_else};
use super::seats::{
    a_key_of_anothers_beside_an_own_one_wins_nothing, all_that_can_be_shown,
    knocking_again_leads_to_ones_own_seat, nobody_is_believed_to_be_another, opens_no_other_kind,
};
use crate::support::people::{closed, door, line, rest, rng, snapshot};
use crate::support::soon;

/// Everybody but the attacker writes whatever they may write for themselves alone, in every part, and
/// nothing of it comes to the attacker: not while it is new, nor in a fresh view, nor on a way back.
pub(super) async fn is_never_sent_what_is_for_another(attacker: LinkRole) {
    for template in ["classic", "question_gift", "wial"] {
        let mut circle = circle(template, attacker).await;
        circle.begins().await;
        let mut written = 0;
        for part in 0..circle.set.host.shared().unwrap().agenda.len() {
            circle.goes_to(part).await;
            let writes = circle.set.host.shared().unwrap().now.unwrap().writes;
            let Circle { set, ben, cora, .. } = &mut *circle;
            for person in [&mut set.host, ben, cora] {
                for write in writes.iter().filter(|write| write.see != See::Everyone) {
                    let (_, answer) = person.put(write.kind, "alone", None).await.unwrap();
                    written += usize::from(answer.done().is_some());
                }
            }
            nothing_is_on_the_tape(&mut circle).await;
        }
        assert!(written > 4, "{template}: {written}");
        // Whoever comes back, from any place, is sent no more.
        let (dial, eve) = (circle.set.dial.clone(), &circle.eve);
        for since in [None, Some(eve.model().seq()), Some(Seq(0))] {
            let back = eve.keyring().come_back(since);
            let dial = dial.clone().tape(&circle.tape);
            let mut line = line(&dial, &back).await;
            line.next_text().await.unwrap();
            line.close().await.unwrap();
        }
        circle.eve.come_back_anew().await.unwrap();
        nothing_is_on_the_tape(&mut circle).await;
        circle.goes_on(Command::Close).await;
        nothing_is_on_the_tape(&mut circle).await;
    }
}

pub(super) async fn nothing_is_on_the_tape(circle: &mut Circle) {
    circle.agree().await;
    let mut alone = for_them_alone(&circle.bens);
    for person in [&circle.set.host, &circle.cora, &circle.ben] {
        let (_, _, own) = snapshot(&circle.set.dial, person).await;
        let hidden = own["items"].as_object().unwrap().values();
        alone.extend(hidden.map(|item| item["box"].as_str().unwrap().to_owned()));
        for part in ["grant", "wrap"] {
            alone.extend(own[part].as_str().map(str::to_owned));
        }
        alone.extend(own["own_key"]["box"].as_str().map(str::to_owned));
        alone.extend(
            own["recover"]
                .as_object()
                .unwrap()
                .values()
                .filter_map(|wrap| wrap.as_str().map(str::to_owned)),
        );
    }
    assert!(!alone.is_empty());
    for text in alone {
        assert!(!circle.tape.holds(text.as_bytes()), "the attacker was sent {:.20}…", text);
    }
}

#[tokio::test]
async fn a_member_is_never_sent_what_is_for_another_alone() {
    is_never_sent_what_is_for_another(LinkRole::Member).await;
}

#[tokio::test]
async fn a_member_cannot_touch_anothers_texts_hands_or_turns() {
    let mut circle = classic(LinkRole::Member).await;
    circle.begins().await;
    let parts = circle.set.host.shared().unwrap().agenda;
    let at = |id: &str| parts.iter().position(|part| part.id == id).unwrap();
    circle.goes_to(at("action_review")).await;
    let (alone, _) = circle.ben.put(TextKind::Action, "alone", None).await.unwrap();
    let (seat, name) = (circle.ben.seat().unwrap(), *circle.ben.seat().unwrap().as_bytes());
    let name = ItemId::from_bytes(name);
    circle.goes_to(at("classic.explore")).await;
    // Cora asks, and the host's hand is up.
    let (cora, host) = (circle.cora.seat().unwrap(), circle.set.host.seat().ok());
    circle.goes_on(Command::Invite { seat: cora }).await;
    circle.goes_on(Command::RaiseHand { kind: None, seat: None }).await;
    let before = circle.before().await;
    let (meeting, seat_of_eve) =
        (circle.set.host.shared().unwrap().meeting, circle.eve.seat().unwrap());
    for (kind, item) in [(TextKind::Name, name), (TextKind::Action, alone)] {
        for seat in [seat, seat_of_eve] {
            // The very next revision, in their name and in one's own.
            let place = Place { meeting, seat, kind, item, rev: 2, own: false };
            let put = circle.eve.keyring().seal(&place, "theirs", None, &mut rng(5)).unwrap();
            let answer = circle.eve.do_(Command::Put(put)).await.unwrap();
            assert_eq!(answer.refused(), Some(Code::NotYours), "{kind:?}");
        }
    }
    is_refused(
        &mut circle,
        &[
            // Not even whether it still stands.
            (Command::ReleaseItem { item: alone }, Code::NoItem),
            (Command::WithdrawItem { item: alone }, Code::NoItem),
            (Command::WithdrawItem { item: name }, Code::NotYours),
            (Command::RaiseHand { kind: None, seat: Some(seat) }, Code::NotYours),
            (Command::LowerHand { seat: host }, Code::NotYours),
            (Command::EndTurn, Code::NotYours),
        ],
    )
    .await;
    circle.is_unmoved(&before).await;

    circle.goes_to(at("check_in")).await;
    circle.goes_on(Command::StartRound { seat }).await;
    let before = circle.before().await;
    let turns = [Command::EndRoundTurn, Command::PassTurn, Command::LaterTurn];
    is_refused(&mut circle, &turns.map(|turn| (turn, Code::NotYours))).await;
    circle.is_unmoved(&before).await;

    // Ben is asked whether somebody at the door is him, and nobody else can say so.
    let second = circle.set.knock(LinkRole::Member, "Ben").await;
    let device = second.device();
    circle.goes_on(Command::AskSeat { device, seat }).await;
    let answers = [true, false].map(|yes| (Command::AnswerSeat { device, yes }, Code::NoKnock));
    is_refused(&mut circle, &answers).await;
    let answer = circle.set.host.admit_as(device, Some(seat)).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::SeatHere));
}

async fn is_refused(circle: &mut Circle, commands: &[(Command, Code)]) {
    for (command, code) in commands {
        let answer = circle.eve.do_(command.clone()).await.unwrap();
        assert_eq!(answer.refused(), Some(*code), "{command:?}");
    }
}

#[tokio::test]
async fn a_member_sends_no_command_of_another_role_in_any_part_of_a_meeting() {
    let mut circle = classic(LinkRole::Member).await;
    let before = circle.before().await;
    is_refused_all_else(&mut circle, Role::Member).await;
    circle.is_unmoved(&before).await;
    circle.begins().await;
    let before = circle.before().await;
    is_refused_all_else(&mut circle, Role::Member).await;
    circle.is_unmoved(&before).await;
    // With the controls handed over, who holds keys is still not theirs to change.
    let seat = circle.eve.seat().unwrap();
    circle.goes_on(Command::HandOver { seat }).await;
    circle.agree().await;
    let before = circle.before().await;
    for (name, command) in every_command(&circle.ben) {
        if !ever_permitted(&name, Role::Member, true) {
            let answer = circle.eve.do_(command).await.unwrap();
            assert_eq!(answer.refused(), Some(Code::Role), "{name}");
        }
    }
    circle.is_unmoved(&before).await;
    circle.goes_on(Command::Close).await;
    circle.agree().await;
    is_refused_all_else(&mut circle, Role::Member).await;
}

#[tokio::test]
async fn a_member_is_not_told_what_became_of_anothers_command() {
    let mut circle = classic(LinkRole::Member).await;
    let (cid, seen) = (circle.set.host.fresh_cid(), circle.set.host.model().seq());
    circle.set.host.ask(cid, seen, Command::Lock { on: true }).await.unwrap();
    assert!(circle.set.host.answer_to(cid).await.unwrap().done().is_some());
    let own = circle.ben.fresh_cid();
    circle.ben.ask(own, seen, Command::AgreeCharter).await.unwrap();
    assert!(circle.ben.answer_to(own).await.unwrap().done().is_some());
    circle.agree().await;
    // The very ids, which everybody has read; with what was sent, and with something else.
    for cid in [cid, own] {
        for command in [
            Command::Lock { on: true },
            Command::Start,
            Command::RaiseHand { kind: None, seat: None },
        ] {
            let seen = circle.eve.model().seq();
            circle.eve.ask(cid, seen, command.clone()).await.unwrap();
            let answer = circle.eve.answer_to(cid).await.unwrap();
            assert!(answer.refused().is_some(), "{command:?}: {answer:?}");
        }
    }
    // Whoever sent it is still told.
    circle.set.host.ask(cid, seen, Command::Lock { on: true }).await.unwrap();
    assert!(circle.set.host.answer_to(cid).await.unwrap().done().is_some());
}

#[tokio::test]
async fn a_member_cannot_take_anothers_seat_with_their_public_keys() {
    let mut circle = classic(LinkRole::Member).await;
    let link = circle.link();
    nobody_is_believed_to_be_another(&mut circle, &all_that_can_be_shown(&link)).await;
    a_key_of_anothers_beside_an_own_one_wins_nothing(&mut circle, &link).await;
    knocking_again_leads_to_ones_own_seat(&mut circle).await;
}

#[tokio::test]
async fn a_member_cannot_become_host_by_the_hosts_public_keys() {
    let mut circle = classic(LinkRole::Member).await;
    let link = circle.link();
    opens_no_other_kind(&mut circle, &link).await;
    // A new browser of theirs is a member, whatever seat it is said to have.
    let mut second = circle.set.knock(LinkRole::Member, "Asha").await;
    let device = second.device();
    for (_, seat) in [0, 1].map(|n| (n, circle.others()[n].1.seat().unwrap())) {
        for _ in 0..2 {
            let answer = circle.set.host.admit_as(device, Some(seat)).await.unwrap();
            assert_eq!(answer.refused(), Some(Code::Role));
            let asked = circle.set.host.do_(Command::AskSeat { device, seat }).await.unwrap();
            assert_eq!(asked.refused(), Some(Code::Role));
        }
        // Not either when nobody sits there who could be asked.
        if seat == circle.cora.seat().unwrap() {
            circle.cora.go().await.unwrap();
            circle.set.host.wait_for("her to be away", |m| !m.here.contains(&seat)).await.unwrap();
            let answer = circle.set.host.admit_as(device, Some(seat)).await.unwrap();
            assert_eq!(answer.refused(), Some(Code::Role));
            circle.cora.come_back().await.unwrap();
        }
    }
    assert!(circle.set.host.admit(device).await.unwrap().done().is_some());
    second.enter("Asha").await.unwrap();
    assert_eq!(second.model().own().unwrap().role, Role::Member);
    let host = circle.set.host.seat().unwrap();
    assert!(second.seat().unwrap() != host && !second.model().own().unwrap().keys);
    // Nor is a member made a facilitator by a facilitator's slip.
    for (role, why) in [(Role::Host, Code::Role), (Role::CoFacilitator, Code::StaleRoster)] {
        let seat = circle.eve.seat().unwrap();
        let answer =
            circle.set.host.do_(Command::SetRole { seat, role, keys: None }).await.unwrap();
        assert_eq!(answer.refused(), Some(why));
    }
}

#[tokio::test]
async fn a_member_cannot_change_keys_or_the_roster() {
    let mut circle = classic(LinkRole::Member).await;
    changes_no_key(&mut circle).await;
    puts_down_no_key_for_others(&mut circle).await;
}

/// Everything that could put somebody out: commands, and lines in their name, many of them, from the
/// same address.
pub(super) async fn puts_nobody_out(circle: &mut Circle, role: Role) {
    let before = circle.before().await;
    is_refused_all_else(circle, role).await;
    let link = circle.link();
    let others = circle.others().map(|(_, person)| person.device());
    for _ in 0..10 {
        for device in others {
            for token in [TOKEN, Token32(*link.keys().token.as_bytes())] {
                let answer = door(&circle.set.dial, &back_as(&link, device, token)).await;
                assert!(matches!(answer.1, 4401 | 4429), "{answer:?}");
            }
        }
    }
    circle.is_unmoved(&before).await;
    // A command that is about oneself may not name anybody, or leaving would be done to others.
    for name in [r#""leave""#, r#""next""#, r#""close""#, r#""answer_mode","yes":false"#] {
        let seat = serde_json::to_string(&circle.ben.seat().unwrap()).unwrap();
        let text = format!(
            r#"{{"t":"do","cid":"AAAAAAAAAAAAAAAAAAAAAA","seen":0,"cmd":{{"c":{name},"seat":{seat}}}}}"#
        );
        let back = circle.eve.keyring().come_back(None);
        let mut line = line(&circle.set.dial, &back).await;
        line.send_text(text).await.unwrap();
        let (_, ended) = soon(rest(&mut line)).await;
        assert_eq!(closed(&ended), 4400, "{name}");
    }
    circle.is_unmoved(&before).await;
    // Whoever is knocked against has come back since, at once.
    for person in [&mut circle.set.host, &mut circle.cora, &mut circle.ben, &mut circle.olga] {
        person.cut();
        person.come_back().await.unwrap();
    }
    circle.agree().await;
}

#[tokio::test]
async fn a_member_cannot_put_anybody_out() {
    let mut circle = classic(LinkRole::Member).await;
    circle.begins().await;
    puts_nobody_out(&mut circle, Role::Member).await;
}
