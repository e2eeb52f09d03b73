//! What happened, in the past tense. Changes are the journal's form and may only grow.

mod effects;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::attendance::{Absence, MeetingAttendance, Said};
use crate::bytes::{Blob, Hash32, PublicKey};
use crate::command::{KeyChange, OwnKey, Saying};
use crate::ids::{DeviceId, ItemId, MeetingId, SeatId, Timestamp};
use crate::lines::Released;
use crate::method::{Kind, Mode, Part};
use crate::role::{LinkRole, Role};
use crate::room::{
    Clock, DateAnswer, Decided, DroppedDevice, FittedTime, FoundedSet, HoldReason, Item, Look,
    MeetingDate, OfferedTime, Opening, PlannedLead, Receipt, Review, TurnState,
};
use crate::roster::RosterEdit;

pub(crate) use effects::Moves;
pub use effects::{AmongPeople, Effects};

/// A fact about a room. On disk it is an object whose `c` names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "c", rename_all = "snake_case")]
pub enum Change {
    /// The set was made.
    Founded(FoundedSet),
    /// Somebody new was given a seat.
    Seated {
        /// The seat.
        seat: SeatId,
        /// Their role.
        role: Role,
        /// Their browser.
        device: DeviceId,
        /// Its public key.
        public: PublicKey,
        /// SHA-256 of the token that it comes back with.
        resume: Hash32,
        /// The key for it; the host's first browser makes its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grant: Option<Blob>,
        /// What its signatures are checked with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sign: Option<PublicKey>,
        /// The kind of link that it came by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        came_by: Option<LinkRole>,
        /// The roster with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edit: Option<Arc<RosterEdit>>,
    },
    /// A person came with another browser.
    DeviceAdded {
        /// Their seat.
        seat: SeatId,
        /// The browser.
        device: DeviceId,
        /// Its public key.
        public: PublicKey,
        /// SHA-256 of the token that it comes back with.
        resume: Hash32,
        /// The key for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grant: Option<Blob>,
        /// What its signatures are checked with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sign: Option<PublicKey>,
        /// The kind of link that it came by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        came_by: Option<LinkRole>,
        /// The roster with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edit: Option<Arc<RosterEdit>>,
    },
    /// A browser of a person made room for another one, or they put it out.
    DeviceDropped(DroppedDevice),
    /// The roster was changed, and nothing else.
    RosterEdited {
        /// The edit.
        edit: Arc<RosterEdit>,
    },
    /// A person put their own key down, wrapped.
    OwnKeySet {
        /// Whose.
        seat: SeatId,
        /// The key.
        key: OwnKey,
    },
    /// A browser was given the key again.
    Granted {
        /// The browser.
        device: DeviceId,
        /// The key for it.
        grant: Blob,
    },
    /// The door was locked or unlocked.
    Locked {
        /// Whether it is locked.
        on: bool,
    },
    /// Somebody was sent back to the lobby.
    SentToLobby {
        /// Who.
        seat: SeatId,
    },
    /// Somebody was brought back from the lobby.
    BroughtBack {
        /// Who.
        seat: SeatId,
    },
    /// Somebody was removed, and the keys changed with it.
    Removed {
        /// Who.
        seat: SeatId,
        /// The new epoch.
        keys: KeyChange,
    },
    /// Somebody left for good.
    Left {
        /// Who.
        seat: SeatId,
    },
    /// Keys, and perhaps links, were changed.
    Rekeyed {
        /// The new epoch.
        keys: KeyChange,
    },
    /// Somebody's role was changed.
    RoleSet {
        /// Whose.
        seat: SeatId,
        /// The new role.
        role: Role,
        /// The new epoch, where a co-facilitator was made, or is one no more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keys: Option<KeyChange>,
    },
    /// Plan and template were chosen anew.
    Planned {
        /// Name of the plan.
        plan: String,
        /// Name of the template.
        template: String,
        /// The agenda that follows from both.
        agenda: Vec<Arc<Part>>,
    },
    /// The mode was set, before the start or by everyone's agreement.
    ModeSet {
        /// The mode.
        mode: Mode,
        /// Who was not there: they are told when they come, before they take part.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        missed: BTreeSet<SeatId>,
    },
    /// Another mode was proposed.
    ModeProposed {
        /// The mode.
        mode: Mode,
        /// By whom; they agree.
        seat: SeatId,
    },
    /// Somebody agreed to the proposed mode.
    ModeAgreed {
        /// Who.
        seat: SeatId,
    },
    /// The proposal ended without agreement.
    ModeDeclined,
    /// Somebody agreed to the charter.
    CharterAgreed {
        /// Who.
        seat: SeatId,
    },
    /// Somebody said whether anything of theirs records the meeting.
    RecorderSaid(Said),
    /// The meeting began.
    Started,
    /// The meeting moved to a part.
    Moved {
        /// Index in the agenda.
        part: u32,
        /// Its clock.
        clock: Clock,
        /// Who presents in it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        presenter: Option<SeatId>,
        /// Its round, in order, when it has one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        round: Vec<SeatId>,
        /// Until when this can be undone.
        undo_until: Timestamp,
    },
    /// The last move was taken back.
    Undone {
        /// Whether it was a press within the part, and not the move to it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        press: bool,
        /// The clock now, where it does not run as it did then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clock: Option<Clock>,
    },
    /// The clock was stopped.
    Paused {
        /// The clock now.
        clock: Clock,
    },
    /// The clock runs on.
    Resumed {
        /// The clock now.
        clock: Clock,
    },
    /// Time was added or taken away.
    TimeAdded {
        /// Minutes; negative when taken away.
        minutes: i32,
        /// The clock now.
        clock: Clock,
    },
    /// The time of the parts that are still to come was shared out anew.
    TimeFitted(FittedTime),
    /// The room holds.
    Held {
        /// Why.
        why: HoldReason,
        /// The clock now.
        clock: Clock,
        /// Whether the clock runs on when the hold ends.
        resumes: bool,
    },
    /// The hold ended.
    HoldEnded {
        /// The clock now.
        clock: Clock,
    },
    /// A silence began or ended.
    SilenceSet {
        /// Whether it is silent.
        on: bool,
    },
    /// The meeting was closed.
    Closed {
        /// What was destroyed, and what is kept.
        receipt: Receipt,
    },
    /// The dates of meetings to come were set.
    DatesSet {
        /// All of them, with those that are off.
        dates: BTreeMap<MeetingId, MeetingDate>,
    },
    /// People were asked about times; with none the asking ended.
    DatesAsked {
        /// All of them.
        times: BTreeMap<MeetingId, OfferedTime>,
    },
    /// Somebody said whether they can.
    DateAnswered(DateAnswer),
    /// It was said who has the controls in a meeting to come.
    LeadPlanned(PlannedLead),
    /// Somebody said that they cannot come to a meeting, or that they can after all.
    AbsenceSaid(Absence),
    /// Somebody said whether who was there may be kept by name.
    NamesAgreed(Said),
    /// Who was there is kept: as it was proposed at the close, or as it was corrected.
    AttendanceKept(MeetingAttendance),
    /// The answers of the form are shown.
    FormShown {
        /// Them, without an author.
        answers: Released,
    },
    /// The next meeting was opened.
    MeetingOpened(Opening),
    /// The set is over: nothing of it is kept.
    Erased,
    /// The running order was set.
    OrderSet {
        /// Seats in order.
        order: Vec<SeatId>,
    },
    /// It was said who presents.
    PresenterChosen {
        /// Who, or nobody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<SeatId>,
    },
    /// The controls were handed to somebody, or came back.
    LeadSet {
        /// To whom, or back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<SeatId>,
    },
    /// The scribe was named.
    ScribeSet {
        /// Who, or nobody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<SeatId>,
    },
    /// A hand went up, or changed what it is for.
    HandRaised {
        /// Whose.
        seat: SeatId,
        /// What for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<Kind>,
        /// Its place: smaller ranks come first.
        rank: u64,
    },
    /// A hand came down.
    HandLowered {
        /// Whose.
        seat: SeatId,
    },
    /// Hands changed places.
    HandsMoved {
        /// The new rank of each hand that is up.
        ranks: BTreeMap<SeatId, u64>,
    },
    /// All hands came down.
    QueueCleared,
    /// Somebody was given the floor.
    FloorGiven {
        /// Who.
        seat: SeatId,
        /// What their hand was for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<Kind>,
        /// Who has it back afterwards.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        returns_to: Option<SeatId>,
    },
    /// The floor is nobody's; the next one waits for a while.
    TurnEnded {
        /// When the next asker may light up.
        gap_until: Timestamp,
    },
    /// The next asker waits until then.
    GapSet {
        /// When the next asker may light up.
        gap_until: Timestamp,
    },
    /// The presenter said how it is for them.
    PresenterSaid {
        /// What.
        what: Saying,
    },
    /// A tick was put or taken away.
    Ticked(Said),
    /// A round began.
    RoundStarted {
        /// Its order.
        order: Vec<SeatId>,
    },
    /// The round moved.
    RoundTurned {
        /// The turns that changed.
        turns: BTreeMap<SeatId, TurnState>,
    },
    /// A text was written.
    Written {
        /// The text.
        item: Arc<Item>,
    },
    /// A text may be seen by all.
    ItemReleased {
        /// Which.
        item: ItemId,
    },
    /// Lines were released to be passed on.
    LinesReleased {
        /// Them, without an author.
        lines: Released,
    },
    /// A text was taken back.
    ItemWithdrawn {
        /// Which.
        item: ItemId,
    },
    /// Somebody agreed to what the set is asked of a practice, or asked whether it is let go.
    PracticeTapped {
        /// Which.
        item: ItemId,
        /// Who.
        seat: SeatId,
    },
    /// What the set was asked of a practice is decided.
    PracticeDecided {
        /// Which.
        item: ItemId,
        /// How.
        is: Decided,
    },
    /// It was said when the set means to look again.
    ReviewSet(Review),
    /// Somebody thinks that it is time to look again, or does not any more.
    LookAsked(Look),
}
