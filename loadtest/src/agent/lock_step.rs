//! The other side's time, told in one's own. Pure.

use std::time::Duration;

/// One question about the time, and its answer, in µs: asked and answered by one's own clock, and
/// what the other clock said in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exchange {
    pub(super) asked_us: u64,
    pub(super) answered_us: u64,
    pub(super) theirs_us: u64,
}

/// How the other clock stands to one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    /// The other's time less one's own, in µs.
    us: i128,
    /// No further off than this.
    pub(super) within: Duration,
}

impl Offset {
    /// From the exchange that was quickest: it left the least room for doubt.
    pub(super) fn of(exchanges: &[Exchange]) -> Option<Self> {
        let took = |at: &Exchange| at.answered_us.saturating_sub(at.asked_us);
        let best = exchanges.iter().min_by_key(|at| took(at))?;
        let middle = i128::from(best.asked_us) + i128::from(took(best)) / 2;
        let within = Duration::from_micros(took(best).div_ceil(2));
        Some(Self { us: i128::from(best.theirs_us) - middle, within })
    }

    /// One's own time, in the other's.
    pub(super) fn theirs(&self, own_us: u64) -> u64 {
        u64::try_from(i128::from(own_us) + self.us).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quickest_answer_counts() {
        let slow = Exchange { asked_us: 1000, answered_us: 9000, theirs_us: 90_000 };
        let quick = Exchange { asked_us: 20_000, answered_us: 20_200, theirs_us: 70_100 };
        let offset = Offset::of(&[slow, quick]).unwrap();
        assert_eq!(offset.within, Duration::from_micros(100));
        assert_eq!(offset.theirs(30_000), 80_000);
        assert_eq!(Offset::of(&[]), None);
    }

    #[test]
    fn a_clock_that_is_behind_is_no_trouble() {
        let behind = Exchange { asked_us: 5000, answered_us: 5100, theirs_us: 50 };
        let offset = Offset::of(&[behind]).unwrap();
        assert_eq!((offset.theirs(6000), offset.theirs(0)), (1000, 0));
    }
}
