//! A look through the whole journal at each start, so that damage is known before anybody meets it.
//!
//! It reads beside the service, as a backup does. A start waits for it only for as long as nobody
//! minds; a large journal is looked through while people are in their rooms already.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::journal::sqlite::maintenance::{Survey, survey};
use crate::telemetry::Metrics;

/// How long a start waits for it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks through the journal in `folder`. `None`: that is not done yet, and the log will say.
pub(crate) async fn look(folder: PathBuf, metrics: Metrics) -> Option<Survey> {
    let (answer, answered) = oneshot::channel();
    let look = move || {
        let found = match survey(&folder) {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(
                    event = "journal_unchecked", error = %error,
                    "the journal could not be looked through: `setroom journal verify` does it"
                );
                return;
            }
        };
        let Survey { sets, damaged, faults } = found;
        metrics.journal_checked(damaged.max(u64::from(faults > 0)));
        if faults > 0 {
            tracing::error!(
                event = "journal_damaged",
                sets = damaged,
                count = faults,
                "the journal is damaged: so many of its sets do not open; \
                 `setroom journal verify` names every fault"
            );
        }
        if answer.send(found).is_err() {
            tracing::info!(event = "journal_checked", sets, count = faults, "looked through");
        }
    };
    // Not on the runtime: that would wait for it at the end. The process does not.
    let started = std::thread::Builder::new().name("journal-survey".to_owned()).spawn(look);
    if let Err(error) = started {
        tracing::warn!(event = "journal_unchecked", error = %error, "there is no thread for it");
    }
    tokio::time::timeout(PATIENCE, answered).await.ok()?.ok()
}
