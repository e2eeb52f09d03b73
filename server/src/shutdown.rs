//! Ending in order: say so, wait a while, then cut.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The process begins to stop; before, the phase is 0.
const STOPPING: u8 = 1;
/// Whoever is still here is cut off.
const OVER: u8 = 2;

/// Tells every task that the process ends, and knows which of them are still there. Clones are the
/// same.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    phase: AtomicU8,
    stopping: CancellationToken,
    tasks: Mutex<Tasks>,
    /// Told when the last task has ended.
    ended: Notify,
}

/// The tasks that are there, by number. One waker for each is all that a stop needs of it: twenty
/// thousand idle sockets must not pay for two futures each that wait for the end of the process.
#[derive(Debug, Default)]
struct Tasks {
    next: u64,
    wakers: HashMap<u64, Option<Waker>>,
}

impl Shutdown {
    /// Starts a task that a stop waits for. When the drain's time is over the task is dropped
    /// where it stands.
    pub fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        // In a box of its own: to hand a future on by value doubles its room in the task.
        let task = Box::pin(task);
        self.spawn_with(move || task);
    }

    /// As [`Shutdown::spawn`], for a task of which there are thousands: it is made in its place,
    /// and takes no more room than it needs.
    ///
    /// The task is polled again when the process begins to stop, so inside its own polls
    /// [`Shutdown::is_stopping`] is all that it has to ask.
    pub fn spawn_with<M, F>(&self, make: M)
    where
        M: FnOnce() -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let mut place = self.place();
        tokio::spawn(async move {
            let mut task = pin!(make());
            poll_fn(|cx| place.poll(cx, task.as_mut())).await;
        });
    }

    fn place(&self) -> Place {
        let mut tasks = self.shared.tasks.lock();
        let number = tasks.next;
        tasks.next += 1;
        tasks.wakers.insert(number, None);
        Place { shared: Arc::clone(&self.shared), number, is_known: false }
    }

    /// Returns when the process begins to stop: take nothing new, finish, say goodbye.
    pub async fn stopping(&self) {
        self.shared.stopping.cancelled().await;
    }

    /// Whether the process has begun to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.shared.phase() >= STOPPING
    }

    /// Stops: tells every task, waits up to `patience`, then cuts off who is left. Says whether
    /// all ended by themselves.
    pub async fn stop(&self, patience: Duration) -> bool {
        self.shared.enter(STOPPING);
        let in_time = tokio::time::timeout(patience, self.shared.all_ended()).await.is_ok();
        self.shared.enter(OVER);
        self.shared.all_ended().await;
        in_time
    }

    /// Cuts everything off at once.
    pub fn cut(&self) {
        self.shared.enter(OVER);
    }
}

impl Shared {
    fn phase(&self) -> u8 {
        self.phase.load(Ordering::Acquire)
    }

    /// Begins a phase, and wakes every task so that it sees it.
    fn enter(&self, phase: u8) {
        self.phase.fetch_max(phase, Ordering::AcqRel);
        self.stopping.cancel();
        // Nobody is woken under the lock: a runtime that is going away itself drops a task there
        // and then, and the task's place needs the lock.
        let wakers: Vec<Waker> = self.tasks.lock().wakers.values().flatten().cloned().collect();
        wakers.iter().for_each(Waker::wake_by_ref);
    }

    async fn all_ended(&self) {
        loop {
            let mut ended = pin!(self.ended.notified());
            // Listening comes before looking, or the last task could end in between.
            ended.as_mut().enable();
            if self.tasks.lock().wakers.is_empty() {
                return;
            }
            ended.await;
        }
    }
}

/// A task's place among those that a stop waits for; dropping it says that the task has ended.
#[derive(Debug)]
struct Place {
    shared: Arc<Shared>,
    number: u64,
    is_known: bool,
}

impl Place {
    fn poll<F: Future<Output = ()>>(
        &mut self,
        cx: &mut Context<'_>,
        task: Pin<&mut F>,
    ) -> Poll<()> {
        if !self.is_known {
            // A task's waker stays the same for as long as the task lives. It is left here before
            // the phase is looked at, so that no change of it is missed.
            self.is_known = true;
            self.shared.tasks.lock().wakers.insert(self.number, Some(cx.waker().clone()));
        }
        if self.shared.phase() == OVER {
            return Poll::Ready(());
        }
        task.poll(cx)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let is_last = {
            let mut tasks = self.shared.tasks.lock();
            tasks.wakers.remove(&self.number);
            tasks.wakers.is_empty()
        };
        if is_last {
            self.shared.ended.notify_waiters();
        }
    }
}
