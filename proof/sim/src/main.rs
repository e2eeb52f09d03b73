//! The program `setroom-sim`: one seed in this process, or many, each in a process of its own.

#![allow(clippy::print_stdout, reason = "what the seeds came to is its output")]

use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use clap::Parser;
use setroom_checker::planted::Bug;
use setroom_sim::world::{Spoilt, play};

/// Plays meetings in a simulated network whose faults a seed repeats.
#[derive(Parser, Debug)]
#[command(version)]
struct Cli {
    /// How many seeds, one after the other from --from on, each in a process of its own.
    #[arg(long, default_value_t = 200)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// How many at the same time; as many as there are processors unless said otherwise.
    #[arg(long)]
    jobs: Option<usize>,
    /// Stops at the first of them that does not hold.
    #[arg(long)]
    first: bool,
    /// This one seed, in this process, with its story told line by line.
    #[arg(long, conflicts_with_all = ["seeds", "from", "jobs", "first"])]
    seed: Option<u64>,
    /// The disk says that it has synced when it has only written: this has to be found out.
    #[arg(long)]
    disk_lies: bool,
    /// The server has this hand-made bug, by its name in `proof/checker/src/planted/mod.rs`: this too.
    #[arg(long, value_name = "NAME", hide_possible_values = true)]
    bug: Option<Bug>,
    /// Tells only the figures of the one seed.
    #[arg(long, requires = "seed", hide = true)]
    brief: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.seed {
        Some(seed) => one(seed, &cli),
        None => many(&cli),
    }
}

fn one(seed: u64, cli: &Cli) -> ExitCode {
    let spoilt = Spoilt { disk_lies: cli.disk_lies, bug: cli.bug };
    let story = match play(seed, spoilt) {
        Ok(story) => story,
        Err(why) => {
            println!("seed {seed}: {why}");
            return ExitCode::FAILURE;
        }
    };
    if !cli.brief {
        story.lines.iter().for_each(|line| println!("{line}"));
    }
    let (judged, disk) = (story.judged, story.disk);
    let clients = [judged.sent, judged.acknowledged, judged.rows, judged.frames, judged.views];
    let broken = [story.returns.0, story.returns.1, story.breaks];
    let disk = [disk.crashes, disk.forgotten, disk.failed];
    let figures = [&clients[..], &broken, &disk].concat();
    println!("figures {}", figures.iter().map(u64::to_string).collect::<Vec<_>>().join(" "));
    story.wrong.iter().for_each(|wrong| println!("seed {seed}: {wrong}"));
    if story.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What the figures of one seed are, in their order.
const FIGURES: [&str; 11] = [
    "commands",
    "acknowledged",
    "changes in journals",
    "frames received",
    "views compared with the replay",
    "lines made again",
    "of them with a snapshot",
    "breaks",
    "crashes",
    "entries forgotten by them",
    "appends that failed",
];

/// What many seeds came to.
#[derive(Default)]
struct Sums {
    played: u64,
    figures: [u64; FIGURES.len()],
    failed: Vec<u64>,
}

fn many(cli: &Cli) -> ExitCode {
    let Ok(program) = std::env::current_exe() else { return ExitCode::from(2) };
    let (next, sums) = (AtomicU64::new(cli.from), Mutex::new(Sums::default()));
    let sums = || sums.lock().unwrap_or_else(PoisonError::into_inner);
    let jobs = cli.jobs.or_else(|| std::thread::available_parallelism().ok().map(Into::into));
    let play_some = || loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= cli.from + cli.seeds || (cli.first && !sums().failed.is_empty()) {
            return;
        }
        let ran = Command::new(&program)
            .args(["--seed", &seed.to_string(), "--brief"])
            .args(cli.disk_lies.then_some("--disk-lies"))
            .args(cli.bug.map(|bug| format!("--bug={bug:?}")))
            .stdin(Stdio::null())
            .output();
        let (good, text) = match ran {
            Ok(ran) => {
                let said = String::from_utf8_lossy(&ran.stdout).into_owned();
                let cried = String::from_utf8_lossy(&ran.stderr).into_owned();
                (ran.status.success(), said + &cried)
            }
            Err(error) => (false, error.to_string()),
        };
        let figures = text.lines().find_map(|line| line.strip_prefix("figures "));
        let figures = figures.unwrap_or_default().split(' ');
        let mut sums = sums();
        sums.played += 1;
        for (sum, figure) in sums.figures.iter_mut().zip(figures) {
            *sum += figure.parse::<u64>().unwrap_or_default();
        }
        if !good {
            println!("seed {seed} failed; again: --seed {seed}");
            let lines = text.lines().filter(|line| !line.starts_with("figures "));
            lines.take(20).for_each(|line| println!("  {line}"));
            sums.failed.push(seed);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..jobs.unwrap_or(1).max(1) {
            scope.spawn(play_some);
        }
    });
    let Sums { played, figures, failed } = &mut *sums();
    failed.sort_unstable();
    let told = FIGURES.iter().zip(figures).map(|(name, sum)| format!("{sum} {name}"));
    println!("{played} seeds: {}", told.collect::<Vec<_>>().join(", "));
    if failed.is_empty() {
        println!("all of them held");
        return ExitCode::SUCCESS;
    }
    println!("{} did not hold: {failed:?}", failed.len());
    ExitCode::FAILURE
}
