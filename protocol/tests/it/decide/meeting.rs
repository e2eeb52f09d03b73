//! Where the meeting stands: parts, clock, hold, presenter, controls, close.

use setroom_protocol::method::Mode;
use setroom_protocol::room::{Clock, Stage};
use setroom_protocol::{Change, Code, Command as C, Role, Seq, TextKind, Timestamp, limits};

use super::clock::{minutes, runs};
use super::{UNDONE, names, round};
use crate::support::*;

#[test]
fn the_start_begins_the_first_part() {
    let mut world = World::usual();
    let moved = Change::Moved {
        part: 0,
        clock: runs(&world, minutes(5), minutes(5)),
        presenter: None,
        round: vec![],
        undo_until: world.now.plus(30_000),
    };
    assert_eq!(world.does(world.p(2), C::Start), [Change::Started, moved]);
    assert_eq!(world.room.meeting().started_at, Some(world.now));
    world.refuses(world.host(), C::Start, Code::Stage);
    // The start is not taken back, and nobody is offered it.
    world.refuses(world.host(), C::Undo, Code::NothingToUndo);
    assert_eq!(setroom_protocol::view::shared(&world.room).undo_until, None);
    // Two presses at the same moment are two: the second one can be undone.
    world.does(world.host(), C::Next);
    assert_eq!(world.does(world.host(), C::Undo), [UNDONE]);
    assert_eq!(world.room.meeting().now.part, 0);
}

#[test]
fn next_goes_on_until_the_last_part() {
    let mut world = World::usual();
    world.does(world.host(), C::Start);
    let last = world.room.meeting().agenda.len() as u32 - 1;
    for part in 1..=last {
        let changes = world.does(world.host(), C::Next);
        assert!(matches!(&changes[..], [Change::Moved { part: p, .. }] if *p == part));
    }
    world.refuses(world.host(), C::Next, Code::NoPart);
    world.refuses(world.host(), C::GoTo { part: last + 1 }, Code::NoPart);
    world.refuses(world.host(), C::GoTo { part: u32::MAX }, Code::NoPart);
    assert_eq!(names(&world.does(world.host(), C::GoTo { part: 0 })), ["moved"], "any part");
}

#[test]
fn the_same_part_again_begins_anew() {
    let mut world = World::at("check_in");
    world.does(world.p(3), C::EndRoundTurn);
    world.passes(minutes(3));
    world.does(world.host(), C::GoTo { part: 1 });
    assert_eq!(world.room.meeting().now.clock, runs(&world, minutes(8), minutes(8)));
    assert_eq!(world.room.round_turn(), Some(seat(3)));
}

// fault: F22 — whatever moves the meeting is refused when the meeting has moved since
#[test]
fn two_presses_on_one_screen_move_the_meeting_once() {
    let mut world = World::at("check_in");
    let seen = world.room.seq();
    world.ask_on(world.host(), C::Next, seen).unwrap();
    assert_eq!(world.ask_on(world.p(2), C::Next, seen), Err(Code::Stale));
    for command in [C::GoTo { part: 0 }, C::Undo, C::Close, C::ChoosePresenter { seat: None }] {
        assert_eq!(world.ask_on(world.p(2), command, seen), Err(Code::Stale));
    }
    // What does not move the meeting does not need the newest screen.
    world.ask_on(world.p(2), C::Pause, seen).unwrap();
    // And what happened beside it does not make a screen stale.
    let seen = world.room.seq();
    world.does(world.p(3), C::Tick { on: true });
    world.ask_on(world.p(2), C::Next, seen).unwrap();
}

#[test]
fn an_undo_brings_everything_back_exactly() {
    let mut world = World::at("classic.explore");
    world.does(world.p(5), C::RaiseHand { kind: None, seat: None });
    world.does(world.p(6), C::RaiseHand { kind: None, seat: None });
    world.ticks();
    world.does(world.p(4), C::Tick { on: true });
    world.passes(90_500);
    let before = world.room.meeting().now.clone();
    world.does(world.host(), C::Next);
    world.passes(29_999);
    assert_ne!(world.room.meeting().now, before);
    assert_eq!(world.does(world.p(2), C::Undo), [UNDONE]);
    assert_eq!(world.room.meeting().now, before, "as if it had not happened");
    world.refuses(world.host(), C::Undo, Code::NothingToUndo);
}

#[test]
fn an_undo_is_offered_for_thirty_seconds() {
    for (wait, allowed) in [(limits::UNDO_MS, true), (limits::UNDO_MS + 1, false)] {
        let mut world = World::at("check_in");
        world.does(world.host(), C::Next);
        world.passes(wait);
        let answer = world.ask(world.host(), C::Undo);
        assert_eq!(answer.is_ok(), allowed, "{wait}");
        if !allowed {
            assert_eq!(answer, Err(Code::NothingToUndo));
        }
    }
}

#[test]
fn an_undo_after_a_hold_has_not_lost_the_time_of_the_hold() {
    let mut world = World::at("classic.explore");
    world.passes(60_000);
    let left = world.room.meeting().now.clock.left_ms(world.now);
    world.does(world.host(), C::Next);
    world.does(world.host(), C::Hold);
    world.passes(12_000);
    world.does(world.host(), C::Release);
    world.does(world.host(), C::Undo);
    assert_eq!(world.room.meeting().now.clock.left_ms(world.now), left);
}

#[test]
fn an_undo_does_not_bring_back_who_has_gone() {
    let mut world = World::at("classic.explore");
    world.does(world.p(5), C::RaiseHand { kind: None, seat: None });
    world.does(world.host(), C::Invite { seat: seat(6) });
    world.does(world.host(), C::Next);
    for n in [3, 5, 6] {
        world.does(world.p(n), C::Leave);
    }
    world.does(world.host(), C::Undo);
    let now = &world.room.meeting().now;
    assert_eq!((now.presenter, now.asking, now.queue.len()), (None, None, 0));
}

#[test]
fn silence_is_asked_for_and_ends_with_the_part() {
    let mut world = World::at("classic.explore");
    let on = Change::SilenceSet { on: true };
    assert_eq!(world.does(world.host(), C::Silence { on: true }), [on]);
    world.refuses(world.host(), C::Silence { on: true }, Code::Already);
    world.does(world.p(5), C::RaiseHand { kind: None, seat: None });
    assert_eq!(world.ticks(), [], "nobody is called into a silence");
    world.does(world.host(), C::Next);
    assert!(!world.room.meeting().silence);
    world.refuses(world.host(), C::Silence { on: false }, Code::Already);
}

#[test]
fn slots_begin_with_whoever_is_next_in_the_order() {
    let mut world = World::with("half_day_210", "classic", 1, 4, 1);
    let host = world.host();
    world.everyone_agrees();
    let order = vec![seat(4), seat(3)];
    let set = Change::OrderSet { order: order.clone() };
    assert_eq!(world.does(host, C::SetOrder { order }), [set]);
    world.does(host, C::Start);
    let presenter = |world: &World| world.room.meeting().now.presenter;
    world.go("bids");
    assert_eq!(presenter(&world), None);
    world.go("classic.present");
    assert_eq!(presenter(&world), Some(seat(4)));
    world.does(host, C::ChoosePresenter { seat: Some(seat(5)) });
    world.does(host, C::Next);
    assert_eq!(presenter(&world), Some(seat(5)), "stays within the slot");
    world.go("classic.present");
    assert_eq!(presenter(&world), Some(seat(5)), "also backwards");
    world.go("break");
    assert_eq!(presenter(&world), None);
    world.does(host, C::Next);
    assert_eq!(presenter(&world), Some(seat(3)), "the second slot");
    assert_eq!(world.room.part().unwrap().slot, Some(1));
    world.go("classic.explore");
    assert_eq!(presenter(&world), Some(seat(4)), "and back in the first one its own");
}

#[test]
fn a_slot_does_not_begin_with_somebody_in_the_lobby() {
    let mut world = World::at("bids");
    let host = world.host();
    world.does(host, C::SetOrder { order: vec![seat(4)] });
    world.does(host, C::SendToLobby { seat: seat(4) });
    world.does(host, C::Next);
    assert_eq!(world.room.meeting().now.presenter, None);
    world.does(host, C::BringBack { seat: seat(4) });
    world.does(host, C::Next);
    assert_eq!(world.room.meeting().now.presenter, Some(seat(4)), "once they are back");
}

#[test]
fn the_order_holds_each_person_of_the_circle_once() {
    let mut world = World::usual();
    let set = |order: &[u8]| C::SetOrder { order: order.iter().map(|n| seat(*n)).collect() };
    world.refuses(world.host(), set(&[3, 3]), Code::Already);
    world.refuses(world.host(), set(&[3, 7]), Code::Role);
    world.refuses(world.host(), set(&[3, 50]), Code::NoSeat);
    world.refuses(world.host(), set(&[3; 25]), Code::Range);
    world.does(world.host(), set(&[1, 2, 3, 4, 5, 6]));
    world.does(world.host(), set(&[]));
    // All of the largest set.
    let mut full = World::with("short_90", "classic", 1, 22, 0);
    let order: Vec<_> = full.room.seats().keys().copied().collect();
    assert_eq!(order.len(), limits::PEOPLE);
    let host = full.host();
    full.does(host, C::SetOrder { order });
}

#[test]
fn the_presenter_is_chosen_within_a_slot() {
    let mut world = World::at("bids");
    let choose = |n: Option<u8>| C::ChoosePresenter { seat: n.map(seat) };
    world.refuses(world.host(), choose(Some(5)), Code::Part);
    world.go("classic.explore");
    world.refuses(world.host(), choose(Some(3)), Code::Already);
    world.refuses(world.host(), choose(Some(7)), Code::Role);
    world.refuses(world.host(), choose(Some(50)), Code::NoSeat);
    world.does(world.p(5), C::RaiseHand { kind: None, seat: None });
    let chosen = Change::PresenterChosen { seat: Some(seat(5)) };
    assert_eq!(world.does(world.host(), choose(Some(5))), [chosen]);
    assert!(world.room.meeting().now.queue.is_empty(), "who presents need not queue");
    let changes = world.does(world.host(), choose(None));
    assert_eq!(names(&changes), ["presenter_chosen", "paused"], "nobody's slot stands still");
    // In a round the circle goes anew without, or around, whoever presents now.
    world.go("classic.resonance");
    let changes = world.does(world.host(), choose(Some(6)));
    let order = [3, 4, 5].map(seat).to_vec();
    let expected =
        [Change::PresenterChosen { seat: Some(seat(6)) }, Change::RoundStarted { order }];
    assert_eq!(changes, expected);
    assert_eq!(round(&world).len(), 3);
}

#[test]
fn the_floor_never_returns_to_the_presenter_as_an_asker() {
    let mut world = World::at("classic.explore");
    world.does(world.host(), C::Invite { seat: seat(5) });
    world.does(world.host(), C::Interrupt { seat: seat(6) });
    world.does(world.host(), C::ChoosePresenter { seat: Some(seat(5)) });
    assert_eq!(names(&world.does(world.p(6), C::EndTurn)), ["turn_ended"]);
}

#[test]
fn the_controls_are_handed_over_and_taken_back() {
    let mut world = World::at("classic.explore");
    let over = |n: u8| C::HandOver { seat: seat(n) };
    world.refuses(world.host(), C::TakeBack, Code::Already);
    world.refuses(world.host(), over(2), Code::Already);
    world.refuses(world.host(), over(7), Code::Role);
    world.refuses(world.host(), over(50), Code::NoSeat);
    world.refuses(world.p(5), C::Pause, Code::Role);
    assert_eq!(world.does(world.host(), over(5)), [Change::LeadSet { seat: Some(seat(5)) }]);
    world.refuses(world.host(), over(5), Code::Already);
    world.does(world.p(5), C::Pause);
    world.refuses(world.p(5), over(6), Code::Role);
    world.does(world.host(), C::Resume);
    assert_eq!(world.does(world.p(5), C::TakeBack), [Change::LeadSet { seat: None }]);
    world.refuses(world.p(5), C::Pause, Code::Role);
    // They fall back when the person becomes an observer, or goes.
    world.does(world.host(), over(5));
    world.does(world.host(), C::SetRole { seat: seat(5), role: Role::Observer, keys: None });
    world.does(world.host(), over(6));
    world.does(world.p(6), C::Leave);
    assert_eq!(world.room.meeting().lead, None);
}

#[test]
fn the_scribe_is_somebody_of_the_circle() {
    let mut world = World::usual();
    let name = |n: Option<u8>| C::NameScribe { seat: n.map(seat) };
    world.refuses(world.host(), name(None), Code::Already);
    world.refuses(world.host(), name(Some(7)), Code::Role);
    assert_eq!(
        world.does(world.host(), name(Some(6))),
        [Change::ScribeSet { seat: Some(seat(6)) }]
    );
    world.refuses(world.host(), name(Some(6)), Code::Already);
    world.does(world.p(6), C::Leave);
    assert_eq!(world.room.meeting().scribe, None);
}

#[test]
fn closing_destroys_what_belongs_to_the_meeting_and_says_so() {
    let mut world = World::at("bids");
    for n in 1..=7 {
        let text = world.text(world.p(n), TextKind::Name, 0);
        world.does(world.p(n), C::Put(text));
    }
    for (n, part, kind) in [
        (4, "bids", TextKind::Bid),
        (5, "bids", TextKind::Bid),
        (3, "classic.present", TextKind::Headline),
        (3, "classic.act", TextKind::Action),
        (3, "classic.review", TextKind::Reflection),
        (4, "close", TextKind::Action),
    ] {
        world.go(part);
        let text = world.text(world.p(n), kind, 100 + world.room.seq().0 as u16);
        world.does(world.p(n), C::Put(text));
    }
    let released = world.room.items_of(seat(4)).find(|item| item.kind == TextKind::Action);
    let released = released.unwrap().id;
    world.does(world.p(4), C::ReleaseItem { item: released });
    world.does(world.host(), C::ProposeMode { mode: Mode::Chatham });
    world.does(world.host(), C::HandOver { seat: seat(5) });
    let changes = world.does(world.p(5), C::Close);
    let [Change::Closed { receipt }, Change::AttendanceKept(_)] = &changes[..] else {
        panic!("{changes:?}")
    };
    assert_eq!((receipt.at, receipt.people), (world.now, 7));
    // Of what one person alone can see, nothing is said: a reflection, and an action.
    let destroyed = [(TextKind::Headline, 1), (TextKind::Bid, 2)];
    assert_eq!(receipt.destroyed, destroyed.into());
    assert_eq!(receipt.kept, [(TextKind::Name, 7), (TextKind::Action, 1)].into());
    let kinds: Vec<_> = world.room.items().values().map(|item| item.kind).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == TextKind::Action).count(), 2);
    assert_eq!(kinds.len(), 9, "nothing else is kept");
    let meeting = world.room.meeting();
    assert_eq!(meeting.stage, Stage::Closed);
    assert_eq!(meeting.now.clock, Clock::Stopped);
    assert!(meeting.undo.is_none() && meeting.lead.is_none() && meeting.order.is_empty());
    assert_eq!(world.room.proposal(), None);
    // An action that was released is its owner's alone again.
    let shared = setroom_protocol::view::shared(&world.room);
    assert!(shared.items.values().all(|item| item.kind == TextKind::Name));
    let own = setroom_protocol::view::own(&world.room, device(4)).unwrap();
    assert!(own.items.contains_key(&released));
    world.does(world.p(4), C::WithdrawItem { item: released });
    world.refuses(world.host(), C::Close, Code::Stage);
    world.check_clients();
}

#[test]
fn a_press_from_before_everything_is_stale_and_from_the_future_is_not() {
    let mut world = World::at("check_in");
    assert_eq!(world.ask_on(world.host(), C::Next, Seq(0)), Err(Code::Stale));
    assert!(world.would(world.host(), &C::Next, Seq(u64::MAX)).is_ok());
    world.now = Timestamp(u64::MAX);
    assert!(world.would(world.host(), &C::Next, world.room.seq()).is_ok(), "and time saturates");
}
