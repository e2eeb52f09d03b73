//! A person's own key, and the texts that are sealed under it.

use setroom_protocol::method::See;
use setroom_protocol::{
    Blob, Change, Code, Command as C, LinkRole, OwnKey, Role, TextKind, limits, view,
};

use super::names;
use crate::support::*;

/// A member with a first own key, at this part.
fn keyed(template: &str, part: &str) -> World {
    let mut world = World::running(template, part);
    let key = world.own_key_of(seat(4), 1);
    world.does(world.p(4), C::OwnKey(key));
    world
}

fn own(world: &World, kind: TextKind, id: u16) -> C {
    C::Put(world.own_text(world.p(4), kind, id))
}

fn open(world: &World, kind: TextKind, id: u16) -> C {
    C::Put(world.text(world.p(4), kind, id))
}

#[test]
fn an_own_key_is_put_down_by_anybody_for_themselves() {
    let mut world = World::usual();
    for n in 1..=7 {
        let key = world.own_key_of(seat(n), 1);
        let set = Change::OwnKeySet { seat: seat(n), key: key.clone() };
        assert_eq!(world.does(world.p(n), C::OwnKey(key.clone())), [set]);
        let shown = view::own(&world.room, device(n)).unwrap().own_key.unwrap();
        assert_eq!((shown.generation, shown.host), (1, true));
        assert_eq!((shown.wrap.as_ref(), shown.code), (key.boxes.get(&device(n)), key.code));
        assert!(shown.wrapped_for.iter().eq(key.boxes.keys()));
    }
    // A facilitator can open others' for those who lost their browser, and the host's own link opens
    // the host's; nobody else is sent any.
    for n in 1..=7 {
        let recover = view::own(&world.room, device(n)).unwrap().recover;
        let others = (1..=7).filter(|other| *other != n).map(seat);
        let expected = match n {
            1 => (1..=7).map(|n| (seat(n), own_key(1, []).host.unwrap())).collect(),
            2 => others.map(|s| (s, own_key(1, [device(2)]).boxes[&device(2)].clone())).collect(),
            _ => std::collections::BTreeMap::new(),
        };
        assert_eq!(recover, expected, "{n}");
    }
    world.check_clients();
}

#[test]
fn only_me_means_that_nobody_helps() {
    let mut world = World::usual();
    let bare = OwnKey { host: None, code: None, ..own_key(1, [device(4)]) };
    world.does(world.p(4), C::OwnKey(bare));
    for n in [1, 2] {
        assert!(view::own(&world.room, device(n)).unwrap().recover.is_empty());
    }
    assert!(!view::own(&world.room, device(4)).unwrap().own_key.unwrap().host);
}

#[test]
fn generations_rise_one_by_one() {
    let mut world = World::usual();
    let key = |generation| C::OwnKey(own_key(generation, [device(4)]));
    for wrong in [0, 2, u32::MAX] {
        world.refuses(world.p(4), key(wrong), Code::StaleRevision);
    }
    let more = |generation| {
        let key = own_key(generation, [device(4), device(2)]);
        C::OwnKey(OwnKey { more: true, ..key })
    };
    // There is none yet that could be wrapped for more.
    world.refuses(world.p(4), more(1), Code::StaleRevision);
    world.does(world.p(4), key(1));
    world.does(world.p(4), more(1));
    world.does(world.p(4), key(2));
    for wrong in [0, 1, 2, 4, u32::MAX] {
        world.refuses(world.p(4), key(wrong), Code::StaleRevision);
    }
    for wrong in [0, 1, 3, u32::MAX] {
        world.refuses(world.p(4), more(wrong), Code::StaleRevision);
    }
}

#[test]
fn of_two_browsers_that_make_the_same_generation_one_is_taken() {
    let mut world = World::usual();
    world.goes_away(4);
    let knock = world.knock_as(LinkRole::Member, 44, 99);
    world.around.knock(knock).unwrap();
    world.does(world.host(), world.admit(world.host(), device(44), Some(seat(4))));
    let both = [device(4), device(44)];
    world.does(Person { device: device(44), ..world.p(4) }, C::OwnKey(own_key(1, both)));
    let before = world.room.clone();
    world.refuses(world.p(4), C::OwnKey(own_key(1, both)), Code::StaleRevision);
    // What the first one put down is what both are shown.
    for id in both {
        let shown = view::own(&world.room, id).unwrap().own_key;
        assert_eq!(shown, view::own(&before, id).unwrap().own_key);
    }
}

#[test]
fn it_is_wrapped_for_ones_own_browsers_and_for_facilitators_alone() {
    let mut world = World::usual();
    world.goes_away(4);
    let knock = world.knock_as(LinkRole::Member, 44, 99);
    world.around.knock(knock).unwrap();
    world.does(world.host(), world.admit(world.host(), device(44), Some(seat(4))));
    let good = [4, 44, 2, 1].map(device);
    let who = world.p(4);
    for n in [3, 5, 7, 60] {
        let key = own_key(1, good.into_iter().chain([device(n)]));
        world.refuses(who, C::OwnKey(key), Code::StaleRoster);
    }
    let link = own_key(1, good.into_iter().chain([link_holder().device()]));
    world.refuses(who, C::OwnKey(link), Code::StaleRoster);
    // The browser that makes it has it.
    world.refuses(who, C::OwnKey(own_key(1, [device(44), device(2)])), Code::StaleRoster);
    world.does(who, C::OwnKey(own_key(1, good)));
    // A facilitator who has left gets none any more, though the roster still has them.
    world.does(world.p(2), C::Leave);
    assert!(world.room.roster().hands_on(device(2)));
    let more = OwnKey { more: true, ..own_key(1, good) };
    world.refuses(who, C::OwnKey(more), Code::StaleRoster);
}

#[test]
fn its_wraps_are_bounded_together() {
    let mut world = World::usual();
    let who = world.p(4);
    let of = |chars: usize| Blob::encode(&vec![7; chars / 4 * 3]);
    let mut key = OwnKey { host: None, code: None, ..own_key(1, [device(4), device(2)]) };
    key.boxes = key.boxes.into_keys().map(|id| (id, of(4096))).collect();
    (key.host, key.code) = (Some(of(4096)), Some(of(4096)));
    assert_eq!(key.chars(), limits::OWN_KEY_CHARS);
    world.does(who, C::OwnKey(key.clone()));
    for part in 0..3 {
        let mut more = key.clone();
        match part {
            0 => more.host = Some(of(4100)),
            1 => more.code = Some(of(4100)),
            _ => drop(more.boxes.insert(device(2), of(4100))),
        }
        more.more = true;
        world.refuses(who, C::OwnKey(more), Code::OwnKeyChars);
    }
    (key.code, key.more) = (None, true);
    world.does(who, C::OwnKey(key));
}

#[test]
fn it_can_be_put_down_before_the_charter_is_agreed_and_after_the_close() {
    let mut world = World::usual();
    world.does(world.host(), C::Start);
    world.go("classic.explore");
    let key = |generation| C::OwnKey(own_key(generation, [device(4)]));
    world.does(world.p(4), key(1));
    world.does(world.host(), C::Close);
    world.does(world.p(4), key(2));
}

#[test]
fn texts_that_only_their_author_sees_are_sealed_under_it() {
    let mut world = World::at("action_review");
    let none = C::Put(setroom_protocol::Put {
        sealed: boxed_own(1, 256, 1),
        ..world.text(world.p(4), TextKind::Action, 1)
    });
    world.refuses(world.p(4), none, Code::StaleEpoch);
    world.refuses(world.p(4), own(&world, TextKind::Action, 1), Code::StaleEpoch);
    let mut world = keyed("classic", "action_review");
    let changes = world.does(world.p(4), own(&world, TextKind::Action, 1));
    assert!(matches!(&changes[..], [Change::Written { item }]
        if item.sealed.is_own() && item.sealed.epoch() == 1 && item.see == See::Owner));
    // One that is under the set's key already stays readable, and moves at its next writing.
    world.does(world.p(4), open(&world, TextKind::Action, 2));
    world.does(world.p(4), own(&world, TextKind::Action, 2));
    for (generation, why) in [(0, Code::StaleEpoch), (2, Code::StaleEpoch)] {
        let text = world.own_text(world.p(4), TextKind::Action, 3);
        let sealed = boxed_own(generation, 256, 3);
        world.refuses(world.p(4), C::Put(setroom_protocol::Put { sealed, ..text }), why);
    }
    // The set's epochs and a person's generations are different numbers.
    let keys = world.keys(device(1), None);
    world.does(world.host(), C::Rekey { keys });
    world.does(world.p(4), own(&world, TextKind::Action, 4));
}

#[test]
fn what_others_are_to_see_is_never_sealed_under_it() {
    for (template, part, kind) in [
        ("classic", "bids", TextKind::Bid),
        ("question_gift", "gift.write", TextKind::Question),
        ("wial", "wial.write", TextKind::Sentence),
        ("wial", "wial.skill", TextKind::Skill),
        ("classic", "bids", TextKind::Name),
    ] {
        let mut world = keyed(template, part);
        world.refuses(world.p(4), own(&world, kind, 1), Code::SealedOwn);
        world.does(world.p(4), open(&world, kind, 1));
    }
    for kind in [TextKind::Title, TextKind::Charter] {
        let mut world = World::usual();
        let key = world.own_key_of(seat(1), 1);
        world.does(world.host(), C::OwnKey(key));
        let text = C::Put(world.own_text(world.host(), kind, 1));
        world.refuses(world.host(), text, Code::SealedOwn);
    }
}

#[test]
fn a_release_seals_it_for_the_set_first() {
    // A learning is released in a later part than it was written in, an action wherever.
    for (template, part, kind) in
        [("wial", "wial.learn", TextKind::Learning), ("classic", "action_review", TextKind::Action)]
    {
        let mut world = keyed(template, part);
        world.does(world.p(4), own(&world, kind, 1));
        let written_in = world.room.items()[&item(1)].part;
        world.go("process_review");
        let release = C::ReleaseItem { item: item(1) };
        world.refuses(world.p(4), release.clone(), Code::SealedOwn);
        let changes = world.does(world.p(4), open(&world, kind, 1));
        assert!(matches!(&changes[..], [Change::Written { item }]
            if item.see == See::Owner && item.part == written_in && !item.sealed.is_own()));
        assert_eq!(names(&world.does(world.p(4), release)), ["item_released"]);
        // From then on it is the set's.
        world.go(part);
        world.refuses(world.p(4), own(&world, kind, 1), Code::SealedOwn);
        world.check_clients();
    }
}

#[test]
fn a_text_is_sealed_again_under_a_new_own_key_wherever_the_meeting_is() {
    let mut world = keyed("wial", "wial.learn");
    world.does(world.p(4), own(&world, TextKind::Learning, 1));
    world.go("process_review");
    world.refuses(world.p(4), own(&world, TextKind::Learning, 1), Code::Kind);
    let key = world.own_key_of(seat(4), 2);
    world.does(world.p(4), C::OwnKey(key));
    let learn = world.part_index("wial.learn");
    let changes = world.does(world.p(4), own(&world, TextKind::Learning, 1));
    assert!(matches!(&changes[..], [Change::Written { item }]
        if item.part == learn && item.sealed.epoch() == 2 && item.rev == 2));
    world.refuses(world.p(4), own(&world, TextKind::Learning, 1), Code::Kind);
    // Also by somebody who watches by now.
    let key = world.own_key_of(seat(4), 3);
    world.does(world.p(4), C::OwnKey(key));
    world.does(world.host(), C::SetRole { seat: seat(4), role: Role::Observer, keys: None });
    world.does(world.p(4), own(&world, TextKind::Learning, 1));
}

#[test]
fn it_goes_with_its_person() {
    let mut world = keyed("classic", "action_review");
    let here = |world: &World| !view::own(&world.room, device(1)).unwrap().recover.is_empty();
    assert!(here(&world));
    world.does(world.p(4), C::Leave);
    assert!(!here(&world));
    world.check_clients();
}
