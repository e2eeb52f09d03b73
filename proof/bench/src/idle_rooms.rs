//! What rooms cost in which nothing happens: with somebody in each, and with nobody. And what people
//! take of memory who only are there.

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cores::{Cores, Placing};
use crate::generator::Generator;
use crate::servers::{Programs, Server};
use crate::usage::{self, Machine};
use crate::workload::{Shape, Workload};

/// After the last person has gone a room has one thing to do: it holds, 15 s later.
const HOLDS: Duration = Duration::from_secs(20);
/// Frames for those who come back are given up after two minutes at the latest.
const GIVEN_UP: Duration = Duration::from_secs(150);

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Idle {
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
    /// Memory of people who are there.
    pub people: Vec<People>,
}

/// Memory of people in rooms of ten, for each of them, in KiB.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct People {
    /// Where the service keeps its journal.
    pub server: Server,
    /// How many they are.
    pub people: usize,
    /// When the last one has come in.
    pub kib_come_in: f64,
    /// When nothing has happened for a while.
    pub kib_idle: f64,
}

/// Loads so many rooms and measures for `long`, twice; then looks at the memory of people.
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
    drop(running);
    let people = [Server::SetroomMemory, Server::SetroomSqlite]
        .into_iter()
        .map(|server| people(programs, &cores, server));
    Ok(Idle {
        rooms,
        seconds: long.as_secs_f64(),
        cores_with_people,
        cores_empty,
        kib_a_room: grown as f64 / 1024.0 / rooms.max(1) as f64,
        others: others_with.max(others_without),
        people: people.collect::<io::Result<_>>()?,
    })
}

/// Fills the rooms of the widest workload, and looks at memory at once and when nothing has happened
/// for long.
fn people(programs: &Programs, cores: &Cores, server: Server) -> io::Result<People> {
    let Shape { rooms, members, .. } = Workload::Wide.shape();
    let running = programs.start(server, cores, Placing::Apart)?;
    let before = usage::rss_bytes(running.pid())?;
    let mut generator = running.fill(rooms, members)?;
    let people = generator.links();
    let grown = || -> io::Result<f64> {
        let grown = usage::rss_bytes(running.pid())?.saturating_sub(before);
        Ok(grown as f64 / 1024.0 / people.max(1) as f64)
    };
    let kib_come_in = grown()?;
    generator.rest(GIVEN_UP)?;
    Ok(People { server, people, kib_come_in, kib_idle: grown()? })
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

/// It in words, behind the machine.
pub fn markdown(idle: &Idle) -> String {
    let Idle { rooms, seconds, cores_with_people, cores_empty, .. } = idle;
    format!(
        " {rooms} loaded rooms, {seconds} s each, share of one core:\n\n\
         | | CPU % |\n|---|---|\n| a person in each room | {:.2} |\n| nobody there | {:.2} |\n\n\
         Resident memory for each room with its person: {:.1} KiB. Others used at most {:.2} of a \
         core meanwhile.\n",
        cores_with_people * 100.0,
        cores_empty * 100.0,
        idle.kib_a_room,
        idle.others
    ) + &people_in_words(&idle.people)
}

fn people_in_words(all: &[People]) -> String {
    let mut text = format!(
        "\nResident memory for each person in rooms of {}, KiB:\n\n\
         | server | people | when all are in | after {} s in which nothing happens |\n\
         |---|---|---|---|\n",
        Workload::Wide.shape().members,
        GIVEN_UP.as_secs()
    );
    for People { server, people, kib_come_in, kib_idle } in all {
        let _ =
            writeln!(text, "| {} | {people} | {kib_come_in:.2} | {kib_idle:.2} |", server.name());
    }
    text
}
