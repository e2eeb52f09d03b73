//! All servers in turn, round after round, so that whatever the machine does meanwhile it does to
//! each of them.

use std::io;
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::cores::Cores;
use crate::disk;
use crate::figures::Figures;
use crate::generator::{Generator, Pace};
use crate::results::{DISTURBED_CORES, LATE_US, Measured};
use crate::servers::{Programs, Server};
use crate::usage::{self, Machine};
use crate::workload::{Load, Shape, Workload};

/// How often a measurement is tried while something gets in its way.
const TRIES: usize = 3;
/// How long a server's own capacity is looked for, before a share of it is played.
const LOOK: Duration = Duration::from_secs(2);

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
/// When the cores of this machine cannot be told apart. A server that fails is told as failed.
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
                let measured = one(plan, &cores, round, *workload, *server);
                tell(&measured);
                all.push(measured);
            }
        }
    }
    Ok(all)
}

/// One measurement, whatever came of it.
fn one(plan: &Plan, cores: &Cores, round: usize, workload: Workload, server: Server) -> Measured {
    let measured = measure(&plan.programs, cores, server, &workload.shape(), plan.long);
    let (figures, disturbed) = match measured {
        Ok((figures, disturbed)) => (Some(figures), disturbed),
        Err(error) => (None, Some(format!("failed: {error}"))),
    };
    Measured { round, workload, server, figures, disturbed }
}

/// Why a measurement says little.
fn disturbance(shape: &Shape, figures: &Figures) -> Option<String> {
    let others = figures.others + figures.stolen;
    if others > DISTURBED_CORES {
        return Some(format!("others used {others:.2} of a core"));
    }
    if !matches!(shape.load, Load::Fixed(Pace::Closed(_))) && figures.late_p99_us > LATE_US {
        return Some(format!("the generator was {:.1} ms late", figures.late_p99_us / 1e3));
    }
    None
}

/// Starts a server, fills it, warms it up, and measures it for `long`: again while something gets
/// in the way, and with the reason when it still did the last time.
///
/// # Errors
/// When it cannot be started, or fails under load.
pub fn measure(
    programs: &Programs,
    cores: &Cores,
    server: Server,
    shape: &Shape,
    long: Duration,
) -> io::Result<(Figures, Option<String>)> {
    let running = programs.start(server, cores, shape.placing)?;
    let rss_empty = usage::rss_bytes(running.pid())?;
    let mut generator = running.fill(shape.rooms, shape.members)?;
    let rss_joined = usage::rss_bytes(running.pid())?;
    let (pace, capacity) = match shape.load {
        Load::Fixed(pace) => (pace, None),
        Load::Share(share) => {
            let per_second = capacity(&mut generator)?;
            (Pace::Open(per_second * share / shape.members as f64), Some(per_second))
        }
    };
    let sync = match pace {
        // As often as commands come, since that is what their wait is compared with.
        Pace::Open(per_second) if running.is_durable() => {
            Some(disk::sync(&programs.scratch, Duration::from_secs_f64(1.0 / per_second))?)
        }
        Pace::Open(_) | Pace::Closed(_) => None,
    };
    let mut tries = 1;
    loop {
        generator.play(pace, shape.warm)?;
        let figures = window(&mut generator, running.pid(), pace, long)?;
        let disturbed = disturbance(shape, &figures);
        if disturbed.is_some() && tries < TRIES {
            tries += 1;
            continue;
        }
        let rss_played = usage::rss_bytes(running.pid())?;
        let people = generator.links().max(1) as f64;
        let grown = |rss: u64| rss.saturating_sub(rss_empty) as f64 / 1024.0 / people;
        let figures = Figures {
            capacity,
            sync,
            rss_kib_joined: grown(rss_joined),
            rss_kib_played: grown(rss_played),
            ..figures
        };
        return Ok((figures, disturbed));
    }
}

/// What is measured while a server is under load.
fn window(generator: &mut Generator, pid: u32, pace: Pace, long: Duration) -> io::Result<Figures> {
    let me = std::process::id();
    let own = [me, pid];
    let (machine, cpu, own_cpu) = (Machine::look(&own)?, usage::cpu_ns(pid)?, usage::cpu_ns(me)?);
    let (began, received) = generator.begin();
    generator.play(pace, long)?;
    let seconds = generator.now().saturating_sub(began) as f64 / 1e9;
    let deliveries = generator.books().received - received;
    let cpu = usage::cpu_ns(pid)?.saturating_sub(cpu) as f64;
    let own_cpu = usage::cpu_ns(me)?.saturating_sub(own_cpu) as f64;
    let others = Machine::look(&own)?.others_since(&machine, seconds);
    generator.drain()?;
    let books = generator.books();
    let us = |of: &Histogram<u64>, quantile| of.value_at_quantile(quantile) as f64 / 1e3;
    Ok(Figures {
        cpu_us: cpu / 1e3 / deliveries.max(1) as f64,
        per_second: deliveries as f64 / seconds,
        server_cores: cpu / 1e9 / seconds,
        generator_cores: own_cpu / 1e9 / seconds,
        p50_us: us(&books.latency, 0.5),
        p99_us: us(&books.latency, 0.99),
        last_p50_us: us(&books.last, 0.5),
        last_p99_us: us(&books.last, 0.99),
        late_p99_us: us(&books.lateness, 0.99),
        lost: books.lost(),
        duplicated: books.duplicated,
        wrong_room: books.wrong_room,
        gaps: books.gaps,
        refused: books.refused,
        others: others.processes,
        stolen: others.stolen,
        ..Figures::default()
    })
}

/// Deliveries a second with one command of each room in flight.
fn capacity(generator: &mut Generator) -> io::Result<f64> {
    generator.play(Pace::Closed(1), LOOK / 2)?;
    let (began, received) = generator.begin();
    generator.play(Pace::Closed(1), LOOK)?;
    let seconds = generator.now().saturating_sub(began) as f64 / 1e9;
    let deliveries = generator.books().received - received;
    generator.drain()?;
    Ok(deliveries as f64 / seconds)
}
