//! The agents of a lead, and how far each of them is.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::channel::ChannelError;
use super::lead::{Agent, CannotLead, Said};
use super::message::{FromAgent, FromLead, Work};
use crate::measure::outcome::Outcome;
use crate::progress::{Progress, Told};
use crate::run::Share;

/// How often agents hear that the lead is still there.
const BEAT: Duration = Duration::from_secs(2);
/// How long a word to an agent may take.
const WORD: Duration = Duration::from_secs(5);

/// All agents of a run.
pub(super) struct Crew {
    members: Vec<Member>,
    heard: mpsc::Receiver<Said>,
    /// When the measured part began.
    started: Option<Instant>,
    stopping: bool,
    step: &'static str,
}

/// An agent, and how far it is.
struct Member {
    agent: Agent,
    state: State,
    told: Told,
}

/// How far an agent is.
enum State {
    Coming,
    Ready,
    Done(Box<Outcome>),
    /// Why nothing is to be expected of it any more.
    Lost(String),
}

impl Member {
    fn is_under_way(&self) -> bool {
        matches!(self.state, State::Coming | State::Ready)
    }

    fn reaches(&mut self, state: State) {
        if !matches!(self.state, State::Lost(_)) {
            self.state = state;
        }
    }

    /// Tells it something; one that cannot be told is lost.
    async fn tell(&mut self, message: &FromLead, started: Option<Instant>) {
        let sent = tokio::time::timeout(WORD, self.agent.sender.send(message)).await;
        match sent.unwrap_or(Err(ChannelError::Late)) {
            // One that went away has mostly said why, which its ear hears.
            Ok(()) | Err(ChannelError::Lost(_)) => {}
            Err(error) => {
                self.is_lost(&error.to_string(), started);
            }
        }
    }

    /// Nothing more is to be expected of it; one that has told everything is no loss. Gives what is
    /// to be said of it.
    fn is_lost(&mut self, why: &str, started: Option<Instant>) -> Option<String> {
        if !self.is_under_way() {
            return None;
        }
        let why = started.map(|started| started.elapsed().as_secs_f64()).map_or_else(
            || why.to_owned(),
            |seconds| format!("lost {seconds:.0} s into the measured part: {why}"),
        );
        self.state = State::Lost(why.clone());
        Some(format!("agent {}: {why}", self.agent.name))
    }
}

impl Crew {
    pub(super) fn new(agents: Vec<Agent>, heard: mpsc::Receiver<Said>) -> Self {
        let member = |agent| Member { agent, state: State::Coming, told: Told::default() };
        let members = agents.into_iter().map(member).collect();
        Self { members, heard, started: None, stopping: false, step: "" }
    }

    /// Gives each agent its part of the work, to begin at this moment.
    pub(super) async fn share_out(&mut self, work: &Work, begin: Instant) {
        let of = self.members.len();
        for (index, member) in self.members.iter_mut().enumerate() {
            let work = Box::new(Work { share: Share { index, of }, ..work.clone() });
            let at_us = member.agent.theirs(begin);
            member.tell(&FromLead::Work { work, at_us }, None).await;
        }
    }

    async fn tell_all(&mut self, message: impl Fn(&Agent) -> FromLead) {
        for member in self.members.iter_mut().filter(|member| member.is_under_way()) {
            let message = message(&member.agent);
            member.tell(&message, self.started).await;
        }
    }

    /// Lets the measured part begin at this moment, everywhere.
    pub(super) async fn start(&mut self, moment: Instant) {
        self.started = Some(moment);
        self.tell_all(|agent| FromLead::Start { at_us: agent.theirs(moment) }).await;
    }

    /// Waits until everybody of every agent is in.
    pub(super) async fn until_ready(
        &mut self,
        stop: &watch::Receiver<bool>,
        progress: &Progress,
    ) -> Result<(), CannotLead> {
        let ready = |crew: &Self| crew.members.iter().all(|at| matches!(at.state, State::Ready));
        self.until(ready, None, stop, progress).await;
        for Member { agent, state, .. } in self.members.iter().filter(|_| !self.stopping) {
            if let State::Lost(why) = state {
                return Err(CannotLead::Work(agent.name.clone(), why.clone()));
            }
        }
        if self.stopping || !ready(self) {
            return Err(CannotLead::Stopped);
        }
        Ok(())
    }

    /// Waits until nothing more is to be expected of anybody, or until `latest`.
    pub(super) async fn until_done(
        &mut self,
        latest: Instant,
        stop: &watch::Receiver<bool>,
        progress: &Progress,
    ) {
        let over = |crew: &Self| !crew.members.iter().any(Member::is_under_way);
        self.until(over, Some(latest), stop, progress).await;
        for member in &mut self.members {
            member.is_lost("it did not finish in time", self.started);
        }
    }

    async fn until(
        &mut self,
        done: impl Fn(&Self) -> bool,
        latest: Option<Instant>,
        stop: &watch::Receiver<bool>,
        progress: &Progress,
    ) {
        let (mut stop, mut beat) = (stop.clone(), tokio::time::interval(BEAT));
        let latest = latest.unwrap_or_else(|| Instant::now() + Duration::from_secs(86_400));
        while !done(self) {
            // Before everybody is in, one that is lost ends it for all.
            let is_lost = |at: &Member| matches!(at.state, State::Lost(_));
            if self.started.is_none() && self.members.iter().any(is_lost) {
                return;
            }
            tokio::select! {
                biased;
                () = async { drop(stop.wait_for(|stop| *stop).await) }, if !self.stopping => {
                    self.stopping = true;
                    progress.note("stopping all agents");
                    self.tell_all(|_| FromLead::Stop).await;
                }
                () = tokio::time::sleep_until(latest) => return,
                said = self.heard.recv() => match said {
                    Some((index, said)) => self.take(index, said, progress),
                    None => return,
                },
                _ = beat.tick() => self.tell_all(|_| FromLead::Ping).await,
            }
        }
    }

    fn take(&mut self, index: usize, said: Result<FromAgent, ChannelError>, progress: &Progress) {
        let Some(member) = self.members.get_mut(index) else { return };
        let why = match said {
            Ok(FromAgent::Pong { .. } | FromAgent::Accepted) => return,
            Ok(FromAgent::At(told)) => {
                member.told = told;
                return self.show(progress);
            }
            Ok(FromAgent::Ready) => return member.reaches(State::Ready),
            Ok(FromAgent::Done(outcome)) => return member.reaches(State::Done(outcome)),
            Ok(FromAgent::Failed(why)) => why,
            Err(error) => error.to_string(),
        };
        if let Some(said) = member.is_lost(&why, self.started) {
            progress.note(&said);
        }
    }

    /// Shows the step that the slowest are in, added up.
    fn show(&mut self, progress: &Progress) {
        let told = |step: &'static str| {
            self.members.iter().map(|member| &member.told).filter(move |told| told.step == step)
        };
        let mut steps = ["join", "load", "play", "check"].into_iter();
        let Some(step) = steps.find(|step| told(step).next().is_some()) else { return };
        let (done, total) = match step {
            // Time passes for all at once; people and views add up.
            "load" | "play" => (
                told(step).map(|told| told.done).min().unwrap_or_default(),
                told(step).map(|told| told.total).max().unwrap_or_default(),
            ),
            _ => (told(step).map(|told| told.done).sum(), told(step).map(|told| told.total).sum()),
        };
        if self.step != step {
            self.step = step;
            progress.begin(step, total);
        }
        progress.at(done, "");
    }

    /// What all of them measured, and whose part is missing.
    pub(super) fn outcome(self, whole: &Work) -> Result<Outcome, CannotLead> {
        let mut merged: Option<Outcome> = None;
        let mut missing = Vec::new();
        for Member { agent, state, .. } in self.members {
            match state {
                State::Done(outcome) => match &mut merged {
                    Some(merged) => merged.merge(*outcome),
                    None => merged = Some(*outcome),
                },
                State::Lost(why) => missing.push(format!("agent {} was {why}", agent.name)),
                State::Coming | State::Ready => {}
            }
        }
        let mut merged = merged.ok_or_else(|| CannotLead::Nobody(missing.join("; ")))?;
        merged.partial |= !missing.is_empty();
        if missing.is_empty() {
            // As it was asked for, and not the sum of what was rounded.
            merged.asked.rate = whole.scenario.rate.unwrap_or_default();
        }
        merged.missing = missing;
        Ok(merged)
    }
}
