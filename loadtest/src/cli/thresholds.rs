//! What a run has to keep.

use clap::Args;

use crate::measure::verdict::Thresholds;
use crate::values::positive;

/// The thresholds that flags set.
#[derive(Args, Clone, Debug)]
pub struct ThresholdArgs {
    /// The most that the 99th percentile may be, from due to received at every seat, in ms; 50
    /// unless a scenario says otherwise.
    #[arg(long, value_name = "MS", value_parser = positive)]
    pub fail_p99_ms: Option<f64>,
    /// The most that the 99th percentile of joining may be, in ms.
    #[arg(long, value_name = "MS", value_parser = positive)]
    pub fail_join_p99_ms: Option<f64>,
    /// The most that it may take until everybody is in, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = positive)]
    pub fail_join_seconds: Option<f64>,
    /// The most that it may take until everybody is back after each fault, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = positive)]
    pub fail_back_seconds: Option<f64>,
    /// The same for 99 of every 100 of them.
    #[arg(long, value_name = "SECONDS", value_parser = positive)]
    pub fail_back_p99_seconds: Option<f64>,
    /// The most commands that may not be done for another reason than that the meeting had moved on
    /// when they came, in hundredths of those that were due; 0.1 unless said otherwise.
    #[arg(long, value_name = "PERCENT", value_parser = positive)]
    pub fail_hindered_percent: Option<f64>,
    /// The least of all commands that must be done, whatever the reason, in hundredths of those that
    /// were due; 75 unless said otherwise.
    #[arg(long, value_name = "PERCENT", value_parser = positive)]
    pub fail_done_percent: Option<f64>,
    /// The most commands that may be refused for whatever reason, in hundredths of those that were
    /// sent.
    #[arg(long, value_name = "PERCENT", value_parser = positive)]
    pub fail_refused_percent: Option<f64>,
    /// The most that the server's memory may grow in the measured part, in hundredths.
    #[arg(long, value_name = "PERCENT", value_parser = positive)]
    pub fail_memory_growth_percent: Option<f64>,
    /// The most that the server's memory may rise in a minute, by its trend over the last two
    /// thirds of the measured part, in KiB.
    #[arg(long, value_name = "KIB", value_parser = positive)]
    pub fail_memory_kib_per_minute: Option<f64>,
    /// The most that it may rise over that whole stretch, in hundredths.
    #[arg(long, value_name = "PERCENT", value_parser = positive)]
    pub fail_memory_trend_percent: Option<f64>,
}

impl ThresholdArgs {
    /// What a scenario asks for, with what was said by hand in its place.
    pub fn over(&self, scenario: Thresholds) -> Thresholds {
        Thresholds {
            p99_ms: self.fail_p99_ms.unwrap_or(scenario.p99_ms),
            join_p99_ms: self.fail_join_p99_ms.or(scenario.join_p99_ms),
            join_seconds: self.fail_join_seconds.or(scenario.join_seconds),
            back_seconds: self.fail_back_seconds.or(scenario.back_seconds),
            back_p99_seconds: self.fail_back_p99_seconds.or(scenario.back_p99_seconds),
            hindered_percent: self.fail_hindered_percent.unwrap_or(scenario.hindered_percent),
            done_percent: self.fail_done_percent.unwrap_or(scenario.done_percent),
            refused_percent: self.fail_refused_percent.or(scenario.refused_percent),
            memory_growth_percent: self
                .fail_memory_growth_percent
                .or(scenario.memory_growth_percent),
            memory_kib_per_minute: self
                .fail_memory_kib_per_minute
                .or(scenario.memory_kib_per_minute),
            memory_trend_percent: self.fail_memory_trend_percent.or(scenario.memory_trend_percent),
            turned_away: scenario.turned_away,
        }
    }
}
