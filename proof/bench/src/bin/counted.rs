//! The service with its allocations counted. For every line on its input it prints how many there
//! were so far. Settings come from the environment, as they do for the service.

use std::alloc::System;
use std::io::{BufRead as _, Write as _};

use anyhow::{Context as _, Result, bail};
use setroom_server::Server;
use setroom_server::config::{self, Flags};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let loaded = match config::load(&Flags::default(), std::env::vars()) {
            Ok(loaded) => loaded,
            Err(faults) => bail!("settings: {faults:?}"),
        };
        let server = Server::system().start(loaded.config).await?;
        say(&format!("listening on {}", server.addr()))?;
        // A thread of its own, because it waits for its input; it ends with the process.
        let asked = std::thread::spawn(answer);
        tokio::task::spawn_blocking(move || asked.join()).await?.ok().context("stopped")?
    })
}

fn answer() -> Result<()> {
    for line in std::io::stdin().lock().lines() {
        line?;
        say(&COUNTED
            .stats()
            .allocations
            .saturating_add(COUNTED.stats().reallocations)
            .to_string())?;
    }
    Ok(())
}

fn say(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
