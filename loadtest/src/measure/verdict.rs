//! From what was measured to pass or fail, with the reasons in words.

use serde::{Deserialize, Serialize};

use super::outcome::Outcome;

/// Whether a run was good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every threshold was kept.
    Pass,
    /// At least one was not.
    Fail,
}

/// What a run must keep, besides losing and repeating nothing and every view being right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// The most that the 99th percentile may be, from due time to receipt, in milliseconds.
    pub p99_ms: f64,
    /// The same for joining, when it matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join_p99_ms: Option<f64>,
    /// The most that it may take until everybody is in, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join_seconds: Option<f64>,
    /// The most that it may take until everybody is back after each fault, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_seconds: Option<f64>,
    /// The most commands that may be refused, in hundredths of those that were sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_percent: Option<f64>,
    /// The most that the server's memory may grow in the measured part, in hundredths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_growth_percent: Option<f64>,
}

impl Default for Thresholds {
    /// A p99 of 50 ms, and nothing said about the rest.
    fn default() -> Self {
        Self {
            p99_ms: 50.0,
            join_p99_ms: None,
            join_seconds: None,
            back_seconds: None,
            refused_percent: None,
            memory_growth_percent: None,
        }
    }
}

/// Judges a run; each reason is one that it failed for, and names its figure.
#[must_use]
pub fn judge(thresholds: &Thresholds, outcome: &Outcome) -> (Verdict, Vec<String>) {
    let mut reasons = Vec::new();
    delivered(outcome, &mut reasons);
    answered(outcome, &mut reasons);
    kept(thresholds, outcome, &mut reasons);
    came_back(thresholds, outcome, &mut reasons);
    viewed(outcome, &mut reasons);
    let verdict = if reasons.is_empty() { Verdict::Pass } else { Verdict::Fail };
    (verdict, reasons)
}

fn delivered(outcome: &Outcome, reasons: &mut Vec<String>) {
    if outcome.partial {
        reasons.push("it was stopped before its end".into());
    }
    let at = &outcome.deliveries;
    let counts = [
        (at.lost, "delivery was lost", "deliveries were lost"),
        (at.duplicated, "delivery came twice", "deliveries came twice"),
        (at.out_of_order, "delivery was out of order", "deliveries were out of order"),
        (at.wrong_room, "delivery was another room's", "deliveries were another room's"),
        (at.nameless, "delivery did not name its command", "deliveries did not name theirs"),
        (outcome.unreadable, "frame could not be read", "frames could not be read"),
    ];
    for (count, one, many) in counts {
        none(reasons, count, one, many);
    }
}

fn answered(outcome: &Outcome, reasons: &mut Vec<String>) {
    let at = &outcome.commands;
    let unanswered = at.sent.saturating_sub(at.done + at.refusals());
    none(reasons, unanswered, "command was never answered", "commands were never answered");
    let unsent = at.due.saturating_sub(at.sent);
    none(reasons, unsent, "command was not sent", "commands were not sent");
    if at.due > 0 && (at.done == 0 || outcome.deliveries.expected == 0) && !outcome.partial {
        reasons.push("no command was done, so nothing was measured".into());
    }
}

fn kept(thresholds: &Thresholds, outcome: &Outcome, reasons: &mut Vec<String>) {
    at_most(reasons, "p99", outcome.latency.at(0.99), Some(thresholds.p99_ms), "ms");
    let joined = outcome.joined.at(0.99);
    at_most(reasons, "p99 of joining", joined, thresholds.join_p99_ms, "ms");
    let seconds = outcome.join_seconds;
    at_most(reasons, "the time until everybody was in", seconds, thresholds.join_seconds, "s");
    let refused = share(outcome.commands.refusals(), outcome.commands.sent);
    at_most(reasons, "the share of refused commands", refused, thresholds.refused_percent, "%");
    if let Some(server) = &outcome.server {
        let (start, end) = (server.start.rss_bytes, server.end.rss_bytes);
        let grown = share(end.saturating_sub(start), start);
        let most = thresholds.memory_growth_percent;
        at_most(reasons, "the growth of the server's memory", grown, most, "%");
    }
}

fn came_back(thresholds: &Thresholds, outcome: &Outcome, reasons: &mut Vec<String>) {
    let never = outcome.reconnects.never;
    none(reasons, never, "connection did not come back", "connections did not come back");
    for fault in &outcome.faults {
        let what = format!("the time until everybody was back after {}", fault.what);
        if let Some(seconds) = fault.back_seconds {
            at_most(reasons, &what, seconds, thresholds.back_seconds, "s");
        } else if never == 0 && !outcome.partial {
            reasons.push(format!("not everybody was back after {}", fault.what));
        }
    }
}

fn viewed(outcome: &Outcome, reasons: &mut Vec<String>) {
    let at = &outcome.views;
    let different = at.checked.saturating_sub(at.equal);
    none(
        reasons,
        different,
        "view differs from a fresh snapshot",
        "views differ from fresh snapshots",
    );
    if !outcome.partial {
        let unchecked = outcome.seats.saturating_sub(at.checked);
        none(reasons, unchecked, "view could not be checked", "views could not be checked");
    }
}

fn none(reasons: &mut Vec<String>, count: u64, one: &str, many: &str) {
    if count > 0 {
        reasons.push(format!("{count} {}", if count == 1 { one } else { many }));
    }
}

fn at_most(reasons: &mut Vec<String>, what: &str, is: f64, most: Option<f64>, unit: &str) {
    if let Some(most) = most.filter(|most| is > *most) {
        let over = is - most;
        reasons.push(format!(
            "{what} was {is:.1} {unit}, {over:.1} {unit} above the limit of {most} {unit}"
        ));
    }
}

/// A part of a whole, in hundredths.
fn share(part: u64, whole: u64) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}
