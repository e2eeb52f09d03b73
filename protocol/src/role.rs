//! Who somebody is in a set. *Presenter* is not here: it is a state of the meeting.

use serde::{Deserialize, Serialize};

/// A person's role: that of the link that they came by, until they are given another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Role {
    /// The facilitator who made the set. Holds the keys.
    Host,
    /// Shares the facilitator's controls and holds the keys too.
    CoFacilitator,
    /// Learns to facilitate; leads when the controls are handed over.
    Trainee,
    /// Listens, asks, presents.
    Member,
    /// Watches with the set's consent. Visible to all, cannot queue.
    Observer,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Host, Self::CoFacilitator, Self::Trainee, Self::Member, Self::Observer];

    /// Whether this role holds the raw keys, and so may admit and remove.
    pub const fn holds_keys(self) -> bool {
        matches!(self, Self::Host | Self::CoFacilitator)
    }

    /// Whether this role takes part: all do but those who watch.
    pub const fn takes_part(self) -> bool {
        !matches!(self, Self::Observer)
    }

    /// The kind of link that leads to this role.
    pub const fn link(self) -> LinkRole {
        match self {
            Self::Host => LinkRole::Host,
            Self::CoFacilitator => LinkRole::CoFacilitator,
            Self::Trainee | Self::Member => LinkRole::Member,
            Self::Observer => LinkRole::Observer,
        }
    }
}

/// The role that a link stands for: one letter in the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum LinkRole {
    /// The host's own link. It opens the set, so it is never shared.
    #[serde(rename = "h")]
    Host,
    /// The co-facilitator's link.
    #[serde(rename = "c")]
    CoFacilitator,
    /// The members' link.
    #[serde(rename = "m")]
    Member,
    /// The observers' link.
    #[serde(rename = "o")]
    Observer,
}

impl LinkRole {
    /// Every kind of link.
    pub const ALL: [Self; 4] = [Self::Host, Self::CoFacilitator, Self::Member, Self::Observer];

    /// The links that facilitators share with others.
    pub const SHARED: [Self; 3] = [Self::CoFacilitator, Self::Member, Self::Observer];

    /// The role that a person admitted by this link gets.
    pub const fn role(self) -> Role {
        match self {
            Self::Host => Role::Host,
            Self::CoFacilitator => Role::CoFacilitator,
            Self::Member => Role::Member,
            Self::Observer => Role::Observer,
        }
    }

    /// The letter in the link.
    pub const fn letter(self) -> char {
        match self {
            Self::Host => 'h',
            Self::CoFacilitator => 'c',
            Self::Member => 'm',
            Self::Observer => 'o',
        }
    }
}
