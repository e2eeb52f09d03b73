//! A person's own key: for whom it is wrapped, and which one counts.

use std::collections::BTreeSet;

use setroom_client::Place;
use setroom_protocol::view::{ItemView, OwnKeyView};
use setroom_protocol::{ItemId, LinkRole, MeetingId, OwnKey, TextKind, Timestamp};

use super::{Set, grant_for};

#[test]
fn an_own_key_is_renewed_when_somebody_who_has_it_is_gone() {
    let mut set = Set::begin();
    let co = set.joins(LinkRole::CoFacilitator);
    let mut ben = set.joins(LinkRole::Member);
    let seat = ben.roster().holders()[&ben.device()].seat;
    let key = ben.own_key(seat, None, &mut set.rng).unwrap().unwrap();
    assert_eq!(key.generation, 1);
    assert!(key.host.is_some());
    assert_eq!(
        key.boxes.keys().copied().collect::<BTreeSet<_>>(),
        [co.device(), ben.device()].into()
    );
    let shown = |key: &OwnKey| OwnKeyView {
        generation: key.generation,
        wrap: None,
        code: None,
        wrapped_for: key.boxes.keys().copied().collect(),
        host: true,
    };
    assert_eq!(ben.own_key(seat, Some(&shown(&key)), &mut set.rng), Ok(None));

    // One facilitator more: the same key, for them too.
    let more = set.joins(LinkRole::CoFacilitator);
    ben.follow(&set.edits).unwrap();
    let key = ben.own_key(seat, Some(&shown(&key)), &mut set.rng).unwrap().unwrap();
    assert_eq!((key.generation, key.more, key.boxes.len()), (1, true, 3));
    assert!(key.boxes.contains_key(&more.device()));

    // One who is gone: the next key, which they have no wrap of.
    let change = set.rekey(&[co.device()]);
    set.record(&change.edit.clone().unwrap());
    ben.take_grant(&grant_for(&change, &ben), 2, &set.edits).unwrap();
    let next = ben.own_key(seat, Some(&shown(&key)), &mut set.rng).unwrap().unwrap();
    assert_eq!((next.generation, next.boxes.len()), (2, 2));
    assert!(!next.more);
    // One that was refused is asked for again, and is no other one.
    let again = ben.own_key(seat, Some(&shown(&key)), &mut set.rng).unwrap().unwrap();
    assert_eq!(again.generation, 2);
}

#[test]
fn of_two_first_keys_of_one_person_the_one_that_was_taken_counts() {
    let mut set = Set::begin();
    let mut laptop = set.joins(LinkRole::Member);
    let seat = laptop.roster().holders()[&laptop.device()].seat;
    let mut phone = set.sits(LinkRole::Member, Some(seat));
    laptop.follow(&set.edits).unwrap();
    let taken = laptop.own_key(seat, None, &mut set.rng).unwrap().unwrap();
    let refused = phone.own_key(seat, None, &mut set.rng).unwrap().unwrap();
    assert_eq!((taken.generation, refused.generation, refused.more), (1, 1, false));
    let shown = OwnKeyView {
        generation: 1,
        wrap: taken.boxes.get(&phone.device()).cloned(),
        code: None,
        wrapped_for: taken.boxes.keys().copied().collect(),
        host: true,
    };
    assert_eq!(phone.own_key(seat, Some(&shown), &mut set.rng), Ok(None));
    let place = Place {
        meeting: MeetingId::from_bytes([1; 16]),
        seat,
        kind: TextKind::Action,
        item: ItemId::from_bytes([3; 16]),
        rev: 1,
        own: true,
    };
    let put = phone.seal(&place, "On the phone", None, &mut set.rng).unwrap();
    let text = ItemView {
        kind: place.kind,
        rev: 1,
        n: put.n,
        prev: put.prev,
        sealed: put.sealed,
        seat,
        device: phone.device(),
        at: Timestamp(0),
        part: 0,
        open: false,
        bid: None,
        meeting: None,
    };
    assert_eq!(laptop.open(place.meeting, place.item, &text).as_deref(), Ok("On the phone"));
}
