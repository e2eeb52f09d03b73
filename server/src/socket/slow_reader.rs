//! Where somebody is cut off for what they make wait here: over their own bound, or for the memory of all.

use setroom_protocol::CloseCode;

use super::sink::{Sink, Waiting};
use crate::config::kib;
use crate::limits::{Limit, Unread};

impl Sink {
    /// Says goodbye to one for whom more waits than may.
    pub(super) fn end_if_slow(&self, waiting: &mut Waiting) {
        let limits = &self.services.limits;
        if waiting.queue.as_ref().is_some_and(|queue| queue.is_over(limits)) {
            self.services.connection_limits.refuse(Limit::Outbox);
            self.services.metrics.slow_closes.inc();
            self.end(waiting, CloseCode::Slow);
        }
    }

    /// So many bytes are kept of a message of its peer's that is not whole. They count with what
    /// waits: whoever keeps the rest back reads nothing either, as far as the memory goes.
    pub(crate) fn keeps(&self, bytes: usize) {
        let mut waiting = self.waiting.lock();
        if bytes == 0 || waiting.ending.is_some() || waiting.broken {
            waiting.unfinished = None;
            return;
        }
        waiting.unfinished.get_or_insert_with(|| Box::new(self.charge())).set(bytes);
        drop(waiting);
        self.trim();
    }
}

impl Unread for Sink {
    fn cut_off(&self) {
        let mut waiting = self.waiting.lock();
        if waiting.broken {
            return;
        }
        self.services.connection_limits.refuse(Limit::OutboxMemory);
        if waiting.ending.is_none() {
            self.services.metrics.slow_closes.inc();
        }
        let left = self.end(&mut waiting, CloseCode::Slow);
        if left > kib(self.services.limits.outbox_kib) {
            // What is on its way is what there is too much of, and it would come before the reason.
            waiting.broke();
        }
        self.wake.wake();
    }
}
