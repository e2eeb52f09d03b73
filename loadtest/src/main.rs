//! The program `setroom-loadtest`.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use setroom_loadtest::cli::{Cli, Job, RunArgs};
use setroom_loadtest::measure::verdict::Verdict;
use setroom_loadtest::progress::Progress;
use setroom_loadtest::run::run;
use tokio::sync::watch;

/// It ran and failed.
const FAILED: u8 = 1;
/// It could not run.
const COULD_NOT: u8 = 2;
/// Stopped by hand, twice.
const STOPPED: i32 = 130;

fn main() -> ExitCode {
    // Unknown words end here, with 2.
    let Job::Run(args) = Cli::parse().command;
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return could_not(&error.to_string()),
    };
    match runtime.block_on(Box::pin(load(&args))) {
        Ok(code) => code,
        Err(sentence) => could_not(&sentence),
    }
}

async fn load(args: &RunArgs) -> Result<ExitCode, String> {
    let plan = args.plan(rand::random()).await.map_err(|e| e.to_string())?;
    // A file that cannot be written should be known before the run, not after it.
    let mut file = match &args.json {
        Some(path) => {
            let file = std::fs::File::create(path);
            Some(file.map_err(|e| format!("{} cannot be written: {e}", path.display()))?)
        }
        None => None,
    };
    let (stop, stopped) = watch::channel(false);
    let by_hand = tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if stop.send_replace(true) {
                std::process::exit(STOPPED);
            }
        }
        // Without a signal to wait for, nobody can stop it but the channel must live on.
        std::future::pending::<()>().await;
    });
    let report = run(&plan, stopped, &Progress::for_stderr()).await;
    by_hand.abort();
    let report = report.map_err(|e| e.to_string())?;

    if let Some(file) = &mut file {
        let written = serde_json::to_writer_pretty(&mut *file, &report)
            .map_err(std::io::Error::from)
            .and_then(|()| writeln!(file));
        written.map_err(|e| format!("the report cannot be written: {e}"))?;
    }
    writeln!(std::io::stdout().lock(), "{report}").map_err(|e| e.to_string())?;
    Ok(match report.verdict {
        Verdict::Pass => ExitCode::SUCCESS,
        Verdict::Fail => ExitCode::from(FAILED),
    })
}

fn could_not(sentence: &str) -> ExitCode {
    // With nobody to tell, the exit code still says it.
    let _ = writeln!(std::io::stderr().lock(), "setroom-loadtest: {sentence}");
    ExitCode::from(COULD_NOT)
}
