//! A rule said no. A refusal is an answer, not an error: nothing has changed.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident),* $(,)?) => {
        /// Why a command was refused. The names are stable; clients put them into words.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub enum Code {
            $($(#[doc = $doc])* $name),*
        }

        impl Code {
            /// Every code with its meaning, for the documents.
            pub const ALL: &[(Self, &str)] = &[$((Self::$name, concat!($($doc),*))),*];
        }
    };
}

codes! {
    /// This role may not do that.
    Role,
    /// Not at this stage of the meeting.
    Stage,
    /// Not in this part: nobody can raise a hand or write this here.
    Part,
    /// The meeting has moved on since this was pressed.
    Stale,
    /// There is no such seat.
    NoSeat,
    /// There is no such text.
    NoItem,
    /// There is no such part of the agenda.
    NoPart,
    /// Nobody with that browser is waiting at the door.
    NoKnock,
    /// There is no such browser in this set.
    NoDevice,
    /// It is not this person's turn, text or hand.
    NotYours,
    /// Their hand is not up.
    NoHand,
    /// Nobody has the floor.
    NoTurn,
    /// There is no round here.
    NoRound,
    /// There is no presenter yet.
    NoPresenter,
    /// Nothing can be undone any more.
    NothingToUndo,
    /// It is that way already.
    Already,
    /// The room is holding: clocks are stopped.
    Holding,
    /// The room is locked: nobody new can knock.
    Locked,
    /// The charter comes first.
    CharterFirst,
    /// This person was sent back to the lobby.
    InLobby,
    /// The box was sealed under an old key: seal it again.
    StaleEpoch,
    /// The grants or the edit of the roster do not match the browsers that are here now: make them
    /// again.
    StaleRoster,
    /// The revision does not follow the stored one.
    StaleRevision,
    /// The number of this box does not rise.
    StaleOrder,
    /// This kind of text cannot be written here by this person.
    Kind,
    /// A text of this kind is shorter.
    LongText,
    /// This text is sealed for its author alone: it is sealed for the set first.
    SealedOwn,
    /// This person is here: they are asked first.
    SeatHere,
    /// They said that it is not them.
    NotThem,
    /// A number is outside its bounds.
    Range,
    /// There is no such plan or template.
    NoTemplate,
    /// The limit `people` is reached.
    People,
    /// The limit `off_record_keys` is reached.
    Devices,
    /// The limit `lobby` is reached.
    Lobby,
    /// A limit of texts is reached: `items_per_seat`, `practices`, `learning_parts`, `lines`,
    /// `lines_per_seat`, `off_record_lines` or `off_record_lines_per_seat`.
    Items,
    /// The limit `sealed_bytes`, `unseen_bytes_per_seat` or `off_record_bytes` is reached.
    SealedBytes,
    /// The limit `meetings` or `meetings_ahead` is reached.
    Meetings,
    /// The limit `times_asked` is reached.
    Times,
    /// There is no line to release; where people may not travel, none of a second person.
    Lines,
    /// Too few have answered the form: fewer than `form_answers`.
    Few,
    /// The limit `own_key_chars` is reached.
    OwnKeyChars,
    /// The limit `roster_edits` is reached: the host's browser makes the list anew.
    RosterEdits,
    /// The facilitator did not admit this person.
    KnockRefused,
    /// Waited in the lobby longer than `lobby_stay_ms`.
    LobbyStay,
    /// The link was changed: ask for the new one.
    LinkChanged,
    /// The room is too busy at this moment: the same again, please.
    Busy,
    /// It could not be written down, so it has not happened: the same again, later.
    NotSaved,
    /// Too many commands from this person or in this room, or the host's edit of the roster goes first:
    /// slower, please.
    TooFast,
    /// The service stumbled over this very command, so it was not done.
    Quarantined,
}

impl Code {
    /// Whether the same command may succeed if it is sent again as it is.
    pub const fn temporary(self) -> bool {
        matches!(self, Self::Busy | Self::NotSaved | Self::TooFast)
    }

    /// The code as it stands on the wire.
    pub fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            _ => String::new(),
        }
    }
}

/// A rule said no, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("refused: {code:?}")]
pub struct Refusal {
    /// The rule.
    pub code: Code,
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self { code }
    }
}
