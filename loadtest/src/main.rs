//! The program `setroom-loadtest`.

use std::process::ExitCode;

use clap::Parser as _;
use setroom_loadtest::cli::Cli;

fn main() -> ExitCode {
    // Unknown words end in `parse`, with 2.
    Cli::parse().perform()
}
