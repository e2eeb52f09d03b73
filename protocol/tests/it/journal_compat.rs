//! What was once written to a journal can always be read. The files of a version are written once,
//! with `UPDATE_GOLDEN=1` when they are missing, and are never written again.

use std::collections::BTreeSet;

use serde_json::Value;
use setroom_protocol::command::Saying;
use setroom_protocol::{
    Change, Command as C, Entry, LinkRole, Mode, Recorded, Role, Room, Seq, TextKind, Timestamp,
};

use crate::samples;
use crate::support::*;
use crate::wire;

/// A meeting in which every change happens.
fn everything() -> World {
    let mut world = World::usual();
    let host = world.host();
    world.does(host, C::Plan { plan: "hpma_150".into(), template: "classic".into() });
    world.does(host, C::SetMode { mode: Mode::Double });
    world.does(host, C::Lock { on: true });
    let knock = world.knock_as(LinkRole::Member, 33, 99);
    world.around.knock(knock).unwrap();
    world.does(host, C::Admit { device: device(33), grant: blob("g"), seat: Some(seat(3)) });
    world.does(host, C::Grant { device: device(33), grant: blob("again") });
    world.does(host, C::SendToLobby { seat: seat(5) });
    world.does(host, C::BringBack { seat: seat(5) });
    world.does(host, C::SetRole { seat: seat(5), role: Role::Trainee });
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
    world.does(host, C::Resume);
    world.does(host, C::ProposeMode { mode: Mode::Set });
    world.does(world.p(4), C::AnswerMode { yes: true });
    world.does(world.p(3), C::AnswerMode { yes: false });
    world.go("check_in");
    world.does(host, C::StartRound { seat: seat(4) });
    world.does(world.p(4), C::EndRoundTurn);
    world.go("action_review");
    let action = world.text(world.p(4), TextKind::Action, 40);
    world.does(world.p(4), C::Put(action));
    world.does(world.p(4), C::ReleaseItem { item: item(40) });
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
    world.does(world.p(7), C::Leave);
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

/// Reads a file; writes it first when it is missing and that was asked for.
fn stored(name: &str, text: impl Fn() -> String) -> String {
    let path = data(&format!("journal/v1/{name}"));
    if updating() && !path.exists() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text()).unwrap();
    }
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn read(text: &str) -> Vec<Recorded> {
    let entries = text.lines().map(|line| Entry::decode(line.as_bytes()).unwrap());
    entries.flat_map(|entry| entry.records).collect()
}

#[test]
fn every_form_of_a_change_is_still_read() {
    let forms = stored("forms.jsonl", || {
        let record = |(seq, change)| {
            let by = (seq > 2).then(|| seat(3));
            let re = (seq % 2 == 0).then(|| command_id(seq as u32));
            let record = Recorded { seq: Seq(seq), at: BEGIN, by, re, change };
            String::from_utf8(Entry::encode(&[record])).unwrap() + "\n"
        };
        (1..).zip(samples::changes()).map(record).collect()
    });
    let records = read(&forms);
    let changes: Vec<Change> = records.iter().map(|record| record.change.clone()).collect();
    assert_eq!(changes, samples::changes());
    // Written again it is the same line: nothing is lost on the way.
    for (line, record) in forms.lines().zip(&records) {
        assert_eq!(String::from_utf8(Entry::encode(std::slice::from_ref(record))).unwrap(), line);
    }
}

// fault: F32 — a journal of every version shipped is read, to the same room
#[test]
fn stored_journals_replay_to_their_stored_rooms() {
    for (name, world) in [("everything", everything as fn() -> World), ("played", wire::played)] {
        let journal = stored(&format!("{name}.jsonl"), || lines(&world()));
        let records = read(&journal);
        let room = Room::replay(&records).unwrap();
        assert_eq!(room.faults(), Vec::<String>::new());
        let snapshot = stored(&format!("{name}.snapshot.json"), || {
            String::from_utf8(room.to_snapshot()).unwrap() + "\n"
        });
        // The first snapshots did not say when the last change was decided; all else is the same.
        let read = Room::from_snapshot(snapshot.as_bytes()).unwrap();
        assert_eq!(read.changed_at(), Timestamp(0), "{name}");
        let at = records.iter().map(|record| record.at).max().unwrap();
        let said = snapshot.replacen(
            "\"founded_at\"",
            &format!("\"changed_at\":{},\"founded_at\"", at.0),
            1,
        );
        assert_eq!(Room::from_snapshot(said.as_bytes()).unwrap(), room, "{name}");
    }
}

#[test]
fn the_stored_journals_hold_every_change() {
    let mut names = BTreeSet::new();
    for name in ["everything", "played"] {
        let journal = std::fs::read_to_string(data(&format!("journal/v1/{name}.jsonl"))).unwrap();
        names.extend(read(&journal).iter().map(|record| record.change.name()));
    }
    let missing: Vec<_> = samples::CHANGES.iter().filter(|name| !names.contains(*name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn what_is_no_entry_is_said_to_be_none_without_its_content() {
    for text in ["", "{}", "[]", r#"{"v":2,"records":[]}"#, r#"{"v":1}"#] {
        assert!(Entry::decode(text.as_bytes()).is_err(), "{text}");
    }
    assert!(Entry::decode(br#"{"v":1,"records":[]}"#).is_ok());
    let text = r#"{"v":1,"records":[{"seq":1,"at":2,"c":"a very private thing"}]}"#;
    assert!(!Entry::decode(text.as_bytes()).unwrap_err().contains("private"));
    let text = r#"{"v":1,"room":{"set":"a very private thing"}}"#;
    assert!(!Room::from_snapshot(text.as_bytes()).unwrap_err().contains("private"));
}

/// What a journal that was damaged, or written by a program with a mistake, may hold.
#[test]
fn a_room_that_breaks_a_law_says_which() {
    let mut world = World::at("classic.explore");
    world.does(world.p(4), C::RaiseHand { kind: None, seat: None });
    let whole: Value = serde_json::from_slice(&world.room.to_snapshot()).unwrap();
    let broken = |pointer: &str, value: Value| {
        let mut snapshot = whole.clone();
        *snapshot.pointer_mut(pointer).unwrap() = value;
        Room::from_snapshot(snapshot.to_string().as_bytes()).unwrap().faults()
    };
    let nobody = Value::from(seat(50).to_string());
    assert_eq!(broken("/room/meeting/now/presenter", nobody), ["the presenter has a seat"]);
    let gathering = Value::from("gathering");
    assert_eq!(broken("/room/meeting/stage", gathering), ["no clock runs outside the meeting"]);
    let seats = broken("/room/seats", serde_json::json!({}));
    assert!(seats.contains(&"every browser has a seat".to_owned()), "{seats:?}");
    assert!(seats.contains(&"every hand belongs to a seat".to_owned()), "{seats:?}");
}
