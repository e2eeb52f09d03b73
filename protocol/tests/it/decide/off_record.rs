//! A round off the record: who may what in it, what of it is written down (nothing), and when it is over.

use setroom_protocol::off_record::{OffRecordSent, wipe};
use setroom_protocol::{
    BOX_OVERHEAD, Blob, Code, Command as C, DeviceId, ItemId, Mode, Role, Sealed, ServerFrame,
    limits,
};

use crate::support::*;

const ROUND: u16 = 70;

/// The usual set, running: 1 is the host, 2 a co-facilitator, 7 observes.
fn running() -> World {
    let mut world = World::usual();
    world.everyone_agrees();
    world.does(world.host(), C::Start);
    world
}

/// The same, in a round that the host has begun.
fn begun() -> World {
    let mut world = running();
    assert_eq!(world.does(world.host(), C::BeginOffRecord { round: item(ROUND) }), []);
    world
}

/// A round from its beginning to its end.
pub(crate) fn played(world: &mut World) {
    let (host, member, round) = (world.host(), world.p(4), item(ROUND));
    world.does(host, C::BeginOffRecord { round });
    let key = boxed(world.room.epoch(), 256, 70);
    world.does(member, C::OffRecordKey { round, key: key.clone() });
    let grant = C::OffRecordGrant { round, device: member.device, to: key, grant: blob("a key") };
    world.does(host, grant);
    let sealed = boxed(world.room.epoch(), 256, 71);
    world.does(member, C::OffRecordLine { round, item: item(71), sealed });
    world.does(host, C::EndOffRecord { round });
}

fn key(world: &World, n: u32) -> C {
    C::OffRecordKey { round: item(ROUND), key: boxed(world.room.epoch(), 256, n) }
}

fn grant(world: &World, device: DeviceId, n: u32) -> C {
    let (to, grant) = (boxed(world.room.epoch(), 256, n), blob("the key of the round"));
    C::OffRecordGrant { round: item(ROUND), device, to, grant }
}

fn line(world: &World, n: u16) -> C {
    let sealed = boxed(world.room.epoch(), 256, u32::from(n));
    C::OffRecordLine { round: item(ROUND), item: item(n), sealed }
}

/// Somebody announces a pair, and the host's browser hands it the key.
fn takes_part(world: &mut World, n: u8) {
    let (who, number) = (world.p(n), u32::from(n));
    world.does(who, key(world, number));
    world.does(world.host(), grant(world, who.device, number));
}

/// What a browser is sent that has been sent nothing.
fn sent(world: &World, n: u8) -> Vec<ServerFrame> {
    more(world, n, &mut OffRecordSent::default())
}

fn more(world: &World, n: u8, sent: &mut OffRecordSent) -> Vec<ServerFrame> {
    let who = world.p(n);
    world.around.off_record.shown_to(&world.room, who.seat, who.device, sent, || true)
}

fn lines(frames: &[ServerFrame]) -> Vec<ItemId> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::OffRecordLines { lines, .. } => lines.iter().map(|line| line.item).collect(),
        _ => Vec::new(),
    };
    frames.iter().flat_map(of).collect()
}

/// What was handed to a browser, as it is told.
fn grants(frames: &[ServerFrame]) -> Vec<Blob> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::OffRecord { grants, .. } => grants.clone(),
        _ => Vec::new(),
    };
    frames.iter().flat_map(of).collect()
}

/// Whose pairs wait for the key, as a browser is told.
fn wanted(frames: &[ServerFrame]) -> Vec<DeviceId> {
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
fn a_page_that_was_reloaded_announces_another_pair_and_is_handed_the_key_anew() {
    let mut world = begun();
    takes_part(&mut world, 4);
    world.does(world.p(4), line(&world, 90));
    let mut host = OffRecordSent::default();
    more(&world, 1, &mut host);
    world.does(world.p(4), key(&world, 44));
    assert_eq!(lines(&sent(&world, 4)), [], "the old grant is of no use to the new page");
    world.refuses(world.p(4), line(&world, 91), Code::NotYours);
    assert_eq!(wanted(&more(&world, 1, &mut host)), [world.p(4).device]);
    // A grant that was made for the pair before is none for this one.
    world.refuses(world.host(), grant(&world, world.p(4).device, 4), Code::NoItem);
    world.does(world.host(), grant(&world, world.p(4).device, 44));
    assert_eq!(lines(&sent(&world, 4)), [item(90)]);
    // The same again, as where the answer was lost, does no harm.
    assert_eq!(world.does(world.host(), grant(&world, world.p(4).device, 44)), []);
    assert_eq!(grants(&sent(&world, 4)), [blob("the key of the round")]);
}

#[test]
fn whoever_is_quickest_with_something_that_opens_nothing_keeps_nobody_out() {
    let mut world = begun();
    (4..=5).for_each(|n| takes_part(&mut world, n));
    world.does(world.p(4), line(&world, 90));
    // The host's page is another. 4 is at once with something.
    world.does(world.host(), key(&world, 11));
    let host = world.host().device;
    let (mut one, mut four, mut five) =
        (OffRecordSent::default(), OffRecordSent::default(), OffRecordSent::default());
    assert_eq!(wanted(&more(&world, 5, &mut five)), [host]);
    assert_eq!(wanted(&more(&world, 4, &mut four)), [host]);
    let round = item(ROUND);
    let (to, worthless) = (boxed(world.room.epoch(), 256, 11), blob("nothing"));
    let hands = C::OffRecordGrant { round, device: host, to: to.clone(), grant: worthless.clone() };
    world.does(world.p(4), hands);
    let frames = more(&world, 1, &mut one);
    assert_eq!((grants(&frames), lines(&frames)), (vec![worthless], vec![item(90)]));
    // 5 is asked all the same, 4 is not any more, and what 4 hands over beside is nothing.
    assert_eq!(wanted(&sent(&world, 5)), [host]);
    assert_eq!(wanted(&more(&world, 4, &mut four)), []);
    let again = C::OffRecordGrant { round, device: host, to, grant: blob("nothing more") };
    assert_eq!(world.does(world.p(4), again), []);
    assert_eq!(more(&world, 1, &mut one), []);
    world.does(world.p(5), grant(&world, host, 11));
    let frames = more(&world, 1, &mut one);
    assert_eq!(grants(&frames), [blob("the key of the round")]);
    assert_eq!(lines(&frames), [], "lines come once for a page, and not with each grant");
    // On another line all of it comes again.
    let frames = sent(&world, 1);
    assert_eq!((grants(&frames).len(), lines(&frames)), (2, vec![item(90)]));
}

#[test]
fn what_has_to_wait_of_keys_comes_whole_and_no_line_comes_before_the_key_to_it() {
    let mut world = begun();
    takes_part(&mut world, 4);
    world.does(world.host(), line(&world, 90));
    let (who, mut four) = (world.p(4), OffRecordSent::default());
    let mut shown = |may: bool| {
        let around = &world.around.off_record;
        around.shown_to(&world.room, who.seat, who.device, &mut four, || may)
    };
    assert_eq!(shown(false), []);
    let frames = shown(true);
    assert_eq!((grants(&frames).len(), lines(&frames)), (1, vec![item(90)]));
    assert_eq!(shown(false), []);
    // Whose key is here already waits for no line, and the pace is asked only where keys are new.
    world.does(world.host(), line(&world, 91));
    world.does(world.host(), key(&world, 11));
    let around = &world.around.off_record;
    let frames = around.shown_to(&world.room, who.seat, who.device, &mut four, || false);
    assert_eq!((wanted(&frames), lines(&frames)), (vec![], vec![item(91)]));
    assert_eq!(wanted(&more(&world, 4, &mut four)), [world.host().device]);
    let around = &world.around.off_record;
    let asked = |sent| around.shown_to(&world.room, who.seat, who.device, sent, || panic!("asked"));
    assert_eq!(asked(&mut four), []);
}

#[test]
fn whoever_began_it_gets_the_key_back_from_anybody_who_has_it() {
    let mut world = begun();
    takes_part(&mut world, 4);
    world.does(world.p(5), key(&world, 5));
    // The host's page is another: nobody who may hand the key to 5 has it now.
    world.does(world.host(), key(&world, 11));
    let host = world.host().device;
    assert_eq!(wanted(&sent(&world, 4)), [host], "and 4 is not asked for 5's");
    world.refuses(world.host(), grant(&world, world.p(5).device, 5), Code::NotYours);
    world.refuses(world.p(4), grant(&world, world.p(5).device, 5), Code::Role);
    world.refuses(world.p(5), grant(&world, host, 11), Code::NotYours);
    world.does(world.p(4), grant(&world, host, 11));
    assert_eq!(wanted(&sent(&world, 1)), [world.p(5).device]);
    world.does(world.host(), grant(&world, world.p(5).device, 5));
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
    let of = |sealed: Sealed, n| C::OffRecordLine { round: item(ROUND), item: item(n), sealed };
    let epoch = world.room.epoch();
    world.refuses(member, of(boxed(epoch, 256, 5), 90), Code::Already);
    world.refuses(world.host(), line(&world, 90), Code::Already);
    world.refuses(member, of(boxed(epoch, 2048, 5), 91), Code::LongText);
    world.refuses(member, of(boxed(epoch + 1, 256, 5), 91), Code::StaleEpoch);
    world.refuses(member, of(boxed_own(1, 256, 5), 91), Code::StaleEpoch);
    let other = C::OffRecordLine { round: item(71), item: item(91), sealed: boxed(epoch, 256, 5) };
    world.refuses(member, other, Code::NoItem);
    let long = C::OffRecordKey { round: item(ROUND), key: boxed(epoch, 512, 5) };
    world.refuses(member, long, Code::LongText);
    let heavy = C::OffRecordGrant {
        round: item(ROUND),
        device: member.device,
        to: boxed(epoch, 256, 4),
        grant: blob(&"x".repeat(limits::OFF_RECORD_GRANT_CHARS)),
    };
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
    let long = |n| C::OffRecordLine {
        round: item(ROUND),
        item: item(n),
        sealed: boxed(epoch, 1024, u32::from(n)),
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
        world.does(world.host(), C::SetRole { seat: seat(6), role: Role::Observer });
        assert!(world.around.off_record.round().is_some(), "a role moves no key");
    }
}
