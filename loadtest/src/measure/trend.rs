//! Whether something that was sampled over a run rises. Pure.
//!
//! The slope is the median of the slopes between every two samples (Theil and Sen), which a few odd
//! samples do not move, over the last two thirds of the measured part: at first a server fills its
//! buffers and caches, and that is no leak.

use serde::{Deserialize, Serialize};

use super::buckets::Buckets;
use super::outcome::Outcome;
use super::timeline::Slot;
use crate::words::whole;

/// Samples that are compared at most; more are thinned out evenly.
const MOST: usize = 400;

/// How memory went.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trend {
    /// Bytes more in each minute; below 0 when it shrank.
    pub bytes_per_minute: f64,
    /// That much over the whole stretch, in hundredths of what there was in its middle.
    pub percent: f64,
    /// How long the stretch was, in minutes.
    pub minutes: f64,
}

/// One minute of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Minute {
    /// Which, from 1; the measured part begins with the first.
    pub number: u64,
    /// The 99th percentile from due to received, in milliseconds; none when nothing was due.
    pub p99_ms: Option<f64>,
    /// Deliveries a second.
    pub deliveries_per_second: f64,
    /// Processors that the server used.
    pub server_cores: Option<f64>,
    /// Resident memory of the server at its end, in bytes.
    pub rss_bytes: Option<u64>,
}

/// How the server's memory went in the last two thirds of the measured part; none when it was not
/// watched, or for less than three samples.
pub fn memory(outcome: &Outcome) -> Option<Trend> {
    let began = outcome.load_began + outcome.load_seconds / 3.0;
    let ended = outcome.load_began + outcome.load_seconds;
    let slots =
        outcome.timeline.seconds().filter(|(second, _)| *second >= began && *second < ended);
    let samples = slots.filter_map(|(at, slot)| Some((at, slot.server?.rss_bytes as f64)));
    let samples: Vec<_> = samples.collect();
    let every = samples.len().div_ceil(MOST).max(1);
    let samples: Vec<_> = samples.into_iter().step_by(every).collect();
    let (first, last) = (samples.first()?, samples.last()?);
    let mut slopes = Vec::new();
    for (index, (at, bytes)) in samples.iter().enumerate() {
        let later = samples.iter().skip(index + 1);
        slopes.extend(later.map(|(then, more)| (more - bytes) / (then - at)));
    }
    if samples.len() < 3 {
        return None;
    }
    let per_second = median(&mut slopes)?;
    let middle = median(&mut samples.iter().map(|(_, bytes)| *bytes).collect::<Vec<_>>())?;
    let seconds = last.0 - first.0;
    Some(Trend {
        bytes_per_minute: per_second * 60.0,
        percent: 100.0 * per_second * seconds / middle.max(1.0),
        minutes: seconds / 60.0,
    })
}

/// The measured part, minute by minute; the last may be a short one.
pub fn minutes(outcome: &Outcome) -> Vec<Minute> {
    let (began, ended) = (outcome.load_began, outcome.load_began + outcome.load_seconds);
    let mut minutes: Vec<Vec<&Slot>> = Vec::new();
    for (second, slot) in outcome.timeline.seconds().filter(|(at, _)| *at >= began && *at < ended) {
        let index = usize::try_from(whole((second - began) / 60.0)).unwrap_or_default();
        if minutes.len() <= index {
            minutes.resize_with(index + 1, Vec::new);
        }
        if let Some(minute) = minutes.get_mut(index) {
            minute.push(slot);
        }
    }
    let step = f64::from(outcome.timeline.step_seconds.max(1));
    let each = (1..).zip(minutes).filter(|(_, slots)| !slots.is_empty());
    each.map(|(number, slots)| minute(number, &slots, step)).collect()
}

fn minute(number: u64, slots: &[&Slot], step: f64) -> Minute {
    let mut latency = Buckets::default();
    slots.iter().for_each(|slot| latency.merge(&slot.latency));
    let deliveries: u64 = slots.iter().map(|slot| slot.deliveries).sum();
    let watched: Vec<_> = slots.iter().filter_map(|slot| slot.server).collect();
    let cpu: f64 = watched.iter().map(|sample| sample.cpu_seconds).sum();
    Minute {
        number,
        p99_ms: latency.at(0.99),
        deliveries_per_second: deliveries as f64 / (step * slots.len() as f64),
        server_cores: (!watched.is_empty()).then(|| cpu / (step * watched.len() as f64)),
        rss_bytes: watched.last().map(|sample| sample.rss_bytes),
    }
}

fn median(numbers: &mut [f64]) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}
