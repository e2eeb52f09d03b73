//! The load tester of Setroom: `run` fills rooms with real clients (`setroom-client`) and measures
//! from the moment a command was due, by the pure `schedule`, to its receipt at every seat.

pub mod agent;
pub mod capacity;
pub mod cli;
pub mod course;
mod fault;
mod files;
pub mod measure;
mod play;
pub mod progress;
mod refusal;
pub mod report;
pub mod run;
pub mod scenario;
pub mod schedule;
mod values;
pub mod words;
