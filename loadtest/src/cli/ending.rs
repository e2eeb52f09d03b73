//! How the program ends: by itself, with an exit code that scripts read, or by hand.

use std::io::Write as _;
use std::process::ExitCode;

use tokio::sync::watch;

use crate::measure::verdict::Verdict;

/// It ran and failed.
const FAILED: u8 = 1;
/// It could not run.
const COULD_NOT: u8 = 2;
/// It ran, and cannot say.
const UNJUDGED: u8 = 3;
/// Stopped by hand, twice.
const STOPPED: i32 = 130;

/// The exit code of something that could run.
pub(super) fn exit_code(verdict: Verdict) -> ExitCode {
    match verdict {
        Verdict::Pass => ExitCode::SUCCESS,
        Verdict::Fail => ExitCode::from(FAILED),
        Verdict::Unjudged => ExitCode::from(UNJUDGED),
    }
}

/// Says in one sentence why it could not run; the exit code is 2.
pub(super) fn could_not(sentence: &str) -> ExitCode {
    // With nobody to tell, the exit code still says it.
    let _ = writeln!(std::io::stderr().lock(), "setroom-loadtest: {sentence}");
    ExitCode::from(COULD_NOT)
}

/// Prints what there is to say on standard output.
pub(super) fn say(text: impl std::fmt::Display) -> Result<(), String> {
    writeln!(std::io::stdout().lock(), "{text}").map_err(|e| e.to_string())
}

/// Becomes true at the first Ctrl-C, for whoever is to stop and still tell what there is; the second
/// ends the program at once.
pub(super) fn stopped_by_hand() -> watch::Receiver<bool> {
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if stop.send_replace(true) {
                std::process::exit(STOPPED);
            }
        }
        // Without a signal to wait for, nobody can stop it but the channel must live on.
        std::future::pending::<()>().await;
    });
    stopped
}
