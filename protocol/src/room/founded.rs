//! A set that was made, and its room.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::recent_commands::{RecentCommands, UnseenCommands};
use super::{Meeting, Room, Series};
use crate::bytes::Hash32;
use crate::change::Change;
use crate::ids::{MeetingId, SetId, Timestamp};
use crate::method::{Mode, Part};
use crate::record::Recorded;
use crate::role::LinkRole;
use crate::roster::Roster;

/// A set that was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundedSet {
    /// The set.
    pub set: SetId,
    /// Its first meeting.
    pub meeting: MeetingId,
    /// SHA-256 of the link tokens.
    pub links: BTreeMap<LinkRole, Hash32>,
    /// The agreed mode.
    pub mode: Mode,
    /// Name of the plan.
    pub plan: String,
    /// Name of the template.
    pub template: String,
    /// The agenda that follows from both.
    pub agenda: Vec<Arc<Part>>,
    /// When the meeting is meant to begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
}

impl Room {
    /// The room that a [`Change::Founded`] makes; `None` for any other change.
    pub fn found(record: &Recorded) -> Option<Self> {
        let Change::Founded(founded) = &record.change else { return None };
        let FoundedSet { set, meeting, links, mode, plan, template, agenda, starts_at } = founded;
        Some(Self {
            set: *set,
            seq: record.seq,
            changed_at: record.at,
            founded_at: record.at,
            links: links.clone(),
            epoch: 0,
            wraps: BTreeMap::new(),
            roster: Roster::default(),
            key_due: BTreeSet::new(),
            seats: BTreeMap::new(),
            devices: BTreeMap::new(),
            barred: BTreeSet::new(),
            dropped: BTreeMap::new(),
            next_place: 0,
            locked: false,
            mode: *mode,
            proposal: None,
            items: BTreeMap::new(),
            lines: BTreeMap::new(),
            form: BTreeMap::new(),
            meeting: Meeting {
                starts_at: *starts_at,
                ..Meeting::gathering(
                    *meeting,
                    plan.clone(),
                    template.clone(),
                    agenda.clone(),
                    record.seq,
                )
            },
            series: Series::default(),
            practices: BTreeMap::new(),
            reviews: BTreeMap::new(),
            erased: false,
            answered: RecentCommands::default(),
            answered_unseen: UnseenCommands::default(),
        })
    }
}
