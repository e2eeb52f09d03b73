//! Rounds: everyone in circle order, one go each, pass allowed, come back to me.

use setroom_protocol::room::TurnState::{self, Done, Later, Now, Passed, Waiting};
use setroom_protocol::{Change, Code, Command as C, TextKind, view};

use super::{names, round};
use crate::support::*;

fn turned(turns: &[(u8, TurnState)]) -> Change {
    Change::RoundTurned { turns: turns.iter().map(|(n, is)| (seat(*n), *is)).collect() }
}

fn stands(world: &World, expected: &[(u8, TurnState)]) {
    let expected: Vec<_> = expected.iter().map(|(n, is)| (seat(*n), *is)).collect();
    assert_eq!(round(world), expected);
}

#[test]
fn a_round_goes_by_places_with_the_facilitators_last() {
    let world = World::at("check_in");
    stands(
        &world,
        &[(3, Now), (4, Waiting), (5, Waiting), (6, Waiting), (2, Waiting), (1, Waiting)],
    );
}

#[test]
fn a_round_in_a_slot_is_the_members_and_the_presenter_listens() {
    let world = World::at("classic.resonance");
    stands(&world, &[(4, Now), (5, Waiting), (6, Waiting)]);
    // Where the presenter speaks they are last.
    let world = World::running("case_clinic", "clinic.close");
    stands(&world, &[(4, Now), (5, Waiting), (6, Waiting), (3, Waiting)]);
    // Also when it is a facilitator who presents.
    let mut world = World::running("case_clinic", "clinic.roles");
    world.does(world.host(), C::ChoosePresenter { seat: Some(seat(2)) });
    world.go("clinic.close");
    stands(&world, &[(3, Now), (4, Waiting), (5, Waiting), (6, Waiting), (2, Waiting)]);
    // Where they are a member like the others they are neither first nor last.
    for (template, part) in [
        ("wial", "wial.skill"),
        ("wial", "wial.read"),
        ("wial", "wial.learn"),
        ("gossip", "gossip.review"),
        ("kollegiale", "koll.share"),
    ] {
        let mut world = World::running(template, part);
        stands(&world, &[(4, Now), (3, Waiting), (5, Waiting), (6, Waiting)]);
        world.does(world.host(), C::ChoosePresenter { seat: Some(seat(6)) });
        stands(&world, &[(3, Now), (6, Waiting), (4, Waiting), (5, Waiting)]);
    }
    // Not somebody who was sent to the lobby.
    let mut world = World::at("classic.act");
    world.does(world.host(), C::SendToLobby { seat: seat(5) });
    world.go("classic.resonance");
    stands(&world, &[(4, Now), (6, Waiting)]);
}

#[test]
fn turns_end_pass_and_come_back() {
    let mut world = World::at("check_in");
    let p = |n: u8| Person { seat: seat(n), device: device(n) };
    assert_eq!(world.does(p(3), C::EndRoundTurn), [turned(&[(3, Done), (4, Now)])]);
    assert_eq!(world.does(p(4), C::LaterTurn), [turned(&[(4, Later), (5, Now)])]);
    assert_eq!(world.does(p(5), C::PassTurn), [turned(&[(5, Passed), (6, Now)])]);
    world.refuses(p(5), C::EndRoundTurn, Code::NotYours);
    world.refuses(p(7), C::EndRoundTurn, Code::Role);
    assert_eq!(world.does(p(1), C::EndRoundTurn), [turned(&[(6, Done), (2, Now)])]);
    assert_eq!(world.does(p(2), C::EndRoundTurn), [turned(&[(2, Done), (1, Now)])]);
    assert_eq!(world.does(p(1), C::LaterTurn), [turned(&[(1, Later), (4, Now)])]);
    assert_eq!(world.does(p(4), C::EndRoundTurn), [turned(&[(4, Done), (1, Now)])]);
    // Nobody is left to go first.
    world.refuses(p(1), C::LaterTurn, Code::Already);
    assert_eq!(world.does(p(1), C::PassTurn), [turned(&[(1, Passed)])]);
    for command in [C::EndRoundTurn, C::PassTurn, C::LaterTurn] {
        world.refuses(p(1), command, Code::NoTurn);
    }
}

#[test]
fn a_round_starts_from_anybody_in_it() {
    let mut world = World::at("check_in");
    world.does(world.p(3), C::EndRoundTurn);
    let changes = world.does(world.host(), C::StartRound { seat: seat(6) });
    let order = [6, 2, 1, 3, 4, 5].map(seat).to_vec();
    assert_eq!(changes, [Change::RoundStarted { order }]);
    assert_eq!(world.room.round_turn(), Some(seat(6)));
    world.refuses(world.host(), C::StartRound { seat: seat(7) }, Code::NoSeat);
    world.go("classic.explore");
    world.refuses(world.host(), C::StartRound { seat: seat(5) }, Code::NoRound);
    world.go("classic.resonance");
    world.refuses(world.host(), C::StartRound { seat: seat(3) }, Code::NoSeat);
}

#[test]
fn a_press_on_an_older_turn_ends_nobodys() {
    let mut world = World::at("check_in");
    let seen = world.room.seq();
    world.does(world.p(3), C::EndRoundTurn);
    assert_eq!(world.ask_on(world.host(), C::EndRoundTurn, seen), Err(Code::Stale));
    // Also when the turn went on because somebody left.
    let seen = world.room.seq();
    world.does(world.p(4), C::Leave);
    assert_eq!(world.room.round_turn(), Some(seat(5)));
    assert_eq!(world.ask_on(world.host(), C::EndRoundTurn, seen), Err(Code::Stale));
    world.does(world.host(), C::Hold);
    world.refuses(world.host(), C::EndRoundTurn, Code::Holding);
}

#[test]
fn the_turn_of_who_leaves_goes_on() {
    let mut world = World::at("check_in");
    world.does(world.p(3), C::LaterTurn);
    for (n, next) in [(4, 5), (5, 6), (6, 2), (2, 1)] {
        assert_eq!(world.room.round_turn(), Some(seat(n)));
        world.does(world.p(n), C::Leave);
        assert_eq!(world.room.round_turn(), Some(seat(next)));
    }
    world.does(world.p(1), C::EndRoundTurn);
    assert_eq!(world.room.round_turn(), Some(seat(3)), "who asked to come later is last");
}

#[test]
fn a_hidden_text_opens_with_its_authors_turn() {
    let mut world = World::running("question_gift", "gift.write");
    for n in [4, 5, 6] {
        let text = world.text(world.p(n), TextKind::Question, u16::from(n));
        world.does(world.p(n), C::Put(text));
    }
    world.go("gift.give");
    let opened = world.does(world.p(4), C::EndRoundTurn);
    let released = Change::ItemReleased { item: item(4) };
    assert_eq!(opened, [turned(&[(4, Done), (5, Now)]), released]);
    assert_eq!(names(&world.does(world.p(5), C::LaterTurn)), ["round_turned"], "not on later");
    assert_eq!(names(&world.does(world.p(6), C::PassTurn)), ["round_turned"], "not on a pass");
    assert_eq!(names(&world.does(world.p(5), C::EndRoundTurn)), ["round_turned", "item_released"]);
}

#[test]
fn what_was_passed_on_stays_hidden_in_every_later_round() {
    let mut world = World::running("question_gift", "gift.write");
    let text = world.text(world.p(4), TextKind::Question, 4);
    world.does(world.p(4), C::Put(text));
    world.go("gift.give");
    world.does(world.p(4), C::PassTurn);
    // Sealed again under a new key, it is still the text of that part.
    let keys = world.keys(device(1), None);
    world.does(world.host(), C::Rekey { keys });
    world.go("gift.act");
    let again = world.text(world.p(4), TextKind::Question, 4);
    world.does(world.p(4), C::Put(again));
    for part in ["process_review", "close"] {
        world.go(part);
        while let Some(turn) = world.room.round_turn() {
            let changes = world.does(world.of(turn), C::EndRoundTurn);
            assert_eq!(names(&changes), ["round_turned"], "{part}");
        }
    }
    let shared = view::shared(&world.room);
    assert!(shared.items.is_empty());
}

#[test]
fn a_turn_is_somebodys_since_it_came_to_them() {
    let mut world = World::at("check_in");
    let since = |world: &World| view::shared(&world.room).turn_since;
    let begun = since(&world).unwrap();
    assert_eq!(begun, world.now);
    world.passes(90_000);
    world.does(world.p(4), C::Tick { on: true });
    assert_eq!(since(&world), Some(begun), "what else happens is nothing to it");
    world.does(world.p(3), C::EndRoundTurn);
    assert_eq!(since(&world), Some(world.now));
    // An undo brings back since when it was the other's; whoever goes leaves theirs to the next now.
    world.passes(5_000);
    world.does(world.host(), C::Undo);
    assert_eq!(since(&world), Some(begun));
    world.does(world.p(3), C::Leave);
    assert_eq!(since(&world), Some(world.now));
    // The same person begins again in the next part, and where no round is nobody has a turn.
    world.passes(5_000);
    world.does(world.host(), C::StartRound { seat: seat(4) });
    assert_eq!(since(&world), Some(world.now));
    world.does(world.host(), C::Next);
    assert_eq!(since(&world), None);
    world.check_clients();
}
