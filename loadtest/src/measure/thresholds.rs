//! What a run has to keep: a default for each thing that would keep people from working.

use serde::{Deserialize, Serialize};

/// What a run must keep, besides losing and repeating nothing and every view being right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// The most that the 99th percentile may be, from due time to receipt, in milliseconds.
    pub p99_ms: f64,
    /// The same for joining, when it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join_p99_ms: Option<f64>,
    /// The most that it may take until everybody is in, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join_seconds: Option<f64>,
    /// The most that it may take until everybody is back after each fault, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_seconds: Option<f64>,
    /// The same for 99 of every 100 of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_p99_seconds: Option<f64>,
    /// The most commands that may be refused, for whatever reason, in hundredths of those that were
    /// sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused_percent: Option<f64>,
    /// The most commands that may not be done for another reason than that the meeting had moved on
    /// when they came, in hundredths of those that were due.
    pub hindered_percent: f64,
    /// The least of all commands that must be done, in hundredths of those that were due.
    pub done_percent: f64,
    /// The most that the server's memory may grow in the measured part, in hundredths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_growth_percent: Option<f64>,
    /// The most that the server's memory may rise in a minute, by its trend over the last two
    /// thirds of the measured part, in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_kib_per_minute: Option<f64>,
    /// The most that it may rise over that whole stretch, in hundredths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_trend_percent: Option<f64>,
    /// The most connections that may be turned away.
    pub turned_away: u64,
}

impl Default for Thresholds {
    /// A p99 of 50 ms, nearly everything done and nobody turned away; times that depend on what is
    /// played have none.
    fn default() -> Self {
        Self {
            p99_ms: 50.0,
            join_p99_ms: None,
            join_seconds: None,
            back_seconds: None,
            back_p99_seconds: None,
            refused_percent: None,
            hindered_percent: 0.1,
            done_percent: 75.0,
            memory_growth_percent: None,
            memory_kib_per_minute: None,
            memory_trend_percent: None,
            turned_away: 0,
        }
    }
}
