//! What a presenter says without words.

use serde::{Deserialize, Serialize};

/// What the presenter says without words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Saying {
    /// "I need a moment": the next asker waits.
    NeedAMoment,
    /// "I am thinking": the next asker waits.
    Thinking,
    /// "Pass": this question stays unanswered, without reason.
    Pass,
    /// "Ready": the next asker lights up at once.
    Ready,
}
