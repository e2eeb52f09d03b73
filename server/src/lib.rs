//! The service of Setroom: it holds each room's state, lets the journal keep every change, and
//! shows everybody the same.
//!
//! # Layout
//! - [`start`](Server::start) puts the parts together; [`Services`] is what they all work with.
//! - [`config`]: defaults, file, environment, flags. [`clock`] and [`ids`]: time and randomness,
//!   which nothing else may take from the machine.
//! - [`http`]: the accept loop, what happens to every request, the routes, the built-in client.
//! - [`journal`]: what lasts.
//! - `connection`: one task for each client; `room`: one for each live room; `socket`: reading and
//!   writing WebSockets; `access`: tokens.
//! - `net`: TCP, real or simulated.
//! - [`limits`]: who may come in, and how often. [`shutdown`]: ending in order.
//! - [`telemetry`]: log lines and figures, without anything about people.
//! - [`rules`]: those of the protocol, handed in.

mod access;
pub mod clock;
pub mod config;
mod connection;
#[cfg(any(test, fuzzing))]
pub mod fuzzed;
pub mod http;
pub mod ids;
pub mod journal;
pub mod limits;
mod net;
mod retention;
mod room;
mod room_time;
pub mod rules;
mod services;
pub mod shutdown;
mod socket;
mod start;
mod state;
mod survey;
mod taken_away;
pub mod telemetry;

pub use room::{FoundError, Registry};
pub use services::Services;
pub use start::{RunningServer, Server, StartError};
pub use state::AppState;
