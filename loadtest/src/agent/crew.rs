//! The agents of a lead, and how far each of them is.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::channel::ChannelError;
use super::lead::{Agent, CannotLead, Said};
use super::message::{FromAgent, FromLead, Work};
use crate::measure::outcome::Outcome;
use crate::progress::{Progress, Told};

/// How often agents hear that the lead is still there.
const BEAT: Duration = Duration::from_secs(2);
/// How long a word to an agent may take.
const WORD: Duration = Duration::from_secs(5);

/// All agents of a run.
pub(super) struct Crew {
    agents: Vec<Agent>,
    each: Vec<State>,
    told: Vec<Told>,
    heard: mpsc::Receiver<Said>,
    /// The lead's time 0.
    epoch: Instant,
    /// When the measured part began.
    started: Option<Instant>,
    stopping: bool,
    step: &'static str,
}

/// How far an agent is.
enum State {
    Coming,
    Ready,
    Done(Box<Outcome>),
    /// Why nothing is to be expected of it any more.
    Lost(String),
}

impl Crew {
    pub(super) fn new(agents: Vec<Agent>, heard: mpsc::Receiver<Said>, epoch: Instant) -> Self {
        let each = agents.iter().map(|_| State::Coming).collect();
        let told = agents.iter().map(|_| Told::default()).collect();
        Self { agents, each, told, heard, epoch, started: None, stopping: false, step: "" }
    }

    pub(super) fn len(&self) -> usize {
        self.agents.len()
    }

    /// A moment, in an agent's own time, in µs.
    pub(super) fn theirs(&self, index: usize, moment: Instant) -> u64 {
        let own = moment.saturating_duration_since(self.epoch).as_micros();
        let own = u64::try_from(own).unwrap_or(u64::MAX);
        self.agents.get(index).map_or(own, |agent| agent.offset.theirs(own))
    }

    /// Tells an agent something; one that cannot be told is lost.
    pub(super) async fn tell(&mut self, index: usize, message: &FromLead) {
        let Some(agent) = self.agents.get_mut(index) else { return };
        let sent = tokio::time::timeout(WORD, agent.sender.send(message)).await;
        if let Err(error) = sent.unwrap_or(Err(ChannelError::Late)) {
            self.lost(index, &error.to_string());
        }
    }

    async fn tell_all(&mut self, message: impl Fn(&Self, usize) -> FromLead) {
        for index in 0..self.len() {
            if matches!(self.each.get(index), Some(State::Coming | State::Ready)) {
                let message = message(self, index);
                self.tell(index, &message).await;
            }
        }
    }

    /// Lets the measured part begin at this moment, everywhere.
    pub(super) async fn start(&mut self, moment: Instant) {
        self.started = Some(moment);
        self.tell_all(|crew, index| FromLead::Start { at_us: crew.theirs(index, moment) }).await;
    }

    /// Waits until everybody of every agent is in.
    pub(super) async fn until_ready(
        &mut self,
        stop: &watch::Receiver<bool>,
        progress: &Progress,
    ) -> Result<(), CannotLead> {
        let ready = |crew: &Self| crew.each.iter().all(|state| matches!(state, State::Ready));
        self.until(ready, None, stop, progress).await;
        for (agent, state) in self.agents.iter().zip(&self.each) {
            if let State::Lost(why) = state
                && !self.stopping
            {
                return Err(CannotLead::Work { agent: agent.name.clone(), why: why.clone() });
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
        let over = |crew: &Self| {
            crew.each.iter().all(|state| matches!(state, State::Done(_) | State::Lost(_)))
        };
        self.until(over, Some(latest), stop, progress).await;
        for index in 0..self.len() {
            if matches!(self.each.get(index), Some(State::Coming | State::Ready)) {
                self.lost(index, "it did not finish in time");
            }
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
            if self.started.is_none() && self.each.iter().any(|at| matches!(at, State::Lost(_))) {
                return;
            }
            tokio::select! {
                biased;
                () = async { drop(stop.wait_for(|stop| *stop).await) }, if !self.stopping => {
                    self.stopping = true;
                    progress.note("stopping all agents");
                    self.tell_all(|_, _| FromLead::Stop).await;
                }
                () = tokio::time::sleep_until(latest) => return,
                said = self.heard.recv() => match said {
                    Some((index, said)) => self.take(index, said, progress),
                    None => return,
                },
                _ = beat.tick() => self.tell_all(|_, _| FromLead::Ping).await,
            }
        }
    }

    fn take(&mut self, index: usize, said: Result<FromAgent, ChannelError>, progress: &Progress) {
        let state = match said {
            Ok(FromAgent::Pong { .. } | FromAgent::Accepted) => return,
            Ok(FromAgent::At(told)) => {
                if let Some(at) = self.told.get_mut(index) {
                    *at = told;
                }
                self.show(progress);
                return;
            }
            Ok(FromAgent::Ready) => State::Ready,
            Ok(FromAgent::Done(outcome)) => State::Done(outcome),
            Ok(FromAgent::Failed(why)) => return self.note_lost(index, &why, progress),
            Err(error) => return self.note_lost(index, &error.to_string(), progress),
        };
        match self.each.get_mut(index) {
            Some(State::Lost(_)) | None => {}
            Some(at) => *at = state,
        }
    }

    fn note_lost(&mut self, index: usize, why: &str, progress: &Progress) {
        // The end of a connection that has told everything is no loss.
        if matches!(self.each.get(index), Some(State::Coming | State::Ready)) {
            self.lost(index, why);
            if let Some((agent, State::Lost(why))) =
                self.agents.get(index).zip(self.each.get(index))
            {
                progress.note(&format!("agent {}: {why}", agent.name));
            }
        }
    }

    fn lost(&mut self, index: usize, why: &str) {
        let when = self.started.map(|started| started.elapsed().as_secs_f64());
        let why = when.map_or_else(
            || why.to_owned(),
            |seconds| format!("lost {seconds:.0} s into the measured part: {why}"),
        );
        if let Some(state) = self.each.get_mut(index)
            && !matches!(state, State::Done(_) | State::Lost(_))
        {
            *state = State::Lost(why);
        }
    }

    /// Shows the step that the slowest are in, added up.
    fn show(&mut self, progress: &Progress) {
        let steps = ["join", "load", "play", "check"];
        let place = |told: &Told| steps.iter().position(|step| *step == told.step);
        let Some(slowest) = self.told.iter().filter_map(place).min() else { return };
        let Some(step) = steps.get(slowest).copied() else { return };
        let of_step: Vec<_> = self.told.iter().filter(|told| told.step == step).collect();
        let (done, total) = match step {
            // Time passes for all at once; people and views add up.
            "load" | "play" => (
                of_step.iter().map(|told| told.done).min().unwrap_or_default(),
                of_step.iter().map(|told| told.total).max().unwrap_or_default(),
            ),
            _ => (
                of_step.iter().map(|told| told.done).sum(),
                of_step.iter().map(|told| told.total).sum(),
            ),
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
        for (agent, state) in self.agents.iter().zip(self.each) {
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
