//! What always holds, by name. What the checker says and the documents name it by its number, I1 to I11.

use std::fmt;

/// One of the eleven invariants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Invariant {
    /// Every acknowledged command is in the journal exactly once, at its acknowledged place, and
    /// none that was refused for good.
    AcknowledgedOnce = 1,
    /// Every row of the journal answers a command that somebody sent who may ask for it, or is
    /// something that the room does by itself.
    AskedByWhoMay = 2,
    /// For every connection places rise without a hole, or a snapshot was shown; no answer
    /// overtakes a change that it speaks of; what only its author may know of takes no place.
    InOrder = 3,
    /// All clients, the room and a fresh replay of the journal have the same state.
    OneState = 4,
    /// Nobody receives what they may not see, or anything because of it, and no text stands under
    /// another key than the present one: that of the set, or, for its author alone, their own.
    HiddenUnseen = 5,
    /// Nothing that was typed is readable in any file; and what is said off the record is in no
    /// journal at all, not even locked, nor that it was said.
    NothingReadable = 6,
    /// There are never two presenters, two who have the floor, or two running clocks at one place.
    OneAtATime = 7,
    /// The time left is the same for all, and never rises unless somebody adds to it.
    TimeNeverRises = 8,
    /// Nothing comes from, or goes to, a browser after the place at which its person was removed.
    RemovedIsGone = 9,
    /// People, browsers, texts, their bytes and connections stay within their limits.
    WithinLimits = 10,
    /// Nobody comes in, or holds the key, but a browser that has shown that it is the one that it
    /// says, by the kind of link that it came by, and let in by a facilitator or by the host's link;
    /// every change of who holds the key is signed by somebody who may, and epochs only rise.
    ProvenAndSigned = 11,
}

impl Invariant {
    /// All of them, each in one line.
    pub const ALL: [(Self, &str); 11] = [
        (Self::AcknowledgedOnce, "every acknowledged command is in the journal once, at its place"),
        (Self::AskedByWhoMay, "every row was asked for by somebody who may"),
        (Self::InOrder, "places rise without a hole, and no answer overtakes its change"),
        (Self::OneState, "clients, room and replay have one state"),
        (Self::HiddenUnseen, "nobody receives what they may not see"),
        (Self::NothingReadable, "nothing off the record is written, nothing typed is readable"),
        (Self::OneAtATime, "never two presenters, floors or running clocks"),
        (Self::TimeNeverRises, "the time left is the same for all and never rises by itself"),
        (Self::RemovedIsGone, "nothing from or to a removed person"),
        (
            Self::WithinLimits,
            "people, browsers, texts, their bytes and connections are within limits",
        ),
        (
            Self::ProvenAndSigned,
            "who comes in has shown who they are, and who holds keys is signed",
        ),
    ];
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("I{}", *self as u8))
    }
}
