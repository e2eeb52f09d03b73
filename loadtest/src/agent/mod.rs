//! Several machines, one load: a lead divides the rooms among agents, lets all begin at the same
//! moment, and merges what they measured.
//!
//! `channel` is the connection, authenticated both ways by a token that is never sent; `message`
//! what is said on it; [`serve()`] an agent's side; [`lead()`] the lead's. An agent does nothing for
//! anybody who does not know its token, and looks for itself whether it may load the server.

mod channel;
mod crew;
mod lead;
mod lock_step;
mod message;
mod serve;
mod token;

pub use channel::{ChannelError, Receiver, Sender, Side, open};
pub use lead::{CannotLead, Lead, lead};
pub use message::{FromAgent, FromLead, Work};
pub use serve::{Rules, serve};
pub use token::{Token, TokenError};

/// What both sides must have in common: figures of different versions are not the same figures.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
