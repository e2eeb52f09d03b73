//! What is played: how many rooms of how many people, and how commands come.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cores::Placing;
use crate::generator::Pace;
use crate::servers::Server;

/// A workload.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Workload {
    /// 100 rooms of 10, 80,000 deliveries a second: one command at a time.
    Sparse,
    /// 100 rooms of 10, 4 commands of each in flight.
    Hot,
}

/// A workload in figures.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Rooms.
    pub rooms: usize,
    /// People in each.
    pub members: usize,
    /// How commands come.
    pub pace: Pace,
    /// Where server and generator run.
    pub placing: Placing,
    /// What is played before anything is counted.
    pub warm: Duration,
}

impl Workload {
    /// All of them, in the order in which they are played.
    pub const ALL: [Self; 2] = [Self::Sparse, Self::Hot];

    /// As it is named on the command line and in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sparse => "sparse",
            Self::Hot => "hot",
        }
    }

    /// Its figures.
    #[must_use]
    pub fn shape(self) -> Shape {
        let small = Shape {
            rooms: 100,
            members: 10,
            pace: Pace::Open(8_000.0),
            placing: Placing::Apart,
            warm: Duration::from_secs(1),
        };
        match self {
            Self::Sparse => small,
            Self::Hot => Shape { pace: Pace::Closed(4), ..small },
        }
    }

    /// Which servers are measured under it.
    #[must_use]
    pub fn servers(self) -> &'static [Server] {
        match self {
            Self::Sparse | Self::Hot => &Server::ALL,
        }
    }
}
