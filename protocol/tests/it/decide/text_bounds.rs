//! How long a text may be, and how many a set keeps.

use setroom_protocol::{Code, Command as C, Put, TextKind, limits};

use super::texts::put;
use crate::support::*;

#[test]
fn texts_have_their_sizes() {
    for kind in TextKind::ALL {
        let largest = match kind {
            TextKind::Name => 256,
            TextKind::Action | TextKind::Charter => 4096,
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

#[test]
fn texts_are_bounded_by_number_and_by_bytes() {
    let mut world = World::at("action_review");
    for n in 0..limits::ITEMS_PER_SEAT as u16 {
        let text = C::Put(put(&world, 3, TextKind::Action, n));
        world.does(world.p(3), text);
    }
    let more = C::Put(put(&world, 3, TextKind::Action, 900));
    world.refuses(world.p(3), more, Code::Items);
    let revision = C::Put(put(&world, 3, TextKind::Action, 0));
    world.does(world.p(3), revision);
    // 4 MiB: 200 small texts by one, then as many large ones as fit.
    let mut total = 200 * 256;
    let mut last = None;
    let more = world.joins(setroom_protocol::LinkRole::Member);
    world.does(more, C::AgreeCharter);
    for (id, n) in (1000..).zip([4, 5, 6, 2, 1, 8].into_iter().cycle()) {
        let mut text = put(&world, n, TextKind::Action, id);
        text.sealed = boxed(1, 4096, 1);
        if total + 4096 > limits::SEALED_BYTES {
            last = Some((n, text));
            break;
        }
        // The laws of the frames are not at stake here, so the room alone is moved.
        let changes = world.would(world.p(n), &C::Put(text), world.room.seq()).unwrap();
        let (seq, at) = (world.room.next_seq(), world.now);
        for change in changes {
            world.room.apply(&setroom_protocol::Recorded { seq, at, by: None, re: None, change });
        }
        total += 4096;
    }
    let (n, text) = last.unwrap();
    let full = world.would(world.p(n), &C::Put(text.clone()), world.room.seq());
    assert_eq!(full, Err(Code::SealedBytes));
    // One that fills it to the last byte fits.
    assert_eq!(limits::SEALED_BYTES - total, 2048);
    let last = Put { sealed: boxed(1, 2048, 1), ..text };
    assert!(world.would(world.p(n), &C::Put(last), world.room.seq()).is_ok());
    // What a revision replaces is not counted twice.
    let mut revision = put(&world, 4, TextKind::Action, 1000);
    revision.sealed = boxed(1, 4096, 2);
    assert!(world.would(world.p(4), &C::Put(revision), world.room.seq()).is_ok());
}
