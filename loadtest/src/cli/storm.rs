//! `storm`: everybody joins at once, and everybody is cut off at once.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;
use setroom_protocol::limits;

use super::ending::say;
use super::outputs::{Outputs, alone};
use super::thresholds::ThresholdArgs;
use crate::measure::outcome::Outcome;
use crate::measure::verdict::{Thresholds, Verdict, back_p99};
use crate::run::Target;
use crate::scenario::{Arrival, Behaviour, Break, Fault, Scenario};
use crate::values::duration;

/// Sets that are made in a second before the storm: it is people who come at nine, not sets.
const OPENED_A_SECOND: u32 = 40;
/// Joining slower than this, in ms, is a storm that was not weathered.
const JOIN_P99_MS: f64 = 1000.0;
/// As is being away for longer than this, in seconds, for 99 of 100.
const BACK_P99_SECONDS: f64 = 10.0;

/// What `storm` is told.
#[derive(Args, Debug)]
pub struct StormArgs {
    /// Which server.
    #[command(flatten)]
    pub target: Target,
    /// Seats in all, facilitators included; made up to whole rooms.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    pub seats: u32,
    /// Seats in each room, the facilitator's included.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=limits::PEOPLE as i64))]
    pub members: u32,
    /// Everybody knocks at some moment within this time.
    #[arg(long, default_value = "60s", value_parser = duration)]
    pub within: Duration,
    /// How many of all sockets are cut at once when everybody is in, as in 100% or 30; 0 cuts none.
    #[arg(long, value_name = "PERCENT", default_value = "100%", value_parser = percent)]
    pub drop: f64,
    /// How long everybody is in before that.
    #[arg(long, default_value = "10s", value_parser = duration)]
    pub stay: Duration,
    /// How long the rooms go on after everybody was cut off: who is not back by then never was.
    #[arg(long, default_value = "45s", value_parser = duration)]
    pub after: Duration,
    /// What has to be kept, besides p99 of joining at most 1 s, 99 of 100 back within 10 s, and
    /// nobody refused.
    #[command(flatten)]
    pub thresholds: ThresholdArgs,
    /// Where the report goes.
    #[command(flatten)]
    pub outputs: Outputs,
}

impl StormArgs {
    /// The storm as a scenario: people come in, hardly do anything, and are cut off.
    fn scenario(&self) -> Scenario {
        let rooms = self.seats.div_ceil(self.members);
        let quiet = Behaviour {
            hands: 0.05,
            presses: 1.0,
            reloads: 0.0,
            drop_offs: 0.0,
            ..Behaviour::default()
        };
        let cut = Fault {
            at: self.stay,
            what: Break::Drop,
            share: self.drop,
            lasts: Duration::from_secs(1),
            by: None,
            every: None,
        };
        Scenario {
            name: "storm".into(),
            about: format!(
                "{} people join within {} s, and {:.0} % of them are cut off at once.",
                rooms * self.members,
                self.within.as_secs_f64(),
                self.drop * 100.0,
            ),
            plan: "short_90".into(),
            template: "classic".into(),
            opaque: self.target.opaque,
            rate: None,
            duration: Some(if self.drop > 0.0 { self.stay + self.after } else { self.stay }),
            arrival: Arrival {
                open: Duration::from_secs(u64::from(rooms.div_ceil(OPENED_A_SECOND))),
                within: self.within,
                together: true,
                late: 0.0,
            },
            behaviour: quiet,
            faults: if self.drop > 0.0 { vec![cut] } else { Vec::new() },
            ..Scenario::steady(rooms, self.members, 1.0, self.stay)
        }
    }

    pub(super) async fn perform(self) -> Result<Verdict, String> {
        let scenario = self.scenario();
        scenario.check()?;
        let fresh = rand::random();
        let dial = self.target.dial().await?;
        let plan = self.target.run(dial, scenario, fresh);
        let usual = Thresholds {
            // A storm is judged by how people come in and back; while it lasts, others wait.
            p99_ms: JOIN_P99_MS,
            join_p99_ms: Some(JOIN_P99_MS),
            back_p99_seconds: Some(BACK_P99_SECONDS),
            ..Thresholds::default()
        };
        let report = self.outputs.report_of(alone(&plan), &self.thresholds.over(usual)).await?;
        say(&report)?;
        say(format_args!("\n{}", in_words(&report.outcome)))?;
        Ok(report.verdict)
    }
}

/// How the storm went, refusals by name.
fn in_words(outcome: &Outcome) -> String {
    let joined = outcome.joined.count();
    let mut text = format!(
        "{joined} of {} people were in after {:.1} s, with p99 of joining at {:.0} ms{}.",
        outcome.seats,
        outcome.join_seconds,
        outcome.joined.at(0.99),
        refusals(&outcome.turned_away),
    );
    let (cut, back) = (outcome.reconnects.cut, outcome.back.count());
    if cut > 0 {
        text += &match back_p99(outcome) {
            Some(seconds) => format!(
                " {cut} sockets were cut: 99 of 100 were back after {seconds:.1} s, the last of \
                 {back} after {:.1} s, {} of them told only what they had missed.",
                outcome.back.at(1.0) / 1000.0,
                outcome.reconnects.by_ring,
            ),
            None => {
                format!(" {cut} sockets were cut, and only {back} of them were back at the end.")
            }
        };
    }
    text
}

fn refusals(turned_away: &BTreeMap<String, u64>) -> String {
    if turned_away.is_empty() {
        return " and nobody refused".into();
    }
    let each: Vec<_> = turned_away.iter().map(|(name, count)| format!("{name} {count}")).collect();
    format!("; refused by {}", each.join(", "))
}

/// A share from `100%` or `30`.
fn percent(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('%').parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err("must be from 0% to 100%".into()),
    }
}
