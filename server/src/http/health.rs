//! Is the process there, and can it take work?

use axum::extract::State;
use axum::http::StatusCode;

use super::problem::Problem;
use crate::journal::NotWritable;
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
