//! Servers that a tool starts itself, so that it may kill, drain and start them again: each with a
//! fresh data folder, on a free port of this machine.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// What the server prints before its link; in between it may say more of its journal.
const READY: &str = "Setroom is ready";
const LINK: &str = ". Host a set: ";
/// How long it may take to start, or to stop by itself.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a server is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Without a word, as a power cut does.
    Kill,
    /// As an operator does: it tells everybody and finishes what is under way.
    Drain,
}

/// Which program, and how it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerProgram {
    /// The program `setroom`.
    pub program: PathBuf,
    /// What it is told besides its addresses and its folder.
    pub arguments: Vec<String>,
    /// Variables of its environment besides those of the tool's own.
    pub variables: Vec<(String, OsString)>,
    /// How many of them run beside each other.
    pub count: usize,
    /// Where their data and logs stay, in a folder for each by its number from 0; none when
    /// nobody looks at them afterwards.
    pub keep: Option<PathBuf>,
}

/// A server of the tool's own. It is killed when this is dropped, and its folder removed unless
/// it is to stay.
#[derive(Debug)]
pub struct OwnServer {
    how: ServerProgram,
    folder: PathBuf,
    /// The folder, when it goes with the server.
    _gone: Option<tempfile::TempDir>,
    child: Child,
    address: SocketAddr,
}

impl OwnServer {
    /// Starts it, and waits until it says that it is ready. `number` tells it from others in the
    /// folder that is kept.
    ///
    /// # Errors
    /// In one sentence.
    pub async fn start(how: &ServerProgram, number: usize) -> Result<Self, String> {
        let none = |e: std::io::Error| format!("no folder for a server: {e}");
        let (folder, gone) = match &how.keep {
            Some(keep) => (keep.join(number.to_string()), None),
            None => {
                let gone = tempfile::tempdir().map_err(none)?;
                (gone.path().to_owned(), Some(gone))
            }
        };
        std::fs::create_dir_all(&folder).map_err(none)?;
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let (child, address) = launch(how, &folder, any).await?;
        Ok(Self { how: how.clone(), folder, _gone: gone, child, address })
    }

    /// Where it listens, also after a restart.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process at the moment; none once it has ended.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Stops it, leaves it down for `down`, and starts it again on the same data and address.
    ///
    /// # Errors
    /// In one sentence, when it does not come up.
    pub async fn restart(&mut self, stop: Stop, down: Duration) -> Result<(), String> {
        let asked = match (stop, self.child.id()) {
            (Stop::Drain, Some(pid)) => terminate(pid),
            (Stop::Drain | Stop::Kill, _) => false,
        };
        if !asked || tokio::time::timeout(PATIENCE, self.child.wait()).await.is_err() {
            self.child.kill().await.map_err(|e| format!("a server cannot be stopped: {e}"))?;
        }
        tokio::time::sleep(down).await;
        (self.child, _) = launch(&self.how, &self.folder, self.address).await?;
        Ok(())
    }

    /// Ends it without a word, so that its data can be looked at.
    pub async fn end(mut self) {
        // It has ended by itself, or it ends when this is dropped.
        let _ = self.child.kill().await;
    }
}

/// Asks a process of our own to end. False when it could not be asked.
#[cfg(unix)]
fn terminate(pid: u32) -> bool {
    use rustix::process::{Pid, Signal, kill_process};
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| kill_process(pid, Signal::TERM).is_ok())
}

#[cfg(not(unix))]
fn terminate(_pid: u32) -> bool {
    false
}

async fn launch(
    how: &ServerProgram,
    folder: &Path,
    at: SocketAddr,
) -> Result<(Child, SocketAddr), String> {
    let named = how.program.display();
    let log = std::fs::File::options().create(true).append(true).open(folder.join("log"));
    let log = log.map_err(|e| format!("no log for {named}: {e}"))?;
    let mut child = Command::new(&how.program)
        .args(["serve", "--listen", &at.to_string(), "--metrics", "127.0.0.1:0", "--data"])
        .arg(folder.join("data"))
        .args(&how.arguments)
        .envs(how.variables.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| format!("{named} cannot be started: {e}"))?;
    let out = child.stdout.take().ok_or_else(|| format!("{named} says nothing"))?;
    let mut lines = BufReader::new(out).lines();
    let line = tokio::time::timeout(PATIENCE, lines.next_line()).await;
    let line = line.ok().and_then(Result::ok).flatten().unwrap_or_default();
    let link = line.strip_prefix(READY).and_then(|rest| Some(rest.split_once(LINK)?.1.trim()));
    let address = link.and_then(|link| {
        // Behind a proxy it names the public address first, and then its own.
        let (_, own) = link.rsplit_once("http://")?;
        own.trim_end_matches([')', '/']).parse().ok()
    });
    let Some(address) = address else {
        let said = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        let last = said.lines().last().unwrap_or("it said nothing");
        return Err(format!("{named} did not become ready: {last}"));
    };
    Ok((child, address))
}
