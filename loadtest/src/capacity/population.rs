//! People who are in already and stay in from step to step, so that coming in is paid once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::sync::watch;
use tokio::time::Instant;

use super::limit::Seen;
use super::watch::Watch;
use crate::course::AT_ONCE;
use crate::measure::outcome::add;
use crate::measure::recorder::Recent;
use crate::play::{Context, Counts, Opened, Pace, Rooms};
use crate::progress::Progress;
use crate::schedule::Load;

/// How often progress is shown.
const SHOW: Duration = Duration::from_millis(250);
/// How many times longer than stragglers are waited for a room may take before it is given up.
const REST: u32 = 4;

/// The rooms that are there.
pub(crate) struct Population {
    rooms: Rooms,
    server: Option<u32>,
    /// How long stragglers are waited for after the last command.
    drain: Duration,
    /// The index of the next new room: none is used twice, since ids are made from it.
    next: usize,
}

/// What came of playing a load.
#[derive(Clone, Debug)]
pub(crate) struct Played {
    /// What came in the window.
    pub(crate) recent: Recent,
    /// How long that was, in seconds.
    pub(crate) seconds: f64,
    /// What rooms counted, the warm-up included. They are settled when everything had come soon after
    /// the last command.
    pub(crate) counts: Counts,
    /// Who used the processors, and what the server had.
    pub(crate) seen: Seen,
}

impl Population {
    pub(crate) fn new(context: Context, server: Option<u32>) -> Self {
        let drain = context.run.drain;
        Self { rooms: Rooms::new(Arc::new(context)), server, drain, next: 0 }
    }

    /// Rooms that are there.
    pub(crate) fn len(&self) -> usize {
        self.rooms.len()
    }

    /// Lets rooms come in until there are `wanted`, or one is refused.
    pub(crate) async fn grow(
        &mut self,
        wanted: usize,
        until: Instant,
        stop: &watch::Receiver<bool>,
        progress: &Progress,
    ) -> Opened {
        let more = wanted.saturating_sub(self.len());
        if more == 0 {
            return Opened::Enough;
        }
        progress.begin("join", (more * self.rooms.context.run.scenario.seats_each()) as u64);
        let (next, pace) = (self.next, Pace { at_once: AT_ONCE, refusals: [1, 1], until });
        let indices = (next..next + more).inspect(|index| self.next = index + 1);
        let opened = self.rooms.open(indices, pace, stop, progress).await;
        self.rooms.keep(|_| true);
        opened
    }

    /// Plays a load on the first rooms; only what comes after the warm-up is counted. None when it
    /// was stopped.
    pub(crate) async fn play(
        &mut self,
        load: Load,
        warm_up: Duration,
        stop: &watch::Receiver<bool>,
        progress: &Progress,
    ) -> Option<Played> {
        progress.begin("load", u64::try_from(load.duration.as_millis()).unwrap_or(u64::MAX));
        let recorder = Arc::clone(&self.rooms.context.recorder);
        let start = Instant::now();
        let mut told = self.rooms.load(load, start, self.drain * (1 + REST), |turn, _| turn);
        show(progress, start, start + warm_up, stop).await?;
        drop(recorder.recent());
        let watch = Watch::begin(self.server);
        show(progress, start, start + load.duration, stop).await?;
        let seen = watch.end().await;
        let mut counted = Vec::new();
        let deadline = Instant::now() + self.drain;
        while let Ok(Some(counts)) = tokio::time::timeout_at(deadline, told.next()).await {
            counted.push(counts);
        }
        let (settled, recent) = (told.is_empty(), recorder.recent());
        counted.extend(told.collect::<Vec<_>>().await);
        let seconds = load.duration.saturating_sub(warm_up).as_secs_f64().max(0.001);
        let counts = Counts { settled, ..self.weed(counted) };
        Some(Played { recent, seconds, counts, seen })
    }

    /// Adds up, and lets go of rooms that are not as they were: somebody's connection ended, or
    /// something is missing. They would only say the same again at the next step.
    fn weed(&mut self, counted: Vec<(usize, Option<Counts>)>) -> Counts {
        let (mut all, mut worn) = (Counts::default(), BTreeSet::new());
        for (index, counts) in counted {
            let counts = counts.unwrap_or_default();
            if !counts.settled || !counts.ended.is_empty() {
                worn.insert(index);
            }
            all.commands.merge(counts.commands);
            all.deliveries.merge(counts.deliveries);
            add(&mut all.ended, counts.ended);
        }
        self.rooms.keep(|index| !worn.contains(&index));
        all
    }
}

/// Shows how far it is until then; none when it was stopped.
async fn show(
    progress: &Progress,
    start: Instant,
    until: Instant,
    stop: &watch::Receiver<bool>,
) -> Option<()> {
    let (mut stop, mut show) = (stop.clone(), tokio::time::interval(SHOW));
    loop {
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return None,
            () = tokio::time::sleep_until(until) => return Some(()),
            _ = show.tick() => {
                let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
                progress.at(ms, "");
            }
        }
    }
}
