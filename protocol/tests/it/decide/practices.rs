//! Practices: proposed by the owner of an action, adopted by the taps of all who are there, kept where the
//! mode keeps them, and let go in the same way.

use setroom_protocol::method::See;
use setroom_protocol::room::Decided;
use setroom_protocol::{Change, Code, Command as C, Mode, TextKind, limits, view};

use super::names;
use crate::support::*;

const ACTION: u16 = 40;
const PRACTICE: u16 = 41;

/// The usual set at its action review: 4 has an action.
fn reviewing(mode: Mode) -> World {
    let mut world = World::usual();
    if mode != Mode::Set {
        world.does(world.host(), C::SetMode { mode });
    }
    world.everyone_agrees();
    world.does(world.host(), C::Start);
    world.go("action_review");
    let action = world.text(world.p(4), TextKind::Action, ACTION);
    world.does(world.p(4), C::Put(action));
    world
}

fn propose(world: &mut World) {
    let practice = world.practice(world.p(4), PRACTICE, ACTION);
    world.does(world.p(4), C::Put(practice));
}

fn answer(yes: bool) -> C {
    C::AnswerPractice { item: item(PRACTICE), yes }
}

/// All who are there agree to what the set is asked, but for those who have.
fn all_agree(world: &mut World, but: u8) -> Vec<Change> {
    let others = (1..=6).filter(|n| *n != but);
    others.map(|n| world.does(world.p(n), answer(true))).last().unwrap()
}

fn adopted(mode: Mode) -> World {
    let mut world = reviewing(mode);
    propose(&mut world);
    all_agree(&mut world, 4);
    world
}

#[test]
fn the_set_adopts_it_by_the_tap_of_all_who_are_there() {
    let mut world = reviewing(Mode::Set);
    propose(&mut world);
    let shown = |world: &World| view::shared(&world.room).practices[&item(PRACTICE)].clone();
    assert_eq!((shown(&world).taps, shown(&world).adopted_at), (Some(1), None), "its owner agrees");
    world.refuses(world.p(4), answer(true), Code::Already);
    world.refuses(world.p(7), answer(true), Code::Role);
    for n in [1, 2, 3, 5] {
        let tapped = Change::PracticeTapped { item: item(PRACTICE), seat: seat(n) };
        assert_eq!(world.does(world.p(n), answer(true)), [tapped]);
        assert_eq!(shown(&world).adopted_at, None, "not before the last one");
    }
    let last = world.does(world.p(6), answer(true));
    assert_eq!(names(&last), ["practice_tapped", "practice_decided"]);
    assert_eq!((shown(&world).taps, shown(&world).adopted_at), (None, Some(world.now)));
    world.refuses(world.p(6), answer(true), Code::Stale);
    world.check_clients();
}

#[test]
fn only_the_owner_of_an_action_proposes_what_it_taught_and_once() {
    let mut world = reviewing(Mode::Set);
    let theirs = world.practice(world.p(5), PRACTICE, ACTION);
    world.refuses(world.p(5), C::Put(theirs), Code::NoItem);
    let of_nothing = world.practice(world.p(4), PRACTICE, 99);
    world.refuses(world.p(4), C::Put(of_nothing), Code::NoItem);
    let of_none = world.text(world.p(4), TextKind::Practice, PRACTICE);
    world.refuses(world.p(4), C::Put(of_none), Code::Kind);
    let mut action = world.text(world.p(4), TextKind::Action, 44);
    action.action = Some(item(ACTION));
    world.refuses(world.p(4), C::Put(action), Code::Kind);
    propose(&mut world);
    let again = world.practice(world.p(4), 45, ACTION);
    world.refuses(world.p(4), C::Put(again), Code::Already);
    // What people have agreed to says nothing else afterwards.
    let other = world.practice(world.p(4), PRACTICE, ACTION);
    world.refuses(world.p(4), C::Put(other), Code::Already);
    world.refuses(world.p(4), C::ReleaseItem { item: item(PRACTICE) }, Code::Kind);
    // A key that changes moves nothing.
    let keys = world.keys(world.host().device, None);
    world.does(world.host(), C::Rekey { keys });
    let sealed_again = world.practice(world.p(4), PRACTICE, ACTION);
    world.does(world.p(4), C::Put(sealed_again));
    let own = view::own(&world.room, device(4)).unwrap();
    assert_eq!(own.practice_of, [(item(PRACTICE), item(ACTION))].into());
    assert_eq!(view::own(&world.room, device(5)).unwrap().practice_of, [].into());
    let action = world.text(world.p(4), TextKind::Action, 44);
    world.does(world.p(4), C::Put(action));
    world.go("bids");
    let elsewhere = world.practice(world.p(4), 46, 44);
    world.refuses(world.p(4), C::Put(elsewhere), Code::Kind);
    world.check_clients();
}

#[test]
fn one_no_is_nobodys_and_ends_it() {
    let mut world = reviewing(Mode::Set);
    propose(&mut world);
    world.does(world.p(3), answer(true));
    let before = world.records.len();
    let no = world.does(world.p(5), answer(false));
    assert_eq!(no, [Change::PracticeDecided { item: item(PRACTICE), is: Decided::Declined }]);
    assert_eq!(world.records[before].by, None, "not even in the journal");
    let told = world.client(6).log.last().unwrap().clone();
    assert!(told.contains("practice_decided") && !told.contains(&seat(5).to_string()), "{told}");
    assert!(!world.room.items().contains_key(&item(PRACTICE)));
    assert!(world.room.items().contains_key(&item(ACTION)), "the action is its owner's");
    assert_eq!(view::shared(&world.room).practices, [].into());
    world.check_clients();
}

#[test]
fn who_has_agreed_is_told_to_nobody_else() {
    let mut world = reviewing(Mode::Set);
    propose(&mut world);
    world.does(world.p(3), answer(true));
    let told = world.client(6).log.last().unwrap().clone();
    assert!(told.contains("practice_tapped") && !told.contains(&seat(3).to_string()), "{told}");
    let taps = |n| view::own(&world.room, device(n)).unwrap().practice_taps.len();
    assert_eq!([1, 3, 4, 5].map(taps), [0, 1, 1, 0]);
}

#[test]
fn whoever_is_away_is_waited_for_a_while_and_no_longer() {
    let mut world = reviewing(Mode::Set);
    propose(&mut world);
    for n in [1, 2, 3, 5] {
        world.does(world.p(n), answer(true));
    }
    world.goes_away(6);
    world.passes(limits::ABSENT_AFTER_MS - 1);
    assert_eq!(world.ticks(), []);
    world.passes(1);
    let decided = Change::PracticeDecided { item: item(PRACTICE), is: Decided::Adopted };
    assert_eq!(world.ticks(), [decided]);
}

#[test]
fn it_is_let_go_again_by_the_tap_of_all_and_stays_by_one_no() {
    let mut world = adopted(Mode::Set);
    let go = C::LetPracticeGo { item: item(PRACTICE) };
    world.does(world.p(3), go.clone());
    world.refuses(world.p(5), go.clone(), Code::Already);
    world.does(world.p(5), answer(false));
    assert!(view::shared(&world.room).practices[&item(PRACTICE)].adopted_at.is_some());
    world.does(world.p(3), go);
    let last = all_agree(&mut world, 3);
    assert_eq!(names(&last), ["practice_tapped", "practice_decided"]);
    assert!(!world.room.items().contains_key(&item(PRACTICE)));
    world.check_clients();
}

#[test]
fn the_set_keeps_what_it_adopted_where_the_mode_does() {
    for mode in Mode::ALL {
        let mut world = adopted(mode);
        let action = world.text(world.p(5), TextKind::Action, 50);
        world.does(world.p(5), C::Put(action));
        let proposed = world.practice(world.p(5), 51, 50);
        world.does(world.p(5), C::Put(proposed));
        world.does(world.host(), C::Close);
        assert!(!world.room.items().contains_key(&item(51)), "what was only proposed is gone");
        let receipt = world.room.meeting().receipt.clone().unwrap();
        assert_eq!(receipt.kept.get(&TextKind::Practice), Some(&1), "{mode:?}");
        assert_eq!(receipt.destroyed.get(&TextKind::Practice), Some(&1), "{mode:?}");
        let sees = if mode == Mode::Double { See::Owner } else { See::Everyone };
        assert_eq!(world.room.items()[&item(PRACTICE)].see, sees, "{mode:?}");
        let shown = view::shared(&world.room).practices.contains_key(&item(PRACTICE));
        assert_eq!(shown, mode != Mode::Double, "{mode:?}");
        world.refuses(world.p(3), C::LetPracticeGo { item: item(PRACTICE) }, Code::Stage);
        let keys = world.keys(world.host().device, None);
        world.does(world.host(), next_meeting(later_meeting(0x21), keys));
        assert_eq!(world.room.items()[&item(PRACTICE)].see, sees, "{mode:?}, a meeting later");
        if mode == Mode::Double {
            // Nothing comes back into the set's sight by another mode.
            world.everyone_agrees();
            world.does(world.host(), C::Start);
            world.does(world.host(), C::ProposeMode { mode: Mode::Set });
            world.everyone_agrees_to_the_mode();
            assert_eq!(world.room.mode(), Mode::Set);
            world.refuses(world.p(3), C::LetPracticeGo { item: item(PRACTICE) }, Code::NoItem);
            world.does(world.host(), C::Close);
            assert_eq!(world.room.items()[&item(PRACTICE)].see, See::Owner);
        }
        world.check_clients();
    }
}

#[test]
fn whoever_takes_their_text_back_takes_the_practice_with_it() {
    let mut world = adopted(Mode::Set);
    world.does(world.p(3), C::LetPracticeGo { item: item(PRACTICE) });
    world.refuses(world.p(3), C::WithdrawItem { item: item(PRACTICE) }, Code::NotYours);
    world.does(world.p(4), C::WithdrawItem { item: item(PRACTICE) });
    assert!(world.room.practices().is_empty());
    world.refuses(world.p(5), answer(true), Code::NoItem);
    world.check_clients();
}
