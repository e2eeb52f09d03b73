//! Whether the journal takes everything at the moment, asked of it once a second at most.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::{Journal, NotWritable};

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
    pub(crate) async fn of(&self, journal: &dyn Journal) -> Result<(), NotWritable> {
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
