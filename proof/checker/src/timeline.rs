//! A value that changes with the rows of a journal.

/// Values, each from a row on. Rows are counted in their order: a place of the room's order may be
/// that of several.
#[derive(Clone, Debug)]
pub(crate) struct Timeline<T>(Vec<(u64, T)>);

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Timeline<T> {
    /// It has this value from this row on. Rows come in order.
    pub(crate) fn set(&mut self, from: u64, value: T) {
        self.0.push((from, value));
    }

    /// The value just after this row.
    pub(crate) fn at(&self, row: u64) -> Option<&T> {
        let after = self.0.partition_point(|(from, _)| *from <= row);
        self.0.get(after.checked_sub(1)?).map(|(_, value)| value)
    }

    /// The values from just after one row to just after another one.
    pub(crate) fn during(&self, (first, last): (u64, u64)) -> impl Iterator<Item = &T> {
        let later = self.0.iter().filter(move |(from, _)| (first + 1..=last).contains(from));
        self.at(first).into_iter().chain(later.map(|(_, value)| value))
    }

    /// The last value.
    pub(crate) fn last(&self) -> Option<&T> {
        self.0.last().map(|(_, value)| value)
    }
}
