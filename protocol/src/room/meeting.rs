//! One sitting of the set: where it stands, and who has the floor.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Clock, Presenting};
use crate::command::Saying;
use crate::ids::{MeetingId, SeatId, Seq, Timestamp};
use crate::method::{Kind, Mode, Part, See};
use crate::sealed::TextKind;

/// How far a meeting is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Stage {
    /// Before the start: people arrive.
    #[default]
    Gathering,
    /// In the meeting.
    Running,
    /// Closed: of what was typed, only what the mode keeps remains (`KEPT`).
    Closed,
}

/// Why a room holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum HoldReason {
    /// The facilitator pressed *Hold*.
    Asked,
    /// Nobody with the controls has been connected for a while. Nobody is promoted.
    NoFacilitator,
}

/// A hold: clocks are stopped and cues hidden on every screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Hold {
    /// Why.
    pub why: HoldReason,
    /// Since when.
    pub since: Timestamp,
    /// Whether the clock runs on when the hold ends.
    pub resumes: bool,
}

/// How a person's turn in a round stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum TurnState {
    /// Still to come.
    Waiting,
    /// Theirs now.
    Now,
    /// Had.
    Done,
    /// Passed, without comment.
    Passed,
    /// To come back to at the end.
    Later,
}

/// One turn of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Turn {
    /// Its place, from 0.
    pub rank: u32,
    /// How it stands.
    pub is: TurnState,
}

/// A hand that is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Hand {
    /// Smaller ranks come first; process points come before all others.
    pub rank: u64,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
}

/// Who has the floor in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Asking {
    /// Who.
    pub seat: SeatId,
    /// Since when.
    pub since: Timestamp,
    /// What their hand was for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Who has the floor back afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns_to: Option<SeatId>,
}

/// What a closed meeting destroyed and kept. What one person alone could see is not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Receipt {
    /// When.
    pub at: Timestamp,
    /// People who had a seat.
    pub people: u32,
    /// Texts destroyed, by kind.
    pub destroyed: BTreeMap<TextKind, u32>,
    /// Texts kept, by kind; actions and headlines only for their owners.
    pub kept: BTreeMap<TextKind, u32>,
    /// The mode that it was closed in, which says what is kept; absent where that was not written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Whether the links stay, for those who come back to the seat that they had.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub returns: bool,
}

impl Receipt {
    /// Who still sees a text of this kind; `None` when it was destroyed.
    pub(crate) fn keeps(&self, kind: TextKind) -> Option<See> {
        match self.mode {
            Some(mode) => mode.keeps(kind),
            // Ground rules went with the meeting once: the receipt says what was decided.
            None if kind == TextKind::Charter && !self.kept.contains_key(&kind) => None,
            None => Mode::Set.keeps(kind),
        }
    }
}

/// Everything that a move between parts changes, and so everything that an undo brings back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moving {
    /// Index of the present part.
    pub part: u32,
    /// Its clock.
    pub clock: Clock,
    /// Who presents.
    pub presenter: Option<SeatId>,
    /// What the presenter said: a moment, thinking, pass.
    pub says: Option<Saying>,
    /// Hands that are up.
    pub queue: BTreeMap<SeatId, Hand>,
    /// Who has the floor.
    pub asking: Option<Asking>,
    /// When the next asker may light up.
    pub gap_until: Option<Timestamp>,
    /// The round, when there is one.
    pub round: BTreeMap<SeatId, Turn>,
    /// Since when the present turn of it is somebody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_since: Option<Timestamp>,
    /// Ticks.
    pub ticks: BTreeSet<SeatId>,
    /// Who has had the floor in this part, and how often.
    pub asked: BTreeMap<SeatId, u32>,
}

/// What an undo would bring back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// Until when.
    pub until: Timestamp,
    /// What was before.
    pub before: Moving,
}

/// What was pressed last within a part, and what an undo of it would bring back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pressed {
    /// What was before.
    pub undo: Undo,
    /// Whether it was silent before.
    pub silence: bool,
    /// The planned minutes of the parts that were to come, where it shared them out anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<Vec<u32>>,
    /// The last change of it.
    pub seq: Seq,
    /// Whether nothing else was pressed since the part began; then the move to it can be taken back
    /// next.
    pub first: bool,
    /// Whether more changes of the same press are to come.
    #[serde(skip)]
    pub(super) open: bool,
}

/// One sitting of the set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// Its id: the `session` of the sealing context.
    pub id: MeetingId,
    /// How far it is.
    pub stage: Stage,
    /// When it is meant to begin.
    pub starts_at: Option<Timestamp>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// Name of the plan.
    pub plan: String,
    /// Name of the template.
    pub template: String,
    /// The parts.
    pub agenda: Vec<Arc<Part>>,
    /// Where it stands.
    pub now: Moving,
    /// What an undo of the last move between parts would bring back.
    pub undo: Option<Undo>,
    /// What was pressed since, and can be taken back first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pressed: Option<Pressed>,
    /// The hold, when the room holds.
    pub hold: Option<Hold>,
    /// Whether it is silent.
    pub silence: bool,
    /// Presenters in order.
    pub order: Vec<SeatId>,
    /// Who holds the controls by hand-over.
    pub lead: Option<SeatId>,
    /// Who takes down what the presenter wants.
    pub scribe: Option<SeatId>,
    /// The last change that moved the meeting.
    pub moved: Seq,
    /// The last change that moved the floor within a part.
    pub floor_moved: Seq,
    /// Rank of the next hand.
    pub next_rank: u64,
    /// Who has presented in it so far, and for how long.
    #[serde(default, skip_serializing_if = "Presenting::is_empty")]
    pub presenting: Presenting,
    /// What closing destroyed and kept.
    pub receipt: Option<Receipt>,
}

impl Meeting {
    /// Where it stands, and where an undo would bring it back to.
    pub(super) fn movings(&mut self) -> impl Iterator<Item = &mut Moving> {
        let pressed = self.pressed.as_mut().map(|pressed| &mut pressed.undo);
        let undos = self.undo.as_mut().into_iter().chain(pressed);
        std::iter::once(&mut self.now).chain(undos.map(|undo| &mut undo.before))
    }

    /// So many parts at the end of the agenda have these minutes from now on.
    pub(super) fn fit(&mut self, minutes: &[u32]) {
        for (part, planned) in self.agenda.iter_mut().rev().zip(minutes.iter().rev()) {
            if part.minutes[1] != *planned {
                Arc::make_mut(part).minutes[1] = *planned;
            }
        }
    }

    /// The planned minutes of so many parts at its end.
    pub(super) fn last_minutes(&self, parts: usize) -> Vec<u32> {
        let first = self.agenda.len().saturating_sub(parts);
        self.agenda.iter().skip(first).map(|part| part.minutes[1]).collect()
    }

    /// Until when an undo takes something back.
    pub fn undo_until(&self) -> Option<Timestamp> {
        let pressed = self.pressed.as_ref().map(|pressed| &pressed.undo);
        pressed.or(self.undo.as_ref()).map(|undo| undo.until)
    }
}

impl Moving {
    /// Somebody who is not in the room neither has the floor, nor gets it back, nor lets others
    /// wait for them.
    pub(super) fn lose_floor(&mut self, seat: SeatId) {
        self.asking = self.asking.filter(|asking| asking.seat != seat);
        if let Some(asking) = &mut self.asking {
            asking.returns_to = asking.returns_to.filter(|back| *back != seat);
        }
        if self.presenter == Some(seat) {
            self.says = None;
        }
    }
}

/// A round in this order: the first one's turn is now.
pub(super) fn turns(order: &[SeatId]) -> BTreeMap<SeatId, Turn> {
    (0u32..)
        .zip(order)
        .map(|(rank, seat)| {
            let is = if rank == 0 { TurnState::Now } else { TurnState::Waiting };
            (*seat, Turn { rank, is })
        })
        .collect()
}
