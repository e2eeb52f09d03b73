//! What the room does by itself, and when.

use setroom_protocol::room::{Clock, HoldReason};
use setroom_protocol::{Change, Command as C, Presence, due, limits, tick};

use super::names;
use crate::support::*;

#[test]
fn the_room_holds_when_no_facilitator_is_there_and_goes_on_when_one_is_back() {
    let mut world = World::at("classic.explore");
    world.passes(60_000);
    world.around.no_facilitator_since = Some(world.now);
    let at = world.now.plus(limits::HOLD_AFTER_MS);
    assert_eq!(world.due(), Some(at));
    world.passes(limits::HOLD_AFTER_MS - 1);
    assert_eq!(world.ticks(), []);
    world.passes(1);
    let held = Change::Held {
        why: HoldReason::NoFacilitator,
        clock: Clock::Paused { left_ms: 18 * 60_000 - 75_000, total_ms: 18 * 60_000 },
        resumes: true,
    };
    assert_eq!(world.ticks(), [held]);
    assert_eq!((world.ticks(), world.due()), (vec![], None));
    world.passes(3_600_000);
    assert_eq!((world.ticks(), world.due()), (vec![], None), "nobody is promoted");
    world.around.no_facilitator_since = None;
    assert!(world.due().is_some_and(|due| due <= world.now));
    let clock =
        Clock::Running { ends_at: world.now.plus(18 * 60_000 - 75_000), total_ms: 18 * 60_000 };
    assert_eq!(world.ticks(), [Change::HoldEnded { clock }]);
}

#[test]
fn a_hold_that_was_asked_for_does_not_end_by_itself() {
    let mut world = World::at("classic.explore");
    world.does(world.host(), C::Hold);
    world.around.no_facilitator_since = Some(world.now);
    world.passes(limits::HOLD_AFTER_MS * 2);
    assert_eq!((world.ticks(), world.due()), (vec![], None));
    world.around.no_facilitator_since = None;
    assert_eq!((world.ticks(), world.due()), (vec![], None));
}

#[test]
fn a_facilitator_can_end_the_hold_before_the_room_does() {
    let mut world = World::at("classic.explore");
    world.around.no_facilitator_since = Some(world.now);
    world.passes(limits::HOLD_AFTER_MS);
    world.ticks();
    world.around.no_facilitator_since = None;
    assert_eq!(names(&world.does(world.p(2), C::Release)), ["hold_ended"]);
    assert_eq!(world.ticks(), []);
}

#[test]
fn holding_comes_before_the_next_asker() {
    let mut world = World::at("classic.explore");
    world.does(world.p(5), C::RaiseHand { kind: None, seat: None });
    world.around.no_facilitator_since = Some(world.now);
    world.passes(limits::HOLD_AFTER_MS);
    assert_eq!(names(&world.ticks()), ["held"]);
    world.around.no_facilitator_since = None;
    assert_eq!(names(&world.ticks()), ["hold_ended"]);
    assert_eq!(names(&world.ticks()), ["floor_given"]);
}

#[test]
fn nothing_happens_by_itself_outside_the_meeting_or_at_zero() {
    let mut world = World::usual();
    world.around.no_facilitator_since = Some(world.now);
    world.passes(3_600_000);
    assert_eq!((world.ticks(), world.due()), (vec![], None));
    world.does(world.host(), C::Start);
    world.around.no_facilitator_since = None;
    world.passes(3_600_000);
    assert_eq!((world.ticks(), world.due()), (vec![], None), "a clock at zero moves nothing");
    world.does(world.host(), C::Close);
    world.around.no_facilitator_since = Some(world.now);
    world.passes(3_600_000);
    assert_eq!((world.ticks(), world.due()), (vec![], None));
}

#[test]
fn due_and_tick_agree() {
    // A reload: nobody is connected yet, hands are up.
    let mut world = World::at("classic.explore");
    world.does(world.p(5), C::RaiseHand { kind: None, seat: None });
    world.does(world.p(6), C::RaiseHand { kind: None, seat: None });
    let around = Presence::new(world.now);
    assert_eq!(due(&world.room, &around), Some(world.now.plus(limits::HOLD_AFTER_MS)));
    world.ticks();
    world.does(world.p(5), C::EndTurn);
    for ms in (0..20_000).step_by(250) {
        let now = world.now.plus(ms);
        for around in [&around, &world.around] {
            let when = due(&world.room, around);
            let happens = !tick(&world.room, around, now).is_empty();
            assert_eq!(happens, when.is_some_and(|at| at <= now), "{ms}");
        }
    }
}

#[test]
fn only_the_first_line_of_a_seat_arrives_and_only_the_last_one_leaves() {
    let mut around = Presence::new(setroom_protocol::Timestamp(0));
    assert!(!around.leave(seat(1)), "who is not there cannot go");
    assert!(around.arrive(seat(1)));
    assert!(!around.arrive(seat(1)));
    assert!(!around.leave(seat(1)));
    assert!(around.is_here(seat(1)) && around.here().eq([seat(1)]));
    assert!(around.leave(seat(1)));
    assert!(!around.is_here(seat(1)) && around.here().next().is_none());
    assert!(around.arrive(seat(1)), "and is new again");
}
