//! From figures to pass or fail, with the reasons in words.

use serde::{Deserialize, Serialize};

/// Whether a run was good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every threshold was kept.
    Pass,
    /// At least one was not.
    Fail,
}

/// What a run must keep, besides losing and repeating nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Thresholds {
    /// The most that the 99th percentile may be, from due time to receipt, in milliseconds.
    pub p99_ms: f64,
    /// The same for joining, when it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join_p99_ms: Option<f64>,
}

/// The figures that a verdict looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// The 99th percentile of latency, in milliseconds.
    pub p99_ms: f64,
    /// The 99th percentile of joining, in milliseconds.
    pub join_p99_ms: f64,
    /// Deliveries that should have come.
    pub expected: u64,
    /// Deliveries that never came.
    pub lost: u64,
    /// Deliveries that came again.
    pub duplicated: u64,
    /// Deliveries that came after a later one.
    pub out_of_order: u64,
    /// Deliveries of done commands that did not name their command.
    pub nameless: u64,
    /// Frames that could not be read.
    pub unreadable: u64,
    /// Commands that became due.
    pub due: u64,
    /// Commands that were sent.
    pub sent: u64,
    /// Commands that were done.
    pub done: u64,
    /// Commands that were neither done nor refused.
    pub unanswered: u64,
    /// Merged views that were compared with a fresh snapshot.
    pub checked: u64,
    /// Those that were equal to it.
    pub equal: u64,
    /// Seats of the run.
    pub seats: u64,
    /// Whether it was stopped before its end.
    pub partial: bool,
}

/// Judges a run; each reason is one that it failed for.
#[must_use]
pub fn judge(thresholds: &Thresholds, figures: &Figures) -> (Verdict, Vec<String>) {
    let mut reasons = Vec::new();
    let mut fails = |failed: bool, reason: String| {
        if failed {
            reasons.push(reason);
        }
    };
    let at = figures;
    fails(at.partial, "it was stopped before its end".into());
    fails(at.lost > 0, counted(at.lost, "delivery was lost", "deliveries were lost"));
    fails(
        at.duplicated > 0,
        counted(at.duplicated, "delivery came twice", "deliveries came twice"),
    );
    fails(
        at.out_of_order > 0,
        counted(at.out_of_order, "delivery was out of order", "deliveries were out of order"),
    );
    fails(
        at.nameless > 0,
        counted(at.nameless, "delivery did not name its command", "deliveries did not name theirs"),
    );
    fails(
        at.unreadable > 0,
        counted(at.unreadable, "frame could not be read", "frames could not be read"),
    );
    fails(
        at.unanswered > 0,
        counted(at.unanswered, "command was never answered", "commands were never answered"),
    );
    fails(
        at.sent < at.due,
        counted(at.due.saturating_sub(at.sent), "command was not sent", "commands were not sent"),
    );
    fails(
        at.due > 0 && (at.done == 0 || at.expected == 0) && !at.partial,
        "no command was done, so nothing was measured".into(),
    );
    fails(
        at.p99_ms > thresholds.p99_ms,
        format!("p99 was {:.1} ms, above {} ms", at.p99_ms, thresholds.p99_ms),
    );
    if let Some(most) = thresholds.join_p99_ms {
        fails(
            at.join_p99_ms > most,
            format!("p99 of joining was {:.1} ms, above {most} ms", at.join_p99_ms),
        );
    }
    fails(
        at.equal < at.checked,
        counted(
            at.checked.saturating_sub(at.equal),
            "view differs from a fresh snapshot",
            "views differ from fresh snapshots",
        ),
    );
    fails(
        at.checked < at.seats && !at.partial,
        counted(
            at.seats.saturating_sub(at.checked),
            "view could not be checked",
            "views could not be checked",
        ),
    );
    let verdict = if reasons.is_empty() { Verdict::Pass } else { Verdict::Fail };
    (verdict, reasons)
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
