//! Hidden is not sent: what each role may see, written out, against every byte that was sent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use setroom_protocol::method::See;
use setroom_protocol::room::{Availability, LookedAt, OfferedTime, PlannedLead};
use setroom_protocol::{Change, Command as C, LinkRole, Role, SeatId, ServerFrame, TextKind, view};

use crate::support::*;

/// All that anybody in the room may see. Ids are written as `*`, lists as `[]`.
const SHARED: &str = "
    set meeting epoch stage starts_at started_at plan template moved silence undo_until mode
    proposed mode_taps charter_first locked presenter says lead scribe gap_until
    agenda agenda[] agenda[].id agenda[].step agenda[].slot agenda[].minutes agenda[].bounds agenda[].bounds[]
    now now.part now.id now.slot now.floor now.stance now.kinds now.kinds[] now.hand now.writes now.writes[]
    now.writes[].by now.writes[].kind now.writes[].see now.cue
    clock clock.is clock.ends_at clock.total_ms clock.left_ms hold hold.why hold.since hold.resumes
    seats seats.* seats.*.role seats.*.place seats.*.agreed seats.*.in_lobby seats.*.written
    seats.*.tick seats.*.presents devices devices.* devices.*.seat devices.*.pub
    roster roster.* roster.*.n roster.*.epoch roster.*.commit roster.*.meeting roster.*.whole roster.*.add
    roster.*.add[] roster.*.add[].pub roster.*.add[].sign roster.*.add[].seat roster.*.add[].role
    roster.*.add[].link roster.*.drop roster.*.drop[] roster.*.by roster.*.sig key_due key_due[]
    queue queue.* queue.*.rank queue.*.kind asking asking.seat asking.since asking.kind
    asking.returns_to turn_since round round.* round.*.rank round.*.is
    items items.* items.*.kind items.*.seat items.*.device items.*.rev items.*.n items.*.prev
    items.*.box items.*.at items.*.part items.*.open items.*.bid items.*.bid.pressing
    items.*.bid.minutes lines form names_taps away away.* away.*[] attendance attendance.*
    attendance.*.at attendance.*.counts attendance.*.counts.came seats.*.recorder receipt
    receipt.at receipt.people receipt.mode receipt.destroyed receipt.destroyed.bid
    receipt.destroyed.question receipt.returns receipt.kept receipt.kept.name series series.number
    series.of series.dates series.dates.* series.dates.*.starts_at series.dates.*.rev
    series.dates.*.cancelled series.leads series.leads.* series.dates.*.minutes items.*.meeting dates_asked dates_asked.*
    dates_asked.*.time dates_asked.*.time.starts_at dates_asked.*.time.minutes
    dates_asked.*.answers dates_asked.*.answers.* practices practices.* practices.*.adopted_at
    practices.*.taps receipt.destroyed.practice reviews reviews.framework reviews.framework.at
    reviews.framework.asked reviews.charter reviews.charter.asked receipt.kept.framework
    receipt.kept.practice
";

/// What everybody may see of themselves.
const OWN: &str = "
    seat device role controls keys next_n grant recover items items.* items.*.kind items.*.seat
    items.*.device items.*.rev items.*.n items.*.prev items.*.box items.*.at items.*.part
    items.*.meeting practice_taps practice_of looks
";
const TAPS: &str = "practice_taps[]";
const HINTS: &str = "hints hints.asked hints.asked.*";
const PRESENTED: &str = "presented presented.* presented.*.meetings presented.*.last \
    presented.*.planned_minutes presented.*.used_minutes";
const WRAP: &str = "wrap";
const LINKS: &str = "links links.c links.m links.o";
const OWN_KEY: &str =
    "own_key own_key.gen own_key.box own_key.code own_key.for own_key.for[] own_key.host";
const RECOVER: &str = "recover.*";
/// Whoever has agreed to a proposed mode, or to a practice, is told so, and nobody else is.
const OF_MODE: &str = "mode_agreed practice_taps[]";
const NO_TEXTS: &str =
    "seat device role controls keys next_n grant recover items practice_taps practice_of looks";

/// What somebody at the door may see.
const LOBBY: &str = "place facilitator_here meeting stage mode plan minutes starts_at people_max";

fn words(lists: &[&str]) -> BTreeSet<String> {
    lists.iter().flat_map(|list| list.split_whitespace()).map(str::to_owned).collect()
}

fn paths(value: &Value, at: &str, into: &mut BTreeSet<String>) {
    let mut found = Vec::new();
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let is_id = key.parse::<SeatId>().is_ok() || key.parse::<u32>().is_ok();
                let key = if is_id { "*" } else { key };
                let path = if at.is_empty() { key.to_owned() } else { format!("{at}.{key}") };
                found.push((path, value));
            }
        }
        Value::Array(list) => found.extend(list.iter().map(|value| (format!("{at}[]"), value))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    for (path, value) in found {
        paths(value, &path, into);
        into.insert(path);
    }
}

/// A meeting in which everybody writes what the others must not see. Seat 3 presents; 8 is a
/// trainee who leads.
pub(crate) fn secretive() -> World {
    let mut world = World::with("short_90", "question_gift", 1, 4, 1);
    let host = world.host();
    let trainee = world.joins(LinkRole::Member);
    world.does(host, C::SetRole { seat: trainee.seat, role: Role::Trainee, keys: None });
    for n in 1..=8 {
        let name = world.text(world.p(n), TextKind::Name, 0);
        world.does(world.p(n), C::Put(name));
    }
    world.everyone_agrees();
    world.does(host, C::SetOrder { order: vec![seat(3)] });
    world.does(host, C::Start);
    world.go("action_review");
    for n in [1, 2, 3, 4, 8] {
        let text = world.text(world.p(n), TextKind::Action, 100 + u16::from(n));
        world.does(world.p(n), C::Put(text));
    }
    world.does(host, C::ProposeMode { mode: setroom_protocol::Mode::Double });
    world.does(world.p(4), C::AnswerMode { yes: false });
    // One practice is adopted, the other is only proposed; 3 has a learning question.
    for (n, id) in [(3, 400), (4, 401)] {
        let practice = world.practice(world.p(n), id, 100 + u16::from(n));
        world.does(world.p(n), C::Put(practice));
    }
    for n in [1, 2, 4, 5, 6, 8] {
        world.does(world.p(n), C::AnswerPractice { item: item(400), yes: true });
    }
    let question = world.text(world.p(3), TextKind::LearningQuestion, 410);
    world.does(world.p(3), C::Put(question));
    let framework = world.text(host, TextKind::Framework, 420);
    world.does(host, C::Put(framework));
    for of in [LookedAt::Framework, LookedAt::Charter] {
        world.does(world.p(3), C::LookAgain { of, on: true });
    }
    let at = Some(world.now.plus(90 * 86_400_000));
    world.does(host, C::SetReview { of: LookedAt::Framework, at });
    world.go("bids");
    let bid = world.text(world.p(5), TextKind::Bid, 150);
    world.does(world.p(5), C::Put(bid));
    world.does(host, C::HandOver { seat: trainee.seat });
    world.does(host, C::NameScribe { seat: Some(seat(6)) });
    world.go("gift.clarify");
    let clarify = C::RaiseHand { kind: Some(setroom_protocol::method::Kind::Clarify), seat: None };
    world.does(world.p(4), clarify);
    world.ticks();
    world.does(trainee, C::Interrupt { seat: seat(5) });
    world.does(trainee, C::EndTurn);
    world.does(world.p(4), C::EndTurn);
    world.does(world.p(3), C::Say { what: setroom_protocol::command::Saying::Thinking });
    world.passes(1);
    world.does(trainee, C::Pause);
    world.does(trainee, C::Hold);
    world.does(trainee, C::Release);
    world.go("gift.write");
    for n in [4, 5, 6] {
        let text = world.text(world.p(n), TextKind::Question, 200 + u16::from(n));
        world.does(world.p(n), C::Put(text));
        world.does(world.p(n), C::Tick { on: true });
    }
    world.go("gift.give");
    world.does(world.p(4), C::EndRoundTurn);
    world.does(world.p(5), C::PassTurn);
    world.does(host, C::SendToLobby { seat: seat(6) });
    world.does(host, C::BringBack { seat: seat(6) });
    let gone = world.joins(LinkRole::Member);
    world.does(gone, C::Leave);
    let keys = world.keys(host.device, None);
    world.does(host, C::Rekey { keys });
    world.go("process_review");
    let key = world.own_key_of(seat(4), 1);
    world.does(world.p(4), C::OwnKey(key));
    for n in [1, 2, 3, 4, 8] {
        let (who, id) = (world.p(n), 300 + u16::from(n));
        let kind = TextKind::Reflection;
        let text = if n == 4 { world.own_text(who, kind, id) } else { world.text(who, kind, id) };
        world.does(world.p(n), C::Put(text));
    }
    world.does(host, C::TakeBack);
    world
}

fn sent(world: &World, n: u8) -> Vec<ServerFrame> {
    world.client(n).log.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

#[test]
fn each_role_is_sent_exactly_the_paths_that_are_written_out() {
    let mut world = secretive();
    // The host's browser made the keys itself, so nobody grants it any.
    let host = &words(&[OWN, HINTS, PRESENTED, WRAP, LINKS, RECOVER, OF_MODE]) - &words(&["grant"]);
    let roles: [(u8, Role, BTreeSet<String>); 6] = [
        (1, Role::Host, host),
        (2, Role::CoFacilitator, words(&[OWN, HINTS, PRESENTED, LINKS, RECOVER, TAPS])),
        (3, Role::Member, words(&[OWN, TAPS, "practice_of.* looks[]"])),
        (4, Role::Member, words(&[OWN, OWN_KEY, TAPS, "practice_of.* names_agreed"])),
        (7, Role::Observer, words(&[NO_TEXTS])),
        // Who leads sees the hints while they lead, and never the keys of a link.
        (8, Role::Trainee, words(&[OWN, HINTS, TAPS])),
    ];
    for said in [C::SayRecorder { on: true }, C::AgreeNames { on: true }] {
        world.does(world.p(4), said);
    }
    assert!(world.clients[&device(8)].own.get("hints").is_none(), "taken back with the controls");
    world.does(world.host(), C::Close);
    // The next meeting, and one that is off again.
    let dates = |ids: &[u8]| {
        let at = |n: u8| (later_meeting(n), world.now.plus(u64::from(n) * 86_400_000));
        ids.iter().map(|n| at(*n)).collect()
    };
    let (both, one) = (dates(&[0x21, 0x22]), dates(&[0x21]));
    let (asked, fixed): (BTreeMap<_, _>, _) = (dates(&[0x23, 0x24]), dates(&[0x23]));
    let minutes = 210;
    let times = asked.iter().map(|(id, at)| (*id, OfferedTime { starts_at: *at, minutes }));
    let times: BTreeMap<_, _> = times.collect();
    world.does(world.host(), C::AskDates { times: times.clone() });
    for n in [1, 3] {
        let answer = Availability::Yes;
        world.does(world.p(n), C::AnswerDate { time: later_meeting(0x23), answer });
    }
    world.does(world.host(), C::SetDates { dates: fixed, fixes: true });
    world.does(world.host(), C::SetDates { dates: both, fixes: false });
    world.does(world.host(), C::SetDates { dates: one, fixes: false });
    world.does(world.p(3), C::CannotCome { meeting: later_meeting(0x21), on: true });
    let lead = PlannedLead { meeting: later_meeting(0x21), seat: Some(seat(2)) };
    world.does(world.host(), C::PlanLead(lead));
    let keys = world.keys(world.host().device, None);
    world.does(world.host(), next_meeting(later_meeting(0x21), keys));
    let mut all = BTreeSet::new();
    for (n, role, own) in roles {
        assert_eq!(world.room.seat(seat(n)).unwrap().role, role);
        let (mut shared_paths, mut own_paths) = (BTreeSet::new(), BTreeSet::new());
        for frame in sent(&world, n) {
            match frame {
                ServerFrame::Snapshot { shared, own, .. } => {
                    paths(&json(&shared), "", &mut shared_paths);
                    paths(&json(&own), "", &mut own_paths);
                }
                ServerFrame::Change { shared, .. } => paths(&shared, "", &mut shared_paths),
                ServerFrame::Own { own, .. } => paths(&own, "", &mut own_paths),
                other => panic!("{other:?}"),
            }
        }
        let allowed = words(&[SHARED]);
        let more: Vec<_> = shared_paths.difference(&allowed).collect();
        assert!(more.is_empty(), "{role:?} was sent more: {more:?}");
        assert_eq!(own_paths, own, "the own part of {role:?} {n}");
        all.extend(shared_paths);
    }
    let never: Vec<_> = words(&[SHARED]).difference(&all).cloned().collect();
    assert_eq!(never, Vec::<String>::new(), "on the list, and never sent by this meeting");
}

/// Every text that was ever not for all, with its author; whoever else has it must have got it by
/// its release.
#[test]
fn texts_of_one_person_never_reach_another() {
    let world = secretive();
    let mut private = Vec::new();
    for record in &world.records {
        if let Change::Written { item } = &record.change
            && item.see != See::Everyone
        {
            let released = world.records.iter().any(
                |later| matches!(&later.change, Change::ItemReleased { item: id } if *id == item.id),
            );
            private.push((item.sealed.as_str().to_owned(), item.seat, released, item.kind));
        }
    }
    let released: Vec<_> = private.iter().filter(|(_, _, released, _)| *released).collect();
    assert_eq!((private.len(), released.len()), (14, 1), "the test is about something");
    for (text, author, released, kind) in &private {
        for (id, client) in &world.clients {
            let has = client.log.iter().any(|frame| frame.contains(text));
            let may = *released || client.seat == *author;
            assert_eq!(has, may, "{kind:?} of {author} at {id}");
        }
    }
}

#[test]
fn at_the_door_one_sees_only_what_was_agreed() {
    let world = secretive();
    let mut around = world.around.clone();
    around.knock(world.knock_as(LinkRole::Member, 77, 88)).unwrap();
    let mut seen = BTreeSet::new();
    paths(&json(&view::lobby(&world.room, &around, device(77))), "", &mut seen);
    assert_eq!(seen, words(&[LOBBY]));
    let text = json(&view::lobby(&world.room, &around, device(77))).to_string();
    for item in world.room.items().values() {
        assert!(!text.contains(item.sealed.as_str()));
    }
    for person in world.room.seats().keys() {
        assert!(!text.contains(&person.to_string()), "not even who is in the room");
    }
    // Somebody sent back to the lobby has no place in it, and no view of the room.
    assert_eq!(view::lobby(&world.room, &around, device(6)).place, None);
    assert!(view::own(&world.room, device(77)).is_none());
}

#[test]
fn that_something_was_written_is_seen_but_not_what() {
    let mut world = World::running("question_gift", "gift.write");
    let text = world.text(world.p(4), TextKind::Question, 1);
    world.does(world.p(4), C::Put(text));
    let shared = view::shared(&world.room);
    assert!(shared.seats[&seat(4)].written && !shared.seats[&seat(5)].written);
    assert!(shared.items.is_empty());
    // A second revision changes nothing for the others, and they learn nothing of it.
    let before = world.client(5).log.clone();
    let again = world.text(world.p(4), TextKind::Question, 1);
    world.does(world.p(4), C::Put(again));
    assert_eq!(world.client(5).log, before, "not even that, or when, by a hole in the order");
}

/// Whoever presents is not hurried by how many wait: not by a list, not by the names of changes.
#[test]
fn whoever_presents_is_told_of_no_hand() {
    let mut world = World::running("classic", "classic.explore");
    let host = world.host();
    let begun = world.client(3).log.len();
    let hand = C::RaiseHand { kind: None, seat: None };
    world.does(world.p(4), hand.clone());
    world.does(world.p(5), hand.clone());
    world.does(world.p(5), C::LowerHand { seat: None });
    world.does(host, C::RaiseHand { kind: None, seat: Some(seat(6)) });
    world.does(host, C::MoveHand { seat: seat(6), to: 0 });
    let told = sent(&world, 3).split_off(begun);
    for (place, frame) in told.iter().enumerate() {
        let ServerFrame::Change { by, re, what, shared, .. } = frame else { panic!("{frame:?}") };
        assert_eq!((*by, *re, what.as_ref()), (None, None, "hidden"), "{place}");
        assert_eq!(*shared, serde_json::json!({}), "{place}");
    }
    assert!(told.len() >= 5, "its places have no holes");
    assert_eq!(world.client(4).shared["queue"].as_object().unwrap().len(), 2);
    // Who is asked to speak is plain to everybody.
    world.does(host, C::Invite { seat: seat(4) });
    assert_eq!(world.client(3).shared["asking"]["seat"], json(&seat(4)));
    // Whoever presents no longer sees what waits, and whoever presents now does no more.
    world.does(host, C::ChoosePresenter { seat: Some(seat(5)) });
    assert_eq!(world.client(3).shared["queue"].as_object().unwrap().len(), 1);
    assert_eq!(world.client(5).shared["queue"], serde_json::json!({}));
    // Who holds the controls calls the hands, and so sees them, presenter or not.
    world.does(host, C::HandOver { seat: seat(5) });
    assert_eq!(world.client(5).shared["queue"].as_object().unwrap().len(), 1);
}
