//! The part of the view that is the same for every admitted seat.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::diff::{Patch, patch_by_field};
use super::lasting::{PracticeView, ReviewView, SeriesView};
use crate::attendance::Attendance;
use crate::bytes::{Blob, Hash32, PublicKey};
use crate::command::{BidTerms, Saying};
use crate::ids::{DeviceId, ItemId, MeetingId, SeatId, Seq, SetId, Timestamp};
use crate::lines::Released;
use crate::method::{Floor, HandRule, Kind, Mode, See, Stance, Write};
use crate::role::{LinkRole, Role};
use crate::room::{
    AskedTime, Asking, Availability, Clock, Hand, Hold, Item, LookedAt, Receipt, Stage, Turn,
};
use crate::roster::RosterEdit;
use crate::sealed::{Sealed, TextKind};

/// A seat as everybody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct SeatView {
    /// Their role.
    pub role: Role,
    /// Their place in the circle.
    pub place: u32,
    /// Whether they have agreed to the charter.
    pub agreed: bool,
    /// Whether another mode was agreed while they were away, to which they have not agreed since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub mode_missed: bool,
    /// Whether anything of theirs records the meeting; absent until they have said it. Whoever has not is
    /// asked until the meeting is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorder: Option<bool>,
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
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
    /// Minutes that it can do with, and those that it can use.
    pub bounds: [u32; 2],
}

/// The present part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
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
    /// The meeting that it was sealed in, where that is not the present one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<MeetingId>,
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
            meeting: item.meeting,
        }
    }
}

/// What every admitted seat sees, in the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
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
    /// How many have agreed to the proposed mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode_taps: Option<u32>,
    /// Whether the charter must be agreed before one takes part.
    pub charter_first: bool,
    /// Whether the door is locked.
    pub locked: bool,
    /// Everybody with a seat.
    pub seats: BTreeMap<SeatId, SeatView>,
    /// Their browsers.
    pub devices: BTreeMap<DeviceId, DeviceView>,
    /// The signed edits of who holds keys, by place, since the last whole one.
    #[serde(deserialize_with = "by_place")]
    pub roster: BTreeMap<u32, Arc<RosterEdit>>,
    /// By which kinds of link those came who have left since the last key: a new one is due. A `c` stays
    /// until its three links are changed.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub key_due: BTreeSet<LinkRole>,
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
    /// Hands that are up. Nobody's for whoever presents, unless they hold the controls.
    pub queue: BTreeMap<SeatId, Hand>,
    /// Who has the floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asking: Option<Asking>,
    /// When the next asker may light up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap_until: Option<Timestamp>,
    /// The round.
    pub round: BTreeMap<SeatId, Turn>,
    /// Since when the present turn of it is somebody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_since: Option<Timestamp>,
    /// Texts that all may see.
    pub items: BTreeMap<ItemId, ItemView>,
    /// Lines that were released to be passed on, each without an author.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub lines: Released,
    /// Practices of the set, with those that are proposed.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub practices: BTreeMap<ItemId, PracticeView>,
    /// When the set means to look again at what it agreed.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub reviews: BTreeMap<LookedAt, ReviewView>,
    /// The answers of the form, once they are shown, each without an author.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub form: Released,
    /// Who cannot come to this meeting, or to one of those to come.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub away: BTreeMap<MeetingId, BTreeSet<SeatId>>,
    /// How many have agreed that who was there is kept by name.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub names_taps: u32,
    /// Who was there, in meetings that are over.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub attendance: BTreeMap<MeetingId, Attendance>,
    /// What closing destroyed and kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// The meetings of the set; absent while there is one, and none has a date of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesView>,
    /// Times that people are asked about, and what each has answered.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub dates_asked: BTreeMap<MeetingId, AskedTime>,
    /// Whether the set is over: everything of it is being erased.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub erased: bool,
}

/// Places are the keys of a JSON object, and so text; within a frame serde reads them as that alone.
fn by_place<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<u32, Arc<RosterEdit>>, D::Error> {
    let edits = BTreeMap::<String, Arc<RosterEdit>>::deserialize(deserializer)?;
    let place = |(n, edit): (String, _)| Ok((n.parse().map_err(de::Error::custom)?, edit));
    edits.into_iter().map(place).collect()
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
        mode_taps,
        charter_first,
        locked,
        presenter,
        says,
        lead,
        scribe,
        asking,
        gap_until,
        turn_since,
        receipt,
        series,
        names_taps,
        away,
        key_due,
        reviews,
    ],
    flags: [erased],
    nested: [
        seats,
        devices,
        roster,
        queue,
        round,
        items,
        lines,
        form,
        dates_asked,
        attendance,
        practices,
    ],
});

patch_by_field!(SeatView {
    plain: [role, place, agreed, recorder, presents],
    flags: [mode_missed, in_lobby, written, tick],
    nested: [],
});

patch_by_field!(AskedTime { plain: [time], flags: [], nested: [answers] });

// Small, or seldom changed in part.
impl Patch for Attendance {}
impl Patch for Availability {}
impl Patch for PracticeView {}
impl Patch for DeviceView {}
impl Patch for Hand {}
impl Patch for ItemId {}
impl Patch for Turn {}
impl Patch for ItemView {}
impl Patch for Sealed {}
impl Patch for Arc<RosterEdit> {}
impl Patch for Blob {}
