//! `soak`: a load held for long, and whether the server's memory stays flat.

use std::fmt::Write as _;

use clap::Args;

use super::ending::say;
use super::run::RunArgs;
use crate::measure::outcome::Outcome;
use crate::measure::trend::{self, Trend};
use crate::measure::verdict::{Thresholds, Verdict};

/// Memory that rises by less than this in a minute is flat: what a server's own lists and the
/// allocator do by themselves is about as much.
const KIB_PER_MINUTE: f64 = 512.0;
/// And it may not rise by more than this over the whole stretch.
const PERCENT: f64 = 5.0;

/// A stretch of fewer minutes than this says little.
const SHORT: f64 = 5.0;

/// What `soak` is told: as `run`, which see. Memory is flat when, by its trend over the last two
/// thirds, it rises by less than 512 KiB in a minute and by less than 5 % in all, unless
/// --fail-memory-kib-per-minute and --fail-memory-trend-percent say otherwise.
#[derive(Args, Debug)]
pub struct SoakArgs {
    /// The load.
    #[command(flatten)]
    pub run: RunArgs,
}

impl SoakArgs {
    pub(super) async fn perform(self) -> Result<Verdict, String> {
        if self.run.target.server_pid.is_none() {
            return Err("a soak watches the server's memory: say --server-pid".into());
        }
        let usual = Thresholds {
            memory_kib_per_minute: Some(KIB_PER_MINUTE),
            memory_trend_percent: Some(PERCENT),
            ..Thresholds::default()
        };
        let report = self.run.report(usual).await?;
        let trend = trend::memory(&report.outcome);
        let flat = trend.map(|trend| is_flat(&trend, &report.thresholds));
        say(&report)?;
        say(format_args!("\n{}\n", in_words(trend.as_ref(), flat)))?;
        say(table(&report.outcome))?;
        Ok(report.verdict)
    }
}

fn is_flat(trend: &Trend, thresholds: &Thresholds) -> bool {
    let below = |is: f64, most: Option<f64>| most.is_none_or(|most| is <= most);
    below(trend.bytes_per_minute / 1024.0, thresholds.memory_kib_per_minute)
        && below(trend.percent, thresholds.memory_trend_percent)
}

fn in_words(trend: Option<&Trend>, flat: Option<bool>) -> String {
    let (Some(trend), Some(flat)) = (trend, flat) else {
        return "Whether the server's memory is flat is not known: it was not seen for long enough."
            .into();
    };
    let kib = trend.bytes_per_minute / 1024.0;
    format!(
        "The server's memory {}: over the last {:.1} minutes it {} by {:.0} KiB a minute, {:.1} % \
         in all.{}",
        if flat { "is flat" } else { "is not flat" },
        trend.minutes,
        if kib < 0.0 { "fell" } else { "rose" },
        kib.abs(),
        trend.percent.abs(),
        if trend.minutes < SHORT {
            " So short a time says little: buffers still fill."
        } else {
            ""
        },
    )
}

/// The measured part, minute by minute.
fn table(outcome: &Outcome) -> String {
    let mut text = "minute    p99 ms   deliver./s  server CPU   RSS MiB\n".to_owned();
    for minute in trend::minutes(outcome) {
        let or_none = |number: Option<f64>, digits: usize| {
            number.map_or_else(|| "-".to_owned(), |number| format!("{number:.digits$}"))
        };
        let mib = minute.rss_bytes.map(|bytes| bytes as f64 / 1_048_576.0);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:>6}  {:>8}  {:>11.0}  {:>10}  {:>8}",
            minute.number,
            or_none(minute.p99_ms, 1),
            minute.deliveries_per_second,
            or_none(minute.server_cores, 2),
            or_none(mib, 1),
        );
    }
    text
}
