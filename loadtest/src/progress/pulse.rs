//! How a run goes at this moment, in one line: rates, latency, and its last half minute as a row of
//! small bars.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::measure::recorder::{Recent, Recorder};
use crate::report::words::{count, ms};

/// How long rates are counted over.
const BEAT: Duration = Duration::from_secs(1);
/// Beats that are shown.
const SHOWN: usize = 30;
/// From a little to most of what is shown.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// What is shown of a run while it runs.
#[derive(Debug)]
pub struct Pulse {
    since: Instant,
    p99s: VecDeque<f64>,
    line: String,
}

impl Pulse {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { since: Instant::now(), p99s: VecDeque::new(), line: String::new() }
    }

    /// The line as of now; a new one once a second.
    pub fn line(&mut self, recorder: &Recorder) -> &str {
        let now = Instant::now();
        let length = now.saturating_duration_since(self.since);
        if length >= BEAT {
            self.since = now;
            self.beat(&recorder.recent(), length, recorder.connected());
        }
        &self.line
    }

    /// What happened in the last stretch of this length.
    fn beat(&mut self, recent: &Recent, length: Duration, connected: u64) {
        if let Some(p99) = recent.latency.at(0.99) {
            self.p99s.push_back(p99);
            if self.p99s.len() > SHOWN {
                self.p99s.pop_front();
            }
        }
        let rate = |number: u64| {
            // A rate of 2^53 a second is beyond any machine.
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "rounded and not negative"
            )]
            let rate = (number as f64 / length.as_secs_f64().max(0.001)).round() as u64;
            count(rate)
        };
        let mut parts = vec![format!("{} sent/s", rate(recent.sent))];
        parts.push(format!("{} received/s", rate(recent.deliveries)));
        if recent.joins > 0 {
            parts.push(format!("{} joined/s", rate(recent.joins)));
        }
        if recent.back > 0 {
            parts.push(format!("{} back/s", rate(recent.back)));
        }
        parts.push(format!("{} connected", count(connected)));
        if let Some(p99) = recent.latency.at(0.99) {
            parts.push(format!("p99 {} {}", ms(p99), sparkline(&self.p99s)));
        }
        self.line = parts.join("  ");
    }
}

impl Default for Pulse {
    fn default() -> Self {
        Self::new()
    }
}

/// A bar for each value, the highest a whole one.
fn sparkline(values: &VecDeque<f64>) -> String {
    let most = values.iter().copied().fold(0.0, f64::max);
    let bar = |value: &f64| {
        let eighths = if most > 0.0 { (value / most * 7.0).round() } else { 0.0 };
        // From 0 to 7 by what it is divided by.
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rounded, and from 0 to 7"
        )]
        let index = eighths as usize;
        BARS.get(index).copied().unwrap_or('█')
    };
    values.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beat_tells_rates_and_the_last_seconds() {
        let mut pulse = Pulse::new();
        let mut recent = Recent { sent: 10, deliveries: 2000, ..Recent::default() };
        for at in [10, 20, 80] {
            recent.latency = Default::default();
            recent.latency.record(Duration::from_millis(at));
            pulse.beat(&recent, Duration::from_secs(2), 40);
        }
        let line = pulse.line.clone();
        assert!(line.starts_with("5 sent/s  1,000 received/s  40 connected  p99 8"), "{line}");
        assert!(line.ends_with("▂▃█"), "{line}");
        for _ in 0..100 {
            pulse.beat(&recent, Duration::from_secs(1), 40);
        }
        assert_eq!(pulse.p99s.len(), SHOWN);
        pulse.beat(&Recent::default(), Duration::from_secs(1), 0);
        assert_eq!(pulse.line, "0 sent/s  0 received/s  0 connected");
    }
}
