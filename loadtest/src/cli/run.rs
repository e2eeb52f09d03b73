//! `run`: one load, measured.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use setroom_protocol::limits;

use super::ending::{say, stopped_by_hand};
use super::outputs::{Outputs, alone};
use super::thresholds::ThresholdArgs;
use crate::agent::{Lead, PATIENCE, Shell, Work, lead};
use crate::measure::verdict::{Thresholds, Verdict};
use crate::progress::Progress;
use crate::report::Report;
use crate::run::{Run, Share, Target};
use crate::scenario::{Fault, SHIPPED, Scenario};
use crate::values::{duration, positive, rate};
use setroom_client::{Logs, ServerProgram};

/// What `run` is told.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// Which server.
    #[command(flatten)]
    pub target: Target,
    /// Plays whole meetings: the name of a scenario, or a TOML file with one.
    #[arg(long, value_name = "NAME_OR_FILE")]
    pub scenario: Option<String>,
    /// Names the scenarios that come with the program, and ends.
    #[arg(long)]
    pub list_scenarios: bool,
    /// Plays the scenario so many times faster than life.
    #[arg(long, value_name = "TIMES", requires = "scenario", value_parser = positive)]
    pub compress: Option<f64>,
    /// Starts this program as the server, on a free port with a fresh folder, so that the scenario
    /// may stop it and start it again.
    #[arg(long, value_name = "PATH", requires = "scenario", conflicts_with = "url")]
    pub server_bin: Option<PathBuf>,
    /// What that server is told besides, in one word: "--journal memory".
    #[arg(
        long,
        value_name = "ARGUMENTS",
        requires = "server_bin",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub server_args: String,
    /// How many such servers; rooms are spread over them.
    #[arg(long, value_name = "COUNT", requires = "server_bin",
          value_parser = clap::value_parser!(u32).range(1..=64))]
    pub servers: Option<u32>,
    /// Where such servers keep their data and logs; without this they go when the run is over.
    #[arg(long, value_name = "FOLDER", requires = "server_bin")]
    pub server_folder: Option<PathBuf>,
    /// Writes down, for `setroom-checker`, what every client sent and received.
    #[arg(long, value_name = "FOLDER", requires = "scenario")]
    pub client_logs: Option<PathBuf>,
    /// Leaves meetings open at the end: closing one destroys what the server has of it.
    #[arg(long, requires = "scenario")]
    pub leave_open: bool,
    /// Sets, each with a room of its own; a scenario says how many unless this does.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000),
          required_unless_present_any = ["scenario", "list_scenarios"])]
    pub rooms: Option<u32>,
    /// Seats in each room, the facilitator's included; a scenario says who they are.
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..=limits::PEOPLE as i64),
          required_unless_present_any = ["scenario", "list_scenarios"],
          conflicts_with = "scenario")]
    pub members: Option<u32>,
    /// Commands a second, in all rooms together.
    #[arg(long, value_parser = rate,
          required_unless_present_any = ["scenario", "list_scenarios"],
          conflicts_with = "scenario")]
    pub rate: Option<f64>,
    /// How long commands are due, as in 60s, 500ms or 2m; of a scenario, how long it is played.
    #[arg(long, value_parser = duration,
          required_unless_present_any = ["scenario", "list_scenarios"])]
    pub duration: Option<Duration>,
    /// Other machines that share the load, as the remote shell knows them. On each it starts
    /// `setroom-loadtest agent --stdio`.
    #[arg(
        long,
        value_name = "MACHINE",
        value_delimiter = ',',
        conflicts_with_all = ["server_bin", "client_logs", "leave_open"]
    )]
    pub agents: Vec<String>,
    /// The remote shell, with its options, in one word. It cannot ask for a password.
    #[arg(
        long,
        value_name = "COMMAND",
        requires = "agents",
        default_value = "ssh -o BatchMode=yes"
    )]
    pub remote_shell: String,
    /// The program on those machines.
    #[arg(long, value_name = "PATH", requires = "agents", default_value = "setroom-loadtest")]
    pub agent_program: String,
    /// What has to be kept.
    #[command(flatten)]
    pub thresholds: ThresholdArgs,
    /// Where the report goes.
    #[command(flatten)]
    pub outputs: Outputs,
}

impl RunArgs {
    /// The run that is asked for. `fresh` must differ from run to run: it is what ids and keys are
    /// made from, and the seed when none was given.
    ///
    /// # Errors
    /// Why a run cannot begin, in one sentence.
    pub async fn plan(&self, fresh: u64) -> Result<Run, String> {
        let scenario = self.scenario()?;
        let servers = self.server_bin.as_ref().map(|program| ServerProgram {
            program: program.clone(),
            arguments: self.server_args.split_ascii_whitespace().map(str::to_owned).collect(),
            variables: Vec::new(),
            count: self.servers.unwrap_or(1) as usize,
            keep: self.server_folder.clone(),
        });
        let (url, dial) = match &servers {
            // Its real address is known once it runs.
            Some(program) => (program.program.display().to_string(), Target::own()?),
            None => (self.target.url.clone(), self.target.dial().await?),
        };
        let unwritten = |e| format!("the folder of --client-logs cannot be written: {e}");
        let logs = self.client_logs.as_deref().map(Logs::in_folder).transpose();
        let logs = logs.map_err(unwritten)?;
        let leave_open = self.leave_open;
        let run = self.target.run(dial, scenario, fresh);
        Ok(Run { url, servers, logs, leave_open, ..run })
    }

    /// The same run, divided among agents.
    fn divided(&self, plan: &Run) -> Lead {
        Lead {
            agents: self.agents.clone(),
            shell: Shell {
                command: self.remote_shell.clone(),
                program: self.agent_program.clone(),
                patience: PATIENCE,
                i_own_this_server: self.target.i_own_this_server,
            },
            work: Work {
                url: plan.url.clone(),
                origin: self.target.origin.clone(),
                seed: plan.seed,
                opaque: self.target.opaque,
                drain: plan.drain,
                share: Share::WHOLE,
                scenario: plan.scenario.clone(),
            },
            server_pid: plan.server_pid,
        }
    }

    /// The scenario that is to be played, with what flags say instead.
    fn scenario(&self) -> Result<Scenario, String> {
        let Some(name) = &self.scenario else {
            let (rooms, members) =
                (self.rooms.unwrap_or_default(), self.members.unwrap_or_default());
            let (rate, duration) =
                (self.rate.unwrap_or_default(), self.duration.unwrap_or_default());
            let scenario = Scenario::steady(rooms, members, rate, duration);
            return scenario.check().map(|()| scenario);
        };
        let mut scenario = Scenario::find(name)?;
        scenario.rooms = self.rooms.unwrap_or(scenario.rooms);
        scenario.compress = self.compress.unwrap_or(scenario.compress);
        scenario.duration = self.duration.or(scenario.duration);
        let name = scenario.name.clone();
        let stops = |fault: &Fault| fault.what.needs_servers();
        let checked = match scenario.faults.iter().find(|fault| stops(fault)) {
            Some(fault) if !self.agents.is_empty() => Err(format!(
                "it stops servers ({:?}), and agents have none of their own",
                fault.what
            )),
            _ => scenario.check(),
        };
        checked.map_err(|why| format!("scenario {name} with these flags: {why}"))?;
        Ok(scenario)
    }

    /// What has to be kept: what flags say, else the scenario, else the usual.
    fn kept(&self, run: &Run, usual: Thresholds) -> Thresholds {
        let wanted = self.scenario.as_ref().map(|_| {
            let wanted = Thresholds::from(run.scenario.thresholds);
            Thresholds {
                memory_kib_per_minute: usual.memory_kib_per_minute,
                memory_trend_percent: wanted.memory_trend_percent.or(usual.memory_trend_percent),
                ..wanted
            }
        });
        self.thresholds.over(wanted.unwrap_or(usual))
    }

    pub(super) async fn perform(self) -> Result<Verdict, String> {
        if self.list_scenarios {
            for (name, text) in SHIPPED {
                let scenario = Scenario::read(name, text)?;
                say(format_args!("{name:<16}{}", scenario.about))?;
            }
            return Ok(Verdict::Pass);
        }
        let report = self.report(Thresholds::default()).await?;
        say(&report)?;
        Ok(report.verdict)
    }

    /// Runs, judges, and writes the files; `usual` is what has to be kept unless flags say
    /// otherwise.
    pub(super) async fn report(&self, usual: Thresholds) -> Result<Report, String> {
        let plan = self.plan(rand::random()).await?;
        let kept = self.kept(&plan, usual);
        if self.agents.is_empty() {
            return self.outputs.report_of(alone(&plan), &kept).await;
        }
        let divided = self.divided(&plan);
        let measured = async {
            let measured = lead(&divided, stopped_by_hand(), &Progress::for_stderr()).await;
            measured.map_err(|e| e.to_string())
        };
        self.outputs.report_of(measured, &kept).await
    }
}
