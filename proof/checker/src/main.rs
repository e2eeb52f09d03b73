//! The program `setroom-checker`: reads clients' logs and the data of a stopped server, and says
//! whether the promises were kept.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Parser};
use setroom_checker::canaries::{Canary, look};
use setroom_checker::crash;
use setroom_checker::evidence::read_logs;
use setroom_checker::{Evidence, Journal, Time, Verdict, check};

/// Says whether a server of Setroom kept its promises, the invariants I1 to I11. It ends with status
/// 0 when all hold, 1 when one does not, 2 when it cannot tell.
#[derive(Parser, Debug)]
#[command(name = "setroom-checker", version)]
enum Cli {
    /// Reads what clients logged (`setroom-loadtest run --client-logs`) and the data folder of the
    /// stopped server.
    Check(CheckArgs),
    /// Kills a server under load, again and again, and checks what came of it.
    Kill(KillArgs),
}

#[derive(Args, Debug)]
struct KillArgs {
    /// The program `setroom`.
    #[arg(long, value_name = "PATH")]
    server_bin: PathBuf,
    /// How often it is killed.
    #[arg(long, default_value_t = 30)]
    rounds: u64,
    /// What all choices are made from.
    #[arg(long, default_value_t = 2024)]
    seed: u64,
    /// Where data and logs stay; without this they go in the end.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

#[derive(Args, Debug)]
struct CheckArgs {
    /// The folder with the clients' logs.
    #[arg(long, value_name = "FOLDER")]
    logs: PathBuf,
    /// The data folder of the server, which must have ended.
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,
    /// Everybody had everything when the run ended, so the last views count too.
    #[arg(long)]
    quiet: bool,
    /// A text that somebody typed: it must not be readable in the data folder or in --look-in.
    #[arg(long, value_name = "TEXT")]
    typed: Vec<String>,
    /// Another file or folder that must not hold it, such as the server's log.
    #[arg(long, value_name = "PATH", requires = "typed")]
    look_in: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let verdict = match &cli {
        Cli::Check(args) => judge(args),
        Cli::Kill(args) => kill_and_judge(args),
    };
    match verdict {
        Ok(verdict) => {
            say(&verdict);
            if verdict.is_green() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            say(&format!("setroom-checker: {error:#}"));
            ExitCode::from(2)
        }
    }
}

fn say(what: &impl std::fmt::Display) {
    // Where even this cannot be written there is nobody to tell.
    let _ = writeln!(std::io::stdout(), "{what}");
}

fn kill_and_judge(args: &KillArgs) -> anyhow::Result<Verdict> {
    let temporary = tempfile::tempdir()?;
    let folder = args.folder.clone().unwrap_or_else(|| temporary.path().to_owned());
    let (program, rounds, seed) = (args.server_bin.clone(), args.rounds, args.seed);
    let plan = crash::Plan { program, folder, rounds, seed };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let told = |killed: &crash::Killed| {
        let crash::Killed { rounds, unanswered, committed, verdict } = killed;
        say(&format!(
            "killed {rounds} times; {unanswered} commands unanswered then, {committed} of them on \
             disk; {} acknowledged; {}",
            verdict.counts.acknowledged,
            if verdict.is_green() { "green" } else { "RED" }
        ));
    };
    let killed = runtime.block_on(crash::kill(&plan, told)).context("it could not be tried")?;
    Ok(killed.verdict)
}

fn judge(cli: &CheckArgs) -> anyhow::Result<Verdict> {
    let logs = read_logs(&cli.logs).context("the clients' logs cannot be read")?;
    anyhow::ensure!(!logs.is_empty(), "there are no clients' logs in {}", cli.logs.display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sets: Vec<_> = logs.keys().copied().collect();
    let mut journals = runtime
        .block_on(Journal::read_all(&cli.data, &sets))
        .context("the server's data cannot be read")?;
    let mut verdict = Verdict::default();
    for (set, clients) in logs {
        let journal = journals.remove(&set).unwrap_or_default();
        let time = Time::Machine;
        verdict.merge(check(&Evidence { set, clients, journal, time, quiet: cli.quiet }));
    }
    if !cli.typed.is_empty() {
        let canaries: Vec<_> = cli.typed.iter().map(|text| Canary::word(text)).collect();
        let places: Vec<_> = std::iter::once(&cli.data).chain(&cli.look_in).cloned().collect();
        verdict.merge(look(&canaries, &places).context("a file cannot be read")?);
    }
    Ok(verdict)
}
