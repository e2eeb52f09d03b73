//! The largest load that a server carries while it still keeps what it promised, found by itself,
//! and which limit gave first.
//!
//! `search` says what to try and knows nothing of servers; `population` holds the people, who stay
//! in from step to step; `step` judges one load; `limit` names what was full at the load that
//! broke; `answer` is what comes out.

mod answer;
mod limit;
mod population;
mod search;
mod step;
mod watch;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::watch as channel;
use tokio::time::Instant;

pub use self::answer::{By, Capacity, SearchAsked};
pub use self::limit::{Limit, Seen, ServerSeen, Thread};
use self::population::Population;
pub use self::search::{Next, Search};
pub use self::step::{LoadStep, Slo};
use crate::course::{context, is_gone};
use crate::files;
use crate::play::Opened;
use crate::progress::Progress;
use crate::run::{CannotRun, Run};
use crate::schedule::{Load, mixed};

/// Files that are open besides connections.
const OTHER_FILES: u64 = 64;
/// What a step costs besides its own time: stragglers, and rooms that come in.
const AROUND: Duration = Duration::from_secs(6);

/// How often in a row a load that broke is not counted because other programs used the machine.
const SPARED: u32 = 2;

/// What to look for.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How the server is reached, and how people come in. Its scenario is a steady mix, which says
    /// how many people a room has.
    pub run: Run,
    /// What is looked for, as the answer will say it.
    pub asked: SearchAsked,
    /// All of it takes no longer than this.
    pub within: Duration,
    /// How far apart the largest load that is kept and the smallest that breaks may be in the end.
    pub precision: f64,
}

impl Plan {
    fn rooms(&self, load: u64) -> usize {
        usize::try_from(self.asked.rooms.unwrap_or(load)).unwrap_or(usize::MAX)
    }

    fn rate(&self, load: u64) -> f64 {
        load as f64 * self.asked.rate_per_room.unwrap_or(1.0)
    }

    /// The most rooms that this process has open files for.
    fn most_rooms(&self) -> Option<u64> {
        let members = self.run.scenario.seats_each() as u64;
        let wanted = self.rooms(self.asked.most) as u64 * members + OTHER_FILES;
        let got = files::raise(wanted).filter(|got| *got < wanted)?;
        Some(got.saturating_sub(OTHER_FILES) / members.max(1))
    }
}

/// Where the search stands.
struct Finding<'a> {
    plan: &'a Plan,
    search: Search,
    population: Population,
    steps: Vec<LoadStep>,
    /// Why no more than the ceiling can be offered, when something else than the plan says so.
    ceiling: Option<(Limit, Seen)>,
    /// Whether too few came in to try anything.
    nobody: bool,
    /// Steps in a row that were not counted.
    spared: u32,
    began: Instant,
}

/// Looks for the largest load that is kept. When `stop` becomes true it tells what is known.
///
/// # Errors
/// [`CannotRun`] when not even one load could be tried.
pub async fn find(
    plan: &Plan,
    stop: channel::Receiver<bool>,
    progress: &Progress,
) -> Result<Capacity, CannotRun> {
    let began = Instant::now();
    if let Some(pid) = plan.run.server_pid {
        crate::measure::process::read(pid)?;
    }
    let search = Search::new(plan.asked.from, plan.asked.most, plan.precision);
    let context = context(&plan.run, vec![plan.run.dial.clone()]).await?;
    let population = Population::new(context, plan.run.server_pid);
    let mut finding = Finding {
        plan,
        search,
        population,
        steps: Vec::new(),
        ceiling: None,
        nobody: false,
        spared: 0,
        began,
    };
    if let Some(rooms) = plan.most_rooms() {
        let why = format!("it may have files open for {rooms} rooms (ulimit -n)");
        if plan.asked.by == By::Rate || rooms == 0 {
            let seats = plan.rooms(plan.asked.from) * plan.run.scenario.seats_each();
            let (needed, got) =
                (seats as u64 + OTHER_FILES, rooms * plan.run.scenario.seats_each() as u64);
            return Err(CannotRun::Files { needed, got: got + OTHER_FILES });
        }
        finding.search.at_most(rooms);
        finding.ceiling = Some((Limit::Tester(why), Seen::default()));
    }
    progress.note(LoadStep::HEADING);
    while let Some(next) = finding.search.next() {
        if *stop.borrow() || finding.nobody || !finding.has_time_for(next) {
            break;
        }
        finding.step(next, &stop, progress).await?;
    }
    progress.end();
    let stopped = *stop.borrow();
    if finding.steps.is_empty() && stopped {
        return Err(CannotRun::Stopped);
    }
    Ok(finding.answer(stopped))
}

impl Finding<'_> {
    fn until(&self) -> Instant {
        self.began + self.plan.within
    }

    fn warm_up(&self) -> Duration {
        Duration::from_secs_f64(self.plan.asked.warm_up_seconds)
    }

    fn window(&self, next: Next) -> Duration {
        let times = if next.confirming { 2.0 } else { 1.0 };
        Duration::from_secs_f64(self.plan.asked.window_seconds * times)
    }

    fn has_time_for(&self, next: Next) -> bool {
        Instant::now() + self.warm_up() + self.window(next) + AROUND <= self.until()
    }

    async fn step(
        &mut self,
        next: Next,
        stop: &channel::Receiver<bool>,
        progress: &Progress,
    ) -> Result<(), CannotRun> {
        let (plan, rooms) = (self.plan, self.plan.rooms(next.load));
        // What is left of the time must hold the load itself.
        let (warm_up, window) = (self.warm_up(), self.window(next));
        let until = self.until() - (warm_up + window + AROUND).min(plan.within);
        match self.population.grow(rooms, until, stop, progress).await {
            Opened::Enough => {}
            Opened::Stopped | Opened::Late => return self.cut_short(progress),
            Opened::Refused(refused) => {
                self.refused(refused, progress).await;
                return Ok(());
            }
        }
        let load = Load {
            rooms,
            members: plan.run.scenario.seats_each(),
            rate: plan.rate(next.load),
            duration: warm_up + window,
            seed: mixed(plan.run.seed, self.steps.len() as u64),
        };
        let at = self.began.elapsed().as_secs_f64();
        let played = self.population.play(load, warm_up, stop, progress).await;
        let Some(played) = played else { return Ok(()) };
        let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
        let step = LoadStep::of(&played, rooms as u64, load.rate, &plan.asked.slo, cores);
        let mut step = LoadStep { at, confirming: next.confirming, ..step };
        if step.ended > 0 {
            step.seen.unreachable = is_gone(&plan.run.dial).await;
        }
        progress.note(&step.to_string());
        // What breaks while other programs use the machine is played again, as long as they are
        // not always there.
        let spared = !step.kept() && step.seen.is_disturbed() && self.spared < SPARED;
        if spared {
            self.spared += 1;
        } else {
            self.spared = 0;
            self.search.tried(next, step.kept());
        }
        self.steps.push(LoadStep { spared, ..step });
        Ok(())
    }

    /// No more rooms than are there can be had: that is the ceiling, and what refused is why.
    async fn refused(&mut self, refused: BTreeMap<String, u64>, progress: &Progress) {
        let names: Vec<_> = refused.iter().map(|(name, count)| format!("{name} {count}")).collect();
        let there = self.population.len() as u64;
        progress.note(&format!("no more than {there} rooms came in: {}", names.join(", ")));
        let unreachable = is_gone(&self.plan.run.dial).await;
        let seen = Seen { refused, unreachable, ..self.seen_by_now() };
        self.ceiling = Some((seen.limit(), seen));
        if there == 0 || self.plan.asked.by == By::Rate {
            self.nobody = true;
        } else {
            self.search.at_most(there);
        }
    }

    /// There was no time for more rooms.
    fn cut_short(&mut self, progress: &Progress) -> Result<(), CannotRun> {
        let there = self.population.len() as u64;
        progress.note(&format!("there was time for {there} rooms to come in"));
        if there == 0 {
            return Err(CannotRun::Stopped);
        }
        let why = "there was no time left to let more rooms in (--within)".to_owned();
        self.ceiling = Some((Limit::Tester(why), Seen::default()));
        self.search.at_most(there);
        Ok(())
    }

    /// What the machine looks like without a load, for a refusal at the door.
    fn seen_by_now(&self) -> Seen {
        let used = watch::at_this_moment(self.plan.run.server_pid);
        Seen { cores: f64::from(u16::MAX), server: used, ..Seen::default() }
    }
}
