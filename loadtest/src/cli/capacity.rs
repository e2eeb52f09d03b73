//! `capacity`: how much a server carries.

use std::time::Duration;

use clap::Args;
use setroom_protocol::limits;

use super::ending::{say, stopped_by_hand};
use super::json_file::{JsonFile, write_json};
use crate::capacity::{By, Plan, SearchAsked, Slo, find};
use crate::measure::verdict::Verdict;
use crate::progress::Progress;
use crate::run::{Run, Target};
use crate::scenario::Scenario;
use crate::values::{duration, positive, rate};

/// What has not come five seconds after the last command is late, whatever its percentile.
const DRAIN: Duration = Duration::from_secs(5);

/// What `capacity` is told.
#[derive(Args, Debug)]
pub struct CapacityArgs {
    /// Which server.
    #[command(flatten)]
    pub target: Target,
    /// What is varied: the number of rooms, each at a steady rate, or the commands a second in a
    /// steady number of rooms.
    #[arg(long, value_enum, default_value = "rooms")]
    pub by: By,
    /// Seats in each room, the facilitator's included.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=limits::PEOPLE as i64))]
    pub members: u32,
    /// Commands a second in each room, when rooms are varied. Over whole meetings a set sends 0.05
    /// (the scenario `rollout`); 0.2 is four times that, as if all were in a lively part at once.
    #[arg(long, default_value_t = 0.2, value_parser = rate)]
    pub rate_per_room: f64,
    /// Rooms, when the rate is varied.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub rooms: u32,
    /// The load to begin with: rooms, or commands a second. [default: 50 rooms, or 100 a second]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub from: Option<u64>,
    /// The most to try. [default: 20000 rooms, or 200000 a second]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub most: Option<u64>,
    /// The most that the 99th percentile may be, from due to received at every seat, in ms.
    #[arg(long, value_name = "MS", default_value_t = 150.0, value_parser = positive)]
    pub slo_p99_ms: f64,
    /// How long each load is measured; the answer at the end for twice as long.
    #[arg(long, default_value = "10s", value_parser = duration)]
    pub window: Duration,
    /// How long each load is played before it counts.
    #[arg(long, default_value = "3s", value_parser = duration)]
    pub warm_up: Duration,
    /// All of it takes no longer than this; then it tells what is known.
    #[arg(long, default_value = "9m", value_parser = duration)]
    pub within: Duration,
    /// How close the largest load that is kept and the smallest that breaks come, in per cent.
    #[arg(long, value_name = "PERCENT", default_value_t = 8.0, value_parser = positive)]
    pub precision: f64,
    /// Fails when the answer is below this.
    #[arg(long)]
    pub at_least: Option<u64>,
    /// Where the result goes.
    #[command(flatten)]
    pub json: JsonFile,
}

impl CapacityArgs {
    async fn plan(&self, fresh: u64) -> Result<Plan, String> {
        let dial = self.target.dial().await?;
        let (from, most, rate_per_room, rooms) = match self.by {
            By::Rooms => (50, 20_000, Some(self.rate_per_room), None),
            By::Rate => (100, 200_000, None, Some(self.rooms)),
        };
        let most = self.most.unwrap_or(most);
        let from = self.from.unwrap_or(from);
        if self.from.is_some_and(|from| from > most) {
            return Err("--from is above --most".into());
        }
        if self.warm_up + self.window * 2 >= self.within {
            return Err("--within leaves no time for a --warm-up and two --window".into());
        }
        let most_rooms = rooms.unwrap_or(u32::try_from(most).unwrap_or(u32::MAX));
        let scenario = Scenario::steady(most_rooms, self.members, 1.0, self.window);
        let run = Run { drain: DRAIN, ..self.target.run(dial, scenario, fresh) };
        let asked = SearchAsked {
            url: run.url.clone(),
            by: self.by,
            members: self.members.into(),
            rate_per_room,
            rooms: rooms.map(u64::from),
            from: from.min(most),
            most,
            slo: Slo { p99_ms: self.slo_p99_ms },
            warm_up_seconds: self.warm_up.as_secs_f64(),
            window_seconds: self.window.as_secs_f64(),
            at_least: self.at_least,
            opaque: self.target.opaque,
            seed: run.seed,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        Ok(Plan { run, asked, within: self.within, precision: 1.0 + self.precision / 100.0 })
    }

    pub(super) async fn perform(self) -> Result<Verdict, String> {
        let plan = self.plan(rand::random()).await?;
        let file = self.json.open()?;
        let found = find(&plan, stopped_by_hand(), &Progress::for_stderr()).await;
        let found = found.map_err(|e| e.to_string())?;
        write_json(&file, &found)?;
        say(&found)?;
        Ok(found.verdict)
    }
}
