//! Latencies in HDR histograms: three digits, whatever their number.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest time that is told apart, in microseconds. Longer ones count as this.
pub(super) const LONGEST_US: u64 = 120_000_000;

/// A histogram of times, kept in microseconds. In JSON: `[[µs, how many], …]`, rising.
#[derive(Clone, Debug, PartialEq)]
pub struct Latency(Histogram<u64>);

impl Default for Latency {
    #[allow(clippy::expect_used, reason = "constants that the constructor accepts; tested")]
    fn default() -> Self {
        Self(Histogram::new_with_max(LONGEST_US, 3).expect("1 to 120 s in three digits"))
    }
}

/// Quantiles, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// Half are at most this.
    pub p50: f64,
    /// Nine of ten are at most this.
    pub p90: f64,
    /// 99 % are at most this.
    pub p99: f64,
    /// 99.9 % are at most this.
    pub p999: f64,
    /// All are at most this.
    pub max: f64,
}

impl Latency {
    /// Counts one time.
    pub fn record(&mut self, time: Duration) {
        let us = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.0.saturating_record(us.min(LONGEST_US));
    }

    /// Takes all of another in.
    pub fn merge(&mut self, other: &Self) {
        // Both have the same bounds, so nothing can be outside them.
        let _ = self.0.add(&other.0);
    }

    /// How many times were counted.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// All times together, in seconds.
    pub fn sum_seconds(&self) -> f64 {
        self.0.mean() * self.count() as f64 / 1e6
    }

    /// The usual quantiles; all 0 when nothing was counted.
    pub fn quantiles(&self) -> Quantiles {
        Quantiles {
            p50: self.at(0.5),
            p90: self.at(0.9),
            p99: self.at(0.99),
            p999: self.at(0.999),
            max: self.at(1.0),
        }
    }

    /// One quantile, in milliseconds; 0 when nothing was counted.
    pub fn at(&self, quantile: f64) -> f64 {
        if self.0.is_empty() {
            return 0.0;
        }
        // At most 120 s in µs: exact in an f64.
        let us = if quantile >= 1.0 { self.0.max() } else { self.0.value_at_quantile(quantile) };
        us as f64 / 1000.0
    }
}

impl Serialize for Latency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let recorded = self.0.iter_recorded();
        serializer.collect_seq(
            recorded.map(|at| (at.value_iterated_to(), at.count_since_last_iteration())),
        )
    }
}

impl<'de> Deserialize<'de> for Latency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut latency = Self::default();
        for (us, count) in Vec::<(u64, u64)>::deserialize(deserializer)? {
            latency.0.saturating_record_n(us.min(LONGEST_US), count);
        }
        Ok(latency)
    }
}
