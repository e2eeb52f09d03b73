//! Who may knock, and how long they may wait.

use std::collections::BTreeMap;

use setroom_protocol::room::{FoundedSet, Receipt};
use setroom_protocol::{
    Change, Code, Command as C, Knock, LinkRole, Presence, Role, found, limits,
};

use super::door;
use crate::support::*;

#[test]
fn founding_takes_a_known_plan_and_template_and_all_four_links() {
    let good = founding("half_day_210", "wial");
    let Ok(Change::Founded(FoundedSet { agenda, .. })) = found(&good) else { panic!("founded") };
    // Nine steps around the one slot of twelve phases that there is time for.
    assert_eq!(agenda.len(), 9 + 12);
    for (plan, template) in
        [("nothing", "classic"), ("short_90", "nothing"), ("classic", "short_90")]
    {
        let refusal = found(&founding(plan, template)).unwrap_err();
        assert_eq!(refusal.code, Code::NoTemplate, "{plan} {template}");
    }
    for role in LinkRole::ALL {
        let mut less = good.clone();
        less.links.remove(&role);
        assert_eq!(found(&less).unwrap_err().code, Code::Range);
    }
}

#[test]
fn the_host_is_let_in_and_everybody_else_waits() {
    let mut world = World::found("short_90", "classic");
    assert_eq!(world.room.founded_at(), world.now);
    for role in LinkRole::SHARED {
        assert_eq!(door(&world, &world.knock_as(role, 9, 9)), Ok(None));
    }
    let knock = world.knock_as(LinkRole::Host, 1, 1);
    let seated = Change::Seated {
        seat: seat(1),
        role: Role::Host,
        device: device(1),
        public: public(1),
        resume: hash(1),
        grant: None,
        sign: Some(signing(1)),
        came_by: Some(LinkRole::Host),
        edit: None,
    };
    assert_eq!(door(&world, &knock), Ok(Some(vec![seated.clone()])));
    world.record(vec![seated], None, None);
    // On another browser the host is the same person, and opens the wrap of their link.
    let again = world.knock_as(LinkRole::Host, 2, 99);
    let added = Change::DeviceAdded {
        seat: seat(1),
        device: device(2),
        public: public(2),
        resume: hash(2),
        grant: None,
        sign: Some(signing(2)),
        came_by: Some(LinkRole::Host),
        edit: None,
    };
    assert_eq!(door(&world, &again), Ok(Some(vec![added])));
}

#[test]
fn a_locked_door_lets_nobody_knock_and_a_closed_meeting_only_who_had_a_seat() {
    let mut world = World::usual();
    assert_eq!(world.does(world.p(2), C::Lock { on: true }), [Change::Locked { on: true }]);
    world.refuses(world.host(), C::Lock { on: true }, Code::Already);
    for role in LinkRole::SHARED {
        assert_eq!(door(&world, &world.knock_as(role, 60, 60)), Err(Code::Locked));
    }
    assert!(door(&world, &world.knock_as(LinkRole::Host, 60, 60)).is_ok(), "the host has the key");
    world.does(world.host(), C::Lock { on: false });
    assert_eq!(door(&world, &world.knock_as(LinkRole::Member, 60, 60)), Ok(None));
    world.does(world.host(), C::Start);
    world.does(world.host(), C::Close);
    let knock = world.knock_as(LinkRole::Member, 60, 60);
    assert_eq!(door(&world, &knock), Ok(None));
    world.around.knock(knock).unwrap();
    let host = world.host();
    // As somebody new nobody comes in, and on a seat that is theirs as in an open room.
    world.refuses(host, world.admit(host, device(60), None), Code::Stage);
    world.refuses(host, world.admit(host, device(60), Some(seat(2))), Code::Role);
    world.refuses(host, world.admit(host, device(60), Some(seat(4))), Code::SeatHere);
    world.goes_away(4);
    world.does(host, world.admit(host, device(60), Some(seat(4))));
    assert_eq!(world.room.device(device(60)).unwrap().seat, seat(4));
    assert!(world.room.roster().holders().contains_key(&device(60)));
}

/// People were promised that these links were gone.
#[test]
fn a_meeting_that_was_closed_before_people_could_come_back_stays_closed_to_all_but_the_host() {
    let mut world = World::usual();
    let (destroyed, kept) = (BTreeMap::new(), BTreeMap::new());
    let receipt = Receipt { at: world.now, people: 7, destroyed, kept, mode: None, returns: false };
    world.record(vec![Change::Closed { receipt }], None, None);
    for role in LinkRole::SHARED {
        assert_eq!(door(&world, &world.knock_as(role, 60, 60)), Err(Code::Stage));
    }
    assert!(world.room.link(LinkRole::Member).is_none(), "that close forgot the links");
    assert!(world.room.link(LinkRole::Host).is_some());
}

#[test]
fn the_lobby_is_in_order_of_arrival_and_bounded() {
    let world = World::usual();
    let mut around = Presence::new(BEGIN);
    for n in 0..limits::LOBBY as u8 {
        let mut knock = world.knock_as(LinkRole::Member, 200 - n, 60);
        knock.at = BEGIN.plus(u64::from(n));
        around.knock(knock).unwrap();
    }
    let order: Vec<_> = around.knocks().iter().map(|knock| knock.device).collect();
    assert_eq!(order, (0..24).map(|n| device(200 - n)).collect::<Vec<_>>());
    let more = world.knock_as(LinkRole::Member, 60, 60);
    assert_eq!(around.knock(more).unwrap_err().code, Code::Lobby);
    // The same browser again keeps its place, also in a full lobby.
    let mut again = world.knock_as(LinkRole::Observer, 200, 60);
    again.at = BEGIN.plus(50_000);
    around.knock(again).unwrap();
    assert_eq!(around.knocks()[0].role, LinkRole::Observer);
    let view = setroom_protocol::view::lobby(&world.room, &around, device(198));
    assert_eq!(view.place, Some(3));
    assert_eq!(around.overstayed(BEGIN.plus(limits::LOBBY_STAY_MS)), [device(200)]);
    assert!(around.overstayed(BEGIN.plus(limits::LOBBY_STAY_MS - 1)).is_empty());
}

/// Who sealed something is known by that key: two browsers with one key would be taken for each other.
#[test]
fn nobody_comes_in_with_the_key_that_grants_to_another_browser_are_sealed_to() {
    let mut world = World::usual();
    for role in LinkRole::ALL {
        for of in [1, 2, 3] {
            let knock = Knock { public: public(of), ..world.knock_as(role, 50, 50) };
            assert_eq!(door(&world, &knock), Err(Code::Role), "{role:?} {of}");
        }
    }
    // Nor when both of them waited together.
    let first = world.knock_as(LinkRole::Member, 50, 50);
    let second = Knock { public: public(50), ..world.knock_as(LinkRole::Member, 51, 51) };
    world.around.knock(first).unwrap();
    world.around.knock(second).unwrap();
    let [first, second] = [50, 51].map(|browser| world.admit(world.host(), device(browser), None));
    world.does(world.host(), first);
    world.refuses(world.host(), second, Code::Role);
}
