//! Plays a scenario: every room a task of its own, people who follow the plan, and figures that
//! add up at the end.

mod act;
mod back;
mod books;
mod closing;
mod door;
mod ground;
mod line;
mod means;
mod part;
mod receive;
mod room;
mod scene;
mod seat;
mod wish;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::ground::Ground;
use self::means::{CHECKS_AT_ONCE, Counts, Means};
use self::room::{Order, Room};
use crate::fault::{Log, Reach, direct};
use crate::files;
use crate::measure::machine::Machine;
use crate::measure::outcome::{Limits, Outcome, Watched};
use crate::measure::recorder::Recorder;
use crate::measure::sampler::Sampler;
use crate::measure::strain::Watch;
use crate::progress::{Progress, Pulse};
use crate::run::source::Sources;
use crate::run::{CannotRun, Run, is_gone};
use crate::scenario::Scenario;
use setroom_client::{Dial, DialError, Logs, Sealing};

/// Files that are open besides connections.
const OTHER_FILES: u64 = 128;
/// Orders that may wait for a room. A room takes them whenever it wakes.
const ORDERS: usize = 8;
/// How long after everybody was to have come a run begins without the rest: longer than a meeting
/// waits for its own people.
const LATEST: Duration = Duration::from_secs(90);
/// How often it is looked at how far the run is.
const SHOW: Duration = Duration::from_millis(250);

/// Plays `scenario` as `run` says where and how.
///
/// # Errors
/// [`CannotRun`], when there is nothing to report.
pub(crate) async fn play(
    run: &Run,
    scenario: &Scenario,
    stop: watch::Receiver<bool>,
    progress: &Progress,
) -> Result<Outcome, CannotRun> {
    let between = scenario.faults.iter().any(|fault| fault.what.needs_proxy());
    // A proxy in this process holds two ends of each connection more.
    let ends = if between { 3 } else { 1 };
    let connections = connections(run, scenario, 1) + CHECKS_AT_ONCE;
    let needed = (connections * ends) as u64 + OTHER_FILES;
    let got = files::raise(needed);
    if let Some(got) = got {
        progress.note(&format!("{got} open files allowed, {needed} needed"));
        if got < needed {
            return Err(CannotRun::Files { needed, got });
        }
    }
    let mut ground = Ground::prepare(run, scenario).await?;
    let targets = ground.targets.clone();
    let server = ground.processes.clone();
    let sources = look_for(run, scenario, &targets).await?;
    let addresses = u64::from(sources.count());
    if addresses > 0 {
        progress.note(&format!("connecting from {addresses} loopback addresses"));
    }
    let reading = || server.read_whole();
    let before = reading()?;
    let means = Arc::new(means(run, scenario, targets, sources));
    let sampler = Sampler::start(Arc::clone(&means.recorder), server.clone());
    let mut field = Field::open(&means);

    let mut outcome = Outcome { asked: asked(run, &means), ..Outcome::default() };
    outcome.testers.push(Machine::here());
    outcome.limits = Limits { files_needed: needed, files_allowed: got, addresses };
    let mut stop = stop;
    field.until_arrived(&means, &mut stop, progress).await;
    outcome.join_seconds = means.recorder.second(Instant::now());
    let began = run.begin(&stop).await?;
    outcome.load_began = means.recorder.second(began);
    let (start, _) = server.read_or_last();
    let watch = Watch::begin();
    let rooms = field.orders.clone();
    let tell = |own| tell(&rooms, Order::Break(own));
    let reach = Reach {
        log: &means.faults,
        proxies: &ground.proxies,
        servers: &mut ground.servers,
        processes: &ground.processes,
    };
    let faults = direct(reach, &scenario.faults, began, tell);
    let over = field.until_over(&means, began, &mut stop, faults, progress).await;
    over.map_err(CannotRun::Fault)?;
    outcome.load_seconds = means.recorder.second(Instant::now()) - outcome.load_began;
    outcome.partial = *stop.borrow();
    if let Some(machine) = outcome.testers.first_mut() {
        machine.strain = watch.end(machine.cores);
    }
    let (end, ended) = server.read_or_last();
    outcome.process_ended = ended;
    for dial in &means.targets {
        outcome.unreachable |= is_gone(dial).await;
    }
    field.until_done(&means, progress).await;
    if let Some(logs) = &run.logs {
        let unwritten = |e| CannotRun::Fault(format!("the clients' logs are not whole: {e}"));
        logs.flush().map_err(unwritten)?;
    }
    for server in ground.servers.drain(..) {
        server.end().await;
    }
    drop(sampler);
    progress.end();

    outcome.unfinished = field.stuck as u64;
    means.recorder.add_to(&mut outcome);
    field.counts.into_iter().for_each(|counts| counts.add_to(&mut outcome));
    outcome.faults = means.faults.told(means.start);
    outcome.server = Watched::of(&server, [before, start, end]);
    Ok(outcome)
}

/// Connections of this tester's share of the rooms, when each person makes so many.
fn connections(run: &Run, scenario: &Scenario, each: usize) -> usize {
    run.share.rooms(scenario.rooms()).len() * (scenario.seats_each() * each + 1)
}

/// Sees that somebody is there before thousands are sent.
async fn look_for(run: &Run, scenario: &Scenario, targets: &[Dial]) -> Result<Sources, CannotRun> {
    let unreachable = |error| CannotRun::Unreachable { url: run.url.clone(), error };
    let mut first = None;
    for dial in targets {
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
    Ok(Sources::for_target(first, connections(run, scenario, 3)).of_tester(run.share.index))
}

fn means(run: &Run, scenario: &Scenario, targets: Vec<Dial>, sources: Sources) -> Means {
    Means {
        scenario: scenario.clone(),
        share: run.share,
        agenda: scenario.agenda(),
        meeting: scenario.meeting(),
        targets: logged(targets, run.logs.as_ref()),
        sources,
        logs: run.logs.clone(),
        leave_open: run.leave_open,
        sealing: if scenario.opaque { Sealing::Opaque } else { run.sealing },
        salt: run.salt,
        seed: run.load.seed,
        start: Instant::now(),
        arrived: watch::Sender::new(0),
        joined: watch::Sender::new(0),
        checks: Arc::new(Semaphore::new(CHECKS_AT_ONCE)),
        faults: Log::default(),
        recorder: Arc::new(Recorder::new()),
    }
}

/// Also the connections by which views are compared at the end are written down.
fn logged(targets: Vec<Dial>, logs: Option<&Logs>) -> Vec<Dial> {
    let one = |dial: Dial| if let Some(logs) = logs { dial.logs(logs) } else { dial };
    targets.into_iter().map(one).collect()
}

fn asked(run: &Run, means: &Means) -> crate::measure::outcome::Asked {
    let scenario = &means.scenario;
    crate::measure::outcome::Asked {
        scenario: Some(scenario.name.clone()),
        about: Some(scenario.about.clone()),
        compressed: Some(scenario.compress),
        rooms: means.rooms().len() as u64,
        members: scenario.seats_each() as u64,
        rate: 0.0,
        duration_seconds: scenario.length().as_secs_f64(),
        opaque: scenario.opaque || run.sealing == Sealing::Opaque,
        ..run.asked()
    }
}

fn tell(rooms: &[mpsc::Sender<Order>], order: Order) {
    for room in rooms {
        // A room that does not take orders any more has ended.
        let _ = room.try_send(order);
    }
}

/// The rooms, and the way to tell them something.
struct Field {
    rooms: JoinSet<Counts>,
    orders: Vec<mpsc::Sender<Order>>,
    counts: Vec<Counts>,
    /// Meetings that had to be ended since they did not come to their end.
    stuck: usize,
}

impl Field {
    fn open(means: &Arc<Means>) -> Self {
        let mut field =
            Self { rooms: JoinSet::new(), orders: Vec::new(), counts: Vec::new(), stuck: 0 };
        for index in means.rooms() {
            let (orders, taken) = mpsc::channel(ORDERS);
            field.orders.push(orders);
            field.rooms.spawn(Room::new(index, Arc::clone(means), taken).play());
        }
        field
    }

    /// Waits until everybody who is to be there from the start is in.
    async fn until_arrived(
        &mut self,
        means: &Means,
        stop: &mut watch::Receiver<bool>,
        progress: &Progress,
    ) {
        let rooms = means.rooms().len();
        progress.begin("join", (rooms * means.scenario.seats_each()) as u64);
        let mut arrived = means.arrived.subscribe();
        // Whoever is not in by then is missed; the others do not wait for ever.
        let arrival = means.scenario.arrival;
        let latest = means.start + arrival.open + arrival.within + LATEST;
        let mut show = tokio::time::interval(SHOW);
        loop {
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return,
                _ = arrived.wait_for(|arrived| *arrived >= rooms) => return,
                () = tokio::time::sleep_until(latest) => return,
                room = self.rooms.join_next() => match room {
                    Some(counts) => self.counts.extend(counts),
                    None => return,
                },
                _ = show.tick() => progress.at(*means.joined.borrow() as u64, ""),
            }
        }
    }

    /// Waits until the time is over, or every room has played to its end.
    async fn until_over(
        &mut self,
        means: &Means,
        began: Instant,
        stop: &mut watch::Receiver<bool>,
        faults: impl Future<Output = Result<(), String>>,
        progress: &Progress,
    ) -> Result<(), String> {
        let mut faults = std::pin::pin!(faults);
        let mut breaking = true;
        let whole = means.scenario.length();
        progress.begin("play", u64::try_from(whole.as_millis()).unwrap_or(u64::MAX));
        let over = began + means.scenario.longest();
        let mut show = tokio::time::interval(SHOW);
        let mut pulse = Pulse::new();
        loop {
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => {
                    tell(&self.orders, Order::Stop);
                    return Ok(());
                }
                () = tokio::time::sleep_until(over) => {
                    tell(&self.orders, Order::Over);
                    if means.scenario.duration.is_none() {
                        self.stuck = self.rooms.len();
                    }
                    return Ok(());
                }
                broken = &mut faults, if breaking => {
                    broken?;
                    breaking = false;
                }
                room = self.rooms.join_next() => match room {
                    Some(counts) => self.counts.extend(counts),
                    None => return Ok(()),
                },
                _ = show.tick() => {
                    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                    progress.at(ms, pulse.line(&means.recorder));
                }
            }
        }
    }

    /// Waits for every room's end: the last views are compared.
    async fn until_done(&mut self, means: &Means, progress: &Progress) {
        progress.begin("check", means.rooms().len() as u64);
        while let Some(room) = self.rooms.join_next().await {
            // A room that panicked is missed by its people.
            self.counts.extend(room);
            progress.at(self.counts.len() as u64, "");
        }
    }
}
