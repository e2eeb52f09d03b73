//! How many tests a step ran, read from what the test programs print.

use std::fmt;
use std::ops::AddAssign;

/// Tests of one step, or of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
    /// Failed beside other steps and passed alone.
    pub(crate) alone: u64,
}

impl Counts {
    /// Takes in a line of `cargo test` or of Vitest, without terminal colours.
    pub(crate) fn note(&mut self, line: &str) {
        self.note_cargo(line);
        self.note_vitest(line);
    }

    /// What had failed has passed alone.
    pub(crate) fn passed_alone(&mut self) {
        self.alone += std::mem::take(&mut self.failed);
    }

    /// Takes in a line of `cargo test`: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    pub(crate) fn note_cargo(&mut self, line: &str) {
        if let Some(result) = plain(line).trim_start().strip_prefix("test result:") {
            self.note_pairs(result.split([';', '.']));
        }
    }

    /// Takes in a line of Vitest's summary: `Tests  1 failed | 3 passed | 1 skipped (5)`.
    pub(crate) fn note_vitest(&mut self, line: &str) {
        // Two blanks: a test's own output may begin with the word.
        if let Some(result) = plain(line).trim_start().strip_prefix("Tests  ") {
            let result = result.rsplit_once('(').map_or(result, |(pairs, _)| pairs);
            self.note_pairs(result.split('|'));
        }
    }

    fn note_pairs<'a>(&mut self, pairs: impl Iterator<Item = &'a str>) {
        for pair in pairs {
            let Some((number, what)) = pair.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" | "skipped" | "todo" => self.skipped += number,
                _ => {}
            }
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.alone += other.alone;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, failed, skipped, alone } = self;
        if *self == Self::default() {
            return f.write_str("-");
        }
        write!(f, "{passed} passed, {failed} failed")?;
        if *skipped > 0 {
            write!(f, ", {skipped} skipped")?;
        }
        if *alone > 0 {
            write!(f, ", {alone} passed alone")?;
        }
        Ok(())
    }
}

/// The line without terminal colours (`ESC [ … letter`).
pub(crate) fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut pieces = line.split('\u{1b}');
    out.extend(pieces.next());
    for piece in pieces {
        let end = piece.find(|c: char| c.is_ascii_alphabetic()).map_or(piece.len(), |at| at + 1);
        out.push_str(piece.get(end..).unwrap_or_default());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_lines_add_up() {
        let mut counts = Counts::default();
        for line in [
            "running 18 tests",
            "test result: ok. 18 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.7s",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0s",
        ] {
            counts.note_cargo(line);
        }
        assert_eq!(counts, Counts { passed: 20, failed: 1, skipped: 1, alone: 0 });
    }

    #[test]
    fn vitest_lines_add_up() {
        let mut counts = Counts::default();
        for line in [
            " Test Files  3 passed (3)",
            "      Tests  12 passed (12)",
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[31m1 failed\u{1b}[39m | \u{1b}[32m3 passed\u{1b}[39m | 1 skipped (5)",
            "Tests are fun",
        ] {
            counts.note_vitest(line);
        }
        assert_eq!(counts, Counts { passed: 15, failed: 1, skipped: 1, alone: 0 });
        assert_eq!(counts.to_string(), "15 passed, 1 failed, 1 skipped");
        counts.passed_alone();
        assert_eq!(counts.to_string(), "15 passed, 0 failed, 1 skipped, 1 passed alone");
    }
}
