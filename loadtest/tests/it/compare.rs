//! The gate: worse is worse, noise is noise, and other loads are other loads.

use std::time::Duration;

use setroom_loadtest::measure::Outcome;
use setroom_loadtest::measure::verdict::Thresholds;
use setroom_loadtest::report::Report;
use setroom_loadtest::report::compare::{Comparison, Judged, Ratios, differences};

use super::merging::outcome;

const RATIOS: Ratios = Ratios { p99: 1.2, p50: 1.2, join: 1.5, back: 1.5, cpu: 1.2, memory: 1.2 };

fn report(outcome: &Outcome) -> Report {
    Report::of(outcome, &Thresholds::default())
}

fn steady(ms: u64) -> Outcome {
    outcome(2, 20, Duration::from_millis(ms))
}

fn judged(a: &Outcome, b: &Outcome, figure: &str) -> Judged {
    let comparison = Comparison::of(&report(a), &report(b), &RATIOS);
    comparison.rows.iter().find(|row| row.figure == figure).unwrap().judged()
}

#[test]
fn worse_than_allowed_fails_and_better_does_not() {
    assert_eq!(judged(&steady(10), &steady(11), "latency p99"), Judged::Kept);
    assert_eq!(judged(&steady(10), &steady(5), "latency p99"), Judged::Kept);
    assert_eq!(judged(&steady(10), &steady(13), "latency p99"), Judged::Worse);
    let comparison = Comparison::of(&report(&steady(10)), &report(&steady(13)), &RATIOS);
    assert!(!comparison.kept());
    let said = comparison.to_string();
    assert!(said.starts_with("FAIL: latency p50 went from 10"), "{said}");
    assert!(said.contains("1.30 times as much where 1.2 is allowed"), "{said}");
}

#[test]
fn what_single_seconds_differ_by_is_noise() {
    let uneven = |all: u64| {
        let mut uneven = outcome(2, 0, Duration::ZERO);
        uneven.load_seconds = 20.0;
        for second in 0..20 {
            let took = Duration::from_millis(all + if second % 2 == 0 { 0 } else { 20 });
            uneven.timeline.at(Duration::from_secs(second)).latency.record(took);
            uneven.latency.record(took);
        }
        uneven
    };
    assert_eq!(judged(&uneven(10), &uneven(20), "latency p99"), Judged::Noise);
    assert_eq!(judged(&uneven(10), &uneven(90), "latency p99"), Judged::Worse);
    let comparison = Comparison::of(&report(&uneven(10)), &report(&uneven(20)), &RATIOS);
    assert!(comparison.kept(), "{comparison}");
    assert!(comparison.to_string().contains("within the noise"), "{comparison}");
}

#[test]
fn what_may_not_happen_has_no_ratio() {
    let mut lossy = steady(10);
    lossy.deliveries.lost = 1;
    assert_eq!(judged(&steady(10), &lossy, "deliveries lost"), Judged::Worse);
    assert_eq!(judged(&lossy, &lossy, "deliveries lost"), Judged::Kept);
}

#[test]
fn other_loads_are_told_apart() {
    let of = |outcome: &Outcome| report(outcome);
    assert_eq!(differences(&of(&steady(10)), &of(&steady(90))), Vec::<String>::new());
    let more = outcome(4, 20, Duration::from_millis(10));
    assert_eq!(differences(&of(&steady(10)), &of(&more)), ["sets 2 against 4"]);
    let mut scenario = steady(10);
    scenario.asked.scenario = Some("half_day".into());
    let said = differences(&of(&steady(10)), &of(&scenario));
    assert_eq!(said, ["scenario none against half_day"]);
}
