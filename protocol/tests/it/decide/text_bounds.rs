//! How long a text may be, and how many a set keeps.

use setroom_protocol::{Code, Command as C, Put, TextKind, limits};

use super::texts::put;
use crate::support::*;

#[test]
fn texts_have_their_sizes() {
    for kind in TextKind::ALL {
        let largest = match kind {
            TextKind::Name => 256,
            TextKind::Action | TextKind::Charter | TextKind::Framework => 4096,
            TextKind::LearningQuestion => 8192,
            _ => 1024,
        };
        assert_eq!(kind.largest_bucket(), largest, "{kind:?}");
    }
    let mut world = World::at("action_review");
    let mut long = put(&world, 3, TextKind::Action, 1);
    long.sealed = boxed(1, 8192, 1);
    world.refuses(world.p(3), C::Put(long.clone()), Code::LongText);
    long.sealed = boxed(1, 4096, 1);
    world.does(world.p(3), C::Put(long));
}

/// Writes an action of 4 KiB if that is allowed, and shows it to all if that is wished.
fn writes(world: &mut World, n: u8, id: u16, shows: bool) -> Result<(), Code> {
    let text = large(world, n, id);
    let item = text.item;
    // The laws of the frames are not at stake here, so the room alone is moved.
    moves(world, n, C::Put(text))?;
    if shows { moves(world, n, C::ReleaseItem { item }) } else { Ok(()) }
}

fn large(world: &World, n: u8, id: u16) -> Put {
    Put { sealed: boxed(1, 4096, 1), ..put(world, n, TextKind::Action, id) }
}

fn moves(world: &mut World, n: u8, command: C) -> Result<(), Code> {
    for change in world.would(world.p(n), &command, world.room.seq())? {
        let (seq, at) = (world.room.next_seq(), world.now);
        world.room.apply(&setroom_protocol::Recorded { seq, at, by: None, re: None, change });
    }
    Ok(())
}

/// A room with enough people to fill it.
fn room_of_eight() -> World {
    let mut world = World::at("action_review");
    let more = world.joins(setroom_protocol::LinkRole::Member);
    world.does(more, C::AgreeCharter);
    world
}

/// How many texts some people can show until there is no room.
fn shown_until_full(world: &mut World) -> usize {
    for (id, n) in (1000..).zip([4, 5, 6, 2, 1, 8].into_iter().cycle()) {
        if let Err(code) = writes(world, n, id, true) {
            assert_eq!(code, Code::SealedBytes);
            return usize::from(id - 1000);
        }
    }
    unreachable!("there is a bound")
}

#[test]
fn texts_are_bounded_by_number_and_by_bytes() {
    let mut world = room_of_eight();
    for n in 0..limits::ITEMS_PER_SEAT as u16 {
        let text = C::Put(put(&world, 3, TextKind::Action, n));
        world.does(world.p(3), text);
    }
    let more = C::Put(put(&world, 3, TextKind::Action, 900));
    world.refuses(world.p(3), more, Code::Items);
    let revision = C::Put(put(&world, 3, TextKind::Action, 0));
    world.does(world.p(3), revision);
    assert_eq!(shown_until_full(&mut world), limits::SEALED_BYTES / 4096);
    // What a revision replaces is not counted twice.
    let mut revision = large(&world, 4, 1000);
    (revision.rev, revision.sealed) = (2, boxed(1, 4096, 2));
    assert!(world.would(world.p(4), &C::Put(revision), world.room.seq()).is_ok());
}

#[test]
fn of_what_others_do_not_see_each_has_their_share() {
    let mut world = room_of_eight();
    for n in [3, 1] {
        for id in 0..24 {
            assert_eq!(writes(&mut world, n, u16::from(n) * 100 + id, false), Ok(()));
        }
        assert_eq!(writes(&mut world, n, 900, false), Err(Code::SealedBytes));
        // What is shown counts there no more.
        let item = large(&world, n, u16::from(n) * 100).item;
        assert_eq!(moves(&mut world, n, C::ReleaseItem { item }), Ok(()));
        assert_eq!(writes(&mut world, n, 900 + u16::from(n), false), Ok(()));
    }
}

// A refusal for want of room does not count what others keep to themselves
#[test]
fn whoever_fills_the_room_learns_nothing_of_texts_that_they_do_not_see() {
    let refused_at = [0, 1, 24].map(|kept| {
        let mut world = room_of_eight();
        for id in 0..kept {
            assert_eq!(writes(&mut world, 3, id, false), Ok(()));
        }
        let shown = shown_until_full(&mut world);
        let unseen = (0..).find(|id| writes(&mut world, 5, 3000 + id, false).is_err());
        (shown, unseen)
    });
    assert_eq!(refused_at, [refused_at[0]; 3]);
}
