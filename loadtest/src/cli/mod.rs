//! What the program is told, one file for each subcommand, and how it ends.
//!
//! A subcommand is a struct of its own options, with `Target` and what else it shares flattened
//! into it, and one `perform` that ends in a verdict or in one sentence about why it could not run.

mod agent;
mod capacity;
mod compare;
mod ending;
mod json_file;
mod lines;
mod outputs;
mod report;
mod run;
mod soak;
mod storm;
mod thresholds;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use agent::AgentArgs;
pub use capacity::CapacityArgs;
pub use compare::CompareArgs;
pub use json_file::JsonFile;
pub use outputs::Outputs;
pub use report::ReportArgs;
pub use run::RunArgs;
pub use soak::SoakArgs;
pub use storm::StormArgs;
pub use thresholds::ThresholdArgs;

/// Proves a Setroom server before people rely on it.
///
/// Exits with 0 when everything that had to be kept was kept, 1 when not, 2 when it could not run,
/// and 3 when it ran and whether everything was kept could not be judged: on a machine that was too
/// busy, of too few figures, or of a test that was stopped.
#[derive(Debug, Parser)]
#[command(name = "setroom-loadtest", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Job,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Job {
    /// Fills rooms with people, lets them act, and measures when everybody sees it.
    Run(Box<RunArgs>),
    /// Judges a stored report again and writes it in other forms.
    Report(ReportArgs),
    /// Finds the largest load that the server still carries well, and which limit gives first.
    Capacity(CapacityArgs),
    /// Compares a report with an earlier one of the same load, as a gate.
    Compare(CompareArgs),
    /// Does a part of the load of a `run --agents` elsewhere, which starts it.
    Agent(AgentArgs),
    /// Holds a load for long, and says whether the server's memory stays flat.
    Soak(Box<SoakArgs>),
    /// Lets everybody join at once, then cuts everybody off, and tells when all are back.
    Storm(Box<StormArgs>),
}

impl Cli {
    /// Does it, and gives the program's exit code.
    pub fn perform(self) -> ExitCode {
        let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return ending::could_not(&error.to_string()),
        };
        let done = runtime.block_on(async {
            match self.command {
                Job::Run(args) => Box::pin(args.perform()).await,
                Job::Report(args) => args.perform(),
                Job::Capacity(args) => Box::pin(args.perform()).await,
                Job::Compare(args) => args.perform(),
                Job::Agent(args) => Box::pin(args.perform()).await,
                Job::Soak(args) => Box::pin(args.perform()).await,
                Job::Storm(args) => Box::pin(args.perform()).await,
            }
        });
        // Nobody waits for a lead that says nothing and does not end.
        runtime.shutdown_background();
        match done {
            Ok(verdict) => ending::exit_code(verdict),
            Err(sentence) => ending::could_not(&sentence),
        }
    }
}
