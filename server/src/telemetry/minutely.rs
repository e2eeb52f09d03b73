//! A line a minute, however often something happens.

use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// Counts what is not worth a line each time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Minutely {
    said_at: Option<Duration>,
    count: u64,
}

impl Minutely {
    /// It happened at this time of any clock. Gives how often it has since it was last said, if it
    /// is to be said now.
    pub(crate) fn note(&mut self, now: Duration) -> Option<u64> {
        self.count += 1;
        if self.said_at.is_some_and(|at| now.saturating_sub(at) < MINUTE) {
            return None;
        }
        self.said_at = Some(now);
        Some(std::mem::take(&mut self.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_at_once_and_then_once_a_minute_with_a_count() {
        let mut noted = Minutely::default();
        let mut at = |ms| noted.note(Duration::from_millis(ms));
        assert_eq!([at(5), at(5), at(59_999), at(60_004)], [Some(1), None, None, None]);
        assert_eq!([at(60_005), at(60_006), at(999_999)], [Some(4), None, Some(2)]);
    }
}
