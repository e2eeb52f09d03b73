//! The verdict: passed, failed, or could not be judged, with the reasons in words.

use serde::{Deserialize, Serialize};

pub use super::checks::{SAMPLES, back_p99, checks};
pub use super::thresholds::Thresholds;

/// Whether a run was good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every threshold was kept.
    Pass,
    /// At least one was not, whatever the tester's machine was like.
    Fail,
    /// None is known to be broken, and not all are known to be kept: the tester had too little of
    /// its own machine, ended before the end, or saw too little.
    Unjudged,
}

impl Verdict {
    /// The word that everything that is said of a run begins with.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "Passed",
            Self::Fail => "Failed",
            Self::Unjudged => "Could not be judged",
        }
    }
}

/// What came of one thing that a run had to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Judged {
    /// It was kept.
    Kept,
    /// It was not.
    Broken,
    /// That cannot be told.
    Unknown,
}

/// One thing that a run had to keep, and whether it did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// What was looked at.
    pub figure: String,
    /// What it was.
    pub measured: f64,
    /// The most that it may be, or the least.
    pub limit: f64,
    /// Whether it is the least.
    pub least: bool,
    /// What both are counted in; empty for a plain count.
    pub unit: &'static str,
    /// Whether it was kept.
    pub judged: Judged,
    /// In one sentence: the figure, the limit and by how much, or why that cannot be told; only
    /// when it was not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How the first sentence of the report says it, when it kept people from working.
    #[serde(skip)]
    pub hindrance: Option<String>,
    /// How it says it, when nothing kept people from working and this is what there is to say.
    #[serde(skip)]
    pub plain: Option<String>,
    /// Whether it is unknown since the test's own machine was too busy.
    #[serde(skip)]
    pub doubted: bool,
}

/// Judges a run, from everything that it had to keep. Reasons that are certain come first.
pub fn judge(checks: &[Check]) -> (Verdict, Vec<String>) {
    let of = |judged: Judged| checks.iter().filter(move |check| check.judged == judged);
    let said = of(Judged::Broken).chain(of(Judged::Unknown));
    let reasons = said.filter_map(|check| check.reason.clone()).collect();
    let verdict = if of(Judged::Broken).next().is_some() {
        Verdict::Fail
    } else if of(Judged::Unknown).next().is_some() {
        Verdict::Unjudged
    } else {
        Verdict::Pass
    };
    (verdict, reasons)
}
