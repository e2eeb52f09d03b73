//! `agent`: does a part of a load for a lead.

use std::io::Write as _;

use clap::Args;

use super::ending::stopped_by_hand;
use crate::agent::serve;
use crate::measure::verdict::Verdict;

/// What `agent` is told. A lead starts it, through `ssh`, and speaks to it on its standard input
/// and output.
#[derive(Args, Debug)]
pub struct AgentArgs {
    /// Speaks with its lead on standard input and output; there is no other way.
    #[arg(long, required = true)]
    pub stdio: bool,
    /// Needed to load a server that is not on this machine, whoever asks.
    #[arg(long)]
    pub i_own_this_server: bool,
}

impl AgentArgs {
    pub(super) async fn perform(self) -> Result<Verdict, String> {
        let (from, to) = (tokio::io::stdin(), tokio::io::stdout());
        let sentence = serve(from, to, self.i_own_this_server, stopped_by_hand()).await;
        // With nobody to tell, it has still worked.
        let _ = writeln!(std::io::stderr().lock(), "{sentence}");
        Ok(Verdict::Pass)
    }
}
