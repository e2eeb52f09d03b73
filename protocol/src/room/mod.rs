//! The state of a set's room, and how recorded changes move it.

pub(crate) mod apply;
mod founded;
mod meeting;
mod people;
mod practices;
mod presented;
mod press;
mod recent_commands;
mod reviews;
mod seats;
mod series;
mod timebox;
mod unnumbered;
mod weight;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use founded::FoundedSet;
pub use meeting::{
    Asking, Hand, Hold, HoldReason, Meeting, Moving, Pressed, Receipt, Stage, Turn, TurnState, Undo,
};
pub use people::DroppedDevice;
pub use practices::{Decided, Practice};
pub use presented::{Presented, Presenting};
pub use reviews::{Look, LookedAt, Review, Reviewed};
pub use series::{
    AskedTime, Availability, DateAnswer, Held, MeetingDate, OfferedTime, Opening, PlannedLead,
    Series,
};
pub use timebox::{Clock, FittedTime};

use self::recent_commands::{RecentCommands, UnseenCommands};
use crate::bytes::{Blob, Hash32, PublicKey};
use crate::command::{BidTerms, OwnKey};
use crate::ids::{CommandId, DeviceId, ItemId, MeetingId, SeatId, Seq, SetId, Timestamp};
use crate::lines::Released;
use crate::method::{Mode, Part, See};
use crate::role::{LinkRole, Role};
use crate::roster::Roster;
use crate::sealed::{Sealed, TextKind};

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
    /// Was not there when another mode was agreed, and has not agreed since they came.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mode_missed: bool,
    /// Whether anything of theirs records this meeting, once they have said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorder: Option<bool>,
    /// Agrees that who was there is kept by name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named: bool,
    /// Their own key, wrapped; there is none before their first private text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_key: Option<Box<OwnKey>>,
}

/// A person's browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Whose.
    pub seat: SeatId,
    /// What grants to it are sealed to.
    pub public: PublicKey,
    /// What its signatures are checked with; a browser of the first form has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<PublicKey>,
    /// The kind of link that it came by, where that was written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came_by: Option<LinkRole>,
    /// When it came; 0 where that was not written down.
    #[serde(default)]
    pub since: Timestamp,
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
    /// With a practice, the action that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ItemId>,
    /// The meeting that it was sealed in, where that is not the present one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<MeetingId>,
}

/// A proposal to change the mode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The mode.
    pub mode: Mode,
    /// Who has agreed.
    pub agreed: BTreeSet<SeatId>,
}

/// The room of a set. Only [`Room::apply`] changes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    set: SetId,
    seq: Seq,
    // The first snapshots did not say it.
    #[serde(default)]
    changed_at: Timestamp,
    founded_at: Timestamp,
    links: BTreeMap<LinkRole, Hash32>,
    epoch: u32,
    wraps: BTreeMap<LinkRole, Blob>,
    #[serde(default)]
    roster: Roster,
    /// By which kinds of link those came who have left since the last key.
    #[serde(default)]
    key_due: BTreeSet<LinkRole>,
    seats: BTreeMap<SeatId, Seat>,
    devices: BTreeMap<DeviceId, Device>,
    /// Browsers of people who were removed, so that they are told so.
    barred: BTreeSet<DeviceId>,
    /// Browsers that made room for others of the same person: a removal bars these too.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    dropped: BTreeMap<DeviceId, SeatId>,
    next_place: u32,
    locked: bool,
    mode: Mode,
    proposal: Option<Proposal>,
    items: BTreeMap<ItemId, Arc<Item>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    lines: Released,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    practices: BTreeMap<ItemId, Practice>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    reviews: BTreeMap<LookedAt, Reviewed>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    form: Released,
    meeting: Meeting,
    #[serde(default, skip_serializing_if = "Series::is_empty")]
    series: Series,
    /// The set is over. What still stands is about to go.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    erased: bool,
    /// Commands that changed something for all.
    answered: RecentCommands,
    #[serde(default, skip_serializing_if = "UnseenCommands::is_empty")]
    answered_unseen: UnseenCommands,
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

    /// The latest moment that any of its changes was decided at; 0 when only an old snapshot knows.
    pub fn changed_at(&self) -> Timestamp {
        self.changed_at
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

    /// Who holds keys, by signed edits.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// By which kinds of link those came who have left since the last key: a new one is due. A `c` stays
    /// until its three links are changed.
    pub fn key_due(&self) -> &BTreeSet<LinkRole> {
        &self.key_due
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

    /// Lines that were released in this meeting.
    pub fn lines(&self) -> &Released {
        &self.lines
    }

    /// The answers of this meeting's form, once they are shown.
    pub fn form(&self) -> &Released {
        &self.form
    }

    /// Whether everybody who takes part agrees that who was there is kept by name.
    pub fn names_agreed(&self) -> bool {
        !self.seats.is_empty() && self.taking_part().all(|(_, held)| held.named)
    }

    /// Everybody who takes part: all but those who watch.
    pub(crate) fn taking_part(&self) -> impl Iterator<Item = (SeatId, &Seat)> {
        let all = self.seats.iter().filter(|(_, held)| held.role.takes_part());
        all.map(|(seat, held)| (*seat, held))
    }

    /// The place of the last change of a command that this person has given and this room has done,
    /// if it remembers it.
    pub fn answered(&self, seat: SeatId, id: CommandId) -> Option<Seq> {
        self.answered.get(seat, id).or_else(|| self.answered_unseen.get(seat, id))
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
