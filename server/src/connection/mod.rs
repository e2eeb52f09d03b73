//! One client's connection: its first frame, its place in a room, its end.
//!
//! It reads what comes on the socket and asks the room; what goes out the room writes by itself.

mod arrive;
#[cfg(test)]
mod autobahn;
#[cfg(test)]
mod echo;
mod heartbeat;
mod rate_limit;
mod serve;
mod unfinished;

pub(crate) use serve::start;
