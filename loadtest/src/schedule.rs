//! When each command of a run is due, and from whom. Pure: the same seed gives the same run.
//!
//! The load is open: commands are due whether or not earlier ones were answered, so a slow server
//! cannot slow its own test down. All rooms together take turns, one command in each `1 / rate`
//! seconds, at a random moment within it.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::words::whole;

/// The size of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// Rooms, at least 1.
    pub rooms: usize,
    /// Seats in each room, the facilitator's included, at least 2.
    pub members: usize,
    /// Commands a second, in all rooms together; above 0.
    pub rate: f64,
    /// How long commands are due.
    pub duration: Duration,
    /// What the randomness is made from.
    pub seed: u64,
}

/// What somebody would like to do. What becomes of it depends on how their room stands: a hand
/// that is up cannot be raised, so it is lowered instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wish {
    /// To have their hand up, or down.
    Hand,
    /// To let the others go first.
    Defer,
    /// That the present turn ends.
    EndTurn,
    /// To put a tick or take it away.
    Tick,
    /// The facilitator's: to stop the clock, or let it run on.
    Clock,
    /// The facilitator's: a minute more, or less.
    AddTime,
    /// To write: a new revision of their sealed name.
    Write,
}

/// How often each wish comes up, in hundredths.
pub const MIX: [(Wish, u32); 7] = [
    (Wish::Hand, 38),
    (Wish::Defer, 10),
    (Wish::EndTurn, 14),
    (Wish::Tick, 18),
    (Wish::Clock, 6),
    (Wish::AddTime, 4),
    (Wish::Write, 10),
];

/// A command that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// When, counted from the start of the run.
    pub at: Duration,
    /// Whose: the index of a seat in the room; 0 is the facilitator.
    pub seat: usize,
    /// What.
    pub wish: Wish,
    /// Draws whatever else is random about it.
    pub draw: u64,
}

impl Load {
    /// How many commands become due in all.
    pub fn commands(&self) -> u64 {
        // A run of more than 2^53 commands would last longer than any machine.
        whole((self.rate * self.duration.as_secs_f64()).floor())
    }

    /// The commands of one room, in order.
    pub fn of_room(&self, room: usize) -> impl Iterator<Item = Due> + Send + use<> {
        let load = *self;
        let mut rng = StdRng::seed_from_u64(mixed(load.seed, room as u64));
        let turns = (room as u64..load.commands()).step_by(load.rooms.max(1));
        turns.map(move |turn| load.due(turn, &mut rng))
    }

    /// The command that has this turn among all of them.
    fn due(&self, turn: u64, rng: &mut StdRng) -> Due {
        let within: f64 = rng.random();
        // Turns stay far below 2^53, so they are exact.
        let at = Duration::from_secs_f64((turn as f64 + within) / self.rate);
        let wish = picked(rng.random_range(0..total()));
        let seat = match wish {
            Wish::Clock | Wish::AddTime => 0,
            Wish::Hand | Wish::Defer | Wish::EndTurn | Wish::Tick | Wish::Write => {
                rng.random_range(0..self.members)
            }
        };
        Due { at: at.min(self.duration), seat, wish, draw: rng.random() }
    }
}

fn total() -> u32 {
    MIX.iter().map(|(_, share)| share).sum()
}

fn picked(mut at: u32) -> Wish {
    for (wish, share) in MIX {
        if at < share {
            return wish;
        }
        at -= share;
    }
    Wish::Hand
}

/// A seed of its own for each use of the run's seed: one step of SplitMix64.
pub fn mixed(seed: u64, of: u64) -> u64 {
    let mut z = seed ^ of.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
