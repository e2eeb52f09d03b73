//! Everything that a run had to keep, and whether it did: first whatever keeps people from working,
//! which is certain on any machine, then times, which are the machine's as well.

mod sight;
mod times;
mod work;

pub use self::times::{SAMPLES, back_p99};
use crate::measure::outcome::Outcome;
use crate::measure::strain::strained;
use crate::measure::thresholds::Thresholds;
use crate::measure::verdict::{Check, Judged};
use crate::words::{in_unit, several};

/// Everything that a run had to keep, what weighs most first.
pub fn checks(thresholds: &Thresholds, outcome: &Outcome) -> Vec<Check> {
    let mut list = List { all: Vec::new(), strained: strained(outcome) };
    work::look(&mut list, thresholds, outcome);
    sight::look(&mut list, outcome);
    times::look(&mut list, thresholds, outcome);
    list.all
}

/// The list as it grows.
struct List {
    all: Vec<Check>,
    /// Why times cannot be relied on.
    strained: Option<String>,
}

impl List {
    /// Something that may not be at all.
    fn none(&mut self, figure: &str, is: u64, [one, many]: [&str; 2]) -> &mut Check {
        let reason = format!("{} (the limit is 0)", several(is, one, many));
        self.push(check(figure, is as f64, 0.0, ""), is > 0, reason)
    }

    #[allow(clippy::indexing_slicing, reason = "it was put there just above")]
    fn push(&mut self, check: Check, broken: bool, reason: String) -> &mut Check {
        let judged = if broken { Judged::Broken } else { Judged::Kept };
        self.all.push(Check { judged, reason: broken.then_some(reason), ..check });
        let last = self.all.len() - 1;
        &mut self.all[last]
    }

    /// A value of which there is a most, if there is one.
    fn at_most(
        &mut self,
        figure: &str,
        is: f64,
        most: Option<f64>,
        unit: &'static str,
    ) -> Option<&mut Check> {
        let limit = most?;
        let over = is - limit;
        // So many digits that it never reads as 0.
        let digits = if over < 0.1 { 3 } else { 1 };
        let reason = format!(
            "{figure} was {is:.digits$} {unit}, {over:.digits$} {unit} above the limit of {limit} {unit}"
        );
        Some(self.push(check(figure, is, limit, unit), over > 0.0, reason))
    }

    /// The same of a time: what a busy machine broke is not known to be the server's doing. `plain`
    /// says it with the time and its limit in words.
    fn time(
        &mut self,
        figure: &str,
        is: f64,
        most: Option<f64>,
        unit: &'static str,
        plain: impl FnOnce(&str) -> String,
    ) {
        let strained = self.strained.clone();
        if let Some(check) = self.at_most(figure, is, most, unit) {
            let said = plain(&in_unit(is, unit));
            check.plain = Some(format!("{said}, where {} may be", in_unit(check.limit, unit)));
            check.doubt(strained.as_deref());
        }
    }

    /// Something that was to be kept, and was not seen.
    fn unseen(&mut self, figure: &str, limit: f64, unit: &'static str, why: String) -> &mut Check {
        let check = self.push(check(figure, 0.0, limit, unit), true, why);
        check.judged = Judged::Unknown;
        check
    }
}

impl Check {
    /// How the first sentence says it, if it is broken.
    fn hinders(&mut self, clause: impl FnOnce() -> String) -> &mut Self {
        if self.judged == Judged::Broken {
            self.hindrance = Some(clause());
        }
        self
    }

    /// When there is such a doubt, what is broken is not known to be.
    fn doubt(&mut self, why: Option<&str>) -> &mut Self {
        if let (Judged::Broken, Some(why)) = (self.judged, why) {
            self.judged = Judged::Unknown;
            self.hindrance = None;
            self.doubted = true;
            let said = self.reason.take().unwrap_or_default();
            self.reason = Some(format!("{said}, which may be this test’s own doing: {why}"));
        }
        self
    }

    /// When so, nobody can say that it was kept.
    fn blind(&mut self, blind: bool) {
        if blind && self.judged == Judged::Kept {
            self.judged = Judged::Unknown;
        }
    }
}

fn check(figure: &str, measured: f64, limit: f64, unit: &'static str) -> Check {
    Check {
        figure: figure.to_owned(),
        measured,
        limit,
        least: false,
        unit,
        judged: Judged::Kept,
        reason: None,
        hindrance: None,
        plain: None,
        doubted: false,
    }
}

/// A part of a whole, in hundredths.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}
