//! What was once written to a journal can always be read. The files of a form are written once, with
//! `UPDATE_GOLDEN=1` when they are missing, and are never written again: those of the first form
//! (`v1`) by the program that wrote it, those of the second one (`v2`) by this.

use std::collections::BTreeSet;

use serde_json::Value;
use setroom_protocol::command::{FormAnswer, OfferedLine, Saying};
use setroom_protocol::room::{FittedTime, PlannedLead};
use setroom_protocol::{
    Change, Command as C, Entry, LinkRole, Mode, Recorded, Role, Room, TextKind, Timestamp,
};

use crate::decide::off_record;
use crate::samples;
use crate::support::*;
use crate::wire;

/// A meeting in which every change happens.
pub(crate) fn everything() -> World {
    let mut world = World::usual();
    let host = world.host();
    world.does(host, C::Plan { plan: "hpma_150".into(), template: "classic".into() });
    world.does(host, C::SetMode { mode: Mode::Double });
    world.does(host, C::Lock { on: true });
    world.goes_away(3);
    for browser in 33..=36 {
        let knock = world.knock_as(LinkRole::Member, browser, 99);
        world.around.knock(knock).unwrap();
        world.does(host, world.admit(host, device(browser), Some(seat(3))));
    }
    // The host on another browser, and what is gone.
    let knock = world.knock_as(LinkRole::Host, 11, 99);
    world.lets_in(&knock);
    let there = Person { seat: seat(1), device: device(11) };
    let edit = setroom_protocol::RosterEdit {
        add: vec![world.holder(there.device)],
        drop: vec![device(3)],
        ..world.edit(there.device)
    };
    world.does(there, C::EditRoster { edit: edit.into() });
    world.does(there, C::EditRoster { edit: world.whole_edit(1).into() });
    world.does(host, C::Grant { device: device(33), grant: blob("again") });
    world.does(host, C::SendToLobby { seat: seat(5) });
    world.does(host, C::BringBack { seat: seat(5) });
    world.does(host, C::SetRole { seat: seat(5), role: Role::Trainee, keys: None });
    world.everyone_agrees();
    world.does(host, C::SetOrder { order: vec![seat(3), seat(4)] });
    world.does(host, C::NameScribe { seat: Some(seat(6)) });
    world.does(host, C::HandOver { seat: seat(5) });
    world.does(host, C::Start);
    world.passes(1_000);
    world.does(host, C::Next);
    world.does(host, C::Undo);
    world.does(host, C::Pause);
    world.does(host, C::AddTime { minutes: 2 });
    let agenda = &world.room.meeting().agenda;
    let minutes = agenda.iter().skip(1).map(|part| part.minutes[0]).collect();
    world.does(host, C::FitTime(FittedTime { minutes }));
    world.does(host, C::Resume);
    world.does(host, C::ProposeMode { mode: Mode::Set });
    world.does(world.p(4), C::AnswerMode { yes: true });
    world.does(world.p(3), C::AnswerMode { yes: false });
    world.does(host, C::ProposeMode { mode: Mode::OpenLearning });
    world.everyone_agrees_to_the_mode();
    let (line, sealed) = (item(60), boxed(1, 256, 60));
    world.does(world.p(4), C::OfferLine(OfferedLine { item: line, sealed, from: Some(seat(5)) }));
    world.does(world.p(5), C::AnswerLine { item: line, yes: true });
    off_record::played(&mut world);
    world.does(host, C::ReleaseLines);
    world.does(host, C::ProposeMode { mode: Mode::Double });
    world.everyone_agrees_to_the_mode();
    world.go("check_in");
    world.does(host, C::StartRound { seat: seat(4) });
    world.does(world.p(4), C::EndRoundTurn);
    world.go("action_review");
    let key = world.own_key_of(seat(4), 1);
    world.does(world.p(4), C::OwnKey(key));
    let action = world.own_text(world.p(4), TextKind::Action, 40);
    world.does(world.p(4), C::Put(action));
    let action = world.text(world.p(4), TextKind::Action, 40);
    world.does(world.p(4), C::Put(action));
    let action = world.own_text(world.p(4), TextKind::Action, 42);
    world.does(world.p(4), C::Put(action));
    world.does(world.p(4), C::ReleaseItem { item: item(40) });
    let practice = world.practice(world.p(4), 43, 40);
    world.does(world.p(4), C::Put(practice));
    for n in [1, 2, 3, 5, 6] {
        world.does(world.p(n), C::AnswerPractice { item: item(43), yes: true });
    }
    world.does(world.p(3), C::LetPracticeGo { item: item(43) });
    world.does(world.p(5), C::AnswerPractice { item: item(43), yes: false });
    let question = world.own_text(world.p(4), TextKind::LearningQuestion, 44);
    world.does(world.p(4), C::Put(question));
    world.does(host, C::Put(world.text(host, TextKind::Framework, 45)));
    let of = setroom_protocol::room::LookedAt::Framework;
    world.does(host, C::SetReview { of, at: Some(world.now.plus(90 * 24 * 3_600_000)) });
    world.does(world.p(5), C::LookAgain { of, on: true });
    world.go("bids");
    let bid = world.text(world.p(4), TextKind::Bid, 41);
    world.does(world.p(4), C::Put(bid));
    world.does(world.p(4), C::WithdrawItem { item: item(41) });
    world.go("classic.explore");
    for n in [4, 5, 6, 2] {
        world.does(world.p(n), C::RaiseHand { kind: None, seat: None });
    }
    world.does(world.p(4), C::DeferHand);
    world.does(world.p(2), C::LowerHand { seat: None });
    world.ticks();
    world.does(world.p(3), C::Say { what: Saying::NeedAMoment });
    world.does(host, C::EndTurn);
    world.does(host, C::LetItLand);
    world.does(host, C::ClearQueue);
    world.does(host, C::Silence { on: true });
    world.does(world.p(4), C::Tick { on: true });
    world.does(host, C::Hold);
    world.passes(5_000);
    world.does(host, C::Release);
    world.does(host, C::ChoosePresenter { seat: Some(seat(4)) });
    let keys = world.keys(host.device, Some(seat(6)));
    world.does(host, C::Remove { seat: seat(6), keys });
    let mut keys = world.keys(host.device, None);
    keys.links.insert(LinkRole::Member, hash(50));
    world.does(host, C::Rekey { keys });
    for role in [Role::CoFacilitator, Role::Member] {
        let keys = Some(world.keys_with_role(host.device, seat(4), role));
        world.does(host, C::SetRole { seat: seat(4), role, keys });
    }
    world.does(world.p(7), C::Leave);
    let next = later_meeting(0x21);
    let dates = [(next, world.now.plus(56 * 24 * 3_600_000))].into();
    let offered = |days: u64| {
        let starts_at = world.now.plus(days * 24 * 3_600_000);
        setroom_protocol::room::OfferedTime { starts_at, minutes: 210 }
    };
    let times = [(later_meeting(0x31), offered(60)), (later_meeting(0x32), offered(61))].into();
    world.does(host, C::AskDates { times });
    let answer = setroom_protocol::room::Availability::IfNeedBe;
    world.does(world.p(4), C::AnswerDate { time: later_meeting(0x32), answer });
    world.does(host, C::SetDates { dates, fixes: false });
    world.does(host, C::PlanLead(PlannedLead { meeting: next, seat: Some(seat(4)) }));
    world.does(world.p(4), C::CannotCome { meeting: next, on: true });
    world.does(world.p(4), C::SayRecorder { on: true });
    world.does(host, C::Lock { on: false });
    for n in 8..=9 {
        world.joins(LinkRole::Member);
        world.does(world.p(n), C::AgreeCharter);
    }
    let circle: Vec<_> = world.room.circle(None, setroom_protocol::method::Stance::Member, false);
    for (n, person) in circle.iter().enumerate() {
        world.does(world.of(*person), C::AgreeNames { on: true });
        let sealed = boxed(world.room.epoch(), 256, 70 + n as u32);
        let answer = FormAnswer { item: item(70 + n as u16), sealed, again: false };
        world.does(world.of(*person), C::AnswerForm(answer));
    }
    world.does(host, C::ShowForm);
    world.does(host, C::Close);
    let attended = setroom_protocol::attendance::Attended::Late;
    let seats = circle.iter().map(|person| (*person, attended)).collect();
    let meeting = world.room.meeting().id;
    world.does(host, C::SetAttendance { meeting, seats });
    let mut keys = world.keys(host.device, None);
    keys.links.insert(LinkRole::Member, hash(50));
    world.does(host, next_meeting(next, keys));
    world.does(host, C::Start);
    world.does(host, C::Close);
    world.does(host, C::EraseSet);
    world
}

/// Lines as a journal has them: one entry for all changes of one command.
fn lines(world: &World) -> String {
    let mut text = String::new();
    let mut open: Vec<Recorded> = Vec::new();
    for record in &world.records {
        open.push(record.clone());
        if record.re.is_some() || record.by.is_none() {
            text.push_str(&String::from_utf8(Entry::encode(&open)).unwrap());
            text.push('\n');
            open.clear();
        }
    }
    assert!(open.is_empty());
    text
}

/// Reads a file; of the second form it writes it first when it is missing and that was asked for.
fn stored(name: &str, text: impl Fn() -> String) -> String {
    let path = data(&format!("journal/{name}"));
    if updating() && !path.exists() && name.starts_with("v2/") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text()).unwrap();
    }
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn of_the_first_form(name: &str) -> String {
    stored(&format!("v1/{name}"), || unreachable!())
}

/// The names of the changes in some journals of a form.
fn changes_in(form: &str, journals: &[String]) -> BTreeSet<&'static str> {
    let records = |name| read(&stored(&format!("{form}/{name}.jsonl"), || unreachable!()));
    let records = journals.iter().flat_map(records);
    records.map(|record| record.change.name()).collect()
}

/// The first journals of a form.
fn first() -> [String; 2] {
    ["everything", "played"].map(str::to_owned)
}

/// The journals of the second form: its first ones, and one for each change that came later, in which
/// everything happens that could by then.
fn of_the_second_form() -> Vec<String> {
    let then = changes_in("v2", &first());
    let later = samples::names::<Change>("c").into_iter();
    let later = later.filter(|name| !then.contains(name.as_str()));
    let later = later.map(|name| format!("with_{name}"));
    // A change that was given a field: a co-facilitator is made, with a new key.
    first().into_iter().chain(later).chain(["with_role_keys".to_owned()]).collect()
}

fn read(text: &str) -> Vec<Recorded> {
    let entries = text.lines().map(|line| Entry::decode(line.as_bytes()).unwrap());
    entries.flat_map(|entry| entry.records).collect()
}

/// Written again it is the same line: nothing is lost on the way, and nothing is added.
fn is_written_as_it_was(forms: &str) {
    for line in forms.lines() {
        let entry = Entry::decode(line.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(Entry::encode(&entry.records)).unwrap(), line);
    }
}

#[test]
fn every_form_of_a_change_is_still_read() {
    let forms = stored("v2/forms.jsonl", || unreachable!());
    let changes: Vec<Change> = read(&forms).into_iter().map(|record| record.change).collect();
    let then = |change: &Change| changes.iter().any(|known| known.name() == change.name());
    assert_eq!(changes, samples::changes().into_iter().filter(then).collect::<Vec<_>>());
    is_written_as_it_was(&forms);
}

/// As today's samples, without what the second form added: then a browser's id was another one, a
/// second wrap was for co-facilitators, and there was no roster.
fn in_the_first_form(mut change: Change) -> Change {
    let (old, now) = ([3, 4, 33].map(first_device), [3, 4, 33].map(device));
    let was = |id: &mut setroom_protocol::DeviceId| {
        let at = now.iter().position(|now| now == id);
        *id = at.map_or(*id, |at| old[at]);
    };
    match &mut change {
        Change::Seated { device, sign, came_by, edit, .. }
        | Change::DeviceAdded { device, sign, came_by, edit, .. } => {
            was(device);
            (*sign, *came_by, *edit) = (None, None, None);
        }
        Change::Granted { device, .. } => was(device),
        Change::Removed { keys, .. } | Change::Rekeyed { keys } => {
            keys.edit = None;
            keys.wraps.insert(LinkRole::CoFacilitator, blob("wrap c"));
            keys.grants = [2, 3].map(|n| (first_device(n), blob(&format!("grant {n}")))).into();
        }
        Change::Written { item } => was(&mut std::sync::Arc::make_mut(item).device),
        _ => {}
    }
    change
}

fn first_device(n: u8) -> setroom_protocol::DeviceId {
    let mut bytes = [n; 16];
    bytes[0] = 0xD0;
    setroom_protocol::DeviceId::from_bytes(bytes)
}

#[test]
fn every_form_of_a_change_of_the_first_form_is_still_read() {
    let forms = of_the_first_form("forms.jsonl");
    let changes: Vec<Change> = read(&forms).into_iter().map(|record| record.change).collect();
    let then = |change: &Change| changes.iter().any(|known| known.name() == change.name());
    let samples = samples::changes().into_iter().filter(then);
    assert_eq!(changes, samples.map(in_the_first_form).collect::<Vec<_>>());
    is_written_as_it_was(&forms);
}

/// Takes out of a snapshot the commands that it remembers: those unseen, which stood among all others
/// once, go with their person.
fn takes_answered(snapshot: &mut Value) -> BTreeSet<String> {
    let room = snapshot["room"].as_object_mut().unwrap();
    let shown = std::mem::replace(&mut room["answered"], Value::Array(Vec::new()));
    let unseen = room.remove("answered_unseen").unwrap_or_default();
    let unseen = unseen.as_object().into_iter().flat_map(|all| all.values());
    unseen.chain([&shown]).flat_map(|list| list.as_array().unwrap()).map(Value::to_string).collect()
}

#[test]
fn stored_journals_replay_to_their_stored_rooms() {
    for name in of_the_second_form() {
        let world = || if name == "played" { wire::played() } else { everything() };
        let journal = stored(&format!("v2/{name}.jsonl"), || lines(&world()));
        let room = Room::replay(&read(&journal)).unwrap();
        assert_eq!(room.faults(), Vec::<String>::new());
        let snapshot = stored(&format!("v2/{name}.snapshot.json"), || {
            String::from_utf8(room.to_snapshot()).unwrap() + "\n"
        });
        // What was pressed, who presented and which browsers made room is noted since; else it is the same.
        let mut replayed: Value = serde_json::from_slice(&room.to_snapshot()).unwrap();
        let stored = Room::from_snapshot(snapshot.as_bytes()).unwrap();
        let meeting = replayed["room"]["meeting"].as_object_mut().unwrap();
        if stored.meeting().pressed.is_none() {
            meeting.remove("pressed");
        }
        if !snapshot.contains("\"presenting\":") {
            meeting.remove("presenting");
        }
        if !snapshot.contains("\"dropped\":") {
            replayed["room"].as_object_mut().unwrap().remove("dropped");
        }
        let mut then: Value = serde_json::from_str(&snapshot).unwrap();
        assert!(takes_answered(&mut replayed).is_subset(&takes_answered(&mut then)), "{name}");
        let room = |one: Value| Room::from_snapshot(one.to_string().as_bytes()).unwrap();
        assert_eq!(room(then), room(replayed), "{name}");
        is_written_as_it_was(&journal);
    }
}

/// What the first form of a snapshot did not say, and what stands there where a room of it is read.
const SAID_LATER: &[(&str, &str)] = &[
    ("changed_at", "0"),
    ("roster", r#"{"edits":{},"epoch":0,"holders":{},"n":0}"#),
    ("key_due", "[]"),
];

// fault: F32 — a journal of every version shipped is read, to the same room
#[test]
fn journals_of_the_first_form_replay_to_their_stored_rooms() {
    for name in ["everything", "played"] {
        let journal = of_the_first_form(&format!("{name}.jsonl"));
        let records = read(&journal);
        let room = Room::replay(&records).unwrap();
        assert_eq!(room.faults(), Vec::<String>::new());
        is_written_as_it_was(&journal);
        let stored: Value =
            serde_json::from_str(&of_the_first_form(&format!("{name}.snapshot.json"))).unwrap();

        // Replayed, it is the stored room to the letter, but for what is said since.
        let mut replayed: Value = serde_json::from_slice(&room.to_snapshot()).unwrap();
        let meeting = replayed["room"]["meeting"].as_object_mut().unwrap();
        meeting.remove("pressed");
        meeting.remove("presenting");
        let said = replayed["room"].as_object_mut().unwrap();
        for (field, _) in SAID_LATER {
            assert!(said.remove(*field).is_some(), "{field}");
        }
        for device in said["devices"].as_object_mut().unwrap().values_mut() {
            assert!(device.as_object_mut().unwrap().remove("since").is_some());
        }
        // Whose command it was is mixed into what is remembered of it; the places are the same.
        let answered = said["answered"].take();
        let mut then = stored.clone();
        let ids = then["room"]["answered"].take();
        let places = |list: &Value| -> Vec<Value> {
            list.as_array().unwrap().iter().map(|one| one[1].clone()).collect()
        };
        assert_eq!(places(&answered), places(&ids), "{name}");
        assert_eq!(canonical(&replayed), canonical(&then), "{name}");

        // Read, it is that room as well, with nothing in the place of what it did not say.
        let read = Room::from_snapshot(stored.to_string().as_bytes()).unwrap();
        let mut again: Value = serde_json::from_slice(&read.to_snapshot()).unwrap();
        let said = again["room"].as_object_mut().unwrap();
        for (field, nothing) in SAID_LATER {
            assert_eq!(canonical(&said.remove(*field).unwrap()).to_string(), *nothing, "{field}");
        }
        for device in said["devices"].as_object_mut().unwrap().values_mut() {
            assert_eq!(device.as_object_mut().unwrap().remove("since"), Some(0.into()));
        }
        assert_eq!(canonical(&again), canonical(&stored), "{name}");
        assert!(read.roster().is_empty() && read.key_due().is_empty());
        assert_eq!(read.changed_at(), Timestamp(0));
        // A repeat is known as one, by its person, in both.
        for record in records.iter().filter(|record| record.re.is_some()) {
            let (by, id) = (record.by.unwrap(), record.re.unwrap());
            assert_eq!(room.answered(by, id), Some(record.seq));
            assert_eq!(read.answered(by, id), Some(record.seq));
        }
    }
}

#[test]
fn the_stored_journals_hold_every_change() {
    let now = changes_in("v2", &of_the_second_form());
    let names = samples::names::<Change>("c");
    assert_eq!(now, names.iter().map(String::as_str).collect());
    let came_later = BTreeSet::from(["device_dropped", "roster_edited", "own_key_set"]);
    let then = changes_in("v2", &first());
    assert_eq!(changes_in("v1", &first()), &then - &came_later);
}
