//! Lines to pass on: offered, agreed to, released, and whose they are nowhere.

use setroom_protocol::view;
use setroom_protocol::{
    Change, Code, Command as C, Entry, ItemId, LinkRole, Mode, OfferedLine, SeatId, TextKind,
    limits,
};

use super::names;
use crate::support::*;

/// The usual set in this mode, running.
fn running(mode: Mode) -> World {
    let mut world = World::usual();
    if mode != Mode::Set {
        world.does(world.host(), C::SetMode { mode });
    }
    world.everyone_agrees();
    world.does(world.host(), C::Start);
    world
}

fn offer(world: &World, n: u16, from: Option<SeatId>) -> C {
    let sealed = boxed(world.room.epoch(), 256, u32::from(n));
    C::OfferLine(OfferedLine { item: item(n), sealed, from })
}

fn shown(world: &World, n: u8) -> Vec<ItemId> {
    world.around.offers.shown_to(seat(n)).keys().copied().collect()
}

#[test]
fn where_people_may_not_travel_a_line_is_nobodys_and_its_moment_is_no_moment() {
    let mut world = running(Mode::Chatham);
    let (before, room) = (world.records.len(), world.room.clone());
    let sent: Vec<_> = world.clients.values().map(|client| client.log.len()).collect();
    // Offered in another order than that of their ids, one of them twice.
    for (n, id) in [(5, 92), (3, 91), (4, 93), (3, 91)] {
        let line = offer(&world, id, None);
        assert_eq!(world.does(world.p(n), line), []);
        world.passes(1_000);
    }
    assert_eq!((world.records.len(), &world.room), (before, &room), "nothing is written down");
    let now: Vec<_> = world.clients.values().map(|client| client.log.len()).collect();
    assert_eq!(now, sent, "and nobody is told");
    assert_eq!([3, 4, 5, 1].map(|n| shown(&world, n).len()), [1, 1, 1, 0]);
    world.refuses(world.p(3), C::ReleaseLines, Code::Role);
    let changes = world.does(world.host(), C::ReleaseLines);
    let [Change::LinesReleased { lines }] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(lines.keys().copied().collect::<Vec<_>>(), [91, 92, 93].map(item));
    assert_eq!(view::shared(&world.room).lines, *lines);
    assert_eq!((1..=7).map(|n| shown(&world, n).len()).sum::<usize>(), 0);
    // Neither the journal nor a line names anybody but who pressed, nor any command but that.
    let written = String::from_utf8(Entry::encode(&world.records[before..])).unwrap();
    let told = world.client(6).log.last().unwrap().clone();
    for text in [written, told, String::from_utf8(world.room.to_snapshot()).unwrap()] {
        let lines = text.find("\"lines\"").unwrap();
        let lines = &text[lines..lines + text[lines..].find('}').unwrap()];
        for n in 2..=7 {
            assert!(!lines.contains(&seat(n).to_string()), "{lines}");
            assert!(!lines.contains(&device(n).to_string()), "{lines}");
        }
    }
    assert_eq!(world.records[before].by, Some(seat(1)));
    world.check_clients();
}

#[test]
fn one_persons_lines_are_not_released_alone_where_people_may_not_travel() {
    let mut world = running(Mode::Chatham);
    world.refuses(world.host(), C::ReleaseLines, Code::Lines);
    for id in [90, 91] {
        let line = offer(&world, id, None);
        world.does(world.p(3), line);
    }
    world.refuses(world.host(), C::ReleaseLines, Code::Lines);
    // Nor does anybody say whose a line is.
    let of_another = offer(&world, 92, Some(seat(4)));
    world.refuses(world.p(5), of_another, Code::Kind);
    let line = offer(&world, 93, None);
    world.does(world.p(5), line);
    assert_eq!(names(&world.does(world.host(), C::ReleaseLines)), ["lines_released"]);
}

#[test]
fn where_lessons_may_be_shared_each_is_agreed_by_the_person_it_came_from() {
    let mut world = running(Mode::OpenLearning);
    let line = offer(&world, 90, Some(seat(4)));
    world.does(world.p(3), line);
    assert_eq!([3, 4, 5, 1].map(|n| shown(&world, n).len()), [1, 1, 0, 0], "the two of them");
    world.refuses(world.host(), C::ReleaseLines, Code::Lines);
    let answer = |id, yes| C::AnswerLine { item: item(id), yes };
    world.refuses(world.p(3), answer(90, true), Code::NoItem);
    world.refuses(world.p(5), answer(90, false), Code::NoItem);
    world.refuses(world.host(), answer(90, true), Code::NoItem);
    world.does(world.p(4), answer(90, true));
    // One that they say no to, one that is taken back, and one's own, which needs nobody else.
    for (id, from) in [(91, Some(seat(4))), (92, Some(seat(4))), (93, None)] {
        let line = offer(&world, id, from);
        world.does(world.p(3), line);
    }
    world.does(world.p(4), answer(91, false));
    world.does(world.p(3), answer(92, false));
    let changes = world.does(world.host(), C::ReleaseLines);
    let [Change::LinesReleased { lines }] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(lines.keys().copied().collect::<Vec<_>>(), [90, 93].map(item));
    let observer = offer(&world, 94, Some(seat(7)));
    world.refuses(world.p(3), observer, Code::Role);
}

#[test]
fn in_other_modes_nothing_is_passed_on() {
    for mode in [Mode::Set, Mode::Double] {
        let mut world = running(mode);
        let line = offer(&world, 90, None);
        world.refuses(world.p(3), line, Code::Kind);
        world.refuses(world.host(), C::ReleaseLines, Code::Lines);
    }
    // What waited is gone with the mode, and so is what was released.
    let mut world = running(Mode::OpenLearning);
    for (n, id) in [(3, 90), (4, 91)] {
        let line = offer(&world, id, None);
        world.does(world.p(n), line);
        if id == 90 {
            world.does(world.host(), C::ReleaseLines);
        }
    }
    world.does(world.host(), C::ProposeMode { mode: Mode::Set });
    for n in 2..=6 {
        world.does(world.p(n), C::AnswerMode { yes: true });
    }
    assert!(world.room.lines().is_empty() && world.around.offers.is_empty());
    world.check_clients();
}

#[test]
fn what_was_released_is_there_after_the_close_and_goes_with_the_next_meeting() {
    let mut world = running(Mode::OpenLearning);
    for (n, id) in [(3, 90), (4, 91)] {
        let line = offer(&world, id, None);
        world.does(world.p(n), line);
    }
    world.does(world.p(4), C::Leave);
    world.does(world.host(), C::ReleaseLines);
    assert_eq!(world.room.lines().len(), 1, "what somebody offered goes with them");
    let line = offer(&world, 92, None);
    world.does(world.p(5), line);
    world.does(world.host(), C::Close);
    assert_eq!(view::shared(&world.room).lines.len(), 1);
    assert!(world.around.offers.is_empty(), "what was not released is gone");
    let keys = world.keys(world.host().device, None);
    world.does(world.host(), next_meeting(later_meeting(1), keys));
    assert!(world.room.lines().is_empty());
    world.check_clients();
}

#[test]
fn lines_have_bounds() {
    let mut world = running(Mode::OpenLearning);
    for id in 0..limits::LINES_PER_SEAT as u16 {
        let line = offer(&world, 100 + id, None);
        world.does(world.p(3), line);
    }
    let line = offer(&world, 200, None);
    world.refuses(world.p(3), line, Code::Items);
    let other = offer(&world, 100, None);
    let C::OfferLine(OfferedLine { item, .. }) = other else { panic!() };
    let of = |item, sealed| C::OfferLine(OfferedLine { item, sealed, from: None });
    let sealed = boxed(world.room.epoch(), 256, 7);
    world.refuses(world.p(4), of(item, sealed), Code::Already);
    let long = boxed(world.room.epoch(), 2048, 7);
    let item = crate::support::item(201);
    world.refuses(world.p(4), of(item, long), Code::LongText);
    let sealed = boxed_own(1, 256, 7);
    world.refuses(world.p(4), of(item, sealed), Code::StaleEpoch);
    let sealed = boxed(world.room.epoch() + 1, 256, 7);
    world.refuses(world.p(4), of(item, sealed), Code::StaleEpoch);
    // Whoever has not agreed to the rules offers nothing.
    world.go("bids");
    let late = world.joins(LinkRole::Member);
    let line = offer(&world, 202, None);
    world.refuses(late, line, Code::CharterFirst);
    assert_eq!(TextKind::Learning.largest_bucket(), 1024);
}
