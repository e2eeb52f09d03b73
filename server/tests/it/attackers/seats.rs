//! What everybody tries who would sit where they do not: with other people's public keys, with knocks
//! that were recorded, with browsers of their own that look like another's.

use serde_json::{Value, json};
use setroom_client::Connection;
use setroom_client::seal::Link;
use setroom_protocol::{Challenge32, Code, Command, DeviceId, LinkRole, Role, SeatId, Token32};

use super::forged::{
    Known, TOKEN, as_kind, back_as, halves, in_their_name, knock_as, known, turned_away,
};
use super::means::{Circle, own_pair};
use crate::support::people::{door, door_with, knocking, knocking_anew};
use crate::support::soon;

/// Knocks in everybody's name, the host link's own holder among them, by every link that the attacker
/// can show, and comes back in everybody's name: each time as with a wrong token.
pub(super) async fn nobody_is_believed_to_be_another(circle: &mut Circle, links: &[Link]) {
    let before = circle.before().await;
    is_believed_to_be_nobody(circle, links).await;
    circle.is_unmoved(&before).await;
}

/// The same for an attacker who is not in the set any more.
pub(super) async fn is_believed_to_be_nobody(circle: &Circle, links: &[Link]) {
    let own = own_pair(40);
    let mut victims: Vec<Known> =
        circle.others().iter().map(|(who, person)| known(who, person)).collect();
    let roster = circle.set.host.keyring().roster();
    let holder = roster.holders()[&roster.host().unwrap()].clone();
    let recorded = victims[0].recorded.clone();
    let (public, sign) = (holder.public, holder.sign.unwrap());
    victims.push(Known { who: "host link".into(), public, sign, recorded });
    let count = in_their_name(&links[0], &victims[0], &own, &Challenge32([0; 32])).len();
    let dial = circle.set.dial.clone();
    for victim in &victims {
        for link in links {
            for way in 0..count {
                let mut tried = "";
                let answer = turned_away(&dial, |challenge| {
                    let (name, knock) = in_their_name(link, victim, &own, challenge).remove(way);
                    tried = name;
                    knock
                })
                .await;
                assert_eq!(answer, (vec![], 4401), "{} by {:?}: {tried}", victim.who, link.role);
            }
        }
        let device = DeviceId::of(&victim.public, Some(&victim.sign));
        for token in [TOKEN, Token32(*links[0].keys().token.as_bytes()), Token32([0; 32])] {
            let back = back_as(&links[0], device, token);
            assert_eq!(door(&dial, &back).await, (vec![], 4401), "{}", victim.who);
        }
    }
}

/// The view that comes on this line once its browser has been let in.
pub(super) async fn let_in(line: &mut Connection) -> Value {
    soon(async {
        loop {
            let text = line.next_text().await.unwrap();
            if text.starts_with(r#"{"t":"snapshot""#) {
                return serde_json::from_str(&text).unwrap();
            }
            assert!(text.starts_with(r#"{"t":"lobby""#) || text.starts_with(r#"{"t":"hello""#));
        }
    })
    .await
}

/// Somebody else's key to be granted to, beside an own one to sign with: that is another browser, and
/// none that is let in. Browsers that go by who sealed something would take the two for each other.
pub(super) async fn a_key_of_anothers_beside_an_own_one_wins_nothing(
    circle: &mut Circle,
    link: &Link,
) {
    let before = circle.before().await;
    for (n, (who, victim)) in (50..).zip(circle.others()) {
        let own = own_pair(n);
        let keys = (victim.keyring().public(), halves(&own).1);
        let knock = |challenge: &Challenge32| knock_as(link, keys, &own, challenge);
        let answer = turned_away(&circle.set.dial, knock).await;
        assert_eq!(answer, (vec!["role".into()], 4403), "{who}");
    }
    circle.is_unmoved(&before).await;
}

/// Somebody at the door is not given the seat of somebody who is there: the facilitator cannot, nobody
/// else can answer for them, and once they have said no it stays at that.
pub(super) async fn is_not_given(circle: &mut Circle, device: DeviceId, seat: SeatId) {
    let knock = circle.set.host.model().knocks[&device].clone();
    let role = circle.set.host.shared().unwrap().seats[&seat].role;
    let fits =
        knock.role == role.link() || (knock.role == LinkRole::Member && role == Role::Observer);
    let code = if fits { Code::SeatHere } else { Code::Role };
    for _ in 0..2 {
        let answer = circle.set.host.admit_as(device, Some(seat)).await.unwrap();
        assert_eq!(answer.refused(), Some(code));
    }
    let asked = circle.set.host.do_(Command::AskSeat { device, seat }).await.unwrap();
    if !fits {
        assert_eq!(asked.refused(), Some(Code::Role));
        return;
    }
    assert!(asked.done().is_some());
    for yes in [true, false] {
        let answer = circle.eve.do_(Command::AnswerSeat { device, yes }).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::NoKnock), "it is not theirs to say");
    }
    let answer = circle.set.host.admit_as(device, Some(seat)).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::SeatHere), "asked is not answered");
    let victim = [&mut circle.set.host, &mut circle.cora, &mut circle.ben, &mut circle.olga]
        .into_iter()
        .find(|person| person.seat().unwrap() == seat)
        .unwrap();
    victim.wait_for("to be asked", |m| m.claims.contains_key(&device)).await.unwrap();
    victim.must("a no", Command::AnswerSeat { device, yes: false }).await.unwrap();
    for _ in 0..2 {
        let answer = circle.set.host.admit_as(device, Some(seat)).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::NotThem));
        let again = circle.set.host.do_(Command::AskSeat { device, seat }).await.unwrap();
        assert_eq!(again.refused(), Some(Code::NotThem));
    }
}

/// The links that can be shown by whoever holds one: it, and its secret or token under every other
/// kind.
pub(super) fn all_that_can_be_shown(link: &Link) -> Vec<Link> {
    LinkRole::ALL.into_iter().map(|role| as_kind(link, role)).collect()
}

/// Every kind of link but the attacker's own is closed to them: with a fresh browser, and with their
/// own.
pub(super) async fn opens_no_other_kind(circle: &mut Circle, link: &Link) {
    let before = circle.before().await;
    let dial = circle.set.dial.clone();
    let own = own_pair(60);
    for role in LinkRole::ALL.into_iter().filter(|role| *role != link.role) {
        let (other, right) = (as_kind(link, role), Token32(*link.keys().token.as_bytes()));
        let kept = Token32(link.keys().token.hash());
        for token in [Token32(*other.keys().token.as_bytes()), right, kept, Token32([0; 32])] {
            let answer = turned_away(&dial, |challenge| {
                let mut knock = knock_as(&other, halves(&own), &own, challenge);
                knock.token = token;
                knock
            });
            assert_eq!(answer.await, (vec![], 4401), "{role:?}");
        }
        // By their own browser, which is known, and even by a link that they have come by.
        let genuine = circle.set.links.of(role).clone();
        let answer =
            door_with(&dial, |challenge| circle.eve.knock_by(&genuine, "Eve", challenge).unwrap());
        assert_eq!(answer.await, (vec!["role".into()], 4403), "{role:?}");
    }
    circle.is_unmoved(&before).await;
}

/// A browser that has a seat already and knocks again gets that seat and that role, whatever is chosen
/// for it, and nothing else.
pub(super) async fn knocking_again_leads_to_ones_own_seat(circle: &mut Circle) {
    let (seat, role) = (circle.eve.seat().unwrap(), circle.eve.model().own().unwrap().role);
    let device = circle.eve.device();
    let seats: Vec<_> = circle.others().iter().map(|(_, person)| person.seat().unwrap()).collect();
    // With the token that they were admitted with they would be in; so they are in the end.
    for anew in [true, false] {
        let (dial, keys) = (circle.set.dial.clone(), circle.eve.keyring());
        let line = if anew {
            knocking_anew(&dial, keys, "Eve").await
        } else {
            knocking(&dial, keys, "Eve").await
        };
        circle.set.host.wait_for("the knock", |m| m.knocks.contains_key(&device)).await.unwrap();
        assert_eq!(circle.set.host.model().knocks[&device].seat, Some(seat));
        for other in &seats {
            let answer = circle.set.host.admit_as(device, Some(*other)).await.unwrap();
            assert!(answer.refused().is_some(), "{answer:?}");
        }
        assert!(circle.set.host.admit_as(device, None).await.unwrap().refused().is_some());
        let answer = circle.set.host.admit_as(device, Some(seat)).await.unwrap();
        assert!(answer.done().is_some(), "{answer:?}");
        is_in_as(line, seat, role).await;
    }
    let line = knocking(&circle.set.dial, circle.eve.keyring(), "Eve").await;
    is_in_as(line, seat, role).await;
    circle.agree().await;
}

async fn is_in_as(mut line: Connection, seat: SeatId, role: Role) {
    let view = let_in(&mut line).await;
    assert_eq!(view["own"]["seat"], json!(seat));
    assert_eq!(view["own"]["role"], serde_json::to_value(role).unwrap());
    line.close().await.unwrap();
}
