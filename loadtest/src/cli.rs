//! What the program is told, and what it answers when it is told nonsense.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use setroom_protocol::limits;

use crate::client::{Dial, DialError, Sealing};
use crate::measure::verdict::Thresholds;
use crate::run::Run;
use crate::schedule::Load;

/// Proves a Setroom server before people rely on it.
#[derive(Debug, Parser)]
#[command(name = "setroom-loadtest", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Job,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Job {
    /// Fills rooms with people, lets them act, and measures when everybody sees it.
    ///
    /// Exits with 0 when every threshold was kept, 1 when not, 2 when it could not run.
    Run(RunArgs),
}

/// What `run` is told.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// The service, as in http://127.0.0.1:8787.
    #[arg(long)]
    pub url: String,
    /// Sets, each with a room of its own.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub rooms: u32,
    /// Seats in each room, the facilitator's included.
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..=limits::PEOPLE as i64))]
    pub members: u32,
    /// Commands a second, in all rooms together.
    #[arg(long, value_parser = rate)]
    pub rate: f64,
    /// How long commands are due, as in 60s, 500ms or 2m.
    #[arg(long, value_parser = duration)]
    pub duration: Duration,
    /// Writes the report as JSON to this file.
    #[arg(long)]
    pub json: Option<PathBuf>,
    /// Repeats the schedule of an earlier run: who wishes what, when.
    #[arg(long)]
    pub seed: Option<u64>,
    /// The server's process on this machine, to tell what it uses.
    #[arg(long)]
    pub server_pid: Option<u32>,
    /// Fills boxes with random bytes instead of sealing: the server cannot tell, and the tester
    /// has less to do.
    #[arg(long)]
    pub opaque: bool,
    /// The most that the 99th percentile may be, from due to received at every seat, in ms.
    #[arg(long, value_name = "MS", default_value_t = 50.0, value_parser = positive)]
    pub fail_p99_ms: f64,
    /// The most that the 99th percentile of joining may be, in ms.
    #[arg(long, value_name = "MS", value_parser = positive)]
    pub fail_join_p99_ms: Option<f64>,
    /// The origin that the service is known by, when it is not the address itself.
    #[arg(long)]
    pub origin: Option<String>,
    /// Needed for a server that is not on this machine: a load test of somebody else's is an
    /// attack.
    #[arg(long)]
    pub i_own_this_server: bool,
}

/// Why a run cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum BadArguments {
    /// Not an address, or nothing has that name.
    #[error("--url {url}: {error}")]
    Url {
        /// As it was given.
        url: String,
        /// Why.
        error: DialError,
    },
    /// Not on this machine.
    #[error("{0} is not on this machine: say --i-own-this-server if you may load it")]
    NotYours(String),
    /// Less than one command.
    #[error("--rate and --duration together make no single command: raise one of them")]
    NoCommands,
}

impl RunArgs {
    /// The run that is asked for. `fresh` must differ from run to run: it is what ids and keys are
    /// made from, and the seed when none was given.
    ///
    /// # Errors
    /// [`BadArguments`].
    pub async fn plan(&self, fresh: u64) -> Result<Run, BadArguments> {
        let bad = |error| BadArguments::Url { url: self.url.clone(), error };
        let mut dial = Dial::to(&self.url).map_err(bad)?;
        if let Some(origin) = &self.origin {
            let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
            dial = dial.host(host).origin(origin);
        }
        let targets = dial.resolve().await.map_err(bad)?;
        let here = targets.iter().map(|target| target.ip().to_canonical());
        if !self.i_own_this_server && !here.into_iter().all(|ip: IpAddr| ip.is_loopback()) {
            return Err(BadArguments::NotYours(self.url.clone()));
        }
        let load = Load {
            rooms: self.rooms as usize,
            members: self.members as usize,
            rate: self.rate,
            duration: self.duration,
            seed: self.seed.unwrap_or(fresh),
        };
        if load.commands() == 0 {
            return Err(BadArguments::NoCommands);
        }
        Ok(Run {
            url: self.url.clone(),
            dial: dial.patience(PATIENCE),
            load,
            salt: fresh,
            sealing: if self.opaque { Sealing::Opaque } else { Sealing::Real },
            server_pid: self.server_pid,
            thresholds: Thresholds { p99_ms: self.fail_p99_ms, join_p99_ms: self.fail_join_p99_ms },
            drain: DRAIN,
        })
    }
}

/// A join storm may make a seat wait; a run that is stuck must still end.
const PATIENCE: Duration = Duration::from_secs(30);
/// What has not come ten seconds after the last command is lost to whoever waits for it.
const DRAIN: Duration = Duration::from_secs(10);

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err("must be a number above 0".into()),
    }
}

fn rate(text: &str) -> Result<f64, String> {
    positive(text).and_then(|rate| {
        if rate <= 1e6 { Ok(rate) } else { Err("must be at most 1000000 a second".into()) }
    })
}

/// Reads `60s`, `500ms`, `2m`, `1h`; a bare number is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(digits.len()..).unwrap_or_default();
    let factor = match unit {
        "ms" => 0.001,
        "s" | "" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err("must be a time as in 60s, 500ms or 2m".into()),
    };
    let seconds = positive(digits).map_err(|_| "must be a time above 0 as in 60s or 2m")? * factor;
    if seconds <= 86_400.0 {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("must be at most a day".into())
    }
}
