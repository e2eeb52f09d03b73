//! The question queue: one server order, one hand each, a settle gap before the next asker.

use setroom_protocol::command::Saying;
use setroom_protocol::method::Kind;
use setroom_protocol::{Change, Code, Command as C, SeatId, limits};

use super::names;
use crate::support::*;

fn raise(kind: Option<Kind>) -> C {
    C::RaiseHand { kind, seat: None }
}

fn queue(world: &World) -> Vec<SeatId> {
    world.room.queue()
}

/// Explore with the hands of 5, 6, 2 and 4 up, in that order.
fn with_hands() -> World {
    let mut world = World::at("classic.explore");
    for n in [5, 6, 2, 4] {
        world.does(world.p(n), raise(None));
    }
    assert_eq!(queue(&world), [5, 6, 2, 4].map(seat));
    world
}

#[test]
fn hands_are_in_the_order_in_which_the_server_saw_them() {
    let mut world = World::at("classic.explore");
    let first = Change::HandRaised { seat: seat(6), kind: Some(Kind::Explore), rank: 0 };
    assert_eq!(world.does(world.p(6), raise(Some(Kind::Explore))), [first]);
    let second = Change::HandRaised { seat: seat(5), kind: None, rank: 1 };
    assert_eq!(world.does(world.p(5), raise(None)), [second]);
    world.refuses(world.p(5), raise(None), Code::Already);
    // Another kind keeps the place; a process point goes first.
    let same = Change::HandRaised { seat: seat(6), kind: Some(Kind::Challenge), rank: 0 };
    assert_eq!(world.does(world.p(6), raise(Some(Kind::Challenge))), [same]);
    world.does(world.p(4), raise(Some(Kind::Process)));
    assert_eq!(queue(&world), [4, 6, 5].map(seat));
}

#[test]
fn kinds_are_those_of_the_part() {
    let mut world = World::at("classic.clarify");
    let table = [
        (Some(Kind::Clarify), Ok(())),
        (None, Ok(())),
        (Some(Kind::Process), Ok(())),
        (Some(Kind::Explore), Err(Code::Kind)),
        (Some(Kind::Challenge), Err(Code::Kind)),
        (Some(Kind::Act), Err(Code::Kind)),
        (Some(Kind::Any), Err(Code::Kind)),
    ];
    for (kind, expected) in table {
        let answer = world.ask(world.p(5), raise(kind)).map(|_| ());
        assert_eq!(answer, expected, "{kind:?}");
    }
    for part in ["classic.present", "classic.pause", "classic.resonance", "settle", "check_in"] {
        world.go(part);
        world.refuses(world.p(5), raise(None), Code::Part);
    }
}

#[test]
fn who_presents_asks_or_watches_has_no_hand() {
    let mut world = World::at("classic.explore");
    world.refuses(world.p(3), raise(None), Code::NotYours);
    world.refuses(world.p(7), raise(None), Code::Role);
    let for_seat = |n: u8| C::RaiseHand { kind: None, seat: Some(seat(n)) };
    world.refuses(world.host(), for_seat(7), Code::Role);
    world.refuses(world.host(), for_seat(3), Code::NotYours);
    world.refuses(world.p(5), for_seat(6), Code::NotYours);
    world.does(world.host(), for_seat(6));
    world.does(world.host(), C::Invite { seat: seat(6) });
    world.refuses(world.p(6), raise(None), Code::Already);
}

#[test]
fn a_hand_comes_down_by_its_owner_or_the_facilitator() {
    let mut world = with_hands();
    let lower = |n: Option<u8>| C::LowerHand { seat: n.map(seat) };
    assert_eq!(world.does(world.p(5), lower(None)), [Change::HandLowered { seat: seat(5) }]);
    world.refuses(world.p(5), lower(None), Code::NoHand);
    world.refuses(world.p(5), lower(Some(6)), Code::NotYours);
    assert_eq!(world.does(world.host(), lower(Some(6))), [Change::HandLowered { seat: seat(6) }]);
    assert_eq!(world.does(world.host(), C::ClearQueue), [Change::QueueCleared]);
    world.refuses(world.host(), C::ClearQueue, Code::Already);
}

#[test]
fn deferring_moves_ones_own_hand_to_the_end() {
    let mut world = with_hands();
    let moved = Change::HandsMoved { ranks: [(seat(6), 4)].into() };
    assert_eq!(world.does(world.p(6), C::DeferHand), [moved]);
    assert_eq!(queue(&world), [5, 2, 4, 6].map(seat));
    world.refuses(world.p(6), C::DeferHand, Code::Already);
    world.refuses(world.p(1), C::DeferHand, Code::NoHand);
    // Who comes later stands behind.
    world.does(world.p(1), raise(None));
    assert_eq!(queue(&world), [5, 2, 4, 6, 1].map(seat));
}

#[test]
fn the_facilitator_moves_a_hand_to_any_place() {
    let table: [(u8, u32, Option<[u8; 4]>); 8] = [
        (4, 0, Some([4, 5, 6, 2])),
        (5, 3, Some([6, 2, 4, 5])),
        (5, 1, Some([6, 5, 2, 4])),
        (2, 1, Some([5, 2, 6, 4])),
        (5, 99, Some([6, 2, 4, 5])),
        (5, u32::MAX, Some([6, 2, 4, 5])),
        (5, 0, None),
        (4, 7, None),
    ];
    for (n, to, expected) in table {
        let mut world = with_hands();
        let command = C::MoveHand { seat: seat(n), to };
        match expected {
            Some(order) => {
                assert_eq!(names(&world.does(world.host(), command)), ["hands_moved"]);
                assert_eq!(queue(&world), order.map(seat), "{n} to {to}");
            }
            None => world.refuses(world.host(), command, Code::Already),
        }
    }
    let mut world = with_hands();
    world.refuses(world.host(), C::MoveHand { seat: seat(1), to: 0 }, Code::NoHand);
}

#[test]
fn process_points_stay_in_front_when_hands_move() {
    let mut world = with_hands();
    world.does(world.p(2), raise(Some(Kind::Process)));
    world.does(world.p(4), raise(Some(Kind::Process)));
    assert_eq!(queue(&world), [2, 4, 5, 6].map(seat));
    // The place is taken within the class.
    world.refuses(world.host(), C::MoveHand { seat: seat(5), to: 0 }, Code::Already);
    world.does(world.host(), C::MoveHand { seat: seat(6), to: 0 });
    assert_eq!(queue(&world), [2, 4, 6, 5].map(seat));
    world.does(world.host(), C::MoveHand { seat: seat(2), to: 3 });
    assert_eq!(queue(&world), [4, 2, 6, 5].map(seat));
}

#[test]
fn the_next_asker_lights_up_after_the_gap() {
    let mut world = with_hands();
    let given = |n: u8| Change::FloorGiven { seat: seat(n), kind: None, returns_to: None };
    assert_eq!(world.ticks(), [given(5)], "the first one at once");
    assert_eq!(world.ticks(), [], "one at a time");
    world.passes(60_000);
    let ended = Change::TurnEnded { gap_until: world.now.plus(limits::SETTLE_GAP_MS) };
    assert_eq!(world.does(world.p(5), C::EndTurn), [ended]);
    assert_eq!(world.ticks(), []);
    world.passes(limits::SETTLE_GAP_MS - 1);
    assert_eq!(world.ticks(), []);
    world.passes(1);
    assert_eq!(world.ticks(), [given(6)]);
    assert_eq!(queue(&world), [2, 4].map(seat));
}

#[test]
fn a_turn_ends_by_its_owner_the_presenter_or_the_facilitator() {
    for (n, expected) in [(5, None), (3, None), (2, None), (6, Some(Code::NotYours))] {
        let mut world = with_hands();
        world.ticks();
        let answer = world.ask(world.p(n), C::EndTurn);
        assert_eq!(answer.err(), expected, "{n}");
    }
    let mut world = with_hands();
    world.refuses(world.p(5), C::EndTurn, Code::NoTurn);
    // A press on a screen that showed another asker ends nobody's turn.
    world.ticks();
    let seen = world.room.seq();
    world.does(world.host(), C::Invite { seat: seat(6) });
    assert_eq!(world.ask_on(world.host(), C::EndTurn, seen), Err(Code::Stale));
}

#[test]
fn anybody_can_be_invited_whether_their_hand_is_up_or_not() {
    let mut world = with_hands();
    world.does(world.p(6), raise(Some(Kind::Challenge)));
    let given = |n: u8, kind| Change::FloorGiven { seat: seat(n), kind, returns_to: None };
    let invite = |n: u8| C::Invite { seat: seat(n) };
    assert_eq!(world.does(world.host(), invite(6)), [given(6, Some(Kind::Challenge))]);
    assert_eq!(queue(&world), [5, 2, 4].map(seat), "their hand is down");
    world.refuses(world.host(), invite(6), Code::Already);
    assert_eq!(world.does(world.host(), invite(1)), [given(1, None)]);
    world.refuses(world.host(), invite(3), Code::Already);
    world.refuses(world.host(), invite(7), Code::Role);
    world.refuses(world.host(), invite(50), Code::NoSeat);
    for part in ["classic.pause", "classic.resonance"] {
        world.go(part);
        world.refuses(world.host(), invite(5), Code::Part);
    }
}

#[test]
fn an_interruption_returns_the_floor() {
    let mut world = with_hands();
    let interrupt = |n: u8| C::Interrupt { seat: seat(n) };
    world.refuses(world.host(), interrupt(1), Code::NoTurn);
    world.ticks();
    let given = |n: u8, back: Option<u8>| Change::FloorGiven {
        seat: seat(n),
        kind: None,
        returns_to: back.map(seat),
    };
    assert_eq!(world.does(world.host(), interrupt(1)), [given(1, Some(5))]);
    world.refuses(world.p(2), interrupt(6), Code::Already);
    assert_eq!(world.does(world.host(), C::EndTurn), [given(5, None)], "without a gap");
    assert_eq!(names(&world.does(world.p(5), C::EndTurn)), ["turn_ended"]);
    // Whoever it would return to has gone: then it is nobody's.
    world.does(world.host(), C::Invite { seat: seat(6) });
    world.does(world.host(), interrupt(1));
    world.does(world.p(6), C::Leave);
    assert_eq!(names(&world.does(world.host(), C::EndTurn)), ["turn_ended"]);
}

#[test]
fn the_presenter_has_the_pace() {
    let mut world = with_hands();
    let say = |what| C::Say { what };
    world.refuses(world.p(5), say(Saying::Thinking), Code::NotYours);
    // Thinking: nobody lights up, however long it takes.
    for what in [Saying::Thinking, Saying::NeedAMoment] {
        assert_eq!(world.does(world.p(3), say(what)), [Change::PresenterSaid { what }]);
        world.refuses(world.p(3), say(what), Code::Already);
        world.passes(600_000);
        assert_eq!((world.ticks(), world.due()), (vec![], None));
    }
    let ready = Change::PresenterSaid { what: Saying::Ready };
    assert_eq!(world.does(world.p(3), say(Saying::Ready)), [ready]);
    assert_eq!(names(&world.ticks()), ["floor_given"]);
    // Ready after an answer ends the turn, and nobody need wait.
    assert_eq!(
        names(&world.does(world.p(3), say(Saying::Ready))),
        ["turn_ended", "presenter_said"]
    );
    assert_eq!(names(&world.ticks()), ["floor_given"]);
    // Pass: the question stays unanswered, and the gap is there as ever.
    assert_eq!(names(&world.does(world.p(3), say(Saying::Pass))), ["presenter_said", "turn_ended"]);
    assert_eq!(world.ticks(), []);
    world.refuses(world.p(3), say(Saying::Pass), Code::NoTurn);
    // Everybody sees it until somebody has the floor again.
    assert_eq!(world.room.meeting().now.says, Some(Saying::Pass));
    world.does(world.host(), C::Invite { seat: seat(4) });
    assert_eq!(world.room.meeting().now.says, None);
    world.does(world.host(), C::ChoosePresenter { seat: None });
    world.refuses(world.p(3), say(Saying::Ready), Code::NoPresenter);
}

#[test]
fn nobody_waits_for_a_presenter_who_has_gone() {
    let mut world = with_hands();
    world.does(world.p(3), C::Say { what: Saying::NeedAMoment });
    world.does(world.p(3), C::Leave);
    assert_eq!(names(&world.ticks()), ["floor_given"]);
}

#[test]
fn what_was_said_is_given_time_to_land() {
    let mut world = with_hands();
    let set = Change::GapSet { gap_until: world.now.plus(limits::SETTLE_GAP_MS) };
    assert_eq!(world.does(world.host(), C::LetItLand), [set]);
    assert_eq!(world.ticks(), []);
    world.passes(limits::SETTLE_GAP_MS);
    assert_eq!(names(&world.ticks()), ["floor_given"]);
}

#[test]
fn the_hand_of_somebody_away_is_kept_and_skipped() {
    let mut world = with_hands();
    world.around.leave(seat(5));
    assert_eq!(world.ticks(), [Change::FloorGiven { seat: seat(6), kind: None, returns_to: None }]);
    assert_eq!(queue(&world), [5, 2, 4].map(seat), "kept");
    world.around.arrive(seat(5));
    world.does(world.p(6), C::EndTurn);
    world.passes(limits::SETTLE_GAP_MS);
    assert_eq!(world.ticks(), [Change::FloorGiven { seat: seat(5), kind: None, returns_to: None }]);
    for n in [2, 4] {
        world.around.leave(seat(n));
    }
    world.does(world.p(5), C::EndTurn);
    assert_eq!(world.due(), None, "nobody who is here waits");
}

#[test]
fn hands_stay_up_into_a_part_with_hands_without_their_kind() {
    let mut world = World::at("classic.clarify");
    world.does(world.p(5), raise(Some(Kind::Clarify)));
    world.does(world.p(6), raise(None));
    world.does(world.host(), C::Next);
    assert_eq!(queue(&world), [5, 6].map(seat));
    assert!(world.room.meeting().now.queue.values().all(|hand| hand.kind.is_none()));
    world.does(world.host(), C::Next);
    assert!(queue(&world).is_empty(), "and not into a silence");
}

#[test]
fn what_moves_no_floor_makes_no_press_void() {
    let mut world = World::at("classic.explore");
    world.does(world.p(4), C::RaiseHand { kind: None, seat: None });
    let seen = world.room.seq();
    world.does(world.p(5), C::RaiseHand { kind: None, seat: None });
    world.does(world.p(6), C::Tick { on: true });
    let invited = world.would(world.host(), &C::Invite { seat: seat(4) }, seen);
    assert!(invited.is_ok(), "{invited:?}");
}
