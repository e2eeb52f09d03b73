//! What a room feels of its neighbours: windows of calm and windows in which rooms beside it are
//! flooded by people who were let in, in turn on one server with its published limits.
//!
//! Measured is the time from a press to the moment when the last of the room has seen it.

use std::io;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde::{Deserialize, Serialize};
use setroom_client::{Client, Connection, Dial};
use setroom_protocol::{ClientFrame, Command, CommandId, Seq};
use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::interval;

use crate::cores::{Cores, Placing};
use crate::figures::Spread;
use crate::presses::{MEMBERS, PRESSES, ROOMS, Times, histogram, window};
use crate::servers::{Programs, join};

/// Rooms that are flooded.
const FLOODED: usize = 2;
/// Frames in a second of each member of a flooded room: ten times what one may send.
const FLOOD: u32 = 100;
/// At the beginning of each window nothing is counted.
const SETTLES: Duration = Duration::from_millis(500);

/// What was measured, in microseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Isolation {
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
    let dial = running.dial()?;
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut rooms = join::bring_in(&runtime, &dial, ROOMS + FLOODED, MEMBERS)?;
    let flooded = rooms.split_off(ROOMS);
    runtime.block_on(play(rooms, flooded, &dial, rounds, long, tell))
}

async fn play(
    mut healthy: Vec<Vec<Client>>,
    flooded: Vec<Vec<Client>>,
    dial: &Dial,
    rounds: usize,
    long: Duration,
    tell: impl Fn(&str),
) -> io::Result<Isolation> {
    let flooding = watch::Sender::new(false);
    let mut floods = JoinSet::new();
    for client in flooded.into_iter().flat_map(|room| room.into_iter().skip(1)) {
        floods.spawn(Box::pin(flood(client, dial.clone(), flooding.subscribe())));
    }
    let (mut calm, mut all_flooded, mut ratios) = (histogram()?, histogram()?, Vec::new());
    for round in 1..=rounds {
        flooding.send_replace(false);
        let quiet = window(&mut healthy, SETTLES, long, &mut calm).await?.p99;
        flooding.send_replace(true);
        let loud = window(&mut healthy, SETTLES, long, &mut all_flooded).await?.p99;
        ratios.push(loud as f64 / quiet.max(1) as f64);
        tell(&format!("round {round}: p99 {quiet} µs in calm, {loud} µs beside the flood"));
    }
    flooding.send_replace(false);
    drop(flooding);
    let mut sum = Flood::default();
    while let Some(Ok(flood)) = floods.join_next().await {
        sum.frames += flood.frames;
        sum.closed += flood.closed;
    }
    Ok(Isolation {
        rounds,
        seconds: long.as_secs_f64(),
        calm: Times::of(&calm),
        flooded: Times::of(&all_flooded),
        ratios,
        flood_frames: sum.frames,
        flood_closed: sum.closed,
    })
}

/// An admitted member who sends ten times what they may, reads what comes, and comes back at once
/// when the line is closed.
async fn flood(client: Client, dial: Dial, mut flooding: watch::Receiver<bool>) -> Flood {
    let keyring = client.keyring().clone();
    let mut rng = StdRng::seed_from_u64(u64::from(client.device().as_bytes()[0]));
    drop(client);
    let mut done = Flood::default();
    while flooding.wait_for(|on| *on).await.is_ok() {
        let Ok(mut line) = dial.connect().await else { continue };
        if line.send(&keyring.come_back(None)).await.is_err() {
            continue;
        }
        let ended = pour(&mut line, &mut rng, &mut flooding, &mut done).await;
        done.closed += u64::from(ended);
    }
    done
}

/// Sends until the flood is over, or the line: then it says so.
async fn pour(
    line: &mut Connection,
    rng: &mut StdRng,
    flooding: &mut watch::Receiver<bool>,
    done: &mut Flood,
) -> bool {
    let mut pace = interval(Duration::from_secs(1) / FLOOD);
    loop {
        tokio::select! {
            () = async { drop(flooding.wait_for(|on| !*on).await) } => return false,
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

/// It in words, behind the machine.
pub fn markdown(isolation: &Isolation) -> String {
    let Isolation { rounds, seconds, calm, flooded, ratios, .. } = isolation;
    let median = Spread::of(ratios.iter().copied()).unwrap_or_default().median;
    let row = |name: &str, times: &Times| {
        format!("| {name} | {} | {} | {} |\n", times.count, times.p50, times.p99)
    };
    format!(
        " {ROOMS} rooms of {MEMBERS} people with {PRESSES} presses a \
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
