//! The words of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use setroom_protocol::SetId;
use setroom_server::config::Flags;

/// The room that a virtual action learning set meets in.
#[derive(Debug, Parser)]
#[command(name = "setroom", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) serve: Flags,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the service (this is also what happens without a command)
    Serve(Flags),
    /// Copy the journal, also while the service runs
    Backup {
        /// A folder that is not there yet
        to: PathBuf,
        #[command(flatten)]
        data: Data,
    },
    /// Put a copy of the journal back, in place of what is there
    Restore {
        /// A folder that `setroom backup` made
        from: PathBuf,
        /// Put the journal that is there aside
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        data: Data,
    },
    /// Check the journal, read it out, or erase a set
    Journal {
        #[command(subcommand)]
        what: JournalCommand,
    },
    /// Look at the configuration without starting
    Config {
        #[command(subcommand)]
        what: ConfigCommand,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Name every fault, or say that there is none
    Check(Flags),
    /// Show the settings in force
    Print {
        /// Show the built-in defaults with their explanations instead
        #[arg(long)]
        default: bool,
        #[command(flatten)]
        settings: Flags,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// Walk through every set and name everything that does not hold
    Verify {
        #[command(flatten)]
        data: Data,
    },
    /// Write sets as lines of JSON; what is sealed stays sealed
    Export {
        /// One set: the part of its links between the first two dots after #
        #[arg(allow_hyphen_values = true)]
        set: Option<SetId>,
        /// Write to this new file instead of standard output
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
        #[command(flatten)]
        data: Data,
    },
    /// Erase a whole set, for good, and print a receipt
    Erase {
        /// The set: the part of its links between the first two dots after #
        #[arg(allow_hyphen_values = true)]
        set: SetId,
        #[command(flatten)]
        data: Data,
    },
}

/// Where the journal is.
#[derive(Debug, Args)]
pub(crate) struct Data {
    /// Read settings from this file (SETROOM_CONFIG)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of the journal [default: ./setroom-data]
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
}

impl From<Data> for Flags {
    fn from(Data { config, data }: Data) -> Self {
        Self { config, data, ..Self::default() }
    }
}
