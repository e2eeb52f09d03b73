//! What is due in a room, in order, and a sleep until the next of it.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{self, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

use super::intent::Intent;

/// When nothing is due.
const LONG: Duration = Duration::from_secs(3600);

/// A queue of intents, by the moment that they are due.
#[derive(Debug)]
pub(super) struct Timetable {
    /// Earlier ones of the same moment come first.
    todo: BTreeMap<(Instant, u64), Intent>,
    turn: u64,
    sleep: Pin<Box<Sleep>>,
}

impl Timetable {
    pub(super) fn new() -> Self {
        let sleep = Box::pin(tokio::time::sleep(Duration::ZERO));
        Self { todo: BTreeMap::new(), turn: 0, sleep }
    }

    /// Something is to be done at that time.
    pub(super) fn plan(&mut self, at: Instant, intent: Intent) {
        self.turn += 1;
        self.todo.insert((at, self.turn), intent);
    }

    /// Only such plans stay.
    pub(super) fn keep(&mut self, keep: impl Fn(&Intent) -> bool) {
        self.todo.retain(|_, intent| keep(intent));
    }

    /// The next that is due by now, and when it was.
    pub(super) fn due(&mut self, now: Instant) -> Option<(Instant, Intent)> {
        let next = self.todo.first_entry().filter(|next| next.key().0 <= now)?;
        let ((at, _), intent) = next.remove_entry();
        Some((at, intent))
    }

    /// Ready when something is due.
    pub(super) fn poll(&mut self, cx: &mut task::Context<'_>, now: Instant) -> Poll<()> {
        let next = self.todo.first_key_value().map_or(now + LONG, |((at, _), _)| *at);
        if next != self.sleep.deadline() {
            self.sleep.as_mut().reset(next);
        }
        self.sleep.as_mut().poll(cx)
    }
}
