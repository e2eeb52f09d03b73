//! Whole meetings, played by several testers together against one server.

use std::time::Duration;

use setroom_loadtest::agent::{Lead, Work, lead};
use setroom_loadtest::measure::outcome::Outcome;
use setroom_loadtest::measure::verdict::Verdict;
use setroom_loadtest::progress::Progress;
use setroom_loadtest::report::Report;
use setroom_loadtest::run::Share;
use setroom_loadtest::scenario::{Break, Scenario};
use setroom_server::RunningServer;
use tokio::sync::watch;

use super::start;
use crate::shell::Remote;

/// A short meeting in a few seconds. Thresholds of time are wide: this is no measurement.
const MEETING: &str = r#"
about = "A test."
plan = "short_90"
template = "classic"
compress = 1200
rooms = 4

[people]
members = 3

[arrival]
open = "100ms"
within = "200ms"

[thresholds]
p99_ms = 60000

[[fault]]
at = "500ms"
what = "drop"

[[fault]]
at = "1500ms"
what = "cut"
"#;

async fn led(server: &RunningServer, scenario: Scenario, count: usize) -> Result<Outcome, String> {
    let (remote, (_stop, stopped)) = (Remote::new(), watch::channel(false));
    let plan = Lead {
        agents: (0..count).map(|number| format!("machine-{number}")).collect(),
        shell: remote.shell(),
        work: Work {
            url: format!("http://{}", server.addr()),
            origin: None,
            seed: 5,
            opaque: false,
            drain: Duration::from_secs(10),
            share: Share::WHOLE,
            scenario,
        },
        server_pid: None,
    };
    // It bounds everything that it waits for.
    lead(&plan, stopped, &Progress::Silent).await.map_err(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_agents_play_one_scenario() {
    let server = start(|_| {}).await;
    let scenario = Scenario::read("test.toml", MEETING).unwrap();
    let outcome = led(&server, scenario.clone(), 3).await.unwrap();
    let report = Report::of(&outcome, &scenario.thresholds.into());
    assert_eq!(report.verdict, Verdict::Pass, "{report}");
    assert!(!outcome.partial && outcome.missing.is_empty(), "{:?}", outcome.missing);
    // Every room once, and everybody in it.
    assert_eq!((outcome.asked.rooms, outcome.asked.members), (4, 4));
    assert_eq!((outcome.seats, outcome.joined.count()), (16, 16));
    assert_eq!((outcome.views.checked, outcome.views.equal), (16, 16), "{report}");
    assert_eq!((outcome.deliveries.lost, outcome.deliveries.duplicated), (0, 0), "{report}");
    assert_eq!(outcome.testers.len(), 3);
    // What was broken is told once, with everybody whom it touched at any of the agents.
    let [dropped, cut] = outcome.faults.as_slice() else { panic!("{:?}", outcome.faults) };
    assert_eq!(dropped.touched, 16, "{dropped:?}");
    for fault in [dropped, cut] {
        assert!(fault.back_seconds.is_some(), "{fault:?}");
        assert_eq!(fault.by_ring + fault.by_snapshot, fault.touched, "{fault:?}");
    }
    let back = &outcome.reconnects;
    assert_eq!(back.cut, back.by_ring + back.by_snapshot + back.never, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_looks_at_a_scenario_itself() {
    let server = start(|_| {}).await;
    let scenario = Scenario::read("test.toml", MEETING).unwrap();
    let nonsense = Scenario { compress: 0.0, ..scenario.clone() };
    let refused = led(&server, nonsense, 1).await.unwrap_err();
    assert!(refused.contains("compress must be between 1 and 3600"), "{refused}");
    let mut stops = scenario;
    stops.faults[0].what = Break::Kill;
    let refused = led(&server, stops, 1).await.unwrap_err();
    assert!(refused.contains("stops a server"), "{refused}");
}
