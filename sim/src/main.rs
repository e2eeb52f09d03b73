//! The program `setroom-sim`: one seed in this process, or many, each in a process of its own.

#![allow(clippy::print_stdout, reason = "what the seeds came to is its output")]

use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Parser;
use setroom_sim::world::play;

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
    /// This one seed, in this process, with its story told line by line.
    #[arg(long, conflicts_with_all = ["seeds", "from", "jobs"])]
    seed: Option<u64>,
    /// The disk says that it has synced when it has only written: this has to be found out.
    #[arg(long)]
    disk_lies: bool,
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
    let story = match play(seed, cli.disk_lies) {
        Ok(story) => story,
        Err(why) => {
            println!("seed {seed}: {why}");
            return ExitCode::FAILURE;
        }
    };
    if !cli.brief {
        story.lines.iter().for_each(|line| println!("{line}"));
    }
    println!(
        "figures {} {} {} {} {} {} {} {} {}",
        story.commands,
        story.acknowledged,
        story.changes,
        story.returns.0,
        story.returns.1,
        story.breaks,
        story.disk.crashes,
        story.disk.forgotten,
        story.disk.failed
    );
    story.wrong.iter().for_each(|wrong| println!("seed {seed}: {wrong}"));
    if story.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What the figures of one seed are, in their order.
const FIGURES: [&str; 9] = [
    "commands",
    "acknowledged",
    "changes in journals",
    "lines made again",
    "of them with a snapshot",
    "breaks",
    "crashes",
    "entries forgotten by them",
    "appends that failed",
];

fn many(cli: &Cli) -> ExitCode {
    let Ok(program) = std::env::current_exe() else { return ExitCode::from(2) };
    let next = AtomicU64::new(cli.from);
    let sums = Mutex::new([0_u64; FIGURES.len()]);
    let failed = Mutex::new(Vec::new());
    let jobs = cli.jobs.or_else(|| std::thread::available_parallelism().ok().map(Into::into));
    std::thread::scope(|scope| {
        for _ in 0..jobs.unwrap_or(1).max(1) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= cli.from + cli.seeds {
                        return;
                    }
                    let ran = Command::new(&program)
                        .args(["--seed", &seed.to_string(), "--brief"])
                        .args(cli.disk_lies.then_some("--disk-lies"))
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
                    let mut all = sums.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    for (sum, figure) in all.iter_mut().zip(figures) {
                        *sum += figure.parse::<u64>().unwrap_or_default();
                    }
                    drop(all);
                    if !good {
                        println!("seed {seed} failed; again: --seed {seed}");
                        let lines = text.lines().filter(|line| !line.starts_with("figures "));
                        lines.take(20).for_each(|line| println!("  {line}"));
                        let mut failed =
                            failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        failed.push(seed);
                    }
                }
            });
        }
    });
    let sums = sums.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut failed = failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    failed.sort_unstable();
    let told = FIGURES.iter().zip(sums).map(|(name, sum)| format!("{sum} {name}"));
    println!("{} seeds: {}", cli.seeds, told.collect::<Vec<_>>().join(", "));
    if failed.is_empty() {
        println!("all of them held");
        return ExitCode::SUCCESS;
    }
    println!("{} did not hold: {failed:?}", failed.len());
    ExitCode::FAILURE
}
