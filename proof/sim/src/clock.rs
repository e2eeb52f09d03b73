//! The time of a story.

use setroom_protocol::Timestamp;

/// When the stories take place: a moment of 2026, in milliseconds since 1970.
const BEGIN_MS: u64 = 1_780_000_000_000;

/// What every clock of the story shows.
pub fn now() -> Timestamp {
    let elapsed = turmoil::sim_elapsed().unwrap_or_default();
    Timestamp(BEGIN_MS).plus(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
}
