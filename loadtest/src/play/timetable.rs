//! What is due in a room, in order, and a sleep until the next of it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::pin::Pin;
use std::task::{self, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

use super::intent::{Intent, Todo};

/// When nothing is due.
const LONG: Duration = Duration::from_secs(3600);

/// A queue of intents, by the moment that they are due.
#[derive(Debug)]
pub(super) struct Timetable {
    todo: BinaryHeap<Reverse<Todo>>,
    turn: u64,
    sleep: Pin<Box<Sleep>>,
}

impl Timetable {
    pub(super) fn new() -> Self {
        let sleep = Box::pin(tokio::time::sleep(Duration::ZERO));
        Self { todo: BinaryHeap::new(), turn: 0, sleep }
    }

    /// Something is to be done at that time.
    pub(super) fn plan(&mut self, at: Instant, intent: Intent) {
        self.turn += 1;
        self.todo.push(Reverse(Todo { at, turn: self.turn, intent }));
    }

    /// Only such plans stay.
    pub(super) fn keep(&mut self, keep: impl Fn(&Intent) -> bool) {
        self.todo.retain(|Reverse(todo)| keep(&todo.intent));
    }

    /// The next that is due by now.
    pub(super) fn due(&mut self, now: Instant) -> Option<Todo> {
        self.todo.peek().filter(|Reverse(todo)| todo.at <= now)?;
        self.todo.pop().map(|Reverse(todo)| todo)
    }

    /// Ready when something is due.
    pub(super) fn poll(&mut self, cx: &mut task::Context<'_>, now: Instant) -> Poll<()> {
        let next = self.todo.peek().map_or(now + LONG, |Reverse(todo)| todo.at);
        if next != self.sleep.deadline() {
            self.sleep.as_mut().reset(next);
        }
        self.sleep.as_mut().poll(cx)
    }
}
