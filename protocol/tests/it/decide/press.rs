//! An undo takes back what was pressed last, and nothing besides.

use setroom_protocol::command::Saying;
use setroom_protocol::{Change, Code, Command as C, view};

use super::UNDONE;
use crate::support::*;

/// A press was taken back.
const PRESS: Change = Change::Undone { press: true, clock: None };

/// A world where the meeting moved to a part ten seconds ago, and can be moved back.
fn just_at(part: &str) -> World {
    let mut world = World::at(part);
    world.passes(60_000);
    let index = world.part_index(part);
    world.does(world.host(), C::GoTo { part: index });
    world.passes(10_000);
    world
}

fn hand(world: &mut World, n: u8) {
    world.does(world.p(n), C::RaiseHand { kind: None, seat: None });
}

/// Presses, and takes it back ten seconds later: all is as it was, and the part is the same.
fn taken_back(world: &mut World, who: u8, command: C) {
    let who = world.p(who);
    let text = format!("{command:?}");
    let (before, quiet) = (world.room.meeting().now.clone(), world.room.meeting().silence);
    world.does(who, command);
    let meeting = world.room.meeting();
    assert!(meeting.now != before || meeting.silence != quiet, "{text} did something");
    world.passes(10_000);
    assert_eq!(world.does(world.host(), C::Undo), [PRESS], "{text}");
    assert_eq!(world.room.meeting().now, before, "{text}");
    assert_eq!(world.room.meeting().silence, quiet, "{text}");
}

#[test]
fn a_turn_that_was_ended_is_given_back() {
    for end in [C::EndRoundTurn, C::PassTurn, C::LaterTurn] {
        let mut world = just_at("check_in");
        taken_back(&mut world, 1, end.clone());
        assert_eq!(world.room.round_turn(), Some(seat(3)));
        // Also when whoever has it ended it.
        let mut world = just_at("check_in");
        taken_back(&mut world, 3, end);
    }
    let mut world = just_at("check_in");
    taken_back(&mut world, 1, C::StartRound { seat: seat(5) });
}

#[test]
fn the_floor_goes_back_to_who_had_it() {
    let mut world = just_at("classic.explore");
    hand(&mut world, 4);
    hand(&mut world, 5);
    world.ticks();
    let before = world.room.meeting().now.clone();
    world.does(world.host(), C::EndTurn);
    world.passes(8_000);
    assert_eq!(world.ticks().len(), 1, "the next one has lit up by itself");
    world.does(world.host(), C::Undo);
    assert_eq!(world.room.meeting().now, before, "and waits again, where they were");
    for command in [C::Invite { seat: seat(6) }, C::Interrupt { seat: seat(5) }] {
        taken_back(&mut world, 1, command);
    }
    taken_back(&mut world, 3, C::Say { what: Saying::Pass });
    taken_back(&mut world, 4, C::EndTurn);
}

#[test]
fn clock_hands_presenter_and_quiet_are_as_they_were() {
    let mut world = just_at("classic.explore");
    for n in [4, 5, 6] {
        hand(&mut world, n);
    }
    world.does(world.p(3), C::Say { what: Saying::Thinking });
    for command in [
        C::AddTime { minutes: 2 },
        C::AddTime { minutes: -2 },
        C::Pause,
        C::Silence { on: true },
        C::ClearQueue,
        C::MoveHand { seat: seat(6), to: 0 },
        C::LowerHand { seat: Some(seat(5)) },
        C::RaiseHand { kind: None, seat: Some(seat(2)) },
        C::LetItLand,
        C::ChoosePresenter { seat: Some(seat(2)) },
        C::ChoosePresenter { seat: None },
    ] {
        taken_back(&mut world, 1, command);
    }
    world.go("classic.resonance");
    world.passes(1_000);
    taken_back(&mut world, 1, C::ChoosePresenter { seat: Some(seat(5)) });
}

#[test]
fn what_others_did_meanwhile_stays() {
    let mut world = just_at("classic.explore");
    for n in [4, 5] {
        hand(&mut world, n);
    }
    world.does(world.host(), C::Invite { seat: seat(6) });
    world.does(world.p(4), C::LowerHand { seat: None });
    hand(&mut world, 2);
    world.does(world.p(5), C::DeferHand);
    world.does(world.p(4), C::Tick { on: true });
    world.does(world.p(3), C::Say { what: Saying::NeedAMoment });
    world.does(world.host(), C::Undo);
    let now = &world.room.meeting().now;
    assert_eq!(now.asking, None);
    assert_eq!(world.room.queue(), [seat(2), seat(5)]);
    assert_eq!(now.ticks, [seat(4)].into());
    assert_eq!(now.says, Some(Saying::NeedAMoment));
    // Who has gone is not brought back.
    world.does(world.host(), C::Invite { seat: seat(5) });
    world.does(world.host(), C::EndTurn);
    world.does(world.p(5), C::Leave);
    world.does(world.host(), C::Undo);
    assert_eq!(world.room.meeting().now.asking, None);
    assert_eq!(world.room.faults(), Vec::<String>::new());
}

#[test]
fn the_move_is_taken_back_only_after_all_that_came_later() {
    let mut world = just_at("check_in");
    world.does(world.host(), C::EndRoundTurn);
    assert_eq!(world.does(world.host(), C::Undo), [PRESS]);
    assert_eq!(world.does(world.host(), C::Undo), [UNDONE], "nothing else was pressed since");
    // Of two, the later one goes back; a whole part does not go for the other one.
    let mut world = just_at("check_in");
    world.does(world.host(), C::EndRoundTurn);
    world.does(world.host(), C::EndRoundTurn);
    assert_eq!(world.does(world.host(), C::Undo), [PRESS]);
    assert_eq!(world.room.round_turn(), Some(seat(4)));
    world.refuses(world.host(), C::Undo, Code::NothingToUndo);
    assert_eq!(view::shared(&world.room).undo_until, None);
    // A move ends it.
    world.does(world.host(), C::EndRoundTurn);
    world.does(world.host(), C::Next);
    assert_eq!(world.does(world.host(), C::Undo), [UNDONE]);
    assert_eq!(world.room.round_turn(), Some(seat(5)));
}

#[test]
fn a_press_can_be_taken_back_for_thirty_seconds_by_who_has_seen_it() {
    let mut world = just_at("check_in");
    let seen = world.room.seq();
    world.does(world.p(3), C::EndRoundTurn);
    let until = world.now.plus(30_000);
    assert_eq!(view::shared(&world.room).undo_until, Some(until));
    assert_eq!(world.ask_on(world.host(), C::Undo, seen), Err(Code::Stale));
    world.passes(30_001);
    world.refuses(world.host(), C::Undo, Code::NothingToUndo);
    // In the first part too, where no move can be taken back.
    let mut world = World::usual();
    world.does(world.host(), C::Start);
    taken_back(&mut world, 1, C::AddTime { minutes: 5 });
    world.refuses(world.host(), C::Undo, Code::NothingToUndo);
}

#[test]
fn the_time_of_a_hold_is_not_lost_by_an_undo() {
    let mut world = just_at("check_in");
    let left = world.room.meeting().now.clock.left_ms(world.now);
    world.does(world.host(), C::EndRoundTurn);
    world.does(world.host(), C::Hold);
    world.passes(12_000);
    world.does(world.host(), C::Release);
    world.does(world.host(), C::Undo);
    assert_eq!(world.room.meeting().now.clock.left_ms(world.now), left);
}

/// Between two writes of the room nothing of it is lost.
#[test]
fn what_can_be_taken_back_is_in_a_snapshot_and_in_a_replay() {
    let mut world = just_at("check_in");
    world.does(world.host(), C::EndRoundTurn);
    let read = setroom_protocol::Room::from_snapshot(&world.room.to_snapshot()).unwrap();
    assert_eq!(read, world.room);
    assert_eq!(setroom_protocol::Room::replay(&world.records).as_ref(), Some(&world.room));
    assert!(read.meeting().pressed.is_some());
}
