//! What a lead and an agent say to each other.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::measure::outcome::Outcome;
use crate::progress::Told;
use crate::run::{Gate, Run, Share, Target};
use crate::scenario::Scenario;

/// From the lead.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FromLead {
    /// What time is it with you? Also the sign that the lead is still there.
    Ping,
    /// This is your part. Begin to let people in at this time of yours, in µs.
    Work {
        /// What to do.
        work: Box<Work>,
        /// When to begin.
        at_us: u64,
    },
    /// All are ready: the measured part begins at this time of yours, in µs.
    Start {
        /// When.
        at_us: u64,
    },
    /// Stop, and tell what there is.
    Stop,
}

/// From an agent.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FromAgent {
    /// This time, in µs since the agent began.
    Pong {
        /// The time.
        at_us: u64,
    },
    /// The work can be done.
    Accepted,
    /// How far it is.
    At(Told),
    /// Everybody is in.
    Ready,
    /// What was measured.
    Done(Box<Outcome>),
    /// Nothing was measured; why, in one sentence.
    Failed(String),
}

/// A part of a load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// The server.
    pub url: String,
    /// The origin that it is known by, when it is not the address itself.
    pub origin: Option<String>,
    /// The seed of the whole.
    pub seed: u64,
    /// Whether boxes are random bytes.
    pub opaque: bool,
    /// How long stragglers are waited for.
    pub drain: Duration,
    /// Which part it is.
    pub share: Share,
    /// The whole of what is played.
    pub scenario: Scenario,
}

impl Work {
    /// The run that this is, after a look at whether this machine may load that server. `fresh`
    /// must differ from run to run, and from agent to agent.
    ///
    /// # Errors
    /// One sentence about why not.
    pub(super) async fn run(&self, may: bool, fresh: u64, gate: Gate) -> Result<Run, String> {
        if self.share.index >= self.share.of {
            return Err("the work makes no sense".into());
        }
        self.scenario.check()?;
        let target = Target {
            url: self.url.clone(),
            origin: self.origin.clone(),
            i_own_this_server: may,
            server_pid: None,
            seed: Some(self.seed),
            opaque: self.opaque,
        };
        let dial = target.dial().await?;
        let run = target.run(dial, self.scenario.clone(), fresh);
        Ok(Run { drain: self.drain, share: self.share, gate: Some(gate), ..run })
    }
}
