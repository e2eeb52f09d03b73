//! A value that changes with the places of a room's order.

/// Values, each from a place on.
#[derive(Clone, Debug)]
pub(crate) struct Timeline<T>(Vec<(u64, T)>);

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Timeline<T> {
    /// It has this value from this place on. Places come in order.
    pub(crate) fn set(&mut self, from: u64, value: T) {
        self.0.push((from, value));
    }

    /// The value just after the change at this place.
    pub(crate) fn at(&self, seq: u64) -> Option<&T> {
        let after = self.0.partition_point(|(from, _)| *from <= seq);
        self.0.get(after.checked_sub(1)?).map(|(_, value)| value)
    }

    /// The last value.
    pub(crate) fn last(&self) -> Option<&T> {
        self.0.last().map(|(_, value)| value)
    }
}
