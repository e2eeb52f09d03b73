//! The co-facilitator who was removed: keeps every key and link of their time, the signing pair, and
//! friends inside who send what they are handed.

use std::sync::Arc;

use setroom_client::seal::{Changes, DeviceKeys};
use setroom_client::{Client, Keyring};
use setroom_protocol::{
    CloseCode, Code, Command, Holder, KeyChange, LinkRole, RosterEdit, TextKind,
};

use super::removed::no_key_opens;
use super::rogue::{SEED, Scene, adds, all_see, edit, junk, new_key, refused, roster_of, scene};
use crate::support::people::{door, door_of, rng};

#[tokio::test]
async fn a_removed_co_facilitator_signs_nothing_more() {
    let Scene { mut set, mut co, pair, mut ben } = scene().await;
    // Two who would do whatever they are handed.
    let mut friend = set.person(LinkRole::CoFacilitator, "Gwen").await;
    all_see(&mut set, &mut [&mut co, &mut friend]).await;
    let knows = co.keyring().clone();
    let seat = co.seat().unwrap();
    let links = LinkRole::SHARED;
    let keys = set.host.key_change(Some(seat), &links).unwrap();
    let seq = set.host_does(Command::Remove { seat, keys }).await;
    assert_eq!(co.until_ended().await.unwrap().close_code(), Some(CloseCode::NotAllowed));

    // Nothing leads back: neither their browser nor a new one, by any link that they know.
    assert_eq!(door(&set.dial, &knows.come_back(None)).await, (vec!["no_seat".into()], 4403));
    for kind in links {
        let link = &knows.links()[&kind];
        let fresh = Keyring::new(link, Default::default(), &mut rng(43));
        let old = Keyring::new(link, Default::default(), &mut rng(SEED));
        for keys in [fresh, old] {
            assert_eq!(door_of(&set.dial, &keys, "Dilys").await, (vec![], 4401), "{kind:?}");
        }
    }

    // What they sign now, carried in by those who are there.
    for person in [&mut friend, &mut ben] {
        person.catch_up(seq).await.unwrap();
        person.next_key().await.unwrap();
    }
    let link = set.host.keyring().links()[&LinkRole::Member].clone();
    let waits = Client::knock(&set.dial, &link, "Cleo", rng(45)).await.unwrap();
    let device = waits.device();
    friend.wait_for("a knock", |model| model.knocks.contains_key(&device)).await.unwrap();
    let knock = friend.model().knocks[&device].clone();
    let joins = Holder {
        public: knock.public,
        sign: Some(knock.sign),
        seat: knock.fresh,
        role: LinkRole::Member,
        link: 1,
        came: None,
    };
    let of_co = Holder {
        public: knows.public(),
        sign: Some(pair.sign_public()),
        seat,
        role: LinkRole::CoFacilitator,
        link: 0,
        came: None,
    };
    let signed = |by: &DeviceKeys, changes| edit(&friend, by, changes);
    let by_them = new_key(&friend, &[], &[]);
    let next = RosterEdit { epoch: by_them.epoch, ..(*signed(&pair, Changes::default())).clone() };
    let keys = KeyChange { edit: Some(Arc::new(next)), ..by_them };
    let admit = Command::Admit {
        device,
        grant: junk(),
        seat: None,
        edit: Some(signed(&pair, adds(joins))),
    };
    for (what, command) in [
        ("an edit of nobody", Command::EditRoster { edit: signed(&pair, Changes::default()) }),
        ("themselves again", Command::EditRoster { edit: signed(&pair, adds(of_co.clone())) }),
        ("somebody at the door", admit),
        ("a key", Command::Rekey { keys }),
    ] {
        refused(&mut friend, what, command, Code::StaleRoster).await;
    }
    // A grant of theirs in a member's hand goes nowhere.
    let of_ben = roster_of(&friend).holders()[&ben.device()].clone();
    let grant = knows.grant_to(&of_ben, &mut rng(44)).unwrap();
    let hands_on = Command::Grant { device: ben.device(), grant: grant.clone() };
    let answer = ben.do_(hands_on.clone()).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::Role));
    // A facilitator may hand it on, and then nobody takes it.
    friend.must("an old grant", hands_on).await.unwrap();
    ben.wait_for("it", |model| model.own().is_some_and(|own| own.grant == Some(grant.clone())))
        .await
        .unwrap();
    assert!(ben.take_grant().is_err());

    // What comes after is closed to everything that they keep.
    let (name, answer) = ben.put(TextKind::Name, "Ben, later", None).await.unwrap();
    friend.catch_up(answer.done().unwrap()).await.unwrap();
    let shared = friend.shared().unwrap();
    let later = &shared.items[&name];
    assert_eq!(friend.read(name).unwrap().as_deref(), Some("Ben, later"));
    no_key_opens(&knows, shared.meeting, name, later);
}
