//! How much the journal can still take: on its disk, and below its own ceiling.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::Instant;

use crate::journal::Free;
use crate::telemetry::free_on_disk;

/// The disk is asked this often at most, whoever wants to know.
const LOOK_MS: u64 = 100;
/// Stands for a number that nobody knows, or that has no bound.
const NONE: u64 = u64::MAX;

/// What is free, as the writer sees its file and the system its disk. Asking never waits.
#[derive(Debug)]
pub(super) struct Level {
    folder: PathBuf,
    begun: Instant,
    /// When the disk was asked last, in milliseconds since then.
    looked_ms: AtomicU64,
    /// What it had.
    disk: AtomicU64,
    /// What was deleted within the file and will be written over.
    within: AtomicU64,
    /// What there is below the ceiling.
    below: AtomicU64,
    /// How many sets the file holds.
    sets: AtomicU64,
}

impl Level {
    /// Of a journal in this folder that the writer has not looked at yet.
    pub(super) fn new(folder: &Path) -> Self {
        let (disk, below) = (free_on_disk(folder), AtomicU64::new(NONE));
        Self {
            folder: folder.to_owned(),
            begun: Instant::now(),
            looked_ms: AtomicU64::new(0),
            disk: AtomicU64::new(disk.unwrap_or(NONE)),
            within: AtomicU64::new(0),
            below,
            sets: AtomicU64::new(0),
        }
    }

    /// The writer has looked at its file: so much is free within it, and below its ceiling if it has
    /// one. The disk is asked too: whoever was just told that everything is written is judged by it.
    pub(super) fn set(&self, within: u64, below: Option<u64>) {
        self.ask_disk();
        self.within.store(within, Ordering::Relaxed);
        self.below.store(below.unwrap_or(NONE), Ordering::Relaxed);
    }

    /// So many sets are in the file when it is opened.
    pub(super) fn begins_with(&self, sets: u64) {
        self.sets.store(sets, Ordering::Relaxed);
    }

    /// So many were made, and so many are gone.
    pub(super) fn count(&self, made: u64, gone: u64) {
        self.sets.fetch_add(made, Ordering::Relaxed);
        self.sets.fetch_sub(gone, Ordering::Relaxed);
    }

    /// What is free, whichever bound comes first, and for how many sets; `None` where no bound is known.
    pub(super) fn now(&self) -> Option<Free> {
        self.look();
        let disk = match self.disk.load(Ordering::Relaxed) {
            NONE => NONE,
            disk => disk.saturating_add(self.within.load(Ordering::Relaxed)),
        };
        let bytes = disk.min(self.below.load(Ordering::Relaxed));
        (bytes != NONE).then(|| Free { bytes, sets: self.sets.load(Ordering::Relaxed) })
    }

    /// Asks the disk, unless that was only just done. Others fill it as well.
    fn look(&self) {
        let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(NONE);
        let last = self.looked_ms.load(Ordering::Relaxed);
        let turn = |last| {
            let (of, to) = (&self.looked_ms, Ordering::Relaxed);
            of.compare_exchange(last, now, to, to).is_ok()
        };
        if now.saturating_sub(last) >= LOOK_MS && turn(last) {
            self.ask_disk();
        }
    }

    fn ask_disk(&self) {
        self.disk.store(free_on_disk(&self.folder).unwrap_or(NONE), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(level: &Level) -> Option<u64> {
        level.now().map(|free| free.bytes)
    }

    #[test]
    fn what_is_free_is_the_less_of_disk_and_ceiling_and_unknown_where_neither_is_known() {
        let level = Level::new(Path::new("/there/is/no/such/folder"));
        assert_eq!(level.now(), None);
        level.set(9000, Some(50));
        assert_eq!(bytes(&level), Some(50));
        let with_a_disk = |within, below| {
            level.set(within, below);
            level.disk.store(7, Ordering::Relaxed);
            bytes(&level)
        };
        level.looked_ms.store(NONE, Ordering::Relaxed);
        assert_eq!(with_a_disk(30, Some(50)), Some(37));
        assert_eq!(with_a_disk(30, None), Some(37));
        assert_eq!(with_a_disk(100, Some(50)), Some(50));
        level.begins_with(9);
        level.count(2, 1);
        assert_eq!(level.now(), Some(Free { bytes: 50, sets: 10 }));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_disk_is_asked_whenever_the_writer_looks() {
        let folder = tempfile::tempdir().unwrap();
        let level = Level::new(folder.path());
        level.disk.store(7, Ordering::Relaxed);
        level.looked_ms.store(NONE, Ordering::Relaxed);
        assert_eq!(bytes(&level), Some(7));
        level.set(0, None);
        assert!(bytes(&level) > Some(7));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_disk_is_asked_again_after_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let mut level = Level::new(folder.path());
        level.disk.store(7, Ordering::Relaxed);
        level.looked_ms.store(NONE, Ordering::Relaxed);
        assert_eq!(bytes(&level), Some(7));
        level.looked_ms.store(0, Ordering::Relaxed);
        level.begun = Instant::now().checked_sub(std::time::Duration::from_secs(9)).unwrap();
        assert!(bytes(&level) > Some(7));
    }
}
