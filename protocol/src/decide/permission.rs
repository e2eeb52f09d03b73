//! The one table of commands: who may, when, and by which rule. [`decide`](crate::decide()) consults
//! it first.

use serde::{Deserialize, Serialize};

use super::{Case, Decision, refuse_if};
use crate::command::Command;
use crate::refusal::{Code, Refusal};
use crate::role::Role;
use crate::room::Stage;

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Those who hold the raw keys: host and co-facilitator.
    Keys,
    /// Those who hold the facilitator's controls: by credential, or by hand-over.
    Controls,
    /// Everyone who takes part: all but observers.
    Circle,
    /// Everyone in the room.
    All,
}

impl Who {
    /// Whether somebody with this role, and with the controls handed over or not, is among them.
    pub fn includes(self, role: Role, lead: bool) -> bool {
        match self {
            Self::Keys => role.holds_keys(),
            Self::Controls => role.holds_keys() || lead,
            Self::Circle => role.takes_part(),
            Self::All => true,
        }
    }
}

/// When.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Before the start.
    Before,
    /// In the meeting.
    During,
    /// Until the meeting is closed.
    Open,
    /// Until the meeting is closed, and by the host after that too.
    OpenOrHost,
    /// From the start on, and once it is closed.
    Begun,
    /// Once it is closed.
    Closed,
    /// Always.
    Always,
}

impl When {
    /// Whether this stage is among them, for this role.
    pub fn includes(self, stage: Stage, role: Role) -> bool {
        match self {
            Self::Before => stage == Stage::Gathering,
            Self::During => stage == Stage::Running,
            Self::Open => stage != Stage::Closed,
            Self::OpenOrHost => stage != Stage::Closed || role == Role::Host,
            Self::Begun => stage != Stage::Gathering,
            Self::Closed => stage == Stage::Closed,
            Self::Always => true,
        }
    }
}

macro_rules! table {
    ($(
        $act:ident $({ $($field:tt)* })? $(($carried:ident))?
            => $who:ident, $when:ident, $rule:ident $with:tt;
    )*) => {
        /// The name of a command, without what it carries.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub enum Act {
            $(#[doc = concat!("[`Command::", stringify!($act), "`]")] $act),*
        }

        /// The permission table: each act, who may, and when.
        pub const TABLE: &[(Act, Who, When)] = &[$((Act::$act, Who::$who, When::$when)),*];

        impl Command {
            /// Which act this is.
            pub const fn act(&self) -> Act {
                match self {
                    $(Self::$act { .. } => Act::$act),*
                }
            }

            /// Whether this command carries nothing but its name.
            pub(crate) const fn is_bare(&self) -> bool {
                match self {
                    $(Self::$act { .. } => stringify!($($($field)*)? $($carried)?).is_empty()),*
                }
            }
        }

        impl Case<'_> {
            /// What the rule of this command says.
            pub(super) fn rule(&self, command: &Command) -> Decision {
                match command {
                    $(Command::$act $({ $($field)* })? $(($carried))? => self.$rule $with),*
                }
            }
        }
    };
}

// Each command: what it carries, who may, when, and its rule.
table! {
    Admit { device, grant, seat, edit } => Keys, Always, admit(*device, grant, *seat, edit.as_ref());
    AskSeat { device, seat } => Keys, Always, ask_seat(*device, *seat);
    AnswerSeat { device, .. } => All, Always, answer_seat(*device);
    Refuse { device } => Keys, Always, refuse(*device);
    Grant { device, grant } => Keys, Always, grant(*device, grant);
    Lock { on } => Keys, Open, lock(*on);
    SendToLobby { seat } => Keys, Open, send_to_lobby(*seat);
    BringBack { seat } => Keys, Open, bring_back(*seat);
    Remove { seat, keys } => Keys, Always, remove(*seat, keys);
    Rekey { keys } => Keys, OpenOrHost, rekey(keys);
    SetRole { seat, role, keys } => Keys, Open, set_role(*seat, *role, keys.as_ref());
    EditRoster { edit } => Keys, Always, edit_roster(edit);
    OwnKey(key) => All, Always, own_key(key);
    DropOtherDevices => All, Always, drop_other_devices();
    Leave => All, Always, leave();
    Plan { plan, template } => Controls, Before, plan(plan, template);
    SetMode { mode } => Controls, Before, set_mode(*mode);
    ProposeMode { mode } => Controls, During, propose_mode(*mode);
    AnswerMode { yes } => Circle, During, answer_mode(*yes);
    AgreeCharter => All, Open, agree_charter();
    SayRecorder { on } => All, Open, say_recorder(*on);
    Start => Controls, Before, start();
    Next => Controls, During, next();
    GoTo { part } => Controls, During, go_to(*part);
    Undo => Controls, During, undo();
    Pause => Controls, During, pause();
    Resume => Controls, During, resume();
    AddTime { minutes } => Controls, During, add_time(*minutes);
    FitTime(fitted) => Controls, Open, fit_time(fitted);
    Hold => Controls, During, hold();
    Release => Controls, During, release();
    Silence { on } => Controls, During, silence(*on);
    Close => Controls, During, close();
    SetDates { dates, fixes } => Controls, Always, set_dates(dates, *fixes);
    AskDates { times } => Controls, Always, ask_dates(times);
    AnswerDate { time, answer } => Circle, Always, answer_date(*time, *answer);
    PlanLead(planned) => Controls, Always, plan_lead(*planned);
    NextMeeting { meeting, keys } => Keys, Closed, next_meeting(*meeting, keys);
    CannotCome { meeting, on } => Circle, Always, cannot_come(*meeting, *on);
    AgreeNames { on } => Circle, Always, agree_names(*on);
    SetAttendance { meeting, seats } => Controls, Closed, set_attendance(*meeting, seats);
    AnswerForm(answer) => Circle, Begun, answer_form(answer);
    ShowForm => Controls, Begun, show_form();
    EraseSet => Keys, Closed, erase_set();
    SetOrder { order } => Controls, Open, set_order(order);
    ChoosePresenter { seat } => Controls, During, choose_presenter(*seat);
    HandOver { seat } => Keys, Open, hand_over(*seat);
    TakeBack => Controls, Open, take_back();
    NameScribe { seat } => Controls, Open, name_scribe(*seat);
    RaiseHand { kind, seat } => Circle, During, raise_hand(*kind, *seat);
    LowerHand { seat } => Circle, During, lower_hand(*seat);
    DeferHand => Circle, During, defer_hand();
    MoveHand { seat, to } => Controls, During, move_hand(*seat, *to);
    ClearQueue => Controls, During, clear_queue();
    Invite { seat } => Controls, During, invite(*seat);
    Interrupt { seat } => Controls, During, interrupt(*seat);
    EndTurn => Circle, During, end_turn();
    LetItLand => Controls, During, let_it_land();
    Say { what } => Circle, During, say(*what);
    Tick { on } => Circle, During, put_tick(*on);
    StartRound { seat } => Controls, During, start_round(*seat);
    EndRoundTurn => Circle, During, end_round_turn();
    PassTurn => Circle, During, pass_turn();
    LaterTurn => Circle, During, later_turn();
    Put(put) => All, Always, put(put);
    ReleaseItem { item } => Circle, Open, release_item(*item);
    OfferLine(line) => Circle, During, offer_line(line);
    AnswerLine { item, yes } => Circle, During, answer_line(*item, *yes);
    ReleaseLines => Controls, During, release_lines();
    WithdrawItem { item } => Circle, Always, withdraw_item(*item);
    BeginOffRecord { round } => Keys, During, begin_off_record(*round);
    OffRecordKey(key) => All, During, off_record_key(key);
    OffRecordGrant(grant) => Circle, During, off_record_grant(grant);
    OffRecordLine(line) => Circle, During, off_record_line(line);
    EndOffRecord { round } => Keys, During, end_off_record(*round);
    AnswerPractice { item, yes } => Circle, During, answer_practice(*item, *yes);
    LetPracticeGo { item } => Circle, During, let_practice_go(*item);
    SetReview { of, at } => Controls, Always, set_review(*of, *at);
    LookAgain { of, on } => Circle, Always, look_again(*of, *on);
}

/// Consults the table.
///
/// # Errors
/// [`Code::Role`] when this role never may, [`Code::Stage`] when not at this stage.
pub fn permit(act: Act, role: Role, lead: bool, stage: Stage) -> Result<(), Refusal> {
    let Some((_, who, when)) = TABLE.iter().find(|(row, _, _)| *row == act) else {
        return Err(Code::Role.into());
    };
    refuse_if(!who.includes(role, lead), Code::Role)?;
    refuse_if(!when.includes(stage, role), Code::Stage)
}
