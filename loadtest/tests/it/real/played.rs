//! Whole meetings, played by the load tester against the program itself, while things break.

use setroom_checker::canaries::{Canary, look};
use setroom_checker::evidence::read_logs;
use setroom_checker::{Evidence, Journal, Time, Verdict, check};
use setroom_client::ServerProgram;
use setroom_client::{Dial, Logs, Sealing};
use setroom_loadtest::course::run;
use setroom_loadtest::measure::outcome::Outcome;
use setroom_loadtest::measure::verdict::Verdict as Measured;
use setroom_loadtest::progress::Progress;
use setroom_loadtest::report::Report;
use setroom_loadtest::run::{Run, Share};
use setroom_loadtest::scenario::Scenario;
use std::path::Path;
use std::time::Duration;
use tokio::sync::watch;

/// Some of what the people of the load tester type.
const TYPED: [&str; 3] = ["Person with a name", "Tuesday set", "Ask before I advise."];

/// Ninety minutes in a few seconds. Thresholds of time are wide: this is no measurement.
const MEETING: &str = r#"
about = "A test."
plan = "short_90"
template = "classic"
compress = 1200
rooms = 2

[people]
co_facilitators = 1
members = 4
observers = 1

[arrival]
open = "100ms"
within = "200ms"
late = 0.25

[behaviour]
reloads = 1.0

[thresholds]
p99_ms = 60000
"#;

/// What was played, and what the checker says of it.
struct Played {
    outcome: Outcome,
    verdict: Verdict,
}

/// Plays it on servers of its own, and lets the checker judge.
async fn played(scenario: &str, servers: usize, leave_open: bool) -> Played {
    let folder = tempfile::tempdir().unwrap();
    let logs = Logs::in_folder(&folder.path().join("logs")).unwrap();
    let run_it = Run {
        url: "http://127.0.0.1:1".into(),
        dial: Dial::to("http://127.0.0.1:1").unwrap(),
        seed: 11,
        salt: 12,
        sealing: Sealing::Real,
        server_pid: None,
        drain: Duration::from_secs(10),
        share: Share::WHOLE,
        gate: None,
        scenario: Scenario::read("test.toml", scenario).unwrap(),
        servers: Some(ServerProgram {
            program: super::setroom(),
            arguments: Vec::new(),
            variables: Vec::new(),
            count: servers,
            keep: Some(folder.path().to_owned()),
        }),
        logs: Some(logs),
        leave_open,
    };
    let (_stop, stopped) = watch::channel(false);
    let outcome = run(&run_it, stopped, &Progress::Silent).await;
    let outcome = outcome.unwrap_or_else(|error| panic!("{error}"));
    let verdict = judged(folder.path(), servers).await;
    Played { outcome, verdict }
}

/// Reads what everybody logged and what the servers left.
async fn judged(folder: &Path, servers: usize) -> Verdict {
    let mut verdict = Verdict::default();
    let logs = read_logs(&folder.join("logs")).unwrap();
    let sets: Vec<_> = logs.keys().copied().collect();
    for server in 0..servers {
        let data = folder.join(server.to_string()).join("data");
        for (set, journal) in Journal::read_all(&data, &sets).await.unwrap() {
            // Each set is on one of the servers.
            if journal != Journal::default() {
                let clients = logs.get(&set).cloned().unwrap_or_default();
                let evidence = Evidence { set, clients, journal, time: Time::Machine, quiet: true };
                verdict.merge(check(&evidence));
            }
        }
        let typed: Vec<_> = TYPED.iter().map(|text| Canary::word(text)).collect();
        verdict.merge(look(&typed, &[folder.join(server.to_string())]).unwrap());
    }
    assert_eq!(verdict.counts.sets, sets.len() as u64, "every set is somewhere");
    verdict
}

/// Nothing was lost, repeated or confused, and everybody saw the same to the end.
fn is_sound(Played { outcome, verdict }: &Played, scenario: &str) {
    assert!(verdict.is_green(), "{verdict}");
    assert!(verdict.counts.acknowledged > 100 && verdict.counts.views >= 14, "{verdict}");
    let wanted = Scenario::read("test.toml", scenario).unwrap().thresholds;
    let report = Report::of(outcome, &wanted.into());
    assert_eq!(report.verdict, Measured::Pass, "{report}");
    assert_eq!(outcome.seats, 14);
    assert_eq!(outcome.views.checked, 14, "{report}");
    assert_eq!(outcome.views.equal, 14, "{report}");
    assert!(outcome.deliveries.received > 1000, "a meeting has more to tell: {report}");
    assert!(outcome.asked.duration_seconds > 1.0, "it tells how long that was meant to take");
    let told = outcome.server.as_ref().map(|server| server.end.cpu_seconds);
    // Also of servers that were stopped and started again on the way.
    assert_eq!(told.is_some(), cfg!(target_os = "linux"), "what the servers used");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_sets_meet_from_the_first_knock_to_the_close() {
    let played = played(MEETING, 1, false).await;
    is_sound(&played, MEETING);
    let Played { outcome, .. } = played;
    assert_eq!(outcome.joined.count(), 14);
    assert!(outcome.latency.count() > 1000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_set_meets_three_times_with_the_same_people() {
    let series = MEETING.replace("rooms = 2", "rooms = 2\nmeetings = 3");
    let Played { outcome, verdict } = played(&series, 1, false).await;
    assert!(verdict.is_green(), "{verdict}");
    let wanted = Scenario::read("test.toml", &series).unwrap().thresholds;
    let report = Report::of(&outcome, &wanted.into());
    assert_eq!(report.verdict, Measured::Pass, "{report}");
    assert_eq!((outcome.seats, outcome.joined.count()), (14, 14), "nobody knocks a second time");
    assert_eq!((outcome.views.checked, outcome.views.equal), (42, 42), "{report}");
}

// fault: F1 — lines that are late cost time, and nothing else
// fault: F2 — a network in which nothing passes for a while loses nothing
// fault: F7 — whole meetings through a kill of the server
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_lines_are_cut_and_the_server_is_killed_and_drained() {
    let broken = format!(
        "{MEETING}
        [[fault]]
        at = \"300ms\"
        what = \"drop\"
        [[fault]]
        at = \"700ms\"
        what = \"delay\"
        by = \"40ms\"
        lasts = \"300ms\"
        [[fault]]
        at = \"1200ms\"
        what = \"cut\"
        [[fault]]
        at = \"1600ms\"
        what = \"hold\"
        lasts = \"200ms\"
        [[fault]]
        at = \"2000ms\"
        what = \"kill\"
        lasts = \"50ms\"
        [[fault]]
        at = \"3500ms\"
        what = \"drain\"
        lasts = \"50ms\"
        "
    );
    let played = played(&broken, 1, true).await;
    is_sound(&played, &broken);
    let Played { outcome, verdict } = played;
    assert!(verdict.counts.rows > 100 && verdict.counts.views > 40, "{verdict}");
    assert_eq!(outcome.faults.len(), 6);
    for fault in &outcome.faults {
        assert!(fault.back_seconds.is_some(), "{fault:?}");
    }
    // Whoever had come by then was touched, if not by each of them: on a busy machine people are
    // not back yet when the next one comes.
    let touched: u64 = outcome.faults.iter().map(|fault| fault.touched).sum();
    assert!(touched >= 8, "{:?}", outcome.faults);
    assert_eq!(outcome.reconnects.never, 0);
}

// fault: F5 — servers that are restarted in turn get all of their people back
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_deploy_touches_each_server_in_turn() {
    // The second one comes right after the first, however long that takes, and in the middle of a
    // meeting that lasts.
    let rolling = format!(
        "{}
        [[fault]]
        at = \"300ms\"
        what = \"rolling\"
        every = \"1ms\"
        lasts = \"50ms\"
        ",
        MEETING.replace("compress = 1200", "compress = 450")
    );
    let played = played(&rolling, 2, true).await;
    is_sound(&played, &rolling);
    let Played { outcome, .. } = played;
    let servers: Vec<_> = outcome.faults.iter().map(|fault| fault.what.as_str()).collect();
    assert_eq!(servers, ["a deploy of server 1", "a deploy of server 2"]);
    assert!(outcome.faults.iter().all(|fault| fault.touched > 0), "{:?}", outcome.faults);
    assert_eq!(outcome.reconnects.never, 0);
}

/// A steady mix is a scenario like the others: lines may be cut on the way, and people come back.
const STEADY: &str = r#"
about = "A test."
plan = "half_day_210"
template = "classic"
compress = 1
rooms = 2
rate = 60
duration = "4s"

[people]
members = 3

[arrival]
open = "1ms"
within = "1ms"

[[fault]]
at = "1s"
what = "drop"

[thresholds]
p99_ms = 60000
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_steady_mix_goes_on_when_lines_are_cut() {
    let Played { outcome, verdict } = played(STEADY, 1, true).await;
    assert!(verdict.is_green(), "{verdict}");
    let wanted = Scenario::read("test.toml", STEADY).unwrap().thresholds;
    let report = Report::of(&outcome, &wanted.into());
    assert_eq!(report.verdict, Measured::Pass, "{report}");
    assert_eq!((outcome.seats, outcome.views.equal), (8, 8), "{report}");
    let [cut] = outcome.faults.as_slice() else { panic!("{:?}", outcome.faults) };
    assert_eq!((cut.touched, outcome.reconnects.cut, outcome.reconnects.never), (8, 8, 0));
    assert_eq!((outcome.deliveries.lost, outcome.deliveries.duplicated), (0, 0), "{report}");
    // Whoever was cut off by the test had nothing to press meanwhile; the others had.
    assert_eq!(outcome.commands.due, outcome.commands.sent, "{report}");
    assert!((120..=240).contains(&outcome.commands.due), "{report}");
}
