//! Times of one stretch of a run, coarse enough to keep thousands of them: each bucket is at most a
//! 32nd of its times wide, so a quantile is told to within 3.2 %, always upwards.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::latency::LONGEST_US;
use crate::words::whole;

/// Buckets to each doubling of time, as a power of two.
const FINE: u32 = 5;

/// Counts of times, sparse. In JSON: `[[at most so many µs, how many], …]`, rising.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buckets(BTreeMap<u16, u64>);

impl Buckets {
    /// Counts one time.
    pub fn record(&mut self, time: Duration) {
        let us = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        *self.0.entry(index(us)).or_default() += 1;
    }

    /// Takes all of another in.
    pub fn merge(&mut self, other: &Self) {
        for (index, count) in &other.0 {
            *self.0.entry(*index).or_default() += count;
        }
    }

    /// How many times were counted.
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// One quantile, in milliseconds; none when nothing was counted.
    pub fn at(&self, quantile: f64) -> Option<f64> {
        let count = self.count();
        // The rank of the one looked for, from 1; counts stay far below 2^53.
        let rank = whole((quantile.clamp(0.0, 1.0) * count as f64).ceil()).max(1);
        let mut so_far = 0;
        for (index, of_it) in &self.0 {
            so_far += of_it;
            if so_far >= rank {
                return Some(highest(*index) as f64 / 1000.0);
            }
        }
        None
    }
}

/// Where a time belongs: below 64 µs each has its own bucket, then 32 to each doubling.
fn index(us: u64) -> u16 {
    let us = us.min(LONGEST_US);
    let shift = us.checked_ilog2().unwrap_or(0).saturating_sub(FINE);
    // The longest is below 2^27, so this is below 22 * 32 + 64.
    u16::try_from((u64::from(shift) << FINE) + (us >> shift)).unwrap_or(u16::MAX)
}

/// The longest time of a bucket, in microseconds.
fn highest(index: u16) -> u64 {
    let index = u64::from(index);
    let shift = (index >> FINE).saturating_sub(1);
    let top = index - (shift << FINE);
    ((top + 1) << shift) - 1
}

impl Serialize for Buckets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(index, count)| (highest(*index), count)))
    }
}

impl<'de> Deserialize<'de> for Buckets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(u64, u64)>::deserialize(deserializer)?;
        let mut buckets = Self::default();
        for (us, count) in pairs {
            *buckets.0.entry(index(us)).or_default() += count;
        }
        Ok(buckets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bucket_holds_its_own_longest_time_and_none_is_wider_than_a_32nd() {
        let mut last = None;
        for at in 0..=index(u64::MAX) {
            assert_eq!(index(highest(at)), at);
            if let Some(last) = last {
                let width = highest(at) - last;
                assert!(width == 1 || width * 32 <= last + 1, "{at}: {width} above {last}");
            }
            last = Some(highest(at));
        }
    }
}
