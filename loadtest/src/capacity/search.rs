//! Which load to try next. Pure: what was tried and what came of it decide alone.
//!
//! Up by doubling until a load breaks, then by halving the gap between the largest that was kept
//! and the smallest that broke, in ratio, until they are close; then the answer once more, for
//! longer. A machine has bad moments, so a load that broke is tried again and believed to be too
//! much only when it broke twice.

use std::collections::BTreeMap;

use crate::words::whole;

/// How often a load must break, or be kept after it broke, to be believed.
const BELIEVED: u32 = 2;

/// The search for the largest load, in whole units.
#[derive(Clone, Debug)]
pub struct Search {
    from: u64,
    ceiling: u64,
    precision: f64,
    /// By load, and whether it was to be confirmed.
    tries: BTreeMap<(u64, bool), Tries>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Tries {
    kept: u32,
    broke: u32,
}

impl Tries {
    fn are_too_much(&self) -> bool {
        self.broke >= BELIEVED
    }

    fn are_enough(&self) -> bool {
        !self.are_too_much() && (self.kept >= BELIEVED || (self.kept > 0 && self.broke == 0))
    }
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// The load to try.
    pub load: u64,
    /// Whether it is the answer, tried once more and for longer.
    pub confirming: bool,
}

impl Search {
    /// Begins at `from`, never goes above `ceiling`, and is content when the smallest load that
    /// broke is at most `precision` times the largest that was kept. All are at least 1.
    pub fn new(from: u64, ceiling: u64, precision: f64) -> Self {
        let ceiling = ceiling.max(1);
        Self {
            from: from.clamp(1, ceiling),
            ceiling,
            precision: precision.max(1.0),
            tries: BTreeMap::new(),
        }
    }

    /// Takes in what came of a try.
    pub fn tried(&mut self, next: Next, kept: bool) {
        let tries = self.tries.entry((next.load, next.confirming)).or_default();
        if kept {
            tries.kept += 1;
        } else {
            tries.broke += 1;
        }
    }

    /// More than this cannot be offered, whatever the reason. At least 1.
    pub fn at_most(&mut self, ceiling: u64) {
        self.ceiling = ceiling.clamp(1, self.ceiling);
        self.from = self.from.min(self.ceiling);
    }

    /// What to try next; none when the answer is found.
    pub fn next(&self) -> Option<Next> {
        if let Some(again) = self.undecided() {
            return Some(again);
        }
        let plain = |load| Some(Next { load, confirming: false });
        match (self.kept(), self.broke()) {
            (None, None) => plain(self.from),
            (None, Some(1)) => None,
            (None, Some(broke)) => plain((broke / 2).max(1)),
            (Some(kept), None) if kept < self.ceiling => {
                plain(kept.saturating_mul(2).min(self.ceiling))
            }
            (Some(kept), Some(broke)) if !self.is_close(kept, broke) => plain(between(kept, broke)),
            (Some(kept), _) if !self.is_confirmed() => Some(Next { load: kept, confirming: true }),
            (Some(_), _) => None,
        }
    }

    /// The largest load that was kept, below every one that is believed to be too much.
    pub fn kept(&self) -> Option<u64> {
        let below = self.broke().unwrap_or(u64::MAX);
        let mut tries = self.tries.range(..(below, false)).rev();
        tries.find(|(_, tries)| tries.are_enough()).map(|((load, _), _)| (*load).min(self.ceiling))
    }

    /// The smallest load that is believed to be too much.
    pub fn broke(&self) -> Option<u64> {
        self.tries.iter().find(|(_, tries)| tries.are_too_much()).map(|((load, _), _)| *load)
    }

    /// Whether the answer was kept for longer as well.
    pub fn is_confirmed(&self) -> bool {
        let confirming = self.kept().and_then(|kept| self.tries.get(&(kept, true)));
        confirming.is_some_and(Tries::are_enough)
    }

    /// A load whose tries do not agree yet.
    fn undecided(&self) -> Option<Next> {
        let open = |tries: &Tries| tries.broke == 1 && tries.kept < BELIEVED;
        let is_too_much = |load: u64| {
            self.tries.range((load, false)..=(load, true)).any(|(_, tries)| tries.are_too_much())
        };
        let (&(load, confirming), _) = self.tries.iter().find(|((load, _), tries)| {
            *load <= self.ceiling && open(tries) && !is_too_much(*load)
        })?;
        Some(Next { load, confirming })
    }

    fn is_close(&self, kept: u64, broke: u64) -> bool {
        broke <= kept + 1 || broke as f64 <= kept as f64 * self.precision
    }
}

/// The geometric middle, strictly between.
fn between(kept: u64, broke: u64) -> u64 {
    // Loads stay far below 2^53.
    whole((kept as f64 * broke as f64).sqrt().round()).clamp(kept + 1, broke - 1)
}
