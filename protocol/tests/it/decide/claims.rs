//! A seat whose person is there is not taken over without a word: they are asked first.

use std::collections::BTreeMap;

use setroom_protocol::view::{self, ClaimView};
use setroom_protocol::{Claim, Code, Command as C, LinkRole, Role};

use super::names;
use crate::support::*;

const NEW: u8 = 60;

fn knocking(link: LinkRole) -> World {
    let mut world = World::usual();
    let knock = world.knock_as(link, NEW, 99);
    world.around.knock(knock).unwrap();
    world
}

fn ask(n: u8) -> C {
    C::AskSeat { device: device(NEW), seat: seat(n) }
}

fn answer(yes: bool) -> C {
    C::AnswerSeat { device: device(NEW), yes }
}

fn admit(world: &World, n: u8) -> C {
    world.admit(world.host(), device(NEW), Some(seat(n)))
}

/// As the service does with commands that are noted and not recorded.
fn asked(world: &mut World, n: u8) {
    assert_eq!(world.does(world.p(2), ask(n)), []);
    world.around.claim(device(NEW), seat(n));
}

fn answered(world: &mut World, n: u8, yes: bool) {
    assert_eq!(world.does(world.p(n), answer(yes)), []);
    world.around.answer(device(NEW), yes);
}

fn claim(world: &World) -> Option<Claim> {
    view::knocks(&world.room, &world.around)[&device(NEW)].claim
}

#[test]
fn whoever_is_there_is_asked_and_says_yes() {
    let mut world = knocking(LinkRole::Member);
    let host = world.host();
    world.refuses(host, admit(&world, 3), Code::SeatHere);
    asked(&mut world, 3);
    assert_eq!(claim(&world), Some(Claim { seat: seat(3), yes: None }));
    let shown = BTreeMap::from([(device(NEW), ClaimView { at: world.now })]);
    assert_eq!(view::claims(&world.around, seat(3)), shown);
    assert!(view::claims(&world.around, seat(4)).is_empty(), "nobody else is asked");
    // Nobody answers for another, and until then nothing happens.
    world.refuses(world.p(4), answer(true), Code::NoKnock);
    world.refuses(host, answer(true), Code::NoKnock);
    world.refuses(host, admit(&world, 3), Code::SeatHere);
    // Asked again is asked once.
    asked(&mut world, 3);
    answered(&mut world, 3, true);
    assert_eq!(claim(&world), Some(Claim { seat: seat(3), yes: Some(true) }));
    assert!(view::claims(&world.around, seat(3)).is_empty(), "the question is gone");
    world.refuses(host, ask(3), Code::Already);
    // Yes is for this seat and no other.
    world.refuses(host, admit(&world, 4), Code::SeatHere);
    assert_eq!(names(&world.does(host, admit(&world, 3))), ["device_added"]);
    assert_eq!(world.room.device(device(NEW)).unwrap().seat, seat(3));
}

#[test]
fn a_no_stands_as_long_as_that_knock() {
    let mut world = knocking(LinkRole::Member);
    let host = world.host();
    asked(&mut world, 3);
    answered(&mut world, 3, false);
    assert_eq!(claim(&world), Some(Claim { seat: seat(3), yes: Some(false) }));
    let said_no = |world: &mut World| {
        world.refuses(host, admit(world, 3), Code::NotThem);
        world.refuses(host, ask(3), Code::NotThem);
    };
    said_no(&mut world);
    // Not even once they have gone.
    world.goes_away(3);
    said_no(&mut world);
    // Nor after somebody else was asked, whatever they said.
    asked(&mut world, 4);
    said_no(&mut world);
    answered(&mut world, 4, true);
    said_no(&mut world);
    // Nor by knocking again on the same socket.
    let again = world.knock_as(LinkRole::Member, NEW, 98);
    world.around.knock(again).unwrap();
    said_no(&mut world);
    // It may still be somebody new, or the one who said yes.
    for to in [None, Some(seat(4))] {
        let admit = world.admit(host, device(NEW), to);
        assert!(world.would(host, &admit, world.room.seq()).is_ok());
    }
    // Another knock is another question.
    world.around.forget_knock(device(NEW));
    let again = world.knock_as(LinkRole::Member, NEW, 98);
    world.around.knock(again).unwrap();
    assert_eq!(names(&world.does(host, admit(&world, 3))), ["device_added"], "they are away");
}

#[test]
fn a_yes_that_is_taken_back_is_a_no() {
    let mut world = knocking(LinkRole::Member);
    asked(&mut world, 3);
    answered(&mut world, 3, true);
    answered(&mut world, 3, false);
    world.refuses(world.host(), admit(&world, 3), Code::NotThem);
}

#[test]
fn whoever_is_away_cannot_be_asked_and_need_not_be() {
    let mut world = knocking(LinkRole::Member);
    world.goes_away(3);
    world.refuses(world.host(), ask(3), Code::Already);
    world.refuses(world.p(3), answer(true), Code::NoKnock);
    assert_eq!(names(&world.does(world.host(), admit(&world, 3))), ["device_added"]);
    // Asked while they were there, and gone before they answered: as if they had not been asked.
    let mut world = knocking(LinkRole::Member);
    asked(&mut world, 3);
    world.goes_away(3);
    world.does(world.host(), admit(&world, 3));
}

/// A facilitator cannot get round the question by sending the person out of the room first.
#[test]
fn whoever_was_sent_back_to_the_lobby_keeps_their_seat_to_themselves() {
    let mut world = knocking(LinkRole::Member);
    let host = world.host();
    world.does(host, C::SendToLobby { seat: seat(3) });
    world.goes_away(3);
    world.refuses(host, admit(&world, 3), Code::InLobby);
    world.refuses(host, ask(3), Code::InLobby);
    // Not even with a yes from before.
    world.around.claim(device(NEW), seat(3));
    world.around.answer(device(NEW), true);
    world.refuses(host, admit(&world, 3), Code::InLobby);
    world.does(host, C::BringBack { seat: seat(3) });
    assert_eq!(names(&world.does(host, admit(&world, 3))), ["device_added"]);
}

#[test]
fn asking_needs_a_knock_a_seat_and_a_link_that_fits() {
    let mut world = knocking(LinkRole::Member);
    let host = world.host();
    world.refuses(host, C::AskSeat { device: device(61), seat: seat(3) }, Code::NoKnock);
    world.refuses(host, C::AnswerSeat { device: device(61), yes: true }, Code::NoKnock);
    world.refuses(host, ask(50), Code::NoSeat);
    for n in [3, 4, 7] {
        world.refuses(world.p(n), ask(3), Code::Role);
    }
    // A browser that has that very seat needs no question; its own seat is its own.
    let knock = world.knock_as(LinkRole::Member, 4, 99);
    world.around.knock(knock).unwrap();
    world.refuses(host, C::AskSeat { device: device(4), seat: seat(4) }, Code::Already);
    world.does(host, world.admit(host, device(4), Some(seat(4))));
}

/// Columns: a co-facilitator's, a member's, an observer's link. Seats: host, co-facilitator, member,
/// trainee, observer by link, observer who came as a member.
#[test]
fn which_link_fits_which_seat() {
    const FITS: [(LinkRole, [bool; 6]); 3] = [
        (LinkRole::CoFacilitator, [false, true, false, false, false, false]),
        (LinkRole::Member, [false, false, true, true, true, true]),
        (LinkRole::Observer, [false, false, false, false, true, true]),
    ];
    for (link, row) in FITS {
        for (n, fits) in [1, 2, 3, 4, 7, 5].into_iter().zip(row) {
            let mut world = knocking(link);
            let host = world.host();
            world.does(host, C::SetRole { seat: seat(4), role: Role::Trainee, keys: None });
            world.does(host, C::SetRole { seat: seat(5), role: Role::Observer, keys: None });
            let (asks, admits) = if fits {
                (None, Some(Code::SeatHere))
            } else {
                (Some(Code::Role), Some(Code::Role))
            };
            assert_eq!(world.would(host, &ask(n), world.room.seq()).err(), asks, "{link:?} {n}");
            let admit_there = admit(&world, n);
            assert_eq!(world.would(host, &admit_there, world.room.seq()).err(), admits);
            world.goes_away(n);
            let away = admit(&world, n);
            let answer = world.would(host, &away, world.room.seq());
            assert_eq!(answer.err(), (!fits).then_some(Code::Role), "{link:?} {n}");
        }
    }
    // Whoever came as an observer and is a member by now comes back by the link that they have.
    let mut world = knocking(LinkRole::Observer);
    world.does(world.host(), C::SetRole { seat: seat(7), role: Role::Member, keys: None });
    world.goes_away(7);
    assert_eq!(names(&world.does(world.host(), admit(&world, 7))), ["device_added"]);
}

#[test]
fn whoever_is_asked_can_answer_before_they_agree_to_the_charter() {
    let mut world = World::usual();
    world.does(world.host(), C::Start);
    world.go("classic.explore");
    world.refuses(world.p(3), C::Tick { on: true }, Code::CharterFirst);
    let knock = world.knock_as(LinkRole::Member, NEW, 99);
    world.around.knock(knock).unwrap();
    asked(&mut world, 3);
    answered(&mut world, 3, true);
}
