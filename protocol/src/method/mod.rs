//! The method as data: process templates, meeting plans, cues, confidentiality modes.
//!
//! Templates and plans are files in `protocol/data`; a new one is a new file and a line in
//! [`Library::shipped`]. Minutes, floors and who may write what come from them, never from code.

mod agenda;
mod library;

use serde::{Deserialize, Serialize};

pub(crate) use agenda::shipped_agenda;
pub use agenda::{Part, REVIEW, agenda};
pub use library::{Fault, Library, Phase, Plan, Step, Template, library};

use crate::sealed::TextKind;

/// What the set agreed about taking words out of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Mode {
    /// Stays in this set.
    Set,
    /// Stays in this set, and is not raised again with the presenter.
    Double,
    /// Ideas may travel, people may not.
    Chatham,
    /// The set picks lessons to share, each agreed by the person it came from.
    OpenLearning,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::Set, Self::Double, Self::Chatham, Self::OpenLearning];

    /// Whether lines may be passed on to others, and so are released.
    pub const fn releases(self) -> bool {
        matches!(self, Self::Chatham | Self::OpenLearning)
    }

    /// Whether a set keeps who was there, and so can hand it on.
    pub const fn keeps_attendance(self) -> bool {
        !matches!(self, Self::Chatham)
    }

    /// Who still sees a text of this kind once the meeting is closed; `None` when it is destroyed. The
    /// one place that says so.
    ///
    /// Names, the title, the charter and the framework belong to the set, and so do practices that it
    /// adopted; each person's own actions and learning question belong to them. Where nothing is to be
    /// raised again practices are their owners', and so is the headline, until the next meeting opens.
    pub const fn keeps(self, kind: TextKind) -> Option<See> {
        match kind {
            TextKind::Name | TextKind::Title | TextKind::Charter | TextKind::Framework => {
                Some(See::Everyone)
            }
            TextKind::Action | TextKind::LearningQuestion => Some(See::Owner),
            TextKind::Practice if matches!(self, Self::Double) => Some(See::Owner),
            TextKind::Practice => Some(See::Everyone),
            TextKind::Headline if matches!(self, Self::Double) => Some(See::Owner),
            TextKind::Headline
            | TextKind::Bid
            | TextKind::Question
            | TextKind::Scribe
            | TextKind::Skill
            | TextKind::Sentence
            | TextKind::Learning
            | TextKind::Reflection => None,
        }
    }
}

/// Whose moment it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Floor {
    /// The presenter's.
    Presenter,
    /// Whoever the queue lights.
    Queue,
    /// Everyone in circle order.
    Round,
    /// The facilitator's.
    Facilitator,
    /// Anybody's.
    Open,
    /// Nobody's: quiet.
    Silence,
}

/// What the presenter does in a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Stance {
    /// Tells.
    Speaks,
    /// Answers questions.
    Answers,
    /// Listens, turned away.
    Listens,
    /// Chooses among what was offered.
    Chooses,
    /// Is a member like the others.
    Member,
}

/// What a question is for. A hand needs none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Kind {
    /// A fact that the asker needs.
    Clarify,
    /// Makes the presenter think.
    Explore,
    /// Tests an assumption, kindly.
    Challenge,
    /// Moves to doing.
    Act,
    /// Any question to anybody (WIAL).
    Any,
    /// About how we work; goes first.
    Process,
}

/// Whether hands may go up in a part, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum HandRule {
    /// No hands.
    Off,
    /// To ask; the queue lights the next one by itself.
    Ask,
    /// To have a turn; the facilitator calls.
    Turn,
}

/// Who may write a kind of text in a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum By {
    /// The presenter alone.
    Presenter,
    /// Everyone but observers.
    Each,
    /// Everyone but the presenter and observers.
    Members,
    /// The seat that was named scribe.
    Scribe,
}

/// Who sees a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum See {
    /// Every admitted seat.
    Everyone,
    /// Its owner; the others see only that it has been written, until it is released.
    Hidden,
    /// Its owner alone, unless released.
    Owner,
}

/// One permission to write: `{by, kind, see}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Write {
    /// Who may write.
    pub by: By,
    /// What kind of text.
    pub kind: TextKind,
    /// Who sees it.
    pub see: See,
}
