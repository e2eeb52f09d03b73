//! When a room that nobody is in ends, and what is said to those who come too late.

use std::sync::Arc;

use setroom_protocol::Timestamp;
use tokio::sync::mpsc;

use super::actor::RoomActor;
use super::{Event, JoinError, Porch};

/// For so long a room is kept that nobody has come in to since it was loaded: what a wrong token
/// loaded is not kept as what people use.
const UNVISITED_MS: u64 = 30_000;

/// Whether a room stays.
pub(super) struct Stay {
    pub(super) porch: Arc<Porch>,
    /// Since when nobody has been connected.
    pub(super) empty_since: Option<Timestamp>,
    /// Somebody has been here since it was loaded.
    pub(super) was_visited: bool,
    /// Others need the place of this room, if nobody is in; and even so.
    pub(super) gives_way: bool,
    pub(super) gives_up: bool,
}

impl Stay {
    pub(super) fn new(porch: Arc<Porch>, now: Timestamp) -> Self {
        let empty_since = Some(now);
        Self { porch, empty_since, was_visited: false, gives_way: false, gives_up: false }
    }
}

impl RoomActor {
    /// How long it stays without anybody.
    pub(super) fn idle_ms(&self) -> u64 {
        let idle_ms = u64::from(self.services.limits.room_idle_unload_minutes) * 60_000;
        if self.stay.was_visited { idle_ms } else { idle_ms.min(UNVISITED_MS) }
    }

    /// When that is over, if nobody comes. A room that owes the disk something stays until that is done.
    pub(super) fn idle_at(&self) -> Option<Timestamp> {
        let since = self.stay.empty_since.filter(|_| !self.owes_anything())?;
        Some(since.plus(self.idle_ms()))
    }

    /// Whether that is over, or others need its place.
    pub(super) fn is_idle(&self) -> bool {
        let is_over = || self.idle_at().is_some_and(|at| at <= self.now());
        let is_left = || self.fanout.members.is_empty() && (self.stay.gives_way || is_over());
        !self.commit.is_pending() && (self.stay.gives_up || is_left())
    }
}

/// Answers everything that still waits in a mailbox, and closes it.
pub(super) async fn turn_away(mut events: mpsc::Receiver<Event>, denied: JoinError) {
    events.close();
    while let Some(event) = events.recv().await {
        if let Event::Enter(entering) = event {
            let _ = entering.answer.send(Err(denied));
        }
    }
}
