//! When a room keeps its state in place of everything before, down to the disk: its log is long, or a
//! change has taken something away that is not to stay there.
//!
//! That writes the whole state, and cuts the log that all rooms share. So what is taken away is made small
//! at once the first time, and then at a pace, however much is pressed; a meeting that is closed does not
//! wait for it. It is tried again until it is done, and a room with such a debt does not go by itself.

use setroom_protocol::Timestamp;
use setroom_protocol::room::Stage;

use super::actor::RoomActor;
use super::saving::Footprint;
use crate::taken_away::Takes;
use crate::telemetry::Minutely;

/// So far apart a state is kept anew for what was taken away, for each begun [`PACED`] bytes of it.
const PACE_MS: u64 = 5_000;
const PACED: u64 = 512 << 10;

fn pace_ms(kept: u64) -> u64 {
    PACE_MS.saturating_mul(kept / PACED + 1)
}

/// What was taken away and may still be on the disk.
#[derive(Debug, Default)]
struct Owed {
    what: Takes,
    /// From when on it is to be made small.
    at: Timestamp,
    /// Not before then is that done for something of somebody.
    not_before: Timestamp,
}

impl Owed {
    /// A change took this away, from a set whose state takes so many bytes.
    fn note(&mut self, takes: Takes, kept: u64, now: Timestamp) {
        let is_first = self.what == Takes::Nothing;
        match takes {
            Takes::Nothing => return,
            Takes::Something if is_first => {
                self.at = now.max(self.not_before);
                self.not_before = self.at.plus(pace_ms(kept));
            }
            Takes::Something => {}
            Takes::Meeting => self.at = now,
        }
        self.what = self.what.max(takes);
    }

    /// When it is to be made small.
    fn due(&self) -> Option<Timestamp> {
        (self.what != Takes::Nothing).then_some(self.at)
    }

    /// It could not be: after a while once more.
    fn again(&mut self, kept: u64, now: Timestamp) {
        self.at = now.plus(pace_ms(kept));
        self.not_before = self.not_before.max(self.at);
    }
}

/// What a room knows of its own journal.
pub(super) struct LogState {
    /// Entries since the last snapshot.
    pub(super) since_snapshot: usize,
    /// What the set takes of the journal.
    pub(super) footprint: Footprint,
    /// What was taken away and may still be on the disk.
    owed: Owed,
    /// Not before then is anything tried again that the journal was too busy for.
    pub(super) retry_at: Option<Timestamp>,
    /// How often nothing could be written, since it was last said.
    pub(super) unsaved: Minutely,
}

impl LogState {
    pub(super) fn new(
        since_snapshot: usize,
        footprint: Footprint,
        takes: Takes,
        now: Timestamp,
    ) -> Self {
        let (mut owed, unsaved) = (Owed::default(), Minutely::default());
        owed.note(takes, footprint.kept(), now);
        Self { since_snapshot, footprint, owed, retry_at: None, unsaved }
    }
}

impl RoomActor {
    /// A change took something away.
    pub(super) fn owes(&mut self, takes: Takes) {
        let (kept, now) = (self.log_state.footprint.kept(), self.now());
        self.log_state.owed.note(takes, kept, now);
    }

    /// Whether something that was taken away may still be on the disk.
    pub(super) fn owes_anything(&self) -> bool {
        self.log_state.owed.due().is_some()
    }

    /// When what is kept is to take the place of everything before.
    pub(super) fn shrinks_at(&self) -> Option<Timestamp> {
        let footprint = &self.log_state.footprint;
        let is_long = !footprint.is_short() && footprint.is_long(self.most());
        if is_long { Some(self.now()) } else { self.log_state.owed.due() }
    }

    /// Whether it is to do so now. Nothing is decided before it is done, or a busy room would never
    /// come to it.
    pub(super) fn shrinks_now(&self) -> bool {
        let now = self.now();
        self.log_state.retry_at.is_none_or(|at| at <= now)
            && self.shrinks_at().is_some_and(|at| at <= now)
    }

    /// What is kept takes the place of everything before. Only while no append is under way.
    pub(super) async fn make_small(&mut self) {
        let bytes = bytes::Bytes::from(self.room.to_snapshot());
        let kept = bytes.len();
        match self.services.journal.snapshot(self.key, self.commit.head(), bytes).await {
            Ok(()) => {
                self.log_state.since_snapshot = 0;
                self.log_state.footprint.shrunk(kept);
                let what = std::mem::take(&mut self.log_state.owed.what);
                if what == Takes::Meeting && self.room.meeting().stage != Stage::Running {
                    tracing::info!(event = "meeting_erased", room = %self.tag, "a closed meeting is gone");
                }
            }
            Err(error) => {
                tracing::warn!(event = "not_erased", room = %self.tag, %error, "will be tried again");
                let (most, now) = (self.most(), self.now());
                self.log_state.footprint.not_shrunk(most);
                self.log_state.owed.again(self.log_state.footprint.kept(), now);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_away_goes_at_once_and_then_at_a_pace_that_grows_with_the_state() {
        let (now, kept) = (Timestamp(1_000_000), 100_000);
        let mut owed = Owed::default();
        owed.note(Takes::Nothing, kept, now);
        assert_eq!(owed.due(), None);
        owed.note(Takes::Something, kept, now);
        assert_eq!(owed.due(), Some(now));
        owed.what = Takes::Nothing;
        owed.note(Takes::Something, kept, now.plus(1));
        owed.note(Takes::Something, kept, now.plus(2));
        assert_eq!(owed.due(), Some(now.plus(PACE_MS)), "what is owed already waits no longer");
        // A meeting does not wait, and nobody waits longer for it.
        owed.note(Takes::Meeting, kept, now.plus(3));
        assert_eq!((owed.due(), owed.what), (Some(now.plus(3)), Takes::Meeting));
        owed.what = Takes::Nothing;
        owed.note(Takes::Something, kept, now.plus(4));
        assert_eq!(owed.due(), Some(now.plus(2 * PACE_MS)));
        owed.again(kept, now.plus(2 * PACE_MS));
        assert_eq!(owed.due(), Some(now.plus(3 * PACE_MS)));
        assert_eq!([0, PACED - 1, PACED, 8 * PACED].map(pace_ms), [5_000, 5_000, 10_000, 45_000]);
    }
}
