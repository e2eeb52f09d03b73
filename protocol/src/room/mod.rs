//! The state of a set's room, and how recorded changes move it.

pub(crate) mod apply;
mod seats;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::bytes::{Blob, Hash32, PublicKey};
use crate::command::{BidTerms, Saying};
use crate::ids::{CommandId, DeviceId, ItemId, MeetingId, SeatId, Seq, SetId, Timestamp};
use crate::method::{Kind, Mode, Part, See};
use crate::role::{LinkRole, Role};
use crate::sealed::{Sealed, TextKind};

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
    /// Closed: only each person's own actions remain.
    Closed,
}

/// The timebox of the present part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Clock {
    /// No time runs.
    #[default]
    Stopped,
    /// Time runs.
    Running {
        /// The moment it reaches zero, in server time.
        ends_at: Timestamp,
        /// The whole timebox, in milliseconds, with what was added.
        total_ms: u64,
    },
    /// Time stands.
    Paused {
        /// Milliseconds left; negative after the end.
        left_ms: i64,
        /// The whole timebox, in milliseconds, with what was added.
        total_ms: u64,
    },
}

/// Why a room holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum HoldReason {
    /// The facilitator pressed *Hold the room*.
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
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
pub struct Hand {
    /// Smaller ranks come first; process points come before all others.
    pub rank: u64,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
}

/// Who has the floor in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
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

/// A person's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Their role.
    pub role: Role,
    /// Their place in the circle: rises in order of arrival and never changes.
    pub place: u32,
    /// Sent back to the lobby for now.
    pub in_lobby: bool,
    /// Has agreed to the charter as it stands.
    pub agreed: bool,
}

/// A person's browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Whose.
    pub seat: SeatId,
    /// Its public key.
    pub public: PublicKey,
    /// SHA-256 of the token that it comes back with.
    pub resume: Hash32,
    /// The key, sealed to it; the newest one only.
    pub grant: Option<Blob>,
    /// The number that its next box must reach.
    pub next_n: u64,
}

/// A sealed text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its name.
    pub id: ItemId,
    /// What it is for.
    pub kind: TextKind,
    /// Its author.
    pub seat: SeatId,
    /// The browser that sealed this revision.
    pub device: DeviceId,
    /// Revision, from 1.
    pub rev: u32,
    /// Number of this box among its browser's boxes.
    pub n: u64,
    /// SHA-256 of its browser's box before.
    pub prev: Hash32,
    /// The box.
    pub sealed: Sealed,
    /// When it was written, in server time.
    pub at: Timestamp,
    /// Who may see it.
    pub see: See,
    /// In which part it was written: index in the agenda.
    pub part: u32,
    /// With a bid, its terms.
    pub bid: Option<BidTerms>,
}

/// A proposal to change the mode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The mode.
    pub mode: Mode,
    /// Who has agreed.
    pub agreed: BTreeSet<SeatId>,
}

/// What a closed meeting destroyed and kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Receipt {
    /// When.
    pub at: Timestamp,
    /// People who had a seat.
    pub people: u32,
    /// Texts destroyed, by kind.
    pub destroyed: BTreeMap<TextKind, u32>,
    /// Texts kept, by kind; actions only for their owners.
    pub kept: BTreeMap<TextKind, u32>,
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
    /// What the presenter said: a moment, thinking.
    pub says: Option<Saying>,
    /// Hands that are up.
    pub queue: BTreeMap<SeatId, Hand>,
    /// Who has the floor.
    pub asking: Option<Asking>,
    /// When the next asker may light up.
    pub gap_until: Option<Timestamp>,
    /// The round, when there is one.
    pub round: BTreeMap<SeatId, Turn>,
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
    /// What an undo would bring back.
    pub undo: Option<Undo>,
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
    /// What closing destroyed and kept.
    pub receipt: Option<Receipt>,
}

/// The room of a set. Only [`Room::apply`] changes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    set: SetId,
    seq: Seq,
    founded_at: Timestamp,
    links: BTreeMap<LinkRole, Hash32>,
    epoch: u32,
    wraps: BTreeMap<LinkRole, Blob>,
    seats: BTreeMap<SeatId, Seat>,
    devices: BTreeMap<DeviceId, Device>,
    /// Browsers of people who were removed, so that they are told so.
    barred: BTreeSet<DeviceId>,
    next_place: u32,
    locked: bool,
    mode: Mode,
    proposal: Option<Proposal>,
    items: BTreeMap<ItemId, Arc<Item>>,
    meeting: Meeting,
    /// The last commands, oldest first, with the place of their last change.
    answered: VecDeque<(CommandId, Seq)>,
}

impl Room {
    /// The set.
    pub fn set(&self) -> SetId {
        self.set
    }

    /// The place of the last change.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// When the set was made.
    pub fn founded_at(&self) -> Timestamp {
        self.founded_at
    }

    /// The present epoch; 0 until the host's browser has made the first key.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// SHA-256 of the token of a kind of link; `None` once the link is dead.
    pub fn link(&self, role: LinkRole) -> Option<&Hash32> {
        self.links.get(&role)
    }

    /// The key list wrapped for a kind of link.
    pub fn wrap(&self, role: LinkRole) -> Option<&Blob> {
        self.wraps.get(&role)
    }

    /// Whether the door is locked.
    pub fn locked(&self) -> bool {
        self.locked
    }

    /// The mode that was agreed.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// A proposed mode.
    pub fn proposal(&self) -> Option<&Proposal> {
        self.proposal.as_ref()
    }

    /// The meeting.
    pub fn meeting(&self) -> &Meeting {
        &self.meeting
    }

    /// All texts.
    pub fn items(&self) -> &BTreeMap<ItemId, Arc<Item>> {
        &self.items
    }

    /// The place of the last change of a command that this room has done, if it remembers it.
    pub fn answered(&self, id: CommandId) -> Option<Seq> {
        self.answered.iter().rev().find(|(done, _)| *done == id).map(|(_, seq)| *seq)
    }

    /// The present part; `None` before the start.
    pub fn part(&self) -> Option<&Arc<Part>> {
        match self.meeting.stage {
            Stage::Gathering => None,
            Stage::Running | Stage::Closed => self.part_at(self.meeting.now.part),
        }
    }

    /// The part at an index of the agenda.
    pub fn part_at(&self, index: u32) -> Option<&Arc<Part>> {
        self.meeting.agenda.get(usize::try_from(index).ok()?)
    }

    /// Bytes for a snapshot of the journal.
    pub fn to_snapshot(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct Form<'a> {
            v: u32,
            room: &'a Room,
        }
        serde_json::to_vec(&Form { v: 1, room: self }).unwrap_or_default()
    }

    /// Reads a snapshot of any version ever shipped.
    ///
    /// # Errors
    /// A sentence without any content when the bytes are not a snapshot.
    pub fn from_snapshot(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Form {
            v: u32,
            room: Room,
        }
        let form: Form = serde_json::from_slice(bytes)
            .map_err(|e| format!("snapshot: {:?} at column {}", e.classify(), e.column()))?;
        if form.v != 1 {
            return Err(format!("snapshot: form {} is not known", form.v));
        }
        Ok(form.room)
    }
}
