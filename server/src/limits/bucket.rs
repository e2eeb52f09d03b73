//! So many a second, and a burst: one number of memory.

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

    /// So many in a period, and no more than that at once.
    #[must_use]
    pub fn within(per: u32, period: u64) -> Self {
        Self { per, period, burst: per.into() }
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

    /// Takes `amount`, be it more than is there: what is too much is missing until it has come.
    pub fn overdraw(&mut self, now_ms: u64, amount: u64, rate: Rate) {
        let full_at = self.full_at_us.max(now_ms.saturating_mul(1000));
        self.full_at_us = full_at.saturating_add(rate.cost_us(amount));
    }

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

#[cfg(test)]
mod tests {
    use super::{Bucket, Rate};

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
    fn what_does_not_fit_takes_nothing() {
        let mut bucket = Bucket::new();
        let rate = Rate::within(64, 1000);
        assert!(!bucket.take(0, 65, rate));
        assert!(bucket.take(0, 64, rate) && !bucket.is_full(999) && bucket.is_full(1000));
    }
}
