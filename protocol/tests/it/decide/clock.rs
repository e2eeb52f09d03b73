//! Timeboxes: pause, resume, add, and the hold that stops them all.

use setroom_protocol::room::{Clock, HoldReason};
use setroom_protocol::{Change, Code, Command as C};

use crate::support::*;

/// A clock that runs for so many milliseconds from now.
pub(super) fn runs(world: &World, ms: u64, total: u64) -> Clock {
    Clock::Running { ends_at: world.now.plus(ms), total_ms: total }
}

pub(super) const fn minutes(n: u64) -> u64 {
    n * 60_000
}

#[test]
fn a_clock_is_paused_resumed_and_given_time() {
    let mut world = World::at("check_in");
    let host = world.host();
    world.refuses(host, C::Resume, Code::Already);
    world.passes(minutes(3));
    let clock = Clock::Paused { left_ms: 5 * 60_000, total_ms: minutes(8) };
    assert_eq!(world.does(host, C::Pause), [Change::Paused { clock }]);
    world.refuses(host, C::Pause, Code::Already);
    world.passes(minutes(60));
    let clock = Clock::Paused { left_ms: 7 * 60_000, total_ms: minutes(10) };
    let added = Change::TimeAdded { minutes: 2, clock };
    assert_eq!(world.does(host, C::AddTime { minutes: 2 }), [added], "also while it stands");
    let clock = runs(&world, minutes(7), minutes(10));
    assert_eq!(world.does(host, C::Resume), [Change::Resumed { clock }]);
    world.passes(minutes(1));
    let clock = runs(&world, minutes(1), minutes(5));
    let taken = Change::TimeAdded { minutes: -5, clock };
    assert_eq!(world.does(host, C::AddTime { minutes: -5 }), [taken]);
    // Taking more than there is ends it now, and never before now.
    let clock = runs(&world, 0, minutes(4));
    let taken = Change::TimeAdded { minutes: -60, clock };
    assert_eq!(world.does(host, C::AddTime { minutes: -60 }), [taken]);
}

#[test]
fn what_was_overrun_stays_overrun_when_paused_and_cannot_be_taken() {
    let mut world = World::at("check_in");
    let host = world.host();
    world.passes(minutes(8) + 90_000);
    world.refuses(host, C::AddTime { minutes: -1 }, Code::Range);
    world.does(host, C::Pause);
    assert_eq!(world.room.meeting().now.clock.left_ms(world.now), Some(-90_000));
    world.refuses(host, C::AddTime { minutes: -1 }, Code::Range);
    world.does(host, C::Resume);
    assert_eq!(world.room.meeting().now.clock.left_ms(world.now), Some(-90_000));
    let clock = runs(&world, minutes(3), minutes(11));
    let added = Change::TimeAdded { minutes: 3, clock };
    assert_eq!(world.does(host, C::AddTime { minutes: 3 }), [added], "counts from now");
}

#[test]
fn review_and_actions_keep_their_least_minutes() {
    // Actions: least 4, planned 5.
    let mut world = World::at("classic.act");
    let host = world.host();
    world.refuses(host, C::AddTime { minutes: -2 }, Code::Range);
    let clock = runs(&world, minutes(4), minutes(4));
    let taken = Change::TimeAdded { minutes: -1, clock };
    assert_eq!(world.does(host, C::AddTime { minutes: -1 }), [taken]);
    world.refuses(host, C::AddTime { minutes: -1 }, Code::Range);
    world.does(host, C::AddTime { minutes: 1 });
}

#[test]
fn time_is_added_within_bounds() {
    let mut world = World::at("check_in");
    for wrong in [0, 61, -61, i32::MAX, i32::MIN] {
        world.refuses(world.host(), C::AddTime { minutes: wrong }, Code::Range);
    }
    for _ in 0..3 {
        world.does(world.host(), C::AddTime { minutes: 60 });
    }
    world.refuses(world.host(), C::AddTime { minutes: 60 }, Code::Range);
    world.does(world.host(), C::AddTime { minutes: 52 });
    assert_eq!(world.room.meeting().now.clock.left_ms(world.now), Some(240 * 60_000));
}

#[test]
fn a_hold_stops_everything_that_moves_and_gives_the_time_back() {
    let mut world = World::at("classic.explore");
    let host = world.host();
    world.does(world.p(5), C::RaiseHand { kind: None, seat: None });
    world.passes(minutes(2));
    let left = 16 * 60_000;
    let held = Change::Held {
        why: HoldReason::Asked,
        clock: Clock::Paused { left_ms: left, total_ms: minutes(18) },
        resumes: true,
    };
    world.refuses(host, C::Release, Code::Already);
    assert_eq!(world.does(world.p(2), C::Hold), [held]);
    for command in [
        C::Hold,
        C::Next,
        C::GoTo { part: 0 },
        C::Undo,
        C::Pause,
        C::Resume,
        C::AddTime { minutes: 1 },
        C::Silence { on: true },
        C::Invite { seat: seat(5) },
        C::LetItLand,
    ] {
        world.refuses(host, command, Code::Holding);
    }
    assert_eq!(world.ticks(), [], "and no asker lights up");
    world.passes(minutes(10));
    let clock = runs(&world, minutes(16), minutes(18));
    assert_eq!(world.does(host, C::Release), [Change::HoldEnded { clock }]);
    // A clock that stood before the hold stands after it.
    world.does(host, C::Pause);
    let stood = world.room.meeting().now.clock;
    world.does(host, C::Hold);
    world.does(host, C::Release);
    assert_eq!(world.room.meeting().now.clock, stood);
}
