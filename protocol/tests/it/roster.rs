//! The walk along the chain of signed edits, as everybody does it who does not believe the server.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use setroom_protocol::roster::NO_SEAT;
use setroom_protocol::{
    DeviceId, Holder, LinkRole, Roster, RosterEdit, RosterFault, SetId, limits,
};

use crate::samples::holder;
use crate::support::*;

/// The host link's holder, the host, a co-facilitator, a member, and a co-facilitator's browser of
/// the first form, which cannot sign.
fn first() -> RosterEdit {
    let old = Holder { sign: None, ..holder(5, LinkRole::CoFacilitator) };
    RosterEdit {
        n: 1,
        epoch: 1,
        commit: commitment(1),
        meeting: None,
        whole: true,
        add: vec![
            link_holder(),
            holder(1, LinkRole::Host),
            holder(2, LinkRole::CoFacilitator),
            holder(3, LinkRole::Member),
            old,
        ],
        drop: vec![],
        by: link_holder().device(),
        sig: signature(1),
    }
}

fn next(roster: &Roster) -> RosterEdit {
    RosterEdit {
        n: roster.n() + 1,
        epoch: roster.epoch(),
        commit: roster.commit().unwrap(),
        meeting: None,
        whole: false,
        add: vec![],
        drop: vec![],
        by: device(1),
        sig: signature(2),
    }
}

/// Whether it follows; then it is in.
fn walk(roster: &mut Roster, edit: &RosterEdit) -> Result<(), RosterFault> {
    roster.vet(set_id(), edit)?;
    roster.take(set_id(), &Arc::new(edit.clone()));
    Ok(())
}

fn begun() -> Roster {
    let mut roster = Roster::default();
    walk(&mut roster, &first()).unwrap();
    roster
}

#[test]
fn a_chain_begins_with_a_whole_edit_by_the_host_links_own_holder() {
    let mut roster = Roster::default();
    assert!(roster.is_empty() && roster.head().0 == [0; 32] && roster.commit().is_none());
    let bare = RosterEdit { whole: false, ..first() };
    assert_eq!(walk(&mut roster, &bare), Err(RosterFault::Place));
    assert_eq!(walk(&mut roster, &RosterEdit { n: 0, ..first() }), Err(RosterFault::Place));
    let with = |change: &dyn Fn(&mut RosterEdit)| {
        let mut edit = first();
        change(&mut edit);
        Roster::default().vet(set_id(), &edit).map(drop)
    };
    assert_eq!(with(&|edit| edit.add.truncate(0)), Err(RosterFault::Holders), "without it");
    let another = Holder { public: public(251), ..link_holder() };
    assert_eq!(
        with(&|edit| edit.add.push(another.clone())),
        Err(RosterFault::Holders),
        "two of it"
    );
    assert_eq!(with(&|edit| edit.by = device(1)), Err(RosterFault::Signer), "by somebody else");
    let cannot = Holder { sign: None, ..link_holder() };
    let unsigned = with(&|edit| (edit.by, edit.add[0]) = (cannot.device(), cannot.clone()));
    assert_eq!(unsigned, Err(RosterFault::Signer), "by what cannot sign");
    assert_eq!(with(&|edit| edit.drop.push(device(3))), Err(RosterFault::Holders));
    let twice = with(&|edit| edit.add.push(edit.add[1].clone()));
    assert_eq!(twice, Err(RosterFault::Holders));
    // It may begin anywhere: the room may be a copy from before its first edit.
    assert_eq!(with(&|edit| edit.n = 9), Ok(()));

    let vetted = roster.vet(set_id(), &first()).unwrap();
    assert_eq!(vetted.signer, signing(250));
    assert_eq!(vetted.signed, first().signed(set_id(), roster.head()));
    walk(&mut roster, &first()).unwrap();
    assert_eq!((roster.n(), roster.epoch(), roster.commit()), (1, 1, Some(commitment(1))));
    assert_eq!(roster.host(), Some(link_holder().device()));
    assert_eq!((roster.holders().len(), roster.edits().len()), (5, 1));
}

#[test]
fn an_edit_stands_at_its_place_and_in_its_epoch() {
    let roster = begun();
    let vet = |change: &dyn Fn(&mut RosterEdit)| {
        let mut edit = next(&roster);
        change(&mut edit);
        roster.vet(set_id(), &edit).map(|_| ())
    };
    assert_eq!(vet(&|_| {}), Ok(()));
    for n in [0, 1, 3, u32::MAX] {
        assert_eq!(vet(&|edit| edit.n = n), Err(RosterFault::Place), "{n}");
    }
    for epoch in [0, 3, u32::MAX] {
        assert_eq!(vet(&|edit| edit.epoch = epoch), Err(RosterFault::Epoch), "{epoch}");
    }
    assert_eq!(vet(&|edit| edit.commit = commitment(2)), Err(RosterFault::Commit));
    assert_eq!(vet(&|edit| (edit.epoch, edit.commit) = (2, commitment(2))), Ok(()));
}

#[test]
fn who_may_sign() {
    let roster = begun();
    for (by, may) in [(1, true), (2, true), (3, false), (5, false), (60, false)] {
        let by = roster.holders().iter().find(|(_, held)| held.seat == seat(by)).map(|(id, _)| *id);
        let edit = RosterEdit { by: by.unwrap_or(device(60)), ..next(&roster) };
        let answer = roster.vet(set_id(), &edit).map(|vetted| vetted.signer);
        match may {
            true => assert_eq!(answer.unwrap(), roster.holders()[&by.unwrap()].sign.unwrap()),
            false => assert_eq!(answer, Err(RosterFault::Signer)),
        }
    }
    let link = RosterEdit { by: link_holder().device(), ..next(&roster) };
    assert_eq!(roster.vet(set_id(), &link).unwrap().signer, signing(250));
    // Who is dropped signs no more; an edit may drop its own signer.
    let mut roster = roster;
    let goes = RosterEdit { drop: vec![device(2)], by: device(2), ..next(&roster) };
    walk(&mut roster, &goes).unwrap();
    let after = RosterEdit { by: device(2), ..next(&roster) };
    assert_eq!(walk(&mut roster, &after), Err(RosterFault::Signer));
    assert!(!roster.hands_on(device(2)) && roster.hands_on(device(1)));
}

#[test]
fn what_an_edit_may_add_and_drop() {
    let roster = begun();
    let vet = |add: Vec<Holder>, drop: Vec<DeviceId>| {
        roster.vet(set_id(), &RosterEdit { add, drop, ..next(&roster) }).map(|_| ())
    };
    let new = || holder(6, LinkRole::Member);
    assert_eq!(vet(vec![new()], vec![device(3)]), Ok(()));
    assert_eq!(vet(vec![new(), new()], vec![]), Err(RosterFault::Holders), "twice");
    assert_eq!(vet(vec![], vec![device(3), device(3)]), Err(RosterFault::Holders), "twice");
    assert_eq!(vet(vec![], vec![device(6)]), Err(RosterFault::Holders), "who is not there");
    assert_eq!(vet(vec![new()], vec![device(6)]), Err(RosterFault::Holders), "in and out");
    assert_eq!(vet(vec![holder(3, LinkRole::Member)], vec![device(3)]), Err(RosterFault::Holders));
    // Nobody but a whole edit touches the host link's own holder.
    assert_eq!(vet(vec![link_holder()], vec![]), Err(RosterFault::Holders));
    let as_member = Holder { seat: seat(3), role: LinkRole::Member, ..link_holder() };
    assert_eq!(vet(vec![as_member], vec![]), Err(RosterFault::Holders));
    let seatless = Holder { seat: NO_SEAT, ..new() };
    assert_eq!(vet(vec![seatless], vec![]), Err(RosterFault::Holders));
    assert_eq!(vet(vec![], vec![link_holder().device()]), Err(RosterFault::Holders));
    // One who is there already is replaced.
    let mut replaced = roster.clone();
    let link = Holder { link: 4, ..holder(3, LinkRole::Member) };
    let edit = RosterEdit { add: vec![link.clone()], ..next(&roster) };
    walk(&mut replaced, &edit).unwrap();
    assert_eq!((replaced.holders().len(), &replaced.holders()[&device(3)]), (5, &link));
    // As many as a set may have, and the host link's own.
    let many = |n: usize| (0..n).map(|n| holder(100 + n as u8, LinkRole::Member)).collect();
    assert_eq!(vet(many(limits::DEVICES + 1), vec![]), Ok(()));
    assert_eq!(vet(many(limits::DEVICES + 2), vec![]), Err(RosterFault::Holders));
}

#[test]
fn a_whole_edit_heals_what_came_before() {
    let mut roster = begun();
    let edit = RosterEdit { add: vec![holder(6, LinkRole::Member)], ..next(&roster) };
    walk(&mut roster, &edit).unwrap();
    let whole = |n, epoch| RosterEdit { n, epoch, ..first() };
    for n in [0, 1, 2] {
        assert_eq!(walk(&mut roster.clone(), &whole(n, 1)), Err(RosterFault::Place), "{n}");
    }
    assert_eq!(walk(&mut roster.clone(), &whole(9, 0)), Err(RosterFault::Epoch));
    // Another host link's holder is another host.
    let other = Holder { public: public(251), sign: Some(signing(251)), ..link_holder() };
    let mut theirs = RosterEdit { by: other.device(), ..whole(9, 1) };
    theirs.add[0] = other;
    assert_eq!(walk(&mut roster.clone(), &theirs), Err(RosterFault::Signer));
    for (n, epoch) in [(3, 1), (9, 1), (9, 2), (700, 50)] {
        let mut healed = roster.clone();
        walk(&mut healed, &whole(n, epoch)).unwrap();
        assert_eq!((healed.n(), healed.epoch()), (n, epoch));
        assert!(healed.edits().keys().eq([&n]), "edits before it are dropped");
        assert!(!healed.holders().contains_key(&device(6)), "its holders are the whole roster");
        // It follows from nothing, so whoever begins there has the same head.
        let mut begun = Roster::default();
        walk(&mut begun, &whole(n, epoch)).unwrap();
        assert_eq!(begun, healed);
    }
    // The last place there is: nothing follows, and nothing falls over.
    walk(&mut roster, &whole(u32::MAX, u32::MAX)).unwrap();
    let after = RosterEdit { n: 0, ..first() };
    assert_eq!(walk(&mut roster, &RosterEdit { whole: false, ..after }), Err(RosterFault::Place));
}

/// One edit with one thing about it changed.
type Twist = (&'static str, fn(&mut RosterEdit));

const TWISTS: &[Twist] = &[
    ("n", |edit| edit.n ^= 2),
    ("epoch", |edit| edit.epoch ^= 4),
    ("commit", |edit| edit.commit.0[31] ^= 1),
    ("whole", |edit| edit.whole = !edit.whole),
    ("one more is added", |edit| edit.add.push(holder(90, LinkRole::Member))),
    ("nobody is added", |edit| edit.add.clear()),
    ("the order of who is added", |edit| edit.add.reverse()),
    ("pub", |edit| edit.add[0].public.0[64] ^= 1),
    ("sign", |edit| edit.add[0].sign.as_mut().unwrap().0[64] ^= 1),
    ("no sign", |edit| edit.add[0].sign = None),
    ("seat", |edit| edit.add[0].seat = seat(91)),
    ("role", |edit| edit.add[0].role = LinkRole::Observer),
    ("link", |edit| edit.add[0].link += 1),
    ("one more is dropped", |edit| edit.drop.push(device(92))),
    ("nobody is dropped", |edit| edit.drop.clear()),
    ("the order of who is dropped", |edit| edit.drop.reverse()),
];

#[test]
fn whatever_is_changed_in_an_edit_changes_what_is_signed() {
    let roster = begun();
    let edit = RosterEdit {
        add: vec![holder(6, LinkRole::Member), holder(7, LinkRole::CoFacilitator)],
        drop: vec![device(2), device(3)],
        ..next(&roster)
    };
    let signed = roster.vet(set_id(), &edit).unwrap().signed;
    let mut all = BTreeSet::from([signed.clone()]);
    for (what, twist) in TWISTS {
        let mut other = edit.clone();
        twist(&mut other);
        assert!(all.insert(other.signed(set_id(), roster.head())), "{what}");
    }
    // Another set, another head before it.
    assert!(all.insert(edit.signed(SetId::from_bytes([9; 16]), roster.head())));
    assert!(all.insert(edit.signed(set_id(), commitment(1))));
    // A whole edit follows from nothing.
    assert_eq!(first().signed(set_id(), commitment(1)), first().signed(set_id(), commitment(2)));
    // Who signed, and with what, is in the head.
    let head = |edit: &RosterEdit| {
        let mut after = roster.clone();
        after.take(set_id(), &Arc::new(edit.clone()));
        after.head()
    };
    let (by, sig) = (RosterEdit { by: device(2), ..edit.clone() }, signature(9));
    let heads = [head(&edit), head(&by), head(&RosterEdit { sig, ..edit.clone() })];
    assert_eq!(heads.iter().collect::<BTreeSet<_>>().len(), 3);
    // And a signature by another key is checked under that key.
    let signer = |edit: &RosterEdit| roster.vet(set_id(), edit).unwrap().signer;
    assert_ne!(signer(&edit), signer(&by));
}

/// The very bytes, written out here once more by hand.
#[test]
fn what_is_signed_is_as_published() {
    fn pae(parts: &[&[u8]]) -> Vec<u8> {
        let u32be = |n: usize| u32::try_from(n).unwrap().to_be_bytes().to_vec();
        let part = |part: &&[u8]| [u32be(part.len()), part.to_vec()].concat();
        [vec![u32be(parts.len())], parts.iter().map(part).collect()].concat().concat()
    }
    let roster = begun();
    let old = Holder { sign: None, link: 3, ..holder(6, LinkRole::Observer) };
    let edit = RosterEdit { add: vec![old], drop: vec![device(3)], ..next(&roster) };
    let one = pae(&[&public(6).0, b"", &[6; 16], b"o", &[0, 0, 0, 3]]);
    let expected = pae(&[
        b"ALS1-roster-edit",
        &[0xA1; 16],
        &[0, 0, 0, 2],
        &roster.head().0,
        &[0, 0, 0, 1],
        &commitment(1).0,
        &[0],
        &pae(&[&one]),
        &pae(&[device(3).as_bytes()]),
    ]);
    assert_eq!(edit.signed(set_id(), roster.head()), expected);
    let whole = first().signed(set_id(), roster.head());
    assert!(whole.windows(37).any(|w| w == [&[0, 0, 0, 32][..], &[0; 32], &[0]].concat()));
    assert_eq!(pae(&[]), [0; 4]);
}

/// A browser's id follows from both of its keys, and from the one that it has in the first form.
#[test]
fn ids_of_browsers_follow_from_their_keys() {
    let both = DeviceId::of(&public(3), Some(&signing(3)));
    assert_eq!(both, device(3));
    let others = [
        DeviceId::of(&public(3), None),
        DeviceId::of(&public(3), Some(&signing(4))),
        DeviceId::of(&public(4), Some(&signing(3))),
        DeviceId::of(&signing(3), Some(&public(3))),
    ];
    assert!(!others.contains(&both));
    assert_eq!(holder(3, LinkRole::Member).device(), both);
    assert_eq!(Holder { sign: None, ..holder(3, LinkRole::Member) }.device(), others[0]);
}

/// A random edit: often one that follows, sometimes not.
fn made(roster: &Roster, (what, who, n): (u8, u8, u8)) -> RosterEdit {
    let signers = [link_holder().device(), device(1), device(2), device(3), device(who % 30)];
    let known: Vec<_> = roster.holders().keys().copied().collect();
    let links = [LinkRole::Member, LinkRole::CoFacilitator, LinkRole::Observer, LinkRole::Host];
    let added = holder(n % 30, links[usize::from(what / 8) % 4]);
    let mut edit = next(roster);
    edit.by = signers[usize::from(who) % 5];
    edit.sig = signature(what);
    if what.is_multiple_of(2) {
        edit.add.push(added);
    }
    if what.is_multiple_of(3) {
        edit.drop.push(known[usize::from(n) % known.len()]);
    }
    match what % 11 {
        0..4 => {
            edit.epoch += 1;
            edit.commit = commitment(edit.epoch);
        }
        4 => {
            edit = RosterEdit { n: edit.n + u32::from(n % 3), epoch: edit.epoch, ..first() };
            edit.epoch = roster.epoch() + u32::from(who % 3);
            edit.commit = commitment(edit.epoch);
        }
        5 => edit.n += u32::from(n % 2),
        6 => edit.commit = commitment(90 + u32::from(n % 2)),
        _ => {}
    }
    edit
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Two who walk agree, whether one began at the beginning, read its state from its disk, or began
    /// at the last whole edit; and neither moves for an edit that does not follow.
    #[test]
    fn all_who_walk_a_chain_agree(steps in prop::collection::vec(any::<(u8, u8, u8)>(), 1..60)) {
        let mut one = begun();
        let mut chain = vec![first()];
        for step in steps {
            let edit = made(&one, step);
            let before = one.clone();
            if walk(&mut one, &edit).is_ok() {
                prop_assert!(one.head() != before.head() && one.n() > before.n());
                prop_assert!(one.holders().contains_key(&link_holder().device()));
                if edit.whole {
                    chain.clear();
                }
                chain.push(edit);
            } else {
                prop_assert_eq!(&one, &before);
            }
        }
        let mut other = Roster::default();
        for (place, edit) in chain.iter().enumerate() {
            prop_assert_eq!(walk(&mut other, edit), Ok(()), "{}", place);
            let text = serde_json::to_string(&other).unwrap();
            other = serde_json::from_str(&text).unwrap();
        }
        prop_assert!(one.edits().values().map(|edit| &**edit).eq(&chain));
        prop_assert_eq!(one, other);
    }

    /// An edit in which anything was changed after it was signed is refused, or what its signature
    /// would have to hold over, or under which key, is something else.
    #[test]
    fn nothing_of_an_edit_can_be_changed(step in any::<(u8, u8, u8)>(), twist in 0..TWISTS.len()) {
        let roster = begun();
        let mut edit = made(&roster, step);
        if edit.add.first().is_none_or(|added| added.sign.is_none()) {
            edit.add.insert(0, holder(80, LinkRole::Member));
        }
        prop_assume!(roster.vet(set_id(), &edit).is_ok());
        let good = roster.vet(set_id(), &edit).unwrap();
        let mut other = edit.clone();
        TWISTS[twist].1(&mut other);
        prop_assume!(other != edit);
        if let Ok(vetted) = roster.vet(set_id(), &other) {
            prop_assert!(vetted.signed != good.signed, "{}", TWISTS[twist].0);
        }
        for by in [device(1), device(2), link_holder().device()] {
            let other = RosterEdit { by, ..edit.clone() };
            if let (true, Ok(vetted)) = (by != edit.by, roster.vet(set_id(), &other)) {
                prop_assert!(vetted.signer != good.signer);
            }
        }
    }
}
