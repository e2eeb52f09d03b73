//! When a room that nobody is in ends, and what is said to those who come too late.

use setroom_protocol::Timestamp;
use tokio::sync::mpsc;

use super::run::Task;
use super::{Denied, Event};

/// For so long a room is kept that nobody has come in to since it was loaded: what a wrong token
/// loaded is not kept as what people use.
const UNVISITED_MS: u64 = 30_000;

impl Task {
    /// How long it stays without anybody.
    pub(super) fn idle_ms(&self) -> u64 {
        let idle_ms = u64::from(self.means.limits.room_idle_unload_minutes) * 60_000;
        if self.was_visited { idle_ms } else { idle_ms.min(UNVISITED_MS) }
    }

    /// Whether that is over, or others need its place.
    pub(super) fn is_idle(&self) -> bool {
        let long = |since: Timestamp| self.gives_way || self.now().since(since) >= self.idle_ms();
        let is_left = || self.members.is_empty() && self.empty_since.is_some_and(long);
        self.flight.is_none() && (self.gives_up || is_left())
    }
}

/// Answers everything that still waits in a mailbox, and closes it.
pub(super) async fn turn_away(mut events: mpsc::Receiver<Event>, denied: Denied) {
    events.close();
    while let Some(event) = events.recv().await {
        if let Event::Enter(entering) = event {
            let _ = entering.answer.send(Err(denied));
        }
    }
}
