//! What a delivery and a person cost as rooms become many, and as they become large. The curve
//! should be flat, or as steep as the floor's, which is the kernel's.

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cores::{Cores, Placing};
use crate::figures::{Figures, Spread};
use crate::generator::Pace;
use crate::rounds::measure;
use crate::servers::{Programs, Server};
use crate::workload::{Load, Shape};

/// Deliveries a second at every point.
const PER_SECOND: f64 = 20_000.0;
/// Rooms and people in each.
const POINTS: [(usize, usize); 6] =
    [(10, 10), (100, 10), (1_000, 10), (1_950, 10), (100, 3), (100, 14)];
const SERVERS: [Server; 2] = [Server::Floor, Server::SetroomMemory];

/// One measurement of the curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Rooms.
    pub rooms: usize,
    /// People in each.
    pub members: usize,
    /// The floor, or the service.
    pub server: Server,
    /// Which round.
    pub round: usize,
    /// What came out.
    pub figures: Figures,
    /// Why it says little, if something got in its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disturbed: Option<String>,
}

/// The whole curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Growth {
    /// All measurements.
    pub points: Vec<Point>,
}

/// Measures the curve; `tell` is given each measurement.
///
/// # Errors
/// When a server cannot be started, or fails under load.
pub fn run(
    programs: &Programs,
    rounds: usize,
    long: Duration,
    mut tell: impl FnMut(&Point),
) -> io::Result<Growth> {
    let cores = Cores::find()?;
    let mut points = Vec::new();
    for round in 0..rounds {
        for (rooms, members) in POINTS {
            let shape = Shape {
                rooms,
                members,
                load: Load::Fixed(Pace::Open(PER_SECOND / members as f64)),
                placing: Placing::Apart,
                warm: Duration::from_secs(1),
            };
            for server in SERVERS {
                let (figures, disturbed) = measure(programs, &cores, server, &shape, long)?;
                let point = Point { rooms, members, server, round, figures, disturbed };
                tell(&point);
                points.push(point);
            }
        }
    }
    Ok(Growth { points })
}

/// One measurement in one line.
pub fn line(point: &Point) -> String {
    let Point { rooms, members, server, round, figures, disturbed } = point;
    let mut line = format!(
        "round {} {rooms:>5} rooms of {members:>2} {:<15} {:>6.2} µs/delivery {:>6.2} KiB/seat",
        round + 1,
        server.name(),
        figures.cpu_us,
        figures.rss_kib_joined
    );
    if let Some(why) = disturbed {
        let _ = write!(line, "  DISTURBED: {why}");
    }
    line
}

/// The curve as a table, behind the machine.
pub fn markdown(growth: &Growth) -> String {
    let mut text = String::from(
        "\n\n| rooms | people in each | floor, µs a delivery | service, µs a delivery | ratio | \
         KiB a person |\n|---|---|---|---|---|---|\n",
    );
    for (rooms, members) in POINTS {
        let of = |server: Server, figure: fn(&Figures) -> f64| {
            let here = growth.points.iter().filter(|point| {
                (point.rooms, point.members, point.server) == (rooms, members, server)
            });
            Spread::of(here.map(|point| figure(&point.figures)))
        };
        let (Some(floor), Some(service), Some(memory)) = (
            of(Server::Floor, |f| f.cpu_us),
            of(Server::SetroomMemory, |f| f.cpu_us),
            of(Server::SetroomMemory, |f| f.rss_kib_joined),
        ) else {
            continue;
        };
        let _ = writeln!(
            text,
            "| {rooms} | {members} | {:.2} | {:.2} | {:.2} | {:.2} |",
            floor.median,
            service.median,
            service.median / floor.median,
            memory.median
        );
    }
    let disturbed = growth.points.iter().filter(|point| point.disturbed.is_some()).count();
    if disturbed > 0 {
        let all = growth.points.len();
        let _ = writeln!(text, "\n{disturbed} of {all} measurements were disturbed: no verdict.");
    }
    text
}
