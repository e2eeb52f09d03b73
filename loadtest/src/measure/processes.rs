//! The server's processes, read together: one that was named, or those that the tester starts,
//! stops and starts again itself.

use std::sync::Arc;

use parking_lot::Mutex;

use super::process::{self, ProcessError, Reading};

/// Clones share the same list.
#[derive(Clone, Debug, Default)]
pub struct Processes {
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    here: Vec<u32>,
    /// What those used that have ended.
    gone: Reading,
    /// What was read last.
    last: Option<Reading>,
}

impl Processes {
    /// One that runs already, if one was named.
    pub fn named(pid: Option<u32>) -> Self {
        let processes = Self::default();
        pid.into_iter().for_each(|pid| processes.began(pid));
        processes
    }

    /// One was started.
    pub fn began(&self, pid: u32) {
        self.kept.lock().here.push(pid);
    }

    /// One is about to be stopped: what it used until now still counts.
    pub fn ends(&self, pid: u32) {
        let last = process::read(pid).unwrap_or_default();
        let mut kept = self.kept.lock();
        kept.here.retain(|here| *here != pid);
        // Its memory and its files are free again.
        kept.gone = kept.gone + Reading { rss_bytes: 0, files: None, ..last };
    }

    /// What all of them used so far, and hold now; none while there is none.
    ///
    /// # Errors
    /// [`ProcessError`] when one of them cannot be read.
    pub fn read(&self) -> Result<Option<Reading>, ProcessError> {
        self.read_by(process::read)
    }

    /// The same with their open files.
    ///
    /// # Errors
    /// [`ProcessError`] when one of them cannot be read.
    pub fn read_whole(&self) -> Result<Option<Reading>, ProcessError> {
        self.read_by(process::read_whole)
    }

    fn read_by(
        &self,
        read: impl Fn(u32) -> Result<Reading, ProcessError>,
    ) -> Result<Option<Reading>, ProcessError> {
        let mut kept = self.kept.lock();
        if kept.here.is_empty() {
            return Ok(None);
        }
        let all = kept.here.iter().try_fold(kept.gone, |all, pid| Ok(all + read(*pid)?))?;
        // Files are not counted in every reading.
        let files = all.files.or(kept.last.and_then(|last| last.files));
        kept.last = Some(Reading { files, ..all });
        Ok(Some(all))
    }

    /// The same with their open files; when one of them has ended by itself, what was read last
    /// before that, and that it has.
    pub fn read_or_last(&self) -> (Option<Reading>, bool) {
        match self.read_whole() {
            Ok(reading) => (reading, false),
            Err(_) => (self.kept.lock().last, true),
        }
    }

    /// How many files each of them may have open; none where that is not limited, or not told.
    pub fn files_allowed(&self) -> Option<u64> {
        let first = self.kept.lock().here.first().copied();
        first.and_then(process::files_allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_process_that_has_ended_the_last_reading_counts() {
        let processes = Processes::named(Some(7));
        let there = Reading { cpu_seconds: 2.0, files: Some(9), ..Reading::default() };
        assert_eq!(processes.read_by(|_| Ok(there)).unwrap(), Some(there));
        let later = Reading { cpu_seconds: 3.0, files: None, ..there };
        assert_eq!(processes.read_by(|_| Ok(later)).unwrap(), Some(later));
        processes.read_by(|_| Err(ProcessError::Form(7))).unwrap_err();
        let last = processes.kept.lock().last;
        assert_eq!(last, Some(Reading { cpu_seconds: 3.0, ..there }));
        let none = Processes::named(Some(u32::MAX));
        assert_eq!(none.read_or_last(), (None, true));
        assert_eq!(Processes::default().read_or_last(), (None, false));
    }

    #[test]
    fn what_a_stopped_process_used_still_counts_and_what_it_held_does_not() {
        let at = |cpu_seconds, rss_bytes, files| Reading {
            cpu_seconds,
            rss_bytes,
            written_bytes: Some(100),
            files: Some(files),
        };
        let processes = Processes::default();
        let read = |processes: &Processes| {
            processes.read_by(|pid| Ok(at(f64::from(pid), 1000, 7))).unwrap()
        };
        assert_eq!(read(&processes), None, "nobody is watched");
        processes.began(1);
        processes.began(2);
        assert_eq!(
            read(&processes),
            Some(Reading { written_bytes: Some(200), ..at(3.0, 2000, 14) })
        );
        processes.kept.lock().gone = at(4.0, 0, 0);
        processes.ends(u32::MAX);
        assert_eq!(read(&processes).unwrap().cpu_seconds, 7.0, "an unknown one takes nothing away");
        processes.ends(1);
        let left = read(&processes).unwrap();
        assert_eq!(left.rss_bytes, 1000, "only the other is there");
        assert!(left.cpu_seconds >= 6.0, "what was used before counts: {left:?}");
    }
}
