//! Is the process there, and can it take work?

use std::time::Duration;

use axum::extract::State;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::Problem;
use crate::journal::Journal;
use crate::state::AppState;

/// Anybody may ask, and each answer costs a write to disk; so one answer serves this long.
const ANSWER_HOLDS: Duration = Duration::from_secs(1);
/// A journal that needs longer than this is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// The last answer of the journal about itself.
#[derive(Debug, Default)]
pub struct Readiness {
    last: Mutex<Option<(Instant, bool)>>,
}

impl Readiness {
    /// Whether the journal could be written just now.
    pub(crate) async fn is_ready(&self, journal: &dyn Journal) -> bool {
        let mut last = self.last.lock().await;
        if let Some((at, ready)) = *last
            && at.elapsed() < ANSWER_HOLDS
        {
            return ready;
        }
        let ready = matches!(timeout(PATIENCE, journal.check()).await, Ok(Ok(())));
        *last = Some((Instant::now(), ready));
        ready
    }
}

/// The process runs.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// The process takes work: it does not stop, and its journal can be written.
pub(crate) async fn readyz(State(state): State<AppState>) -> Result<&'static str, Problem> {
    let stopping = state.shutdown.is_stopping();
    if !stopping && state.readiness.is_ready(state.journal.as_ref()).await {
        Ok("ready\n")
    } else {
        Err(Problem::UNAVAILABLE)
    }
}
