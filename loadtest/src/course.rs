//! The course of a run: people come in, play their scenario, what is on its way comes, and views are
//! compared.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::StreamExt as _;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use crate::fault::{Log, Reach, direct};
use crate::files;
use crate::measure::machine::Machine;
use crate::measure::outcome::{Asked, Limits, Outcome, Watched};
use crate::measure::recorder::Recorder;
use crate::measure::sampler::Sampler;
use crate::measure::strain::Watch;
use crate::play::{CHECKS_AT_ONCE, Context, Environment, Opened, Pace, Rooms};
use crate::progress::Progress;
use crate::run::source::Sources;
use crate::run::{CannotRun, Run};
use setroom_client::{Dial, DialError, Sealing};

/// Files that are open besides connections.
const OTHER_FILES: u64 = 128;
/// How long after everybody was to have come a run begins without the rest: longer than a meeting
/// waits for its own people.
const LATEST: Duration = Duration::from_secs(90);
/// Rooms of a steady mix that are set up at the same time: a storm, and yet each finds the server
/// answering.
pub(crate) const AT_ONCE: usize = 16;

/// Runs a load test. It ends early when `stop` becomes true, and then tells what there is.
///
/// # Errors
/// [`CannotRun`], when there is nothing to report.
pub async fn run(
    run: &Run,
    stop: watch::Receiver<bool>,
    progress: &Progress,
) -> Result<Outcome, CannotRun> {
    let scenario = &run.scenario;
    let limits = run.raise_files(progress)?;
    let mut environment = Environment::prepare(run).await?;
    let context = Arc::new(context(run, environment.targets.clone()).await?);
    let server = environment.processes.clone();
    let addresses = u64::from(context.sources.count);
    if addresses > 0 {
        progress.note(&format!("connecting from {addresses} loopback addresses"));
    }
    let before = server.read_whole()?;
    let sampler = Sampler::start(Arc::clone(&context.recorder), server.clone());
    let mut outcome = Outcome { asked: run.asked(), ..Outcome::default() };
    outcome.testers.push(Machine::here());
    outcome.limits = Limits { addresses, ..limits };

    let mut rooms = Rooms::new(Arc::clone(&context));
    let mixed = scenario.load(run.seed);
    run.let_in(&mut rooms, &stop, progress).await?;
    outcome.join_seconds = context.recorder.second(Instant::now());
    let began = run.begin(&stop).await?;
    outcome.load_began = context.recorder.second(began);
    let (start, _) = server.read_or_last();
    let watch = Watch::begin();
    let told = mixed.map(|load| rooms.load(load, began, run.drain, |_, index| index));
    let Environment { proxies, servers, processes, .. } = &mut environment;
    let reach = Reach { log: &context.faults, proxies, servers, processes };
    let faults = direct(reach, &scenario.faults, began, rooms.breaker());
    let over = rooms.until_over(began, &stop, faults, progress).await.map_err(CannotRun::Fault)?;
    outcome.load_seconds = context.recorder.second(Instant::now()) - outcome.load_began;
    outcome.partial = *stop.borrow();
    if let Some(machine) = outcome.testers.first_mut() {
        machine.strain = watch.end(machine.cores);
    }
    let mut counted = Vec::new();
    if let Some(mut told) = told {
        if !over {
            rooms.end(true);
        }
        while let Some((_, counts)) = told.next().await {
            counted.extend(counts);
        }
    } else if over && scenario.duration.is_none() {
        outcome.unfinished = rooms.left() as u64;
    }
    let (end, ended) = server.read_or_last();
    outcome.process_ended = ended;
    for dial in &context.targets {
        outcome.unreachable |= is_gone(dial).await;
    }
    // What the comparison of views sends and receives is no part of a steady load.
    let mut sampler = Some(sampler);
    if mixed.is_some() {
        sampler = None;
        context.recorder.add_to(&mut outcome);
    }
    rooms.end(!over);
    counted.extend(rooms.until_done(progress).await);
    if let Some(logs) = &run.logs {
        let unwritten = |e| CannotRun::Fault(format!("the clients' logs are not whole: {e}"));
        logs.flush().map_err(unwritten)?;
    }
    for server in environment.servers.drain(..) {
        server.end().await;
    }
    progress.end();
    if sampler.take().is_some() {
        context.recorder.add_to(&mut outcome);
    }
    counted.into_iter().for_each(|counts| counts.add_to(&mut outcome));
    // Rooms that were not even tried, since those before them were refused.
    let all = (run.rooms() * scenario.seats_each()) as u64;
    if mixed.is_some() {
        outcome.not_in += all.saturating_sub(outcome.seats);
        outcome.seats = all;
    }
    outcome.faults = context.faults.told(context.start);
    outcome.server = Watched::of(&server, [before, start, end]);
    Ok(outcome)
}

impl Run {
    fn raise_files(&self, progress: &Progress) -> Result<Limits, CannotRun> {
        let between = self.scenario.faults.iter().any(|fault| fault.what.needs_proxy());
        // A proxy in this process holds two ends of each connection more.
        let ends = if between { 3 } else { 1 };
        let needed = ((self.connections(1) + CHECKS_AT_ONCE) * ends) as u64 + OTHER_FILES;
        let got = files::raise(needed);
        if let Some(got) = got {
            progress.note(&format!("{got} open files allowed, {needed} needed"));
            if got < needed {
                return Err(CannotRun::Files { needed, got });
            }
        }
        Ok(Limits { files_needed: needed, files_allowed: got, addresses: 0 })
    }

    /// Waits until everybody is in who is to be there from the start. Who is not in by then is
    /// missed; the others do not wait for ever.
    async fn let_in(
        &self,
        rooms: &mut Rooms,
        stop: &watch::Receiver<bool>,
        progress: &Progress,
    ) -> Result<(), CannotRun> {
        let indices = self.share.rooms(self.scenario.rooms());
        progress.begin("join", (indices.len() * self.scenario.seats_each()) as u64);
        let (arrival, start) = (self.scenario.arrival, rooms.context.start);
        let pace = if self.scenario.rate.is_some() {
            // Where so many did not get in, the rest would only wait as long.
            let refusals = [AT_ONCE, usize::MAX];
            // Each room waits for its people as long as it may, and tells.
            let until = start + Duration::from_secs(86_400);
            Pace { at_once: AT_ONCE, refusals, until }
        } else {
            let until = start + arrival.open + arrival.within + LATEST;
            Pace { at_once: usize::MAX, refusals: [usize::MAX; 2], until }
        };
        match rooms.open(indices, pace, stop, progress).await {
            // Before that nothing is measured of a steady mix.
            Opened::Stopped if self.scenario.rate.is_some() => Err(CannotRun::Stopped),
            Opened::Stopped | Opened::Enough | Opened::Refused(_) | Opened::Late => Ok(()),
        }
    }

    /// When the measured part begins, now that everybody is in: with the other testers, or at once.
    async fn begin(&self, stop: &watch::Receiver<bool>) -> Result<Instant, CannotRun> {
        match &self.gate {
            Some(gate) => gate.pass(stop).await.ok_or(CannotRun::Stopped),
            None => Ok(Instant::now()),
        }
    }

    fn asked(&self) -> Asked {
        #[allow(clippy::disallowed_methods, reason = "only to say when it was run")]
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        let scenario = &self.scenario;
        // A steady mix is told by its figures, unless it has a name.
        let named = !scenario.name.is_empty();
        Asked {
            url: self.url.clone(),
            scenario: named.then(|| scenario.name.clone()),
            about: named.then(|| scenario.about.clone()),
            compressed: scenario.rate.is_none().then_some(scenario.compress),
            rooms: self.rooms() as u64,
            members: scenario.seats_each() as u64,
            // Shares add up to the whole.
            rate: scenario.rate.unwrap_or_default() * self.rooms() as f64
                / f64::from(scenario.rooms.max(1)),
            duration_seconds: scenario.length().as_secs_f64(),
            opaque: self.sealing() == Sealing::Opaque,
            server_pid: self.server_pid,
            seed: self.seed,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command_line: Vec::new(),
            started_at: since_1970.map_or(0, |since| since.as_secs()),
        }
    }
}

/// Whether nobody answers any more where somebody did; any answer will do, also a refusal.
pub(crate) async fn is_gone(dial: &Dial) -> bool {
    !matches!(dial.connect().await, Ok(_) | Err(DialError::Status { .. }))
}

/// What all rooms share, after a look at whether somebody is there before thousands are sent.
pub(crate) async fn context(run: &Run, targets: Vec<Dial>) -> Result<Context, CannotRun> {
    let unreachable = |error| CannotRun::Unreachable { url: run.url.clone(), error };
    let mut first = None;
    for dial in &targets {
        let address = dial.resolve().await.map_err(unreachable)?;
        first = first.or_else(|| address.first().copied());
        // Any answer will do, also a refusal: somebody listens.
        match dial.connect().await {
            Ok(connection) => drop(connection),
            Err(DialError::Status { .. }) => {}
            Err(error) => return Err(unreachable(error)),
        }
    }
    let first = first.ok_or(CannotRun::Stopped)?;
    let sources = Sources::for_target(first, run.connections(3)).of_tester(run.share.index);
    let scenario = &run.scenario;
    // Also the connections by which views are compared at the end are written down.
    let logged = |dial: Dial| run.logs.iter().fold(dial, |dial, logs| dial.logs(logs));
    Ok(Context {
        agenda: scenario.agenda(),
        meeting: scenario.meeting(),
        mixed_part: scenario.rate.and_then(|_| scenario.mixed_part()),
        targets: targets.into_iter().map(logged).collect(),
        sources,
        start: Instant::now(),
        joined: watch::Sender::new(0),
        checks: Arc::new(Semaphore::new(CHECKS_AT_ONCE)),
        faults: Log::default(),
        recorder: Arc::new(Recorder::default()),
        run: run.clone(),
    })
}
