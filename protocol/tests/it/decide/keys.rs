//! New keys: with a removal, after somebody left, or when a host asks for it.

use std::sync::Arc;

use setroom_protocol::room::Stage;
use setroom_protocol::{
    Change, Code, Command as C, KeyChange, LinkRole, Put, RosterEdit, SeatId, TextKind, limits,
};

use super::door;
use crate::support::*;

// fault: F27 — a removal without its new keys is refused, so it cannot stop half way
#[test]
fn removal_and_new_keys_are_one_change() {
    let mut world = World::usual();
    let text = world.text(world.p(3), TextKind::Name, 0);
    world.does(world.p(3), C::Put(text));
    let host = world.host();
    let keys = world.keys(host.device, Some(seat(3)));
    let remove = |seat: SeatId, keys: &KeyChange| C::Remove { seat, keys: keys.clone() };
    world.refuses(host, remove(seat(1), &keys), Code::Role);
    world.refuses(world.p(2), remove(seat(2), &keys), Code::Role);
    world.refuses(host, remove(seat(50), &keys), Code::NoSeat);
    // Every way in which the keys may not fit those who stay.
    let mut old = keys.clone();
    old.epoch -= 1;
    world.refuses(host, remove(seat(3), &old), Code::StaleEpoch);
    let mut ahead = keys.clone();
    ahead.epoch += 1;
    world.refuses(host, remove(seat(3), &ahead), Code::StaleEpoch);
    let mut less = keys.clone();
    less.grants.remove(&device(4));
    world.refuses(host, remove(seat(3), &less), Code::StaleRoster);
    for extra in [1, 3, 60] {
        let mut more = keys.clone();
        more.grants.insert(device(extra), blob("one too many"));
        world.refuses(host, remove(seat(3), &more), Code::StaleRoster);
    }
    let mut bare = keys.clone();
    bare.wraps.clear();
    world.refuses(host, remove(seat(3), &bare), Code::Range);
    // What follows from the host link's secret is for nobody but the host.
    for role in LinkRole::SHARED {
        let mut spread = keys.clone();
        spread.wraps.insert(role, blob("a key for a link"));
        world.refuses(host, remove(seat(3), &spread), Code::Range);
    }

    assert_eq!(keys.edit.as_ref().unwrap().drop, [device(3)]);

    let gone = world.p(3);
    let changes = world.does(host, remove(seat(3), &keys));
    assert_eq!(changes, [Change::Removed { seat: seat(3), keys: keys.clone() }]);
    assert_eq!(world.room.epoch(), 2);
    assert!(world.room.items().is_empty(), "their texts go with them");
    assert!(world.room.is_barred(gone.device));
    assert_eq!(world.ask(gone, C::Leave), Err(Code::NoSeat));
    assert_eq!(door(&world, &world.knock_as(LinkRole::Member, 3, 99)), Err(Code::KnockRefused));
    let granted = world.room.device(device(4)).unwrap().grant.clone();
    assert_eq!(granted.as_ref(), keys.grants.get(&device(4)), "the new key");
    assert_eq!(world.room.device(host.device).unwrap().grant, None, "its maker has it");
    assert!(!world.room.roster().holders().contains_key(&device(3)), "and they hold none");
    assert_eq!(
        (world.room.roster().epoch(), world.room.roster().commit()),
        (2, Some(commitment(2)))
    );
    world.check_clients();
}

// fault: F28 — a box under the old key is refused as such
#[test]
fn rotation_changes_links_and_old_boxes_are_refused() {
    let mut world = World::at("bids");
    let host = world.host();
    let mut keys = world.keys(host.device, None);
    keys.links.insert(LinkRole::Member, hash(77));
    let before: Put = world.text(world.p(3), TextKind::Bid, 1);
    let changes = world.does(host, C::Rekey { keys: keys.clone() });
    assert_eq!(changes, [Change::Rekeyed { keys: keys.clone() }]);
    assert_eq!(world.room.link(LinkRole::Member), Some(&hash(77)));
    assert_eq!(world.room.link(LinkRole::Observer), Some(&hash(4)), "the others stay");
    assert_eq!(world.room.wrap(LinkRole::Host), keys.wraps.get(&LinkRole::Host));
    world.refuses(world.p(3), C::Put(before), Code::StaleEpoch);
    world.refuses(host, C::Rekey { keys }, Code::StaleEpoch);
}

// fault: F28 — a link that is said once more is not changed
#[test]
fn a_link_that_is_said_once_more_stays() {
    let mut world = World::at("bids");
    let host = world.host();
    let mut keys = world.keys(host.device, None);
    keys.links = [(LinkRole::Member, hash(3)), (LinkRole::Observer, hash(77))].into();
    let changes = world.does(host, C::Rekey { keys: keys.clone() });
    keys.links.remove(&LinkRole::Member);
    assert_eq!(changes, [Change::Rekeyed { keys }]);
    assert_eq!(world.room.link(LinkRole::Member), Some(&hash(3)));
    assert_eq!(world.room.link(LinkRole::Observer), Some(&hash(77)));
}

/// A copy of a closed set that was put back is behind its people, and the next meeting opens from a browser
/// for which it is not.
#[test]
fn after_the_close_the_host_makes_the_roster_anew_and_no_other_key_is_made() {
    let mut world = World::usual();
    world.everyone_agrees();
    world.does(world.host(), C::Start);
    world.does(world.host(), C::Close);
    for n in [1, 2, 4] {
        let next = C::Rekey { keys: world.keys(device(n), None) };
        world.refuses(world.p(n), next, if n == 4 { Code::Role } else { Code::Stage });
    }
    // The host's browser knows that somebody was removed since: they get nothing of the new key.
    let epoch = world.room.epoch() + 64;
    let mut edit = world.whole_edit(epoch);
    edit.n += 64;
    edit.add.retain(|holder| holder.seat != seat(3));
    let (host, gone) = (world.host(), device(3));
    let others = world.room.devices().keys().filter(|id| **id != host.device && **id != gone);
    let grants = others.map(|id| (*id, blob(&format!("grant for {id}")))).collect();
    let links = [(LinkRole::Member, hash(77))].into();
    let keys = KeyChange {
        epoch,
        grants,
        links,
        edit: Some(edit.into()),
        ..world.keys(host.device, None)
    };
    for n in [2, 4] {
        let no = if n == 4 { Code::Role } else { Code::Stage };
        world.refuses(world.p(n), C::Rekey { keys: keys.clone() }, no);
    }
    world.does(host, C::Rekey { keys });
    assert!(!world.room.roster().holders().contains_key(&gone));
    assert_eq!(world.room.device(gone).unwrap().grant, None);
    assert_eq!(world.room.link(LinkRole::Member), Some(&hash(77)), "and the link as it was");
    assert_eq!(world.room.meeting().stage, Stage::Closed);
    let keys = world.keys(host.device, None);
    assert!(!keys.grants.contains_key(&gone));
    world.does(host, next_meeting(later_meeting(0x31), keys));
    world.check_clients();
}

/// Every way in which the edit of a change of keys may not fit.
#[test]
fn a_change_of_keys_carries_an_edit_that_drops_who_is_gone_and_nobody_else() {
    let mut world = World::usual();
    let host = world.host();
    world.does(world.p(7), C::Leave);
    let good = world.keys(host.device, Some(seat(3)));
    let with = |change: &dyn Fn(&mut RosterEdit)| {
        let mut edit = RosterEdit::clone(good.edit.as_ref().unwrap());
        change(&mut edit);
        let keys = KeyChange { edit: Some(edit.into()), ..good.clone() };
        C::Remove { seat: seat(3), keys }
    };
    // A page of an earlier version sends none.
    let none = KeyChange { edit: None, ..good.clone() };
    world.refuses(host, C::Remove { seat: seat(3), keys: none.clone() }, Code::StaleRoster);
    world.refuses(host, C::Rekey { keys: none }, Code::StaleRoster);
    // It says the new epoch, at the next place.
    world.refuses(host, with(&|edit| edit.epoch = 1), Code::StaleRoster);
    world.refuses(host, with(&|edit| edit.epoch = 3), Code::StaleRoster);
    world.refuses(host, with(&|edit| edit.n += 1), Code::StaleRoster);
    // Whoever left before goes as well as whoever is removed, and nobody else does.
    for kept in [device(3), device(7)] {
        let keeps = with(&|edit| edit.drop.retain(|id| *id != kept));
        world.refuses(host, keeps.clone(), Code::StaleRoster);
        // Not even with a grant for them.
        let C::Remove { seat, mut keys } = keeps else { panic!("a removal") };
        keys.grants.insert(kept, blob("the new key for who is gone"));
        world.refuses(host, C::Remove { seat, keys }, Code::StaleRoster);
    }
    world.refuses(host, with(&|edit| edit.drop.push(device(4))), Code::StaleRoster);
    world.refuses(host, with(&|edit| edit.drop.push(device(60))), Code::StaleRoster);
    let stranger = crate::samples::holder(60, LinkRole::Member);
    let adds = with(&|edit| edit.add.push(stranger.clone()));
    world.refuses(host, adds, Code::StaleRoster);
    let back = world.holder(device(3));
    let readds = with(&|edit| {
        edit.drop.retain(|id| *id != device(3));
        edit.add.push(back.clone());
    });
    world.refuses(host, readds, Code::StaleRoster);
    // Signed by whoever asks.
    world.refuses(host, with(&|edit| edit.by = device(2)), Code::StaleRoster);
    world.does(host, with(&|_| {}));
    let left: Vec<_> = [1, 2, 4, 5, 6].map(device).into_iter().collect();
    let holders = world.room.roster().holders();
    assert!(left.iter().all(|id| holders.contains_key(id)) && holders.len() == 6);
}

/// Else whoever shares the controls, or has got hold of a browser of the host, could take the set from whoever
/// has the link: the roster begins with the link's own browser, and no other link could ever be let in.
#[test]
fn the_hosts_own_link_is_changed_by_nobody() {
    for link in LinkRole::ALL {
        for n in [1, 2] {
            let mut world = World::usual();
            let who = world.p(n);
            let mut keys = world.keys(who.device, None);
            keys.links.insert(link, hash(90));
            let mut leaves = world.keys(who.device, Some(seat(3)));
            leaves.links.insert(link, hash(90));
            let (rekey, remove) = (C::Rekey { keys }, C::Remove { seat: seat(3), keys: leaves });
            if link == LinkRole::Host {
                world.refuses(who, rekey, Code::Role);
                world.refuses(who, remove, Code::Role);
                assert_eq!(
                    world.room.link(LinkRole::Host),
                    Some(&hash(1)),
                    "the host's link lives"
                );
            } else {
                assert!(world.would(who, &remove, world.room.seq()).is_ok(), "{link:?} {n}");
                world.does(who, rekey);
                assert_eq!(world.room.link(link), Some(&hash(90)));
            }
        }
    }
}

#[test]
fn a_new_key_is_due_once_somebody_left_and_until_it_is_there() {
    let mut world = World::with("short_90", "classic", 2, 2, 2);
    let due = |world: &World| world.room.key_due().iter().copied().collect::<Vec<_>>();
    assert_eq!(due(&world), []);
    // A member who watches by now came as a member.
    world.does(
        world.host(),
        C::SetRole { seat: seat(4), role: setroom_protocol::Role::Observer, keys: None },
    );
    world.does(world.p(4), C::Leave);
    assert_eq!(due(&world), [LinkRole::Member]);
    assert_eq!(json(&setroom_protocol::view::shared(&world.room))["key_due"], json(&["m"]));
    world.does(world.p(6), C::Leave);
    world.does(world.p(2), C::Leave);
    let all = LinkRole::SHARED;
    assert_eq!(due(&world), all);
    let read = setroom_protocol::Room::from_snapshot(&world.room.to_snapshot()).unwrap();
    assert_eq!(read.key_due(), world.room.key_due(), "also after a restart");
    // Whichever facilitator is there makes it; who left holds none of it.
    let co = world.p(3);
    let keys = world.keys(co.device, None);
    world.does(co, C::Rekey { keys: KeyChange { links: three_links(), ..keys } });
    assert_eq!(due(&world), []);
    assert_eq!(world.room.roster().holders().len(), 5);
    // A removal brings its key with it, and what was due before.
    world.does(world.p(5), C::Leave);
    let keys = world.keys(world.host().device, Some(seat(7)));
    world.does(world.host(), C::Remove { seat: seat(7), keys });
    assert_eq!(due(&world), []);
    world.check_clients();
}

fn three_links() -> std::collections::BTreeMap<LinkRole, setroom_protocol::Hash32> {
    [
        (LinkRole::CoFacilitator, hash(81)),
        (LinkRole::Member, hash(82)),
        (LinkRole::Observer, hash(83)),
    ]
    .into()
}

/// Somebody who came by a co-facilitator's link knew three links, which no key alone takes from them.
#[test]
fn three_links_are_due_after_a_co_facilitator_left_until_a_key_brings_them() {
    for closed in [false, true] {
        let mut world = World::with("short_90", "classic", 2, 2, 2);
        world.does(world.p(4), C::Leave);
        world.does(world.host(), C::Start);
        if closed {
            world.does(world.host(), C::Close);
        }
        world.does(world.p(2), C::Leave);
        if !closed {
            world.does(world.host(), C::Close);
        }
        let due = |world: &World| world.room.key_due().iter().copied().collect::<Vec<_>>();
        // Once closed nothing new is sealed, so whoever else leaves then makes no key due.
        world.does(world.p(6), C::Leave);
        assert_eq!(due(&world), [LinkRole::CoFacilitator], "the close ends what else was due");
        // With a member's removal come a key and one link.
        let host = world.host();
        let mut keys = world.keys(host.device, Some(seat(5)));
        keys.links = [(LinkRole::Member, hash(80))].into();
        world.does(host, C::Remove { seat: seat(5), keys });
        assert_eq!(due(&world), [LinkRole::CoFacilitator]);
        let read = setroom_protocol::Room::from_snapshot(&world.room.to_snapshot()).unwrap();
        assert_eq!(read.key_due(), world.room.key_due(), "also after a restart");
        let keys = KeyChange { links: three_links(), ..world.keys(host.device, None) };
        world.does(host, next_meeting(later_meeting(0x32), keys));
        assert_eq!(due(&world), []);
        world.check_clients();
    }
}

#[test]
fn every_new_key_says_the_meeting_that_it_is_of() {
    let mut world = World::usual();
    let (host, on) = (world.host(), world.room.meeting().id);
    let of = |world: &World, meeting| {
        let mut keys = world.keys(host.device, None);
        Arc::make_mut(keys.edit.as_mut().unwrap()).meeting = meeting;
        keys
    };
    for meeting in [None, Some(later_meeting(0x31))] {
        let keys = of(&world, meeting);
        world.refuses(host, C::Rekey { keys }, Code::StaleRoster);
    }
    let keys = of(&world, Some(on));
    world.does(host, C::Rekey { keys });
    assert_eq!(world.room.roster().meeting(), Some(on));
    let read = setroom_protocol::Room::from_snapshot(&world.room.to_snapshot()).unwrap();
    assert_eq!(read, world.room, "also after a restart");
    // Nobody says it of a key that there is already.
    let edit =
        RosterEdit { drop: vec![], meeting: Some(on), ..world.whole_edit(world.room.epoch()) };
    world.refuses(host, C::EditRoster { edit: edit.into() }, Code::StaleRoster);
    world.everyone_agrees();
    world.does(host, C::Start);
    world.does(host, C::Close);
    for meeting in [None, Some(on)] {
        let keys = of(&world, meeting);
        let next = C::NextMeeting { meeting: later_meeting(0x31), keys };
        world.refuses(host, next, Code::StaleRoster);
    }
    let keys = of(&world, None);
    world.does(host, next_meeting(later_meeting(0x31), keys));
    assert_eq!(world.room.roster().meeting(), Some(later_meeting(0x31)));
}

/// A copy of the room that was put back is behind its people: their host leaps.
#[test]
fn only_a_whole_edit_leaps_over_epochs() {
    let mut world = World::usual();
    let host = world.host();
    let good = world.keys(host.device, None);
    for epoch in [0, 1, 3, 9, u32::MAX] {
        let edit = RosterEdit { epoch, ..RosterEdit::clone(good.edit.as_ref().unwrap()) };
        let keys = KeyChange { epoch, edit: Some(edit.into()), ..good.clone() };
        world.refuses(host, C::Rekey { keys }, Code::StaleEpoch);
    }
    let leap = |world: &World, epoch, n| {
        let edit = RosterEdit { n, ..world.whole_edit(epoch) };
        KeyChange { epoch, edit: Some(edit.into()), ..world.keys(host.device, None) }
    };
    for epoch in [0, 1] {
        let back = leap(&world, epoch, 40);
        world.refuses(host, C::Rekey { keys: back }, Code::StaleEpoch);
    }
    // A co-facilitator cannot: it is the host link's own holder who signs it.
    let theirs = KeyChange { ..leap(&world, 9, 40) };
    world.refuses(world.p(2), C::Rekey { keys: theirs }, Code::StaleRoster);
    let keys = leap(&world, 9, 40);
    world.does(host, C::Rekey { keys });
    let roster = world.room.roster();
    assert_eq!((world.room.epoch(), roster.epoch(), roster.n()), (9, 9, 40));
    assert_eq!(roster.edits().len(), 1, "what was before is dropped");
    // Whoever tells a host's browser of numbers so high that none follow makes it sign none of them.
    let most = limits::ROSTER_NUMBERS;
    for (epoch, n) in [(1 + most, 41), (u32::MAX, 41), (10, 1 + most), (10, u32::MAX)] {
        let keys = leap(&world, epoch, n);
        world.refuses(host, C::Rekey { keys }, Code::Range);
        if epoch == 10 {
            let edit = RosterEdit { n, ..world.whole_edit(9) };
            world.refuses(host, C::EditRoster { edit: edit.into() }, Code::Range);
        }
    }
    let keys = leap(&world, most - 1, most - 1);
    world.does(host, C::Rekey { keys });
    let keys = world.keys(host.device, None);
    world.does(host, C::Rekey { keys });
}

#[test]
fn who_is_removed_waits_at_the_door_no_more() {
    let mut world = World::usual();
    let knock = world.knock_as(LinkRole::Member, 3, 99);
    assert_eq!(door(&world, &knock), Ok(None));
    world.around.knock(knock).unwrap();
    let host = world.host();
    let keys = world.keys(host.device, Some(seat(3)));
    world.does(host, C::Remove { seat: seat(3), keys });
    for to in [None, Some(seat(3)), Some(seat(4))] {
        world.refuses(host, world.admit(host, device(3), to), Code::KnockRefused);
    }
    world.refuses(host, C::AskSeat { device: device(3), seat: seat(4) }, Code::KnockRefused);
}
