//! The program `setroom`: read the settings, run the service, end in order.

mod cli;
mod ended;
mod maintenance;
mod signals;
mod supervisor;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use setroom_server::Server;
use setroom_server::config::{Config, DEFAULT_TOML, Flags, Loaded, LogFormat};
use setroom_server::telemetry::{self, LogLines};

use cli::{Cli, Command, ConfigCommand};
use ended::{BAD_SETTINGS, Ended, failed, loaded, say};
use signals::{Signal, Signals};
use supervisor::Supervisor;

/// A command makes some thirty small pieces of memory, and a room's lie far apart.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        None => serve(cli.serve),
        Some(Command::Serve(flags)) => serve(flags),
        Some(Command::Backup { to, data }) => maintenance::backup(&data.into(), &to),
        Some(Command::Restore { from, replace, data }) => {
            maintenance::restore(&data.into(), &from, replace)
        }
        Some(Command::Journal { what }) => maintenance::journal(what),
        Some(Command::Config { what: ConfigCommand::Check(flags) }) => {
            loaded(&flags).and_then(|_| say("The configuration is sound.\n"))
        }
        Some(Command::Config { what: ConfigCommand::Print { default: true, .. } }) => {
            say(DEFAULT_TOML)
        }
        Some(Command::Config { what: ConfigCommand::Print { settings, .. } }) => loaded(&settings)
            .and_then(|loaded| {
                let text = toml::to_string(&loaded.config).context("the settings have no text");
                text.map_err(failed).and_then(|text| say(&text))
            }),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Ended { status, why }) => {
            // Where even this cannot be written there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "setroom: {why}");
            ExitCode::from(status)
        }
    }
}

fn serve(flags: Flags) -> Result<(), Ended> {
    let Loaded { config, notes } = loaded(&flags)?;
    let server = Server::system();
    start_log(&config, &server)?;
    for note in notes {
        tracing::warn!(event = "config", error = note, "a variable is ignored");
    }
    raise_file_limit(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime cannot be started")
        .map_err(failed)?;
    runtime.block_on(run(config, server, &flags)).map_err(failed)
}

fn start_log(config: &Config, server: &Server) -> Result<(), Ended> {
    let json = match config.log_format {
        LogFormat::Json => true,
        LogFormat::Compact => false,
        LogFormat::Auto => !std::io::stderr().is_terminal(),
    };
    let lines = LogLines::new(std::io::stderr(), server.clock.clone(), json);
    let filter = std::env::var("RUST_LOG").unwrap_or_else(|_| "info".to_owned());
    telemetry::install(lines, &filter)
        .map_err(|error| Ended { status: BAD_SETTINGS, why: error.to_string() })?;
    telemetry::quiet_panics();
    Ok(())
}

async fn run(config: Config, server: Server, flags: &Flags) -> anyhow::Result<()> {
    // Caught before anybody is told that the service is there.
    let mut signals = Signals::new().context("signals cannot be caught")?;
    let supervisor = Supervisor::named();
    let server = server.start(config).await?;
    let link = server.host_link();
    let listening = format!("http://{}/", server.addr());
    let but = match server.journal_is() {
        "damaged" => ", but its journal is damaged: `setroom journal verify` says where",
        "unchecked" => ", and its journal is still being checked: the log will say",
        _ => "",
    };
    let mut line = format!("Setroom is ready{but}. Host a set: {link}");
    if link != listening {
        line.push_str(&format!(" (listening on {listening})"));
    }
    line.push('\n');
    // Whoever started the service may have closed its output; that is no reason to end.
    if let Err(Ended { why, .. }) = say(&line) {
        tracing::warn!(event = "start", error = why, "the host link was not printed");
    }
    supervisor.ready();
    while signals.next().await == Signal::Reload {
        supervisor.reloading();
        match loaded(flags) {
            Ok(Loaded { config, .. }) => server.reload(&config),
            Err(Ended { why, .. }) => {
                tracing::error!(event = "reload", error = why, "the settings stay as they were");
            }
        }
        supervisor.ready();
    }
    supervisor.stopping();
    tracing::info!(event = "stop", "stopping");
    let again = async { while signals.next().await == Signal::Reload {} };
    tokio::select! {
        _ = server.stop() => Ok(()),
        () = again => anyhow::bail!("stopped at once by a second signal"),
    }
}

/// Every connection is an open file. Shells allow 1,024 of them, the machine usually far more.
#[cfg(unix)]
fn raise_file_limit(config: &Config) {
    use rustix::process::{Resource, getrlimit, setrlimit};
    /// Files that are open beside the connections.
    const OWN_FILES: u64 = 64;
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = u64::from(config.limits.connections) + OWN_FILES;
    if limit.current.is_none_or(|current| current >= wanted) {
        return;
    }
    limit.current = limit.maximum.map(|most| most.min(wanted)).or(Some(wanted));
    if setrlimit(Resource::Nofile, limit).is_err() || limit.current < Some(wanted) {
        tracing::warn!(
            event = "files",
            count = limit.current.unwrap_or_default(),
            "fewer open files are allowed than limits.connections needs"
        );
    }
}

#[cfg(not(unix))]
fn raise_file_limit(_: &Config) {}
