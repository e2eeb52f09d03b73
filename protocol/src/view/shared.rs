//! The part of the view that is the same for every admitted seat.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::diff::patch_by_field;
use crate::bytes::{Hash32, PublicKey};
use crate::command::{BidTerms, Saying};
use crate::ids::{DeviceId, ItemId, MeetingId, SeatId, Seq, SetId, Timestamp};
use crate::method::{Floor, HandRule, Kind, Mode, See, Stance, Write};
use crate::role::Role;
use crate::room::{Asking, Clock, Hand, Hold, Item, Receipt, Room, Stage, Turn};
use crate::sealed::{Sealed, TextKind};

/// A seat as everybody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
pub struct SeatView {
    /// Their role.
    pub role: Role,
    /// Their place in the circle.
    pub place: u32,
    /// Whether they have agreed to the charter.
    pub agreed: bool,
    /// Sent back to the lobby for now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub in_lobby: bool,
    /// Whether they have written a text in this part that is hidden for now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub written: bool,
    /// Whether they have put a tick in this part.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub tick: bool,
    /// Place in the running order of presenters, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presents: Option<u32>,
}

/// A browser as everybody sees it: what boxes and words are checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeviceView {
    /// Whose.
    pub seat: SeatId,
    /// Its public key.
    #[serde(rename = "pub")]
    pub public: PublicKey,
}

/// A part of the agenda as everybody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
pub struct PartView {
    /// `check_in`, or `classic.explore`.
    pub id: String,
    /// Index of the plan's step.
    pub step: u32,
    /// Which presenter's slot, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<u32>,
    /// Minutes planned.
    pub minutes: u32,
}

/// The present part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
pub struct Now {
    /// Index in the agenda.
    pub part: u32,
    /// `check_in`, or `classic.explore`.
    pub id: String,
    /// Which presenter's slot, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<u32>,
    /// Whose moment it is.
    pub floor: Floor,
    /// What the presenter does.
    pub stance: Stance,
    /// Kinds of question on offer.
    pub kinds: Vec<Kind>,
    /// Whether hands may go up.
    pub hand: HandRule,
    /// Who may write what.
    pub writes: Vec<Write>,
    /// Key of the cue texts.
    pub cue: String,
}

/// A text as everybody sees it: a box with what binds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
pub struct ItemView {
    /// What it is for.
    pub kind: TextKind,
    /// Its author.
    pub seat: SeatId,
    /// The browser that sealed it.
    pub device: DeviceId,
    /// Revision.
    pub rev: u32,
    /// Number among its browser's boxes.
    pub n: u64,
    /// SHA-256 of its browser's box before.
    pub prev: Hash32,
    /// The box.
    #[serde(rename = "box")]
    pub sealed: Sealed,
    /// When it was written.
    pub at: Timestamp,
    /// Index of the part in which it was written.
    pub part: u32,
    /// Whether all may see it; absent in one's own hidden or private texts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub open: bool,
    /// With a bid, its terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bid: Option<BidTerms>,
}

impl From<&Item> for ItemView {
    fn from(item: &Item) -> Self {
        Self {
            kind: item.kind,
            seat: item.seat,
            device: item.device,
            rev: item.rev,
            n: item.n,
            prev: item.prev,
            sealed: item.sealed.clone(),
            at: item.at,
            part: item.part,
            open: item.see == See::Everyone,
            bid: item.bid,
        }
    }
}

/// What every admitted seat sees, in the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
pub struct Shared {
    /// The set.
    pub set: SetId,
    /// The meeting: the `session` of the sealing context.
    pub meeting: MeetingId,
    /// The present epoch; 0 until there is a key.
    pub epoch: u32,
    /// How far the meeting is.
    pub stage: Stage,
    /// When it is meant to begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// Name of the plan.
    pub plan: String,
    /// Name of the template.
    pub template: String,
    /// The agenda.
    pub agenda: Vec<PartView>,
    /// The present part; absent before the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Now>,
    /// The last change that moved the meeting: what commands that move it are checked against.
    pub moved: Seq,
    /// The clock of the present part.
    pub clock: Clock,
    /// The hold, when the room holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// Whether it is silent.
    pub silence: bool,
    /// Until when the last move can be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_until: Option<Timestamp>,
    /// The agreed mode.
    pub mode: Mode,
    /// A proposed mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<Mode>,
    /// Who has agreed to the proposed mode.
    pub mode_agreed: BTreeMap<SeatId, bool>,
    /// Whether the charter must be agreed before one takes part.
    pub charter_first: bool,
    /// Whether the door is locked.
    pub locked: bool,
    /// Everybody with a seat.
    pub seats: BTreeMap<SeatId, SeatView>,
    /// Their browsers.
    pub devices: BTreeMap<DeviceId, DeviceView>,
    /// Who presents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presenter: Option<SeatId>,
    /// What the presenter said: a moment, thinking, pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<Saying>,
    /// Who holds the controls by hand-over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<SeatId>,
    /// Who takes down what the presenter wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scribe: Option<SeatId>,
    /// Hands that are up.
    pub queue: BTreeMap<SeatId, Hand>,
    /// Who has the floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asking: Option<Asking>,
    /// When the next asker may light up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap_until: Option<Timestamp>,
    /// The round.
    pub round: BTreeMap<SeatId, Turn>,
    /// Texts that all may see.
    pub items: BTreeMap<ItemId, Arc<ItemView>>,
    /// What closing destroyed and kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
}

patch_by_field!(Shared {
    plain: [
        set,
        meeting,
        epoch,
        stage,
        starts_at,
        started_at,
        plan,
        template,
        agenda,
        now,
        moved,
        clock,
        hold,
        silence,
        undo_until,
        mode,
        proposed,
        mode_agreed,
        charter_first,
        locked,
        seats,
        devices,
        presenter,
        says,
        lead,
        scribe,
        queue,
        asking,
        gap_until,
        round,
        receipt,
    ],
    nested: [items]
});

/// What every admitted seat sees of a room. `before` is the view before the last change, if there
/// is one: texts that did not change are taken from it as they are.
pub fn shared(room: &Room, before: Option<&Shared>) -> Shared {
    let meeting = room.meeting();
    let at = &meeting.now;
    let now = room.part().filter(|_| meeting.stage == Stage::Running).map(|part| Now {
        part: at.part,
        id: part.id.clone(),
        slot: part.slot,
        floor: part.floor,
        stance: part.presenter,
        kinds: part.kinds.clone(),
        hand: part.hand,
        writes: part.writes.clone(),
        cue: part.cue.clone(),
    });
    let rank = |seat: SeatId| {
        let place = meeting.order.iter().position(|id| *id == seat)?;
        u32::try_from(place).ok()
    };
    let written = |seat: SeatId| {
        meeting.stage == Stage::Running
            && room.items_of(seat).any(|item| item.see == See::Hidden && item.part == at.part)
    };
    let seats = room.seats().iter().map(|(id, seat)| {
        let view = SeatView {
            role: seat.role,
            place: seat.place,
            agreed: seat.agreed,
            in_lobby: seat.in_lobby,
            written: written(*id),
            tick: at.ticks.contains(id),
            presents: rank(*id),
        };
        (*id, view)
    });
    let devices = room
        .devices()
        .iter()
        .map(|(id, device)| (*id, DeviceView { seat: device.seat, public: device.public }));
    let parts = meeting.agenda.iter().map(|part| PartView {
        id: part.id.clone(),
        step: part.step,
        slot: part.slot,
        minutes: part.minutes[1],
    });
    Shared {
        set: room.set(),
        meeting: meeting.id,
        epoch: room.epoch(),
        stage: meeting.stage,
        starts_at: meeting.starts_at,
        started_at: meeting.started_at,
        plan: meeting.plan.clone(),
        template: meeting.template.clone(),
        agenda: parts.collect(),
        now,
        moved: meeting.moved,
        clock: at.clock,
        hold: meeting.hold,
        silence: meeting.silence,
        undo_until: meeting.undo.as_ref().map(|undo| undo.until),
        mode: room.mode(),
        proposed: room.proposal().map(|proposal| proposal.mode),
        mode_agreed: room
            .proposal()
            .map(|proposal| proposal.agreed.iter().map(|seat| (*seat, true)).collect())
            .unwrap_or_default(),
        charter_first: meeting.stage == Stage::Running && super::past_charter(room),
        locked: room.locked(),
        seats: seats.collect(),
        devices: devices.collect(),
        presenter: at.presenter,
        says: at.says,
        lead: meeting.lead,
        scribe: meeting.scribe,
        queue: at.queue.clone(),
        asking: at.asking,
        gap_until: at.gap_until,
        round: at.round.clone(),
        items: items(room, |item| item.see == See::Everyone, before.map(|view| &view.items)),
        receipt: meeting.receipt.clone(),
    }
}

/// Views of the texts that `show` lets through; unchanged ones are shared with `before`.
pub(super) fn items(
    room: &Room,
    show: impl Fn(&Item) -> bool,
    before: Option<&BTreeMap<ItemId, Arc<ItemView>>>,
) -> BTreeMap<ItemId, Arc<ItemView>> {
    let shown = room.items().values().filter(|item| show(item));
    shown
        .map(|item| {
            let same = before.and_then(|items| items.get(&item.id)).filter(|view| {
                view.rev == item.rev
                    && view.device == item.device
                    && view.n == item.n
                    && view.open == (item.see == See::Everyone)
            });
            let view = same.map_or_else(|| Arc::new(ItemView::from(item.as_ref())), Arc::clone);
            (item.id, view)
        })
        .collect()
}
