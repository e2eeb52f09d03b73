//! A command that comes twice is done once, and whoever gave it is told so; nobody else is.

use serde_json::Value;
use setroom_protocol::attendance::Said;
use setroom_protocol::{Change, Command, CommandId, Room, TextKind, limits};

use crate::support::*;

/// Through the beginning, in which a room looks through them all, and several changes of its filters.
#[test]
fn a_room_remembers_its_last_commands_and_no_more() {
    let mut world = World::usual();
    let host = world.host().seat;
    let mut given = Vec::new();
    for n in 0..2 * limits::COMMANDS_REMEMBERED + 17 {
        world.does(world.host(), Command::Lock { on: n % 2 == 0 });
        given.push((world.last_command(), world.room.seq()));
        if n % 97 == 0 || n < 70 {
            let (forgotten, known) =
                given.split_at(given.len().saturating_sub(limits::COMMANDS_REMEMBERED));
            for (id, seq) in known {
                assert_eq!(world.room.answered(host, *id), Some(*seq), "at {n}");
            }
            assert!(
                forgotten.last().is_none_or(|(id, _)| world.room.answered(host, *id).is_none())
            );
        }
    }
    let read = Room::from_snapshot(&world.room.to_snapshot()).unwrap();
    let (id, seq) = given[given.len() - limits::COMMANDS_REMEMBERED];
    assert_eq!(read.answered(host, id), Some(seq), "also after a restart");
    assert!(Room::from_snapshot(b"{}").is_err() && Room::from_snapshot(b"{\"v\":2}").is_err());
}

/// In a room's filter one id in thirty or so looks like one that was given.
#[test]
fn no_command_is_known_that_nobody_gave() {
    let mut world = World::usual();
    (0..100).for_each(|n| drop(world.does(world.host(), Command::Lock { on: n % 2 == 0 })));
    for n in 0..10_000_u128 {
        let id = CommandId::from_bytes((n << 64 | 1 << 127).to_be_bytes());
        assert_eq!(world.room.answered(world.host().seat, id), None);
    }
}

/// By what is still known of one's own commands nobody can count what others do unseen.
#[test]
fn what_nobody_else_sees_is_remembered_for_each_person_alone() {
    const UNSEEN: usize = limits::COMMANDS_REMEMBERED / 4;
    let mut world = World::at("action_review");
    let writes = |world: &mut World, n: u8| {
        let text = world.text(world.p(n), TextKind::Action, n.into());
        world.does(world.p(n), Command::Put(text));
        world.last_command()
    };
    let knows = |world: &World, n, id| world.room.answered(seat(n), id).is_some();
    world.does(world.p(4), Command::Tick { on: true });
    let shown = world.last_command();
    let unseen = writes(&mut world, 4);
    for _ in 0..UNSEEN {
        writes(&mut world, 5);
    }
    assert!(knows(&world, 4, shown) && knows(&world, 4, unseen), "of another's many");
    for n in 1..limits::COMMANDS_REMEMBERED {
        world.does(world.host(), Command::Lock { on: n % 2 == 1 });
    }
    assert!(knows(&world, 4, shown) && knows(&world, 4, unseen), "of what all see");
    world.does(world.host(), Command::Lock { on: false });
    assert!(!knows(&world, 4, shown) && knows(&world, 4, unseen));
    for _ in 1..UNSEEN {
        writes(&mut world, 4);
    }
    assert!(knows(&world, 4, unseen));
    writes(&mut world, 4);
    assert!(!knows(&world, 4, unseen), "of one's own many");
    let read = Room::from_snapshot(&world.room.to_snapshot()).unwrap();
    assert_eq!(read, world.room);
    // Whoever is gone repeats nothing.
    let ids = |world: &World| String::from_utf8(world.room.to_snapshot()).unwrap().len();
    let before = ids(&world);
    world.does(world.p(5), Command::Leave);
    assert!(before - ids(&world) > UNSEEN * 20);
}

/// Ids stand in everybody's changes: that one was read there must not make another's command done,
/// nor say what became of it.
#[test]
fn a_repeat_is_answered_to_whoever_gave_it_alone() {
    let mut world = World::at("action_review");
    world.does(world.p(4), Command::Tick { on: true });
    let (id, seq) = (world.last_command(), world.room.seq());
    let private = world.text(world.p(4), TextKind::Action, 1);
    world.does(world.p(4), Command::Put(private));
    let (unseen, last) = (world.last_command(), world.room.seq());
    assert_eq!(last, seq, "the second one took no place");
    let read = Room::from_snapshot(&world.room.to_snapshot()).unwrap();
    for room in [&world.room, &read] {
        assert_eq!(room.answered(seat(4), id), Some(seq));
        assert_eq!(room.answered(seat(4), unseen), Some(last), "with the newest place");
        for other in (1..=7).filter(|other| *other != 4).map(seat) {
            assert_eq!(room.answered(other, id), None);
            assert_eq!(room.answered(other, unseen), None);
        }
    }
    // So the same id is another command when somebody else sends it, and both are known.
    let change = Change::Ticked(Said { seat: seat(5), on: true });
    world.record(vec![change], Some(seat(5)), Some(id));
    assert_eq!(world.room.answered(seat(5), id), Some(world.room.seq()));
    assert_eq!(world.room.answered(seat(4), id), Some(seq));
    // What is kept of a command is not its id.
    let kept: Value = serde_json::from_slice(&world.room.to_snapshot()).unwrap();
    assert!(!kept["room"]["answered"].to_string().contains(&id.to_string()));
}

/// A snapshot of the first form does not say whose a command was. Whoever repeats one after the
/// service was renewed must not do it twice, so it is known by its id, until newer ones push it out.
#[test]
fn what_the_first_form_remembers_is_still_not_done_twice() {
    let mut world = World::usual();
    world.does(world.p(4), Command::AgreeCharter);
    let (id, seq) = (world.last_command(), world.room.seq());
    let mut first: Value = serde_json::from_slice(&world.room.to_snapshot()).unwrap();
    first["room"]["answered"] = serde_json::json!([[id, seq]]);
    world.room = Room::from_snapshot(first.to_string().as_bytes()).unwrap();
    assert_eq!(world.room.answered(seat(4), id), Some(seq));
    // What is done from then on is its person's alone.
    world.does(world.p(5), Command::AgreeCharter);
    assert_eq!(world.room.answered(seat(4), world.last_command()), None);
    for n in 0..limits::COMMANDS_REMEMBERED {
        assert_eq!(world.room.answered(seat(4), id).is_some(), n + 1 < limits::COMMANDS_REMEMBERED);
        world.does(world.host(), Command::Lock { on: n % 2 == 0 });
    }
}
