//! One sample of every command, change and frame. The matches below stop compiling when a variant
//! is added, and the tests stop passing when it has no sample.

use std::collections::BTreeMap;
use std::sync::Arc;

use setroom_protocol::command::{BidTerms, KeyChange, Saying};
use setroom_protocol::method::{By, Floor, HandRule, Kind, Part, See, Stance, Write};
use setroom_protocol::room::{Clock, HoldReason, Item, Receipt, Stage, TurnState};
use setroom_protocol::view::{KnockView, LobbyView};
use setroom_protocol::{
    Change, ClientFrame, Code, Command, LinkRole, Mode, PROTOCOL_VERSION, Put, Role, Seq,
    ServerFrame, TextKind, Timestamp,
};

use crate::support::*;

macro_rules! variants {
    ($names:ident, $name_of:ident, $type:ty: $($pattern:pat => $name:literal),* $(,)?) => {
        pub(crate) const $names: &[&str] = &[$($name),*];

        pub(crate) fn $name_of(thing: &$type) -> &'static str {
            match thing { $($pattern => $name),* }
        }
    };
}

use Change as H;
use ClientFrame as F;
use Command as C;
use ServerFrame as S;

variants! { COMMANDS, command_name, Command:
    C::Admit { .. } => "admit", C::Refuse { .. } => "refuse", C::Grant { .. } => "grant",
    C::Lock { .. } => "lock", C::SendToLobby { .. } => "send_to_lobby",
    C::BringBack { .. } => "bring_back", C::Remove { .. } => "remove", C::Rekey { .. } => "rekey",
    C::SetRole { .. } => "set_role", C::Leave => "leave", C::Plan { .. } => "plan",
    C::SetMode { .. } => "set_mode", C::ProposeMode { .. } => "propose_mode",
    C::AnswerMode { .. } => "answer_mode", C::AgreeCharter => "agree_charter",
    C::Start => "start", C::Next => "next", C::GoTo { .. } => "go_to", C::Undo => "undo",
    C::Pause => "pause", C::Resume => "resume", C::AddTime { .. } => "add_time",
    C::Hold => "hold", C::Release => "release", C::Silence { .. } => "silence",
    C::Close => "close", C::SetOrder { .. } => "set_order",
    C::ChoosePresenter { .. } => "choose_presenter", C::HandOver { .. } => "hand_over",
    C::TakeBack => "take_back", C::NameScribe { .. } => "name_scribe",
    C::RaiseHand { .. } => "raise_hand", C::LowerHand { .. } => "lower_hand",
    C::DeferHand => "defer_hand", C::MoveHand { .. } => "move_hand",
    C::ClearQueue => "clear_queue", C::Invite { .. } => "invite",
    C::Interrupt { .. } => "interrupt", C::EndTurn => "end_turn",
    C::LetItLand => "let_it_land", C::Say { .. } => "say", C::Tick { .. } => "tick",
    C::StartRound { .. } => "start_round", C::EndRoundTurn => "end_round_turn",
    C::PassTurn => "pass_turn", C::LaterTurn => "later_turn", C::Put(_) => "put",
    C::ReleaseItem { .. } => "release_item", C::WithdrawItem { .. } => "withdraw_item",
}

variants! { CHANGES, change_name, Change:
    H::Founded { .. } => "founded", H::Seated { .. } => "seated",
    H::DeviceAdded { .. } => "device_added", H::Granted { .. } => "granted",
    H::Locked { .. } => "locked", H::SentToLobby { .. } => "sent_to_lobby",
    H::BroughtBack { .. } => "brought_back", H::Removed { .. } => "removed",
    H::Left { .. } => "left", H::Rekeyed { .. } => "rekeyed", H::RoleSet { .. } => "role_set",
    H::Planned { .. } => "planned", H::ModeSet { .. } => "mode_set",
    H::ModeProposed { .. } => "mode_proposed", H::ModeAgreed { .. } => "mode_agreed",
    H::ModeDeclined => "mode_declined", H::CharterAgreed { .. } => "charter_agreed",
    H::Started => "started", H::Moved { .. } => "moved", H::Undone => "undone",
    H::Paused { .. } => "paused", H::Resumed { .. } => "resumed",
    H::TimeAdded { .. } => "time_added", H::Held { .. } => "held",
    H::HoldEnded { .. } => "hold_ended", H::SilenceSet { .. } => "silence_set",
    H::Closed { .. } => "closed", H::OrderSet { .. } => "order_set",
    H::PresenterChosen { .. } => "presenter_chosen", H::LeadSet { .. } => "lead_set",
    H::ScribeSet { .. } => "scribe_set", H::HandRaised { .. } => "hand_raised",
    H::HandLowered { .. } => "hand_lowered", H::HandsMoved { .. } => "hands_moved",
    H::QueueCleared => "queue_cleared", H::FloorGiven { .. } => "floor_given",
    H::TurnEnded { .. } => "turn_ended", H::GapSet { .. } => "gap_set",
    H::PresenterSaid { .. } => "presenter_said", H::Ticked { .. } => "ticked",
    H::RoundStarted { .. } => "round_started", H::RoundTurned { .. } => "round_turned",
    H::Written { .. } => "written", H::ItemReleased { .. } => "item_released",
    H::ItemWithdrawn { .. } => "item_withdrawn",
}

variants! { CLIENT_FRAMES, client_frame_name, ClientFrame:
    F::Knock { .. } => "knock", F::Resume { .. } => "resume", F::Do { .. } => "do",
    F::Ping { .. } => "ping",
}

variants! { SERVER_FRAMES, server_frame_name, ServerFrame:
    S::Lobby { .. } => "lobby", S::Snapshot { .. } => "snapshot", S::Change { .. } => "change",
    S::Skip { .. } => "skip", S::Own { .. } => "own", S::Presence { .. } => "presence",
    S::Knocks { .. } => "knocks", S::Done { .. } => "done", S::Refused { .. } => "refused",
    S::Pong { .. } => "pong", S::Beat { .. } => "beat", S::Restart { .. } => "restart",
}

pub(crate) fn key_change() -> KeyChange {
    KeyChange {
        epoch: 2,
        grants: BTreeMap::from([(device(2), blob("grant 2")), (device(3), blob("grant 3"))]),
        wraps: BTreeMap::from([
            (LinkRole::Host, blob("wrap h")),
            (LinkRole::CoFacilitator, blob("wrap c")),
        ]),
        links: BTreeMap::from([(LinkRole::Member, hash(9))]),
    }
}

pub(crate) fn put() -> Put {
    Put {
        kind: TextKind::Bid,
        item: item(1),
        rev: 1,
        n: 0,
        prev: hash(0),
        sealed: boxed(1, 256, 0x5A5A_5A5A),
        bid: Some(BidTerms { pressing: 2, minutes: 30 }),
    }
}

pub(crate) fn commands() -> Vec<Command> {
    let (host, member) = (seat(1), seat(3));
    vec![
        C::Admit { device: device(3), grant: blob("grant 3"), seat: Some(member) },
        C::Refuse { device: device(3) },
        C::Grant { device: device(3), grant: blob("grant 3") },
        C::Lock { on: true },
        C::SendToLobby { seat: member },
        C::BringBack { seat: member },
        C::Remove { seat: member, keys: key_change() },
        C::Rekey { keys: key_change() },
        C::SetRole { seat: member, role: Role::Trainee },
        C::Leave,
        C::Plan { plan: "hpma_180".into(), template: "wial".into() },
        C::SetMode { mode: Mode::Double },
        C::ProposeMode { mode: Mode::Chatham },
        C::AnswerMode { yes: true },
        C::AgreeCharter,
        C::Start,
        C::Next,
        C::GoTo { part: 3 },
        C::Undo,
        C::Pause,
        C::Resume,
        C::AddTime { minutes: -5 },
        C::Hold,
        C::Release,
        C::Silence { on: true },
        C::Close,
        C::SetOrder { order: vec![member, host] },
        C::ChoosePresenter { seat: Some(member) },
        C::HandOver { seat: member },
        C::TakeBack,
        C::NameScribe { seat: Some(member) },
        C::RaiseHand { kind: Some(Kind::Explore), seat: None },
        C::LowerHand { seat: Some(member) },
        C::DeferHand,
        C::MoveHand { seat: member, to: 1 },
        C::ClearQueue,
        C::Invite { seat: member },
        C::Interrupt { seat: host },
        C::EndTurn,
        C::LetItLand,
        C::Say { what: Saying::NeedAMoment },
        C::Tick { on: true },
        C::StartRound { seat: member },
        C::EndRoundTurn,
        C::PassTurn,
        C::LaterTurn,
        C::Put(put()),
        C::ReleaseItem { item: item(1) },
        C::WithdrawItem { item: item(1) },
    ]
}

fn part() -> Arc<Part> {
    Arc::new(Part {
        id: "classic.act".into(),
        step: 5,
        slot: Some(0),
        minutes: [4, 5, 8],
        floor: Floor::Presenter,
        presenter: Stance::Speaks,
        kinds: vec![Kind::Act],
        hand: HandRule::Ask,
        writes: vec![Write { by: By::Presenter, kind: TextKind::Action, see: See::Owner }],
        cue: "act".into(),
        protected: true,
    })
}

fn running() -> Clock {
    Clock::Running { ends_at: BEGIN.plus(300_000), total_ms: 300_000 }
}

fn paused() -> Clock {
    Clock::Paused { left_ms: -1500, total_ms: 300_000 }
}

pub(crate) fn changes() -> Vec<Change> {
    let (host, member) = (seat(1), seat(3));
    let written = Item {
        id: item(1),
        kind: TextKind::Bid,
        seat: member,
        device: device(3),
        rev: 1,
        n: 0,
        prev: hash(0),
        sealed: boxed(1, 256, 0x5A5A_5A5A),
        at: BEGIN,
        see: See::Everyone,
        part: 4,
        bid: Some(BidTerms { pressing: 2, minutes: 30 }),
    };
    let receipt = Receipt {
        at: BEGIN,
        people: 9,
        destroyed: BTreeMap::from([(TextKind::Bid, 2), (TextKind::Headline, 1)]),
        kept: BTreeMap::from([(TextKind::Action, 3)]),
    };
    vec![
        H::Founded {
            set: set_id(),
            meeting: meeting_id(),
            links: LinkRole::ALL.into_iter().zip((1..).map(hash)).collect(),
            mode: Mode::Set,
            plan: "short_90".into(),
            template: "classic".into(),
            agenda: vec![part()],
            starts_at: Some(BEGIN.plus(600_000)),
        },
        H::Seated {
            seat: member,
            role: Role::Member,
            device: device(3),
            public: public(3),
            resume: hash(3),
            grant: Some(blob("grant 3")),
        },
        H::DeviceAdded {
            seat: member,
            device: device(33),
            public: public(33),
            resume: hash(33),
            grant: None,
        },
        H::Granted { device: device(3), grant: blob("grant 3") },
        H::Locked { on: true },
        H::SentToLobby { seat: member },
        H::BroughtBack { seat: member },
        H::Removed { seat: member, keys: key_change() },
        H::Left { seat: member },
        H::Rekeyed { keys: key_change() },
        H::RoleSet { seat: member, role: Role::Observer },
        H::Planned { plan: "short_90".into(), template: "classic".into(), agenda: vec![part()] },
        H::ModeSet { mode: Mode::OpenLearning },
        H::ModeProposed { mode: Mode::Chatham, seat: host },
        H::ModeAgreed { seat: member },
        H::ModeDeclined,
        H::CharterAgreed { seat: member },
        H::Started,
        H::Moved {
            part: 3,
            clock: running(),
            presenter: Some(member),
            round: vec![host, member],
            undo_until: BEGIN.plus(30_000),
        },
        H::Undone,
        H::Paused { clock: paused() },
        H::Resumed { clock: running() },
        H::TimeAdded { minutes: -5, clock: paused() },
        H::Held { why: HoldReason::NoFacilitator, clock: paused(), resumes: true },
        H::HoldEnded { clock: Clock::Stopped },
        H::SilenceSet { on: true },
        H::Closed { receipt },
        H::OrderSet { order: vec![member, host] },
        H::PresenterChosen { seat: Some(member) },
        H::LeadSet { seat: Some(member) },
        H::ScribeSet { seat: None },
        H::HandRaised { seat: member, kind: Some(Kind::Process), rank: 7 },
        H::HandLowered { seat: member },
        H::HandsMoved { ranks: BTreeMap::from([(member, 8), (host, 9)]) },
        H::QueueCleared,
        H::FloorGiven { seat: member, kind: Some(Kind::Explore), returns_to: Some(host) },
        H::TurnEnded { gap_until: BEGIN.plus(8_000) },
        H::GapSet { gap_until: BEGIN.plus(8_000) },
        H::PresenterSaid { what: Saying::Thinking },
        H::Ticked { seat: member, on: true },
        H::RoundStarted { order: vec![member, host] },
        H::RoundTurned {
            turns: BTreeMap::from([(member, TurnState::Passed), (host, TurnState::Now)]),
        },
        H::Written { item: Arc::new(written) },
        H::ItemReleased { item: item(1) },
        H::ItemWithdrawn { item: item(1) },
    ]
}

pub(crate) fn client_frames() -> Vec<ClientFrame> {
    vec![
        F::Knock {
            v: PROTOCOL_VERSION,
            set: set_id(),
            role: LinkRole::Member,
            token: token(0x11),
            public: public(3),
            nonce: nonce(0x12),
            mac: mac(0x13),
            name: blob("a sealed name"),
            resume: hash(0x14),
        },
        F::Resume {
            v: PROTOCOL_VERSION,
            set: set_id(),
            device: device(3),
            token: token(0x15),
            since: Some(Seq(41)),
            branch: Some(BRANCH),
        },
        F::Do {
            cid: command_id(1),
            seen: Seq(41),
            cmd: C::RaiseHand { kind: Some(Kind::Explore), seat: None },
        },
        F::Ping { sent: 12_345 },
    ]
}

pub(crate) fn server_frames() -> Vec<ServerFrame> {
    let mut world = World::at("classic.explore");
    let raised = C::RaiseHand { kind: Some(Kind::Explore), seat: None };
    world.does(world.p(5), raised);
    world.does(world.p(1), C::NameScribe { seat: Some(seat(6)) });
    let text = world.text(world.p(6), TextKind::Scribe, 9);
    world.does(world.p(6), C::Put(text));
    let client = world.client(5);
    let change = client.log.iter().rev().find(|text| text.contains(r#""t":"change""#)).unwrap();
    let own = world.client(6).log.iter().rev().find(|text| text.contains(r#""t":"own""#)).unwrap();
    let meeting = world.room.meeting();
    vec![
        S::Lobby {
            at: BEGIN,
            lobby: LobbyView {
                place: Some(2),
                facilitator_here: true,
                meeting: meeting_id(),
                stage: Stage::Running,
                mode: Mode::Set,
                plan: "short_90".into(),
                minutes: 90,
                starts_at: meeting.starts_at,
                people_max: 24,
            },
        },
        world.snapshot(device(5)),
        serde_json::from_str(change).unwrap(),
        S::Skip { seq: Seq(42) },
        serde_json::from_str(own).unwrap(),
        S::Presence { here: vec![seat(1), seat(3)], no_facilitator_since: Some(Timestamp(5)) },
        S::Knocks {
            knocks: BTreeMap::from([(
                device(8),
                KnockView {
                    role: LinkRole::Member,
                    public: public(8),
                    nonce: nonce(8),
                    mac: mac(8),
                    name: blob("a sealed name"),
                    at: BEGIN,
                    seat: Some(seat(3)),
                },
            )]),
        },
        S::Done { cid: command_id(1), seq: Seq(42) },
        S::Refused { cid: Some(command_id(1)), code: Code::TooFast, temporary: true },
        S::Pong { sent: 12_345, at: BEGIN },
        S::Beat { at: BEGIN },
        S::Restart { after_ms: 1_234 },
    ]
}
