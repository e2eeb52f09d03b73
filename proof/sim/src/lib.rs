//! Setroom in a simulated network.
//!
//! The server and its clients are the real ones, built on a simulated TCP. Time, randomness and
//! the network come from a seed; so do the faults: partitions, delays, lines that are held back,
//! crashes that forget what was not synced, second lines. The same seed in a fresh process is the
//! same story, to the byte.
//!
//! - [`world`] puts it together and breaks it; [`person`] is whoever sits at a browser.
//! - [`disk`] is a journal whose unsynced writes a crash forgets.
//! - [`clock`] is the time that everything in it shows.
//! - [`logs`] is what every client logs, and [`book`] what everybody tells besides; [`judge`] gives
//!   it to the checker, with what the disk has in the end.

pub mod book;
pub mod clock;
pub mod disk;
pub mod judge;
pub mod logs;
pub mod person;
pub mod world;
