//! Outcomes of several testers become one, and long runs stay small.

use std::time::Duration;

use setroom_loadtest::measure::Outcome;
use setroom_loadtest::measure::outcome::{Asked, FaultEffect};
use setroom_loadtest::measure::timeline::{MOST, Sample, Timeline};
use setroom_loadtest::measure::verdict::Thresholds;
use setroom_loadtest::report::Report;

/// What one tester measured: so many rooms, and one command each second that took this long.
pub(crate) fn outcome(rooms: u64, seconds: u64, took: Duration) -> Outcome {
    let asked = Asked { rooms, members: 10, rate: 1.0, duration_seconds: 1.0, ..Asked::default() };
    let mut outcome = Outcome { asked, seats: rooms * 10, ..Outcome::default() };
    outcome.load_seconds = seconds as f64;
    for second in 0..seconds {
        let slot = outcome.timeline.at(Duration::from_secs(second));
        for _ in 0..10 {
            slot.latency.record(took);
            outcome.latency.record(took);
        }
        slot.deliveries += 10;
        slot.connected = Some(rooms * 10);
    }
    outcome.commands.due = seconds;
    outcome.commands.sent = seconds;
    outcome.commands.done = seconds;
    outcome.deliveries.expected = seconds * 10;
    outcome.deliveries.received = seconds * 10;
    outcome.views.checked = outcome.seats;
    outcome.views.equal = outcome.seats;
    outcome
}

#[test]
fn three_testers_are_one_test() {
    let mut all = outcome(2, 10, Duration::from_millis(5));
    let mut second = outcome(3, 8, Duration::from_millis(50));
    second.faults.push(FaultEffect {
        at: 2.0,
        what: "another cut".into(),
        ..FaultEffect::default()
    });
    second.commands.refused.insert("busy".into(), 2);
    second.timeline.at(Duration::from_secs(1)).server =
        Some(Sample { cpu_seconds: 0.5, rss_bytes: 7, ..Sample::default() });
    let mut third = outcome(1, 4, Duration::from_millis(5));
    third.faults.push(FaultEffect { at: 1.0, what: "a cut".into(), ..FaultEffect::default() });
    third.commands.refused.insert("busy".into(), 1);
    third.partial = true;
    all.merge(second);
    all.merge(third);

    assert_eq!((all.asked.rooms, all.seats, all.asked.rate), (6, 60, 3.0));
    assert_eq!(all.load_seconds, 10.0);
    assert!(all.partial);
    assert_eq!(all.latency.count(), 220);
    assert!((all.latency.at(0.99) - 50.0).abs() < 0.1, "{}", all.latency.at(0.99));
    assert_eq!(all.commands.refused["busy"], 3);
    let at: Vec<_> = all.faults.iter().map(|fault| fault.at).collect();
    assert_eq!(at, [1.0, 2.0]);
    let slots = &all.timeline.slots;
    assert_eq!((slots.len(), slots[0].deliveries, slots[9].deliveries), (10, 30, 10));
    assert_eq!((slots[0].connected, slots[9].connected), (Some(60), Some(20)));
    assert_eq!(slots[1].server.unwrap().rss_bytes, 7);
    assert_eq!((slots[0].latency.count(), slots[9].latency.count()), (30, 10));
}

#[test]
fn a_fault_that_touched_people_of_several_testers_is_told_once() {
    let cut = |touched, back: Option<f64>| FaultEffect {
        at: 1.0,
        what: "a cut".into(),
        touched,
        back_half_seconds: back.map(|back| back / 2.0),
        back_p99_seconds: back,
        back_seconds: back,
        by_ring: touched,
        by_snapshot: 0,
    };
    let of =
        |faults: Vec<FaultEffect>| Outcome { faults, ..outcome(1, 1, Duration::from_millis(5)) };
    let merged = |one: FaultEffect, two: FaultEffect| {
        let mut all = of(vec![one]);
        all.merge(of(vec![two]));
        let [fault] = all.faults.as_slice() else { panic!("{:?}", all.faults) };
        fault.clone()
    };
    // Of several times the latest: nobody is back before everybody is.
    let both = merged(cut(3, Some(2.0)), cut(5, Some(4.0)));
    assert_eq!((both.touched, both.by_ring, both.back_half_seconds), (8, 8, Some(2.0)));
    assert_eq!((both.back_p99_seconds, both.back_seconds), (Some(4.0), Some(4.0)));
    // Somebody who never came back is missed, on whichever side.
    assert_eq!(merged(cut(3, None), cut(5, Some(4.0))).back_seconds, None);
    assert_eq!(merged(cut(3, Some(2.0)), cut(5, None)).back_seconds, None);
    // Where nobody was touched, nobody is waited for.
    let nobody = FaultEffect { back_seconds: Some(0.0), ..cut(0, None) };
    assert_eq!(merged(nobody.clone(), cut(5, Some(4.0))).back_half_seconds, Some(2.0));
    assert_eq!(merged(cut(5, Some(4.0)), nobody.clone()).back_p99_seconds, Some(4.0));
    assert_eq!(merged(nobody.clone(), nobody).back_seconds, Some(0.0));
}

#[test]
fn a_day_has_no_more_slots_than_an_hour_and_loses_nothing() {
    let mut timeline = Timeline::default();
    for second in 0..86_400 {
        let slot = timeline.at(Duration::from_secs(second));
        slot.deliveries += 1;
        slot.connected = Some(second);
        slot.latency.record(Duration::from_millis(3));
    }
    assert!(timeline.slots.len() <= MOST, "{}", timeline.slots.len());
    assert_eq!(timeline.step_seconds, 128);
    assert_eq!(timeline.slots.iter().map(|slot| slot.deliveries).sum::<u64>(), 86_400);
    assert_eq!(timeline.slots.last().unwrap().connected, Some(86_399));
    assert_eq!(timeline.slots[0].connected, Some(127));

    // A short one beside it is laid into the same slots.
    let mut short = Timeline::default();
    short.at(Duration::from_secs(200)).deliveries = 5;
    short.merge(timeline);
    assert_eq!(short.step_seconds, 128);
    assert_eq!(short.slots[1].deliveries, 128 + 5);
}

#[test]
fn a_stored_report_is_the_same_when_it_is_read() {
    let thresholds = Thresholds { join_seconds: Some(60.0), ..Thresholds::default() };
    let report = Report::of(&outcome(2, 10, Duration::from_millis(5)), &thresholds);
    let mut json = serde_json::to_value(&report).unwrap();
    // What follows from the measurements is not believed.
    json["verdict"] = "fail".into();
    json["headline"] = "Passed, honestly".into();
    assert_eq!(Report::read(json.to_string().as_bytes()).unwrap(), report);
    assert!(Report::read(b"{}").is_err());
}
