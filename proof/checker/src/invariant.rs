//! What always holds, by name.

use std::fmt;

/// One of the eleven invariants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Invariant {
    /// Every acknowledged command is in the journal exactly once, at its acknowledged place, and
    /// none that was refused for good.
    I1,
    /// Every row of the journal answers a command that somebody sent who may ask for it, or is
    /// something that the room does by itself.
    I2,
    /// For every connection places rise without a hole, or a snapshot was shown; no answer
    /// overtakes a change that it speaks of; what only its author may know of takes no place.
    I3,
    /// All clients, the room and a fresh replay of the journal have the same state.
    I4,
    /// Nobody receives what they may not see, or anything because of it, and no text stands under
    /// another key than the present one: that of the set, or, for its author alone, their own.
    I5,
    /// What is said off the record is nowhere. Not applicable as long as there is no off the
    /// record: in its place, nothing that was typed is readable in any file.
    I6,
    /// There are never two presenters, two who have the floor, or two running clocks at one place.
    I7,
    /// The time left is the same for all, and never rises unless somebody adds to it.
    I8,
    /// Nothing comes from, or goes to, a browser after the place at which its person was removed.
    I9,
    /// Rows, people, texts, connections and memory stay within their limits.
    I10,
    /// Nobody comes in, or holds the key, but a browser that has shown that it is the one that it
    /// says, by the kind of link that it came by, and let in by a facilitator or by the host's link;
    /// every change of who holds the key is signed by somebody who may, and epochs only rise.
    I11,
}

impl Invariant {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::I1,
        Self::I2,
        Self::I3,
        Self::I4,
        Self::I5,
        Self::I6,
        Self::I7,
        Self::I8,
        Self::I9,
        Self::I10,
        Self::I11,
    ];

    /// In one line.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::I1 => "every acknowledged command is in the journal once, at its place",
            Self::I2 => "every row was asked for by somebody who may",
            Self::I3 => "places rise without a hole, and no answer overtakes its change",
            Self::I4 => "clients, room and replay have one state",
            Self::I5 => "nobody receives what they may not see",
            Self::I6 => "nothing that was typed is readable in any file",
            Self::I7 => "never two presenters, floors or running clocks",
            Self::I8 => "the time left is the same for all and never rises by itself",
            Self::I9 => "nothing from or to a removed person",
            Self::I10 => "rows, people, texts, connections and memory are within limits",
            Self::I11 => "who comes in has shown who they are, and who holds keys is signed",
        }
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
