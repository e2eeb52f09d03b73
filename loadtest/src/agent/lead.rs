//! The lead: divides a load among agents, lets them begin together, and merges what they measured.
//!
//! An agent that is lost before everybody is in ends the run, since nothing was measured yet.
//! Afterwards the others go on, and the outcome says whose part is missing. Nothing is waited for
//! without a bound: an agent that says nothing for as long as [`Shell::patience`] is lost.

use std::sync::Arc;
use std::time::Duration;

use tokio::process::{Child, ChildStdin};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::channel::{ChannelError, Sender};
use super::crew::Crew;
use super::lock_step::{Exchange, Offset};
use super::message::{FromAgent, FromLead, Work};
use super::remote::{Ear, Shell, start};
use crate::measure::outcome::{Outcome, Watched};
use crate::measure::process::ProcessError;
use crate::measure::processes::Processes;
use crate::measure::recorder::Recorder;
use crate::measure::sampler::Sampler;
use crate::progress::Progress;

/// Questions about the time: the quickest of them counts.
const EXCHANGES: usize = 9;
/// From the word to the moment itself: enough for the word to arrive.
const AHEAD: Duration = Duration::from_millis(500);
/// How much longer than its duration a run may take: joins, stragglers, checks.
const AROUND: Duration = Duration::from_secs(1200);
/// Messages of agents that may wait to be read.
const WAITING: usize = 64;

/// What the lead is to do.
#[derive(Clone, Debug)]
pub struct Lead {
    /// The machines of its agents, as the remote shell knows them.
    pub agents: Vec<String>,
    /// How agents are started there.
    pub shell: Shell,
    /// The whole load; each agent gets a share of it.
    pub work: Work,
    /// The server's process on the lead's own machine, to be watched from here.
    pub server_pid: Option<u32>,
}

/// Why there is nothing to report.
#[derive(Debug, thiserror::Error)]
pub enum CannotLead {
    /// An agent, as it was given, cannot be worked with; why.
    #[error("agent {0}: {1}")]
    Agent(String, ChannelError),
    /// An agent, as it was given, cannot do its part; its own sentence.
    #[error("agent {0} could not run: {1}")]
    Work(String, String),
    /// The server's process cannot be watched.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// Stopped before anything was measured.
    #[error("stopped before everybody was in, so nothing was measured")]
    Stopped,
    /// Nobody is left to tell anything.
    #[error("no agent is left: {0}")]
    Nobody(String),
}

/// An agent that is there, and whose time is known.
#[derive(Debug)]
pub(super) struct Agent {
    pub(super) name: String,
    pub(super) sender: Sender<ChildStdin>,
    ear: Option<Ear>,
    /// The lead's time 0.
    epoch: Instant,
    offset: Offset,
    /// Ends when this is dropped.
    _shell: Child,
}

impl Agent {
    /// A moment, in the agent's own time, in µs.
    pub(super) fn theirs(&self, moment: Instant) -> u64 {
        let own = moment.saturating_duration_since(self.epoch).as_micros();
        self.offset.theirs(u64::try_from(own).unwrap_or(u64::MAX))
    }
}

/// Runs a load on all agents together.
///
/// # Errors
/// [`CannotLead`], when there is nothing to report.
pub async fn lead(
    lead: &Lead,
    stop: watch::Receiver<bool>,
    progress: &Progress,
) -> Result<Outcome, CannotLead> {
    let mut agents = meet(lead, Instant::now()).await?;
    let doubt = agents.iter().map(|agent| agent.offset.within).max().unwrap_or_default();
    progress.note(&format!(
        "{} agents, their clocks known to within {:.1} ms",
        agents.len(),
        doubt.as_secs_f64() * 1000.0
    ));
    let server = Processes::named(lead.server_pid);
    let reading = || server.read_whole();
    let before = reading()?;

    let (said, heard) = mpsc::channel(WAITING);
    let mut ears = JoinSet::new();
    for (index, agent) in agents.iter_mut().enumerate() {
        if let Some(ear) = agent.ear.take() {
            ears.spawn(listen(index, ear, lead.shell.patience, said.clone()));
        }
    }
    let begin = Instant::now() + AHEAD + doubt;
    let mut crew = Crew::new(agents, heard);
    crew.share_out(&lead.work, begin).await;
    let recorder = Arc::new(Recorder::default());
    let sampler = lead.server_pid.map(|_| Sampler::start(Arc::clone(&recorder), server.clone()));
    crew.until_ready(&stop, progress).await?;
    let start = reading()?;
    crew.start(Instant::now() + AHEAD + doubt).await;
    let latest = Instant::now() + lead.work.scenario.longest() + lead.work.drain * 2 + AROUND;
    crew.until_done(latest, &stop, progress).await;
    drop(sampler);
    progress.end();

    let mut outcome = crew.outcome(&lead.work)?;
    // A server that is gone by now has been missed by its people already.
    let end = reading().ok().flatten();
    outcome.server = Watched::of(&server, [before, start, end]);
    if outcome.server.is_some() {
        outcome.asked.server_pid = lead.server_pid;
        recorder.add_to(&mut outcome);
    }
    Ok(outcome)
}

/// Starts all agents.
async fn meet(lead: &Lead, epoch: Instant) -> Result<Vec<Agent>, CannotLead> {
    let all = lead.agents.iter().map(|name| async move {
        let reached = Box::pin(reach(name, &lead.shell, epoch));
        let met = tokio::time::timeout(lead.shell.patience, reached).await;
        met.unwrap_or(Err(ChannelError::Late))
            .map_err(|error| CannotLead::Agent(name.clone(), error))
    });
    futures_util::future::try_join_all(all).await
}

async fn reach(name: &str, shell: &Shell, epoch: Instant) -> Result<Agent, ChannelError> {
    let (shell, mut sender, mut ear) = start(shell, name)?;
    ear.greeted().await?;
    let now = || u64::try_from(epoch.elapsed().as_micros()).unwrap_or(u64::MAX);
    let mut exchanges = Vec::with_capacity(EXCHANGES);
    for _ in 0..EXCHANGES {
        let asked_us = now();
        sender.send(&FromLead::Ping).await?;
        match ear.receive().await? {
            FromAgent::Pong { at_us: theirs_us } => {
                exchanges.push(Exchange { asked_us, answered_us: now(), theirs_us });
            }
            FromAgent::Failed(why) => return Err(ChannelError::Refused(why)),
            FromAgent::Accepted | FromAgent::At(_) | FromAgent::Ready | FromAgent::Done(_) => {
                return Err(ChannelError::Stranger("it does not tell the time".into()));
            }
        }
    }
    let offset = Offset::of(&exchanges).ok_or(ChannelError::Late)?;
    Ok(Agent { name: name.to_owned(), sender, ear: Some(ear), epoch, offset, _shell: shell })
}

/// What an agent said, and which.
pub(super) type Said = (usize, Result<FromAgent, ChannelError>);

async fn listen(index: usize, mut ear: Ear, silence: Duration, said: mpsc::Sender<Said>) {
    loop {
        let next = tokio::time::timeout(silence, ear.receive()).await;
        let next = next.unwrap_or(Err(ChannelError::Late));
        let over = next.is_err();
        if said.send((index, next)).await.is_err() || over {
            return;
        }
    }
}
