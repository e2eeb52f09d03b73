//! The load report of a passing and of a failing run against a real server, as a programme manager
//! would file it: `target/tmp/reports/pass.html` and `fail.html`, for people to look at and for the
//! browser test that opens them.

use std::path::PathBuf;
use std::time::Duration;

use setroom_client::{Dial, Sealing};
use setroom_loadtest::course::run;
use setroom_loadtest::measure::Outcome;
use setroom_loadtest::measure::latency::Latency;
use setroom_loadtest::measure::verdict::{Thresholds, Verdict};
use setroom_loadtest::progress::Progress;
use setroom_loadtest::report::Report;
use setroom_loadtest::run::{Run, Share};
use setroom_loadtest::scenario::Scenario;
use tokio::sync::watch;

const PATIENT: f64 = 30_000.0;

#[tokio::test]
async fn a_passing_and_a_failing_run_can_be_filed() {
    let mut outcome = measured().await;
    outcome.asked.command_line = vec!["setroom-loadtest".into(), "run <b>&'\"".into()];

    let pass = Report::of(&outcome, &Thresholds { p99_ms: PATIENT, ..Thresholds::default() });
    assert_eq!(pass.verdict, Verdict::Pass, "{pass}");
    let html = filed("pass.html", &pass.for_sets(100));
    assert!(html.contains("<strong>Passed</strong>"));
    assert!(html.contains("3 sets of 4 people can meet at once on this server."), "{html}");
    assert!(!html.contains("<h2>Why</h2>"));

    // Whatever else this machine had to do: that is another page.
    outcome.late = Latency::default();
    outcome.testers[0].strain = None;
    let strict = Thresholds { p99_ms: 0.001, join_seconds: Some(0.001), ..Thresholds::default() };
    let fail = Report::of(&outcome, &strict);
    assert_eq!(fail.verdict, Verdict::Fail);
    let html = filed("fail.html", &fail);
    assert!(html.contains("<strong>Failed</strong>"));
    assert!(
        html.contains("3 sets of 4 people cannot rely on this server yet: 99 of 100 saw"),
        "{html}"
    );
    assert!(html.contains("above the limit of 0.001 ms"), "{html}");
    assert!(html.contains("above the limit of 0.001 s"), "{html}");
}

/// What people do in three small sets within four seconds.
async fn measured() -> Outcome {
    let server = super::start(|_| {}).await;
    let url = format!("http://{}", server.addr());
    let run_it = Run {
        url: url.clone(),
        dial: Dial::to(&url).unwrap(),
        scenario: Scenario::steady(3, 4, 60.0, Duration::from_secs(4)),
        seed: 5,
        salt: 1,
        sealing: Sealing::Real,
        // The server is in this process, and only Linux tells what it uses.
        server_pid: cfg!(target_os = "linux").then(std::process::id),
        drain: Duration::from_secs(60),
        share: Share::WHOLE,
        gate: None,
        servers: None,
        logs: None,
        leave_open: false,
    };
    let (_stop, stopped) = watch::channel(false);
    let outcome = crate::soon(run(&run_it, stopped, &Progress::Silent)).await.unwrap();
    server.stop().await;
    outcome
}

/// Writes the page, and looks for what every page must have.
fn filed(name: &str, report: &Report) -> String {
    let html = report.html();
    std::fs::write(folder().join(name), &html).unwrap();
    is_a_page(name, &html);
    // Each chart twice, for wide and for narrow screens, and each with words.
    let charts = if cfg!(target_os = "linux") { 5 } else { 3 };
    assert_eq!(html.matches("<svg class=\"wide\"").count(), charts, "{name}");
    assert_eq!(html.matches("role=\"img\" aria-label=\"").count(), 2 * charts, "{name}");
    assert!(html.matches("<polyline").count() >= 2 * (charts - 1), "{name} has no lines");
    // Nothing from elsewhere.
    let elsewhere = html.replace(report.outcome.asked.url.as_str(), "");
    assert!(!elsewhere.contains("http:") && !elsewhere.contains("//"), "{name}");
    // What was typed on a command line stays text.
    if html.contains("To repeat it") {
        assert!(html.contains("&lt;b&gt;&amp;"), "{name}");
        assert!(!html.contains("<b>"), "{name}");
    }
    html
}

/// Where pages are put for people to look at.
pub(crate) fn folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("reports");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What every page must have, and what none may have.
pub(crate) fn is_a_page(name: &str, html: &str) {
    assert_eq!(open_elements(html), Vec::<String>::new(), "{name} is not well-formed");
    for heading in [
        "What had to be kept",
        "How long people waited",
        "Coming in",
        "Coming back",
        "Refused",
        "What the server used",
        "What would give first",
        "What hardware is needed",
        "What was run",
        "All figures",
    ] {
        assert!(html.contains(&format!("<h2>{heading}</h2>")), "{name} lacks {heading}");
    }
    assert_eq!(html.matches("<table").count(), html.matches("<caption>").count(), "{name}");
    // Nothing that runs, and nothing that loads.
    for part in ["<script", "<link", "<img", "url(", "@import", "<iframe"] {
        assert!(!html.contains(part), "{name} has {part}");
    }
}

/// The elements that are not closed in their turn; a closing tag that fits nothing is one too.
fn open_elements(html: &str) -> Vec<String> {
    let body = html.strip_prefix("<!doctype html>").expect("a page");
    let mut open: Vec<String> = Vec::new();
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("a tag ends");
        assert!(tag.matches('"').count().is_multiple_of(2), "an attribute's quotes: {tag}");
        let name: String = tag.chars().take_while(|c| !c.is_whitespace()).collect();
        if let Some(closed) = name.strip_prefix('/') {
            match open.pop() {
                Some(last) if last == closed => {}
                last => return vec![format!("{closed} closes {last:?}")],
            }
        } else if !tag.ends_with('/') {
            open.push(name);
        }
        let style = open.last().is_some_and(|last| last == "style");
        assert!(style || !text.contains('>'), "not escaped: {text}");
    }
    open
}
