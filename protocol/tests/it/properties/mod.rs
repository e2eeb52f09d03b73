//! Laws that hold for whatever people press, in whatever order: random commands by everybody, with
//! data that is often right, while time passes and people come and go.

mod asked;
mod story;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use setroom_protocol::method::See;
use setroom_protocol::room::{Clock, DateAnswer};
use setroom_protocol::view::{self, merge};
use setroom_protocol::{Change, Recorded, Room, SeatId, ServerFrame};

use self::story::{Story, and_what_else_there_is, begin, happen, story};
use crate::samples;
use crate::support::{World, json};

fn no_nulls(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(list) => list.iter().all(no_nulls),
        Value::Object(map) => map.values().all(no_nulls),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

/// What must hold after every single thing that happens.
fn check_now(world: &World) {
    assert_eq!(world.room.faults(), Vec::<String>::new());
    let clock = world.room.meeting().now.clock;
    let runs = matches!(clock, Clock::Running { .. });
    assert!(!(runs && world.room.lacks_presenter()), "no clock of nobody's slot runs");
    world.check_clients();
    let shared = json(&view::shared(&world.room));
    assert!(no_nulls(&shared), "a stored null would be lost in a patch");
    for device in world.room.devices().keys() {
        assert!(no_nulls(&json(&view::own(&world.room, *device).unwrap())));
    }
}

/// What each change may touch, seen from the outside.
fn check_change(before: &Room, record: &Recorded, after: &Room) {
    let (was, is) = (before.meeting(), after.meeting());
    let name = record.change.name();
    assert_eq!(after.seq(), record.seq);
    let unseen = before.is_unseen(&record.change);
    let place = if unseen { before.seq() } else { before.seq().next() };
    assert_eq!(record.seq, place, "places have no holes, and nothing unseen has one");
    if matches!(name, "written" | "item_withdrawn" | "granted" | "own_key_set") {
        // Exactly what changes nothing for the others takes no place.
        let same = view::shared(before) == view::shared(after);
        assert_eq!(unseen, same, "{name}");
    } else {
        assert!(!unseen, "{name}");
    }
    let moves = ["moved", "undone", "closed", "meeting_opened"];
    let clocks = ["paused", "resumed", "time_added", "held", "hold_ended"];
    if !moves.contains(&name) {
        assert_eq!(was.now.part, is.now.part, "{name} leaves the part alone");
        if !clocks.contains(&name) {
            assert_eq!(was.now.clock, is.now.clock, "{name} leaves the clock alone");
        }
        let chooses = ["presenter_chosen", "removed", "left", "role_set"];
        if !chooses.contains(&name) {
            assert_eq!(was.now.presenter, is.now.presenter, "{name} leaves the presenter alone");
        }
    }
    check_dates(before, record, after);
    let named = after.series().attendance.values().any(|kept| !kept.by.is_empty());
    assert!(!named || after.names_agreed(), "names without everybody's yes, after {name}");
    let left = |clock: Clock| clock.left_ms(record.at);
    match &record.change {
        Change::TimeAdded { minutes, .. } if *minutes < 0 => {
            assert!(left(is.now.clock) < left(was.now.clock), "taking time takes time");
        }
        Change::TimeAdded { .. } => assert!(left(is.now.clock) > left(was.now.clock)),
        Change::Paused { .. }
        | Change::Resumed { .. }
        | Change::Held { .. }
        | Change::HoldEnded { .. } => {
            assert_eq!(left(is.now.clock), left(was.now.clock), "{name} neither gives nor takes");
        }
        _ => {}
    }
    let minutes = |room: &Room| room.meeting().agenda.iter().map(|part| part.minutes).collect();
    let [were, are]: [Vec<_>; 2] = [minutes(before), minutes(after)];
    if !["time_fitted", "undone", "planned", "meeting_opened"].contains(&name) {
        assert_eq!(were, are, "{name} leaves the time of the parts alone");
    }
    assert!(are.iter().all(|[least, planned, most]| (least..=most).contains(&planned)), "{name}");
    if !["written", "removed", "left", "device_dropped"].contains(&name) {
        for (id, device) in before.devices() {
            assert_eq!(after.device(*id).map(|d| d.next_n), Some(device.next_n));
        }
    }
}

/// Dates, and what is asked about them, are moved by what is meant for it and by nothing else.
fn check_dates(before: &Room, record: &Recorded, after: &Room) {
    let (was, is) = (before.series(), after.series());
    let name = record.change.name();
    if !["dates_set", "meeting_opened"].contains(&name) {
        assert_eq!(was.dates, is.dates, "{name} leaves the dates alone");
    }
    match &record.change {
        Change::DatesAsked { times } => {
            let asked: BTreeMap<_, _> = is.asked.iter().map(|(id, to)| (*id, to.time)).collect();
            assert_eq!(&asked, times);
            for (id, asked) in &is.asked {
                let same = was.asked.get(id).filter(|was| was.time == asked.time);
                let answers = same.map(|was| was.answers.clone()).unwrap_or_default();
                assert_eq!(asked.answers, answers, "an answer is for one time");
            }
        }
        Change::DateAnswered(DateAnswer { seat, time, answer }) => {
            let mut asked = was.asked.clone();
            asked.get_mut(time).unwrap().answers.insert(*seat, *answer);
            assert_eq!(asked, is.asked, "nobody answers for another");
        }
        Change::Left { seat } | Change::Removed { seat, .. } | Change::RoleSet { seat, .. } => {
            for (id, asked) in &is.asked {
                let mut answers = was.asked[id].answers.clone();
                if !asked.answers.contains_key(seat) {
                    answers.remove(seat);
                }
                assert_eq!(asked.answers, answers, "{name} leaves the others' answers alone");
            }
        }
        _ => assert_eq!(was.asked, is.asked, "{name} leaves what is asked alone"),
    }
}

/// Who holds keys: what was recorded follows, the key fits it, and nobody who is gone gets a grant.
fn check_roster(before: &Room, record: &Recorded, after: &Room) {
    let edit = match &record.change {
        Change::Seated { edit, .. } | Change::DeviceAdded { edit, .. } => edit.as_ref(),
        Change::RosterEdited { edit } => Some(edit),
        change => change.keys().and_then(|keys| keys.edit.as_ref()),
    };
    match edit {
        Some(edit) => {
            assert!(before.roster().vet(before.set(), edit).is_ok());
            let mut walker = before.roster().clone();
            walker.take(before.set(), edit);
            assert_eq!(&walker, after.roster(), "a client that walks gets there as well");
        }
        None => assert_eq!(before.roster(), after.roster()),
    }
    if !after.roster().is_empty() {
        assert_eq!(after.roster().epoch(), after.epoch(), "texts are sealed under the chain's key");
    }
    if let Some(keys) = record.change.keys() {
        assert!(keys.grants.keys().all(|id| after.device(*id).is_some()));
        let link = after.roster().host().unwrap();
        let holders = after.roster().holders().keys();
        assert!(holders.filter(|id| **id != link).all(|id| after.device(*id).is_some()));
        assert!(
            after.key_due().iter().all(|kind| *kind == setroom_protocol::LinkRole::CoFacilitator)
        );
    }
}

/// Boxes that only their author may have, and that were never opened to all.
fn private_boxes(world: &World) -> BTreeMap<String, SeatId> {
    let mut boxes = BTreeMap::new();
    let mut private = BTreeMap::new();
    for record in &world.records {
        match &record.change {
            Change::Written { item } if item.see == See::Everyone => {
                private.remove(&item.id);
            }
            Change::Written { item } => {
                private.insert(item.id, (item.sealed.as_str().to_owned(), item.seat));
                boxes.insert(item.sealed.as_str().to_owned(), item.seat);
            }
            // The newest revision is seen by all from here on; the ones before it never were.
            Change::ItemReleased { item } => {
                if let Some((text, _)) = private.remove(item) {
                    boxes.remove(&text);
                }
            }
            _ => {}
        }
    }
    boxes
}

/// What all see at a place, and what somebody sees from whom hands are hidden.
struct Shown {
    all: Value,
    apart: Option<(SeatId, Value)>,
}

impl Shown {
    fn in_room(room: &Room) -> Self {
        let apart = view::hides_hands_from(room);
        Self {
            all: json(&view::shared(room)),
            apart: apart.map(|seat| (seat, json(&view::shared_for(room, seat)))),
        }
    }

    fn to(&self, seat: SeatId) -> &Value {
        let own = self.apart.as_ref().filter(|(whose, _)| *whose == seat);
        own.map_or(&self.all, |(_, shown)| shown)
    }
}

/// What must hold for the whole story.
fn check_story(world: &World) {
    let mut room = Room::found(&world.records[0]).unwrap();
    let mut shown_at = vec![Shown::in_room(&room)];
    for record in &world.records[1..] {
        let before = room.clone();
        room.apply(record);
        check_change(&before, record, &room);
        if room.seq() != before.seq() {
            shown_at.push(Shown::in_room(&room));
        }
        check_roster(&before, record, &room);
    }
    assert_eq!(room, world.room, "a replay is the live room");
    assert_eq!(Room::replay(&world.records).as_ref(), Some(&world.room));
    let read = Room::from_snapshot(&world.room.to_snapshot()).unwrap();
    assert_eq!(read, world.room, "a snapshot is the room");

    // Snapshot at n, merged with every patch after n, is the snapshot at m.
    for client in world.clients.values() {
        let frames: Vec<ServerFrame> =
            client.log.iter().skip(1).map(|text| serde_json::from_str(text).unwrap()).collect();
        let patches: Vec<(u64, Value)> = frames
            .into_iter()
            .filter_map(|frame| match frame {
                ServerFrame::Change { seq, shared, .. } => Some((seq.0, shared)),
                _ => None,
            })
            .collect();
        for start in (0..patches.len()).step_by(7) {
            let shown = |seq: u64| shown_at[seq as usize - 1].to(client.seat);
            let mut shared = shown(patches[start].0 - 1).clone();
            for (seq, patch) in &patches[start..] {
                merge(&mut shared, patch);
                assert_eq!(&shared, shown(*seq), "from {start} to {seq}");
            }
        }
    }
    for (text, author) in private_boxes(world) {
        for client in world.clients.values().filter(|client| client.seat != author) {
            assert!(!client.log.iter().any(|frame| frame.contains(&text)), "hidden is not sent");
        }
    }
}

/// Plays one story and checks every law on the way. How often something changed, and was refused.
fn play((template, part, ops): Story) -> (World, usize) {
    let mut world = begin(template, part);
    let mut changed = 0;
    let count = ops.len();
    for op in ops {
        changed += usize::from(happen(&mut world, op));
        check_now(&world);
    }
    and_what_else_there_is(&mut world, count);
    check_now(&world);
    check_story(&world);
    (world, changed)
}

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(config(32))]

    #[test]
    fn whatever_is_pressed_the_laws_hold(story in story()) {
        play(story);
    }
}

/// The stories are worth something: over a fixed set of them most presses do something, and every
/// change there is comes up.
#[test]
fn random_stories_reach_every_change() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config(64), rng);
    let seen = RefCell::new((BTreeSet::new(), 0, 0));
    runner
        .run(&story(), |story| {
            let ops = story.2.len();
            let (world, changed) = play(story);
            let mut seen = seen.borrow_mut();
            seen.0.extend(world.records.iter().map(|record| record.change.name()));
            seen.1 += changed;
            seen.2 += ops;
            Ok(())
        })
        .unwrap();
    let (names, changed, ops) = seen.into_inner();
    let all = samples::names::<Change>("c");
    let missing: Vec<_> = all.iter().filter(|name| !names.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "never seen: {missing:?}");
    assert!(changed * 4 > ops, "{changed} of {ops} did something");
}
