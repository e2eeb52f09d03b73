//! A room's randomness: what people do and when is the same for the same seed; names and keys are
//! others in every run, since a server keeps its sets.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::context::Context;
use crate::schedule::mixed;

/// No turn is shorter than this, however compressed.
const SHORTEST_TURN: Duration = Duration::from_millis(120);

/// Both kinds of draws.
#[derive(Debug)]
pub(super) struct Dice {
    /// What people do and when.
    pub(super) play: StdRng,
    /// Names and keys.
    pub(super) fresh: StdRng,
}

impl Dice {
    pub(super) fn of_room(index: usize, context: &Context) -> Self {
        let of = |seed| StdRng::seed_from_u64(mixed(seed, index as u64));
        Self { play: of(context.run.seed), fresh: of(context.run.salt) }
    }

    /// A time between 0 and `most`.
    pub(super) fn within(&mut self, most: Duration) -> Duration {
        most.mul_f64(self.play.random::<f64>())
    }

    /// A time around that one.
    pub(super) fn about(&mut self, time: Duration) -> Duration {
        time.mul_f64(0.5 + self.play.random::<f64>()).max(SHORTEST_TURN)
    }

    /// True so often.
    pub(super) fn chance(&mut self, share: f64) -> bool {
        self.play.random::<f64>() < share
    }

    /// Time until the next of events that come `rate` times in `per`; none when they never do.
    pub(super) fn gap(&mut self, rate: f64, per: Duration) -> Option<Duration> {
        if rate <= 0.0 {
            return None;
        }
        let draw: f64 = self.play.random::<f64>().max(1e-9);
        Some(per.mul_f64((-draw.ln() / rate).min(1e4)))
    }
}
