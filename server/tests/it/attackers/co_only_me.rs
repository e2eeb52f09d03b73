//! The co-facilitator whom somebody chose not to be helped by.

use setroom_client::Place;
use setroom_protocol::view::OwnKeyView;
use setroom_protocol::{Blob, Command, ItemId, LinkRole, TextKind};

use super::review::reached;
use super::rogue::{Scene, scene};
use crate::support::people::rng;

#[tokio::test]
async fn a_co_facilitator_opens_no_own_box_of_somebody_who_chose_only_me() {
    let Scene { mut set, mut co, mut ben, .. } = scene().await;
    let seat = ben.seat().unwrap();
    reached(&mut set, &mut [&mut co, &mut ben]).await;
    let shared = ben.shared().unwrap();
    let item = ItemId::from_bytes([5; 16]);
    let place = Place {
        meeting: shared.meeting,
        seat,
        kind: TextKind::Reflection,
        item,
        rev: 1,
        own: true,
    };
    let mut keys = ben.keyring().clone();
    keys.follow(&shared.roster).unwrap();
    let mut key = keys.own_key(seat, None, &mut rng(50)).unwrap().unwrap();
    // Facilitators are to have it until he chooses otherwise.
    assert!(key.host.is_some() && key.boxes.contains_key(&co.device()));
    let for_co = key.boxes[&co.device()].clone();
    key.boxes.retain(|id, _| *id == ben.device());
    key.host = None;
    ben.must("only me", Command::OwnKey(key.clone())).await.unwrap();
    keys.count_from(ben.model().own().unwrap().next_n);
    let put = keys.seal(&place, "what I would tell nobody", None, &mut rng(51)).unwrap();
    ben.must("a reflection", Command::Put(put)).await.unwrap();
    let theirs = &ben.model().own().unwrap().items[&item];
    assert_eq!(keys.open(shared.meeting, item, theirs).as_deref(), Ok("what I would tell nobody"));

    // Nothing of it comes to them, whatever they do for him meanwhile.
    set.agree(&mut [&mut co, &mut ben]).await;
    co.come_back_anew().await.unwrap();
    let own = co.model().own().unwrap();
    assert!(own.recover.is_empty() && !co.shared().unwrap().items.contains_key(&item));
    // Given the box and every wrap all the same, as a backup has them: none opens for their browser.
    let mut spy = co.keyring().clone();
    spy.follow(&co.shared().unwrap().roster).unwrap();
    for wrap in key.boxes.values() {
        assert!(spy.take_own_key(seat, &handed(wrap)).is_err());
    }
    assert!(spy.open(shared.meeting, item, theirs).is_err() && !spy.has_own_key());
    assert!(set.host.keyring().open(shared.meeting, item, theirs).is_err());
    // The wrap that he did not send them is what they would have needed.
    spy.take_own_key(seat, &handed(&for_co)).unwrap();
    assert!(spy.open(shared.meeting, item, theirs).is_ok());

    // He comes back on another browser: they can let him in, and find nothing for him.
    ben.cut();
    co.wait_for("his going", |model| !model.here.contains(&seat)).await.unwrap();
    let mut phone = set.knock(LinkRole::Member, "Ben").await;
    assert!(co.admit_as(phone.device(), Some(seat)).await.unwrap().done().is_some());
    phone.wait_for("the room", |model| model.is_in()).await.unwrap();
    phone.take_grant().unwrap();
    assert!(!phone.keyring().has_own_key());
    assert!(phone.read(item).is_err());
}

fn handed(wrap: &Blob) -> OwnKeyView {
    let (generation, code, host) = (1, None, false);
    OwnKeyView { generation, wrap: Some(wrap.clone()), code, wrapped_for: Vec::new(), host }
}
