//! Times, and memory over time. What a busy machine broke is not known to be the server's doing, and
//! a percentile of a few is none.

use super::{List, check, share};
use crate::measure::outcome::Outcome;
use crate::measure::thresholds::Thresholds;
use crate::measure::trend;

/// A 99th percentile of fewer than this is only the longest.
pub const SAMPLES: u64 = 100;

/// Looks at them.
pub(super) fn look(list: &mut List, thresholds: &Thresholds, outcome: &Outcome) {
    times(list, thresholds, outcome);
    faults(list, thresholds, outcome);
    memory(list, thresholds, outcome);
}

fn times(list: &mut List, thresholds: &Thresholds, outcome: &Outcome) {
    let (figure, limit) = ("p99 from due to received", thresholds.p99_ms);
    let timed = outcome.latency.count();
    if timed < SAMPLES {
        let why = format!("{figure} is not known: {timed} were timed, and {SAMPLES} are needed");
        list.unseen(figure, limit, "ms", why).plain = Some(format!(
            "only {timed} times are known of how long people waited, and {SAMPLES} are needed"
        ));
    } else {
        list.time(figure, outcome.latency.at(0.99), Some(limit), "ms", |is| {
            format!("99 of 100 saw what somebody did only within {is}")
        });
    }
    let joined = outcome.joined.at(0.99);
    list.time("p99 of joining", joined, thresholds.join_p99_ms, "ms", |is| {
        format!("99 of 100 waited for up to {is} to come in")
    });
    let seconds = outcome.join_seconds;
    list.time("time until everybody was in", seconds, thresholds.join_seconds, "s", |is| {
        format!("it took {is} until everybody was in")
    });
    let refused = share(outcome.commands.refusals(), outcome.commands.sent);
    list.at_most("share of commands refused", refused, thresholds.refused_percent, "%");
}

fn faults(list: &mut List, thresholds: &Thresholds, outcome: &Outcome) {
    let never = outcome.reconnects.never;
    if let Some(most) = thresholds.back_p99_seconds
        && outcome.back.count() + never > 0
    {
        match back_p99(outcome) {
            Some(seconds) => {
                list.time("time until 99 of 100 were back", seconds, Some(most), "s", |is| {
                    format!("it took {is} until 99 of 100 were back")
                });
            }
            None => {
                let reason = "more than 1 of 100 never came back".to_owned();
                let figure = "too many that never came back";
                list.push(check(figure, never as f64, 0.0, ""), true, reason);
            }
        }
    }
    for fault in &outcome.faults {
        let what = format!("time until everybody was back after {}", fault.what);
        match fault.back_seconds {
            Some(seconds) => list.time(&what, seconds, thresholds.back_seconds, "s", |is| {
                format!("it took {is} until everybody was back after {}", fault.what)
            }),
            // Told already by who never came back, or by having been stopped.
            None if never > 0 || outcome.partial => {}
            None => {
                let reason = format!("not everybody was back after {}", fault.what);
                let figure = "faults that not everybody came back after";
                let clause = reason.clone();
                list.push(check(figure, 1.0, 0.0, ""), true, reason).hinders(|| clause);
            }
        }
    }
}

fn memory(list: &mut List, thresholds: &Thresholds, outcome: &Outcome) {
    let grown = outcome.server.as_ref().map(|server| {
        let (start, end) = (server.start.rss_bytes, server.end.rss_bytes);
        share(end.saturating_sub(start), start)
    });
    let trend = trend::memory(outcome);
    for (figure, is, most, unit) in [
        ("growth of the server's memory", grown, thresholds.memory_growth_percent, "%"),
        (
            "rise of the server's memory in a minute",
            trend.map(|trend| trend.bytes_per_minute / 1024.0),
            thresholds.memory_kib_per_minute,
            "KiB",
        ),
        (
            "rise of the server's memory over the last two thirds",
            trend.map(|trend| trend.percent),
            thresholds.memory_trend_percent,
            "%",
        ),
    ] {
        match (is, most) {
            (Some(is), most) => {
                list.at_most(figure, is, most, unit);
            }
            (None, Some(limit)) => {
                let why = if outcome.server.is_some() {
                    "it was not seen for long enough"
                } else {
                    "the server's process was not watched (--server-pid)"
                };
                list.unseen(figure, limit, unit, format!("{figure} is not known: {why}"));
            }
            (None, None) => {}
        }
    }
}

/// When 99 of every 100 that lost their connection were back, in seconds; none when so many never
/// came back.
pub fn back_p99(outcome: &Outcome) -> Option<f64> {
    let (back, all) = (outcome.back.count(), outcome.back.count() + outcome.reconnects.never);
    let quantile = 0.99 * all as f64 / back.max(1) as f64;
    (back > 0 && quantile <= 1.0).then(|| outcome.back.at(quantile) / 1000.0)
}
