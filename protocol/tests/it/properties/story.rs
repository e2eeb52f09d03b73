//! What people press in a random story, and what happens around them.

use std::sync::Arc;

use proptest::prelude::*;
use setroom_protocol::command::Saying;
use setroom_protocol::method::Kind;
use setroom_protocol::room::{Availability, Clock, LookedAt, Room, Stage};
use setroom_protocol::{Command, ItemId, KeyChange, LinkRole, Mode, Role, SeatId, Seq, TextKind};

use super::asked::{after, answers, dates, edit, everybody_answers, fits, line, times};
use crate::samples;
use crate::support::{Person, World, blob, json, later_meeting, next_meeting, seat};

/// One thing that happens. The numbers choose among what there is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Op {
    what: u8,
    who: u8,
    pub(super) a: u8,
    pub(super) b: u8,
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
pub(super) type Story = (u8, Option<u8>, Vec<Op>);

pub(super) fn story() -> impl Strategy<Value = Story> {
    let part = prop::option::weighted(0.85, any::<u8>());
    (any::<u8>(), part, prop::collection::vec(op(), 20..110))
}

const TEMPLATES: [&str; 7] =
    ["classic", "wial", "gossip", "kollegiale", "case_clinic", "troika", "question_gift"];
const LOOKS: [LookedAt; 2] = [LookedAt::Framework, LookedAt::Charter];
const MODES: [Mode; 4] = [Mode::Set, Mode::Double, Mode::Chatham, Mode::OpenLearning];

pub(super) fn begin(template: u8, part: Option<u8>) -> World {
    let template = TEMPLATES[usize::from(template) % TEMPLATES.len()];
    let mut world = World::with("short_90", template, 1, 3, 1);
    let mode = MODES[usize::from(part.unwrap_or_default()) % MODES.len()];
    if mode != Mode::Set {
        world.does(world.host(), Command::SetMode { mode });
    }
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
    let taught = offers_practice(&world.room)
        .then(|| seats.iter().copied().find(|seat| !untaught(&world.room, *seat).is_empty()))
        .flatten();
    let seat = match op.who % 8 {
        // What one person alone can do is worth trying as that person.
        4..8 if (180..=184).contains(&op.what) && !items.is_empty() => {
            items[usize::from(op.b) % items.len()].seat
        }
        who if who > 1 && (159..=179).contains(&op.what) && taught.is_some() => taught.unwrap(),
        3..8 if answers(op.what) && asked.is_some() => asked.unwrap(),
        0..3 => world.room.host().unwrap(),
        3 => meeting.now.presenter.unwrap_or(seats[0]),
        4 => turn.unwrap_or(seats[0]),
        _ => pick(&seats, op.who / 8).unwrap(),
    };
    let devices: Vec<_> = world.room.devices_of(seat).collect();
    Person { seat, device: pick(&devices, op.b).unwrap() }
}

fn offers_practice(room: &Room) -> bool {
    room.part().is_some_and(|part| part.writes.iter().any(|write| write.kind == TextKind::Practice))
}

/// Somebody's actions from which no practice has come yet.
fn untaught(room: &Room, seat: SeatId) -> Vec<ItemId> {
    let practices: Vec<_> = room.items_of(seat).filter_map(|item| item.action).collect();
    let actions = room.items_of(seat).filter(|item| item.kind == TextKind::Action);
    actions.map(|item| item.id).filter(|id| !practices.contains(id)).collect()
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
        2 | 3 if offers_practice(&world.room) && !untaught(&world.room, who.seat).is_empty() => {
            TextKind::Practice
        }
        _ => pick(&offered, op.b).unwrap_or(TextKind::Name),
    };
    let own: Vec<_> = world
        .room
        .items_of(who.seat)
        .filter(|item| item.kind == kind && kind != TextKind::Name)
        .map(|item| item.id)
        .collect();
    let n = 1000 + world.records.len() as u16;
    let own_key = world.room.seat(who.seat).unwrap().own_key.is_some();
    let under_own = own_key && kind != TextKind::Practice && !op.a.is_multiple_of(3);
    let mut put = if under_own { world.own_text(who, kind, n) } else { world.text(who, kind, n) };
    if let (Some(id), true) = (pick(&own, op.b), op.a >= 128) {
        put.item = id;
        put.rev = world.room.items()[&id].rev + 1;
    }
    if kind == TextKind::Practice {
        put.action = pick(&untaught(&world.room, who.seat), op.a);
    }
    match op.b % 40 {
        37 => put.rev += 1,
        38 => put.n = put.n.wrapping_sub(1),
        39 => put.bid = None,
        _ => {}
    }
    Command::Put(put)
}

/// An answer to what the set is asked of a practice, or whether one is let go.
fn of_practice(room: &Room, op: Op) -> Command {
    let all: Vec<_> = room.practices().iter().collect();
    let Some((item, held)) = pick(&all, op.b) else { return Command::Start };
    match held.agreed {
        Some(_) => Command::AnswerPractice { item: *item, yes: op.a > 20 },
        None => Command::LetPracticeGo { item: *item },
    }
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
    let closed = meeting.stage == Stage::Closed;
    match op.what {
        0..=40 if closed => {
            let meeting = later_meeting(op.b);
            next_meeting(meeting, world.keys(who.device, None))
        }
        41..=60 if closed || op.what == 46 => {
            let (dates, fixes) = dates(world, op);
            C::SetDates { dates, fixes }
        }
        61..=66 if closed || op.what < 63 => C::AskDates { times: times(world, op) },
        67..=79 if closed || op.what < 70 => {
            let asked: Vec<_> = room.series().asked.keys().copied().collect();
            let answers = [Availability::Yes, Availability::IfNeedBe, Availability::No];
            let time = pick(&asked, op.a).unwrap_or(later_meeting(op.a));
            C::AnswerDate { time, answer: pick(&answers, op.b).unwrap() }
        }
        80..=91 | 105..=108 if closed || op.what > 104 && op.b > 60 => after(world, op),
        150..=158 if waits => C::AnswerMode { yes: op.a > 20 },
        80..=91 if hands.len() < 2 => C::RaiseHand { kind: None, seat: Some(seat) },
        18..=25 if paused => C::Resume,
        0..=3 => C::GoTo { part: u32::from(op.a) % (agenda + 1) },
        4..=13 => C::Next,
        14..=17 => C::Undo,
        18..=21 => C::Pause,
        22..=25 => C::Resume,
        26..=29 => C::AddTime { minutes: i32::from(op.b as i8) / 8 },
        30 => fits(room, op),
        31 => C::Hold,
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
        115 | 127..=128 | 132..=133 => line(world, op, seat),
        116..=124 => C::Say {
            what: pick(&[Saying::NeedAMoment, Saying::Thinking, Saying::Pass, Saying::Ready], op.a)
                .unwrap(),
        },
        125..=126 => C::Tick { on },
        129..=131 => C::StartRound { seat },
        134..=143 => C::EndRoundTurn,
        144..=146 => C::PassTurn,
        147 => C::LaterTurn,
        148 => C::LookAgain { of: pick(&LOOKS, op.b).unwrap(), on },
        149 => {
            let at = on.then(|| world.now.plus(u64::from(op.b) * 86_400_000));
            C::SetReview { of: pick(&LOOKS, op.b).unwrap(), at }
        }
        150..=179 => text(world, who, op),
        180..=182 => pick(&items, op.b).map_or(C::Start, |item| C::ReleaseItem { item }),
        183..=184 => pick(&items, op.b).map_or(C::Start, |item| C::WithdrawItem { item }),
        185..=187 => of_practice(room, op),
        188..=189 => C::AgreeCharter,
        190..=192 => C::ProposeMode { mode: pick(&MODES, op.a).unwrap() },
        193..=194 => of_practice(room, op),
        195..=199 => C::AnswerMode { yes: op.a > 20 },
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
        215..=216 => C::Rekey { keys: world.keys(who.device, None) },
        217..=218 => {
            let role = pick(&Role::ALL[1..], op.b).unwrap();
            let held = room.seat(seat).map(|held| held.role);
            let keyed = role.holds_keys() || held.is_some_and(Role::holds_keys);
            let keys = keyed.then(|| world.keys_with_role(who.device, seat, role));
            C::SetRole { seat, role, keys }
        }
        219..=220 => {
            let held = room.seat(who.seat).unwrap().own_key.as_deref();
            let now = held.map_or(0, |key| key.generation);
            C::OwnKey(world.own_key_of(who.seat, now + u32::from(!op.a.is_multiple_of(4))))
        }
        221 => C::EditRoster { edit: Arc::new(edit(world, who, op)) },
        222 => C::Leave,
        223 => C::Grant { device: who.device, grant: blob("granted again") },
        224 => {
            let epoch = room.epoch() + 1 + u32::from(op.b % 3);
            let keys = world.keys(who.device, None);
            let edit = world.whole_edit(epoch);
            let grants = room.devices().keys().filter(|id| **id != who.device);
            let grants = grants.map(|id| (*id, blob(&format!("whole {epoch} for {id}")))).collect();
            C::Rekey { keys: KeyChange { epoch, edit: Some(edit.into()), grants, ..keys } }
        }
        _ => C::Start,
    }
}

/// Somebody knocks, and the host lets them in: as somebody new, or as who they may be.
fn somebody_knocks(world: &mut World, op: Op) {
    let role = [LinkRole::Member, LinkRole::Observer, LinkRole::CoFacilitator];
    let knock = world.knock(pick(&role, op.a).unwrap());
    world.around.knock(knock.clone()).unwrap();
    let host = world.host();
    let seats: Vec<SeatId> = world.room.seats().keys().copied().collect();
    let seat = pick(&seats, op.who).filter(|_| op.b > 100 || seats.len() >= 12);
    let device = knock.device;
    if let Some(seat) = seat
        && world.ask(host, Command::AskSeat { device, seat }).is_ok()
    {
        world.around.claim(device, seat);
        let (person, yes) = (world.of(seat), op.a > 60);
        if op.a > 30 && world.ask(person, Command::AnswerSeat { device, yes }).is_ok() {
            world.around.answer(device, yes);
        }
    }
    let admit = world.admit(host, device, seat);
    let _ = world.ask(host, admit);
    world.around.forget_knock(device);
    if let Some(held) = world.room.device(device) {
        world.around.connect(held.seat, device);
    }
}

/// Does what the numbers say. Whether anything changed.
pub(super) fn happen(world: &mut World, op: Op) -> bool {
    world.passes(u64::from(op.wait));
    let before = world.records.len();
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
        225..=237 => {
            assert_eq!(
                world.due().is_some_and(|at| at <= world.now),
                !world.ticks().is_empty(),
                "the room does something by itself exactly when it is due"
            );
        }
        // The host on one more browser, or on several private windows.
        238..=240 => {
            for n in 0..=op.a % 5 {
                if world.has_numbers() {
                    let knock = world.knock(LinkRole::Host);
                    world.lets_in(&knock);
                    if op.b % 8 != n {
                        world.around.disconnect(world.host().seat, knock.device);
                    }
                }
            }
        }
        241..=243 if world.has_numbers() => somebody_knocks(world, op),
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
    world.records.len() != before
}

/// At the end a few more presses, by whoever may: of any command there is that needs nobody's keys, as
/// its sample has it, about somebody and something that there is. So none is forgotten.
pub(super) fn and_what_else_there_is(world: &mut World, ops: usize) {
    let keys = ["device", "keys", "edit", "box", "boxes"];
    let samples = samples::commands().into_iter().map(|command| json(&command)).filter(|sample| {
        sample["c"] != "close" && keys.iter().all(|field| sample.get(field).is_none())
    });
    for (_, mut command) in samples.enumerate().filter(|(at, _)| (at + ops).is_multiple_of(4)) {
        let seats: Vec<SeatId> = world.room.seats().keys().copied().collect();
        let of_practice = command["c"].as_str().is_some_and(|name| name.contains("practice"));
        let practice = world.room.practices().keys().next().filter(|_| of_practice);
        let item = practice.or_else(|| world.room.items().keys().next());
        for (field, here) in [("seat", json(&seats.last())), ("item", json(&item))] {
            if let Some(value) = command.get_mut(field).filter(|_| !here.is_null()) {
                *value = here;
            }
        }
        let command: Command = serde_json::from_value(command).unwrap();
        let _ = seats.into_iter().find(|seat| world.ask(world.of(*seat), command.clone()).is_ok());
    }
    if ops % 3 == 1 {
        everybody_answers(world);
    }
    if ops.is_multiple_of(3) {
        let host = world.host();
        for command in [Command::Start, Command::Close, Command::EraseSet] {
            let _ = world.ask(host, command);
        }
    }
}
