//! The time of what is to come is shared out anew.

use setroom_protocol::room::FittedTime;
use setroom_protocol::{Change, Code, Command as C, view};

use crate::support::*;

fn fit(minutes: &[u32]) -> C {
    C::FitTime(FittedTime { minutes: minutes.to_vec() })
}

/// The minutes of the parts from this one on: least, planned, most.
fn from(world: &World, part: usize) -> Vec<[u32; 3]> {
    world.room.meeting().agenda.iter().skip(part).map(|part| part.minutes).collect()
}

fn planned(world: &World, part: usize) -> Vec<u32> {
    from(world, part).iter().map(|[_, planned, _]| *planned).collect()
}

#[test]
fn what_is_to_come_has_between_its_least_and_its_most() {
    let mut world = World::at("bids");
    let next = world.room.meeting().now.part as usize + 1;
    let least: Vec<u32> = from(&world, next).iter().map(|[least, _, _]| *least).collect();
    let most: Vec<u32> = from(&world, next).iter().map(|[_, _, most]| *most).collect();
    let before = planned(&world, 0);
    for minutes in [&least, &most] {
        let fitted = world.does(world.host(), fit(minutes));
        assert_eq!(fitted, [Change::TimeFitted(FittedTime { minutes: minutes.clone() })]);
        assert_eq!(planned(&world, next), *minutes);
        assert_eq!(planned(&world, 0)[..next], before[..next], "what has been stays");
        let shown = view::shared(&world.room).agenda;
        assert_eq!(shown.iter().skip(next).map(|part| part.minutes).collect::<Vec<_>>(), *minutes);
        world.refuses(world.host(), fit(minutes), Code::Already);
    }
    // A review that is protected is no shorter than it can be, however late it is.
    let protected = world.room.meeting().agenda.iter().skip(next).position(|part| part.protected);
    let mut short = least.clone();
    short[protected.unwrap()] -= 1;
    let mut long = most.clone();
    long[0] += 1;
    for minutes in [short, long, least[1..].to_vec(), vec![]] {
        world.refuses(world.host(), fit(&minutes), Code::Range);
    }
    world.check_clients();
}

#[test]
fn before_the_start_a_meeting_is_as_long_as_people_were_told() {
    let mut world = World::usual();
    let mut minutes = planned(&world, 0);
    let bounds = from(&world, 0);
    let gives = bounds.iter().position(|[least, planned, _]| planned > least).unwrap();
    let takes = bounds.iter().rposition(|[_, planned, most]| planned < most).unwrap();
    minutes[gives] -= 1;
    world.refuses(world.host(), fit(&minutes), Code::Range);
    minutes[takes] += 1;
    world.does(world.host(), fit(&minutes));
    assert_eq!(planned(&world, 0), minutes);
    // The clock of a part begins at what it was given.
    world.everyone_agrees();
    world.does(world.host(), C::Start);
    world.does(world.host(), C::GoTo { part: takes as u32 });
    let total = world.room.meeting().now.clock.total_ms();
    assert_eq!(total, Some(u64::from(minutes[takes]) * 60_000));
    world.check_clients();
}

#[test]
fn an_undo_gives_the_time_back_and_nothing_else() {
    let mut world = World::at("bids");
    let part = world.room.meeting().now.part;
    let before = planned(&world, 0);
    let minutes: Vec<_> =
        from(&world, part as usize + 1).iter().map(|[least, ..]| *least).collect();
    world.does(world.host(), fit(&minutes));
    assert_ne!(planned(&world, 0), before);
    world.does(world.host(), C::Undo);
    assert_eq!(planned(&world, 0), before);
    assert_eq!(world.room.meeting().now.part, part);
    world.check_clients();
}

#[test]
fn it_comes_too_late_once_the_meeting_has_moved() {
    let mut world = World::at("bids");
    let next = world.room.meeting().now.part as usize + 1;
    let minutes: Vec<u32> = from(&world, next).iter().map(|[least, _, _]| *least).collect();
    let seen = world.room.seq();
    world.does(world.host(), C::Next);
    assert_eq!(world.ask_on(world.host(), fit(&minutes), seen), Err(Code::Stale));
    world.does(world.host(), C::Hold);
    let minutes = minutes[1..].to_vec();
    world.refuses(world.host(), fit(&minutes), Code::Holding);
}
