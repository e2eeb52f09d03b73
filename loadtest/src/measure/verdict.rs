//! From what was measured to pass or fail, with the reasons in words.

use serde::{Deserialize, Serialize};
use setroom_protocol::Code;

use super::outcome::Outcome;
use super::trend;

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
    /// The same for 99 of every 100 of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_p99_seconds: Option<f64>,
    /// The most commands that may be refused, in hundredths of those that were sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_percent: Option<f64>,
    /// The most that the server's memory may grow in the measured part, in hundredths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_growth_percent: Option<f64>,
    /// The most that the server's memory may rise in a minute, by its trend over the last two
    /// thirds of the measured part, in KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_kib_per_minute: Option<f64>,
    /// The most that it may rise over that whole stretch, in hundredths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_trend_percent: Option<f64>,
    /// The most connections that may be turned away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turned_away: Option<u64>,
}

impl Default for Thresholds {
    /// A p99 of 50 ms, and nothing said about the rest.
    fn default() -> Self {
        Self {
            p99_ms: 50.0,
            join_p99_ms: None,
            join_seconds: None,
            back_seconds: None,
            back_p99_seconds: None,
            refused_percent: None,
            memory_growth_percent: None,
            memory_kib_per_minute: None,
            memory_trend_percent: None,
            turned_away: None,
        }
    }
}

/// One thing that a run had to keep, and whether it did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// What was looked at.
    pub figure: String,
    /// What it was.
    pub measured: f64,
    /// The most that it may be.
    pub limit: f64,
    /// What both are counted in; empty for a plain count.
    pub unit: &'static str,
    /// Whether it was kept.
    pub kept: bool,
    /// In one sentence: the figure, the limit and by how much; only when it was not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Judges a run, from everything that it had to keep.
#[must_use]
pub fn judge(checks: &[Check]) -> (Verdict, Vec<String>) {
    let reasons: Vec<_> = checks.iter().filter_map(|check| check.reason.clone()).collect();
    let kept = checks.iter().all(|check| check.kept);
    (if kept { Verdict::Pass } else { Verdict::Fail }, reasons)
}

/// Everything that a run had to keep: first what was asked for, then what always goes without
/// saying.
#[must_use]
pub fn checks(thresholds: &Thresholds, outcome: &Outcome) -> Vec<Check> {
    let mut checks = Vec::new();
    if outcome.partial {
        let reason = Some("it was stopped before its end".into());
        checks.push(Check { reason, ..count("stopped before its end", 1) });
    }
    for missing in &outcome.missing {
        let reason = Some(format!("a part is missing: {missing}"));
        checks.push(Check { reason, ..count("parts that are missing", 1) });
    }
    asked_for(&mut checks, thresholds, outcome);
    faults(&mut checks, thresholds, outcome);
    delivered(&mut checks, outcome);
    answered(&mut checks, outcome);
    viewed(&mut checks, outcome);
    checks
}

fn asked_for(checks: &mut Vec<Check>, thresholds: &Thresholds, outcome: &Outcome) {
    let p99 = outcome.latency.at(0.99);
    at_most(checks, "p99 from due to received", p99, Some(thresholds.p99_ms), "ms");
    let joined = outcome.joined.at(0.99);
    at_most(checks, "p99 of joining", joined, thresholds.join_p99_ms, "ms");
    let seconds = outcome.join_seconds;
    at_most(checks, "time until everybody was in", seconds, thresholds.join_seconds, "s");
    let refused = share(outcome.commands.refusals(), outcome.commands.sent);
    at_most(checks, "share of commands refused", refused, thresholds.refused_percent, "%");
    if let Some(most) = thresholds.turned_away {
        none(
            checks,
            "connections turned away, beyond those that may be",
            outcome.turned_away.values().sum::<u64>().saturating_sub(most),
            ["connection too many was turned away", "connections too many were turned away"],
        );
    }
    if let Some(server) = &outcome.server {
        let (start, end) = (server.start.rss_bytes, server.end.rss_bytes);
        let grown = share(end.saturating_sub(start), start);
        let most = thresholds.memory_growth_percent;
        at_most(checks, "growth of the server's memory", grown, most, "%");
    }
    if let Some(trend) = trend::memory(outcome) {
        let (kib, most) = (trend.bytes_per_minute / 1024.0, thresholds.memory_kib_per_minute);
        at_most(checks, "rise of the server's memory in a minute", kib, most, "KiB");
        let most = thresholds.memory_trend_percent;
        let what = "rise of the server's memory over the last two thirds";
        at_most(checks, what, trend.percent, most, "%");
    }
}

fn faults(checks: &mut Vec<Check>, thresholds: &Thresholds, outcome: &Outcome) {
    let never = outcome.reconnects.never;
    if let Some(most) = thresholds.back_p99_seconds
        && outcome.back.count() + never > 0
    {
        let what = "time until 99 of 100 were back";
        match back_p99(outcome) {
            Some(seconds) => at_most(checks, what, seconds, Some(most), "s"),
            None => {
                let reason = Some("more than 1 of 100 never came back".into());
                checks.push(Check { reason, ..count("too many that never came back", never) });
            }
        }
    }
    none(
        checks,
        "connections that did not come back",
        never,
        ["connection did not come back", "connections did not come back"],
    );
    for fault in &outcome.faults {
        let what = format!("time until everybody was back after {}", fault.what);
        match fault.back_seconds {
            Some(seconds) => at_most(checks, &what, seconds, thresholds.back_seconds, "s"),
            // Told already by who never came back, or by having been stopped.
            None if never > 0 || outcome.partial => {}
            None => {
                let reason = Some(format!("not everybody was back after {}", fault.what));
                checks.push(Check {
                    reason,
                    ..count("faults that not everybody came back after", 1)
                });
            }
        }
    }
}

/// When 99 of every 100 that lost their connection were back, in seconds; none when so many never
/// came back.
#[must_use]
pub fn back_p99(outcome: &Outcome) -> Option<f64> {
    let (back, all) = (outcome.back.count(), outcome.back.count() + outcome.reconnects.never);
    let quantile = 0.99 * all as f64 / back.max(1) as f64;
    (back > 0 && quantile <= 1.0).then(|| outcome.back.at(quantile) / 1000.0)
}

fn delivered(checks: &mut Vec<Check>, outcome: &Outcome) {
    let at = &outcome.deliveries;
    for (figure, is, words) in [
        ("deliveries lost", at.lost, ["delivery was lost", "deliveries were lost"]),
        (
            "deliveries that came twice",
            at.duplicated,
            ["delivery came twice", "deliveries came twice"],
        ),
        (
            "deliveries out of order",
            at.out_of_order,
            ["delivery was out of order", "deliveries were out of order"],
        ),
        (
            "deliveries in the wrong room",
            at.wrong_room,
            ["delivery was another room's", "deliveries were another room's"],
        ),
        (
            "deliveries without their command's name",
            at.nameless,
            ["delivery did not name its command", "deliveries did not name theirs"],
        ),
        (
            "unreadable frames",
            outcome.unreadable,
            ["frame could not be read", "frames could not be read"],
        ),
    ] {
        none(checks, figure, is, words);
    }
}

fn answered(checks: &mut Vec<Check>, outcome: &Outcome) {
    let at = &outcome.commands;
    let words = ["command was never answered", "commands were never answered"];
    none(checks, "commands never answered", at.sent.saturating_sub(at.done + at.refusals()), words);
    let words = ["command was not sent", "commands were not sent"];
    none(checks, "commands not sent", at.due.saturating_sub(at.sent), words);
    let unfit: Vec<_> = at.refused.iter().filter(|(code, _)| is_of_nobody(code)).collect();
    let names: Vec<_> = unfit.iter().map(|(code, count)| format!("{code} {count}")).collect();
    let count_of_all = unfit.iter().map(|(_, count)| **count).sum();
    checks.push(Check {
        reason: (count_of_all > 0).then(|| {
            format!(
                "commands were refused that no screen offers: {} (the limit is 0)",
                names.join(", ")
            )
        }),
        ..count("commands refused that no screen offers", count_of_all)
    });
    if at.due > 0 && (at.done == 0 || outcome.deliveries.expected == 0) && !outcome.partial {
        let reason = Some("no command was done, so nothing was measured".into());
        checks.push(Check { reason, ..count("nothing measured", 1) });
    }
}

/// Whether somebody who presses only what their screen offers can never be refused so: then either
/// the tester or the server is wrong. What is missing here may be refused to whoever was a moment
/// too late, or writes more than a set does.
fn is_of_nobody(code: &str) -> bool {
    const NOBODYS: [Code; 13] = [
        Code::Role,
        Code::NoSeat,
        Code::NoItem,
        Code::NoPart,
        Code::NoDevice,
        Code::StaleRevision,
        Code::StaleOrder,
        Code::LongText,
        Code::Range,
        Code::NoTemplate,
        Code::People,
        Code::Devices,
        Code::LinkChanged,
    ];
    NOBODYS.into_iter().any(|known| known.name() == code)
}

fn viewed(checks: &mut Vec<Check>, outcome: &Outcome) {
    let at = &outcome.views;
    let words = ["view differs from a fresh snapshot", "views differ from fresh snapshots"];
    none(checks, "views that differ at the end", at.checked.saturating_sub(at.equal), words);
    if !outcome.partial {
        let words = ["view could not be checked", "views could not be checked"];
        none(checks, "views not checked", outcome.seats.saturating_sub(at.checked), words);
    }
}

/// Something that may not be at all.
fn none(checks: &mut Vec<Check>, figure: &str, is: u64, [one, many]: [&str; 2]) {
    let words = if is == 1 { one } else { many };
    let reason = (is > 0).then(|| format!("{is} {words} (the limit is 0)"));
    checks.push(Check { reason, ..count(figure, is) });
}

fn count(figure: &str, is: u64) -> Check {
    let (figure, measured) = (figure.to_owned(), is as f64);
    Check { figure, measured, limit: 0.0, unit: "", kept: is == 0, reason: None }
}

fn at_most(checks: &mut Vec<Check>, figure: &str, is: f64, most: Option<f64>, unit: &'static str) {
    let Some(limit) = most else { return };
    let over = is - limit;
    let reason = (over > 0.0).then(|| {
        // So many digits that it never reads as 0.
        let digits = if over < 0.1 { 3 } else { 1 };
        format!(
            "{figure} was {is:.digits$} {unit}, {over:.digits$} {unit} above the limit of {limit} {unit}"
        )
    });
    let (figure, kept) = (figure.to_owned(), reason.is_none());
    checks.push(Check { figure, measured: is, limit, unit, kept, reason });
}

/// A part of a whole, in hundredths.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}
