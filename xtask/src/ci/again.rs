//! Tests that failed beside the rest of the gate are tried once more with the machine to themselves: a
//! busy machine must not fail the gate, and what fails alone as well must not pass it.

use std::collections::BTreeSet;
use std::fmt;

use anyhow::{Result, anyhow, bail, ensure};

use crate::counts::Counts;
use crate::run::{Job, say};

/// So many may be tried again. More is no accident of a busy machine.
const MOST: usize = 5;

/// What failed in one step: names of tests for cargo, files for Vitest.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Failed(BTreeSet<String>);

/// Reads which tests failed from what a test program prints.
#[derive(Debug, Default)]
struct Reading {
    failed: BTreeSet<String>,
    /// Test programs that have begun and not said how they ended: one of them may have crashed.
    open: u64,
    /// Whether something failed that is no test.
    other: bool,
}

impl Reading {
    fn note(&mut self, line: &str) {
        let line = line.trim_start();
        self.open += u64::from(line.starts_with("running ") && line.contains(" test"));
        self.open = self.open.saturating_sub(u64::from(line.starts_with("test result:")));
        self.other |= line.starts_with("Errors  ");
        let of_cargo = line.strip_prefix("test ").and_then(|line| line.strip_suffix(" ... FAILED"));
        let of_vitest = line.strip_prefix("FAIL  ").and_then(|line| line.split(' ').next());
        self.failed.extend(of_cargo.or(of_vitest).map(str::to_owned));
    }
}

/// Runs tests, and gives those that failed when they can be tried again.
///
/// # Errors
/// When too many failed, or something that is no test: it did not compile, or a program crashed.
pub(super) fn run(job: Job, counts: &mut Counts) -> Result<Failed> {
    let mut reading = Reading::default();
    let ended = job.watch(|line| {
        let line = crate::counts::plain(line);
        counts.note(&line);
        reading.note(&line);
    });
    let Err(error) = ended else { return Ok(Failed::default()) };
    let Reading { failed, open, other } = reading;
    let (number, failed) = (failed.len(), Failed(failed));
    if failed.is_empty() || open > 0 || other || counts.failed == 0 {
        return Err(failed.named(error));
    }
    if number > MOST {
        bail!("{error:#}: {failed}: {number} failed, and at most {MOST} are tried again");
    }
    say(&format!("━━ failed beside the rest, to be tried again alone: {failed}"));
    Ok(failed)
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(String::as_str).collect();
        f.write_str(&names.join(", "))
    }
}

impl Failed {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The error, with what failed: the gate's last lines must name it.
    fn named(&self, error: anyhow::Error) -> anyhow::Error {
        if self.is_empty() { error } else { anyhow!("{error:#}: {self}") }
    }

    /// Tries them alone.
    ///
    /// # Errors
    /// When one fails again, or was not found again.
    pub(super) fn try_alone(
        &self,
        job: impl FnOnce(&[&str]) -> Result<Job>,
        counts: &mut Counts,
    ) -> Result<()> {
        let names: Vec<_> = self.0.iter().map(String::as_str).collect();
        let ended = job(&names)?.watch(|line| counts.note(&crate::counts::plain(line)));
        ended.map_err(|error| self.named(error))?;
        let found = counts.passed;
        ensure!(found >= names.len() as u64, "{found} of {} were found again", names.len());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::aside;

    fn said(said: &str, code: u8) -> Result<Failed> {
        let script = format!("cat <<'END'\n{said}\nEND\nexit {code}");
        // Else the gate that runs these tests would read it too.
        aside(|| run(Job::new("sh", &["-c", &script]), &mut Counts::default())).0
    }

    fn names(failed: &[&str]) -> Failed {
        Failed(failed.iter().map(|name| (*name).to_owned()).collect())
    }

    const CARGO: &str = "running 2 tests\ntest a::b ... ok\ntest a::c ... FAILED\n\
        test result: FAILED. 1 passed; 1 failed; 0 ignored";

    #[test]
    fn a_test_that_failed_is_known_by_name() {
        assert_eq!(said("test result: ok. 1 passed; 0 failed", 0).unwrap(), names(&[]));
        assert_eq!(said(CARGO, 101).unwrap(), names(&["a::c"]));
        let vitest = "\u{1b}[31m FAIL \u{1b}[39m e2e/x.e2e.ts > a story\n      Tests  1 failed | 3 passed (4)";
        assert_eq!(said(vitest, 1).unwrap(), names(&["e2e/x.e2e.ts"]));
    }

    #[test]
    fn what_is_no_test_that_failed_fails_at_once() {
        said("", 101).unwrap_err();
        said(&format!("running 3 tests\n{CARGO}"), 101).unwrap_err();
        said(" Errors  1 error\nFAIL  e2e/x.e2e.ts\n Tests  1 failed (1)", 1).unwrap_err();
        let many: String = (0..=MOST).map(|n| format!("test t{n} ... FAILED\n")).collect();
        let error =
            said(&format!("{many}test result: FAILED. 0 passed; 6 failed"), 101).unwrap_err();
        let error = error.to_string();
        assert!(error.contains(": t0, t1, t2, t3, t4, t5: 6 failed, and at most 5"), "{error}");
    }

    #[test]
    fn alone_each_must_be_found_and_pass() {
        let failed = names(&["a::c"]);
        let alone = |script: &'static str| {
            let job = |_: &[&str]| Ok(Job::new("sh", &["-c", script]));
            aside(|| failed.try_alone(job, &mut Counts::default())).0
        };
        alone("echo 'test result: ok. 1 passed; 0 failed'").unwrap();
        alone("echo 'test result: ok. 0 passed; 0 failed'").unwrap_err();
        let error = alone("echo 'test result: FAILED. 1 passed; 1 failed'; exit 101").unwrap_err();
        assert!(error.to_string().ends_with(": a::c"), "{error}");
    }
}
