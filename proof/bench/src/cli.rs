//! The words of the command line.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::Serialize;
use setroom_bench::allocations::{self, Allocations};
use setroom_bench::report::Report;
use setroom_bench::results::Results;
use setroom_bench::rounds::{self, Plan};
use setroom_bench::servers::{Programs, Server};
use setroom_bench::workload::Workload;
use setroom_bench::{
    document, files, floor, frames, growth, idle_rooms, isolation, machine, steps, table, unread,
};

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
    /// CPU and memory against the number of rooms and of people in them
    Growth {
        /// How often everything is measured
        #[arg(long, default_value_t = 3)]
        rounds: usize,
        /// Seconds that each measurement takes
        #[arg(long, default_value_t = 5.0)]
        seconds: f64,
        #[command(flatten)]
        common: Common,
    },
    /// What rooms cost in which nothing happens
    IdleRooms {
        /// How many
        #[arg(long, default_value_t = 10_000)]
        rooms: usize,
        /// Seconds that each measurement takes
        #[arg(long, default_value_t = 30.0)]
        seconds: f64,
        #[command(flatten)]
        common: Common,
    },
    /// Allocations of the service for each command and each delivery
    Alloc {
        #[command(flatten)]
        common: Common,
    },
    /// What a room feels while its neighbours are flooded
    Isolation {
        /// Windows of calm and of flood, each
        #[arg(long, default_value_t = 10)]
        rounds: usize,
        /// Seconds of each window
        #[arg(long, default_value_t = 10.0)]
        seconds: f64,
        #[command(flatten)]
        common: Common,
    },
    /// What a room feels while lines at another's door send pings, pongs and pieces of nothing
    Frames {
        /// Windows of each kind
        #[arg(long, default_value_t = 3)]
        rounds: usize,
        /// Seconds of each window
        #[arg(long, default_value_t = 4.0)]
        seconds: f64,
        #[command(flatten)]
        common: Common,
    },
    /// Memory while hundreds of people of one address read nothing
    Unread {
        #[command(flatten)]
        common: Common,
    },
    /// Show what `cargo bench` found of the cost of one command, step by step
    Command {
        #[command(flatten)]
        common: Common,
    },
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
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Common {
    /// Write everything that was measured to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Put what was measured into proof/bench/results and docs/PERFORMANCE.md
    #[arg(long)]
    write: bool,
    /// The service's program, if not the one that was built with this
    #[arg(long, value_name = "FILE")]
    setroom: Option<PathBuf>,
}

pub(crate) fn run() -> Result<ExitCode> {
    let Cli { what, compare } = Cli::parse();
    // Cores and sockets are asked for as many as there are.
    let _ = files::raise();
    match what {
        Some(What::Floor) => be_the_floor(),
        Some(What::Growth { rounds, seconds, common }) => {
            let tell = |point: &growth::Point| say(&growth::line(point));
            let found = growth::run(&common.programs()?, rounds, long(seconds)?, tell)?;
            common.report("growth", found, growth::markdown)
        }
        Some(What::IdleRooms { rooms, seconds, common }) => {
            let found = idle_rooms::run(&common.programs()?, rooms, long(seconds)?)?;
            common.report("idle-rooms", found, idle_rooms::markdown)
        }
        Some(What::Isolation { rounds, seconds, common }) => {
            let found = isolation::run(&common.programs()?, rounds, long(seconds)?, say)?;
            common.report("isolation", found, isolation::markdown)
        }
        Some(What::Frames { rounds, seconds, common }) => {
            let found = frames::run(&common.programs()?, rounds, long(seconds)?, say)?;
            common.report("frames", found, frames::markdown)
        }
        Some(What::Unread { common }) => {
            common.report("unread", unread::run(&common.programs()?)?, unread::markdown)
        }
        Some(What::Alloc { common }) => {
            let points = allocations::run(&common.programs()?)?;
            let all = Allocations { command: typed(), points };
            common.keep("allocations", &all, &allocations::markdown(&all))
        }
        Some(What::Command { common }) => {
            let found = steps::read(&common.programs()?.criterion)?;
            common.report("command", found, steps::markdown)
        }
        None => compare_all(&compare),
    }
}

fn say(line: &str) {
    // A closed pipe is no reason to stop.
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn long(seconds: f64) -> Result<Duration> {
    match Duration::try_from_secs_f64(seconds) {
        Ok(long) if seconds >= 0.5 => Ok(long),
        _ => bail!("--seconds is at least 0.5"),
    }
}

/// What was typed to get here.
fn typed() -> String {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--write").collect();
    format!("cargo xtask bench {}", words.join(" ")).trim_end().to_owned()
}

fn be_the_floor() -> Result<ExitCode> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no port can be had")?;
    say(&format!("listening on {}", listener.local_addr()?));
    floor::serve(listener)?;
    Ok(ExitCode::SUCCESS)
}

impl Common {
    fn programs(&self) -> Result<Programs> {
        let own = std::env::current_exe().context("this program does not know where it is")?;
        let folder = own.parent().context("this program lies in no folder")?;
        let setroom = self.setroom.clone().unwrap_or_else(|| folder.join("setroom"));
        let target = folder.parent().unwrap_or(folder);
        let (scratch, criterion) = (target.join("bench"), target.join("criterion"));
        let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        Ok(Programs {
            counted: folder.join("setroom-counted"),
            setroom,
            peers,
            scratch,
            criterion,
            own,
        })
    }

    /// Keeps what was measured now, with what was typed for it and the machine.
    fn report<T: Serialize>(
        &self,
        name: &str,
        found: T,
        body: fn(&T) -> String,
    ) -> Result<ExitCode> {
        let report = Report { command: typed(), machine: machine::describe(), found };
        self.keep(name, &report, &report.markdown(body))
    }

    /// Shows what was measured and puts it where it was asked for.
    fn keep(&self, name: &str, measured: &impl Serialize, shown: &str) -> Result<ExitCode> {
        say(&format!("\n{shown}"));
        let text = format!("{}\n", serde_json::to_string_pretty(measured)?);
        if let Some(file) = &self.json {
            put(file, &text)?;
        }
        if self.write {
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            put(&root.join("results").join(format!("{name}.json")), &text)?;
            let file = root.join("../../docs/PERFORMANCE.md");
            let document = std::fs::read_to_string(&file)
                .with_context(|| format!("{} cannot be read", file.display()))?;
            let changed = document::with_part(&document, name, shown)
                .with_context(|| format!("the document has no `<!-- generated: {name} -->`"))?;
            put(&file, &changed)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn put(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))
}

fn or_all<T: ValueEnum>(chosen: &[T]) -> Vec<T> {
    if chosen.is_empty() { T::value_variants().to_vec() } else { chosen.to_vec() }
}

fn compare_all(words: &Compare) -> Result<ExitCode> {
    if words.rounds == 0 {
        bail!("--rounds is at least 1");
    }
    let plan = Plan {
        programs: words.common.programs()?,
        workloads: or_all(&words.workload),
        servers: or_all(&words.server),
        rounds: words.rounds,
        long: long(words.seconds)?,
    };
    let measured = rounds::run(&plan, |measured| say(&table::line(measured)))?;
    let results = Results {
        command: typed(),
        machine: machine::describe(),
        rounds: words.rounds,
        seconds: words.seconds,
        measured,
    };
    words.common.keep("comparison", &results, &table::markdown(&results))
}
