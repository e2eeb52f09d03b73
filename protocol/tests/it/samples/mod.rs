//! One sample of every command, change and frame. The matches below stop compiling when a variant
//! is added, and the tests stop passing when it has no sample.

use std::collections::BTreeMap;
use std::sync::Arc;

use setroom_protocol::command::{BidTerms, KeyChange, Saying};
use setroom_protocol::method::{By, Floor, HandRule, Kind, Part, See, Stance, Write};
use setroom_protocol::room::{Clock, HoldReason, Item, Receipt, TurnState};
use setroom_protocol::{
    Change, Command, DeviceId, Holder, LinkRole, Mode, Put, Role, RosterEdit, TextKind,
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

mod frames;

pub(crate) use frames::{
    CLIENT_FRAMES, SERVER_FRAMES, client_frame_name, client_frames, server_frame_name,
    server_frames,
};

use Change as H;
use Command as C;

variants! { COMMANDS, command_name, Command:
    C::Admit { .. } => "admit", C::AskSeat { .. } => "ask_seat",
    C::AnswerSeat { .. } => "answer_seat", C::Refuse { .. } => "refuse", C::Grant { .. } => "grant",
    C::Lock { .. } => "lock", C::SendToLobby { .. } => "send_to_lobby",
    C::BringBack { .. } => "bring_back", C::Remove { .. } => "remove", C::Rekey { .. } => "rekey",
    C::SetRole { .. } => "set_role", C::EditRoster { .. } => "edit_roster",
    C::OwnKey(_) => "own_key", C::Leave => "leave", C::Plan { .. } => "plan",
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
    H::DeviceAdded { .. } => "device_added", H::DeviceDropped { .. } => "device_dropped",
    H::RosterEdited { .. } => "roster_edited", H::OwnKeySet { .. } => "own_key_set",
    H::Granted { .. } => "granted",
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

pub(crate) fn key_change() -> KeyChange {
    KeyChange {
        epoch: 2,
        grants: BTreeMap::from([(device(2), blob("grant 2")), (device(3), blob("grant 3"))]),
        wraps: BTreeMap::from([(LinkRole::Host, blob("wrap h"))]),
        links: BTreeMap::from([(LinkRole::Member, hash(9))]),
        edit: Some(edit(2, vec![], vec![device(4)])),
    }
}

pub(crate) fn holder(n: u8, link: LinkRole) -> Holder {
    Holder { public: public(n), sign: Some(signing(n)), seat: seat(n), role: link, link: 0 }
}

/// An edit by the host's browser.
pub(crate) fn edit(epoch: u32, add: Vec<Holder>, drop: Vec<DeviceId>) -> Arc<RosterEdit> {
    Arc::new(RosterEdit {
        n: 7,
        epoch,
        commit: commitment(epoch),
        whole: false,
        add,
        drop,
        by: device(1),
        sig: signature(7),
    })
}

fn whole() -> Arc<RosterEdit> {
    // A browser of the first form cannot sign.
    let old = Holder { sign: None, ..holder(2, LinkRole::CoFacilitator) };
    Arc::new(RosterEdit {
        n: 1,
        epoch: 1,
        commit: commitment(1),
        whole: true,
        add: vec![link_holder(), old],
        drop: vec![],
        by: link_holder().device(),
        sig: signature(1),
    })
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
        C::Admit {
            device: device(3),
            grant: blob("grant 3"),
            seat: Some(member),
            edit: Some(edit(1, vec![holder(3, LinkRole::Member)], vec![])),
        },
        C::AskSeat { device: device(33), seat: member },
        C::AnswerSeat { device: device(33), yes: true },
        C::Refuse { device: device(3) },
        C::Grant { device: device(3), grant: blob("grant 3") },
        C::Lock { on: true },
        C::SendToLobby { seat: member },
        C::BringBack { seat: member },
        C::Remove { seat: member, keys: key_change() },
        C::Rekey { keys: key_change() },
        C::SetRole { seat: member, role: Role::Trainee },
        C::EditRoster { edit: whole() },
        C::OwnKey(own_key(1, [device(2), device(3)])),
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
            sign: Some(signing(3)),
            came_by: Some(LinkRole::Member),
            edit: Some(edit(1, vec![holder(3, LinkRole::Member)], vec![])),
        },
        H::DeviceAdded {
            seat: member,
            device: device(33),
            public: public(33),
            resume: hash(33),
            grant: None,
            sign: Some(signing(33)),
            came_by: Some(LinkRole::Member),
            edit: None,
        },
        H::DeviceDropped { device: device(34) },
        H::RosterEdited { edit: whole() },
        H::OwnKeySet { seat: member, key: own_key(1, [device(2), device(3)]) },
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
