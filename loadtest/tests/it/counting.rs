//! Counting: holes and repeats, quantiles, the verdict.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use setroom_loadtest::measure::Outcome;
use setroom_loadtest::measure::buckets::Buckets;
use setroom_loadtest::measure::latency::Latency;
use setroom_loadtest::measure::machine::Machine;
use setroom_loadtest::measure::outcome::{Commands, Deliveries, Fault, Views, Watched};
use setroom_loadtest::measure::process::Reading;
use setroom_loadtest::measure::recorder::Recorder;
use setroom_loadtest::measure::verdict::{Thresholds, Verdict, back_p99, checks, judge};
use setroom_loadtest::sequence::{Arrival, Sequence};
use tokio::time::Instant;

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
    fn quantiles_are_true(mut times in prop::collection::vec(0..90_000_000_u64, 1..300), q in 0.01..1.0_f64) {
        let (recorder, due) = (Recorder::new(), Instant::now());
        let (mut latency, mut coarse) = (Latency::default(), Buckets::default());
        for (index, us) in times.iter().enumerate() {
            let took = Duration::from_micros(*us);
            latency.record(took);
            coarse.record(took);
            recorder.delivered(index, Some(due), due + took);
        }
        times.sort_unstable();
        // The smallest time that at least this share of all are at or below.
        let mut ranks = 1..=times.len();
        let rank = ranks.find(|rank| *rank as f64 >= q * times.len() as f64).unwrap();
        let wanted = times[rank - 1] as f64 / 1000.0;
        let stored: Latency = serde_json::from_str(&serde_json::to_string(&latency).unwrap()).unwrap();
        prop_assert_eq!(&stored, &latency);
        for found in [latency.at(q), recorder.latency().at(q), stored.at(q)] {
            prop_assert!(found >= wanted - 0.001 && found <= wanted * 1.001 + 0.001, "{} {}", found, wanted);
        }
        prop_assert_eq!(latency.count(), recorder.latency().count());

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

fn good() -> Outcome {
    let mut good = Outcome { seats: 8, ..Outcome::default() };
    good.latency.record(Duration::from_micros(49_000));
    good.joined.record(Duration::from_millis(400));
    good.deliveries = Deliveries { expected: 100, received: 100, ..Deliveries::default() };
    good.commands = Commands { due: 12, sent: 12, done: 10, ..Commands::default() };
    good.commands.refused.insert("not_now".into(), 2);
    good.views = Views { checked: 8, equal: 8 };
    good.faults.push(Fault {
        what: "a restart".into(),
        back_seconds: Some(2.0),
        ..Fault::default()
    });
    good
}

fn judged(thresholds: &Thresholds, outcome: &Outcome) -> (Verdict, Vec<String>) {
    judge(&checks(thresholds, outcome))
}

fn watched(start: u64, end: u64) -> Watched {
    let at = |rss_bytes| Reading { rss_bytes, ..Reading::default() };
    let machine = Machine::default();
    Watched { machine, before: at(0), start: at(start), end: at(end), files_allowed: None }
}

#[test]
fn a_good_run_passes() {
    assert_eq!(judged(&Thresholds::default(), &good()), (Verdict::Pass, vec![]));
    // On the threshold is kept.
    let exact = Thresholds { p99_ms: good().latency.at(0.99), ..Thresholds::default() };
    assert_eq!(judged(&exact, &good()).0, Verdict::Pass);
}

#[test]
fn each_fault_alone_fails_and_says_so() {
    type Spoil = fn(&mut Outcome);
    let faults: [(Spoil, &str); 19] = [
        (|at| at.deliveries.lost = 1, "1 delivery was lost (the limit is 0)"),
        (|at| at.deliveries.duplicated = 2, "2 deliveries came twice (the limit is 0)"),
        (|at| at.deliveries.out_of_order = 1, "1 delivery was out of order (the limit is 0)"),
        (|at| at.deliveries.wrong_room = 1, "1 delivery was another room's (the limit is 0)"),
        (|at| at.deliveries.nameless = 3, "3 deliveries did not name theirs (the limit is 0)"),
        (|at| at.unreadable = 1, "1 frame could not be read (the limit is 0)"),
        (|at| at.commands.done = 9, "1 command was never answered (the limit is 0)"),
        (|at| at.commands.due = 13, "1 command was not sent (the limit is 0)"),
        (
            |at| {
                at.commands.refused.clear();
                at.commands.refused.insert("role".into(), 1);
                at.commands.refused.insert("stale_order".into(), 1);
            },
            "commands were refused that no screen offers: role 1, stale_order 1 (the limit is 0)",
        ),
        (|at| at.deliveries.expected = 0, "no command was done, so nothing was measured"),
        (
            |at| at.latency.record(Duration::from_millis(60)),
            "p99 from due to received was 60.0 ms, 10.0 ms above the limit of 50 ms",
        ),
        (|at| at.views.equal = 7, "1 view differs from a fresh snapshot (the limit is 0)"),
        (
            |at| at.views = Views { checked: 7, equal: 7 },
            "1 view could not be checked (the limit is 0)",
        ),
        (|at| at.partial = true, "it was stopped before its end"),
        (|at| at.reconnects.never = 2, "2 connections did not come back (the limit is 0)"),
        (|at| at.faults[0].back_seconds = None, "not everybody was back after a restart"),
        (
            |at| at.faults[0].back_seconds = Some(12.5),
            "time until everybody was back after a restart was 12.5 s, 2.5 s above the limit \
             of 10 s",
        ),
        (
            |at| at.join_seconds = 61.0,
            "time until everybody was in was 61.0 s, 1.0 s above the limit of 60 s",
        ),
        (
            |at| at.server = Some(watched(1000, 1200)),
            "growth of the server's memory was 20.0 %, 10.0 % above the limit of 10 %",
        ),
    ];
    let strict = Thresholds {
        back_seconds: Some(10.0),
        join_seconds: Some(60.0),
        memory_growth_percent: Some(10.0),
        ..Thresholds::default()
    };
    for (spoil, reason) in faults {
        let mut outcome = good();
        spoil(&mut outcome);
        assert_eq!(judged(&strict, &outcome), (Verdict::Fail, vec![reason.to_owned()]));
    }
    // 99 of 100 came back in 4 s, and the last one never.
    let mut outcome = good();
    (0..99).for_each(|_| outcome.back.record(Duration::from_secs(4)));
    outcome.reconnects.never = 1;
    assert!(back_p99(&outcome).is_some_and(|seconds| (4.0..4.1).contains(&seconds)));
    let strict = Thresholds { back_p99_seconds: Some(3.0), ..Thresholds::default() };
    let (_, reasons) = judged(&strict, &outcome);
    let slow = "time until 99 of 100 were back was 4.0 s, 1.0 s above the limit of 3 s";
    assert!(reasons.contains(&slow.to_owned()), "{reasons:?}");
    outcome.reconnects.never = 2;
    assert_eq!(back_p99(&outcome), None);
    let (_, reasons) = judged(&strict, &outcome);
    assert!(reasons.contains(&"more than 1 of 100 never came back".to_owned()), "{reasons:?}");

    let close = Thresholds { p99_ms: good().latency.at(0.99) - 0.01, ..Thresholds::default() };
    let (_, reasons) = judged(&close, &good());
    assert!(reasons[0].contains("0.010 ms above"), "{reasons:?}");
    let strict = Thresholds {
        join_p99_ms: Some(399.0),
        refused_percent: Some(10.0),
        ..Thresholds::default()
    };
    let (verdict, reasons) = judged(&strict, &good());
    assert_eq!(verdict, Verdict::Fail);
    assert_eq!(
        reasons,
        [
            "p99 of joining was 400.1 ms, 1.1 ms above the limit of 399 ms",
            "share of commands refused was 16.7 %, 6.7 % above the limit of 10 %",
        ]
    );
}
