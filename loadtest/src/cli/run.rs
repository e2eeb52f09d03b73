//! `run`: one load, measured.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use setroom_protocol::limits;

use super::ending::{Ending, Stopping, say};
use super::outputs::Outputs;
use super::target::{BadTarget, Target};
use super::thresholds::ThresholdArgs;
use super::values::{duration, rate};
use crate::agent::{Lead, Token, Work, lead};
use crate::measure::outcome::Outcome;
use crate::measure::verdict::Thresholds;
use crate::progress::Progress;
use crate::report::Report;
use crate::run::{Run, Share, run};
use crate::schedule::Load;

/// What has not come ten seconds after the last command is lost to whoever waits for it.
const DRAIN: Duration = Duration::from_secs(10);

/// What `run` is told.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// Which server.
    #[command(flatten)]
    pub target: Target,
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
    /// Other machines that share the load, each running `setroom-loadtest agent`.
    #[arg(long, value_name = "HOST:PORT", value_delimiter = ',', requires = "token_file")]
    pub agents: Vec<String>,
    /// The secret that is shared with them: a file that only its owner can read.
    #[arg(long, value_name = "FILE", requires = "agents")]
    pub token_file: Option<PathBuf>,
    /// What has to be kept.
    #[command(flatten)]
    pub thresholds: ThresholdArgs,
    /// Where the report goes.
    #[command(flatten)]
    pub outputs: Outputs,
}

/// Why a run cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum BadArguments {
    /// The server.
    #[error(transparent)]
    Target(#[from] BadTarget),
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
        let dial = self.target.dial().await?;
        let load = Load {
            rooms: self.rooms as usize,
            members: self.members as usize,
            rate: self.rate,
            duration: self.duration,
            seed: self.target.seed.unwrap_or(fresh),
        };
        if load.commands() == 0 {
            return Err(BadArguments::NoCommands);
        }
        Ok(Run {
            url: self.target.url.clone(),
            dial,
            load,
            salt: fresh,
            sealing: self.target.sealing(),
            server_pid: self.target.server_pid,
            drain: DRAIN,
            share: Share::WHOLE,
            gate: None,
        })
    }

    /// The same run, divided among agents.
    fn divided(&self, plan: &Run, token: &Path) -> Result<Lead, String> {
        Ok(Lead {
            agents: self.agents.clone(),
            token: Token::from_file(token).map_err(|e| e.to_string())?,
            work: Work {
                url: plan.url.clone(),
                origin: self.target.origin.clone(),
                rooms: plan.load.rooms,
                members: plan.load.members,
                rate: plan.load.rate,
                duration: plan.load.duration,
                seed: plan.load.seed,
                opaque: self.target.opaque,
                drain: plan.drain,
                share: Share::WHOLE,
            },
            server_pid: plan.server_pid,
        })
    }

    pub(super) async fn perform(self) -> Result<Ending, String> {
        let report = self.report(Thresholds::default()).await?;
        say(&report)?;
        Ok(report.verdict.into())
    }

    /// Runs, judges, and writes the files; `usual` is what has to be kept unless flags say
    /// otherwise.
    pub(super) async fn report(&self, usual: Thresholds) -> Result<Report, String> {
        let plan = self.plan(rand::random()).await.map_err(|e| e.to_string())?;
        let mut outputs = self.outputs.open()?;
        let mut outcome = self.measured(&plan).await?;
        outcome.asked.command_line = std::env::args().collect();
        outputs.write(Report::of(&outcome, &self.thresholds.over(usual)))
    }

    async fn measured(&self, plan: &Run) -> Result<Outcome, String> {
        let (stopping, progress) = (Stopping::by_hand(), Progress::for_stderr());
        match &self.token_file {
            Some(token) => {
                let divided = self.divided(plan, token)?;
                lead(&divided, stopping.watch(), &progress).await.map_err(|e| e.to_string())
            }
            None => run(plan, stopping.watch(), &progress).await.map_err(|e| e.to_string()),
        }
    }
}
