//! So many a second, and a burst: one number of memory. And so many in a period, whenever it begins.

/// A rate limit: so many units in a period, and at most so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Units in a period.
    pub per: u32,
    /// In milliseconds.
    pub period: u64,
    /// The most at once.
    pub burst: u64,
}

impl Rate {
    /// So many a second.
    #[must_use]
    pub fn per_second(per: u32, burst: u32) -> Self {
        Self { per, period: 1000, burst: burst.into() }
    }

    /// The same for so many.
    #[must_use]
    pub fn times(self, many: u32) -> Self {
        let Self { per, period, burst } = self;
        Self { per: per.saturating_mul(many), period, burst: burst.saturating_mul(many.into()) }
    }

    /// How long so many units take, in microseconds.
    fn cost_us(self, units: u64) -> u64 {
        units.saturating_mul(self.period).saturating_mul(1000) / u64::from(self.per.max(1))
    }
}

/// What was taken of a rate with a burst, over a clock of milliseconds. (The generic cell rate algorithm: it keeps
/// the moment at which the bucket would be full again.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// In microseconds, as a unit may take less than a millisecond.
    full_at_us: u64,
}

impl Bucket {
    /// A bucket with its whole burst to spend.
    #[must_use]
    pub fn new() -> Self {
        Self { full_at_us: 0 }
    }

    /// Takes `amount` at this rate. Says whether that much was there; if not, nothing is taken.
    pub fn take(&mut self, now_ms: u64, amount: u64, rate: Rate) -> bool {
        let now_us = now_ms.saturating_mul(1000);
        let full_at = self.full_at_us.max(now_us).saturating_add(rate.cost_us(amount));
        let fits = full_at.saturating_sub(now_us) <= rate.cost_us(rate.burst);
        if fits {
            self.full_at_us = full_at;
        }
        fits
    }

    /// Takes `amount`, be it more than is there: what is too much is missing until it has come, for
    /// [`Self::MISSING_MS`] at most.
    pub fn overdraw(&mut self, now_ms: u64, amount: u64, rate: Rate) {
        let now_us = now_ms.saturating_mul(1000);
        let full_at = self.full_at_us.max(now_us).saturating_add(rate.cost_us(amount));
        let most =
            now_us.saturating_add(rate.cost_us(rate.burst)).saturating_add(Self::MISSING_MS * 1000);
        self.full_at_us = full_at.min(most);
    }

    /// For so long what was overdrawn is missing at most, in milliseconds.
    pub const MISSING_MS: u64 = 5000;

    /// From which millisecond on more is there than was taken beyond it: now, where nothing was.
    #[must_use]
    pub fn ready_ms(&self, now_ms: u64, rate: Rate) -> u64 {
        let ready_us = self.full_at_us.saturating_sub(rate.cost_us(rate.burst));
        now_ms.max(ready_us.div_ceil(1000))
    }

    /// Whether nothing is missing, so that it may as well be forgotten.
    #[must_use]
    pub fn is_full(&self, now_ms: u64) -> bool {
        self.full_at_us <= now_ms.saturating_mul(1000)
    }
}

impl Default for Bucket {
    fn default() -> Self {
        Self::new()
    }
}

/// A period is looked at in so many parts.
const PARTS: u64 = 8;

/// What was taken in the last period, wherever it is cut: never more than may. (With a burst as large as
/// the rate it would be twice that in the first one.) One part more than a period is remembered, so what
/// was taken is forgotten up to an eighth of a period late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The number of the newest part.
    newest: u64,
    taken: [u32; 9],
}

impl Window {
    /// Takes one, where `most` may be taken in any `period` of so many milliseconds. Says whether it was
    /// there.
    pub fn take(&mut self, now_ms: u64, most: u32, period: u64) -> bool {
        let fits = self.fits(now_ms, most, period);
        if fits && let Some(newest) = self.taken.first_mut() {
            *newest += 1;
        }
        fits
    }

    /// What was taken last is there again, as far as it still counts.
    pub fn give_back(&mut self) {
        if let Some(newest) = self.taken.iter_mut().find(|taken| **taken > 0) {
            *newest -= 1;
        }
    }

    /// Whether one more may be taken.
    pub fn fits(&mut self, now_ms: u64, most: u32, period: u64) -> bool {
        let part = now_ms / (period / PARTS).max(1);
        let passed = part.saturating_sub(self.newest);
        let passed = usize::try_from(passed).unwrap_or(usize::MAX).min(self.taken.len());
        let places = self.taken.len();
        self.taken.rotate_right(passed % places);
        self.taken.iter_mut().take(passed).for_each(|taken| *taken = 0);
        self.newest = self.newest.max(part);
        self.taken.iter().copied().fold(0, u32::saturating_add) < most
    }

    /// Whether nothing was taken that still counts.
    #[must_use]
    pub fn is_full(mut self, now_ms: u64, period: u64) -> bool {
        self.fits(now_ms, 1, period)
    }
}

#[cfg(test)]
mod tests {
    use super::{Bucket, Rate, Window};

    #[test]
    fn a_burst_then_the_rate() {
        let mut bucket = Bucket::new();
        let mut take = |now| bucket.take(now, 1, Rate::per_second(10, 4));
        assert_eq!([take(5000), take(5000), take(5000), take(5000)], [true; 4]);
        assert!(!take(5000) && !take(5099));
        assert!(take(5100) && !take(5100));
        assert_eq!(
            [take(9000), take(9000), take(9000), take(9000), take(9000)],
            [true, true, true, true, false]
        );
    }

    #[test]
    fn what_is_taken_beyond_it_is_waited_for() {
        let (mut bucket, rate) = (Bucket::new(), Rate::per_second(10, 4));
        bucket.overdraw(5000, 4, rate);
        assert_eq!(bucket.ready_ms(5000, rate), 5000, "no more than is there");
        bucket.overdraw(5000, 20, rate);
        assert_eq!(bucket.ready_ms(5000, rate), 7000);
        assert_eq!(bucket.ready_ms(9000, rate), 9000);
    }

    #[test]
    fn so_many_in_a_period_are_so_many_in_every_period() {
        const PERIOD: u64 = 60_000;
        for step in [1, 700, 5_000, 7_500, 11_000, 59_999, 60_000, 130_000] {
            let mut window = Window::default();
            let mut taken = Vec::new();
            for n in 0..400 {
                let now_ms = 1_000_003 + n * step;
                taken.retain(|at| *at + 2 * PERIOD > now_ms);
                for _ in 0..12 {
                    let may = window.take(now_ms, 10, PERIOD);
                    let lately = taken.iter().filter(|at| **at + PERIOD > now_ms).count();
                    assert!(!may || lately < 10, "{lately} at {now_ms}");
                    // And what was long enough ago counts no more.
                    let long = taken.iter().all(|at| *at + PERIOD * 9 / 8 <= now_ms);
                    assert!(may || !long, "at {now_ms}");
                    taken.extend(may.then_some(now_ms));
                }
            }
            let last = *taken.last().unwrap();
            assert!(!window.is_full(last, PERIOD) && window.is_full(last + 2 * PERIOD, PERIOD));
        }
    }

    #[test]
    fn what_is_given_back_may_be_taken_again() {
        let mut window = Window::default();
        let mut take = |now_ms| window.take(now_ms, 1, 60_000);
        assert!(take(1_000) && !take(20_000));
        window.give_back();
        window.give_back();
        assert!(window.is_full(20_000, 60_000) && window.take(20_000, 1, 60_000));
    }

    #[test]
    fn what_does_not_fit_takes_nothing() {
        let mut bucket = Bucket::new();
        let rate = Rate::per_second(64, 64);
        assert!(!bucket.take(0, 65, rate));
        assert!(bucket.take(0, 64, rate) && !bucket.is_full(999) && bucket.is_full(1000));
    }
}
