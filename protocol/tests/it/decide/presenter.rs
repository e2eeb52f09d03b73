//! Who presents: no clock of a slot runs before that is said, nor once nobody presents any more.

use setroom_protocol::room::Clock;
use setroom_protocol::{Change, Code, Command as C, Role};

use super::clock::{minutes, runs};
use super::names;
use crate::support::*;

/// The usual set at the first part of a slot, with nobody in the running order.
fn nobody() -> World {
    let mut world = World::at("bids");
    world.does(world.host(), C::SetOrder { order: vec![] });
    world.does(world.host(), C::Next);
    assert!(world.room.lacks_presenter());
    world
}

fn clock(world: &World) -> Clock {
    world.room.meeting().now.clock
}

fn choose(n: Option<u8>) -> C {
    C::ChoosePresenter { seat: n.map(seat) }
}

#[test]
fn a_slots_clock_waits_for_who_presents() {
    let mut world = nobody();
    let host = world.host();
    let whole = minutes(u64::from(world.room.part().unwrap().minutes[1]));
    let waits = Clock::Paused { left_ms: whole as i64, total_ms: whole };
    assert_eq!(clock(&world), waits);
    world.passes(90_000);
    world.refuses(host, C::Resume, Code::NoPresenter);
    world.refuses(host, C::Pause, Code::Already);
    // It can be given more time, and still waits.
    world.does(host, C::AddTime { minutes: 2 });
    let more = whole + 120_000;
    assert_eq!(clock(&world), Clock::Paused { left_ms: more as i64, total_ms: more });
    // The slot may be gone over without anybody; each part of it waits.
    world.does(host, C::Next);
    assert!(matches!(clock(&world), Clock::Paused { .. }));
    let clarify = minutes(u64::from(world.room.part().unwrap().minutes[1]));
    let changes = world.does(host, choose(Some(5)));
    let resumed = Change::Resumed { clock: runs(&world, clarify, clarify) };
    assert_eq!(changes, [Change::PresenterChosen { seat: Some(seat(5)) }, resumed]);
    // Another one goes on with the same clock, also with one that somebody has stopped.
    world.passes(30_000);
    assert_eq!(names(&world.does(host, choose(Some(6)))), ["presenter_chosen"]);
    world.does(host, C::Pause);
    assert_eq!(names(&world.does(host, choose(Some(5)))), ["presenter_chosen"]);
    world.does(host, C::Resume);
    assert_eq!(clock(&world).left_ms(world.now), Some(clarify as i64 - 30_000));
}

#[test]
fn outside_slots_nobody_need_present() {
    let mut world = World::usual();
    world.everyone_agrees();
    world.does(world.host(), C::Start);
    for part in ["settle", "check_in", "bids", "process_review", "close"] {
        world.go(part);
        assert!(matches!(clock(&world), Clock::Running { .. }), "{part}");
    }
}

#[test]
fn a_slot_stands_still_once_its_presenter_is_gone() {
    let to_nobody = |how: &dyn Fn(&mut World)| {
        let mut world = World::at("classic.explore");
        world.passes(60_000);
        let left = clock(&world).left_ms(world.now);
        how(&mut world);
        world.passes(60_000);
        assert!(world.room.lacks_presenter());
        assert_eq!(clock(&world).left_ms(world.now), left, "no time has run");
        world.refuses(world.host(), C::Resume, Code::NoPresenter);
        let changes = world.does(world.host(), choose(Some(5)));
        assert_eq!(names(&changes), ["presenter_chosen", "resumed"]);
        assert_eq!(clock(&world).left_ms(world.now), left);
    };
    to_nobody(&|world| drop(world.does(world.host(), choose(None))));
    to_nobody(&|world| drop(world.does(world.p(3), C::Leave)));
    to_nobody(&|world| {
        let keys = world.keys(world.host().device, Some(seat(3)));
        world.does(world.host(), C::Remove { seat: seat(3), keys });
    });
    to_nobody(&|world| {
        world.does(world.host(), C::SetRole { seat: seat(3), role: Role::Observer, keys: None });
    });
    // Whoever else goes stops nothing, and nobody's going stops a clock outside a slot.
    let mut world = World::at("classic.explore");
    assert_eq!(names(&world.does(world.p(4), C::Leave)), ["left"]);
    world.go("process_review");
    assert_eq!(names(&world.does(world.p(3), C::Leave)), ["left"]);
}

#[test]
fn a_hold_that_ends_does_not_start_nobodys_clock() {
    let mut world = World::at("classic.explore");
    let host = world.host();
    world.does(host, C::Hold);
    world.does(world.p(3), C::Leave);
    world.passes(5_000);
    world.does(host, C::Release);
    assert!(matches!(clock(&world), Clock::Paused { .. }));
    // Nor does anybody's clock start while the room holds.
    world.does(host, C::Hold);
    assert_eq!(names(&world.does(host, choose(Some(5)))), ["presenter_chosen"]);
    world.does(host, C::Release);
    world.does(host, C::Resume);
}

#[test]
fn an_undo_does_not_start_nobodys_clock() {
    let mut world = World::at("classic.explore");
    world.does(world.host(), C::Next);
    world.does(world.p(3), C::Leave);
    world.does(world.host(), C::Undo);
    assert!(world.room.lacks_presenter());
    assert!(matches!(clock(&world), Clock::Paused { .. }));
}
