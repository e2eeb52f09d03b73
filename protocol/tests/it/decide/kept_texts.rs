//! What somebody keeps for themselves over meetings, and what the set is for, with its day to look again.

use setroom_protocol::method::See;
use setroom_protocol::room::LookedAt;
use setroom_protocol::{Code, Command as C, Mode, Put, TextKind, limits, view};

use crate::support::*;

const QUESTION: u16 = 70;
const FRAMEWORK: u16 = 80;
const DAY_MS: u64 = 86_400_000;

fn next(world: &mut World) {
    let keys = world.keys(world.host().device, None);
    let n = 0x21 + u8::try_from(world.room.series().held.len()).unwrap();
    world.does(world.host(), next_meeting(later_meeting(n), keys));
}

#[test]
fn a_learning_question_is_kept_at_any_time_and_its_owner_alone_is_sent_it() {
    let mut world = World::usual();
    let key = world.own_key_of(seat(4), 1);
    world.does(world.p(4), C::OwnKey(key));
    let mut written = 0;
    let mut write = |world: &mut World| {
        let places: Vec<_> = world.clients.iter().map(|(id, all)| (*id, all.log.len())).collect();
        let put = world.own_text(world.p(4), TextKind::LearningQuestion, QUESTION);
        let seq = world.room.seq();
        world.does(world.p(4), C::Put(put.clone()));
        written += 1;
        assert_eq!(world.room.items()[&item(QUESTION)].rev, written);
        assert_eq!(world.room.seq(), seq, "it takes no place in the order that others see");
        for (id, before) in places {
            let told = world.clients[&id].log.len() > before;
            assert_eq!(told, id == device(4), "{id} at {:?}", world.room.meeting().stage);
            let has = world.clients[&id].log.iter().any(|log| log.contains(put.sealed.as_str()));
            assert_eq!(has, id == device(4));
        }
    };
    write(&mut world);
    world.everyone_agrees();
    world.does(world.host(), C::Start);
    write(&mut world);
    world.go("bids");
    write(&mut world);
    world.does(world.host(), C::Close);
    write(&mut world);
    next(&mut world);
    write(&mut world);
    let others = world.text(world.p(5), TextKind::LearningQuestion, QUESTION);
    world.refuses(world.p(5), C::Put(others), Code::NotYours);
    let observer = world.text(world.p(7), TextKind::LearningQuestion, 71);
    world.refuses(world.p(7), C::Put(observer), Code::Role);
    world.check_clients();
}

#[test]
fn a_learning_question_has_a_size_and_a_number_of_parts() {
    let mut world = World::usual();
    assert_eq!(TextKind::LearningQuestion.largest_bucket(), limits::LEARNING_BYTES + 1);
    for n in 0..limits::LEARNING_PARTS {
        let mut part = world.text(world.p(4), TextKind::LearningQuestion, 100 + n as u16);
        part.sealed = boxed(1, limits::LEARNING_BYTES + 1, n as u32);
        world.does(world.p(4), C::Put(part));
    }
    let more = world.text(world.p(4), TextKind::LearningQuestion, 120);
    world.refuses(world.p(4), C::Put(more), Code::Items);
    // One that is there can be written again, and taken back.
    let again = world.text(world.p(4), TextKind::LearningQuestion, 100);
    world.does(world.p(4), C::Put(again));
    world.does(world.p(4), C::WithdrawItem { item: item(101) });
    let more = world.text(world.p(4), TextKind::LearningQuestion, 120);
    world.does(world.p(4), C::Put(more));
    // Whoever has yet to agree to the ground rules writes for themselves all the same.
    world.does(world.host(), C::Start);
    world.go("bids");
    let again = world.text(world.p(4), TextKind::LearningQuestion, 100);
    world.does(world.p(4), C::Put(again));
}

#[test]
fn what_was_shown_of_a_learning_question_is_its_owners_again_after_the_close() {
    let mut world = World::usual();
    world.everyone_agrees();
    world.does(world.host(), C::Start);
    let part = world.text(world.p(4), TextKind::LearningQuestion, QUESTION);
    world.does(world.p(4), C::Put(part));
    assert!(!view::shared(&world.room).items.contains_key(&item(QUESTION)));
    world.does(world.p(4), C::ReleaseItem { item: item(QUESTION) });
    assert!(view::shared(&world.room).items.contains_key(&item(QUESTION)));
    world.does(world.host(), C::Close);
    assert_eq!(world.room.items()[&item(QUESTION)].see, See::Owner);
    assert!(!view::shared(&world.room).items.contains_key(&item(QUESTION)));
    world.check_clients();
}

#[test]
fn what_was_to_be_shown_in_one_meeting_is_sealed_anew_before_it_is_shown_in_the_next() {
    let mut world = World::usual();
    world.everyone_agrees();
    world.does(world.host(), C::Start);
    let part = world.text(world.p(4), TextKind::LearningQuestion, QUESTION);
    world.does(world.p(4), C::Put(part));
    // The press is on its way, and comes once those of the next meeting are there.
    let release = C::ReleaseItem { item: item(QUESTION) };
    world.does(world.host(), C::Close);
    next(&mut world);
    world.refuses(world.p(4), release.clone(), Code::StaleEpoch);
    let again = world.text(world.p(4), TextKind::LearningQuestion, QUESTION);
    world.does(world.p(4), C::Put(again));
    world.does(world.p(4), release);
    assert!(view::shared(&world.room).items.contains_key(&item(QUESTION)));
    world.check_clients();
}

#[test]
fn the_framework_is_written_by_those_with_the_controls_and_outlives_every_meeting() {
    for mode in Mode::ALL {
        let mut world = World::usual();
        if mode != Mode::Set {
            world.does(world.host(), C::SetMode { mode });
        }
        let member = world.text(world.p(4), TextKind::Framework, FRAMEWORK);
        world.refuses(world.p(4), C::Put(member), Code::Role);
        let framework = world.text(world.p(2), TextKind::Framework, FRAMEWORK);
        world.does(world.p(2), C::Put(framework));
        let second = world.text(world.host(), TextKind::Framework, 81);
        world.refuses(world.host(), C::Put(second), Code::Already);
        world.everyone_agrees();
        world.does(world.host(), C::Start);
        world.does(world.host(), C::Close);
        // Between the meetings too, and people have agreed to nothing anew by it.
        let again = world.text(world.p(2), TextKind::Framework, FRAMEWORK);
        world.does(world.p(2), C::Put(again));
        next(&mut world);
        let shown = view::shared(&world.room).items;
        assert_eq!(shown[&item(FRAMEWORK)].kind, TextKind::Framework, "{mode:?}");
        world.check_clients();
    }
}

#[test]
fn it_is_time_to_look_again_is_counted_without_saying_whose() {
    let mut world = World::usual();
    let look = |on| C::LookAgain { of: LookedAt::Charter, on };
    let asked = |world: &World| view::shared(&world.room).reviews[&LookedAt::Charter].asked;
    world.refuses(world.p(3), look(false), Code::Already);
    world.does(world.p(3), look(true));
    world.refuses(world.p(3), look(true), Code::Already);
    world.refuses(world.p(7), look(true), Code::Role);
    world.does(world.p(5), look(true));
    assert_eq!(asked(&world), 2);
    let told = world.client(6).log.last().unwrap().clone();
    assert!(told.contains("look_asked") && !told.contains(&seat(5).to_string()), "{told}");
    let mine = |n| view::own(&world.room, device(n)).unwrap().looks.len();
    assert_eq!([1, 3, 4, 5].map(mine), [0, 1, 0, 1]);
    world.does(world.p(5), look(false));
    assert_eq!(asked(&world), 1);
    // It outlives the meeting; with another day everybody has been heard.
    world.everyone_agrees();
    world.does(world.host(), C::Start);
    world.does(world.host(), C::Close);
    next(&mut world);
    assert_eq!(asked(&world), 1);
    let at = Some(world.now.plus(90 * DAY_MS));
    world.refuses(world.p(3), C::SetReview { of: LookedAt::Charter, at }, Code::Role);
    world.does(world.host(), C::SetReview { of: LookedAt::Charter, at });
    let shown = view::shared(&world.room).reviews[&LookedAt::Charter].clone();
    assert_eq!((shown.at, shown.asked), (at, 0));
    let never = Some(world.now.plus((u64::from(limits::MEETING_AHEAD_DAYS) + 1) * DAY_MS));
    world.refuses(world.host(), C::SetReview { of: LookedAt::Charter, at: never }, Code::Range);
    world.does(world.host(), C::SetReview { of: LookedAt::Charter, at: None });
    // Whoever leaves is not counted any more.
    world.does(world.p(3), look(true));
    world.does(world.p(3), C::Leave);
    assert_eq!(asked(&world), 0);
    world.check_clients();
}

#[test]
fn what_is_under_an_own_key_says_of_which_meeting_it_is_and_comes_too_late_for_another() {
    let mut world = World::usual();
    let key = world.own_key_of(seat(4), 1);
    world.does(world.p(4), C::OwnKey(key));
    let of = |world: &World, meeting| Put {
        meeting,
        ..world.own_text(world.p(4), TextKind::LearningQuestion, QUESTION)
    };
    let first = world.room.meeting().id;
    world.everyone_agrees();
    world.does(world.host(), C::Start);
    world.does(world.p(4), C::Put(of(&world, Some(first))));
    world.does(world.host(), C::Close);
    // The meeting is the one that was, until another one opens.
    world.does(world.p(4), C::Put(of(&world, Some(first))));
    next(&mut world);
    // Its key is as it was, so nothing else tells that this box was made before.
    world.refuses(world.p(4), C::Put(of(&world, Some(first))), Code::StaleEpoch);
    world.refuses(world.p(4), C::Put(of(&world, Some(later_meeting(0x30)))), Code::StaleEpoch);
    let now = world.room.meeting().id;
    world.does(world.p(4), C::Put(of(&world, Some(now))));
    // A page from before that was said goes on.
    world.does(world.p(4), C::Put(of(&world, None)));
    world.check_clients();
}
