//! What goes with keys: a new epoch for the set, a person's own key, and the key of a round off the record.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::bytes::{Blob, Hash32};
use crate::command::Command;
use crate::ids::{DeviceId, ItemId};
use crate::role::LinkRole;
use crate::roster::RosterEdit;
use crate::sealed::Sealed;

/// A new epoch: who gets the key, how it is recovered, and which links change with it.
///
/// All of it in one command, so that removal, rotation and wraps happen together or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct KeyChange {
    /// The present epoch plus one; a higher one with a whole edit.
    pub epoch: u32,
    /// One grant for every browser on the roster with this edit, except the one that asks and the
    /// host link's own holder.
    pub grants: BTreeMap<DeviceId, Blob>,
    /// The key list, sealed to the host link's own holder (`h`).
    pub wraps: BTreeMap<LinkRole, Blob>,
    /// SHA-256 of the new link tokens, for links that change. The host's own never does (`role`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub links: BTreeMap<LinkRole, Hash32>,
    /// The roster with it. Only pages of an earlier version leave it out, and are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<Arc<RosterEdit>>,
    /// Whether roles in the room become what a whole edit in `rekey` says of them. Pages of an earlier
    /// version leave it out: they know nothing of a role that was given or taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub roles: bool,
}

/// A person's own key: what only they may read is sealed under it. Wrapped by their browser, and
/// nothing here can open it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct OwnKey {
    /// Which key it is, from 1; one more when it is another one.
    #[serde(rename = "gen")]
    pub generation: u32,
    /// For the person's own browsers, and for those of co-facilitators.
    pub boxes: BTreeMap<DeviceId, Blob>,
    /// For the host link's own holder; absent when nobody else is to have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Blob>,
    /// For a return code that the person keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Blob>,
    /// Whether these are more wraps of the present key, and not a key that was just made: of two
    /// browsers that make one at the same moment, one is taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub more: bool,
}

impl OwnKey {
    /// Characters of all its wraps.
    pub fn chars(&self) -> usize {
        let wraps = self.boxes.values().chain(&self.host).chain(&self.code);
        wraps.map(|wrap| wrap.as_str().len()).sum()
    }
}

/// A key pair that a browser's page has made for a round off the record, as it announces it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RoundKey {
    /// Which round.
    pub round: ItemId,
    /// The public key, in a box under the set's key.
    pub key: Sealed,
}

/// The key of a round off the record, for a pair that was announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RoundGrant {
    /// Which round.
    pub round: ItemId,
    /// Whose pair.
    pub device: DeviceId,
    /// The box that announced it.
    pub to: Sealed,
    /// The round's key, sealed to it.
    pub grant: Blob,
}

impl Command {
    /// The edit of the roster that this command carries.
    pub fn edit(&self) -> Option<&RosterEdit> {
        if let Self::EditRoster { edit } = self {
            return Some(edit);
        }
        if let Self::Admit { edit, .. } = self {
            return edit.as_deref();
        }
        self.keys()?.edit.as_deref()
    }

    /// The new epoch that this command carries.
    pub fn keys(&self) -> Option<&KeyChange> {
        if let Self::SetRole { keys, .. } = self {
            return keys.as_ref();
        }
        if let Self::Remove { keys, .. } | Self::Rekey { keys } | Self::NextMeeting { keys, .. } =
            self
        {
            return Some(keys);
        }
        None
    }
}
