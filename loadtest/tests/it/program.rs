//! The program as it is called: exit codes, and one clear sentence for each mistake.

use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use super::fake::{self, Faults};

fn called(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_setroom-loadtest")).args(arguments).output().unwrap()
}

fn run(url: &str, more: &[&str]) -> Output {
    let usual = ["run", "--url", url, "--rooms", "2", "--members", "3", "--rate", "120"];
    called(&[&usual, ["--duration", "500ms"].as_slice(), more].concat())
}

fn refused(output: &Output, sentence: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(sentence), "{said}");
    assert!(output.stdout.is_empty());
}

#[test]
fn mistakes_end_with_2_and_say_what_they_are() {
    let here = "http://127.0.0.1:9";
    refused(&called(&[]), "Usage");
    refused(&called(&["run"]), "--rooms");
    let alone = ["run", "--scenario", "short_90"];
    refused(&called(&alone), "no server is named: say which with --url");
    refused(&called(&["run", "--scenario", "tea_break"]), "there is no scenario `tea_break`");
    let stops = ["run", "--url", here, "--scenario", "rolling_deploy"];
    refused(&called(&stops), "give it one with --server-bin");
    let too_fast = [&alone, ["--compress", "10000"].as_slice()].concat();
    refused(&called(&too_fast), "compress must be between 1 and 3600");
    let no_server = [&alone, ["--server-bin", "/nowhere/setroom"].as_slice()].concat();
    refused(&called(&no_server), "/nowhere/setroom cannot be started");
    refused(&run("ftp://x", &[]), "not of the form http://HOST:PORT");
    refused(&run("https://127.0.0.1:9", &[]), "https is not spoken here");
    refused(&run("http://127.0.0.1:9/path", &[]), "not of the form");
    for (flag, value, sentence) in [
        ("--rooms", "0", "0 is not in"),
        ("--members", "1", "1 is not in 2..=24"),
        ("--members", "25", "25 is not in 2..=24"),
        ("--rate", "0", "above 0"),
        ("--rate", "fast", "above 0"),
        ("--duration", "0s", "above 0"),
        ("--duration", "5 parsecs", "60s"),
        ("--fail-p99-ms", "-1", "above 0"),
        ("--seed", "x", "invalid"),
    ] {
        let all = ["run", "--url", here, "--rooms", "2", "--members", "3"];
        let all = [&all, ["--rate", "1", "--duration", "1s"].as_slice()].concat();
        let mut all: Vec<_> = all.into_iter().map(str::to_owned).collect();
        match all.iter().position(|word| word == flag) {
            Some(at) => all[at + 1] = value.to_owned(),
            None => all.extend([flag.to_owned(), value.to_owned()]),
        }
        // An equals sign, so that a leading minus is a value.
        let glued: Vec<_> = std::iter::once("run".to_owned())
            .chain(all[1..].chunks(2).map(|pair| pair.join("=")))
            .collect();
        let words: Vec<_> = glued.iter().map(String::as_str).collect();
        refused(&called(&words), sentence);
    }
    let few = ["run", "--url", here, "--rooms", "2", "--members", "3", "--rate", "0.1"];
    refused(&called(&[&few, ["--duration", "1s"].as_slice()].concat()), "no single command");
}

#[test]
fn the_scenarios_that_come_with_it_are_listed() {
    let output = called(&["run", "--list-scenarios"]);
    assert_eq!(output.status.code(), Some(0));
    let listed = String::from_utf8(output.stdout).unwrap();
    let names = listed.lines().map(|line| line.split_whitespace().next().unwrap());
    let shipped = setroom_loadtest::scenario::SHIPPED.iter().map(|(name, _)| *name);
    assert!(names.eq(shipped), "{listed}");
}

#[test]
fn other_peoples_servers_are_left_alone() {
    // Addresses for documentation: nobody is there, and nobody is asked.
    refused(&run("http://192.0.2.1:8787", &[]), "--i-own-this-server");
    refused(&run("http://[2001:db8::1]:8787", &[]), "--i-own-this-server");
}

#[test]
fn no_subcommand_loads_other_peoples_servers_or_nobody() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let own = std::process::id().to_string();
    let mix = ["--rooms", "2", "--members", "3", "--rate", "9", "--duration", "1s"];
    let cases: [(&str, Vec<&str>); 3] = [
        ("capacity", vec![]),
        ("storm", vec![]),
        ("soak", [&mix, ["--server-pid", own.as_str()].as_slice()].concat()),
    ];
    for (name, more) in cases {
        let call = |url: &str| called(&[&[name, "--url", url], more.as_slice()].concat());
        refused(&call("http://192.0.2.1:8787"), "--i-own-this-server");
        refused(&call(&nobody), "cannot be reached");
    }
    let both = ["run", "--server-bin", "x", "--scenario", "short_90", "--agents", "alder"];
    refused(&called(&both), "cannot be used with");
    refused(&called(&["storm", "--url", &nobody, "--drop", "120%"]), "from 0% to 100%");
    refused(&called(&["capacity", "--url", &nobody, "--from", "9", "--most", "8"]), "above --most");
    refused(&called(&["capacity", "--url", &nobody, "--within", "20s"]), "leaves no time");
    refused(&called(&[&["soak", "--url", &nobody], mix.as_slice()].concat()), "--server-pid");
}

#[test]
fn nobody_there_ends_with_2() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    refused(&run(&url, &[]), "cannot be reached");
    refused(&run(&url, &["--json", "/nonexistent/report.json"]), "cannot be written");
}

#[tokio::test(flavor = "multi_thread")]
async fn pass_is_0_and_fail_is_1() {
    let server = fake::start(Faults::default()).await;
    let file = std::env::temp_dir().join(format!("setroom-report-{}.json", std::process::id()));
    let path = file.to_str().unwrap().to_owned();
    let url = server.url.clone();
    let call = move |more: &'static [&'static str], path: String| {
        let url = url.clone();
        tokio::task::spawn_blocking(move || run(&url, &[more, &["--json", &path]].concat()))
    };
    let good = call(&["--fail-p99-ms", "20000", "--seed", "9"], path.clone()).await.unwrap();
    let said = String::from_utf8_lossy(&good.stdout);
    assert_eq!(good.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&good.stderr));
    assert!(said.starts_with("Passed: 2 sets of 3 people") && said.contains("--seed 9"), "{said}");
    let report: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(
        (report["verdict"].as_str(), report["outcome"]["asked"]["seed"].as_u64()),
        (Some("pass"), Some(9))
    );

    // The same seed again, on the same server: ids and keys must be others.
    let again = call(&["--fail-p99-ms", "20000", "--seed", "9"], path).await.unwrap();
    assert_eq!(again.status.code(), Some(0), "{}", String::from_utf8_lossy(&again.stdout));

    // A gate without any option: what is certain fails on any machine.
    for (faults, says) in [
        (Faults { refuse: true, ..Faults::default() }, "60 of 60 commands were not done (60 busy)"),
        (
            Faults { full: true, ..Faults::default() },
            "6 of 6 people could not come in (disk full 2)",
        ),
    ] {
        let server = fake::start(faults).await;
        let url = server.url.clone();
        let failed = tokio::task::spawn_blocking(move || run(&url, &[])).await.unwrap();
        let said = String::from_utf8_lossy(&failed.stdout);
        assert_eq!(failed.status.code(), Some(1), "{said}");
        assert!(
            said.starts_with("Failed: 2 sets of 3 people cannot rely on this server"),
            "{said}"
        );
        assert!(said.lines().next().unwrap().contains(says), "{said}");
    }

    // The same judged by a limit of time, on a machine that was too busy.
    let mut report = report;
    report["thresholds"]["p99_ms"] = 0.001.into();
    report["outcome"]["testers"][0]["strain"] = json!({"busy": 1.0, "stolen": 0.3, "tester": 0.1});
    std::fs::write(&file, report.to_string()).unwrap();
    let unjudged = called(&["report", file.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&unjudged.stdout);
    assert_eq!(unjudged.status.code(), Some(3), "{said}");
    assert!(said.starts_with("Could not be judged: whether 2 sets of 3 people can rely"), "{said}");
    std::fs::remove_file(file).unwrap();
}

/// Ctrl-C ends the run and not the report: every form of it is written, and says that it is half.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn stopped_by_hand_every_form_is_written() {
    let mut server = fake::start(Faults::default()).await;
    let folder = std::env::temp_dir().join(format!("setroom-stopped-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let files = ["r.json", "r.html", "r.prom"].map(file);
    let mut tester = Command::new(env!("CARGO_BIN_EXE_setroom-loadtest"));
    tester.args(["run", "--url", &server.url, "--rooms", "2", "--members", "3", "--rate", "40"]);
    tester.args(["--duration", "1h", "--fail-p99-ms", "20000", "--json", &files[0]]);
    tester.args(["--html", &files[1], "--prometheus", &files[2]]);
    tester.stdout(Stdio::piped()).stderr(Stdio::piped());
    let tester = tester.spawn().unwrap();
    server.hands.wait_for(|hands| *hands >= 10).await.unwrap();
    let id = tester.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let ended = tokio::task::spawn_blocking(|| tester.wait_with_output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert_eq!(ended.status.code(), Some(3), "{said}");
    assert!(
        said.starts_with("Could not be judged: the test with 2 sets of 3 people was"),
        "{said}"
    );

    let [json, html, prometheus] = files.map(|file| std::fs::read_to_string(file).unwrap());
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["outcome"]["partial"], true);
    assert!(report["outcome"]["commands"]["done"].as_u64() >= Some(10), "{json}");
    assert!(html.contains("<strong>Could not be judged</strong>"), "{html}");
    assert!(html.contains("--duration 1h"), "{html}");
    assert!(prometheus.contains("\nsetroom_loadtest_partial 1\n"), "{prometheus}");

    // The same again from what was stored.
    let again = called(&["report", &file("r.json"), "--html", &file("again.html")]);
    assert_eq!(again.status.code(), Some(3));
    assert_eq!(std::fs::read_to_string(file("again.html")).unwrap(), html);
    let compared = called(&["compare", &file("r.json"), &file("r.json")]);
    // Two runs of which nobody knows how they would have gone on are not alike.
    let said = String::from_utf8_lossy(&compared.stdout);
    assert_eq!(compared.status.code(), Some(3), "{said}");
    assert!(said.starts_with("Could not be judged: whether B is worse than A"), "{said}");
    refused(&called(&["compare", &file("r.json"), &file("r.html")]), "is not a report");
    refused(&called(&["report", &file("none.json")]), "cannot be read");
    std::fs::remove_dir_all(folder).unwrap();
}
