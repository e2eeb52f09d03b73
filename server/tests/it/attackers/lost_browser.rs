//! Whoever holds a browser that its owner lost, with all that is in it, once the owner has put it out from
//! another one.

use setroom_client::{Client, Connection, Keyring};
use setroom_protocol::{CloseCode, Code, Command, LinkRole, TextKind};

use super::means::{Circle, classic};
use super::removed::{every_part, opens_nothing};
use crate::support::people::{door, door_of, line, rest};
use crate::support::soon;

/// Somebody's phone, the keys of the browser that they lost, and a line that whoever found it has opened.
async fn lost(circle: &mut Circle) -> (Client, Keyring, Connection) {
    let (keys, seat) = (circle.eve.keyring().clone(), circle.eve.seat().unwrap());
    circle.eve.go().await.unwrap();
    circle.set.host.wait_for("her to be away", |m| !m.here.contains(&seat)).await.unwrap();
    let mut phone = circle.set.knock(circle.came_by, "Eve").await;
    let admitted = circle.set.host.admit_as(phone.device(), Some(seat)).await.unwrap();
    assert!(admitted.done().is_some());
    phone.wait_for("the room", |m| m.is_in()).await.unwrap();
    phone.take_grant().unwrap();
    let thief = line(&circle.set.dial, &keys.come_back(None)).await;
    (phone, keys, thief)
}

/// The host's browser makes the key that is due, and everybody takes it.
async fn renewed(circle: &mut Circle, phone: &mut Client, fresh: &[LinkRole]) {
    let keys = circle.set.host.key_change(None, fresh).unwrap();
    let seq = circle.set.host_does(Command::Rekey { keys }).await;
    for person in [&mut circle.cora, &mut circle.ben, &mut circle.olga, phone] {
        person.catch_up(seq).await.unwrap();
        person.next_key().await.unwrap();
    }
    assert!(circle.set.host.shared().unwrap().key_due.is_empty());
}

#[tokio::test]
async fn who_has_a_browser_that_was_lost_gets_nothing_once_its_owner_has_put_it_out() {
    let mut circle = classic(LinkRole::Member).await;
    circle.begins().await;
    let (mut phone, keys, mut thief) = lost(&mut circle).await;
    let seq = phone.must("her being alone", Command::DropOtherDevices).await.unwrap();
    let (said, ended) = soon(rest(&mut thief)).await;
    assert_eq!(ended.close_code(), Some(CloseCode::Auth));
    assert!(said.iter().all(|frame| frame["seq"].as_u64().is_none_or(|at| at < seq.0)), "{said:?}");
    assert_eq!(door(&circle.set.dial, &keys.come_back(None)).await, (vec![], 4401));
    circle.set.host.catch_up(seq).await.unwrap();
    assert!(circle.set.host.shared().unwrap().key_due.contains(&LinkRole::Member));
    renewed(&mut circle, &mut phone, &[]).await;
    // The room goes on, and the phone with it.
    let (text, answer) = circle.ben.put(TextKind::Name, "Ben anew", None).await.unwrap();
    for person in [&mut circle.set.host, &mut circle.olga, &mut phone] {
        person.catch_up(answer.done().unwrap()).await.unwrap();
    }
    assert_eq!(phone.read(text).unwrap().as_deref(), Some("Ben anew"));
    every_part(&mut circle).await;
    opens_nothing(&circle, &keys, &text);
}

#[tokio::test]
async fn the_links_that_a_lost_browser_of_a_co_facilitator_knows_end_with_the_next_key() {
    let mut circle = classic(LinkRole::CoFacilitator).await;
    let (mut phone, keys, mut thief) = lost(&mut circle).await;
    let seq = phone.must("her being alone", Command::DropOtherDevices).await.unwrap();
    soon(rest(&mut thief)).await;
    circle.set.host.catch_up(seq).await.unwrap();
    let due = phone.shared().unwrap().key_due;
    assert!(due.contains(&LinkRole::CoFacilitator), "{due:?}");
    renewed(&mut circle, &mut phone, &LinkRole::SHARED).await;
    for kind in LinkRole::SHARED {
        let keys = Keyring::new(
            circle.set.links.of(kind),
            Default::default(),
            &mut crate::support::people::rng(48),
        );
        assert_eq!(door_of(&circle.set.dial, &keys, "Eve").await, (vec![], 4401), "{kind:?}");
    }
    assert_eq!(door_of(&circle.set.dial, &keys, "Eve").await, (vec![], 4401));
}

#[tokio::test]
async fn what_was_said_in_a_lost_browser_lets_nobody_in_once_it_is_put_out() {
    let mut circle = classic(LinkRole::Member).await;
    let (device, seat) = (circle.eve.device(), circle.eve.seat().unwrap());
    let mut comes = Vec::new();
    for _ in 0..2 {
        let knocks = circle.set.knock(LinkRole::Member, "Eve").await;
        let device = knocks.device();
        circle.set.host_does(Command::AskSeat { device, seat }).await;
        circle.eve.wait_for("to be asked", |m| m.claims.contains_key(&device)).await.unwrap();
        circle.eve.must("a yes", Command::AnswerSeat { device, yes: true }).await.unwrap();
        comes.push(knocks);
    }
    let [mut phone, found] = <[Client; 2]>::try_from(comes).unwrap();
    let admitted = circle.set.host.admit_as(phone.device(), Some(seat)).await.unwrap();
    assert!(admitted.done().is_some());
    phone.wait_for("the room", |m| m.is_in()).await.unwrap();
    let other = circle.set.knock(LinkRole::Member, "Eve").await;
    let denied = other.device();
    circle.set.host_does(Command::AskSeat { device: denied, seat }).await;
    phone.wait_for("to be asked", |m| m.claims.contains_key(&denied)).await.unwrap();
    phone.must("a no", Command::AnswerSeat { device: denied, yes: false }).await.unwrap();
    let seq = phone.must("her being alone", Command::DropOtherDevices).await.unwrap();
    circle.set.host.catch_up(seq).await.unwrap();
    assert!(!circle.set.host.shared().unwrap().devices.contains_key(&device));
    let answer = circle.set.host.admit_as(found.device(), Some(seat)).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::SeatHere), "she is there, and was not asked");
    let answer = circle.set.host.admit_as(denied, Some(seat)).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::NotThem), "what she said herself stands");
    let found = found.device();
    phone.wait_for("to be asked", |m| m.claims.contains_key(&found)).await.unwrap();
}
