//! Sealed texts on their way in.

use serde::{Deserialize, Serialize};

use crate::bytes::Hash32;
use crate::ids::{ItemId, MeetingId, SeatId};
use crate::sealed::{Sealed, TextKind};

/// A sealed text on its way in. Author and browser are added by the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Put {
    /// What the text is for.
    pub kind: TextKind,
    /// Which text; a name has its seat's id, every other one an id made by its author.
    pub item: ItemId,
    /// Revision: 1 for a new text, then one more each time.
    pub rev: u32,
    /// Counts this browser's boxes under the set's key, over all meetings, and must rise. A box under its
    /// author's own key has any number from 2^52 up, so that no gap tells of it.
    pub n: u64,
    /// SHA-256 of this browser's box before; zeros for the first.
    pub prev: Hash32,
    /// The box.
    #[serde(rename = "box")]
    pub sealed: Sealed,
    /// With a bid: how pressing, and the minutes wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bid: Option<BidTerms>,
    /// With a practice: the own action that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ItemId>,
    /// With ground rules or what the set is for, where somebody else's stand: the text that this takes the
    /// place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Replaced>,
    /// Under its author's own key: the meeting that it was sealed in, which no such key tells. Earlier pages
    /// do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<MeetingId>,
}

/// A text as its successor's author has read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Replaced {
    /// Which.
    pub item: ItemId,
    /// At which revision. If it was changed since, it is not replaced.
    pub rev: u32,
}

/// What the set needs to know about a bid in order to agree a running order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BidTerms {
    /// 1 can wait, 2 soon, 3 pressing.
    pub pressing: u8,
    /// Minutes wanted, 5 to 120.
    pub minutes: u32,
}

/// A line to be passed on, as it is offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct OfferedLine {
    /// An id drawn at random, which says nothing of its author.
    pub item: ItemId,
    /// The box. It is bound to no seat, browser or order.
    #[serde(rename = "box")]
    pub sealed: Sealed,
    /// Who it came from, when that is somebody else: they are asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<SeatId>,
}

/// A line of a round off the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct UnrecordedLine {
    /// Which round.
    pub round: ItemId,
    /// An id drawn at random.
    pub item: ItemId,
    /// The box, under the round's key.
    #[serde(rename = "box")]
    pub sealed: Sealed,
}

/// An answer to the form at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct FormAnswer {
    /// An id drawn at random, which says nothing of its author.
    pub item: ItemId,
    /// The box. It is bound to no seat, browser or order.
    #[serde(rename = "box")]
    pub sealed: Sealed,
    /// Whether it was sent before, and the room may have forgotten it: it takes the place of none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub again: bool,
}
