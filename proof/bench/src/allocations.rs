//! How often the service allocates: for each command, and for each delivery of it.
//!
//! The same commands are played in rooms of two sizes. What a larger room costs more is what its
//! deliveries cost; the rest is the command's.

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cores::Cores;
use crate::generator::Pace;
use crate::servers::Programs;

const ROOMS: usize = 20;
const SIZES: [usize; 2] = [4, 14];
const PACES: [(&str, Pace); 2] =
    [("one at a time", Pace::Open(1_000.0)), ("four in flight in each room", Pace::Closed(4))];
const WARM: Duration = Duration::from_millis(500);
const LONG: Duration = Duration::from_secs(2);

/// Allocations under one pace in rooms of one size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// How commands came.
    pub pace: String,
    /// People in each room.
    pub members: usize,
    /// Commands that were played.
    pub commands: u64,
    /// Allocations meanwhile, growing of what was allocated included.
    pub allocations: u64,
}

impl Point {
    fn a_command(&self) -> f64 {
        self.allocations as f64 / self.commands.max(1) as f64
    }
}

/// All that was counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Allocations {
    /// What was typed to get this.
    pub command: String,
    /// The counts.
    pub points: Vec<Point>,
}

/// Counts.
///
/// # Errors
/// When the service cannot be started, or fails under load.
pub fn run(programs: &Programs) -> io::Result<Vec<Point>> {
    let cores = Cores::find()?;
    let mut points = Vec::new();
    for members in SIZES {
        let mut running = programs.start_counted(&cores)?;
        let mut generator = running.fill(ROOMS, members)?;
        for (name, pace) in PACES {
            generator.play(pace, WARM)?;
            generator.drain()?;
            let (before, commands) = (running.allocations()?, generator.books().commands);
            generator.play(pace, LONG)?;
            generator.drain()?;
            points.push(Point {
                pace: name.to_owned(),
                members,
                commands: generator.books().commands - commands,
                allocations: running.allocations()?.saturating_sub(before),
            });
        }
    }
    Ok(points)
}

/// It as a table.
pub fn markdown(all: &Allocations) -> String {
    let [small, large] = SIZES;
    let mut text = format!(
        "`{}`\n\n| commands come | a command in a room of {small} | in a room of {large} | \
         each delivery | the command itself |\n|---|---|---|---|---|\n",
        all.command
    );
    for (pace, _) in PACES {
        let of = |members: usize| {
            let mut points = all.points.iter();
            points.find(|point| point.pace == pace && point.members == members)
        };
        let (Some(few), Some(many)) = (of(small), of(large)) else { continue };
        let (few, many) = (few.a_command(), many.a_command());
        let delivery = (many - few) / (large - small) as f64;
        let command = few - delivery * small as f64;
        let _ = writeln!(text, "| {pace} | {few:.1} | {many:.1} | {delivery:.2} | {command:.1} |");
    }
    text
}
