//! What lasts over the meetings of a set, as everybody sees it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{MeetingId, SeatId, Timestamp};
use crate::room::MeetingDate;

/// The meetings of the set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SeriesView {
    /// Which meeting this is, from 1.
    pub number: u32,
    /// How many there are to be, as far as there are dates.
    pub of: u32,
    /// Dates of those to come, with those that are off; the present one's too, once it was set there.
    pub dates: BTreeMap<MeetingId, MeetingDate>,
    /// Who has the controls once a meeting to come is opened, where that was said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<BTreeMap<MeetingId, SeatId>>"))]
    pub leads: BTreeMap<MeetingId, SeatId>,
}

/// A practice as everybody sees it, beside its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct PracticeView {
    /// When the set adopted it; absent while it is proposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adopted_at: Option<Timestamp>,
    /// How many have agreed to what the set is asked: to adopt it, or to let it go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taps: Option<u32>,
}

/// When the set means to look again at what it agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ReviewView {
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// How many think that it is time.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<u32>"))]
    pub asked: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}
