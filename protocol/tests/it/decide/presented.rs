//! What each has had as a presenter is kept over meetings, and shown to those with the controls alone.

use std::collections::BTreeMap;

use setroom_protocol::room::Presented;
use setroom_protocol::view;
use setroom_protocol::{Command as C, SeatId};

use super::clock::minutes;
use crate::support::*;

fn kept(world: &World) -> BTreeMap<SeatId, Presented> {
    world.room.series().presented.clone()
}

fn once(used_minutes: u32) -> Presented {
    Presented { meetings: 1, last: 1, planned_minutes: 45, used_minutes }
}

/// Closed so many minutes after this part of seat 3's slot had begun.
fn after(part: &str, of: &dyn Fn(&mut World)) -> BTreeMap<SeatId, Presented> {
    let mut world = World::at(part);
    of(&mut world);
    world.does(world.host(), C::Close);
    kept(&world)
}

#[test]
fn time_is_the_presenters_while_the_clock_of_their_slot_runs() {
    let had = |used| BTreeMap::from([(seat(3), once(used))]);
    let host = |world: &World| world.host();
    assert_eq!(after("bids", &|world| world.passes(minutes(9))), BTreeMap::new());
    assert_eq!(after("classic.present", &|world| world.passes(minutes(4))), had(4));
    assert_eq!(after("classic.present", &|world| world.passes(minutes(4) + 1)), had(5), "begun");
    // Over its end as well, and on in the next part.
    let over = |world: &mut World| {
        world.passes(minutes(12));
        world.does(host(world), C::Next);
        world.passes(minutes(3));
    };
    assert_eq!(after("classic.present", &over), had(15));
    // Nobody has the time of a pause or of a hold.
    let stands = |world: &mut World| {
        world.passes(minutes(2));
        world.does(host(world), C::Pause);
        world.passes(minutes(30));
        world.does(host(world), C::Resume);
        world.passes(minutes(1));
        world.does(host(world), C::Hold);
        world.passes(minutes(30));
        world.does(host(world), C::Release);
        world.passes(minutes(1));
    };
    assert_eq!(after("classic.present", &stands), had(4));
    // Time that was added after the end hides nothing of what was over.
    let added = |world: &mut World| {
        world.passes(minutes(10));
        world.does(host(world), C::AddTime { minutes: 2 });
        world.passes(minutes(1));
    };
    assert_eq!(after("classic.present", &added), had(11));
    // A move that is taken back counts once.
    let undone = |world: &mut World| {
        world.passes(minutes(2));
        world.does(host(world), C::Next);
        world.passes(10_000);
        world.does(host(world), C::Undo);
        world.passes(minutes(2));
    };
    assert_eq!(after("classic.present", &undone), had(5));
}

#[test]
fn each_has_their_own_time_and_nobody_that_of_somebody_who_left() {
    let shared = |world: &mut World| {
        world.passes(minutes(3));
        world.does(world.host(), C::ChoosePresenter { seat: Some(seat(5)) });
        world.passes(minutes(2));
    };
    let both = after("classic.present", &shared);
    assert_eq!(both.get(&seat(5)), Some(&once(2)));
    // Whose slot it was not in the end had time all the same, and none was planned for them.
    assert_eq!(both.get(&seat(3)), Some(&Presented { planned_minutes: 0, ..once(3) }));
    let left = |world: &mut World| {
        world.passes(minutes(3));
        world.does(world.p(3), C::Leave);
    };
    assert_eq!(after("classic.present", &left), BTreeMap::new());
}

#[test]
fn it_is_kept_over_meetings_for_those_with_the_controls() {
    let mut world = World::at("classic.present");
    world.passes(minutes(40));
    world.does(world.host(), C::Close);
    let keys = world.keys(world.host().device, None);
    world.does(world.host(), next_meeting(later_meeting(2), keys));
    world.everyone_agrees();
    world.does(world.host(), C::SetOrder { order: vec![seat(3)] });
    world.does(world.host(), C::Start);
    world.go("classic.present");
    world.passes(minutes(50));
    world.does(world.host(), C::Close);
    let both = Presented { meetings: 2, last: 2, planned_minutes: 90, used_minutes: 90 };
    assert_eq!(kept(&world), BTreeMap::from([(seat(3), both)]));
    let sees = |n| view::own(&world.room, world.p(n).device).unwrap().presented;
    assert_eq!(sees(1), Some(kept(&world)));
    for other in [3, 4, 7] {
        assert_eq!(sees(other), None, "seat {other}");
    }
    // Whoever leaves the set is not in it any more.
    world.does(world.p(3), C::Leave);
    assert_eq!(kept(&world), BTreeMap::new());
}
