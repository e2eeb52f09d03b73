//! What a room holds: whatever a command can make grow is weighed.

use std::sync::Arc;

use setroom_protocol::command::{FormAnswer, Put};
use setroom_protocol::decide::Caller;
use setroom_protocol::room::{Availability, LookedAt, OfferedTime};
use setroom_protocol::{Command as C, MeetingId, RosterEdit, TextKind, limits};

use crate::support::*;

fn long(chars: usize) -> setroom_protocol::Blob {
    setroom_protocol::Blob::encode(&vec![7; chars / 4 * 3])
}

/// Does it, and says by how much the room became heavier.
fn heavier(world: &mut World, who: Person, command: C) -> usize {
    let before = world.room.weight();
    world.does(who, command);
    world.room.weight().saturating_sub(before)
}

#[test]
fn whatever_is_sealed_for_somebody_is_weighed() {
    let mut world = World::usual();
    let (host, ben) = (world.host(), world.p(3));
    let boxes = [device(3), device(2), device(1)].map(|id| (id, long(5000)));
    let own = setroom_protocol::OwnKey {
        generation: 1,
        boxes: boxes.into(),
        host: Some(long(1000)),
        ..Default::default()
    };
    assert!(own.chars() > 15_000);
    let chars = own.chars();
    assert!(heavier(&mut world, ben, C::OwnKey(own)) >= chars);
    let grant = C::Grant { device: device(3), grant: long(limits::BLOB_CHARS) };
    assert!(heavier(&mut world, host, grant) > 10_000);
    let mut keys = world.keys(host.device, None);
    keys.grants.values_mut().chain(keys.wraps.values_mut()).for_each(|blob| *blob = long(5_000));
    let count = keys.grants.len();
    world.does(host, C::Rekey { keys });
    assert!(world.room.weight() > chars + count * 5_000);
}

#[test]
fn every_edit_of_the_roster_is_weighed_until_a_whole_one_takes_their_place() {
    let mut world = World::usual();
    let host = world.host();
    let before = world.room.weight();
    for _ in 0..20 {
        let keys = world.keys(host.device, None);
        assert!(heavier(&mut world, host, C::Rekey { keys }) >= size_of::<RosterEdit>());
    }
    let full = world.room.weight();
    assert!(full - before >= 20 * size_of::<RosterEdit>());
    let whole = world.whole_edit(world.room.epoch());
    world.does(host, C::EditRoster { edit: Arc::new(whole) });
    assert!(world.room.weight() < full - 15 * size_of::<RosterEdit>());
}

#[test]
fn whatever_is_small_and_can_become_many_is_weighed() {
    let mut world = World::usual();
    let host = world.host();
    let begins = |n: u8| world.now.plus((24 + u64::from(n)) * 60 * 60 * 1000);
    let time = |n: u8| OfferedTime { starts_at: begins(n), minutes: 90 };
    let id = |n: u8| MeetingId::from_bytes([n; 16]);
    let dates = (120..130).map(|n| (id(n), begins(n))).collect();
    let times = (100..110).map(|n| (id(n), time(n))).collect();
    assert!(heavier(&mut world, host, C::AskDates { times }) >= 10 * size_of::<OfferedTime>());
    let yes = C::AnswerDate { time: id(100), answer: Availability::Yes };
    assert!(heavier(&mut world, host, yes) > 0);
    assert!(heavier(&mut world, host, C::SetDates { dates, fixes: false }) > 160);
    let order = C::SetOrder { order: vec![seat(3), seat(4)] };
    assert!(heavier(&mut world, host, order) >= 32);
    let put: Put = world.text(world.p(3), TextKind::Name, 1);
    let box_of = put.sealed.as_str().len();
    let ben = world.p(3);
    assert!(heavier(&mut world, ben, C::Put(put)) > box_of);
    let of = LookedAt::Charter;
    assert!(heavier(&mut world, ben, C::LookAgain { of, on: true }) > 0);
    let away = C::CannotCome { meeting: id(120), on: true };
    assert!(heavier(&mut world, ben, away) >= size_of::<MeetingId>());
    // What waits, and who was there, is beside the room, and weighed there.
    let beside = world.around.weight();
    let knock = world.knock_as(setroom_protocol::LinkRole::Member, 61, 99);
    world.around.knock(knock.clone()).unwrap();
    let knocks = world.around.weight();
    assert!(knocks > beside + knock.name.as_str().len());
    let sealed = boxed(world.room.epoch(), 256, 1);
    let chars = sealed.as_str().len();
    let caller = Caller { seat: ben.seat, device: ben.device, seen: world.room.seq() };
    let answer = C::AnswerForm(FormAnswer { item: item(1), sealed, again: false });
    world.around.heard(&world.room, caller, &answer, world.now);
    assert!(world.around.weight() > knocks + chars);
}
