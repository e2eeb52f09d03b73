//! The checker: it reads what each client sent, was told and received, and the journal of the
//! stopped server, and says whether the promises were kept.
//!
//! The promises are the eleven invariants of [`Invariant`]. [`check`] judges the [`Evidence`] of one
//! set and gives a [`Verdict`], which names each breach with its client, its command, its place and
//! its row. The checker knows the rules from the contract (`docs/PROTOCOL.md`), not from the code
//! that follows them: [`visible`] and [`permitted`] are written out by hand, and so are the bytes that
//! signatures are checked over. Only for the replay of a journal it uses the room itself, since what
//! it asks there is whether all of them are the same.
//!
//! With the feature `sim` what judges is built alone, beside the client on a simulated network.

pub mod canaries;
#[cfg(not(feature = "sim"))]
pub mod crash;
pub mod evidence;
mod history;
pub mod invariant;
mod judge;
pub mod permitted;
pub mod planted;
mod proof;
mod timeline;
mod verdict;
pub mod visible;

pub use evidence::{ClientLog, Evidence, Journal, Time};
pub use invariant::Invariant;
pub use judge::check;
pub use verdict::{Breach, Counts, Verdict};
