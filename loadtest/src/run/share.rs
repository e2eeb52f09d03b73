//! Testers that run together: which part is whose, and when all begin.

use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::Instant;

/// One tester's part of a load: every `of`th room, from `index` on. A room has the same number,
/// and so the same schedule, whoever plays it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Which part, from 0.
    pub index: usize,
    /// Of how many parts, at least 1.
    pub of: usize,
}

impl Share {
    /// All of it.
    pub const WHOLE: Self = Self { index: 0, of: 1 };

    /// The rooms of this part, out of `rooms` in all.
    pub fn rooms(self, rooms: usize) -> impl ExactSizeIterator<Item = usize> + Clone {
        (self.index.min(rooms)..rooms).step_by(self.of.max(1))
    }
}

/// Where a tester waits until the others have their people in too.
#[derive(Clone, Debug)]
pub struct Gate {
    ready: watch::Sender<bool>,
    start: watch::Receiver<Option<Instant>>,
}

/// Opens a [`Gate`].
#[derive(Debug)]
pub struct GateKeeper {
    ready: watch::Receiver<bool>,
    start: watch::Sender<Option<Instant>>,
}

impl Gate {
    /// A closed gate, and who opens it.
    #[must_use]
    pub fn closed() -> (Self, GateKeeper) {
        let (ready, is_ready) = watch::channel(false);
        let (open, start) = watch::channel(None);
        (Self { ready, start }, GateKeeper { ready: is_ready, start: open })
    }

    /// Says that everybody is in, and waits for the moment to begin at, which may still be to
    /// come; none when it was stopped first, or nobody is left to open the gate.
    pub(crate) async fn pass(&self, stop: &watch::Receiver<bool>) -> Option<Instant> {
        self.ready.send_replace(true);
        let (mut stop, mut start) = (stop.clone(), self.start.clone());
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => None,
            open = start.wait_for(Option::is_some) => open.ok().and_then(|start| *start),
        }
    }
}

impl GateKeeper {
    /// Waits until everybody of this tester is in; false when it ended before that.
    pub async fn is_ready(&mut self) -> bool {
        self.ready.wait_for(|ready| *ready).await.is_ok()
    }

    /// Opens: the measured part begins at this moment.
    pub fn open(&self, at: Instant) {
        self.start.send_replace(Some(at));
    }
}
