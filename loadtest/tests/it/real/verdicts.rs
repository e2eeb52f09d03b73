//! What a load test says of a server that works, of one with a full disk, of one that is killed, of
//! one that is killed and started again, and of a busy machine: the program as it is called, against
//! real processes. The pages are put beside the others in `target/tmp/reports`, for people to look at.
//!
//! Nothing here is a measurement: times may take what they take, and only what is certain decides.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use serde_json::{Value, json};
use setroom_client::Stop;
use setroom_loadtest::cli::Cli;

use super::report::{folder, is_a_page};
#[cfg(target_os = "linux")]
use super::shim::Switches;
use super::{DATA, Process};
use crate::soon;

/// Three sets of four who are busy for four seconds.
const LOAD: &str = "run --rooms 3 --members 4 --rate 60 --duration 4s --seed 5 --fail-p99-ms 60000";
/// When everybody is in, and some of that is done: coming in takes about fifty.
const IN_THE_MIDDLE: u64 = 100;

/// Two sets of five hold a whole meeting, for people who come back when they are cut off.
const MEETING: &str = r#"
about = "A test."
plan = "short_90"
template = "classic"
compress = 900
rooms = 2

[people]
members = 4

[arrival]
open = "100ms"
within = "200ms"

[behaviour]
reloads = 0.0
drop_offs = 0.0

[thresholds]
p99_ms = 60000
"#;

/// How the program ended, and what it left.
struct Called {
    code: ExitCode,
    report: Value,
    html: String,
}

impl Called {
    /// The first sentence of the report, which the page begins with too.
    fn headline(&self) -> &str {
        let headline = self.report["headline"].as_str().unwrap();
        let (word, rest) = headline.split_once(": ").unwrap();
        assert!(self.html.contains(&format!("<strong>{word}</strong>")), "{headline}");
        let rest = rest.split_at(1).1.replace('\'', "&#39;");
        assert!(self.html.contains(&rest), "{headline}");
        headline
    }

    fn count(&self, path: &str) -> u64 {
        self.report["outcome"].pointer(path).unwrap().as_u64().unwrap()
    }
}

/// Calls the program, as operations do, with the page under this name.
async fn called(name: &str, words: &str, more: &[String]) -> Called {
    let [json, page] = ["json", "html"].map(|end| folder().join(format!("{name}.{end}")));
    // Nothing of an earlier run may be taken for this one's.
    for file in [&json, &page] {
        let _ = std::fs::remove_file(file);
    }
    let mut all = vec!["setroom-loadtest".to_owned()];
    all.extend(words.split_whitespace().map(str::to_owned).chain(more.iter().cloned()));
    all.extend(["--json".to_owned(), json.to_str().unwrap().to_owned()]);
    all.extend(["--html".to_owned(), page.to_str().unwrap().to_owned()]);
    // The program makes a runtime of its own.
    let performed = tokio::task::spawn_blocking(|| Cli::parse_from(all).perform());
    let code = soon(performed).await.unwrap();
    let html = std::fs::read_to_string(page).unwrap();
    is_a_page(name, &html);
    let report = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    Called { code, report, html }
}

fn says_nothing_of(called: &Called, lies: &[&str]) {
    for lie in lies {
        assert!(!called.html.contains(lie), "{lie}: {}", called.headline());
    }
}

/// A busy machine is not the server's fault, and no pass either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_run_passes_and_the_same_on_a_busy_machine_could_not_be_judged() {
    let server = Process::start().await;
    let good = called("good", LOAD, &server.words()).await;
    assert_eq!(good.code, ExitCode::SUCCESS, "{}", good.headline());
    assert_eq!(good.headline(), "Passed: 3 sets of 4 people can meet at once on this server.");
    assert!(good.html.contains("none was lost, doubled or out of order"));
    // What it is said to have written is what its files took: each page of the journal's log once
    // when it is made longer and once when it is written.
    if cfg!(target_os = "linux") {
        let written =
            good.count("/server/end/written_bytes") - good.count("/server/before/written_bytes");
        let log = std::fs::metadata(server.path(DATA).join("journal.sqlite3-wal")).unwrap().len();
        assert!(written > log / 2 && written < log * 4, "{written} said, {log} there");
    }

    // As a host that takes a third away leaves it, with latencies above their limit.
    let mut report = good.report.clone();
    report["thresholds"]["p99_ms"] = json!(0.001);
    report["outcome"]["late"] = json!([]);
    let strain = json!({"busy": 0.66, "stolen": 0.33, "tester": 0.2});
    report["outcome"]["testers"][0]["strain"] = strain;
    let stored = server.path("busy.json");
    std::fs::write(&stored, report.to_string()).unwrap();
    let busy = called("busy", &format!("report {}", stored.to_str().unwrap()), &[]).await;
    assert_eq!(busy.code, ExitCode::from(3), "{}", busy.headline());
    let first = "Could not be judged: whether 3 sets of 4 people can rely on this server is not \
                 known: the test’s own machine was too busy to tell (its host took 33 % of the \
                 tester’s machine away).";
    assert_eq!(busy.headline(), first);
    says_nothing_of(&busy, &["cannot rely on this server yet", "can meet at once"]);
}

/// A server that cannot save what people do fails the gate of a rollout.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_fails_the_run_in_its_first_sentence() {
    let disk = Switches::new();
    let server = Process::start_with(|data| disk.variables(data)).await;
    let words = server.words();
    let fills = async {
        server.has_applied(IN_THE_MIDDLE).await;
        disk.set("full", true);
    };
    let (full, ()) = tokio::join!(called("full-disk", LOAD, &words), fills);
    assert_eq!(full.code, ExitCode::from(1), "{}", full.headline());
    let not_saved = full.count("/commands/refused/not_saved");
    let due = full.count("/commands/due");
    assert!(not_saved > 10 && due == 240, "{not_saved} of {due}");
    let first = "Failed: 3 sets of 4 people cannot rely on this server yet: ";
    assert!(full.headline().starts_with(first), "{}", full.headline());
    let clause = format!("{not_saved} of 240 commands were not done ({not_saved} not saved)");
    assert!(full.headline().contains(&clause), "{}", full.headline());
    assert!(full.html.contains("The server’s disk gave first"));
    let lies = ["can meet at once", "limit of the server’s own settings was met", "processor core"];
    says_nothing_of(&full, &lies);
}

/// Of a server that was killed for good nobody says that nothing was lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_for_good_is_gone_in_the_first_sentence() {
    let server = Process::start().await;
    let words = server.words();
    let kills = async {
        server.has_applied(IN_THE_MIDDLE).await;
        server.server.end().await;
    };
    let (killed, ()) = tokio::join!(called("killed", LOAD, &words), kills);
    assert_eq!(killed.code, ExitCode::from(1), "{}", killed.headline());
    let first = "Failed: 3 sets of 4 people cannot rely on this server yet: the server ended in the \
                 middle of the test, 12 of 12 people lost their connection for good, ";
    assert!(killed.headline().starts_with(first), "{}", killed.headline());
    assert!(
        killed.headline().contains(" of 240 commands were not done ("),
        "{}",
        killed.headline()
    );
    let last = "and what 12 people saw could not be checked.";
    assert!(killed.headline().ends_with(last), "{}", killed.headline());
    assert_eq!(killed.count("/reconnects/never"), 12);
    assert!(killed.report["outcome"]["server"].is_object(), "what it used until then is known");
    let lies = ["none was lost", "nothing was lost", "nobody had to come back", "can meet at once"];
    says_nothing_of(&killed, &lies);
    let never = "Connections that did not come back</th><td class=\"n\">12</td>";
    assert!(killed.html.contains(never), "{}", killed.html);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_killed_and_started_again_has_cut_everybody_off() {
    let mut process = Process::start().await;
    let scenario = process.path("meeting.toml");
    std::fs::write(&scenario, MEETING).unwrap();
    let more = process.words();
    let restarts = async {
        process.has_applied(IN_THE_MIDDLE).await;
        process.server.restart(Stop::Kill, Duration::ZERO).await.unwrap();
    };
    let words = format!("run --scenario {} --seed 5", scenario.to_str().unwrap());
    let (again, ()) = tokio::join!(called("killed-and-restarted", &words, &more), restarts);
    assert_eq!(again.code, ExitCode::from(1), "{}", again.headline());
    let first = "Failed: 2 sets of 5 people cannot rely on this server yet: the server ended in the \
                 middle of the test and was started again, and 10 connections were broken off.";
    assert_eq!(again.headline(), first);
    assert_eq!((again.count("/reconnects/never"), again.count("/views/equal")), (0, 10));
    assert!(again.html.contains("none was lost, doubled or out of order"));
    says_nothing_of(&again, &["nobody had to come back", "can meet at once"]);
}
