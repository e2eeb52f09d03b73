//! The tester against a server whose delay and faults are known: it must find them all.

use std::time::Duration;

use serde_json::{Value, json};
use setroom_client::{Dial, Sealing};
use setroom_loadtest::course::run;
use setroom_loadtest::measure::Outcome;
use setroom_loadtest::measure::latency::Latency;
use setroom_loadtest::measure::strain::Strain;
use setroom_loadtest::measure::verdict::{Thresholds, Verdict};
use setroom_loadtest::progress::Progress;
use setroom_loadtest::report::Report;
use setroom_loadtest::run::{CannotRun, Run, Share};
use setroom_loadtest::scenario::Scenario;
use tokio::sync::watch;

use super::fake::{self, Faults, Hurt};
use super::schema;

fn steady(duration: Duration) -> Scenario {
    Scenario::steady(3, 4, 120.0, duration)
}

/// It waits for what is on its way until all is there. So patience costs nothing, but where something
/// never comes.
fn plan(url: &str) -> Run {
    Run {
        url: url.to_owned(),
        dial: Dial::to(url).unwrap(),
        scenario: steady(Duration::from_secs(1)),
        seed: 5,
        salt: 1,
        sealing: Sealing::Real,
        server_pid: None,
        drain: Duration::from_secs(120),
        share: Share::WHOLE,
        gate: None,
        servers: None,
        logs: None,
        leave_open: false,
    }
}

/// Far from what a busy machine does to a run: only faults are to fail here. What people see is older
/// there, so more of what they press comes too late.
fn patient() -> Thresholds {
    Thresholds { p99_ms: 20_000.0, done_percent: 0.001, ..Thresholds::default() }
}

fn judged(outcome: &Outcome) -> Report {
    Report::of(outcome, &patient())
}

async fn run_with(faults: Faults) -> Report {
    judged(&on_a_quiet_machine(outcome_with(faults).await))
}

async fn outcome_with(faults: Faults) -> Outcome {
    // What never comes is waited for in vain: long enough that nothing else is late as well.
    let in_vain = faults.silent || faults.own_kept_back || faults.hurt.is_some();
    let server = fake::start(faults).await;
    let (_stop, stopped) = watch::channel(false);
    let mut plan = plan(&server.url);
    if in_vain {
        plan.drain = Duration::from_secs(4);
    }
    run(&plan, stopped, &Progress::Silent).await.unwrap()
}

/// What the server did, whatever else this machine had to do: so that it is always judged.
fn on_a_quiet_machine(mut outcome: Outcome) -> Outcome {
    outcome.late = Latency::default();
    outcome.testers[0].strain = None;
    outcome
}

/// The JSON of a report, after the schema has found nothing in it.
fn checked(report: &Report) -> Value {
    let schema: Value = serde_json::from_str(include_str!("../../schema/report.json")).unwrap();
    let value = serde_json::to_value(report).unwrap();
    assert_eq!(schema::faults(&schema, &value, ""), Vec::<String>::new());
    value
}

#[tokio::test]
async fn a_sound_server_passes_and_the_report_is_as_described() {
    let server = fake::start(Faults::default()).await;
    let (_stop, stopped) = watch::channel(false);
    let mut plan = plan(&server.url);
    plan.server_pid = cfg!(target_os = "linux").then(std::process::id);
    let outcome = run(&plan, stopped, &Progress::Silent).await.unwrap();
    let report = judged(&on_a_quiet_machine(outcome));
    assert_eq!((report.verdict, &report.reasons), (Verdict::Pass, &vec![]), "{report}");
    assert!(report.to_string().starts_with("Passed: 3 sets of 4 people can meet"), "{report}");

    assert_eq!(report.outcome.commands.due, 120);
    assert_eq!(report.outcome.commands.sent, 120);
    assert_eq!(report.outcome.commands.done + report.outcome.commands.refusals(), 120);
    assert!(report.outcome.commands.refusals() < 60, "the mix should fit the room: {report}");
    // Each done command reached all four seats, and each receipt was timed.
    assert_eq!(report.figures.timed, report.outcome.commands.done * 4);
    assert!(report.outcome.deliveries.expected >= report.figures.timed);
    assert_eq!(report.outcome.deliveries.received, report.outcome.deliveries.expected);
    assert_eq!(
        (report.figures.joined, report.outcome.views.checked, report.outcome.views.equal),
        (12, 12, 12)
    );

    let value = checked(&report);
    assert_eq!(value["verdict"], "pass");
    // Whatever keeps people from working has a threshold that nobody has to ask for.
    let thresholds = json!({
        "p99_ms": 20_000.0,
        "hindered_percent": 0.1,
        "done_percent": 0.001,
        "turned_away": 0
    });
    assert_eq!(value["thresholds"], thresholds);
    assert_eq!(Thresholds::default().done_percent, 75.0);
    assert_eq!(value["outcome"]["server"].is_object(), cfg!(target_os = "linux"));
}

#[tokio::test]
async fn opaque_boxes_do_as_well() {
    let server = fake::start(Faults::default()).await;
    let (_stop, stopped) = watch::channel(false);
    let plan = Run { sealing: Sealing::Opaque, ..plan(&server.url) };
    let outcome = run(&plan, stopped, &Progress::Silent).await.unwrap();
    let report = judged(&on_a_quiet_machine(outcome));
    assert_eq!(report.verdict, Verdict::Pass, "{report}");
    assert!(report.outcome.asked.opaque);
}

/// Two small sets that play a short meeting, with what else their scenario says.
async fn played(faults: Faults, more: &str) -> Report {
    let server = fake::start(faults).await;
    let (_stop, stopped) = watch::channel(false);
    let text = "about = \"Two small sets.\"\nplan = \"short_90\"\ntemplate = \"classic\"\n\
        compress = 900\nrooms = 2\n[people]\nmembers = 3\n[arrival]\nopen = \"100ms\"\n\
        within = \"100ms\"\n";
    let scenario = Scenario::read("small.toml", &format!("{text}{more}")).unwrap();
    let plan = Run { scenario, ..plan(&server.url) };
    judged(&on_a_quiet_machine(run(&plan, stopped, &Progress::Silent).await.unwrap()))
}

/// The server speaks first, and what it says may come in one piece with the answer to the upgrade.
#[tokio::test]
async fn people_of_a_played_scenario_come_in_and_write() {
    let report = played(Faults::default(), "").await;
    assert_eq!(report.verdict, Verdict::Pass, "{report}");
    assert_eq!((report.figures.joined, report.outcome.views.equal), (8, 8), "{report}");
    assert_eq!(report.outcome.unreadable, 0);
}

/// Answers are on their way while pages are reloaded: what has none yet is asked again under its id.
#[tokio::test]
async fn what_is_asked_again_after_a_reload_hinders_nobody() {
    let delay = Duration::from_millis(500);
    let faults = Faults { delay, ..Faults::default() };
    let report = played(faults, "[behaviour]\nreloads = 600.0\n").await;
    assert_eq!(report.verdict, Verdict::Pass, "{report}");
    assert!(report.outcome.reconnects.cut > 0, "{report}");
}

#[tokio::test]
async fn a_delay_is_found_in_every_quantile() {
    let delay = Duration::from_millis(80);
    let outcome = on_a_quiet_machine(outcome_with(Faults { delay, ..Faults::default() }).await);
    let report = judged(&outcome);
    assert!(report.figures.latency_ms.p50 >= 80.0, "{report}");
    assert_eq!((report.verdict, &report.reasons), (Verdict::Pass, &vec![]), "{report}");
    let strict = Report::of(&outcome, &Thresholds { p99_ms: 79.0, ..patient() });
    assert_eq!((strict.verdict, strict.reasons.len()), (Verdict::Fail, 1), "{strict}");
    assert!(strict.reasons[0].starts_with("p99 from due to received was "), "{strict}");
}

/// One thread runs tester and server; the server blocks it for a while, so that commands which
/// fall due meanwhile are sent late. Their latency must hold the lateness and the delay: a clock
/// that started at the sending would tell only of the delay.
#[tokio::test]
async fn latency_counts_from_the_due_time_however_late_the_sending() {
    let (delay, stall) = (Duration::from_millis(50), Duration::from_millis(300));
    let report = judged(&outcome_with(Faults { delay, stall, nth: 10, ..Faults::default() }).await);
    assert!(report.figures.late_ms.max >= 200.0, "{report}");
    assert!(
        report.to_string().contains("too busy to judge times by: the tester itself"),
        "{report}"
    );
    assert!(report.figures.latency_ms.max >= 250.0, "{report}");
    // 36 of 120 commands were due in the stall, and so at least 15 % of all waited for 100 ms.
    assert!(report.figures.latency_ms.p90 >= 150.0, "{report}");
}

#[tokio::test]
async fn a_dropped_delivery_turns_it_red() {
    let report = run_with(Faults { hurt: Some(Hurt::Drop), nth: 8, ..Faults::default() }).await;
    assert_eq!(report.verdict, Verdict::Fail);
    assert_eq!(report.outcome.deliveries.lost, 1, "{report}");
    assert_eq!(report.outcome.deliveries.duplicated, 0, "{report}");
    assert!(report.reasons.contains(&"1 delivery was lost (the limit is 0)".into()), "{report}");
    assert_eq!((report.outcome.views.checked, report.outcome.views.equal), (12, 11), "{report}");
    let said = report.to_string();
    assert!(
        said.starts_with("Failed: 3 sets of 4 people cannot rely on this server yet: "),
        "{said}"
    );
    assert!(
        report.headline.contains(": 1 delivery was lost, and 1 person saw something else"),
        "{said}"
    );
    checked(&report);
}

#[tokio::test]
async fn a_repeated_delivery_turns_it_red() {
    let report = run_with(Faults { hurt: Some(Hurt::Repeat), nth: 8, ..Faults::default() }).await;
    assert_eq!(report.verdict, Verdict::Fail);
    assert_eq!(
        (report.outcome.deliveries.lost, report.outcome.deliveries.duplicated),
        (0, 1),
        "{report}"
    );
    assert_eq!(report.reasons, ["1 delivery came twice (the limit is 0)"]);
}

#[tokio::test]
async fn a_swapped_delivery_turns_it_red() {
    let report = run_with(Faults { hurt: Some(Hurt::Swap), nth: 8, ..Faults::default() }).await;
    assert_eq!(report.verdict, Verdict::Fail);
    assert_eq!(
        (report.outcome.deliveries.lost, report.outcome.deliveries.out_of_order),
        (0, 1),
        "{report}"
    );
    assert_eq!(report.reasons, ["1 delivery was out of order (the limit is 0)"]);
}

#[tokio::test]
async fn other_bytes_for_one_seat_turn_it_red() {
    let report = run_with(Faults { hurt: Some(Hurt::Alter), nth: 8, ..Faults::default() }).await;
    assert_eq!(report.verdict, Verdict::Fail);
    assert_eq!(report.outcome.deliveries.lost, 0, "{report}");
    assert!(report.outcome.views.equal < report.outcome.views.checked, "{report}");
}

#[tokio::test]
async fn a_hand_that_whoever_presents_is_told_of_turns_it_red() {
    let report = run_with(Faults { hands_told: true, ..Faults::default() }).await;
    assert_eq!(report.verdict, Verdict::Fail, "{report}");
    assert_eq!(report.outcome.deliveries.lost, 0, "{report}");
    assert!(report.outcome.views.equal < report.outcome.views.checked, "{report}");
}

#[tokio::test]
async fn ones_own_part_is_compared_too() {
    let report = run_with(Faults { own_kept_back: true, ..Faults::default() }).await;
    assert_eq!(report.verdict, Verdict::Fail);
    assert!(report.outcome.views.equal < report.outcome.views.checked, "{report}");
}

#[tokio::test]
async fn a_delivery_that_does_not_name_its_command_turns_it_red() {
    let report = run_with(Faults { hurt: Some(Hurt::Nameless), nth: 8, ..Faults::default() }).await;
    assert_eq!(report.verdict, Verdict::Fail, "{report}");
    assert_eq!(report.reasons, ["4 deliveries did not name theirs (the limit is 0)"]);
}

#[tokio::test]
async fn refusals_are_counted_apart_and_deliver_nothing() {
    let report = run_with(Faults { refuse: true, ..Faults::default() }).await;
    assert_eq!(report.outcome.commands.refusals(), 120, "{report}");
    assert_eq!(report.outcome.commands.refused["busy"], 120);
    assert_eq!((report.outcome.deliveries.expected, report.outcome.deliveries.lost), (0, 0));
    assert!(report.headline.contains("120 of 120 commands were not done (120 busy)"), "{report}");
    assert!(report.reasons.contains(&"no command was done, so nothing was measured".into()));
    checked(&report);
}

#[tokio::test]
async fn commands_without_an_answer_turn_it_red() {
    let report = run_with(Faults { silent: true, ..Faults::default() }).await;
    assert!(
        report.reasons.contains(&"120 commands were never answered (the limit is 0)".into()),
        "{report}"
    );
}

#[tokio::test]
async fn too_slow_is_too_slow() {
    let server =
        fake::start(Faults { delay: Duration::from_millis(30), ..Faults::default() }).await;
    let (_stop, stopped) = watch::channel(false);
    let thresholds = Thresholds { p99_ms: 25.0, join_p99_ms: Some(0.001), ..patient() };
    let outcome = run(&plan(&server.url), stopped, &Progress::Silent).await.unwrap();
    let mut outcome = on_a_quiet_machine(outcome);
    let report = Report::of(&outcome, &thresholds);
    assert_eq!(report.verdict, Verdict::Fail);
    assert_eq!(report.reasons.len(), 2, "{report}");
    checked(&report);

    // The same on a machine of which its host took a third is no failure of the server, and no pass.
    outcome.testers[0].strain = Some(Strain { busy: 0.6, stolen: 0.33, tester: 0.2 });
    let report = Report::of(&outcome, &thresholds);
    assert_eq!(report.verdict, Verdict::Unjudged, "{report}");
    assert!(
        report.reasons[0].contains("its host took 33 % of the tester’s machine away"),
        "{report}"
    );
    checked(&report);
    // What is certain stays so.
    outcome.commands.done -= 1;
    let report = Report::of(&outcome, &thresholds);
    assert_eq!(report.verdict, Verdict::Fail, "{report}");
}

#[tokio::test]
async fn stopped_by_hand_it_tells_what_there_is() {
    let mut server = fake::start(Faults::default()).await;
    let (stop, stopped) = watch::channel(false);
    let plan = Run { scenario: steady(Duration::from_secs(3600)), ..plan(&server.url) };
    let by_hand = async {
        server.hands.wait_for(|hands| *hands >= 10).await.unwrap();
        stop.send_replace(true);
    };
    let (report, ()) = tokio::join!(run(&plan, stopped, &Progress::Silent), by_hand);
    let report = judged(&report.unwrap());
    assert!(report.outcome.partial);
    assert_eq!(report.verdict, Verdict::Unjudged, "half a run proves nothing");
    assert!(report.outcome.commands.done >= 10 && report.outcome.deliveries.lost == 0, "{report}");
    assert!(report.headline.contains("was stopped after"), "{report}");
    checked(&report);
}

#[tokio::test]
async fn stopped_before_anything_was_measured_there_is_no_report() {
    let server = fake::start(Faults::default()).await;
    let (_stop, stopped) = watch::channel(true);
    let none = run(&plan(&server.url), stopped, &Progress::Silent).await;
    assert!(matches!(none, Err(CannotRun::Stopped)));
}

#[test]
fn the_schema_is_strict() {
    let schema: Value = serde_json::from_str(include_str!("../../schema/report.json")).unwrap();
    let bad = json!({"verdict": "maybe", "figures": {"latency_ms": {"p50": "fast"}}, "extra": 1});
    let faults = schema::faults(&schema, &bad, "");
    for part in
        ["/verdict", "/figures/latency_ms/p50", "extra is not described", "\"outcome\" is missing"]
    {
        assert!(faults.iter().any(|fault| fault.contains(part)), "{part}: {faults:?}");
    }
}
