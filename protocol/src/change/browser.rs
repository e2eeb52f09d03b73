//! What happens to the browsers of a seat without anybody's *Admit*.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::bytes::{Blob, Hash32, PublicKey};
use crate::ids::{DeviceId, SeatId, Timestamp};
use crate::keys::OwnWrap;
use crate::role::LinkRole;
use crate::roster::RosterEdit;

/// A personal link was made, or a browser came in by one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrowserAdded {
    /// Whose.
    pub seat: SeatId,
    /// The browser.
    pub device: DeviceId,
    /// What grants to it are sealed to.
    pub public: PublicKey,
    /// What its signatures are checked with.
    pub sign: PublicKey,
    /// The kind of link that the person came by.
    pub came_by: LinkRole,
    /// SHA-256 of the token that it comes back with.
    pub resume: Hash32,
    /// The key for it.
    pub grant: Blob,
    /// The roster with it.
    pub edit: Arc<RosterEdit>,
    /// The person's own key for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnWrap>,
    /// When the link ends, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The facilitator who made the link, where its person did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_by: Option<SeatId>,
    /// The link that it came by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<DeviceId>,
}

/// A browser, or a personal link, was let go by its person or for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrowserDropped {
    /// Whose.
    pub seat: SeatId,
    /// Which.
    pub device: DeviceId,
    /// The roster without it; absent where it did not stand there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<Arc<RosterEdit>>,
}
