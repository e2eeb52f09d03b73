//! Keys of a round off the record: who hands them to whom, and what each browser is sent of them.

use std::collections::BTreeSet;

use setroom_protocol::off_record::OffRecordSent;
use setroom_protocol::{Code, Command as C, DeviceId, RoundGrant, ServerFrame};

use super::off_record::{
    ROUND, begun, grant, grants, key, line, lines, more, sent, takes_part, wanted,
};
use crate::support::*;

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
    [4, 5, 7].into_iter().for_each(|n| takes_part(&mut world, n));
    world.does(world.p(4), line(&world, 90));
    // The host's page is another. 4 is at once with something.
    world.does(world.host(), key(&world, 11));
    let host = world.host().device;
    let (mut one, mut four, mut five) =
        (OffRecordSent::default(), OffRecordSent::default(), OffRecordSent::default());
    assert_eq!(wanted(&more(&world, 5, &mut five)), [host]);
    assert_eq!(wanted(&more(&world, 4, &mut four)), [host]);
    assert_eq!(wanted(&sent(&world, 7)), [], "whoever watches hands nothing on, and is not asked");
    let round = item(ROUND);
    let (to, worthless) = (boxed(world.room.epoch(), 256, 11), blob("nothing"));
    let hands = RoundGrant { round, device: host, to: to.clone(), grant: worthless.clone() };
    world.does(world.p(4), C::OffRecordGrant(hands));
    let frames = more(&world, 1, &mut one);
    assert_eq!((grants(&frames), lines(&frames)), (vec![worthless], vec![item(90)]));
    // 5 is asked all the same, 4 is not any more, and what 4 hands over beside is nothing.
    assert_eq!(wanted(&sent(&world, 5)), [host]);
    assert_eq!(wanted(&more(&world, 4, &mut four)), []);
    let again = RoundGrant { round, device: host, to, grant: blob("nothing more") };
    assert_eq!(world.does(world.p(4), C::OffRecordGrant(again)), []);
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
fn a_page_is_not_told_again_what_is_left_of_those_who_wait() {
    let mut world = begun();
    let mut host = OffRecordSent::default();
    for n in 4..=6 {
        world.does(world.p(n), key(&world, u32::from(n)));
    }
    let [four, five, six] = [4, 5, 6].map(|n| world.p(n).device);
    let all = |devices: &[DeviceId]| devices.iter().copied().collect::<BTreeSet<_>>();
    let named = |frames: &[ServerFrame]| all(&wanted(frames));
    assert_eq!(named(&more(&world, 1, &mut host)), all(&[four, five, six]));
    // It answers one, and another goes: nobody has come whom it does not know of.
    world.does(world.host(), grant(&world, four, 4));
    world.does(world.p(5), C::Leave);
    assert_eq!(more(&world, 1, &mut host), []);
    // Who has another page by now is new, and then all are named who wait.
    world.does(world.p(4), key(&world, 44));
    assert_eq!(named(&more(&world, 1, &mut host)), all(&[four, six]));
    assert_eq!(more(&world, 1, &mut host), []);
    // On another line the page knows of none.
    assert_eq!(named(&sent(&world, 1)), all(&[four, six]));
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
