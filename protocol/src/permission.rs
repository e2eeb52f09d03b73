//! The one table of who may do what, and when. [`decide`](crate::decide()) consults it first.

use serde::{Deserialize, Serialize};

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
    ($($act:ident $pattern:pat => $who:ident, $when:ident;)*) => {
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
                    $($pattern => Act::$act),*
                }
            }
        }
    };
}

use Command as C;

table! {
    Admit C::Admit { .. } => KEYS, OPEN;
    AskSeat C::AskSeat { .. } => KEYS, OPEN;
    AnswerSeat C::AnswerSeat { .. } => ALL, OPEN;
    Refuse C::Refuse { .. } => KEYS, OPEN;
    Grant C::Grant { .. } => KEYS, ALWAYS;
    Lock C::Lock { .. } => KEYS, OPEN;
    SendToLobby C::SendToLobby { .. } => KEYS, OPEN;
    BringBack C::BringBack { .. } => KEYS, OPEN;
    Remove C::Remove { .. } => KEYS, ALWAYS;
    Rekey C::Rekey { .. } => KEYS, OPEN;
    SetRole C::SetRole { .. } => KEYS, OPEN;
    EditRoster C::EditRoster { .. } => KEYS, ALWAYS;
    OwnKey C::OwnKey(_) => ALL, ALWAYS;
    Leave C::Leave => ALL, ALWAYS;
    Plan C::Plan { .. } => CONTROLS, BEFORE;
    SetMode C::SetMode { .. } => CONTROLS, BEFORE;
    ProposeMode C::ProposeMode { .. } => CONTROLS, DURING;
    AnswerMode C::AnswerMode { .. } => CIRCLE, DURING;
    AgreeCharter C::AgreeCharter => ALL, OPEN;
    Start C::Start => CONTROLS, BEFORE;
    Next C::Next => CONTROLS, DURING;
    GoTo C::GoTo { .. } => CONTROLS, DURING;
    Undo C::Undo => CONTROLS, DURING;
    Pause C::Pause => CONTROLS, DURING;
    Resume C::Resume => CONTROLS, DURING;
    AddTime C::AddTime { .. } => CONTROLS, DURING;
    Hold C::Hold => CONTROLS, DURING;
    Release C::Release => CONTROLS, DURING;
    Silence C::Silence { .. } => CONTROLS, DURING;
    Close C::Close => CONTROLS, DURING;
    SetOrder C::SetOrder { .. } => CONTROLS, OPEN;
    ChoosePresenter C::ChoosePresenter { .. } => CONTROLS, DURING;
    HandOver C::HandOver { .. } => KEYS, OPEN;
    TakeBack C::TakeBack => CONTROLS, OPEN;
    NameScribe C::NameScribe { .. } => CONTROLS, OPEN;
    RaiseHand C::RaiseHand { .. } => CIRCLE, DURING;
    LowerHand C::LowerHand { .. } => CIRCLE, DURING;
    DeferHand C::DeferHand => CIRCLE, DURING;
    MoveHand C::MoveHand { .. } => CONTROLS, DURING;
    ClearQueue C::ClearQueue => CONTROLS, DURING;
    Invite C::Invite { .. } => CONTROLS, DURING;
    Interrupt C::Interrupt { .. } => CONTROLS, DURING;
    EndTurn C::EndTurn => CIRCLE, DURING;
    LetItLand C::LetItLand => CONTROLS, DURING;
    Say C::Say { .. } => CIRCLE, DURING;
    Tick C::Tick { .. } => CIRCLE, DURING;
    StartRound C::StartRound { .. } => CONTROLS, DURING;
    EndRoundTurn C::EndRoundTurn => CIRCLE, DURING;
    PassTurn C::PassTurn => CIRCLE, DURING;
    LaterTurn C::LaterTurn => CIRCLE, DURING;
    Put C::Put(_) => ALL, OPEN;
    ReleaseItem C::ReleaseItem { .. } => CIRCLE, OPEN;
    WithdrawItem C::WithdrawItem { .. } => CIRCLE, ALWAYS;
}

/// Consults the table.
///
/// # Errors
/// [`Code::Role`] when this role never may, [`Code::Stage`] when not at this stage.
pub fn permit(act: Act, role: Role, lead: bool, stage: Stage) -> Result<(), Refusal> {
    let Some((_, who, when)) = TABLE.iter().find(|(row, _, _)| *row == act) else {
        return Err(Code::Role.into());
    };
    if !who.includes(role, lead) {
        return Err(Code::Role.into());
    }
    if !when.includes(stage) {
        return Err(Code::Stage.into());
    }
    Ok(())
}
