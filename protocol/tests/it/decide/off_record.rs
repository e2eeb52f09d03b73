//! A round off the record: who may what in it, what of it is written down (nothing), and when it is over.

use setroom_protocol::off_record::{OffRecordSent, wipe};
use setroom_protocol::{
    BOX_OVERHEAD, Blob, Code, Command as C, DeviceId, ItemId, Mode, Role, RoundGrant, RoundKey,
    Sealed, ServerFrame, UnrecordedLine, limits,
};

use crate::support::*;

pub(super) const ROUND: u16 = 70;

/// The usual set, running: 1 is the host, 2 a co-facilitator, 7 observes.
fn running() -> World {
    let mut world = World::usual();
    world.everyone_agrees();
    world.does(world.host(), C::Start);
    world
}

/// The same, in a round that the host has begun.
pub(super) fn begun() -> World {
    let mut world = running();
    assert_eq!(world.does(world.host(), C::BeginOffRecord { round: item(ROUND) }), []);
    world
}

/// A round from its beginning to its end.
pub(crate) fn played(world: &mut World) {
    let (host, member, round) = (world.host(), world.p(4), item(ROUND));
    world.does(host, C::BeginOffRecord { round });
    let key = boxed(world.room.epoch(), 256, 70);
    world.does(member, C::OffRecordKey(RoundKey { round, key: key.clone() }));
    let grant = C::OffRecordGrant(RoundGrant {
        round,
        device: member.device,
        to: key,
        grant: blob("a key"),
    });
    world.does(host, grant);
    let sealed = boxed(world.room.epoch(), 256, 71);
    world.does(member, C::OffRecordLine(UnrecordedLine { round, item: item(71), sealed }));
    world.does(host, C::EndOffRecord { round });
}

pub(super) fn key(world: &World, n: u32) -> C {
    C::OffRecordKey(RoundKey { round: item(ROUND), key: boxed(world.room.epoch(), 256, n) })
}

pub(super) fn grant(world: &World, device: DeviceId, n: u32) -> C {
    let (to, grant) = (boxed(world.room.epoch(), 256, n), blob("the key of the round"));
    C::OffRecordGrant(RoundGrant { round: item(ROUND), device, to, grant })
}

pub(super) fn line(world: &World, n: u16) -> C {
    let sealed = boxed(world.room.epoch(), 256, u32::from(n));
    C::OffRecordLine(UnrecordedLine { round: item(ROUND), item: item(n), sealed })
}

/// Somebody announces a pair, and the host's browser hands it the key.
pub(super) fn takes_part(world: &mut World, n: u8) {
    let (who, number) = (world.p(n), u32::from(n));
    world.does(who, key(world, number));
    world.does(world.host(), grant(world, who.device, number));
}

/// What a browser is sent that has been sent nothing.
pub(super) fn sent(world: &World, n: u8) -> Vec<ServerFrame> {
    more(world, n, &mut OffRecordSent::default())
}

pub(super) fn more(world: &World, n: u8, sent: &mut OffRecordSent) -> Vec<ServerFrame> {
    let who = world.p(n);
    world.around.off_record.shown_to(&world.room, who.seat, who.device, sent, || true)
}

pub(super) fn lines(frames: &[ServerFrame]) -> Vec<ItemId> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::OffRecordLines { lines, .. } => lines.iter().map(|line| line.item).collect(),
        _ => Vec::new(),
    };
    frames.iter().flat_map(of).collect()
}

/// What was handed to a browser, as it is told.
pub(super) fn grants(frames: &[ServerFrame]) -> Vec<Blob> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::OffRecord { grants, .. } => grants.clone(),
        _ => Vec::new(),
    };
    frames.iter().flat_map(of).collect()
}

/// Whose pairs wait for the key, as a browser is told.
pub(super) fn wanted(frames: &[ServerFrame]) -> Vec<DeviceId> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::OffRecord { wanted, .. } => wanted.keys().copied().collect(),
        _ => Vec::new(),
    };
    frames.iter().flat_map(of).collect()
}

#[test]
fn nothing_of_a_round_is_written_down_not_even_that_there_was_one() {
    let mut world = running();
    let (rows, room) = (world.records.len(), world.room.clone());
    let told: Vec<_> = world.clients.values().map(|client| client.log.len()).collect();
    world.does(world.host(), C::BeginOffRecord { round: item(ROUND) });
    for n in 2..=7 {
        takes_part(&mut world, n);
    }
    for n in 2..=6 {
        let line = line(&world, 90 + u16::from(n));
        assert_eq!(world.does(world.p(n), line), []);
    }
    world.does(world.p(2), C::EndOffRecord { round: item(ROUND) });
    assert_eq!((world.records.len(), &world.room), (rows, &room), "no row, and no state");
    let now: Vec<_> = world.clients.values().map(|client| client.log.len()).collect();
    assert_eq!(now, told, "and no change");
    assert_eq!((world.around.off_record.round(), world.around.off_record.weight()), (None, 0));
}

#[test]
fn a_line_goes_to_those_who_have_the_key_and_to_nobody_else() {
    let mut world = begun();
    takes_part(&mut world, 4);
    world.does(world.p(5), key(&world, 5));
    let (mut host, mut four) = (OffRecordSent::default(), OffRecordSent::default());
    assert_eq!(wanted(&more(&world, 1, &mut host)), [world.p(5).device]);
    more(&world, 4, &mut four);
    world.does(world.p(4), line(&world, 90));
    // One after the other, and once.
    assert_eq!(lines(&more(&world, 4, &mut four)), [item(90)]);
    world.does(world.host(), line(&world, 91));
    assert_eq!(lines(&more(&world, 4, &mut four)), [item(91)]);
    assert_eq!(more(&world, 4, &mut four), []);
    assert_eq!(lines(&more(&world, 1, &mut host)), [90, 91].map(item));
    // Announced is not handed over; 6 has not even announced.
    assert_eq!((lines(&sent(&world, 5)), sent(&world, 6)), (vec![], vec![]));
    world.refuses(world.p(5), line(&world, 92), Code::NotYours);
    world.refuses(world.p(6), line(&world, 92), Code::NotYours);
    // Whoever comes later reads what was written before.
    world.does(world.host(), grant(&world, world.p(5).device, 5));
    let frames = sent(&world, 5);
    assert!(
        matches!(&frames[0], ServerFrame::OffRecord { grants, .. } if grants.len() == 1),
        "{frames:?}"
    );
    assert_eq!(lines(&frames), [90, 91].map(item));
}

#[test]
fn observers_read_and_write_nothing_and_members_begin_and_end_nothing() {
    let mut world = begun();
    takes_part(&mut world, 7);
    world.does(world.host(), line(&world, 90));
    assert_eq!(lines(&sent(&world, 7)), [item(90)]);
    world.refuses(world.p(7), line(&world, 91), Code::Role);
    world.refuses(world.p(4), C::EndOffRecord { round: item(ROUND) }, Code::Role);
    world.refuses(world.p(4), C::BeginOffRecord { round: item(71) }, Code::Role);
    world.refuses(world.p(2), C::BeginOffRecord { round: item(71) }, Code::Already);
    // Whoever has not agreed to the rules is handed no key.
    world.go("bids");
    let late = world.joins(setroom_protocol::LinkRole::Member);
    world.refuses(late, key(&world, 8), Code::CharterFirst);
    world.does(late, C::AgreeCharter);
    world.does(late, key(&world, 8));
}

#[test]
fn it_is_over_when_it_is_ended_when_its_time_is_up_and_when_who_began_it_or_the_key_is_gone() {
    type End = (&'static str, fn(&mut World));
    let ends: [End; 6] = [
        ("ended by the other facilitator", |world| {
            world.does(world.p(2), C::EndOffRecord { round: item(ROUND) });
        }),
        ("ninety minutes", |world| {
            let at = world.around.off_record.round().unwrap().ends_at;
            assert_eq!(at.since(world.now), 90 * 60_000);
            world.now = at;
            assert!(world.around.off_record.pass(at));
        }),
        ("who began it was sent to the lobby", |world| {
            world.does(world.host(), C::SendToLobby { seat: seat(2) });
        }),
        ("who began it has left for good", |world| {
            world.does(world.p(2), C::Leave);
        }),
        ("somebody was removed, and the key is another", |world| {
            let keys = world.keys(world.host().device, Some(seat(5)));
            world.does(world.host(), C::Remove { seat: seat(5), keys });
        }),
        ("the meeting was closed", |world| {
            world.does(world.host(), C::Close);
        }),
    ];
    for (why, end) in ends {
        let mut world = running();
        world.does(world.p(2), C::BeginOffRecord { round: item(ROUND) });
        let own = key(&world, 4);
        world.does(world.p(4), own);
        world.does(world.p(2), grant(&world, world.p(4).device, 4));
        world.does(world.p(4), line(&world, 90));
        let early = world.now.plus(90 * 60_000 - 1);
        assert!(!world.around.off_record.pass(early), "not before its time");
        end(&mut world);
        assert_eq!(world.around.off_record.round(), None, "{why}");
        assert_eq!((sent(&world, 4), world.around.off_record.weight()), (vec![], 0), "{why}");
        if why != "the meeting was closed" {
            world.refuses(world.p(4), line(&world, 91), Code::NoItem);
            world.refuses(world.host(), C::EndOffRecord { round: item(ROUND) }, Code::Already);
            // A repeat of what began it, whose answer was lost, does not begin it again.
            world.refuses(world.host(), C::BeginOffRecord { round: item(ROUND) }, Code::Already);
            world.does(world.host(), C::BeginOffRecord { round: item(71) });
        }
    }
}

#[test]
fn who_goes_for_a_moment_is_waited_for_and_who_goes_for_good_is_asked_nothing() {
    let mut world = begun();
    takes_part(&mut world, 4);
    world.goes_away(1);
    world.passes(30_000);
    assert!(world.around.off_record.round().is_some(), "a line that breaks ends nothing");
    world.does(world.p(5), key(&world, 5));
    world.does(world.p(5), C::Leave);
    assert_eq!(wanted(&sent(&world, 1)), []);
    // Whoever is sent to the lobby is out of it, and announces again when they are back.
    world.does(world.p(2), C::SendToLobby { seat: seat(4) });
    assert_eq!((sent(&world, 4), world.around.off_record.keys()), (vec![], 0));
}

#[test]
fn what_is_asked_again_is_done_once_and_what_is_no_such_box_is_refused() {
    let mut world = begun();
    assert_eq!(world.does(world.host(), C::BeginOffRecord { round: item(ROUND) }), []);
    takes_part(&mut world, 4);
    let member = world.p(4);
    world.does(member, key(&world, 4));
    assert!(
        matches!(&sent(&world, 4)[0], ServerFrame::OffRecord { grants, .. } if grants.len() == 1)
    );
    world.does(member, line(&world, 90));
    world.does(member, line(&world, 90));
    assert_eq!(world.around.off_record.lines(), (1, BOX_OVERHEAD + 256));
    let of = |sealed: Sealed, n| {
        C::OffRecordLine(UnrecordedLine { round: item(ROUND), item: item(n), sealed })
    };
    let epoch = world.room.epoch();
    world.refuses(member, of(boxed(epoch, 256, 5), 90), Code::Already);
    world.refuses(world.host(), line(&world, 90), Code::Already);
    world.refuses(member, of(boxed(epoch, 2048, 5), 91), Code::LongText);
    world.refuses(member, of(boxed(epoch + 1, 256, 5), 91), Code::StaleEpoch);
    world.refuses(member, of(boxed_own(1, 256, 5), 91), Code::StaleEpoch);
    let other = C::OffRecordLine(UnrecordedLine {
        round: item(71),
        item: item(91),
        sealed: boxed(epoch, 256, 5),
    });
    world.refuses(member, other, Code::NoItem);
    let long = C::OffRecordKey(RoundKey { round: item(ROUND), key: boxed(epoch, 512, 5) });
    world.refuses(member, long, Code::LongText);
    let heavy = C::OffRecordGrant(RoundGrant {
        round: item(ROUND),
        device: member.device,
        to: boxed(epoch, 256, 4),
        grant: blob(&"x".repeat(limits::OFF_RECORD_GRANT_CHARS)),
    });
    world.refuses(world.host(), heavy, Code::LongText);
}

#[test]
fn a_round_holds_so_many_lines_bytes_and_keys_and_no_more() {
    let mut world = begun();
    (2..=6).for_each(|n| takes_part(&mut world, n));
    let mut id = 1_000;
    for n in 2..=6 {
        for _ in 0..limits::OFF_RECORD_LINES_PER_SEAT {
            world.does(world.p(n), line(&world, id));
            id += 1;
        }
        world.refuses(world.p(n), line(&world, id), Code::Items);
    }
    assert_eq!(world.around.off_record.lines().0, limits::OFF_RECORD_LINES);
    world.refuses(world.host(), line(&world, id), Code::Items);
    assert_eq!(lines(&sent(&world, 3)).len(), limits::OFF_RECORD_LINES);

    let mut world = begun();
    (2..=6).for_each(|n| takes_part(&mut world, n));
    let epoch = world.room.epoch();
    let long = |n| {
        C::OffRecordLine(UnrecordedLine {
            round: item(ROUND),
            item: item(n),
            sealed: boxed(epoch, 1024, u32::from(n)),
        })
    };
    let fit = u16::try_from(limits::OFF_RECORD_BYTES / (BOX_OVERHEAD + 1024)).unwrap();
    (0..fit).for_each(|n| {
        let who = world.p(2 + u8::try_from(n % 5).unwrap());
        world.does(who, long(1_000 + n));
    });
    world.refuses(world.host(), long(2_000), Code::SealedBytes);
    assert!(world.around.off_record.lines().1 <= limits::OFF_RECORD_BYTES);
    assert!(world.around.off_record.weight() > limits::OFF_RECORD_BYTES / 2, "it is weighed");
    // One pair for each browser, however often one announces.
    for again in 0..100 {
        world.does(world.p(4), key(&world, 500 + again));
    }
    assert_eq!(world.around.off_record.keys(), 5);
    assert_eq!(limits::OFF_RECORD_KEYS, limits::DEVICES);
}

#[test]
fn what_is_given_up_is_overwritten_first() {
    let mut bytes = b"a box".to_vec();
    wipe(&mut bytes);
    assert_eq!(bytes, [0; 5]);
}

#[test]
fn it_is_there_in_every_mode_and_only_while_the_meeting_runs() {
    for mode in Mode::ALL {
        let mut world = World::usual();
        if mode != Mode::Set {
            world.does(world.host(), C::SetMode { mode });
        }
        world.everyone_agrees();
        world.refuses(world.host(), C::BeginOffRecord { round: item(ROUND) }, Code::Stage);
        world.does(world.host(), C::Start);
        world.does(world.host(), C::BeginOffRecord { round: item(ROUND) });
        world.does(world.host(), C::SetRole { seat: seat(6), role: Role::Observer, keys: None });
        assert!(world.around.off_record.round().is_some(), "a role moves no key");
    }
}
