//! What one measurement came to, and what several come to together.

use serde::{Deserialize, Serialize};

use crate::disk::Sync;

/// One server under one workload in one round.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Processor time of the server for each delivery, in microseconds.
    pub cpu_us: f64,
    /// Deliveries in each second.
    pub per_second: f64,
    /// Share of one core that the server used.
    pub server_cores: f64,
    /// From when a command was due to its delivery, in microseconds.
    pub p50_us: f64,
    /// The same, 99th percentile.
    pub p99_us: f64,
    /// From when a command was due to its delivery to the last person, in microseconds.
    pub last_p50_us: f64,
    /// The same, 99th percentile.
    pub last_p99_us: f64,
    /// How late the generator sent commands, in microseconds, 99th percentile.
    pub late_p99_us: f64,
    /// Deliveries that never came.
    pub lost: u64,
    /// Deliveries that came again.
    pub duplicated: u64,
    /// Deliveries to another room than the command's.
    pub wrong_room: u64,
    /// Places left out.
    pub gaps: u64,
    /// Commands refused.
    pub refused: u64,
    /// Deliveries a second with one command of each room in flight, where that was asked first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<f64>,
    /// What the same disk takes for one write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync: Option<Sync>,
    /// Share of one core that the generator used.
    pub generator_cores: f64,
    /// Growth of the server's resident memory for each person who joined, in KiB.
    pub rss_kib_joined: f64,
    /// The same at the end of the play.
    pub rss_kib_played: f64,
    /// Cores that other processes used meanwhile.
    pub others: f64,
    /// Cores that other guests of the host took meanwhile.
    pub stolen: f64,
}

impl Figures {
    /// Deliveries that did not come exactly once, in order, to the right room; none is right.
    pub fn faults(&self) -> u64 {
        self.lost + self.duplicated + self.wrong_room + self.gaps + self.refused
    }
}

/// Median and range over rounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The middle one; of two the mean.
    pub median: f64,
    /// The least.
    pub least: f64,
    /// The most.
    pub most: f64,
}

impl Spread {
    /// Of these; `None` of none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        let middle = values.len() / 2;
        let upper = *values.get(middle)?;
        let lower = if values.len().is_multiple_of(2) { *values.get(middle - 1)? } else { upper };
        Some(Self { median: f64::midpoint(lower, upper), least, most })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_told_with_its_range() {
        let of = |values: &[f64]| Spread::of(values.iter().copied());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[3.0, 1.0, 2.0]), Some(Spread { median: 2.0, least: 1.0, most: 3.0 }));
        assert_eq!(of(&[4.0, 1.0]), Some(Spread { median: 2.5, least: 1.0, most: 4.0 }));
        assert_eq!(of(&[f64::NAN, 5.0]), Some(Spread { median: 5.0, least: 5.0, most: 5.0 }));
    }
}
