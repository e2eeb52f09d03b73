//! Is the process there, and can it take work?

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::Problem;
use crate::journal::{Journal, NotWritable};
use crate::state::AppState;

const STOPPING: Problem = not_ready("stopping", "The service is stopping.");
const BUSY: Problem = not_ready("journal_busy", "The journal does not answer in time.");
const DISK_FULL: Problem = not_ready(
    "disk_full",
    "The disk is full: only what frees room is written, until there is some again.",
);
const JOURNAL_MIB: Problem = not_ready(
    "journal_mib",
    "The journal has reached journal_mib: only what frees room is written.",
);

const fn not_ready(code: &'static str, message: &'static str) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, message)
}

/// Anybody may ask, and each answer costs a write to disk; so one answer serves this long.
const ANSWER_HOLDS: Duration = Duration::from_secs(1);
/// A journal that needs longer than this is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// The last answer of the journal about itself.
#[derive(Debug, Default)]
pub struct Readiness {
    last: Mutex<Option<(Instant, Result<(), NotWritable>)>>,
}

impl Readiness {
    /// Whether the journal took everything just now.
    async fn of(&self, journal: &dyn Journal) -> Result<(), NotWritable> {
        let mut last = self.last.lock().await;
        if let Some((at, ready)) = *last
            && at.elapsed() < ANSWER_HOLDS
        {
            return ready;
        }
        let ready = timeout(PATIENCE, journal.check()).await;
        let ready = ready.unwrap_or(Err(NotWritable::Busy));
        *last = Some((Instant::now(), ready));
        ready
    }
}

/// The process runs.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// The process takes work: it does not stop, and its journal takes everything. If not, why.
pub(crate) async fn readyz(State(state): State<AppState>) -> Result<&'static str, Problem> {
    if state.shutdown.is_stopping() {
        return Err(STOPPING);
    }
    match state.readiness.of(state.journal.as_ref()).await {
        Ok(()) => Ok("ready\n"),
        Err(NotWritable::Busy) => Err(BUSY),
        Err(NotWritable::DiskFull) => Err(DISK_FULL),
        Err(NotWritable::Ceiling) => Err(JOURNAL_MIB),
    }
}
