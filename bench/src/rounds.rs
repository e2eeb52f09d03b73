//! All servers in turn, round after round, so that whatever the machine does meanwhile it does to
//! each of them.

use std::io;
use std::time::Duration;

use crate::cores::Cores;
use crate::figures::Figures;
use crate::generator::Pace;
use crate::results::{DISTURBED_CORES, LATE_US, Measured};
use crate::servers::{Programs, Server};
use crate::usage::{self, Machine};
use crate::workload::{Shape, Workload};

/// How often a measurement is tried while something gets in its way.
const TRIES: usize = 2;

/// What is run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where the programs are.
    pub programs: Programs,
    /// Which workloads.
    pub workloads: Vec<Workload>,
    /// Which servers, of those that a workload is for.
    pub servers: Vec<Server>,
    /// How often.
    pub rounds: usize,
    /// How long each measurement takes.
    pub long: Duration,
}

/// Runs it all. Each measurement is given to `tell` as it is made.
///
/// # Errors
/// When a server cannot be started, or fails under load.
pub fn run(plan: &Plan, mut tell: impl FnMut(&Measured)) -> io::Result<Vec<Measured>> {
    let cores = Cores::find()?;
    let mut all = Vec::new();
    for round in 0..plan.rounds {
        for workload in &plan.workloads {
            let servers: Vec<Server> = workload
                .servers()
                .iter()
                .copied()
                .filter(|one| plan.servers.contains(one))
                .collect();
            // Whoever came first in one round does not in the next.
            for turn in 0..servers.len() {
                let Some(server) = servers.get((turn + round) % servers.len()) else { continue };
                let measured = undisturbed(plan, &cores, round, *workload, *server)?;
                tell(&measured);
                all.push(measured);
            }
        }
    }
    Ok(all)
}

/// Measures once, or once more when something got in the way.
fn undisturbed(
    plan: &Plan,
    cores: &Cores,
    round: usize,
    workload: Workload,
    server: Server,
) -> io::Result<Measured> {
    let mut tries = 1;
    loop {
        let shape = workload.shape();
        let figures =
            measure(&plan.programs, cores, server, &shape, plan.long).map_err(|error| {
                let (server, workload) = (server.name(), workload.name());
                io::Error::new(error.kind(), format!("{server} under {workload}: {error}"))
            })?;
        let disturbed = disturbance(&shape, &figures);
        if disturbed.is_none() || tries == TRIES {
            return Ok(Measured { round, workload, server, figures, disturbed });
        }
        tries += 1;
    }
}

/// Why a measurement says little.
fn disturbance(shape: &Shape, figures: &Figures) -> Option<String> {
    let others = figures.others + figures.stolen;
    if others > DISTURBED_CORES {
        return Some(format!("others used {others:.2} of a core"));
    }
    if matches!(shape.pace, Pace::Open(_)) && figures.late_p99_us > LATE_US {
        return Some(format!("the generator was {:.1} ms late", figures.late_p99_us / 1e3));
    }
    None
}

/// Starts a server, fills it, warms it up, and measures it for `long`.
///
/// # Errors
/// When it cannot be started, or fails under load.
pub fn measure(
    programs: &Programs,
    cores: &Cores,
    server: Server,
    shape: &Shape,
    long: Duration,
) -> io::Result<Figures> {
    let running = programs.start(server, cores, shape.placing)?;
    let pid = running.pid();
    let own = [std::process::id(), pid];
    let rss_empty = usage::rss_bytes(pid)?;
    let mut generator = running.fill(shape.rooms, shape.members)?;
    let rss_joined = usage::rss_bytes(pid)?;
    generator.play(shape.pace, shape.warm)?;

    let (machine, cpu) = (Machine::look(&own)?, usage::cpu_ns(pid)?);
    let (began, received) = generator.begin();
    generator.play(shape.pace, long)?;
    let seconds = generator.now().saturating_sub(began) as f64 / 1e9;
    let deliveries = generator.books().received - received;
    let cpu = usage::cpu_ns(pid)?.saturating_sub(cpu) as f64;
    let others = Machine::look(&own)?.others_since(&machine, seconds);

    generator.drain()?;
    let rss_played = usage::rss_bytes(pid)?;
    let people = generator.links().max(1) as f64;
    let grown = |rss: u64| rss.saturating_sub(rss_empty) as f64 / 1024.0 / people;
    let books = generator.books();
    Ok(Figures {
        cpu_us: cpu / 1e3 / deliveries.max(1) as f64,
        per_second: deliveries as f64 / seconds,
        server_cores: cpu / 1e9 / seconds,
        p50_us: books.latency_us(0.5),
        p99_us: books.latency_us(0.99),
        late_p99_us: books.lateness_us(0.99),
        lost: books.lost(),
        duplicated: books.duplicated,
        wrong_room: books.wrong_room,
        gaps: books.gaps,
        refused: books.refused,
        rss_kib_joined: grown(rss_joined),
        rss_kib_played: grown(rss_played),
        others: others.processes,
        stolen: others.stolen,
    })
}
