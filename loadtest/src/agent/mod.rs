//! Several machines, one load: a lead starts an agent on each, divides the rooms among them, lets
//! all begin at the same moment, and merges what they measured.
//!
//! `remote` starts an agent through a remote shell; `channel` is how they speak, `message` what is
//! said; [`serve()`] an agent's side; [`lead()`] the lead's. An agent looks for itself whether it may
//! load the server.

mod channel;
mod crew;
mod lead;
mod lock_step;
mod message;
mod remote;
mod serve;

pub use channel::{ChannelError, Receiver, Sender};
pub use lead::{CannotLead, Lead, lead};
pub use message::{FromAgent, FromLead, Work};
pub(crate) use remote::PATIENCE;
pub use remote::Shell;
pub use serve::serve;

/// What both sides must have in common: figures of different versions are not the same figures.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
