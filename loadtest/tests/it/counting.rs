//! Counting: holes and repeats, quantiles.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use setroom_client::Sequence;
use setroom_loadtest::measure::Outcome;
use setroom_loadtest::measure::buckets::Buckets;
use setroom_loadtest::measure::latency::Latency;
use setroom_loadtest::measure::recorder::Recorder;
use tokio::time::Instant;

proptest! {
    /// Against the plain way to count.
    #[test]
    fn holes_and_repeats_are_counted(places in prop::collection::vec(6..40_u64, 0..60)) {
        let mut sequence = Sequence::after(5);
        let (mut seen, mut highest, mut again, mut late) = (BTreeSet::new(), 5, 0, 0);
        for place in places {
            let is_new = seen.insert(place);
            prop_assert_eq!(sequence.take(place), is_new);
            if !is_new {
                again += 1;
            } else if place < highest {
                late += 1;
            }
            highest = highest.max(place);
        }
        prop_assert_eq!(sequence.last, highest);
        prop_assert_eq!(sequence.received, seen.len() as u64);
        prop_assert_eq!(sequence.lost(), highest - 5 - seen.len() as u64);
        prop_assert_eq!(sequence.duplicated, again);
        prop_assert_eq!(sequence.out_of_order, late);
    }

    /// A quantile is never below the true one, and above it by a thousandth at most.
    #[test]
    fn quantiles_are_true(mut times in prop::collection::vec(0..90_000_000_u64, 1..300), q in 0.01..1.0_f64) {
        let (recorder, due) = (Recorder::default(), Instant::now());
        let (mut latency, mut coarse) = (Latency::default(), Buckets::default());
        for (index, us) in times.iter().enumerate() {
            let took = Duration::from_micros(*us);
            latency.record(took);
            coarse.record(took);
            recorder.delivered(index, Some(due), due + took);
        }
        let mut outcome = Outcome::default();
        recorder.add_to(&mut outcome);
        times.sort_unstable();
        // The smallest time that at least this share of all are at or below.
        let mut ranks = 1..=times.len();
        let rank = ranks.find(|rank| *rank as f64 >= q * times.len() as f64).unwrap();
        let wanted = times[rank - 1] as f64 / 1000.0;
        let stored: Latency = serde_json::from_str(&serde_json::to_string(&latency).unwrap()).unwrap();
        prop_assert_eq!(&stored, &latency);
        for found in [latency.at(q), outcome.latency.at(q), stored.at(q)] {
            prop_assert!(found >= wanted - 0.001 && found <= wanted * 1.001 + 0.001, "{} {}", found, wanted);
        }
        prop_assert_eq!(latency.count(), outcome.latency.count());

        // A second's buckets are coarser, by a 32nd at most.
        let stored: Buckets = serde_json::from_str(&serde_json::to_string(&coarse).unwrap()).unwrap();
        prop_assert_eq!(&stored, &coarse);
        let found = coarse.at(q).unwrap();
        prop_assert!(found >= wanted && found <= wanted * 1.032 + 0.001, "{} {}", found, wanted);
    }
}

#[test]
fn nothing_measured_is_no_quantile_and_hours_are_two_minutes() {
    let mut latency = Latency::default();
    assert_eq!(latency.quantiles().max, 0.0);
    latency.record(Duration::from_secs(3600));
    assert!((latency.at(1.0) - 120_000.0).abs() < 120.0, "{}", latency.at(1.0));
}
