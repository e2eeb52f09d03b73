//! For how long sets are kept, and what a clock may do to that.

use setroom_protocol::{Room, Timestamp};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// A start whose clock is further than this ahead of what the service last knew may have a wrong one.
const LEAP_MS: u64 = DAY_MS;
/// Then nothing goes for its age for so long: time for somebody to put the clock right.
const WAIT_MS: u64 = DAY_MS;

/// Until when each set is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retention {
    days: u32,
    /// Before this nothing goes for its age.
    from: Timestamp,
}

impl Retention {
    /// So many days, at a start at `now` after one that ran until `ran_until` (0: not known).
    pub(crate) fn new(days: u32, ran_until: Timestamp, now: Timestamp) -> Self {
        let ahead_ms = now.since(ran_until);
        let leapt = ran_until > Timestamp(0) && ahead_ms > LEAP_MS;
        if leapt {
            let count = ahead_ms / 1000;
            tracing::warn!(
                event = "clock_ahead",
                count,
                "the machine's clock is ahead of where this service has been, by so many seconds: \
                it stood still, or the clock is wrong; no set goes for its age within the next day"
            );
        }
        Self { days, from: if leapt { now.plus(WAIT_MS) } else { Timestamp(0) } }
    }

    /// Until when this set is kept, if nothing happens in it.
    pub(crate) fn until(&self, room: &Room) -> Timestamp {
        self.no_sooner(room.kept_until(self.days))
    }

    /// This moment, unless nothing goes yet then.
    pub(crate) fn no_sooner(&self, than: Timestamp) -> Timestamp {
        than.max(self.from)
    }

    /// Whether nothing of the set is to be kept any more.
    pub(crate) fn is_over(&self, room: &Room, now: Timestamp) -> bool {
        room.is_erased() || self.until(room) <= now
    }

    /// From when on the clock is believed.
    pub(crate) fn from(&self) -> Timestamp {
        self.from
    }
}
