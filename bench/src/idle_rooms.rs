//! What rooms cost in which nothing happens: with somebody in each, and with nobody.

use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cores::{Cores, Placing};
use crate::generator::Generator;
use crate::servers::{Programs, Server};
use crate::usage::{self, Machine};

/// After the last person has gone a room has one thing to do: it holds, 15 s later.
const HOLDS: Duration = Duration::from_secs(20);

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Idle {
    /// What was typed to get this.
    pub command: String,
    /// The machine it ran on.
    pub machine: String,
    /// Loaded rooms.
    pub rooms: usize,
    /// Seconds of each measurement.
    pub seconds: f64,
    /// Share of one core with a person in each room, who says nothing and is asked for signs of
    /// life.
    pub cores_with_people: f64,
    /// Share of one core when everybody has gone and the rooms are still loaded.
    pub cores_empty: f64,
    /// Resident memory of the server for each room with its person, in KiB.
    pub kib_a_room: f64,
    /// The most that others used meanwhile, in cores.
    pub others: f64,
}

/// Loads so many rooms and measures for `long`, twice.
///
/// # Errors
/// When the service cannot be started, or ends a connection.
pub fn run(programs: &Programs, rooms: usize, long: Duration) -> io::Result<Idle> {
    let cores = Cores::find()?;
    let running = programs.start(Server::SetroomMemory, &cores, Placing::Apart)?;
    let pid = running.pid();
    let before = usage::rss_bytes(pid)?;
    let mut generator = running.fill(rooms, 1)?;
    let grown = usage::rss_bytes(pid)?.saturating_sub(before);
    let (cores_with_people, others_with) = watch(pid, long, |long| generator.rest(long))?;
    drop(generator);
    let mut nobody = Generator::new(crate::generator::Way::Plain)?;
    nobody.rest(HOLDS)?;
    let (cores_empty, others_without) = watch(pid, long, |long| nobody.rest(long))?;
    Ok(Idle {
        command: String::new(),
        machine: String::new(),
        rooms,
        seconds: long.as_secs_f64(),
        cores_with_people,
        cores_empty,
        kib_a_room: grown as f64 / 1024.0 / rooms.max(1) as f64,
        others: others_with.max(others_without),
    })
}

/// What the server and everybody else use while `meanwhile` runs, in cores.
fn watch(
    pid: u32,
    long: Duration,
    meanwhile: impl FnOnce(Duration) -> io::Result<()>,
) -> io::Result<(f64, f64)> {
    let own = [std::process::id(), pid];
    let (machine, cpu) = (Machine::look(&own)?, usage::cpu_ns(pid)?);
    meanwhile(long)?;
    let seconds = long.as_secs_f64();
    let used = usage::cpu_ns(pid)?.saturating_sub(cpu) as f64 / 1e9 / seconds;
    let others = Machine::look(&own)?.others_since(&machine, seconds);
    Ok((used, others.processes + others.stolen))
}

/// It in words.
#[must_use]
pub fn markdown(idle: &Idle) -> String {
    let Idle { command, machine, rooms, seconds, cores_with_people, cores_empty, .. } = idle;
    format!(
        "`{command}`\n\n{machine}. {rooms} loaded rooms, {seconds} s each, share of one core:\n\n\
         | | CPU % |\n|---|---|\n| a person in each room | {:.2} |\n| nobody there | {:.2} |\n\n\
         Resident memory for each room with its person: {:.1} KiB. Others used at most {:.2} of a \
         core meanwhile.\n",
        cores_with_people * 100.0,
        cores_empty * 100.0,
        idle.kib_a_room,
        idle.others
    )
}
