//! What a room feels of its neighbours: windows of calm and windows in which rooms beside it are
//! flooded by people who were let in, in turn on one server with its published limits.
//!
//! Measured is the time from a press to the moment when the last of the room has seen it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hdrhistogram::Histogram;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde::{Deserialize, Serialize};
use setroom_client::{Client, ClientError, Connection, Dial};
use setroom_protocol::{ClientFrame, Command, CommandId, Seq};
use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::cores::{Cores, Placing};
use crate::servers::{Programs, join};

/// Rooms that are measured.
const HEALTHY: usize = 8;
/// Rooms that are flooded.
const FLOODED: usize = 2;
/// People in each room.
const MEMBERS: usize = 10;
/// Presses of each healthy room in a second: what one person may do for ever is ten.
const PRESSES: u32 = 8;
/// Frames in a second of each member of a flooded room: ten times what one may send.
const FLOOD: u32 = 100;
/// At the beginning of each window nothing is counted.
const SETTLES: Duration = Duration::from_millis(500);

/// What was measured, in microseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Isolation {
    /// What was typed to get this.
    pub command: String,
    /// The machine it ran on.
    pub machine: String,
    /// Windows of each kind.
    pub rounds: usize,
    /// Seconds of each window.
    pub seconds: f64,
    /// Presses, and their times, in calm.
    pub calm: Times,
    /// The same while the neighbours are flooded.
    pub flooded: Times,
    /// The 99th percentile of each flooded window over that of the calm one before it, in order.
    pub ratios: Vec<f64>,
    /// Frames that the flood got into its sockets.
    pub flood_frames: u64,
    /// How often the service closed one of its lines.
    pub flood_closed: u64,
}

/// Times of one kind of window, all windows together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// How many.
    pub count: u64,
    /// The median, in microseconds.
    pub p50: u64,
    /// The 99th percentile, in microseconds.
    pub p99: u64,
}

impl Times {
    pub(crate) fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| histogram.value_at_quantile(quantile);
        Self { count: histogram.len(), p50: at(0.5), p99: at(0.99) }
    }
}

/// What goes on at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Calm,
    Flood,
    Over,
}

/// What a task brings home.
#[derive(Debug, Default)]
struct Flood {
    frames: u64,
    closed: u64,
}

/// Measures so many windows of each kind, each `long`.
///
/// # Errors
/// When the service cannot be started, or somebody of a healthy room loses their line.
pub fn run(
    programs: &Programs,
    rounds: usize,
    long: Duration,
    tell: impl Fn(&str),
) -> io::Result<Isolation> {
    let cores = Cores::find()?;
    let running = programs.start_published(&cores, Placing::Anywhere)?;
    let dial = Dial::to(&format!("http://{}", running.address())).map_err(io::Error::other)?;
    let seeds: Vec<u64> = (0..HEALTHY + FLOODED).map(|_| rand::rng().random()).collect();
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut rooms = join::bring_in(&runtime, &dial, &seeds, MEMBERS)?;
    let flooded = rooms.split_off(HEALTHY);
    runtime.block_on(play(rooms, flooded, &dial, rounds, long, tell)).map_err(io::Error::other)
}

async fn play(
    healthy: Vec<Vec<Client>>,
    flooded: Vec<Vec<Client>>,
    dial: &Dial,
    rounds: usize,
    long: Duration,
    tell: impl Fn(&str),
) -> Result<Isolation, ClientError> {
    let phase = Arc::new(watch::Sender::new(Phase::Calm));
    let (times, mut timed) = tokio::sync::mpsc::channel(100_000);
    let mut measured = JoinSet::new();
    for room in healthy {
        measured.spawn(Box::pin(press(room, phase.subscribe(), times.clone())));
    }
    drop(times);
    let mut floods = JoinSet::new();
    for client in flooded.into_iter().flat_map(|room| room.into_iter().skip(1)) {
        floods.spawn(Box::pin(flood(client, dial.clone(), phase.subscribe())));
    }
    // Up to a minute; what takes longer counts as that.
    let fresh = || {
        let bounded = Histogram::<u64>::new_with_bounds(1, 60_000_000, 3);
        bounded.map_err(|_| ClientError::Missing("histogram"))
    };
    let (mut calm, mut all_flooded, mut ratios) = (fresh()?, fresh()?, Vec::new());
    for round in 1..=rounds {
        let mut p99 = [0; 2];
        for (at, kind) in [Phase::Calm, Phase::Flood].into_iter().enumerate() {
            phase.send_replace(kind);
            sleep(SETTLES).await;
            while timed.try_recv().is_ok() {}
            sleep(long).await;
            let mut window = fresh()?;
            while let Ok(micros) = timed.try_recv() {
                window.saturating_record(micros);
            }
            let whole = if kind == Phase::Calm { &mut calm } else { &mut all_flooded };
            whole.add(&window).map_err(|_| ClientError::Missing("histogram"))?;
            if let Some(place) = p99.get_mut(at) {
                *place = window.value_at_quantile(0.99);
            }
        }
        let [quiet, loud] = p99;
        ratios.push(loud as f64 / quiet.max(1) as f64);
        tell(&format!("round {round}: p99 {quiet} µs in calm, {loud} µs beside the flood"));
    }
    phase.send_replace(Phase::Over);
    drop(timed);
    while let Some(ended) = measured.join_next().await {
        ended.map_err(|_| ClientError::Missing("healthy room"))??;
    }
    let mut sum = Flood::default();
    while let Some(Ok(flood)) = floods.join_next().await {
        sum.frames += flood.frames;
        sum.closed += flood.closed;
    }
    Ok(Isolation {
        command: String::new(),
        machine: String::new(),
        rounds,
        seconds: long.as_secs_f64(),
        calm: Times::of(&calm),
        flooded: Times::of(&all_flooded),
        ratios,
        flood_frames: sum.frames,
        flood_closed: sum.closed,
    })
}

/// The host presses at a steady pace; each press is timed until everybody has seen it.
async fn press(
    mut room: Vec<Client>,
    phase: watch::Receiver<Phase>,
    times: tokio::sync::mpsc::Sender<u64>,
) -> Result<(), ClientError> {
    let mut pace = interval(Duration::from_secs(1) / PRESSES);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut on = false;
    while *phase.borrow() != Phase::Over {
        pace.tick().await;
        on = !on;
        let Some((host, members)) = room.split_first_mut() else { return Ok(()) };
        let begun = Instant::now();
        let seq = host.must("a press", Command::Lock { on }).await?;
        for member in members {
            member.catch_up(seq).await?;
        }
        let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        // Full only when nobody counts any more.
        let _ = times.try_send(micros);
    }
    Ok(())
}

/// An admitted member who sends ten times what they may, reads what comes, and comes back at once
/// when the line is closed.
async fn flood(client: Client, dial: Dial, mut phase: watch::Receiver<Phase>) -> Flood {
    let keyring = client.keyring().clone();
    let mut rng = StdRng::seed_from_u64(u64::from(client.device().as_bytes()[0]));
    drop(client);
    let mut done = Flood::default();
    loop {
        if phase.wait_for(|phase| *phase != Phase::Calm).await.is_err()
            || *phase.borrow() == Phase::Over
        {
            return done;
        }
        let Ok(mut line) = dial.connect().await else { continue };
        if line.send(&keyring.come_back(None)).await.is_err() {
            continue;
        }
        let ended = pour(&mut line, &mut rng, &mut phase, &mut done).await;
        done.closed += u64::from(ended);
    }
}

/// Sends until the phase is over, or the line: then it says so.
async fn pour(
    line: &mut Connection,
    rng: &mut StdRng,
    phase: &mut watch::Receiver<Phase>,
    done: &mut Flood,
) -> bool {
    let mut pace = interval(Duration::from_secs(1) / FLOOD);
    loop {
        tokio::select! {
            () = changed(phase) => return false,
            _ = pace.tick() => {
                let cid = CommandId::from_bytes(rng.random());
                let cmd = Command::RaiseHand { kind: None, seat: None };
                if line.send(&ClientFrame::Do { cid, seen: Seq(0), cmd }).await.is_err() {
                    return true;
                }
                done.frames += 1;
            }
            heard = line.next_text() => {
                if heard.is_err() {
                    return true;
                }
            }
        }
    }
}

/// Waits until there is no flood any more.
async fn changed(phase: &mut watch::Receiver<Phase>) {
    let _ = phase.wait_for(|phase| *phase != Phase::Flood).await;
}

/// It in words.
#[must_use]
pub fn markdown(isolation: &Isolation) -> String {
    let Isolation { command, machine, rounds, seconds, calm, flooded, ratios, .. } = isolation;
    let mut sorted = ratios.clone();
    sorted.sort_by(f64::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    let row = |name: &str, times: &Times| {
        format!("| {name} | {} | {} | {} |\n", times.count, times.p50, times.p99)
    };
    format!(
        "`{command}`\n\n{machine}. {HEALTHY} rooms of {MEMBERS} people with {PRESSES} presses a \
         second each, and {FLOODED} rooms beside them; {rounds} windows of {seconds} s of each \
         kind, in turn.\n\n| | presses | p50 µs | p99 µs |\n|---|---|---|---|\n{}{}\n\
         The flood: {} frames, {} lines closed. The 99th percentile beside the flood is {:.2} \
         times that in calm, {median:.2} in the median of the pairs of windows.\n",
        row("calm", calm),
        row("beside the flood", flooded),
        isolation.flood_frames,
        isolation.flood_closed,
        flooded.p99 as f64 / calm.p99.max(1) as f64,
    )
}
