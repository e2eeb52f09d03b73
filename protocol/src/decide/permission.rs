//! The one table of commands: who may, when, and by which rule. [`decide`](crate::decide()) consults
//! it first.

use serde::{Deserialize, Serialize};

use super::{Case, Decision, refuse_if};
use crate::command::Command;
use crate::refusal::{Code, Refusal};
use crate::role::Role;
use crate::room::Stage;

/// Who may: a set of roles, and whether holding the controls by hand-over is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who(u8);

impl Who {
    const HOST: u8 = 1;
    const CO: u8 = 2;
    const TRAINEE: u8 = 4;
    const MEMBER: u8 = 8;
    const OBSERVER: u8 = 16;
    const LEAD: u8 = 32;

    /// Those who hold the raw keys: host and co-facilitator.
    pub const KEYS: Self = Self(Self::HOST | Self::CO);
    /// Those who hold the facilitator's controls: by credential, or by hand-over.
    pub const CONTROLS: Self = Self(Self::HOST | Self::CO | Self::LEAD);
    /// Everyone who takes part: all but observers.
    pub const CIRCLE: Self = Self(Self::HOST | Self::CO | Self::TRAINEE | Self::MEMBER);
    /// Everyone in the room.
    pub const ALL: Self = Self(Self::CIRCLE.0 | Self::OBSERVER);

    /// Whether somebody with this role, and with the controls handed over or not, is among them.
    pub const fn includes(self, role: Role, lead: bool) -> bool {
        let bit = match role {
            Role::Host => Self::HOST,
            Role::CoFacilitator => Self::CO,
            Role::Trainee => Self::TRAINEE,
            Role::Member => Self::MEMBER,
            Role::Observer => Self::OBSERVER,
        };
        self.0 & bit != 0 || (lead && self.0 & Self::LEAD != 0)
    }
}

/// When: a set of stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When(u8);

impl When {
    const GATHERING: u8 = 1;
    const RUNNING: u8 = 2;
    const CLOSED: u8 = 4;

    /// Before the start.
    pub const BEFORE: Self = Self(Self::GATHERING);
    /// In the meeting.
    pub const DURING: Self = Self(Self::RUNNING);
    /// Until the meeting is closed.
    pub const OPEN: Self = Self(Self::GATHERING | Self::RUNNING);
    /// Always.
    pub const ALWAYS: Self = Self(Self::GATHERING | Self::RUNNING | Self::CLOSED);

    /// Whether this stage is among them.
    pub const fn includes(self, stage: Stage) -> bool {
        let bit = match stage {
            Stage::Gathering => Self::GATHERING,
            Stage::Running => Self::RUNNING,
            Stage::Closed => Self::CLOSED,
        };
        self.0 & bit != 0
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
    Admit { device, grant, seat, edit } => KEYS, OPEN, admit(*device, grant, *seat, edit.as_ref());
    AskSeat { device, seat } => KEYS, OPEN, ask_seat(*device, *seat);
    AnswerSeat { device, .. } => ALL, OPEN, answer_seat(*device);
    Refuse { device } => KEYS, OPEN, refuse(*device);
    Grant { device, grant } => KEYS, ALWAYS, grant(*device, grant);
    Lock { on } => KEYS, OPEN, lock(*on);
    SendToLobby { seat } => KEYS, OPEN, send_to_lobby(*seat);
    BringBack { seat } => KEYS, OPEN, bring_back(*seat);
    Remove { seat, keys } => KEYS, ALWAYS, remove(*seat, keys);
    Rekey { keys } => KEYS, OPEN, rekey(keys);
    SetRole { seat, role } => KEYS, OPEN, set_role(*seat, *role);
    EditRoster { edit } => KEYS, ALWAYS, edit_roster(edit);
    OwnKey(key) => ALL, ALWAYS, own_key(key);
    Leave => ALL, ALWAYS, leave();
    Plan { plan, template } => CONTROLS, BEFORE, plan(plan, template);
    SetMode { mode } => CONTROLS, BEFORE, set_mode(*mode);
    ProposeMode { mode } => CONTROLS, DURING, propose_mode(*mode);
    AnswerMode { yes } => CIRCLE, DURING, answer_mode(*yes);
    AgreeCharter => ALL, OPEN, agree_charter();
    Start => CONTROLS, BEFORE, start();
    Next => CONTROLS, DURING, next();
    GoTo { part } => CONTROLS, DURING, go_to(*part);
    Undo => CONTROLS, DURING, undo();
    Pause => CONTROLS, DURING, pause();
    Resume => CONTROLS, DURING, resume();
    AddTime { minutes } => CONTROLS, DURING, add_time(*minutes);
    Hold => CONTROLS, DURING, hold();
    Release => CONTROLS, DURING, release();
    Silence { on } => CONTROLS, DURING, silence(*on);
    Close => CONTROLS, DURING, close();
    SetOrder { order } => CONTROLS, OPEN, set_order(order);
    ChoosePresenter { seat } => CONTROLS, DURING, choose_presenter(*seat);
    HandOver { seat } => KEYS, OPEN, hand_over(*seat);
    TakeBack => CONTROLS, OPEN, take_back();
    NameScribe { seat } => CONTROLS, OPEN, name_scribe(*seat);
    RaiseHand { kind, seat } => CIRCLE, DURING, raise_hand(*kind, *seat);
    LowerHand { seat } => CIRCLE, DURING, lower_hand(*seat);
    DeferHand => CIRCLE, DURING, defer_hand();
    MoveHand { seat, to } => CONTROLS, DURING, move_hand(*seat, *to);
    ClearQueue => CONTROLS, DURING, clear_queue();
    Invite { seat } => CONTROLS, DURING, invite(*seat);
    Interrupt { seat } => CONTROLS, DURING, interrupt(*seat);
    EndTurn => CIRCLE, DURING, end_turn();
    LetItLand => CONTROLS, DURING, let_it_land();
    Say { what } => CIRCLE, DURING, say(*what);
    Tick { on } => CIRCLE, DURING, put_tick(*on);
    StartRound { seat } => CONTROLS, DURING, start_round(*seat);
    EndRoundTurn => CIRCLE, DURING, end_round_turn();
    PassTurn => CIRCLE, DURING, pass_turn();
    LaterTurn => CIRCLE, DURING, later_turn();
    Put(put) => ALL, OPEN, put(put);
    ReleaseItem { item } => CIRCLE, OPEN, release_item(*item);
    WithdrawItem { item } => CIRCLE, ALWAYS, withdraw_item(*item);
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
    refuse_if(!when.includes(stage), Code::Stage)
}
