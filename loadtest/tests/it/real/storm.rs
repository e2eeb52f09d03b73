//! `setroom-loadtest storm`, as operations run it, against a real server.

use std::process::ExitCode;

use clap::Parser as _;
use setroom_loadtest::cli::Cli;
use setroom_loadtest::measure::Outcome;
use setroom_loadtest::measure::verdict::Verdict;
use setroom_loadtest::report::Report;

use super::start;
use crate::soon;

/// Rooms of four, as many as a 99th percentile needs and short enough for a test. What takes time may take it: this is no measurement.
const STORM: &str = "storm --seats 18 --members 4 --within 300ms --stay 500ms --after 8s --seed 5 \
                     --fail-p99-ms 60000 --fail-back-p99-seconds 60 --fail-join-p99-ms";

/// Lets it storm, with so much time for joining. How the program ended, and its report.
async fn weathered(join_p99_ms: &str) -> (ExitCode, Report) {
    let server = start(|_| {}).await;
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("storm.json");
    let url = format!("http://{}", server.addr());
    let words = ["setroom-loadtest"].into_iter().chain(STORM.split_whitespace());
    let mut words: Vec<_> = words.map(String::from).collect();
    words.extend([
        join_p99_ms.into(),
        "--url".into(),
        url,
        "--json".into(),
        json.to_str().unwrap().into(),
    ]);
    // The program makes a runtime of its own.
    let performed = tokio::task::spawn_blocking(|| Cli::parse_from(words).perform());
    let code = soon(performed).await.unwrap();
    server.stop().await;
    (code, Report::read(&std::fs::read(json).unwrap()).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_comes_in_is_cut_off_and_comes_back() {
    let (code, report) = weathered("60000").await;
    assert_eq!(code, ExitCode::SUCCESS, "{report}");
    assert_eq!(report.verdict, Verdict::Pass, "{report}");
    let Outcome { seats, joined, back, reconnects, deliveries, views, turned_away, faults, .. } =
        &report.outcome;
    // Eighteen are made up to whole rooms.
    assert_eq!((*seats, joined.count()), (20, 20), "{report}");
    assert!(turned_away.is_empty(), "{turned_away:?}");
    let [cut] = faults.as_slice() else { panic!("{faults:?}") };
    assert_eq!((cut.touched, reconnects.cut, reconnects.never), (20, 20, 0), "{report}");
    assert_eq!((back.count(), reconnects.by_ring + reconnects.by_snapshot), (20, 20), "{report}");
    assert_eq!((deliveries.lost, deliveries.duplicated), (0, 0), "{report}");
    assert_eq!((views.checked, views.equal), (20, 20), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_that_was_not_weathered_is_told_by_the_exit_code() {
    let (code, report) = weathered("0.001").await;
    // On a busy machine it is not known whose doing that was, and no pass either.
    let wanted = if report.verdict == Verdict::Unjudged { 3 } else { 1 };
    let word = report.verdict.word();
    assert_eq!(code, ExitCode::from(wanted), "{report}");
    assert!(report.headline.starts_with(word) && report.verdict != Verdict::Pass, "{report}");
    let [reason] = report.reasons.as_slice() else { panic!("{report}") };
    assert!(reason.contains("above the limit of 0.001 ms"), "{reason}");
}
