//! Which server, and what every subcommand that reaches one shares.

use std::time::Duration;

use clap::Args;

use super::{Run, Share};
use crate::scenario::Scenario;
use setroom_client::{Dial, Sealing};

/// What has not come ten seconds after the last command is lost to whoever waits for it.
const DRAIN: Duration = Duration::from_secs(10);
/// A join storm may make a seat wait; a run that is stuck must still end.
const PATIENCE: Duration = Duration::from_secs(30);

/// The server to load, and how.
#[derive(Args, Clone, Debug)]
pub struct Target {
    /// The service, as in http://127.0.0.1:8787.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub url: String,
    /// The origin that the service is known by, when it is not the address itself.
    #[arg(long)]
    pub origin: Option<String>,
    /// Needed for a server that is not on this machine: a load test of somebody else's is an
    /// attack.
    #[arg(long)]
    pub i_own_this_server: bool,
    /// The server's process on this machine, to tell what it uses.
    #[arg(long)]
    pub server_pid: Option<u32>,
    /// Repeats the schedule of an earlier run: who wishes what, when.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Fills boxes with random bytes instead of sealing: the server cannot tell, and the tester
    /// has less to do.
    #[arg(long)]
    pub opaque: bool,
}

impl Target {
    /// How the server is reached, after a look at whether it may be loaded: every address behind
    /// its name is on this machine, or whoever asks has said that it is theirs.
    ///
    /// # Errors
    /// Why the server is not tried at all, in one sentence.
    pub async fn dial(&self) -> Result<Dial, String> {
        let url = &self.url;
        if url.is_empty() {
            return Err("no server is named: say which with --url".into());
        }
        let bad = |error| format!("--url {url}: {error}");
        let mut dial = Dial::to(url).map_err(bad)?;
        if let Some(origin) = &self.origin {
            let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
            dial = dial.host(host).origin(origin);
        }
        let targets = dial.resolve().await.map_err(bad)?;
        let here = targets.iter().all(|target| target.ip().to_canonical().is_loopback());
        if !self.i_own_this_server && !here {
            return Err(format!(
                "{url} is not on this machine: say --i-own-this-server if you may load it"
            ));
        }
        Ok(dial.patience(PATIENCE))
    }

    /// How a server of the tester's own is reached, but for its port.
    pub(crate) fn own() -> Result<Dial, String> {
        let dial = Dial::to("http://127.0.0.1:1").map_err(|error| error.to_string())?;
        Ok(dial.patience(PATIENCE))
    }

    /// A run against it that is one tester's alone, of this scenario. `fresh` must differ from run to run.
    pub fn run(&self, dial: Dial, scenario: Scenario, fresh: u64) -> Run {
        Run {
            url: self.url.clone(),
            dial,
            scenario,
            seed: self.seed.unwrap_or(fresh),
            salt: fresh,
            sealing: if self.opaque { Sealing::Opaque } else { Sealing::Real },
            server_pid: self.server_pid,
            drain: DRAIN,
            share: Share::WHOLE,
            gate: None,
            servers: None,
            logs: None,
            leave_open: false,
        }
    }
}
