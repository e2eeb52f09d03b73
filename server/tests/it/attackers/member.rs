//! A member: somebody who is in, with everything that members are sent.

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use setroom_loadtest::seal::{Changes, sign_edit};
use setroom_protocol::roster::NO_SEAT;
use setroom_protocol::{Code, Command, DeviceId, Holder, LinkRole, Role, Roster, Token32};

use super::forged::{TOKEN, back_as, halves};
use super::means::{
    Circle, circle, classic, every_command, for_them_alone, is_refused_all_but, made_up_links,
    own_pair,
};
use super::seats::{
    a_key_of_anothers_beside_an_own_one_wins_nothing, all_that_can_be_shown,
    knocking_again_leads_to_ones_own_seat, nobody_is_believed_to_be_another, opens_no_other_kind,
};
use crate::support::people::{door, snapshot};
use setroom_protocol::TextKind;
use setroom_protocol::method::See;

/// What a member may ask for. Everything else is refused by role.
const MEMBER_MAY: &[&str] = &[
    "answer_seat",
    "own_key",
    "leave",
    "answer_mode",
    "agree_charter",
    "raise_hand",
    "lower_hand",
    "defer_hand",
    "end_turn",
    "say",
    "tick",
    "end_round_turn",
    "pass_turn",
    "later_turn",
    "put",
    "release_item",
    "withdraw_item",
];

/// What stays with facilitators when the controls are handed over.
const KEYS_ONLY: &[&str] = &[
    "admit", "ask_seat", "refuse", "grant", "lock", "send_to_lobby", "bring_back", "remove",
    "rekey", "set_role", "edit_roster", "hand_over",
];

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
            let Circle { set, ben, cora, .. } = &mut circle;
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
        for since in [None, Some(eve.model().seq()), Some(setroom_protocol::Seq(0))] {
            let back = eve.keyring().come_back(since);
            let dial = dial.clone().tape(&circle.tape);
            let mut line = crate::support::people::line(&dial, &back).await;
            line.next_text().await.unwrap();
            line.close().await.unwrap();
        }
        circle.eve.come_back_anew().await.unwrap();
        nothing_is_on_the_tape(&mut circle).await;
        circle.goes_on(Command::Close).await;
        nothing_is_on_the_tape(&mut circle).await;
    }
}

async fn nothing_is_on_the_tape(circle: &mut Circle) {
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
        alone.extend(own["recover"].as_object().unwrap().values().filter_map(|wrap| {
            wrap.as_str().map(str::to_owned)
        }));
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
    let name = setroom_protocol::ItemId::from_bytes(name);
    circle.goes_to(at("classic.explore")).await;
    circle.ben.wait_for("the part", |m| m.shared().is_some()).await.unwrap();
    circle.cora.must("a hand", Command::RaiseHand { kind: None, seat: None }).await.ok();
    let before = circle.before().await;
    for (kind, item) in [(TextKind::Name, name), (TextKind::Action, alone)] {
        let answer = circle.eve.put_again(item, kind, "theirs", None).await.unwrap();
        let code = answer.refused().unwrap();
        assert!([Code::NotYours, Code::StaleRevision].contains(&code), "{code:?}");
    }
    for command in [
        Command::ReleaseItem { item: alone },
        Command::WithdrawItem { item: alone },
        Command::WithdrawItem { item: name },
        Command::RaiseHand { kind: None, seat: Some(seat) },
        Command::LowerHand { seat: circle.cora.seat().ok() },
        Command::EndTurn,
        Command::EndRoundTurn,
        Command::PassTurn,
        Command::LaterTurn,
        Command::AnswerSeat { device: circle.ben.device(), yes: true },
        Command::AnswerMode { yes: false },
    ] {
        let answer = circle.eve.do_(command.clone()).await.unwrap();
        assert!(answer.refused().is_some(), "{command:?}: {answer:?}");
    }
    let after = circle.set.written().await;
    // The attacker's own key, for the text that was refused.
    assert!(after <= before.written + 1, "{after}");
    assert_eq!(circle.agree().await, before.view);
}

#[tokio::test]
async fn a_member_sends_no_command_of_another_role_in_any_part_of_a_meeting() {
    let mut circle = classic(LinkRole::Member).await;
    let before = circle.before().await;
    is_refused_all_but(&mut circle, MEMBER_MAY).await;
    circle.is_unmoved(&before).await;
    circle.begins().await;
    let before = circle.before().await;
    is_refused_all_but(&mut circle, MEMBER_MAY).await;
    circle.is_unmoved(&before).await;
    // With the controls handed over, who holds keys is still not theirs to change.
    let seat = circle.eve.seat().unwrap();
    circle.goes_on(Command::HandOver { seat }).await;
    circle.agree().await;
    let before = circle.before().await;
    for (name, command) in every_command(&circle.ben) {
        if KEYS_ONLY.contains(&name.as_str()) {
            let answer = circle.eve.do_(command).await.unwrap();
            assert_eq!(answer.refused(), Some(Code::Role), "{name}");
        }
    }
    circle.is_unmoved(&before).await;
    circle.goes_on(Command::Close).await;
    circle.agree().await;
    is_refused_all_but(&mut circle, MEMBER_MAY).await;
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
        for command in [Command::Lock { on: true }, Command::Start, Command::RaiseHand { kind: None, seat: None }] {
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
            circle.set.host.wait_for("her to be away", |m| !m.here().contains(&seat)).await.unwrap();
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
    for role in [Role::Host, Role::CoFacilitator] {
        let seat = circle.eve.seat().unwrap();
        let answer = circle.set.host.do_(Command::SetRole { seat, role }).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::Role));
    }
}

/// Every change of keys and of the roster that somebody can make who does not hold the keys' links:
/// signed by themselves, in the name of whoever may, and by a host's link that they made up.
pub(super) async fn changes_no_key(circle: &mut Circle) {
    let mut rng = StdRng::seed_from_u64(70);
    let link = circle.link();
    circle.eve.keyring_mut().learn(made_up_links(&link, &mut rng));
    let before = circle.before().await;
    let accomplice = circle.set.knock(LinkRole::Member, "Mal").await;
    let device = accomplice.device();
    circle.set.host.wait_for("the knock", |m| m.knocks().contains_key(&device)).await.unwrap();
    let knock = circle.set.host.model().knocks()[&device].clone();

    let mut commands = Vec::new();
    let kept = circle.eve.keyring().clone();
    let seats = circle.others().map(|(_, person)| person.seat().unwrap());
    for fresh in [&[][..], &LinkRole::ALL[..], &[LinkRole::Host], &[LinkRole::Member]] {
        for seat in seats {
            let keys = circle.eve.key_change(Some(seat), fresh).unwrap();
            *circle.eve.keyring_mut() = kept.clone();
            commands.push(Command::Remove { seat, keys });
        }
        let keys = circle.eve.key_change(None, fresh).unwrap();
        *circle.eve.keyring_mut() = kept.clone();
        commands.push(Command::Rekey { keys });
    }
    for seat in [None, Some(seats[0]), Some(seats[2])] {
        let admission = circle.eve.admission(device, &knock, seat).unwrap();
        *circle.eve.keyring_mut() = kept.clone();
        commands.push(admission);
    }
    commands.extend(forged_edits(circle));
    for person in [&circle.ben, &circle.cora] {
        let Some(Command::Admit { grant, .. }) =
            commands.iter().find(|command| matches!(command, Command::Admit { .. })).cloned()
        else {
            panic!("an admission")
        };
        commands.push(Command::Grant { device: person.device(), grant });
    }
    assert!(commands.len() > 35, "{}", commands.len());
    for command in commands {
        let answer = circle.eve.do_(command.clone()).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::Role), "{}", serde_json::to_string(&command).unwrap());
    }
    drop(accomplice);
    circle.set.host.wait_for("an empty door", |m| m.knocks().is_empty()).await.unwrap();
    circle.is_unmoved(&before).await;
}

/// Edits of the roster alone, that would follow if they were believed.
fn forged_edits(circle: &mut Circle) -> Vec<Command> {
    let edits = circle.set.host.shared().unwrap().roster;
    circle.set.host.keyring_mut().follow(&edits).unwrap();
    let roster: Roster = circle.set.host.keyring().roster().clone();
    let (set, eve) = (circle.set.links.set(), circle.eve.device());
    let own = own_pair(71);
    let (public, sign) = halves(&own);
    let holder = |seat, role| Holder { public, sign: Some(sign), seat, role, link: 0 };
    let (seat, host) = (circle.eve.seat().unwrap(), circle.set.host.device());
    let commit = roster.commit().unwrap();
    let others = || roster.holders().values().filter(|at| !at.is_of_host_link()).cloned();
    let whole = |add: Vec<Holder>| Changes { whole: true, add, drop: Vec::new() };
    let add = |add: Vec<Holder>| Changes { add, ..Changes::default() };
    let drop = |drop: Vec<DeviceId>| Changes { drop, ..Changes::default() };
    let all = [holder(NO_SEAT, LinkRole::Host)].into_iter().chain(others()).collect::<Vec<_>>();
    let raised = Holder { role: LinkRole::CoFacilitator, ..roster.holders()[&eve].clone() };
    let mut edits = Vec::new();
    for changes in [
        whole(all),
        whole(vec![holder(NO_SEAT, LinkRole::Host)]),
        add(vec![holder(seat, LinkRole::Host)]),
        add(vec![holder(seat, LinkRole::CoFacilitator)]),
        add(vec![holder(circle.ben.seat().unwrap(), LinkRole::Member)]),
        add(vec![raised]),
        add(vec![holder(NO_SEAT, LinkRole::Host)]),
        drop(vec![circle.ben.device()]),
        drop(vec![circle.cora.device()]),
        drop(vec![host]),
    ] {
        let n = roster.n() + 1;
        let edit = sign_edit(&roster, set, (n, roster.epoch(), commit), changes.clone(), &own);
        for by in [edit.by, eve, host, roster.host().unwrap()] {
            let mut edit = edit.clone();
            edit.by = by;
            edits.push(Command::EditRoster { edit: edit.into() });
        }
    }
    edits
}

/// What a member or an observer may put down is their own key, and only for their own browsers and
/// facilitators'; and nobody seals under a key that is not the present one.
pub(super) async fn puts_down_no_key_for_others(circle: &mut Circle) {
    let mut own = setroom_protocol::OwnKey { generation: 1, ..Default::default() };
    let blob = setroom_protocol::Blob::encode(&[4; 200]);
    for device in [circle.eve.device(), circle.ben.device()] {
        own.boxes.insert(device, blob.clone());
    }
    let before = circle.before().await;
    let answer = circle.eve.do_(Command::OwnKey(own)).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::StaleRoster));
    circle.is_unmoved(&before).await;
}

#[tokio::test]
async fn a_member_cannot_change_keys_or_the_roster() {
    let mut circle = classic(LinkRole::Member).await;
    changes_no_key(&mut circle).await;
    puts_down_no_key_for_others(&mut circle).await;
}

/// Everything that could put somebody out: commands, and lines in their name, many of them, from the
/// same address.
pub(super) async fn puts_nobody_out(circle: &mut Circle, may: &[&str]) {
    let before = circle.before().await;
    is_refused_all_but(circle, may).await;
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
    // A command that carries nothing may not name anybody either, or leaving would be done to others.
    for name in ["leave", "next", "close"] {
        let seat = serde_json::to_string(&circle.ben.seat().unwrap()).unwrap();
        let text = format!(
            r#"{{"t":"do","cid":"AAAAAAAAAAAAAAAAAAAAAA","seen":0,"cmd":{{"c":"{name}","seat":{seat}}}}}"#
        );
        let back = circle.eve.keyring().come_back(None);
        let mut line = crate::support::people::line(&circle.set.dial, &back).await;
        line.send_text(text).await.unwrap();
        let (_, ended) = crate::support::soon(crate::support::people::rest(&mut line)).await;
        assert_eq!(crate::support::people::closed(&ended), 4400, "{name}");
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
    puts_nobody_out(&mut circle, MEMBER_MAY).await;
}
