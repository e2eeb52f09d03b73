//! The six attackers of `docs/SEALING.md`, as programs: each with everything that their role can hold,
//! over the real socket.

mod co_facilitator;
mod co_only_me;
mod co_removed;
mod deceived;
mod liar;
mod lying_helped;
mod lying_server;
mod review;
mod rogue;
