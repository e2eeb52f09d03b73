//! The same warning again and again says no more than once, and hides whatever else there is.

use std::collections::HashMap;

/// How long lines of one kind are counted together, in milliseconds.
const WINDOW_MS: u64 = 60_000;
/// Kinds that are told apart; beyond that they are one.
const KINDS: usize = 256;

/// Counts lines of each kind.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    kinds: HashMap<String, Kind>,
}

#[derive(Debug)]
struct Kind {
    event: String,
    since_ms: u64,
    said: u32,
    left_out: u64,
}

impl Throttle {
    /// Whether a line of this kind may be written now, of which `most` are in one minute.
    pub(super) fn may(&mut self, kind: String, event: &str, most: u32, now_ms: u64) -> bool {
        let is_known = self.kinds.contains_key(&kind) || self.kinds.len() < KINDS;
        let kind = if is_known { kind } else { String::new() };
        let kind = self.kinds.entry(kind).or_insert_with(|| Kind {
            event: event.to_owned(),
            since_ms: now_ms,
            said: 0,
            left_out: 0,
        });
        if kind.said < most {
            kind.said += 1;
            return true;
        }
        kind.left_out += 1;
        false
    }

    /// Kinds whose minute is over, or all at an end: their events, and how many lines of each were
    /// left out.
    pub(super) fn over(&mut self, now_ms: u64, is_end: bool) -> Vec<(String, u64)> {
        let over = |kind: &Kind| is_end || now_ms.saturating_sub(kind.since_ms) >= WINDOW_MS;
        let mut left_out: Vec<(String, u64)> = self
            .kinds
            .extract_if(|_, kind| over(kind))
            .filter(|(_, kind)| kind.left_out > 0)
            .map(|(_, kind)| (kind.event, kind.left_out))
            .collect();
        left_out.sort();
        left_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_said_so_often_in_a_minute_and_what_was_left_out_is_counted() {
        let mut throttle = Throttle::default();
        let may = |at, throttle: &mut Throttle| throttle.may("a b".into(), "a", 2, at);
        let said: Vec<bool> = (0..5).map(|at| may(at, &mut throttle)).collect();
        assert_eq!(said, [true, true, false, false, false]);
        assert!(throttle.may("a c".into(), "a", 2, 5), "another kind");
        assert_eq!(throttle.over(59_999, false), []);
        assert_eq!(throttle.over(60_000, false), [("a".to_owned(), 3)]);
        assert!(may(60_001, &mut throttle));
        assert_eq!(throttle.over(60_002, true), []);
    }

    #[test]
    fn there_is_no_end_to_kinds_and_one_to_what_is_kept_of_them() {
        let mut throttle = Throttle::default();
        for n in 0..10_000 {
            throttle.may(n.to_string(), "many", 1, 7);
        }
        assert!(throttle.kinds.len() <= KINDS + 1);
        assert_eq!(throttle.over(7, true), [("many".to_owned(), 10_000 - KINDS as u64 - 1)]);
    }
}
