//! `agent`: does a part of a load for a lead.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use tokio::net::TcpListener;

use super::ending::{Ending, Stopping, say};
use crate::agent::{Rules, Token, serve};

/// What `agent` is told.
#[derive(Args, Debug)]
pub struct AgentArgs {
    /// Where leads reach it, as in 127.0.0.1:7070; port 0 takes any free one.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// The secret that it shares with its lead: a file that only its owner can read.
    #[arg(long, value_name = "FILE")]
    pub token_file: PathBuf,
    /// Needed to listen on an address that other machines reach. What is sent is authenticated,
    /// and not hidden.
    #[arg(long)]
    pub listen_beyond_this_machine: bool,
    /// Needed to load a server that is not on this machine, whoever asks.
    #[arg(long)]
    pub i_own_this_server: bool,
}

impl AgentArgs {
    pub(super) async fn perform(self) -> Result<Ending, String> {
        if !self.listen.ip().to_canonical().is_loopback() && !self.listen_beyond_this_machine {
            return Err(format!(
                "{} is reached from other machines: say --listen-beyond-this-machine if it is to be",
                self.listen
            ));
        }
        let token = Token::from_file(&self.token_file).map_err(|e| e.to_string())?;
        let listening = TcpListener::bind(self.listen).await;
        let listener = listening.map_err(|e| format!("cannot listen on {}: {e}", self.listen))?;
        let address = listener.local_addr().map_err(|e| e.to_string())?;
        say(format_args!("The agent listens on {address}."))?;
        let stopping = Stopping::by_hand();
        let rules = Rules { i_own_this_server: self.i_own_this_server };
        serve(listener, token, rules, stopping.watch(), |sentence| {
            // With nobody to tell, it still works.
            let _ = writeln!(std::io::stderr().lock(), "{sentence}");
        })
        .await;
        Ok(Ending::Pass)
    }
}
