//! When the set means to look again at what it agreed: its framework, and its ground rules.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Room;
use crate::ids::{SeatId, Timestamp};

/// What is looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum LookedAt {
    /// What the set is for.
    Framework,
    /// Its ground rules.
    Charter,
}

/// When the set means to look at one of them again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// At which.
    pub of: LookedAt,
    /// When; absent for no day. A record has an `at` of its own beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// Somebody thinks that it is time to look again, or does not any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// At what.
    pub of: LookedAt,
    /// Who.
    pub seat: SeatId,
    /// Whether.
    pub on: bool,
}

/// How it stands with one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    /// When the set means to look at it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Who thinks that it is time.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub asked: BTreeSet<SeatId>,
}

impl Room {
    /// When the set means to look again, and who thinks that it is time.
    pub fn reviews(&self) -> &BTreeMap<LookedAt, Reviewed> {
        &self.reviews
    }

    /// Whether this person thinks that it is time to look at it again.
    pub(crate) fn asks_to_look(&self, of: LookedAt, seat: SeatId) -> bool {
        self.reviews.get(&of).is_some_and(|reviewed| reviewed.asked.contains(&seat))
    }

    /// With another day everybody has been heard.
    pub(super) fn set_review(&mut self, review: &Review) {
        let reviewed = Reviewed { at: review.due, asked: BTreeSet::new() };
        self.reviews.insert(review.of, reviewed);
    }

    pub(super) fn ask_look(&mut self, look: &Look) {
        let asked = &mut self.reviews.entry(look.of).or_default().asked;
        if look.on {
            asked.insert(look.seat);
        } else {
            asked.remove(&look.seat);
        }
    }
}
