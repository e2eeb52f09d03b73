//! A checkpoint of the clock: what the service's showed last, in a file beside the journal.
//!
//! A restart with the machine's clock set back must not give running times back to anybody. What
//! the journal holds tells only until when somebody wrote, and a set may listen for ten minutes
//! without writing. So every few seconds the time is noted down, not synced: a killed process
//! leaves it behind, and after a power cut the journal still tells most of it.

use std::io;
use std::path::{Path, PathBuf};

use setroom_protocol::Timestamp;

use super::private;
use crate::clock::{BELIEVED_MS, Clock};
use crate::shutdown::Shutdown;

/// The file in the data folder: milliseconds since 1970, as digits.
pub const CLOCK_FILE: &str = "clock";
/// The time between two notes, in milliseconds: so much of a running time may come back.
const EVERY_MS: u64 = 5_000;
/// The place of the note.
#[derive(Clone, Debug)]
pub(crate) struct ClockCheckpoint {
    file: PathBuf,
}

impl ClockCheckpoint {
    /// In this data folder, which is this process's alone.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { file: folder.join(CLOCK_FILE) }
    }

    /// Until when the process before this one ran; 0 when that is not known or not to be believed.
    pub(crate) fn ran_until(&self, clock: &Clock) -> Timestamp {
        let noted = std::fs::read_to_string(&self.file).ok();
        let noted = noted.and_then(|text| text.trim().parse().ok()).map(Timestamp);
        let now = Timestamp(clock.now_ms());
        let Some(noted) = noted else { return Timestamp(0) };
        if noted > now {
            let behind_ms = noted.since(now);
            let count = behind_ms / 1000;
            tracing::warn!(
                event = "clock_behind",
                count,
                "the machine's clock is behind where \
                this service has been, by so many seconds: it was set back, or it is wrong"
            );
            if behind_ms > BELIEVED_MS {
                return Timestamp(0);
            }
        }
        noted
    }

    /// Notes the time down again and again, until the process stops; none before `from`, when the
    /// clock may be wrong, or a second start would believe what the first did not.
    pub(crate) async fn keep(self, from: Timestamp, clock: Clock, shutdown: Shutdown) {
        tokio::select! {
            () = clock.sleep_until(from.0) => {}
            () = shutdown.stopping() => return,
        }
        loop {
            let now_ms = clock.now_ms();
            self.note(now_ms).await;
            tokio::select! {
                () = clock.sleep_until(now_ms.saturating_add(EVERY_MS)) => {}
                () = shutdown.stopping() => break,
            }
        }
        self.note(clock.now_ms()).await;
    }

    /// A note that cannot be written costs nothing but what it is for.
    async fn note(&self, now_ms: u64) {
        let file = self.file.clone();
        let _ = tokio::task::spawn_blocking(move || write(&file, now_ms)).await;
    }
}

/// In place and always as long, so that a full disk has room for it and no reader sees half of it.
fn write(file: &Path, now_ms: u64) -> io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    let options = private(options.write(true).create(true).truncate(false));
    options.open(file)?.write_all(format!("{now_ms:020}\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    fn checkpoint(text: &str) -> (tempfile::TempDir, ClockCheckpoint) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(CLOCK_FILE), text).unwrap();
        let checkpoint = ClockCheckpoint::in_folder(folder.path());
        (folder, checkpoint)
    }

    #[test]
    fn what_was_noted_is_read_again_and_nothing_else_is_believed() {
        let clock = |now| Clock::Manual(ManualClock::new(now));
        let (folder, checkpoint) = checkpoint("");
        let text = || std::fs::read_to_string(folder.path().join(CLOCK_FILE)).unwrap();
        for now in [1_750_000_000_000, 999, u64::MAX] {
            write(&checkpoint.file, now).unwrap();
            assert_eq!(checkpoint.ran_until(&clock(now)), Timestamp(now), "{}", text());
            assert_eq!(text().len(), 21);
        }
        write(&checkpoint.file, BELIEVED_MS + 7).unwrap();
        assert_eq!(checkpoint.ran_until(&clock(7)), Timestamp(BELIEVED_MS + 7));
        assert_eq!(
            checkpoint.ran_until(&clock(6)),
            Timestamp(0),
            "a clock that was a day ahead was wrong"
        );
        for text in ["", "x", "-1", "1e9", "99999999999999999999999"] {
            std::fs::write(&checkpoint.file, text).unwrap();
            assert_eq!(checkpoint.ran_until(&clock(7)), Timestamp(0), "{text}");
        }
        drop(folder);
        assert_eq!(checkpoint.ran_until(&clock(7)), Timestamp(0));
        assert!(write(&checkpoint.file, 1).is_err());
    }
}
