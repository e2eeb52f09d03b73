//! The gate: worse is worse, noise is noise, and other loads are other loads.

use std::time::Duration;

use setroom_loadtest::measure::Outcome;
use setroom_loadtest::measure::machine::Machine;
use setroom_loadtest::measure::strain::Strain;
use setroom_loadtest::measure::verdict::{Thresholds, Verdict};
use setroom_loadtest::report::Report;
use setroom_loadtest::report::compare::{Compared, Comparison, Ratios, differences};

use super::merging::outcome;

const RATIOS: Ratios = Ratios { p99: 1.2, p50: 1.2, join: 1.5, back: 1.5, cpu: 1.2, memory: 1.2 };

fn report(outcome: &Outcome) -> Report {
    Report::of(outcome, &Thresholds::default())
}

fn steady(ms: u64) -> Outcome {
    outcome(2, 20, Duration::from_millis(ms))
}

fn judged(a: &Outcome, b: &Outcome, figure: &str) -> Compared {
    let comparison = Comparison::of(&report(a), &report(b), &RATIOS);
    comparison.rows.iter().find(|row| row.figure == figure).unwrap().judged()
}

#[test]
fn worse_than_allowed_fails_and_better_does_not() {
    assert_eq!(judged(&steady(10), &steady(11), "latency p99"), Compared::Kept);
    assert_eq!(judged(&steady(10), &steady(5), "latency p99"), Compared::Kept);
    assert_eq!(judged(&steady(10), &steady(13), "latency p99"), Compared::Worse);
    let comparison = Comparison::of(&report(&steady(10)), &report(&steady(13)), &RATIOS);
    assert_eq!(comparison.verdict, Verdict::Fail);
    let said = comparison.to_string();
    assert!(said.starts_with("Failed: latency p50 went from 10"), "{said}");
    assert!(said.contains("1.30 times as much where 1.2 is allowed"), "{said}");
}

#[test]
fn what_single_seconds_differ_by_is_noise() {
    let uneven = |all: u64| {
        let mut uneven = outcome(2, 0, Duration::ZERO);
        uneven.load_seconds = 20.0;
        for second in 0..20 {
            let took = Duration::from_millis(all + if second % 2 == 0 { 0 } else { 20 });
            for _ in 0..10 {
                uneven.timeline.at(Duration::from_secs(second)).latency.record(took);
                uneven.latency.record(took);
            }
        }
        uneven
    };
    assert_eq!(judged(&uneven(10), &uneven(20), "latency p99"), Compared::Noise);
    assert_eq!(judged(&uneven(10), &uneven(90), "latency p99"), Compared::Worse);
    let comparison = Comparison::of(&report(&uneven(10)), &report(&uneven(20)), &RATIOS);
    assert_eq!(comparison.verdict, Verdict::Pass, "{comparison}");
    assert!(comparison.to_string().contains("within the noise"), "{comparison}");
}

#[test]
fn what_may_not_happen_has_no_ratio() {
    let mut lossy = steady(10);
    lossy.deliveries.lost = 1;
    assert_eq!(judged(&steady(10), &lossy, "deliveries lost"), Compared::Worse);
    assert_eq!(judged(&lossy, &lossy, "deliveries lost"), Compared::Kept);
}

#[test]
fn what_could_not_be_judged_is_like_nothing() {
    let verdict = |a: &Outcome, b: &Outcome| {
        let comparison = Comparison::of(&report(a), &report(b), &RATIOS);
        let said = comparison.to_string();
        assert!(said.starts_with(&format!("{}: ", comparison.verdict.word())), "{said}");
        (comparison.verdict, said)
    };
    let few = outcome(2, 5, Duration::from_millis(10));
    let mut stopped = steady(10);
    stopped.partial = true;
    let mut busy = steady(10);
    let strain = Some(Strain { busy: 1.0, stolen: 0.0, tester: 0.4 });
    busy.testers.push(Machine { cores: 2, strain, ..Machine::default() });
    for doubtful in [&few, &stopped, &busy] {
        for (a, b) in [(doubtful, doubtful), (&steady(10), doubtful), (doubtful, &steady(90))] {
            assert_eq!(verdict(a, b).0, Verdict::Unjudged);
        }
        // What is certain is certain on any machine.
        let mut lossy = doubtful.clone();
        lossy.deliveries.lost = 1;
        assert_eq!(verdict(doubtful, &lossy).0, Verdict::Fail);
    }
    // A server that saved nothing is not as good as one that saved nothing before.
    let mut full = steady(10);
    full.commands.due += 900;
    full.commands.sent += 900;
    full.commands.refused.insert("not_saved".into(), 900);
    let (judged, said) = verdict(&full, &full);
    assert_eq!(judged, Verdict::Fail);
    assert!(said.contains("900 of 920 commands were not done (900 not saved)"), "{said}");
    assert_eq!(verdict(&full, &steady(10)).0, Verdict::Unjudged, "that was no baseline");
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
