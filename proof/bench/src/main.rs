//! The program behind `cargo xtask bench`.

use std::io::Write as _;
use std::process::ExitCode;

#[cfg(target_os = "linux")]
mod cli;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    match cli::run() {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "setroom-bench: {error:#}");
            ExitCode::from(2)
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    let _ = writeln!(std::io::stderr(), "setroom-bench: it reads /proc and uses epoll: Linux only");
    ExitCode::from(2)
}
