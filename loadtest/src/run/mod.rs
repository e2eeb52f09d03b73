//! A run: join, measure, drain, check.

pub(crate) mod join;
pub(crate) mod ledger;
mod mix;
pub(crate) mod player;
pub(crate) mod room;
mod share;
pub(crate) mod source;
mod verify;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::StreamExt as _;
use futures_util::stream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::join::{Joins, Ready};
use self::ledger::Ledger;
use self::player::Player;
use self::room::Room;
pub use self::share::{Gate, GateKeeper, Share};
use self::source::Sources;
use self::verify::{Compared, compare};
use crate::files;
use crate::measure::machine::Machine;
use crate::measure::outcome::{Asked, Limits, Outcome, Views, Watched, add};
use crate::measure::process::ProcessError;
use crate::measure::processes::Processes;
use crate::measure::recorder::Recorder;
use crate::measure::sampler::Sampler;
use crate::measure::strain::Watch;
use crate::play::play;
use crate::progress::{Progress, Pulse};
use crate::refusal;
use crate::scenario::Scenario;
use crate::schedule::Load;
use setroom_client::ServerProgram;
use setroom_client::{Dial, DialError, Logs, Sealing};

/// Rooms that are set up at the same time: a storm, and yet each finds the server answering.
const AT_ONCE: usize = 16;
/// Snapshots that are fetched at the same time at the end.
const CHECKS_AT_ONCE: usize = 32;
/// How long a last part of a view is waited for.
const LAST_PART: Duration = Duration::from_secs(10);
/// How often progress is shown.
const SHOW: Duration = Duration::from_millis(250);
/// Files that are open besides connections.
const OTHER_FILES: u64 = 64;

/// What to run.
#[derive(Clone, Debug)]
pub struct Run {
    /// The server as it was named.
    pub url: String,
    /// How it is reached.
    pub dial: Dial,
    /// How much.
    pub load: Load,
    /// What ids and keys are made from. It must differ from run to run: a server keeps its sets.
    pub salt: u64,
    /// Whether boxes are sealed.
    pub sealing: Sealing,
    /// The server's process, to be watched.
    pub server_pid: Option<u32>,
    /// How long stragglers are waited for at the end.
    pub drain: Duration,
    /// Which part of the load is this tester's.
    pub share: Share,
    /// Where it waits for other testers once everybody is in; none when it is alone.
    pub gate: Option<Gate>,
    /// Whole meetings instead of a mix of commands; then `load` only gives the seed.
    pub scenario: Option<Scenario>,
    /// Servers that the tester starts itself, instead of the one that is named; only for a scenario.
    pub servers: Option<ServerProgram>,
    /// Where what everybody sent and received is written down; only for a scenario.
    pub logs: Option<Logs>,
    /// Whether meetings stay open at the end. Closing one destroys what its journal has.
    pub leave_open: bool,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum CannotRun {
    /// The server is not there.
    #[error("{url} cannot be reached: {error}")]
    Unreachable {
        /// The server as it was named.
        url: String,
        /// Why.
        error: DialError,
    },
    /// The system gives out too few files.
    #[error("{needed} open files are needed and {got} are allowed: raise the limit (ulimit -n)")]
    Files {
        /// How many are needed.
        needed: u64,
        /// How many there are.
        got: u64,
    },
    /// The server's process cannot be watched.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// A fault of the scenario cannot be made, or a server of our own does not run.
    #[error("{0}")]
    Fault(String),
    /// It was stopped before anything was measured.
    #[error("stopped before everybody was in, so nothing was measured")]
    Stopped,
}

/// The tasks of a run and what they share.
#[derive(Default)]
struct Field {
    players: Vec<Player>,
    rooms: Vec<Arc<Room>>,
    readers: JoinSet<()>,
    /// People who could not come in, and by what.
    not_in: u64,
    turned_away: BTreeMap<String, u64>,
}

/// Runs a load test. It ends early when `stop` becomes true, and then tells what there is.
///
/// # Errors
/// [`CannotRun`], when there is nothing to report.
pub async fn run(
    run: &Run,
    stop: watch::Receiver<bool>,
    progress: &Progress,
) -> Result<Outcome, CannotRun> {
    if let Some(scenario) = &run.scenario {
        return Box::pin(play(run, scenario, stop, progress)).await;
    }
    let seats = (run.rooms() * run.load.members) as u64;
    let needed = seats + CHECKS_AT_ONCE as u64 + OTHER_FILES;
    let got = files::raise(needed);
    if let Some(got) = got {
        progress.note(&format!("{got} open files allowed, {needed} needed"));
        if got < needed {
            return Err(CannotRun::Files { needed, got });
        }
    }
    let server = Processes::named(run.server_pid);
    let reading = || server.read_whole();
    let mut outcome = Outcome { asked: run.asked(), seats, ..Outcome::default() };
    outcome.testers.push(Machine::here());
    let joins = prepare(run).await?;
    let addresses = u64::from(joins.sources.count());
    outcome.limits = Limits { files_needed: needed, files_allowed: got, addresses };
    if addresses > 0 {
        progress.note(&format!("connecting from {addresses} loopback addresses"));
    }

    let before = reading()?;
    let recorder = Arc::clone(&joins.recorder);
    let sampler = Sampler::start(Arc::clone(&recorder), server.clone());
    let mut field = join_all(&joins, run.share, &stop, progress).await?;
    outcome.join_seconds = recorder.second(Instant::now());

    let begin = run.begin(&stop).await?;
    let (start, _) = server.read_or_last();
    outcome.load_began = recorder.second(begin);
    let watch = Watch::begin();
    let took = measure(&mut field, run, begin, &recorder, &stop, progress).await;
    outcome.load_seconds = took.as_secs_f64();
    outcome.partial = *stop.borrow();
    if let Some(machine) = outcome.testers.first_mut() {
        machine.strain = watch.end(machine.cores);
    }
    let deadline = Instant::now() + run.drain;
    let settled = field.rooms.iter().map(|room| room.wait(deadline, Ledger::is_over));
    futures_util::future::join_all(settled).await;
    let (end, ended) = server.read_or_last();
    drop(sampler);
    outcome.process_ended = ended;
    outcome.unreachable = is_gone(&run.dial).await;

    // What the checks below send and receive is no part of what was measured.
    recorder.add_to(&mut outcome);
    add_up(&field, &mut outcome);
    outcome.server = Watched::of(&server, [before, start, end]);
    if !outcome.partial {
        outcome.views = check(&mut field, run.drain, progress).await;
    }
    field.readers.shutdown().await;
    progress.end();
    Ok(outcome)
}

impl Run {
    /// The rooms of this tester's share.
    fn rooms(&self) -> usize {
        self.share.rooms(self.load.rooms).len()
    }

    /// When the measured part begins, now that everybody is in: with the other testers, or at once.
    pub(crate) async fn begin(&self, stop: &watch::Receiver<bool>) -> Result<Instant, CannotRun> {
        match &self.gate {
            Some(gate) => gate.pass(stop).await.ok_or(CannotRun::Stopped),
            None => Ok(Instant::now()),
        }
    }

    pub(crate) fn asked(&self) -> Asked {
        #[allow(clippy::disallowed_methods, reason = "only to say when it was run")]
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        Asked {
            url: self.url.clone(),
            rooms: self.rooms() as u64,
            members: self.load.members as u64,
            // Shares add up to the whole.
            rate: self.load.rate * self.rooms() as f64 / self.load.rooms.max(1) as f64,
            duration_seconds: self.load.duration.as_secs_f64(),
            opaque: self.sealing == Sealing::Opaque,
            server_pid: self.server_pid,
            seed: self.load.seed,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: since_1970.map_or(0, |since| since.as_secs()),
            ..Asked::default()
        }
    }
}

/// Whether nobody answers any more where somebody did; any answer will do, also a refusal.
pub(crate) async fn is_gone(dial: &Dial) -> bool {
    !matches!(dial.connect().await, Ok(_) | Err(DialError::Status { .. }))
}

/// Sees that somebody is there before thousands are sent.
pub(crate) async fn prepare(run: &Run) -> Result<Joins, CannotRun> {
    let unreachable = |error| CannotRun::Unreachable { url: run.url.clone(), error };
    let target = run.dial.resolve().await.map_err(unreachable)?;
    let target = *target.first().ok_or(CannotRun::Stopped)?;
    // Any answer will do, also a refusal: somebody listens.
    match run.dial.connect().await {
        Ok(connection) => drop(connection),
        Err(DialError::Status { .. }) => {}
        Err(error) => return Err(unreachable(error)),
    }
    let connections = (run.load.members * 2 + 1) * run.rooms();
    Ok(Joins {
        dial: run.dial.clone(),
        sources: Sources::for_target(target, connections).of_tester(run.share.index),
        load: run.load,
        salt: run.salt,
        sealing: run.sealing,
        recorder: Arc::new(Recorder::new()),
    })
}

async fn join_all(
    joins: &Joins,
    share: Share,
    stop: &watch::Receiver<bool>,
    progress: &Progress,
) -> Result<Field, CannotRun> {
    let rooms = share.rooms(joins.load.rooms);
    progress.begin("join", (rooms.len() * joins.load.members) as u64);
    let all = rooms.len();
    let mut field = Field::default();
    let mut stop = stop.clone();
    let mut coming =
        stream::iter(rooms.map(|room| Box::pin(joins.room(room)))).buffer_unordered(AT_ONCE);
    let mut failed = 0;
    loop {
        let ready = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return Err(CannotRun::Stopped),
            ready = coming.next() => ready,
        };
        let Some(ready) = ready else { break };
        let Ready { room, hands, receivers, meeting } = match ready {
            Ok(ready) => ready,
            Err(error) => {
                failed += 1;
                *field.turned_away.entry(refusal::name(&error)).or_default() += 1;
                // Where so many did not get in, the rest would only wait as long.
                if failed >= AT_ONCE && field.rooms.is_empty() {
                    break;
                }
                continue;
            }
        };
        for (seat, receiver) in receivers.into_iter().enumerate() {
            field.readers.spawn(Arc::clone(&room).read(seat, receiver));
        }
        field.players.push(Player::new(Arc::clone(&room), hands, meeting, joins.load.seed));
        field.rooms.push(room);
        progress.at((field.rooms.len() * joins.load.members) as u64, "");
    }
    field.not_in = ((all - field.rooms.len()) * joins.load.members) as u64;
    Ok(field)
}

/// Plays all rooms; gives the length of the measured part.
async fn measure(
    field: &mut Field,
    run: &Run,
    start: Instant,
    recorder: &Recorder,
    stop: &watch::Receiver<bool>,
    progress: &Progress,
) -> Duration {
    progress.begin("load", u64::try_from(run.load.duration.as_millis()).unwrap_or(u64::MAX));
    let mut playing = JoinSet::new();
    for mut player in field.players.drain(..) {
        let (load, stop) = (run.load, stop.clone());
        playing.spawn(async move {
            player.play(player.room.index, &load, start, &stop).await;
            player
        });
    }
    let mut show = tokio::time::interval(SHOW);
    let mut pulse = Pulse::new();
    loop {
        tokio::select! {
            player = playing.join_next() => match player {
                Some(Ok(player)) => field.players.push(player),
                // A player that panicked is missed by its room's books.
                Some(Err(_)) => {}
                None => break,
            },
            _ = show.tick() => {
                let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
                progress.at(ms, pulse.line(recorder));
            }
        }
    }
    field.players.sort_by_key(|player| player.room.index);
    if *stop.borrow() { start.elapsed() } else { run.load.duration.max(start.elapsed()) }
}

/// Adds the books of all rooms up.
fn add_up(field: &Field, outcome: &mut Outcome) {
    let (deliveries, commands) = (&mut outcome.deliveries, &mut outcome.commands);
    let mut named = 0;
    for room in &field.rooms {
        let ledger = room.ledger();
        deliveries.merge(ledger.tally());
        commands.sent += ledger.sent;
        commands.done += ledger.done;
        add(&mut commands.refused, ledger.refused.clone());
        outcome.unreadable += ledger.unreadable;
        named += ledger.done * room.seats.len() as u64;
        add(&mut outcome.ended, room.ended());
        // Nobody of these people comes back.
        let gone =
            (0..room.seats.len()).filter(|seat| !ledger.seat(*seat).is_some_and(|at| at.open));
        outcome.reconnects.never += gone.count() as u64;
    }
    outcome.not_in = field.not_in;
    add(&mut outcome.turned_away, field.turned_away.clone());
    commands.due = field.players.iter().map(|player| player.due).sum();
    // What is lost cannot name anything, and is told already.
    let timed = outcome.latency.count();
    deliveries.nameless = named.saturating_sub(timed).saturating_sub(deliveries.lost);
}

/// Compares every seat's merged view with a fresh snapshot, while the rooms hold still.
async fn check(field: &mut Field, drain: Duration, progress: &Progress) -> Views {
    let holds = field.players.iter_mut().map(|player| player.hold(drain));
    futures_util::future::join_all(holds).await;
    let seats: Vec<_> = (field.players.iter())
        .flat_map(|player| (0..player.hands.len()).map(move |seat| (player, seat)))
        // What somebody saw last whose connection has ended is no picture of the end.
        .filter(|(player, seat)| player.room.ledger().seat(*seat).is_some_and(|at| at.open))
        .collect();
    progress.begin("check", seats.len() as u64);
    let mut views = Views::default();
    let mut compared = stream::iter(seats)
        .map(|(player, seat)| Box::pin(compare(player, seat, LAST_PART.min(drain))))
        .buffer_unordered(CHECKS_AT_ONCE);
    while let Some(compared) = compared.next().await {
        if let Ok(compared) = compared {
            views.checked += 1;
            views.equal += u64::from(compared == Compared::Equal);
        }
        progress.at(views.checked, "");
    }
    views
}
