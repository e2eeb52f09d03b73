//! Whether the places of what arrives have no holes and no repeats.

use std::collections::BTreeSet;

/// Watches the places of changes as one client receives them.
///
/// Each place is to come once and in order. One that comes late after a hole was out of order;
/// a hole that nothing fills is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sequence {
    last: u64,
    missing: BTreeSet<u64>,
    received: u64,
    duplicated: u64,
    out_of_order: u64,
}

/// What an arrival turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// The one that was to come next.
    Next,
    /// A later one: some before it have not come.
    Ahead,
    /// One that had been missing.
    Late,
    /// One that had come before.
    Again,
}

impl Sequence {
    /// Begins after `last`, as after a snapshot.
    #[must_use]
    pub fn after(last: u64) -> Self {
        Self { last, ..Self::default() }
    }

    /// A place has come.
    pub fn take(&mut self, place: u64) -> Arrival {
        if place == self.last + 1 {
            self.last = place;
            self.received += 1;
            Arrival::Next
        } else if place > self.last {
            self.missing.extend(self.last + 1..place);
            self.last = place;
            self.received += 1;
            Arrival::Ahead
        } else if self.missing.remove(&place) {
            self.received += 1;
            self.out_of_order += 1;
            Arrival::Late
        } else {
            self.duplicated += 1;
            Arrival::Again
        }
    }

    /// Everything up to `last` is known by other means, as after a new snapshot.
    pub fn skip_to(&mut self, last: u64) {
        self.missing.clear();
        self.last = last;
    }

    /// The highest place that has come.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Different places that have come.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Places below [`Sequence::last`] that have not come.
    #[must_use]
    pub fn lost(&self) -> u64 {
        u64::try_from(self.missing.len()).unwrap_or(u64::MAX)
    }

    /// Places that had come before.
    #[must_use]
    pub fn duplicated(&self) -> u64 {
        self.duplicated
    }

    /// Places that came after a higher one.
    #[must_use]
    pub fn out_of_order(&self) -> u64 {
        self.out_of_order
    }
}
