//! Ending in order: say so, wait a while, then cut.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Tells every task that the process ends, and knows which of them are still there.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    stopping: CancellationToken,
    over: CancellationToken,
    tasks: TaskTracker,
}

impl Shutdown {
    /// Starts a task that a stop waits for. When the drain's time is over the task is dropped
    /// where it stands.
    pub fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let over = self.over.clone();
        self.tasks.spawn(async move {
            over.run_until_cancelled_owned(task).await;
        });
    }

    /// Returns when the process begins to stop: take nothing new, finish, say goodbye.
    pub async fn stopping(&self) {
        self.stopping.cancelled().await;
    }

    /// Whether the process has begun to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// Stops: tells every task, waits up to `patience`, then cuts off who is left. Says whether
    /// all ended by themselves.
    pub async fn stop(&self, patience: Duration) -> bool {
        self.stopping.cancel();
        self.tasks.close();
        let in_time = tokio::time::timeout(patience, self.tasks.wait()).await.is_ok();
        self.over.cancel();
        self.tasks.wait().await;
        in_time
    }

    /// Cuts everything off at once.
    pub fn cut(&self) {
        self.stopping.cancel();
        self.over.cancel();
        self.tasks.close();
    }
}
