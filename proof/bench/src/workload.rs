//! What is played: how many rooms of how many people, and how commands come.

use std::time::Duration;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use setroom_protocol::limits::PEOPLE;

use crate::cores::Placing;
use crate::generator::Pace;
use crate::servers::{Server, name};

/// A workload. They are played in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Workload {
    /// 100 rooms of 10, 80,000 deliveries a second: mostly one command at a time.
    Sparse,
    /// 100 rooms of 10, four commands of each in flight.
    Hot,
    /// 1,950 rooms of 10, 30,000 deliveries a second; also memory for each person who is there.
    Wide,
    /// One room with as many people as a set may have, four commands in flight.
    One,
    /// 100 rooms of 10, at 70 % of what the server itself can do.
    Latency70,
    /// 100 rooms of 10, four commands of each in flight, nobody bound to a core.
    TwoCores,
    /// 200 rooms of 10, 400 commands a second: what the disk adds to the wait.
    Latency,
}

/// How commands come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Load {
    /// At a fixed pace.
    Fixed(Pace),
    /// At this share of what the server does when one command of each room is in flight.
    Share(f64),
}

/// A workload in figures.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Rooms.
    pub rooms: usize,
    /// People in each.
    pub members: usize,
    /// How commands come.
    pub load: Load,
    /// Where server and generator run.
    pub placing: Placing,
    /// What is played before anything is counted.
    pub warm: Duration,
}

impl Workload {
    /// As it is named on the command line and in results.
    pub fn name(self) -> String {
        name(self)
    }

    /// What it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Sparse => "100 rooms of 10, open loop, 80,000 deliveries/s",
            Self::Hot => "100 rooms of 10, closed loop, 4 commands of each room in flight",
            Self::Wide => "1,950 rooms of 10, open loop, 30,000 deliveries/s",
            Self::One => "one room of 24, the most people of a set, closed loop, 4 in flight",
            Self::Latency70 => "100 rooms of 10, open loop at 70 % of the server's own capacity",
            Self::TwoCores => {
                "100 rooms of 10, closed loop, 4 in flight, server and generator on both cores"
            }
            Self::Latency => "200 rooms of 10, open loop, 400 commands/s",
        }
    }

    /// Its figures.
    pub fn shape(self) -> Shape {
        let open = Shape {
            rooms: 100,
            members: 10,
            load: Load::Fixed(Pace::Open(8_000.0)),
            placing: Placing::Apart,
            warm: Duration::from_secs(1),
        };
        let closed = Shape { load: Load::Fixed(Pace::Closed(4)), ..open };
        match self {
            Self::Sparse => open,
            Self::Hot => closed,
            Self::Wide => Shape { rooms: 1_950, load: Load::Fixed(Pace::Open(3_000.0)), ..open },
            Self::One => Shape { rooms: 1, members: PEOPLE, ..closed },
            Self::Latency70 => Shape { load: Load::Share(0.7), ..open },
            Self::TwoCores => Shape { placing: Placing::Anywhere, ..closed },
            Self::Latency => Shape { rooms: 200, load: Load::Fixed(Pace::Open(400.0)), ..open },
        }
    }

    /// Which servers are measured under it.
    pub fn servers(self) -> &'static [Server] {
        use Server::{Bun, Floor, SetroomMemory, SetroomSqlite};
        match self {
            Self::Sparse | Self::Hot => Server::value_variants(),
            Self::Wide | Self::One | Self::Latency70 | Self::TwoCores => {
                &[Floor, SetroomMemory, Bun]
            }
            Self::Latency => &[SetroomMemory, SetroomSqlite],
        }
    }
}
