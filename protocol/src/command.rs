//! What somebody asks, in the imperative.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::attendance::Attended;
use crate::bytes::Blob;
use crate::ids::{DeviceId, ItemId, MeetingId, SeatId, Timestamp};
pub use crate::keys::{KeyChange, OwnKey, RoundGrant, RoundKey};
use crate::method::{Kind, Mode};
pub use crate::put::{BidTerms, FormAnswer, OfferedLine, Put, Replaced, UnrecordedLine};
use crate::role::Role;
use crate::room::{Availability, FittedTime, LookedAt, OfferedTime, PlannedLead};
use crate::roster::RosterEdit;
pub use crate::saying::Saying;

/// A command. On the wire it is an object whose `c` names it: `{"c":"raise_hand","kind":"explore"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "c", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub enum Command {
    // ---- who is in the room ----
    /// Lets somebody in who waits at the door, and hands their browser the key.
    Admit {
        /// The browser that knocks.
        device: DeviceId,
        /// The key, sealed to that browser; made by the facilitator's browser.
        grant: Blob,
        /// The seat they had before, when they are back on another device.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<SeatId>,
        /// Puts the browser on the roster. Only pages of an earlier version lack it, and are refused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edit: Option<Arc<RosterEdit>>,
    },
    /// Asks whoever sits there, and is connected, whether it is they who knock with another browser.
    AskSeat {
        /// The browser that knocks.
        device: DeviceId,
        /// The seat.
        seat: SeatId,
    },
    /// Answers that.
    AnswerSeat {
        /// The browser that knocks.
        device: DeviceId,
        /// Whether it is this person's own.
        yes: bool,
    },
    /// Sends somebody away who waits at the door.
    Refuse {
        /// The browser that knocks.
        device: DeviceId,
    },
    /// Gives an admitted browser the key once more.
    Grant {
        /// The browser.
        device: DeviceId,
        /// The key, sealed to it.
        grant: Blob,
    },
    /// Locks or unlocks the door.
    Lock {
        /// Whether it is locked.
        on: bool,
    },
    /// Sends an admitted person back to the lobby; their place is kept.
    SendToLobby {
        /// Whom.
        seat: SeatId,
    },
    /// Brings them back from the lobby.
    BringBack {
        /// Whom.
        seat: SeatId,
    },
    /// Removes a person and bars their browsers. Carries the new key for those who stay.
    Remove {
        /// Whom.
        seat: SeatId,
        /// The new epoch.
        keys: KeyChange,
    },
    /// Changes links and keys: at the start (epoch 1), at a rotation, or when a host asks for it.
    Rekey {
        /// The new epoch.
        keys: KeyChange,
    },
    /// Makes somebody a member, trainee or observer; the host, with a new key, co-facilitator too.
    SetRole {
        /// Whose role.
        seat: SeatId,
        /// The new one: co-facilitator, trainee, member or observer.
        role: Role,
        /// The new epoch, where a co-facilitator is made or unmade: its edit says their browsers anew.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keys: Option<KeyChange>,
    },
    /// Changes the roster alone: a host's new browser, an old set's first edit, browsers that are gone.
    EditRoster {
        /// The edit.
        edit: Arc<RosterEdit>,
    },
    /// Puts down one's own key, wrapped for those who are to have it.
    OwnKey(OwnKey),
    /// Puts out all other browsers of this person, one of which was lost, and asks for a new key.
    DropOtherDevices,
    /// Leaves the set for good. Also a removed person's own wish.
    Leave,

    // ---- what was agreed ----
    /// Chooses plan and template, before the start.
    Plan {
        /// Name of the plan.
        plan: String,
        /// Name of the template.
        template: String,
    },
    /// Sets the confidentiality mode, before anybody has agreed to one.
    SetMode {
        /// The mode.
        mode: Mode,
    },
    /// Proposes another mode in the meeting; everyone must agree.
    ProposeMode {
        /// The mode.
        mode: Mode,
    },
    /// Answers a proposed mode.
    AnswerMode {
        /// Whether this person agrees. One no ends the proposal.
        yes: bool,
    },
    /// "I can live by this": agrees to the charter as it stands.
    AgreeCharter,
    /// Says whether anything of one's own records this meeting or keeps its captions.
    SayRecorder {
        /// Whether something does.
        on: bool,
    },

    // ---- the meeting ----
    /// Starts the meeting with its first part.
    Start,
    /// Moves on to the next part.
    Next,
    /// Goes to any part, also to this one again.
    GoTo {
        /// Index in the agenda, from 0.
        part: u32,
    },
    /// Takes the last move back, with the timer exactly as if it had not happened.
    Undo,
    /// Stops the clock.
    Pause,
    /// Lets the clock run on.
    Resume,
    /// Adds minutes to the running part, or takes them away.
    AddTime {
        /// Minutes; negative ones take away.
        minutes: i32,
    },
    /// Shares the time of the parts that are still to come out anew, each within its bounds.
    FitTime(FittedTime),
    /// Holds the room: stops clocks and hides cues on every screen.
    Hold,
    /// Ends a hold.
    Release,
    /// Begins or ends a silence.
    Silence {
        /// Whether it is silent.
        on: bool,
    },
    /// Closes the meeting: room text is destroyed, but for what the mode keeps (`KEPT`): names, the title
    /// and the charter, which belong to the set, and each person's own actions in every mode.
    Close,
    /// Sets the dates of all meetings to come. One that had a date and is not among them is off.
    SetDates {
        /// When each begins; the present meeting may be among them until it starts.
        dates: BTreeMap<MeetingId, Timestamp>,
        /// Whether these are what people were asked about: at least one of those times is among them,
        /// and the asking ends.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
        fixes: bool,
    },
    /// Asks everybody about times that may become dates; answers to those that stay are kept. None ends it.
    AskDates {
        /// All of them, each under an id that no meeting has.
        times: BTreeMap<MeetingId, OfferedTime>,
    },
    /// Says whether one can at one of these times, or says otherwise than before.
    AnswerDate {
        /// Which of them.
        time: MeetingId,
        /// Whether.
        answer: Availability,
    },
    /// Says who has the controls once a meeting to come is opened.
    PlanLead(PlannedLead),
    /// Opens the next meeting of a set whose last one is closed, with the same people, plan, template
    /// and mode. Carries a new key; whose links it names open again.
    NextMeeting {
        /// Its id: one of those that have a date, else one drawn by the browser.
        meeting: MeetingId,
        /// The new epoch.
        keys: KeyChange,
    },
    /// Says that one cannot come to a meeting, or that one can after all. No reason is asked for.
    CannotCome {
        /// Which: the present one, or one that has a date.
        meeting: MeetingId,
        /// Whether one cannot.
        on: bool,
    },
    /// Says whether who was there may be kept by name. It is, once everybody agrees who takes part, and
    /// while they do: whoever comes has not agreed yet.
    AgreeNames {
        /// Whether it may.
        on: bool,
    },
    /// Says how everybody attended the meeting that is closed. Who it was is kept only where everybody
    /// has agreed to that; else only how many.
    SetAttendance {
        /// Which: the one that is closed.
        meeting: MeetingId,
        /// Exactly those who take part.
        seats: BTreeMap<SeatId, Attended>,
    },
    /// Answers the form at the end, or answers it anew. The answer waits in memory alone.
    AnswerForm(FormAnswer),
    /// Shows all answers at once, once there are enough: they are the set's, without an author.
    ShowForm,
    /// Erases the set, with everything that is kept of it, once its meeting is closed.
    EraseSet,
    /// Sets the running order of presenters.
    SetOrder {
        /// Seats in order.
        order: Vec<SeatId>,
    },
    /// Says who presents now.
    ChoosePresenter {
        /// Who; absent for nobody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<SeatId>,
    },
    /// Hands the facilitator's controls to somebody.
    HandOver {
        /// To whom.
        seat: SeatId,
    },
    /// Takes the controls back, or gives them back.
    TakeBack,
    /// Names the scribe.
    NameScribe {
        /// Who; absent for nobody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<SeatId>,
    },

    // ---- the question queue ----
    /// Puts one's hand up, or changes what it is for.
    RaiseHand {
        /// What for; a hand needs none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<Kind>,
        /// For whom, when the facilitator acts for somebody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<SeatId>,
    },
    /// Takes a hand down: one's own, or anybody's by the facilitator.
    LowerHand {
        /// Whose, when it is not one's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<SeatId>,
    },
    /// Lets the others go first: one's own hand moves to the end.
    DeferHand,
    /// Moves a hand to a place in the queue.
    MoveHand {
        /// Whose hand.
        seat: SeatId,
        /// The new place, from 0.
        to: u32,
    },
    /// Takes all hands down.
    ClearQueue,
    /// Gives somebody the floor now, whether or not their hand is up.
    Invite {
        /// Whom.
        seat: SeatId,
    },
    /// Gives somebody the floor for a moment; then it returns to whoever had it.
    Interrupt {
        /// Whom.
        seat: SeatId,
    },
    /// Ends the turn of whoever has the floor.
    EndTurn,
    /// Gives what was said time to land: the next asker waits once more.
    LetItLand,
    /// The presenter says how it is for them.
    Say {
        /// What.
        what: Saying,
    },
    /// Puts a tick ("I have finished", "understood") or takes it away.
    Tick {
        /// Whether it is there.
        on: bool,
    },

    // ---- rounds ----
    /// Begins the round anew with this person.
    StartRound {
        /// Who begins.
        seat: SeatId,
    },
    /// Ends the present turn of the round.
    EndRoundTurn,
    /// Passes one's turn, without comment.
    PassTurn,
    /// "Come back to me": one's turn moves to the end.
    LaterTurn,

    // ---- texts ----
    /// Writes a text, or a new revision of it. Once the meeting is closed: one's own text that others saw,
    /// sealed again under one's own key, a learning question or what the set is for, and nothing else.
    Put(Put),
    /// Lets the others see one's own text.
    ReleaseItem {
        /// Which.
        item: ItemId,
    },
    /// Offers a line to be passed on, where the mode has such. Until its release memory alone has it.
    OfferLine(OfferedLine),
    /// Says whether a line that came from oneself may be passed on, or takes back what one offered.
    AnswerLine {
        /// Which.
        item: ItemId,
        /// Whether it may.
        yes: bool,
    },
    /// Releases all lines that whoever they came from agrees to: they are the set's, without an author.
    ReleaseLines,
    /// Takes one's own text back; it is destroyed.
    WithdrawItem {
        /// Which.
        item: ItemId,
    },

    // ---- off the record: in memory alone, and never written down ----
    /// Begins a round off the record. This browser has made the round's key.
    BeginOffRecord {
        /// The round's id, drawn at random.
        round: ItemId,
    },
    /// Announces a page's key pair for the round, so that it is handed the key. Another is another page's.
    OffRecordKey(RoundKey),
    /// Hands the round's key to a pair that was announced.
    OffRecordGrant(RoundGrant),
    /// Writes a line in the round. It lives in memory alone, until the round ends.
    OffRecordLine(UnrecordedLine),
    /// Ends the round: keys and lines are gone.
    EndOffRecord {
        /// Which round.
        round: ItemId,
    },

    // ---- what the set has learned, and works by ----
    /// Answers whether a practice is adopted, or let go again, as the set is asked. One no ends it.
    AnswerPractice {
        /// Which.
        item: ItemId,
        /// Whether this person agrees.
        yes: bool,
    },
    /// Asks the set whether a practice that it adopted is let go again; whoever asks agrees.
    LetPracticeGo {
        /// Which.
        item: ItemId,
    },
    /// Says when the set looks again at its framework, or ground rules. Whoever asked for it has been heard.
    SetReview {
        /// At which of them.
        of: LookedAt,
        /// When; absent for no day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
    },
    /// "It is time to look again": it is counted, and nobody is told whose it is.
    LookAgain {
        /// At what.
        of: LookedAt,
        /// Whether one thinks so.
        on: bool,
    },
}
