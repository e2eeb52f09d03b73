//! Whether the places of what arrives have no holes and no repeats.

use std::collections::BTreeSet;

/// Watches the places of changes as one client receives them.
///
/// Each place is to come once and in order. One that comes late after a hole was out of order;
/// a hole that nothing fills is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sequence {
    /// The highest place that has come.
    pub last: u64,
    missing: BTreeSet<u64>,
    /// Different places that have come.
    pub received: u64,
    /// Places that had come before.
    pub duplicated: u64,
    /// Places that came after a higher one.
    pub out_of_order: u64,
}

impl Sequence {
    /// Begins after `last`, as after a snapshot.
    pub fn after(last: u64) -> Self {
        Self { last, ..Self::default() }
    }

    /// A place has come; false when it had come before.
    pub fn take(&mut self, place: u64) -> bool {
        let is_late = place <= self.last;
        if is_late && !self.missing.remove(&place) {
            self.duplicated += 1;
            return false;
        }
        if !is_late {
            self.missing.extend(self.last + 1..place);
            self.last = place;
        }
        self.received += 1;
        self.out_of_order += u64::from(is_late);
        true
    }

    /// Everything up to `last` is known by other means, as after a new snapshot.
    pub fn skip_to(&mut self, last: u64) {
        self.missing.clear();
        self.last = last;
    }

    /// Places below [`Sequence::last`] that have not come.
    pub fn lost(&self) -> u64 {
        u64::try_from(self.missing.len()).unwrap_or(u64::MAX)
    }
}
