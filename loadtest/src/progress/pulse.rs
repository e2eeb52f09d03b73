//! How a run goes at this moment, in one line: rates, latency, and its last half minute as a row of
//! small bars.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::measure::recorder::{Recent, Recorder};
use crate::words::{count, ms, whole};

/// How long rates are counted over.
const BEAT: Duration = Duration::from_secs(1);
/// Beats that are shown.
const SHOWN: usize = 30;
/// From a little to most of what is shown.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// What is shown of a run while it runs.
#[derive(Debug)]
pub(crate) struct Pulse {
    since: Instant,
    p99s: VecDeque<f64>,
    line: String,
}

impl Pulse {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self { since: Instant::now(), p99s: VecDeque::new(), line: String::new() }
    }

    /// The line as of now; a new one once a second.
    pub(crate) fn line(&mut self, recorder: &Recorder) -> &str {
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
        let (recent, p99) = (&recent.slot, recent.slot.latency.at(0.99));
        if let Some(p99) = p99 {
            self.p99s.push_back(p99);
            if self.p99s.len() > SHOWN {
                self.p99s.pop_front();
            }
        }
        let rate =
            |number: u64| count(whole((number as f64 / length.as_secs_f64().max(0.001)).round()));
        let mut parts = vec![format!("{} sent/s", rate(recent.sent))];
        parts.push(format!("{} received/s", rate(recent.deliveries)));
        if recent.joins > 0 {
            parts.push(format!("{} joined/s", rate(recent.joins)));
        }
        if recent.back > 0 {
            parts.push(format!("{} back/s", rate(recent.back)));
        }
        parts.push(format!("{} connected", count(connected)));
        if let Some(p99) = p99 {
            parts.push(format!("p99 {} {}", ms(p99), sparkline(&self.p99s)));
        }
        self.line = parts.join("  ");
    }
}

/// A bar for each value, the highest a whole one.
fn sparkline(values: &VecDeque<f64>) -> String {
    let most = values.iter().copied().fold(0.0, f64::max);
    let bar = |value: &f64| {
        let eighths = if most > 0.0 { (value / most * 7.0).round() } else { 0.0 };
        let bar = usize::try_from(whole(eighths)).ok().and_then(|at| BARS.get(at));
        bar.copied().unwrap_or('█')
    };
    values.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::timeline::Slot;

    #[test]
    fn a_beat_tells_rates_and_the_last_seconds() {
        let mut pulse = Pulse::new();
        let slot = Slot { sent: 10, deliveries: 2000, ..Slot::default() };
        let mut recent = Recent { slot, ..Recent::default() };
        for at in [10, 20, 80] {
            recent.slot.latency = Default::default();
            recent.slot.latency.record(Duration::from_millis(at));
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
