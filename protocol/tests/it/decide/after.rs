//! What is asked at the beginning and at the end: recorders, the form, who was there.

use std::collections::BTreeMap;

use setroom_protocol::attendance::Attended;
use setroom_protocol::view;
use setroom_protocol::{
    Change, Code, Command as C, Entry, FormAnswer, LinkRole, Mode, Role, SeatId, limits,
};

use super::names;
use crate::support::*;

fn answer(world: &World, n: u16) -> C {
    let sealed = boxed(world.room.epoch(), 256, u32::from(n));
    C::AnswerForm(FormAnswer { item: item(n), sealed, again: false })
}

/// What is written from a place on, and what the observer was told from a frame on.
fn since(world: &World, record: usize, frame: usize) -> [String; 2] {
    let written = String::from_utf8(Entry::encode(&world.records[record..])).unwrap();
    [written, world.client(7).log[frame..].concat()]
}

#[test]
fn answers_are_shown_from_five_on_all_at_once_and_are_nobodys() {
    let mut world = World::at("close");
    let (before, frames) = (world.records.len(), world.client(7).log.len());
    // In another order than that of their ids; one of them answers twice.
    for (n, id) in [(6, 90), (2, 95), (4, 91), (4, 92)] {
        let answer = answer(&world, id);
        assert_eq!(world.does(world.p(n), answer), []);
        world.passes(1_000);
    }
    world.refuses(world.host(), C::ShowForm, Code::Few);
    world.refuses(world.p(3), C::ShowForm, Code::Role);
    let observer = answer(&world, 97);
    world.refuses(world.p(7), observer, Code::Role);
    // An id that somebody else has would take their answer away, and one too few would be shown.
    let taken = answer(&world, 90);
    world.refuses(world.p(3), taken, Code::Already);
    let fourth = answer(&world, 94);
    world.does(world.p(3), fourth);
    world.refuses(world.host(), C::ShowForm, Code::Few);
    assert_eq!((world.records.len(), world.client(7).log.len()), (before, frames));
    let fifth = answer(&world, 93);
    world.does(world.host(), fifth);
    let changes = world.does(world.host(), C::ShowForm);
    let [Change::FormShown { answers }] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(answers.keys().copied().collect::<Vec<_>>(), [90, 92, 93, 94, 95].map(item));
    assert_eq!(view::shared(&world.room).form, *answers);
    assert_eq!(world.records[before].by, Some(seat(1)), "who showed them");
    for text in since(&world, before, frames) {
        for n in 2..=6 {
            assert!(!text.contains(&seat(n).to_string()), "{text}");
            assert!(!text.contains(&device(n).to_string()), "{text}");
        }
    }
    // What came after would stand alone.
    let late = answer(&world, 96);
    world.refuses(world.p(5), late, Code::Already);
    world.refuses(world.host(), C::ShowForm, Code::Already);
    world.does(world.host(), C::Close);
    assert_eq!(view::shared(&world.room).form.len(), 5);
    let keys = world.keys(world.host().device, None);
    world.does(world.host(), next_meeting(later_meeting(1), keys));
    assert!(world.room.form().is_empty() && world.around.form.is_empty());
    let early = answer(&world, 98);
    world.refuses(world.p(5), early, Code::Stage);
}

#[test]
fn what_is_sent_again_is_there_where_it_was_forgotten_and_takes_the_place_of_none() {
    let mut world = World::at("close");
    let again = |world: &World, n: u16| {
        let sealed = boxed(world.room.epoch(), 256, 1);
        C::AnswerForm(FormAnswer { item: item(n), sealed, again: true })
    };
    for n in 2..=6 {
        let answer = answer(&world, 90 + n);
        world.does(world.p(n as u8), answer);
    }
    // 2 has answered anew since, on another page than the one that sends again.
    let newest = answer(&world, 81);
    world.does(world.p(2), newest);
    let old = again(&world, 92);
    world.refuses(world.p(2), old, Code::Already);
    // The page that has the newest one is told that it counts, and what was pressed takes the place of any.
    let same = again(&world, 81);
    world.does(world.p(2), same);
    for n in [84, 94] {
        let pressed = answer(&world, n);
        world.does(world.p(4), pressed);
    }
    // The room has begun anew for 3.
    world.does(world.p(3), C::Leave);
    let sixth = again(&world, 96);
    world.does(world.p(6), sixth);
    let hosts = again(&world, 91);
    world.does(world.host(), hosts);
    world.does(world.host(), C::ShowForm);
    let shown: Vec<_> = world.room.form().keys().copied().collect();
    assert_eq!(shown, [81, 91, 94, 95, 96].map(item));
}

#[test]
fn whoever_goes_takes_their_answer_with_them() {
    let mut world = World::at("close");
    for n in 2..=6 {
        let answer = answer(&world, 90 + n);
        world.does(world.p(n as u8), answer);
    }
    world.does(world.p(6), C::Leave);
    assert_eq!(world.around.form.len(), 4);
    world.refuses(world.host(), C::ShowForm, Code::Few);
}

#[test]
fn a_new_key_takes_away_what_waits_since_keys_tell_who_had_answered_by_when() {
    let mut world = World::at("close");
    for n in 2..=6 {
        let answer = answer(&world, 90 + n);
        world.does(world.p(n as u8), answer);
    }
    let keys = world.keys(world.host().device, None);
    world.does(world.host(), C::Rekey { keys });
    world.refuses(world.host(), C::ShowForm, Code::Few);
    for n in 2..=6 {
        let answer = answer(&world, 90 + n);
        world.does(world.p(n as u8), answer);
    }
    world.does(world.host(), C::ShowForm);
    let epoch = world.room.epoch();
    assert!(world.room.form().values().all(|sealed| sealed.epoch() == epoch));
}

#[test]
fn everybody_is_asked_for_recorders_and_whoever_comes_later_as_well() {
    let mut world = World::usual();
    // At the gathering already.
    world.does(world.host(), C::SayRecorder { on: false });
    world.everyone_agrees();
    world.does(world.host(), C::Start);
    world.go("check_in");
    let said = |world: &World, n: u8| view::shared(&world.room).seats[&seat(n)].recorder;
    assert_eq!(said(&world, 1), Some(false), "the start asks nobody anew");
    assert!((2..=7).all(|n| said(&world, n).is_none()));
    world.does(world.p(7), C::SayRecorder { on: false });
    world.does(world.p(4), C::SayRecorder { on: true });
    assert_eq!((said(&world, 7), said(&world, 4)), (Some(false), Some(true)));
    world.refuses(world.p(4), C::SayRecorder { on: true }, Code::Already);
    // Before the rules are agreed to: it is one of them.
    world.go("close");
    let late = world.joins(LinkRole::Member);
    assert_eq!(said(&world, 8), None);
    world.refuses(late, C::Tick { on: true }, Code::CharterFirst);
    world.does(late, C::SayRecorder { on: false });
    world.does(world.p(4), C::SayRecorder { on: false });
    assert_eq!(said(&world, 4), Some(false));
    // Whoever comes back is asked again: from the lobby, and on another browser.
    world.does(world.host(), C::SendToLobby { seat: seat(8) });
    world.does(world.host(), C::BringBack { seat: seat(8) });
    assert_eq!(said(&world, 8), None);
    world.goes_away(4);
    let knock = world.knock_as(LinkRole::Member, 44, 99);
    world.around.knock(knock).unwrap();
    let host = world.host();
    world.does(host, world.admit(host, device(44), Some(seat(4))));
    assert_eq!(said(&world, 4), None);
    world.does(world.host(), C::Close);
    world.refuses(world.p(8), C::SayRecorder { on: true }, Code::Stage);
    let keys = world.keys(world.host().device, None);
    world.does(world.host(), next_meeting(later_meeting(1), keys));
    assert!((1..=8).all(|n| said(&world, n).is_none()), "asked in each meeting");
}

fn kept(changes: &[Change]) -> BTreeMap<Attended, u32> {
    let Some(Change::AttendanceKept(of)) = changes.last() else { panic!("{changes:?}") };
    of.kept.counts.clone()
}

/// A meeting: 3 is late, 4 leaves early, 5 cannot come, 6 is not there.
fn attended(mode: Mode, named: bool) -> (World, Vec<Change>) {
    let mut world = World::usual();
    if mode != Mode::Set {
        world.does(world.host(), C::SetMode { mode });
    }
    world.everyone_agrees();
    let present = world.room.meeting().id;
    world.does(world.p(5), C::CannotCome { meeting: present, on: true });
    for n in 1..=6 {
        if named {
            world.does(world.p(n), C::AgreeNames { on: true });
        }
        if n >= 3 && n != 4 {
            world.goes_away(n);
        }
    }
    world.does(world.host(), C::Start);
    world.passes(limits::LATE_AFTER_MS + 1);
    world.around.connect(seat(3), device(3));
    world.goes_away(4);
    world.passes(limits::LEFT_EARLY_MS);
    let changes = world.does(world.host(), C::Close);
    (world, changes)
}

#[test]
fn attendance_is_proposed_from_who_was_there_and_kept_as_numbers() {
    use Attended as A;
    let (mut world, changes) = attended(Mode::Set, false);
    assert_eq!(names(&changes), ["closed", "attendance_kept"]);
    let counts = [(A::Came, 2), (A::Late, 1), (A::LeftEarly, 1), (A::Apologies, 1), (A::Absent, 1)];
    assert_eq!(kept(&changes), counts.into());
    let written = serde_json::to_string(&changes[1]).unwrap();
    assert!((1..=7).all(|n| !written.contains(&seat(n).to_string())), "{written}");
    let known = world.around.attending.closed(&world.room).clone();
    assert_eq!(known[&seat(3)], A::Late);
    assert_eq!(known[&seat(5)], A::Apologies, "what the numbers were made from");
    // A facilitator puts it right: 6 was on the phone.
    let mut seats = known.clone();
    seats.insert(seat(6), A::Came);
    let meeting = world.room.meeting().id;
    let sets = |seats: &BTreeMap<SeatId, A>| C::SetAttendance { meeting, seats: seats.clone() };
    world.refuses(world.p(3), sets(&seats), Code::Role);
    let changes = world.does(world.host(), sets(&seats));
    assert_eq!(kept(&changes)[&A::Came], 3);
    assert_eq!(world.around.attending.closed(&world.room), &seats);
    // Other people with the same numbers: nothing of that is written down.
    let swapped = [(seat(3), A::LeftEarly), (seat(4), A::Late)];
    seats.extend(swapped);
    assert_eq!(world.does(world.host(), sets(&seats)), []);
    assert_eq!(world.around.attending.closed(&world.room), &seats);
    assert!(world.room.series().away.is_empty(), "who could not come is not kept");
}

#[test]
fn a_correction_names_its_meeting_and_everybody_who_takes_part() {
    use Attended as A;
    let (mut world, _) = attended(Mode::Set, false);
    let meeting = world.room.meeting().id;
    let known = world.around.attending.closed(&world.room).clone();
    let refused = |world: &mut World, meeting, seats: &BTreeMap<SeatId, A>, code| {
        let command = C::SetAttendance { meeting, seats: seats.clone() };
        world.refuses(world.host(), command, code);
        assert_eq!(world.around.attending.closed(&world.room), &known);
    };
    // Of nobody it would be proposed anew, from who looks at the closed page.
    refused(&mut world, meeting, &BTreeMap::new(), Code::Stale);
    let mut few = known.clone();
    few.remove(&seat(6));
    refused(&mut world, meeting, &few, Code::Stale);
    for (n, code) in [(7, Code::Role), (9, Code::NoSeat)] {
        let mut more = known.clone();
        more.insert(seat(n), A::Came);
        refused(&mut world, meeting, &more, code);
    }
    let next = later_meeting(1);
    refused(&mut world, next, &known, Code::Stale);
    // One that comes with the next meeting's opening says nothing of that one.
    let keys = world.keys(world.host().device, None);
    world.does(world.host(), next_meeting(next, keys));
    let mut seats = known.clone();
    seats.insert(seat(6), A::Late);
    world.around.attending.correct(meeting, seats.clone());
    world.does(world.host(), C::Start);
    world.does(world.host(), C::Close);
    assert_ne!(world.around.attending.closed(&world.room), &seats);
    let command = C::SetAttendance { meeting, seats: known };
    world.refuses(world.host(), command, Code::Stale);
}

#[test]
fn by_name_once_everybody_agrees_and_while_they_do() {
    let (mut world, _) = attended(Mode::Set, true);
    let meeting = world.room.meeting().id;
    let by = |world: &World| world.room.series().attendance[&meeting].by.clone();
    assert_eq!(by(&world)[&seat(4)], Attended::LeftEarly);
    assert_eq!(view::shared(&world.room).names_taps, 6);
    // Whoever goes is named no more; one who takes it back takes all names away.
    world.does(world.p(6), C::Leave);
    assert!(!by(&world).contains_key(&seat(6)) && by(&world).len() == 5);
    let frame = world.client(7).log.len();
    world.does(world.p(3), C::AgreeNames { on: false });
    assert!(by(&world).is_empty());
    let told = world.client(7).log[frame..].concat();
    assert!(!told.contains(&seat(3).to_string()), "nobody is told who: {told}");
    let known: BTreeMap<SeatId, _> = world.around.attending.closed(&world.room).clone();
    let seats = known.into_keys().filter(|id| *id != seat(6)).map(|id| (id, Attended::Came));
    world.does(world.host(), C::SetAttendance { meeting, seats: seats.collect() });
    assert!(by(&world).is_empty());
}

/// A set whose first meeting is over, of which names are kept; the next one is gathering.
fn named() -> World {
    let (mut world, _) = attended(Mode::Set, true);
    assert_eq!(names_kept(&world), 6);
    let keys = world.keys(world.host().device, None);
    world.does(world.host(), next_meeting(later_meeting(1), keys));
    world
}

fn names_kept(world: &World) -> usize {
    let shown = view::shared(&world.room).attendance;
    shown.values().map(|kept| kept.by.len()).sum()
}

#[test]
fn who_comes_and_has_not_agreed_ends_the_names_of_all_meetings() {
    let mut world = named();
    // One who watches takes no part.
    world.joins(LinkRole::Observer);
    assert_eq!(names_kept(&world), 6);
    let frame = world.client(7).log.len();
    let new = world.joins(LinkRole::Member);
    assert_eq!((names_kept(&world), view::shared(&world.room).names_taps), (0, 6));
    assert!(world.client(7).log[frame..].concat().contains(r#""by":null"#), "and on the screens");
    world.does(new, C::AgreeNames { on: true });
    assert_eq!(names_kept(&world), 0, "what went does not come back");
    // One who has watched takes part from now on.
    let mut world = named();
    world.does(world.host(), C::SetRole { seat: seat(7), role: Role::Member, keys: None });
    assert_eq!(names_kept(&world), 0);
}

/// How many agree, and the names: what is seen of who has agreed.
fn seen(world: &World) -> (u32, usize) {
    (view::shared(&world.room).names_taps, names_kept(world))
}

#[test]
fn no_press_of_a_facilitators_tells_who_has_agreed() {
    let probes: [fn(&mut World, SeatId); 2] = [
        |world, who| {
            for role in [Role::Observer, Role::Member] {
                world.does(world.host(), C::SetRole { seat: who, role, keys: None });
            }
        },
        |world, who| {
            let keys = world.keys(world.host().device, Some(who));
            world.does(world.host(), C::Remove { seat: who, keys });
        },
    ];
    // All but 5 have agreed: it looks the same whether one who has is pressed away, or the one who has not.
    for probe in probes {
        let looks = [4, 5].map(|n| {
            let mut world = named();
            world.does(world.p(5), C::AgreeNames { on: false });
            assert_eq!(seen(&world), (5, 0));
            probe(&mut world, seat(n));
            seen(&world)
        });
        assert_eq!(looks[0], looks[1]);
    }
    // Where all have, that is known of each: whoever watches from now on is named no more, and the others are.
    let mut world = named();
    world.does(world.host(), C::SetRole { seat: seat(4), role: Role::Observer, keys: None });
    assert_eq!(seen(&world), (5, 5));
    let kept = view::shared(&world.room).attendance;
    assert!(kept.values().all(|kept| !kept.by.contains_key(&seat(4))));
    assert!(!view::own(&world.room, device(4)).unwrap().names_agreed);
    world.does(world.host(), C::SetRole { seat: seat(4), role: Role::Member, keys: None });
    assert_eq!(seen(&world), (5, 0));
}

#[test]
fn where_people_may_not_travel_nothing_of_who_was_there_is_kept() {
    let (mut world, changes) = attended(Mode::Chatham, true);
    assert_eq!(names(&changes), ["closed"]);
    assert!(world.room.series().attendance.is_empty() && world.room.series().away.is_empty());
    assert!(world.around.attending.closed(&world.room).is_empty());
    let (meeting, seats) = (world.room.meeting().id, BTreeMap::from([(seat(3), Attended::Came)]));
    world.refuses(world.host(), C::SetAttendance { meeting, seats }, Code::Kind);
}

#[test]
fn a_mode_in_which_people_may_not_travel_takes_away_what_was_kept_before() {
    let (mut world, _) = attended(Mode::Set, true);
    let keys = world.keys(world.host().device, None);
    world.does(world.host(), next_meeting(later_meeting(1), keys));
    assert_eq!(view::shared(&world.room).attendance.len(), 1);
    world.does(world.host(), C::Start);
    world.does(world.host(), C::ProposeMode { mode: Mode::Chatham });
    world.everyone_agrees_to_the_mode();
    assert!(view::shared(&world.room).attendance.is_empty());
    let kept = String::from_utf8(world.room.to_snapshot()).unwrap();
    assert!(!kept.contains("\"attendance\""), "{kept}");
}
