//! Counting: holes and repeats, quantiles, the verdict.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use setroom_loadtest::measure::latency::{Latency, Shards};
use setroom_loadtest::measure::verdict::{Figures, Thresholds, Verdict, judge};
use setroom_loadtest::sequence::{Arrival, Sequence};

proptest! {
    /// Against the plain way to count.
    #[test]
    fn holes_and_repeats_are_counted(places in prop::collection::vec(6..40_u64, 0..60)) {
        let mut sequence = Sequence::after(5);
        let (mut seen, mut highest, mut again, mut late) = (BTreeSet::new(), 5, 0, 0);
        for place in places {
            let arrival = sequence.take(place);
            if !seen.insert(place) {
                again += 1;
                prop_assert_eq!(arrival, Arrival::Again);
            } else if place < highest {
                late += 1;
                prop_assert_eq!(arrival, Arrival::Late);
            } else {
                let next = place == highest + 1;
                prop_assert_eq!(arrival, if next { Arrival::Next } else { Arrival::Ahead });
            }
            highest = highest.max(place);
        }
        prop_assert_eq!(sequence.last(), highest);
        prop_assert_eq!(sequence.received(), seen.len() as u64);
        prop_assert_eq!(sequence.lost(), highest - 5 - seen.len() as u64);
        prop_assert_eq!(sequence.duplicated(), again);
        prop_assert_eq!(sequence.out_of_order(), late);
    }

    /// A quantile is never below the true one, and above it by a thousandth at most.
    #[test]
    fn quantiles_are_true(times in prop::collection::vec(0..90_000_000_u64, 1..300), q in 0.01..1.0_f64) {
        let (mut latency, shards) = (Latency::default(), Shards::new());
        for (index, us) in times.iter().enumerate() {
            latency.record(Duration::from_micros(*us));
            shards.record(index, Duration::from_micros(*us));
        }
        let mut sorted = times.clone();
        sorted.sort_unstable();
        // The smallest time that at least this share of all are at or below.
        let mut ranks = 1..=sorted.len();
        let rank = ranks.find(|rank| *rank as f64 >= q * sorted.len() as f64).unwrap();
        let wanted = sorted[rank - 1] as f64 / 1000.0;
        for found in [latency.at(q), shards.sum().at(q)] {
            prop_assert!(found >= wanted - 0.001 && found <= wanted * 1.001 + 0.001, "{} {}", found, wanted);
        }
        prop_assert_eq!(latency.count(), shards.sum().count());
    }
}

#[test]
fn nothing_measured_is_no_quantile_and_hours_are_two_minutes() {
    let mut latency = Latency::default();
    assert_eq!(latency.quantiles().max, 0.0);
    latency.record(Duration::from_secs(3600));
    assert!((latency.at(1.0) - 120_000.0).abs() < 120.0, "{}", latency.at(1.0));
}

const GOOD: Figures = Figures {
    p99_ms: 49.9,
    join_p99_ms: 400.0,
    expected: 100,
    lost: 0,
    duplicated: 0,
    out_of_order: 0,
    nameless: 0,
    unreadable: 0,
    due: 12,
    sent: 12,
    done: 10,
    unanswered: 0,
    checked: 8,
    equal: 8,
    seats: 8,
    partial: false,
};
const LIMITS: Thresholds = Thresholds { p99_ms: 50.0, join_p99_ms: None };

#[test]
fn a_good_run_passes() {
    assert_eq!(judge(&LIMITS, &GOOD), (Verdict::Pass, vec![]));
    // On the threshold is kept.
    assert_eq!(judge(&LIMITS, &Figures { p99_ms: 50.0, ..GOOD }).0, Verdict::Pass);
}

#[test]
fn each_fault_alone_fails_and_says_so() {
    let faults = [
        (Figures { lost: 1, ..GOOD }, "1 delivery was lost"),
        (Figures { duplicated: 2, ..GOOD }, "2 deliveries came twice"),
        (Figures { out_of_order: 1, ..GOOD }, "1 delivery was out of order"),
        (Figures { nameless: 3, ..GOOD }, "3 deliveries did not name theirs"),
        (Figures { unreadable: 1, ..GOOD }, "1 frame could not be read"),
        (Figures { unanswered: 1, ..GOOD }, "1 command was never answered"),
        (Figures { sent: 11, ..GOOD }, "1 command was not sent"),
        (Figures { done: 0, ..GOOD }, "no command was done, so nothing was measured"),
        (Figures { p99_ms: 50.1, ..GOOD }, "p99 was 50.1 ms, above 50 ms"),
        (Figures { equal: 7, ..GOOD }, "1 view differs from a fresh snapshot"),
        (Figures { checked: 7, equal: 7, ..GOOD }, "1 view could not be checked"),
        (Figures { partial: true, ..GOOD }, "it was stopped before its end"),
    ];
    for (figures, reason) in faults {
        assert_eq!(judge(&LIMITS, &figures), (Verdict::Fail, vec![reason.to_owned()]));
    }
    let strict = Thresholds { join_p99_ms: Some(399.0), ..LIMITS };
    let (verdict, reasons) = judge(&strict, &GOOD);
    assert_eq!(verdict, Verdict::Fail);
    assert_eq!(reasons, ["p99 of joining was 400.0 ms, above 399 ms"]);
}
