//! The words of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use setroom_server::config::Flags;

/// The room that a virtual action learning set meets in.
#[derive(Debug, Parser)]
#[command(name = "setroom", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) serve: Settings,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the service (this is also what happens without a command)
    Serve(Settings),
    /// Look at the configuration without starting
    Config {
        #[command(subcommand)]
        what: ConfigCommand,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Name every fault, or say that there is none
    Check(Settings),
    /// Show the settings in force
    Print {
        /// Show the built-in defaults with their explanations instead
        #[arg(long)]
        default: bool,
        #[command(flatten)]
        settings: Settings,
    },
}

/// Settings that have a flag. Each is also a variable, SETROOM_ and its name.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// Read settings from this file (SETROOM_CONFIG)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where people reach the service; port 0 takes any [default: 127.0.0.1:8787]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Where Prometheus reads; loopback only [default: 127.0.0.1:9787]
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<String>,
    /// The folder of the journal [default: ./setroom-data]
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// sqlite or memory [default: sqlite]
    #[arg(long, value_name = "KIND")]
    journal: Option<String>,
    /// The address that people see in their browser; may be given more than once
    #[arg(long, value_name = "URL")]
    origin: Vec<String>,
    /// auto, compact or json [default: auto]
    #[arg(long, value_name = "FORM")]
    log_format: Option<String>,
}

impl From<Settings> for Flags {
    fn from(settings: Settings) -> Self {
        let Settings { config, listen, metrics, data, journal, origin, log_format } = settings;
        Self { config, listen, metrics, data, journal, origin, log_format }
    }
}
