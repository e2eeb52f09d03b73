//! From figures to a verdict: what keeps people from working fails any run and is said first, and
//! what cannot be told is neither passed nor failed.

use std::time::Duration;

use setroom_loadtest::measure::Outcome;
use setroom_loadtest::measure::latency::Latency;
use setroom_loadtest::measure::machine::Machine;
use setroom_loadtest::measure::outcome::{Commands, Deliveries, FaultEffect, Views, Watched};
use setroom_loadtest::measure::process::Reading;
use setroom_loadtest::measure::strain::Strain;
use setroom_loadtest::measure::verdict::{Judged, Thresholds, Verdict, back_p99, checks, judge};
use setroom_loadtest::report::Report;
use setroom_protocol::Code;

fn good() -> Outcome {
    let mut good = Outcome { seats: 8, ..Outcome::default() };
    (0..100).for_each(|_| good.latency.record(Duration::from_micros(49_000)));
    good.joined.record(Duration::from_millis(400));
    good.deliveries = Deliveries { expected: 100, received: 100, ..Deliveries::default() };
    good.commands = Commands { due: 12, sent: 12, done: 10, ..Commands::default() };
    good.commands.refused.insert("not_yours".into(), 2);
    good.views = Views { checked: 8, equal: 8 };
    good.testers.push(Machine { cores: 2, ..Machine::default() });
    good.server = Some(watched(1000, 1000));
    good.asked.rooms = 2;
    good.asked.members = 4;
    good.faults.push(FaultEffect {
        what: "a restart".into(),
        back_seconds: Some(2.0),
        ..FaultEffect::default()
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

type Spoil = fn(&mut Outcome);

/// Refused for this reason instead of done: nine of ten.
fn refused(outcome: &mut Outcome, code: &str) {
    outcome.commands.done = 1;
    outcome.commands.refused.insert(code.into(), 9);
}

/// Whatever keeps people from working fails a run without any option, and is said first.
#[test]
fn whatever_keeps_people_from_working_fails_the_run_and_stands_in_the_first_sentence() {
    let hindrances: [(Spoil, &str); 17] = [
        (|at| refused(at, "not_saved"), "9 of 12 commands were not done (9 not saved)"),
        (|at| refused(at, "busy"), "9 of 12 commands were not done (9 busy)"),
        (|at| refused(at, "too_fast"), "9 of 12 commands were not done (9 too fast)"),
        (|at| refused(at, "sealed_bytes"), "9 of 12 commands were not done (9 sealed bytes)"),
        (|at| refused(at, "of_next_year"), "9 of 12 commands were not done (9 of next year)"),
        (|at| refused(at, "role"), "9 of 12 commands were not done (9 role)"),
        (|at| at.commands.done = 9, "1 of 12 commands were not done (1 never answered)"),
        (|at| at.commands.due = 13, "1 of 13 commands were not done (1 not sent)"),
        // Also by rules of the meeting: a room that stands still is no room to work in.
        (|at| refused(at, "holding"), "only 1 of 12 commands were done"),
        (|at| at.unreachable = true, "the server could not be reached any more at the end"),
        (
            |at| at.process_ended = true,
            "the server ended in the middle of the test and was started again",
        ),
        (
            |at| {
                at.not_in = 4;
                at.turned_away.insert("connections".into(), 4);
            },
            "4 of 8 people could not come in (connections 4)",
        ),
        (
            |at| at.turned_away = [("rooms".into(), 1)].into(),
            "1 connection was turned away (rooms 1)",
        ),
        (|at| at.reconnects.never = 2, "2 of 8 people lost their connection for good"),
        (|at| at.ended = [("lost".into(), 3)].into(), "3 connections were broken off"),
        (|at| at.views = Views { checked: 7, equal: 7 }, "what 1 person saw could not be checked"),
        (|at| at.views.equal = 7, "1 person saw something else than the server at the end"),
    ];
    for (spoil, clause) in hindrances {
        let mut outcome = good();
        spoil(&mut outcome);
        let report = Report::of(&outcome, &Thresholds::default());
        let first = "Failed: 2 sets of 4 people cannot rely on this server yet: ";
        assert!(report.headline.starts_with(first), "{report}");
        assert!(report.headline.contains(clause), "{clause}: {report}");
        assert_eq!(report.verdict, Verdict::Fail);
        assert_eq!(report.to_string().lines().next(), Some(report.headline.as_str()));
        assert_eq!(report.hardware, None, "that says nothing of what is needed");
    }
    // What the meeting had moved on for is no fault: two of twelve in the good run.
    assert_eq!(judged(&Thresholds::default(), &good()), (Verdict::Pass, vec![]));
}

/// A busy machine excuses times, and nothing else.
#[test]
fn a_busy_machine_makes_times_unknown_and_what_is_certain_stays() {
    let strained: [fn(&mut Outcome); 4] = [
        |at| (0..100).for_each(|_| at.late.record(Duration::from_millis(11))),
        |at| at.testers[0].strain = Some(Strain { busy: 0.5, stolen: 0.06, tester: 0.1 }),
        |at| at.testers[0].strain = Some(Strain { busy: 0.92, stolen: 0.0, tester: 0.4 }),
        |at| at.testers[0].strain = Some(Strain { busy: 0.88, stolen: 0.04, tester: 0.4 }),
    ];
    let times: [Spoil; 4] = [
        |at| (0..100).for_each(|_| at.latency.record(Duration::from_millis(60))),
        |at| at.join_seconds = 61.0,
        |at| at.faults[0].back_seconds = Some(12.5),
        |at| refused(at, "too_fast"),
    ];
    let certain: [Spoil; 6] = [
        |at| refused(at, "not_saved"),
        |at| at.deliveries.lost = 1,
        |at| at.views.equal = 7,
        |at| at.unreachable = true,
        |at| at.not_in = 1,
        |at| at.commands.done = 9,
    ];
    let strict = Thresholds {
        back_seconds: Some(10.0),
        join_seconds: Some(60.0),
        done_percent: 0.0,
        ..Thresholds::default()
    };
    for strain in strained {
        let of = |spoil: Spoil| {
            let mut outcome = good();
            strain(&mut outcome);
            spoil(&mut outcome);
            judged(&strict, &outcome)
        };
        assert_eq!(of(|_| ()), (Verdict::Pass, vec![]), "kept, in spite of it");
        for spoil in times {
            let (verdict, reasons) = of(spoil);
            assert_eq!(verdict, Verdict::Unjudged, "{reasons:?}");
            assert!(reasons[0].contains("which may be this test’s own doing"), "{reasons:?}");
        }
        for spoil in certain {
            assert_eq!(of(spoil).0, Verdict::Fail);
        }
    }
    // A machine that the server fills is what was to be found.
    let mut full = good();
    full.load_seconds = 10.0;
    full.testers[0].strain = Some(Strain { busy: 0.97, stolen: 0.0, tester: 0.2 });
    full.join_seconds = 61.0;
    let server = full.server.as_mut().unwrap();
    server.end.cpu_seconds = server.start.cpu_seconds + 15.0;
    assert_eq!(judged(&strict, &full).0, Verdict::Fail);
}

#[test]
fn too_few_and_too_early_is_not_known() {
    let mut few = good();
    few.latency = Latency::default();
    (0..99).for_each(|_| few.latency.record(Duration::from_millis(1)));
    let (verdict, reasons) = judged(&Thresholds::default(), &few);
    let reason = "p99 from due to received is not known: 99 were timed, and 100 are needed";
    assert_eq!((verdict, reasons), (Verdict::Unjudged, vec![reason.to_owned()]));
    let mut stopped = good();
    stopped.partial = true;
    // Nobody waits for answers, or looks at views, who stops a test.
    stopped.commands.due += 3;
    stopped.commands.sent += 2;
    stopped.views = Views::default();
    let (verdict, reasons) = judged(&Thresholds::default(), &stopped);
    assert_eq!(
        (verdict, reasons),
        (Verdict::Unjudged, vec!["it was stopped before its end".into()])
    );
    let mut unwatched = good();
    unwatched.server = None;
    let flat = Thresholds { memory_growth_percent: Some(10.0), ..Thresholds::default() };
    let (verdict, reasons) = judged(&flat, &unwatched);
    assert_eq!(verdict, Verdict::Unjudged);
    assert!(reasons[0].contains("was not watched (--server-pid)"), "{reasons:?}");
}

/// Of a server that is gone nobody says that nothing was lost.
#[test]
fn of_a_server_that_is_gone_nobody_says_that_nothing_was_lost() {
    let mut gone = good();
    gone.unreachable = true;
    gone.reconnects.never = 8;
    gone.views = Views::default();
    let report = Report::of(&gone, &Thresholds::default());
    let lost = report.checks.iter().find(|check| check.figure == "deliveries lost").unwrap();
    assert_eq!(lost.judged, Judged::Unknown);
    let never = "connections that did not come back";
    let never = report.checks.iter().find(|check| check.figure == never).unwrap();
    assert_eq!((never.measured, never.judged), (8.0, Judged::Broken));
    for said in [report.html(), report.to_string()] {
        for lie in [
            "none was lost",
            "nothing was lost",
            "nobody had to come back",
            "limit of the server’s own settings was met",
        ] {
            assert!(!said.contains(lie), "{lie}: {said}");
        }
    }
}

/// Every code has a kind, and so has every one that is still to come.
#[test]
fn a_refusal_keeps_people_from_working_unless_the_meeting_had_moved_on() {
    let fails = |code: &str| {
        let mut outcome = good();
        outcome.commands.refused = [(code.to_owned(), 2)].into();
        judged(&Thresholds::default(), &outcome).0 == Verdict::Fail
    };
    assert!(Code::ALL.iter().all(|(code, _)| !code.temporary() || fails(&code.name())));
    let moved_on = Code::ALL.iter().filter(|(code, _)| !fails(&code.name())).count();
    assert_eq!(moved_on, 23, "what belongs to a real meeting is decided by hand, code by code");
    assert!(fails("anything_else"));
}

#[test]
fn each_fault_alone_fails_and_says_so() {
    let faults: [(Spoil, &str); 16] = [
        (|at| at.deliveries.lost = 1, "1 delivery was lost (the limit is 0)"),
        (|at| at.deliveries.duplicated = 2, "2 deliveries came twice (the limit is 0)"),
        (|at| at.deliveries.out_of_order = 1, "1 delivery was out of order (the limit is 0)"),
        (|at| at.deliveries.wrong_room = 1, "1 delivery was another room's (the limit is 0)"),
        (|at| at.deliveries.nameless = 3, "3 deliveries did not name theirs (the limit is 0)"),
        (|at| at.unreadable = 1, "1 frame could not be read (the limit is 0)"),
        (|at| at.deliveries.expected = 0, "no command was done, so nothing was measured"),
        (
            |at| (0..100).for_each(|_| at.latency.record(Duration::from_millis(60))),
            "p99 from due to received was 60.0 ms, 10.0 ms above the limit of 50 ms",
        ),
        (|at| at.views.equal = 7, "1 view differs from a fresh snapshot (the limit is 0)"),
        (
            |at| at.views = Views { checked: 7, equal: 7 },
            "1 view could not be checked (the limit is 0)",
        ),
        (|at| at.reconnects.never = 2, "2 connections did not come back (the limit is 0)"),
        (|at| at.unfinished = 2, "2 meetings did not come to their end (the limit is 0)"),
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
    let mut unfit = good();
    unfit.commands.refused = [("role".into(), 1), ("stale_order".into(), 1)].into();
    let (_, reasons) = judged(&strict, &unfit);
    let reason =
        "commands were refused that no screen offers: role 1, stale_order 1 (the limit is 0)";
    assert!(reasons.contains(&reason.to_owned()), "{reasons:?}");
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
