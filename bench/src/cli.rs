//! The words of the command line.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::{Args, Parser, Subcommand};
use setroom_bench::results::Results;
use setroom_bench::rounds::{self, Plan};
use setroom_bench::servers::{Programs, Server};
use setroom_bench::workload::Workload;
use setroom_bench::{files, floor, table};

/// Measures the service beside the kernel's own price and beside other servers, in turn.
#[derive(Debug, Parser)]
#[command(name = "setroom-bench", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    compare: Compare,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Be the floor: a server that does nothing but write
    Floor,
}

#[derive(Debug, Args)]
struct Compare {
    /// How often everything is measured
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Which workloads, with commas between
    #[arg(long, value_enum, value_delimiter = ',')]
    workload: Vec<Workload>,
    /// Which servers, with commas between
    #[arg(long, value_enum, value_delimiter = ',')]
    server: Vec<Server>,
    /// Seconds that each measurement takes
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Write everything that was measured to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// The service's program
    #[arg(long, value_name = "FILE")]
    setroom: Option<PathBuf>,
}

pub(crate) fn run() -> Result<ExitCode> {
    let Cli { what, compare } = Cli::parse();
    match what {
        Some(What::Floor) => be_the_floor(),
        None => compare_all(&compare),
    }
}

fn say(line: &str) {
    // A closed pipe is no reason to stop.
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn be_the_floor() -> Result<ExitCode> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no port can be had")?;
    say(&format!("listening on {}", listener.local_addr()?));
    floor::serve(listener)?;
    Ok(ExitCode::SUCCESS)
}

fn programs(setroom: Option<&Path>) -> Result<Programs> {
    let own = std::env::current_exe().context("this program does not know where it is")?;
    let folder = own.parent().context("this program lies in no folder")?;
    let setroom = setroom.map_or_else(|| folder.join("setroom"), Path::to_owned);
    let scratch = folder.parent().unwrap_or(folder).join("bench");
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    Ok(Programs { setroom, peers, scratch, own })
}

fn or_all<T: Copy>(chosen: &[T], all: &[T]) -> Vec<T> {
    if chosen.is_empty() { all.to_vec() } else { chosen.to_vec() }
}

fn compare_all(words: &Compare) -> Result<ExitCode> {
    let plan = Plan {
        programs: programs(words.setroom.as_deref())?,
        workloads: or_all(&words.workload, &Workload::ALL),
        servers: or_all(&words.server, &Server::ALL),
        rounds: words.rounds,
        long: Duration::from_secs_f64(words.seconds),
    };
    let _ = files::raise();
    let measured = rounds::run(&plan, |measured| say(&table::line(measured)))?;
    let command: Vec<String> = std::env::args().skip(1).collect();
    let results = Results {
        command: format!("cargo xtask bench {}", command.join(" ")),
        machine: String::new(),
        seconds: words.seconds,
        measured,
    };
    say(&table::markdown(&results));
    if let Some(file) = &words.json {
        let text = serde_json::to_string_pretty(&results)?;
        std::fs::write(file, text)
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}
