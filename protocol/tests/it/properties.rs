//! Laws that hold for whatever people press, in whatever order: random commands by everybody, with
//! data that is often right, while time passes and people come and go.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use setroom_protocol::command::Saying;
use setroom_protocol::method::{Kind, See};
use setroom_protocol::room::Clock;
use setroom_protocol::view::{self, merge};
use setroom_protocol::{
    Change, Command, LinkRole, Mode, Recorded, Role, Room, SeatId, Seq, ServerFrame, TextKind,
    limits,
};

use crate::samples;
use crate::support::{Person, World, blob, json, seat};

/// One thing that happens. The numbers choose among what there is.
#[derive(Clone, Copy, Debug)]
struct Op {
    what: u8,
    who: u8,
    a: u8,
    b: u8,
    wait: u16,
    /// How many changes the screen is behind that this was pressed on.
    behind: u8,
}

fn op() -> impl Strategy<Value = Op> {
    let behind = prop_oneof![9 => Just(0u8), 1 => 1u8..4];
    let wait = prop_oneof![6 => Just(0u16), 3 => 0u16..9_000, 1 => 9_000u16..60_000];
    (any::<u8>(), any::<u8>(), any::<u8>(), any::<u8>(), wait, behind)
        .prop_map(|(what, who, a, b, wait, behind)| Op { what, who, a, b, wait, behind })
}

/// A template, the part in which it begins (or before the start), and what happens.
type Story = (u8, Option<u8>, Vec<Op>);

fn story() -> impl Strategy<Value = Story> {
    let part = prop::option::weighted(0.85, any::<u8>());
    (any::<u8>(), part, prop::collection::vec(op(), 20..110))
}

const TEMPLATES: [&str; 7] =
    ["classic", "wial", "gossip", "kollegiale", "case_clinic", "troika", "question_gift"];
const MODES: [Mode; 4] = [Mode::Set, Mode::Double, Mode::Chatham, Mode::OpenLearning];

fn begin(template: u8, part: Option<u8>) -> World {
    let template = TEMPLATES[usize::from(template) % TEMPLATES.len()];
    let mut world = World::with("short_90", template, 1, 3, 1);
    if let Some(part) = part {
        world.everyone_agrees();
        world.does(world.host(), Command::SetOrder { order: vec![seat(3), seat(4)] });
        world.does(world.host(), Command::Start);
        let part = u32::from(part) % world.room.meeting().agenda.len() as u32;
        world.does(world.host(), Command::GoTo { part });
    }
    world
}

fn pick<T: Copy>(list: &[T], by: u8) -> Option<T> {
    list.get(usize::from(by) % list.len().max(1)).copied()
}

fn who(world: &World, op: Op) -> Person {
    let meeting = world.room.meeting();
    let seats: Vec<SeatId> = world.room.seats().keys().copied().collect();
    let turn = world.room.round_turn().or(meeting.now.asking.map(|asking| asking.seat));
    let items: Vec<_> = world.room.items().values().collect();
    let asked = world
        .room
        .proposal()
        .and_then(|proposal| seats.iter().copied().find(|seat| !proposal.agreed.contains(seat)));
    let seat = match op.who % 8 {
        // What one person alone can do is worth trying as that person.
        4..8 if (180..=184).contains(&op.what) && !items.is_empty() => {
            items[usize::from(op.b) % items.len()].seat
        }
        3..8 if answers(op.what) && asked.is_some() => asked.unwrap(),
        0..3 => world.room.host().unwrap(),
        3 => meeting.now.presenter.unwrap_or(seats[0]),
        4 => turn.unwrap_or(seats[0]),
        _ => pick(&seats, op.who / 8).unwrap(),
    };
    let devices: Vec<_> = world.room.devices_of(seat).collect();
    Person { seat, device: pick(&devices, op.b).unwrap() }
}

fn answers(what: u8) -> bool {
    (150..=158).contains(&what) || (193..=199).contains(&what)
}

/// A text that may well be allowed here.
fn text(world: &World, who: Person, op: Op) -> Command {
    let offered: Vec<TextKind> = world
        .room
        .part()
        .map(|part| part.writes.iter().map(|write| write.kind).collect())
        .unwrap_or_default();
    let kind = match op.a % 6 {
        0 => pick(&TextKind::ALL, op.b).unwrap(),
        1 => pick(&[TextKind::Name, TextKind::Title, TextKind::Charter], op.b).unwrap(),
        _ => pick(&offered, op.b).unwrap_or(TextKind::Name),
    };
    let own: Vec<_> = world
        .room
        .items_of(who.seat)
        .filter(|item| item.kind == kind && kind != TextKind::Name)
        .map(|item| item.id)
        .collect();
    let mut put = world.text(who, kind, 1000 + world.room.seq().0 as u16);
    if let (Some(id), true) = (pick(&own, op.b), op.a >= 128) {
        put.item = id;
        put.rev = world.room.items()[&id].rev + 1;
    }
    match op.b % 40 {
        37 => put.rev += 1,
        38 => put.n = put.n.wrapping_sub(1),
        39 => put.bid = None,
        _ => {}
    }
    Command::Put(put)
}

fn command(world: &World, who: Person, op: Op) -> Command {
    use Command as C;
    let room = &world.room;
    let meeting = room.meeting();
    let seats: Vec<SeatId> = room.seats().keys().copied().collect();
    let seat = pick(&seats, op.a).unwrap();
    let hands = room.queue();
    let hand = pick(&hands, op.a).unwrap_or(seat);
    let kinds: Vec<Option<Kind>> = room.part().map_or(vec![None], |part| {
        let offered = part.kinds.iter().copied().map(Some);
        offered.chain([None, Some(Kind::Process), Some(Kind::Challenge)]).collect()
    });
    let items: Vec<_> = room.items().keys().copied().collect();
    let on = op.a.is_multiple_of(2);
    let agenda = meeting.agenda.len() as u32;
    let waits = room.proposal().is_some();
    let paused = matches!(meeting.now.clock, Clock::Paused { .. });
    match op.what {
        150..=158 if waits => C::AnswerMode { yes: op.a > 20 },
        80..=91 if hands.len() < 2 => C::RaiseHand { kind: None, seat: Some(seat) },
        18..=25 if paused => C::Resume,
        0..=3 => C::GoTo { part: u32::from(op.a) % (agenda + 1) },
        4..=13 => C::Next,
        14..=17 => C::Undo,
        18..=21 => C::Pause,
        22..=25 => C::Resume,
        26..=29 => C::AddTime { minutes: i32::from(op.b as i8) / 8 },
        30..=31 => C::Hold,
        32..=35 => C::Release,
        36..=37 => C::Silence { on },
        38 if op.a < 60 => C::Close,
        38..=40 => {
            C::SetOrder { order: seats.into_iter().filter(|_| on).skip(1).take(3).collect() }
        }
        41..=44 => C::ChoosePresenter { seat: (op.b > 40).then_some(seat) },
        45..=46 => C::HandOver { seat },
        47 => C::TakeBack,
        48..=49 => C::NameScribe { seat: (op.b > 40).then_some(seat) },
        50..=79 => {
            C::RaiseHand { kind: pick(&kinds, op.b).flatten(), seat: (op.a > 200).then_some(seat) }
        }
        80..=82 => C::LowerHand { seat: (op.b > 128).then_some(hand) },
        83..=86 => C::DeferHand,
        87..=91 => C::MoveHand { seat: hand, to: u32::from(op.b) % 5 },
        92 => C::ClearQueue,
        93..=98 => C::Invite { seat },
        99..=104 => C::Interrupt { seat },
        105..=112 => C::EndTurn,
        113..=114 => C::LetItLand,
        115..=124 => C::Say {
            what: pick(&[Saying::NeedAMoment, Saying::Thinking, Saying::Pass, Saying::Ready], op.a)
                .unwrap(),
        },
        125..=128 => C::Tick { on },
        129..=131 => C::StartRound { seat },
        132..=143 => C::EndRoundTurn,
        144..=146 => C::PassTurn,
        147..=149 => C::LaterTurn,
        150..=179 => text(world, who, op),
        180..=182 => pick(&items, op.b).map_or(C::Start, |item| C::ReleaseItem { item }),
        183..=184 => pick(&items, op.b).map_or(C::Start, |item| C::WithdrawItem { item }),
        185..=189 => C::AgreeCharter,
        190..=192 => C::ProposeMode { mode: pick(&MODES, op.a).unwrap() },
        193..=199 => C::AnswerMode { yes: op.a > 20 },
        200 => C::SetMode { mode: pick(&MODES, op.a).unwrap() },
        201..=202 => {
            C::Plan { plan: "hpma_150".into(), template: pick(&TEMPLATES, op.a).unwrap().into() }
        }
        203..=205 => C::Start,
        206..=207 => C::Lock { on },
        208..=209 => C::SendToLobby { seat },
        210..=213 => {
            let away = room.seats().iter().find(|(_, held)| held.in_lobby).map(|(id, _)| *id);
            C::BringBack { seat: away.unwrap_or(seat) }
        }
        214 => C::Remove { seat, keys: world.keys(who.device, Some(seat)) },
        215..=217 => C::Rekey { keys: world.keys(who.device, None) },
        218..=221 => C::SetRole {
            seat,
            role: pick(&[Role::Trainee, Role::Member, Role::Observer], op.b).unwrap(),
        },
        222 => C::Leave,
        223..=224 => C::Grant { device: who.device, grant: blob("granted again") },
        _ => C::Start,
    }
}

/// Does what the numbers say. Whether anything changed.
fn happen(world: &mut World, op: Op) -> bool {
    world.passes(u64::from(op.wait));
    let before = world.room.seq();
    match op.what {
        0..=224 => {
            let who = who(world, op);
            let command = command(world, who, op);
            let seen = Seq(world.room.seq().0.saturating_sub(u64::from(op.behind)));
            let room = world.room.clone();
            if world.ask_on(who, command, seen).is_err() {
                assert_eq!(world.room, room, "a refused command changes nothing");
            }
        }
        225..=240 => {
            assert_eq!(
                world.due().is_some_and(|at| at <= world.now),
                !world.ticks().is_empty(),
                "the room does something by itself exactly when it is due"
            );
        }
        241..=243 if world.room.seats().len() < 12 => {
            let role = [LinkRole::Member, LinkRole::Observer, LinkRole::CoFacilitator];
            let knock = world.knock(pick(&role, op.a).unwrap());
            world.around.knock(knock.clone()).unwrap();
            let host = world.host();
            let grant = blob("grant of a late joiner");
            // A member may be back on another browser.
            let seats: Vec<SeatId> = world.room.seats().keys().copied().collect();
            let seat = pick(&seats, op.who).filter(|_| op.b > 100);
            let _ = world.ask(host, Command::Admit { device: knock.device, grant, seat });
            world.around.forget_knock(knock.device);
            world.around.arrive(knock.fresh);
        }
        244..=248 => {
            let seats: Vec<SeatId> = world.room.seats().keys().copied().collect();
            let seat = pick(&seats, op.a).unwrap();
            if op.b.is_multiple_of(2) {
                world.around.leave(seat);
            } else {
                world.around.arrive(seat);
            }
        }
        _ => {
            world.around.no_facilitator_since = if op.a < 128 {
                None
            } else {
                Some(world.around.no_facilitator_since.unwrap_or(world.now))
            };
        }
    }
    world.room.seq() != before
}

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
    world.check_clients();
    let shared = json(&view::shared(&world.room, None));
    assert!(no_nulls(&shared), "a stored null would be lost in a patch");
    for device in world.room.devices().keys() {
        assert!(no_nulls(&json(&view::own(&world.room, *device, None).unwrap())));
    }
}

/// What each change may touch, seen from the outside.
fn check_change(before: &Room, record: &Recorded, after: &Room) {
    let (was, is) = (before.meeting(), after.meeting());
    let name = record.change.name();
    assert_eq!(after.seq(), record.seq);
    assert_eq!(record.seq, before.seq().next(), "places have no holes");
    let moves = ["moved", "undone", "closed"];
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
    if name != "written" && !["removed", "left"].contains(&name) {
        for (id, device) in before.devices() {
            assert_eq!(after.device(*id).map(|d| d.next_n), Some(device.next_n));
        }
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

/// What must hold for the whole story.
fn check_story(world: &World) {
    let mut room = Room::found(&world.records[0]).unwrap();
    let mut shared_at = vec![json(&view::shared(&room, None))];
    for record in &world.records[1..] {
        let before = room.clone();
        room.apply(record);
        check_change(&before, record, &room);
        shared_at.push(json(&view::shared(&room, None)));
    }
    assert_eq!(room, world.room, "a replay is the live room");
    assert_eq!(Room::replay(&world.records).as_ref(), Some(&world.room));
    let read = Room::from_snapshot(&world.room.to_snapshot()).unwrap();
    assert_eq!(read, world.room, "a snapshot is the room");

    // Snapshot at n, merged with every patch after n, is the snapshot at m.
    for client in world.clients.values() {
        let frames: Vec<ServerFrame> =
            client.log.iter().skip(1).map(|text| serde_json::from_str(text).unwrap()).collect();
        let patches: Vec<(u64, Option<Value>)> = frames
            .into_iter()
            .filter_map(|frame| match frame {
                ServerFrame::Change { seq, shared, .. } => Some((seq.0, Some(shared))),
                ServerFrame::Skip { seq } => Some((seq.0, None)),
                _ => None,
            })
            .collect();
        for start in (0..patches.len()).step_by(7) {
            let mut shared = shared_at[patches[start].0 as usize - 2].clone();
            for (seq, patch) in &patches[start..] {
                if let Some(patch) = patch {
                    merge(&mut shared, patch);
                }
                assert_eq!(shared, shared_at[*seq as usize - 1], "from {start} to {seq}");
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
    for op in ops {
        changed += usize::from(happen(&mut world, op));
        check_now(&world);
    }
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
    let missing: Vec<_> = samples::CHANGES.iter().filter(|name| !names.contains(*name)).collect();
    assert!(missing.is_empty(), "never seen: {missing:?}");
    assert!(changed * 4 > ops, "{changed} of {ops} did something");
}

#[test]
fn a_room_remembers_its_last_commands_and_no_more() {
    let mut world = World::usual();
    let mut ids = Vec::new();
    for n in 0..=limits::COMMANDS_REMEMBERED {
        world.does(world.host(), Command::Lock { on: n % 2 == 0 });
        ids.push((world.last_command(), world.room.seq()));
    }
    assert_eq!(world.room.answered(ids[0].0), None);
    for (id, seq) in &ids[1..] {
        assert_eq!(world.room.answered(*id), Some(*seq));
    }
    let read = Room::from_snapshot(&world.room.to_snapshot()).unwrap();
    assert_eq!(read.answered(ids[9].0), Some(ids[9].1), "also after a restart");
    assert!(Room::from_snapshot(b"{}").is_err() && Room::from_snapshot(b"{\"v\":2}").is_err());
}
