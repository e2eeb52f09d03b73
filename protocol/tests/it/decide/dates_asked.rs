//! Which dates people can make: asked, answered, fixed or taken back.

use std::collections::BTreeMap;

use setroom_protocol::room::{AskedTime, Availability as A, DateAnswer, MeetingDate, OfferedTime};
use setroom_protocol::view;
use setroom_protocol::{
    Change, Code, Command as C, LinkRole, MeetingId, Role, SeatId, Timestamp, limits,
};

use super::names;
use crate::support::*;

const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;

/// A morning of 210 minutes, so many days from the beginning.
fn morning(days: u64) -> OfferedTime {
    OfferedTime { starts_at: BEGIN.plus(days * DAY), minutes: 210 }
}

fn asks<const N: usize>(times: [(u8, OfferedTime); N]) -> C {
    C::AskDates { times: times.map(|(id, time)| (later_meeting(id), time)).into() }
}

fn answers(id: u8, answer: A) -> C {
    C::AnswerDate { time: later_meeting(id), answer }
}

fn fixes<const N: usize>(dates: [(MeetingId, Timestamp); N]) -> C {
    C::SetDates { dates: dates.into(), fixes: true }
}

fn asked(world: &World) -> BTreeMap<MeetingId, AskedTime> {
    view::shared(&world.room).dates_asked
}

fn said(world: &World, id: u8) -> Vec<(SeatId, A)> {
    asked(world)[&later_meeting(id)].answers.clone().into_iter().collect()
}

/// Asked about three mornings; seats 3 and 4 have answered.
fn under_way() -> World {
    let mut world = World::usual();
    world.does(world.host(), asks([(1, morning(10)), (2, morning(11)), (3, morning(12))]));
    world.does(world.p(3), answers(1, A::Yes));
    world.does(world.p(3), answers(2, A::IfNeedBe));
    world.does(world.p(4), answers(2, A::No));
    world
}

#[test]
fn everybody_who_takes_part_answers_for_themselves_until_it_is_fixed() {
    let mut world = under_way();
    let observer = world.p(7);
    assert_eq!(world.room.seat(observer.seat).unwrap().role, Role::Observer);
    world.refuses(observer, answers(1, A::Yes), Code::Role);
    world.refuses(observer, asks([]), Code::Role);
    world.refuses(world.p(4), asks([]), Code::Role);
    for n in [1, 2] {
        world.does(world.p(n), answers(3, A::Yes));
    }
    assert_eq!(said(&world, 1), [(seat(3), A::Yes)]);
    assert_eq!(said(&world, 2), [(seat(3), A::IfNeedBe), (seat(4), A::No)]);
    assert_eq!(said(&world, 3), [(seat(1), A::Yes), (seat(2), A::Yes)]);
    // Another answer takes the place of the first one.
    world.refuses(world.p(4), answers(2, A::No), Code::Already);
    let changes = world.does(world.p(4), answers(2, A::Yes));
    let time = later_meeting(2);
    assert_eq!(changes, [Change::DateAnswered(DateAnswer { seat: seat(4), time, answer: A::Yes })]);
    assert_eq!(said(&world, 2), [(seat(3), A::IfNeedBe), (seat(4), A::Yes)]);
    world.refuses(world.p(4), answers(9, A::Yes), Code::Stale);
    // Fixed: it is a date under the id that it was asked about under, and nothing is asked any more.
    let at = morning(11).starts_at;
    let changes = world.does(world.host(), fixes([(time, at)]));
    assert_eq!(names(&changes), ["dates_asked", "dates_set"]);
    assert_eq!(asked(&world), BTreeMap::new());
    let date = MeetingDate { starts_at: at, minutes: Some(210), rev: 0, cancelled: false };
    assert_eq!(view::shared(&world.room).series.unwrap().dates[&time], date);
    world.refuses(world.p(4), answers(2, A::No), Code::Stale);
    // It moves and is off like any other date, and stays as long.
    let moved = C::SetDates { dates: [(time, at.plus(HOUR))].into(), fixes: false };
    world.does(world.host(), moved);
    let date = MeetingDate { starts_at: at.plus(HOUR), rev: 1, ..date };
    assert_eq!(view::shared(&world.room).series.unwrap().dates[&time], date);
}

#[test]
fn the_first_date_that_is_fixed_may_be_that_of_the_meeting_which_gathers() {
    let mut world = under_way();
    let (one, three) = (morning(10).starts_at, morning(12).starts_at);
    let both = fixes([(meeting_id(), one), (later_meeting(3), three)]);
    world.does(world.host(), both);
    assert_eq!(world.room.meeting().starts_at, Some(one));
    let dates = view::shared(&world.room).series.unwrap().dates;
    assert_eq!(dates.keys().copied().collect::<Vec<_>>(), [later_meeting(3), meeting_id()]);
    assert!(dates.values().all(|date| date.minutes == Some(210)));
}

#[test]
fn what_was_asked_is_fixed_as_it_was_asked_and_by_being_fixed() {
    let mut world = under_way();
    let (host, one) = (world.host(), morning(10).starts_at);
    let elsewhere = fixes([(later_meeting(1), one.plus(HOUR)), (later_meeting(9), one)]);
    world.refuses(host, elsewhere, Code::Range);
    // Nothing of what was asked is among them.
    world.refuses(host, fixes([(later_meeting(9), one.plus(HOUR))]), Code::Range);
    let by_hand = C::SetDates { dates: [(later_meeting(1), one)].into(), fixes: false };
    world.refuses(host, by_hand, Code::Stale);
    // Other dates may be set meanwhile.
    let other =
        C::SetDates { dates: [(later_meeting(9), morning(20).starts_at)].into(), fixes: false };
    world.does(host, other);
    assert_eq!(asked(&world).len(), 3);
    world.does(host, asks([]));
    world.refuses(host, fixes([(later_meeting(1), one)]), Code::Stale);
    world.refuses(host, asks([]), Code::Already);
}

#[test]
fn an_answer_stays_with_its_time_and_goes_with_its_person() {
    let mut world = under_way();
    // One is left out, one is moved, one stays, one is new.
    let moved = OfferedTime { minutes: 240, ..morning(10) };
    world.does(world.host(), asks([(1, moved), (2, morning(11)), (4, morning(13))]));
    assert_eq!(said(&world, 1), []);
    assert_eq!(said(&world, 2), [(seat(3), A::IfNeedBe), (seat(4), A::No)]);
    assert_eq!(asked(&world).len(), 3);
    world.does(world.p(5), answers(2, A::Yes));
    world.does(world.p(3), C::Leave);
    world.does(world.host(), C::SetRole { seat: seat(5), role: Role::Observer, keys: None });
    let keys = world.keys(world.host().device, Some(seat(4)));
    world.does(world.host(), C::Remove { seat: seat(4), keys });
    assert_eq!(said(&world, 2), []);
}

#[test]
fn asking_works_in_the_meeting_and_after_it_and_goes_on_into_the_next() {
    let mut world = under_way();
    let host = world.host();
    world.does(host, C::Start);
    world.everyone_agrees();
    world.does(world.p(4), answers(1, A::IfNeedBe));
    world.does(host, C::HandOver { seat: seat(3) });
    world.does(world.p(3), asks([(1, morning(10)), (2, morning(11))]));
    world.does(host, C::Close);
    world.does(world.p(4), answers(2, A::Yes));
    assert_eq!(said(&world, 1), [(seat(3), A::Yes), (seat(4), A::IfNeedBe)]);
    let keys = world.keys(host.device, None);
    let taken = next_meeting(later_meeting(1), keys.clone());
    world.refuses(host, taken, Code::Already);
    world.does(host, next_meeting(later_meeting(7), keys));
    assert_eq!(said(&world, 2), [(seat(3), A::IfNeedBe), (seat(4), A::Yes)]);
    for known in [meeting_id(), later_meeting(7)] {
        let times = [(known, morning(20))].into();
        world.refuses(host, C::AskDates { times }, Code::Already);
    }
    let new = world.joins(LinkRole::Member);
    assert_eq!(new.seat, *world.room.seats().keys().last().unwrap());
}

#[test]
fn what_is_asked_has_bounds() {
    let mut world = World::usual();
    let host = world.host();
    let most = limits::TIMES_ASKED as u8;
    let many = |n: u8| C::AskDates {
        times: (0..n).map(|n| (later_meeting(n + 1), morning(u64::from(n) + 1))).collect(),
    };
    world.refuses(host, many(most + 1), Code::Times);
    world.does(host, many(most));
    world.refuses(host, many(most), Code::Already);
    let far = u64::from(limits::MEETING_AHEAD_DAYS);
    let of = |minutes| OfferedTime { minutes, ..morning(5) };
    for (time, fits) in [
        (of(0), false),
        (of(1), true),
        (of(limits::MEETING_MINUTES), true),
        (of(limits::MEETING_MINUTES + 1), false),
        (morning(far), true),
        (morning(far + 1), false),
        (OfferedTime { starts_at: Timestamp(world.now.0 - DAY), minutes: 210 }, true),
        (OfferedTime { starts_at: Timestamp(world.now.0 - DAY - 1), minutes: 210 }, false),
    ] {
        if fits {
            world.does(host, asks([(1, time)]));
        } else {
            world.refuses(host, asks([(1, time)]), Code::Range);
        }
    }
    world.refuses(host, asks([(1, morning(5)), (2, of(60))]), Code::Range);
    // What is past meanwhile may stay beside what is new.
    world.does(host, asks([(1, morning(5))]));
    world.passes(9 * DAY);
    world.does(host, asks([(1, morning(5)), (2, morning(15))]));
}

#[test]
fn two_facilitators_who_change_what_is_asked_are_told() {
    let mut world = under_way();
    let seen = world.room.seq();
    world.does(world.p(2), asks([(1, morning(10))]));
    let late = world.ask_on(world.host(), asks([(2, morning(11))]), seen);
    assert_eq!(late, Err(Code::Stale));
    let late = world.ask_on(world.host(), fixes([(later_meeting(1), morning(10).starts_at)]), seen);
    assert_eq!(late, Err(Code::Stale));
    // An answer that comes meanwhile is no reason to look again.
    let seen = world.room.seq();
    world.does(world.p(4), answers(1, A::Yes));
    let fix = fixes([(later_meeting(1), morning(10).starts_at)]);
    assert_eq!(world.ask_on(world.host(), fix, seen).map(|_| ()), Ok(()));
}
