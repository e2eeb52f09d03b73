//! The timebox of a part, in server time.

use serde::{Deserialize, Serialize};

use crate::ids::Timestamp;

/// How the time of the parts that are still to come is shared out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FittedTime {
    /// Minutes of each of them, in order: the last parts of the agenda.
    pub minutes: Vec<u32>,
}

/// The timebox of the present part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Clock {
    /// No time runs.
    #[default]
    Stopped,
    /// Time runs.
    Running {
        /// The moment it reaches zero, in server time.
        ends_at: Timestamp,
        /// The whole timebox, in milliseconds, with what was added.
        total_ms: u64,
    },
    /// Time stands.
    Paused {
        /// Milliseconds left; negative after the end.
        left_ms: i64,
        /// The whole timebox, in milliseconds, with what was added.
        total_ms: u64,
    },
}

impl Clock {
    /// Milliseconds left at this moment; negative after the end; `None` when no time runs.
    pub fn left_ms(&self, now: Timestamp) -> Option<i64> {
        let signed = |t: Timestamp| i64::try_from(t.0).unwrap_or(i64::MAX);
        match self {
            Self::Stopped => None,
            Self::Running { ends_at, .. } => Some(signed(*ends_at) - signed(now)),
            Self::Paused { left_ms, .. } => Some(*left_ms),
        }
    }

    /// The whole timebox, in milliseconds; `None` when no time runs.
    pub fn total_ms(&self) -> Option<u64> {
        match self {
            Self::Stopped => None,
            Self::Running { total_ms, .. } | Self::Paused { total_ms, .. } => Some(*total_ms),
        }
    }

    /// A clock of so many minutes that starts at this moment.
    pub fn start(now: Timestamp, minutes: u32) -> Self {
        let total_ms = u64::from(minutes) * 60_000;
        if total_ms == 0 {
            return Self::Stopped;
        }
        Self::Running { ends_at: now.plus(total_ms), total_ms }
    }

    /// The same clock, standing.
    #[must_use]
    pub fn paused(self, now: Timestamp) -> Self {
        match self {
            Self::Running { total_ms, .. } => {
                Self::Paused { left_ms: self.left_ms(now).unwrap_or(0), total_ms }
            }
            Self::Stopped | Self::Paused { .. } => self,
        }
    }

    /// The same clock, running.
    #[must_use]
    pub fn resumed(self, now: Timestamp) -> Self {
        match self {
            Self::Paused { left_ms, total_ms } => {
                Self::Running { ends_at: Timestamp(now.0.saturating_add_signed(left_ms)), total_ms }
            }
            Self::Stopped | Self::Running { .. } => self,
        }
    }

    /// The same clock with so many milliseconds more (or fewer) left; never below zero by taking.
    #[must_use]
    pub fn with_more(self, now: Timestamp, ms: i64) -> Self {
        let left = self.left_ms(now).unwrap_or(0);
        if ms < 0 && left <= 0 {
            // Nothing is left to take; counting from zero again would give time back.
            return self;
        }
        // Added minutes count from zero again, whatever was overrun.
        let new_left = (left.max(0) + ms).max(0);
        let grown = |total: u64| total.saturating_add_signed(new_left - left.max(0));
        match self {
            Self::Stopped => {
                let total_ms = u64::try_from(ms.max(0)).unwrap_or(0);
                if total_ms == 0 {
                    return self;
                }
                Self::Running { ends_at: now.plus(total_ms), total_ms }
            }
            Self::Running { total_ms, .. } => Self::Running {
                ends_at: Timestamp(now.0.saturating_add_signed(new_left)),
                total_ms: grown(total_ms),
            },
            Self::Paused { total_ms, .. } => {
                Self::Paused { left_ms: new_left, total_ms: grown(total_ms) }
            }
        }
    }
}
