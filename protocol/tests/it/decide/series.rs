//! From one meeting to the next: dates, and what is there when the next one opens.

use std::collections::BTreeMap;

use setroom_protocol::room::{Clock, MeetingDate, PlannedLead, Receipt, Stage};
use setroom_protocol::view::{self, SeriesView};
use setroom_protocol::{
    Change, Code, Command as C, LinkRole, MeetingId, Role, TextKind, Timestamp, limits,
};

use super::{door, names};
use crate::support::*;

const DAY: u64 = 24 * 3_600_000;

fn date(at: Timestamp, rev: u32) -> MeetingDate {
    MeetingDate { starts_at: at, minutes: None, rev, cancelled: false }
}

fn off(at: Timestamp, rev: u32) -> MeetingDate {
    MeetingDate { starts_at: at, minutes: None, rev, cancelled: true }
}

/// So many days from the beginning.
fn day(n: u64) -> Timestamp {
    BEGIN.plus(n * DAY)
}

fn sets<const N: usize>(dates: [(MeetingId, Timestamp); N]) -> C {
    C::SetDates { dates: dates.into(), fixes: false }
}

fn series(world: &World) -> SeriesView {
    view::shared(&world.room).series.unwrap()
}

/// A closed meeting: everybody has a name, two people an action, one of them under their own key.
fn closed() -> World {
    let mut world = World::at("action_review");
    for n in 1..=7 {
        let name = world.text(world.p(n), TextKind::Name, 0);
        world.does(world.p(n), C::Put(name));
    }
    let title = world.text(world.host(), TextKind::Title, 90);
    world.does(world.host(), C::Put(title));
    world.go("charter");
    let rules = world.text(world.host(), TextKind::Charter, 91);
    world.does(world.host(), C::Put(rules));
    world.everyone_agrees();
    world.go("action_review");
    let action = world.text(world.p(3), TextKind::Action, 30);
    world.does(world.p(3), C::Put(action));
    let key = world.own_key_of(seat(4), 1);
    world.does(world.p(4), C::OwnKey(key));
    let action = world.own_text(world.p(4), TextKind::Action, 40);
    world.does(world.p(4), C::Put(action));
    world.go("bids");
    let bid = world.text(world.p(5), TextKind::Bid, 50);
    world.does(world.p(5), C::Put(bid));
    world.does(world.host(), C::Lock { on: true });
    world.does(world.host(), C::Close);
    world
}

/// The next meeting, with the members' link as it was.
fn next(world: &World, meeting: MeetingId) -> C {
    let mut keys = world.keys(world.host().device, None);
    keys.links.insert(LinkRole::Member, hash(3));
    next_meeting(meeting, keys)
}

#[test]
fn dates_are_set_moved_and_taken_off_and_calendars_are_told_which() {
    let mut world = World::usual();
    let host = world.host();
    let [a, b, present] = [later_meeting(1), later_meeting(2), meeting_id()];
    assert_eq!(view::shared(&world.room).series, None, "one meeting is no series");
    let dates = BTreeMap::from([(a, date(day(56), 0)), (b, date(day(112), 0))]);
    let set = sets([(a, day(56)), (b, day(112))]);
    // The present one has its date from when the set was made, and is off where it is left out.
    let made = world.room.meeting().starts_at.unwrap();
    let changes = world.does(host, set.clone());
    let mut with_present = dates.clone();
    with_present.insert(present, off(made, 1));
    assert_eq!(changes, [Change::DatesSet { dates: with_present }]);
    assert_eq!(world.room.meeting().starts_at, None);
    let set = sets([(present, day(1)), (a, day(56)), (b, day(112))]);
    world.does(host, set.clone());
    assert_eq!(world.room.meeting().starts_at, Some(day(1)));
    assert_eq!((series(&world).number, series(&world).of), (1, 3));
    assert_eq!(
        series(&world).dates[&present],
        date(day(1), 2),
        "each change has a number of its own"
    );
    world.refuses(host, set, Code::Already);
    // One is moved, one is off: only these have another number.
    world.does(host, sets([(present, day(1)), (b, day(120))]));
    let now = series(&world);
    assert_eq!(now.dates[&a], off(day(56), 1));
    assert_eq!(now.dates[&b], date(day(120), 1));
    assert_eq!(now.dates[&present], date(day(1), 2));
    assert_eq!((now.number, now.of), (1, 2));
    // On again is a change as well.
    world.does(host, sets([(present, day(1)), (a, day(56)), (b, day(120))]));
    assert_eq!(series(&world).dates[&a], date(day(56), 2));
    // What is off is told until its day, and not longer.
    world.does(host, sets([(present, day(1)), (b, day(120))]));
    world.passes(57 * DAY);
    world.does(host, sets([(present, day(1)), (b, day(121))]));
    assert_eq!(series(&world).dates.keys().copied().collect::<Vec<_>>(), [b, present]);
}

#[test]
fn dates_have_bounds() {
    let mut world = World::usual();
    let host = world.host();
    let at = |n: u64| (later_meeting(n as u8 + 1), day(n + 1));
    let most = limits::MEETINGS_AHEAD as u64;
    let many = |n: u64| C::SetDates { dates: (0..n).map(at).collect(), fixes: false };
    world.refuses(host, many(most + 1), Code::Meetings);
    world.does(host, many(most));
    // Of those that are off as many are told of, the nearest first.
    let others = (0..most).map(|n| (later_meeting(0x80 + n as u8), day(300 + n))).collect();
    world.does(host, C::SetDates { dates: others, fixes: false });
    world.does(host, sets([(later_meeting(0x70), day(400))]));
    let now = series(&world);
    assert_eq!(now.dates.len(), 1 + limits::MEETINGS_AHEAD);
    assert!(now.dates.contains_key(&later_meeting(1)) && now.of == 2);
    let one = later_meeting(0x71);
    let far = u64::from(limits::MEETING_AHEAD_DAYS);
    for (at, fits) in [
        (Timestamp(world.now.0 - DAY), true),
        (Timestamp(world.now.0 - DAY - 1), false),
        (day(far), true),
        (day(far).plus(1), false),
        (Timestamp(0), false),
    ] {
        if fits {
            world.does(host, sets([(one, at)]));
        } else {
            world.refuses(host, sets([(one, at)]), Code::Range);
        }
    }
    world.refuses(host, sets([(one, day(5)), (later_meeting(9), day(5))]), Code::Range);
}

#[test]
fn dates_that_were_changed_meanwhile_are_looked_at_again() {
    let mut world = World::usual();
    let seen = world.room.seq();
    world.does(world.p(2), sets([(later_meeting(1), day(9))]));
    let late = world.ask_on(world.host(), sets([(later_meeting(2), day(9))]), seen);
    assert_eq!(late, Err(Code::Stale));
    world.does(world.host(), C::Start);
    // Its date is what it was, now that it has begun.
    world.refuses(world.host(), sets([(meeting_id(), day(2))]), Code::Stale);
    let ahead = sets([(later_meeting(1), day(10))]);
    world.does(world.host(), C::HandOver { seat: seat(3) });
    world.does(world.p(3), ahead);
    world.refuses(world.p(4), sets([]), Code::Role);
    assert!(series(&world).dates.contains_key(&later_meeting(1)));
}

#[test]
fn the_next_meeting_has_who_was_there_and_what_was_kept_and_nothing_else() {
    let mut world = closed();
    let (host, id) = (world.host(), later_meeting(1));
    world.does(host, sets([(id, day(56)), (later_meeting(2), day(112))]));
    assert_eq!((series(&world).number, series(&world).of), (1, 3));
    let before = world.room.clone();
    world.passes(56 * DAY);
    let command = next(&world, id);
    assert_eq!(names(&world.does(host, command)), ["meeting_opened", "rekeyed"]);
    let room = &world.room;
    let meeting = room.meeting();
    assert_eq!(
        (meeting.id, meeting.stage, meeting.starts_at),
        (id, Stage::Gathering, Some(day(56)))
    );
    assert_eq!(
        (meeting.started_at, &meeting.receipt, meeting.now.clock),
        (None, &None, Clock::Stopped)
    );
    assert_eq!(
        (&meeting.plan, &meeting.template),
        (&before.meeting().plan, &before.meeting().template)
    );
    assert!(meeting.agenda.iter().any(|part| part.id == "action_review"));
    assert_eq!((room.mode(), room.epoch()), (before.mode(), before.epoch() + 1));
    assert_eq!((series(&world).number, series(&world).of), (2, 3));
    // The same people with the same browsers; what they agreed to they are asked again.
    assert_eq!(
        room.devices().keys().collect::<Vec<_>>(),
        before.devices().keys().collect::<Vec<_>>()
    );
    for (id, held) in room.seats() {
        let was = before.seat(*id).unwrap();
        assert_eq!((held.role, held.place, &held.own_key), (was.role, was.place, &was.own_key));
        assert!(!held.agreed);
    }
    assert!(!room.locked());
    // Every text is one that the close had kept, and says where it was sealed: the set's rules too.
    assert_eq!(before.meeting().receipt.as_ref().unwrap().kept[&TextKind::Charter], 1);
    assert!(room.items().contains_key(&item(91)));
    assert_eq!(room.items().keys().collect::<Vec<_>>(), before.items().keys().collect::<Vec<_>>());
    assert_eq!(room.items().len(), 7 + 2 + 2);
    assert!(room.items().values().all(|item| item.meeting == Some(meeting_id())));
    let own = view::own(room, device(4)).unwrap();
    assert_eq!(own.items[&item(40)].meeting, Some(meeting_id()));
    assert!(own.items[&item(40)].sealed.is_own() && own.items.len() == 1);
    // The members' link is what the command names, and others stay as they were.
    assert_eq!(room.link(LinkRole::Member), Some(&hash(3)));
    assert!(before.link(LinkRole::Observer).is_some());
    assert_eq!(room.link(LinkRole::Observer), before.link(LinkRole::Observer));
    let knock = world.knock(LinkRole::Member);
    assert_eq!(door(&world, &knock), Ok(None));
    // Written anew it belongs to this meeting.
    let again = world.own_text(world.p(4), TextKind::Action, 40);
    world.does(host, C::Start);
    world.everyone_agrees();
    world.go("action_review");
    world.does(world.p(4), C::Put(again));
    assert_eq!(world.room.items()[&item(40)].meeting, None);
    assert_eq!(world.room.items()[&item(30)].meeting, Some(meeting_id()));
}

#[test]
fn a_meeting_opens_once_and_only_after_the_last_one_is_closed() {
    let mut world = World::usual();
    let (host, id) = (world.host(), later_meeting(1));
    let early = next(&world, id);
    world.refuses(host, early.clone(), Code::Stage);
    world.does(host, C::Start);
    world.refuses(host, early, Code::Stage);
    world.does(host, C::Close);
    for known in [meeting_id(), id] {
        let command = next(&world, known);
        if known == id {
            let seen = world.room.seq();
            world.does(host, command.clone());
            // The other facilitator pressed at the same moment.
            assert_eq!(world.ask_on(world.p(2), command, seen), Err(Code::Stage));
        } else {
            world.refuses(host, command, Code::Already);
        }
    }
    world.does(host, C::Start);
    world.does(host, C::Close);
    for held in [meeting_id(), id] {
        let command = next(&world, held);
        world.refuses(host, command, Code::Already);
    }
    // The key that goes with it is as sound as any other.
    let mut keys = world.keys(host.device, None);
    keys.grants.pop_first();
    let command = next_meeting(later_meeting(2), keys);
    world.refuses(host, command, Code::StaleRoster);
    let mut keys = world.keys(world.p(2).device, None);
    keys.links.insert(LinkRole::Host, hash(77));
    let command = next_meeting(later_meeting(2), keys);
    world.refuses(world.p(2), command, Code::Role);
    assert_eq!(world.room.seat(seat(2)).unwrap().role, Role::CoFacilitator);
}

/// Ground rules went with the meeting when these changes were written; the receipt says so.
#[test]
fn a_close_that_destroyed_the_charter_still_does() {
    let mut world = World::at("charter");
    let rules = world.text(world.host(), TextKind::Charter, 91);
    world.does(world.host(), C::Put(rules));
    let (destroyed, kept) = ([(TextKind::Charter, 1)].into(), [].into());
    let receipt = Receipt { at: world.now, people: 7, destroyed, kept, mode: None, returns: false };
    world.record(vec![Change::Closed { receipt }], None, None);
    assert!(!world.room.items().contains_key(&item(91)));
}

#[test]
fn whoever_left_after_the_close_has_no_key_of_the_next_meeting() {
    let mut world = closed();
    let gone = world.p(6);
    world.does(gone, C::Leave);
    let command = next(&world, later_meeting(1));
    let C::NextMeeting { keys, .. } = &command else { panic!("the next meeting") };
    assert!(!keys.grants.contains_key(&gone.device));
    world.does(world.host(), command);
    assert_eq!(world.room.device(gone.device), None);
    assert!(!world.room.roster().holders().contains_key(&gone.device));
}

#[test]
fn a_set_holds_so_many_meetings_and_no_more() {
    let mut world = World::with("short_90", "classic", 0, 0, 0);
    for n in 1..limits::MEETINGS {
        world.does(world.host(), C::Start);
        world.does(world.host(), C::Close);
        let command = next(&world, later_meeting(n as u8));
        world.does(world.host(), command);
    }
    assert_eq!(world.room.meeting_number() as usize, limits::MEETINGS);
    world.does(world.host(), C::Start);
    world.does(world.host(), C::Close);
    let command = next(&world, later_meeting(0xF0));
    world.refuses(world.host(), command, Code::Meetings);
}

#[test]
fn a_set_ends_once_it_is_closed_and_nothing_happens_in_it_any_more() {
    let mut world = World::usual();
    let host = world.host();
    world.refuses(host, C::EraseSet, Code::Stage);
    world.does(host, C::Start);
    world.refuses(host, C::EraseSet, Code::Stage);
    world.does(host, C::Close);
    world.refuses(world.p(3), C::EraseSet, Code::Role);
    assert!(!view::shared(&world.room).erased);
    // Two presses are one end, and a page that shows another meeting does not end the set.
    let before = world.room.seq();
    assert_eq!(world.does(host, C::EraseSet), [Change::Erased]);
    assert!(world.room.is_erased() && view::shared(&world.room).erased);
    assert!(world.room.meeting().moved > before);
    for command in [C::EraseSet, next(&world, later_meeting(1)), sets([(later_meeting(1), day(9))])]
    {
        world.refuses(host, command, Code::Stage);
    }
    world.refuses(world.p(4), C::Leave, Code::Stage);
    let knock = world.knock_as(LinkRole::Host, 77, 99);
    assert_eq!(door(&world, &knock), Err(Code::Stage));
}

#[test]
fn a_set_is_kept_for_so_many_days_after_its_last_change_and_its_last_date() {
    let mut world = closed();
    let host = world.host();
    let kept = |world: &World| world.room.kept_until(30);
    let changed = world.room.changed_at();
    assert_eq!(kept(&world), changed.plus(30 * DAY));
    assert_eq!(world.room.kept_until(400), changed.plus(400 * DAY));
    // A date ahead is waited for, the last of them.
    let dates = [(later_meeting(1), day(56)), (later_meeting(2), day(112))];
    world.does(host, sets(dates));
    assert_eq!(kept(&world), day(142));
    // One that is called off is not.
    world.does(host, sets([(later_meeting(1), day(56))]));
    assert_eq!(kept(&world), day(86));
    // The date of the meeting that gathers counts, and no more once it has begun.
    let command = next(&world, later_meeting(1));
    world.does(host, command);
    assert_eq!(kept(&world), day(86));
    world.does(host, C::Start);
    assert_eq!(kept(&world), world.room.changed_at().plus(30 * DAY));
    // Nobody waits for what is years ahead.
    world.does(host, sets([(later_meeting(3), day(900))]));
    assert_eq!(kept(&world), world.room.changed_at().plus(395 * DAY));
    // A snapshot of the first form, which does not say when it was changed, is not thought to be of 1970.
    let mut snapshot: serde_json::Value =
        serde_json::from_slice(&world.room.to_snapshot()).unwrap();
    snapshot["room"]["changed_at"] = 0.into();
    snapshot["room"]["series"] = serde_json::json!({});
    let old = setroom_protocol::Room::from_snapshot(snapshot.to_string().as_bytes()).unwrap();
    assert!(old.kept_until(30) >= BEGIN.plus(30 * DAY));
}

#[test]
fn who_has_the_controls_in_a_meeting_to_come_is_said_ahead() {
    let mut world = closed();
    let host = world.host();
    let [a, b] = [later_meeting(1), later_meeting(2)];
    let plan = |meeting, seat| C::PlanLead(PlannedLead { meeting, seat });
    world.refuses(host, plan(a, Some(seat(4))), Code::Stale);
    world.does(host, sets([(a, day(56)), (b, day(112))]));
    world.refuses(host, plan(a, Some(seat(7))), Code::Role);
    world.refuses(host, plan(a, Some(seat(99))), Code::NoSeat);
    for (meeting, n) in [(a, 4), (b, 3)] {
        world.does(host, plan(meeting, Some(seat(n))));
        world.refuses(host, plan(meeting, Some(seat(n))), Code::Already);
    }
    assert_eq!(series(&world).leads, [(a, seat(4)), (b, seat(3))].into());
    // It is for a meeting, whenever that is; one that is off has nobody.
    world.does(host, sets([(a, day(57)), (b, day(112))]));
    assert_eq!(series(&world).leads[&a], seat(4));
    world.does(host, next(&world, a));
    assert_eq!(world.room.meeting().lead, Some(seat(4)));
    assert_eq!(series(&world).leads, [(b, seat(3))].into());
    world.does(world.p(4), C::Start);
    world.does(world.p(4), C::Close);
    // Whoever has left by then is not waited for.
    world.does(world.p(3), C::Leave);
    assert!(series(&world).leads.is_empty());
    world.does(host, plan(b, Some(seat(5))));
    world.does(host, sets([(later_meeting(3), day(130))]));
    assert!(series(&world).leads.is_empty());
    world.check_clients();
}
