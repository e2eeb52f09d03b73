//! Several testers, one load: real processes, started by a stand-in for `ssh`.

use std::process::Command;
use std::time::Duration;

use setroom_loadtest::agent::{CannotLead, Lead, Work, lead};
use setroom_loadtest::measure::outcome::Outcome;
use setroom_loadtest::progress::Progress;
use setroom_loadtest::run::Share;
use setroom_loadtest::scenario::Scenario;
use tokio::sync::watch;

use super::fake::{self, Faults};
use super::shell::Remote;

const MACHINES: [&str; 3] = ["alder", "birch", "cedar"];

fn plan(remote: &Remote, url: &str) -> Lead {
    Lead {
        agents: MACHINES.map(str::to_owned).to_vec(),
        shell: remote.shell(),
        work: Work {
            url: url.to_owned(),
            origin: None,
            seed: 5,
            opaque: true,
            drain: Duration::from_secs(10),
            share: Share::WHOLE,
            scenario: Scenario::steady(5, 3, 120.0, Duration::from_secs(1)),
        },
        server_pid: cfg!(target_os = "linux").then(std::process::id),
    }
}

/// The same for as long as somebody lets it.
fn long(remote: &Remote, url: &str) -> Lead {
    let mut plan = plan(remote, url);
    plan.work.scenario.duration = Some(Duration::from_secs(3600));
    plan
}

async fn led(plan: &Lead) -> Result<Outcome, CannotLead> {
    let (_stop, stopped) = watch::channel(false);
    super::soon(lead(plan, stopped, &Progress::Silent)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn three_agents_do_together_what_one_tester_would_do() {
    let (remote, server) = (Remote::new(), fake::start(Faults::default()).await);
    let outcome = led(&plan(&remote, &server.url)).await.unwrap();
    assert!(!outcome.partial && outcome.missing.is_empty(), "{:?}", outcome.missing);
    // All of the one schedule, each command once.
    assert_eq!((outcome.asked.rooms, outcome.asked.rate, outcome.seats), (5, 120.0, 15));
    assert_eq!((outcome.commands.due, outcome.commands.sent), (120, 120));
    assert_eq!(outcome.joined.count(), 15);
    assert_eq!((outcome.views.checked, outcome.views.equal), (15, 15));
    assert_eq!(outcome.latency.count(), outcome.commands.done * 3);
    assert_eq!((outcome.deliveries.lost, outcome.deliveries.wrong_room), (0, 0));
    assert_eq!(outcome.testers.len(), 3);
    assert_eq!(outcome.server.is_some(), cfg!(target_os = "linux"));
    // The measured part began for all at the same moment: together it is not longer.
    assert!(outcome.load_seconds >= 1.0, "{}", outcome.load_seconds);

    // The same machines again, with people and keys of their own.
    let again = led(&plan(&remote, &server.url)).await.unwrap();
    assert_eq!(again.commands.due, 120);
}

/// What is said of an agent that is lost when everybody is at work.
async fn lost(signal: &str, patience: Duration) -> String {
    let (remote, mut server) = (Remote::new(), fake::start(Faults::default()).await);
    let mut plan = plan(&remote, &server.url);
    plan.shell.patience = patience;
    // Longer than it takes to miss somebody.
    plan.work.scenario.duration = Some(patience.min(Duration::from_secs(10)) * 2);
    let loses = async {
        server.hands.wait_for(|hands| *hands >= 5).await.unwrap();
        remote.signal("birch", signal);
    };
    let (outcome, ()) = tokio::join!(led(&plan), loses);
    let outcome = outcome.unwrap();
    assert!(outcome.partial);
    let [missing] = outcome.missing.as_slice() else { panic!("{:?}", outcome.missing) };
    assert_eq!((outcome.testers.len(), outcome.seats), (2, 9));
    let report = setroom_loadtest::report::Report::of(&outcome, &Default::default());
    assert!(report.reasons.iter().any(|reason| reason.contains(missing)), "{report}");
    missing.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_dies_is_named_and_the_others_go_on() {
    let missing = lost("-KILL", Duration::from_secs(1)).await;
    assert!(missing.starts_with("agent birch was lost "), "{missing}");
    assert!(missing.contains("it ended: it did not say why"), "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_hangs_is_named_and_the_others_go_on() {
    let missing = lost("-STOP", Duration::from_secs(8)).await;
    assert!(missing.starts_with("agent birch was lost "), "{missing}");
    assert!(missing.contains("it did not answer in time"), "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_reaches_all_of_them() {
    let (remote, mut server) = (Remote::new(), fake::start(Faults::default()).await);
    let plan = long(&remote, &server.url);
    let (stop, stopped) = watch::channel(false);
    let by_hand = async {
        server.hands.wait_for(|hands| *hands >= 5).await.unwrap();
        stop.send_replace(true);
    };
    let led = super::soon(lead(&plan, stopped, &Progress::Silent));
    let (outcome, ()) = tokio::join!(led, by_hand);
    let outcome = outcome.unwrap();
    assert!(outcome.partial && outcome.missing.is_empty());
    assert_eq!(outcome.testers.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_is_one_sentence() {
    let (remote, server) = (Remote::new(), fake::start(Faults::default()).await);
    let sound = plan(&remote, &server.url);
    let refused = async |plan: Lead, words: &str| {
        let error = led(&plan).await.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    // The agent looks for itself; an address for documentation, where nobody is.
    let mut elsewhere = sound.clone();
    elsewhere.work.url = "http://192.0.2.1:8787".into();
    refused(elsewhere, "--i-own-this-server").await;
    let mut nonsense = sound.clone();
    nonsense.work.scenario.rate = Some(-1.0);
    refused(nonsense, "rate must be between").await;
    let mut no_shell = sound.clone();
    no_shell.shell.command = "/nowhere/ssh".into();
    refused(no_shell, "/nowhere/ssh cannot be started").await;
    let mut no_program = sound.clone();
    no_program.shell.program = "/nowhere/setroom-loadtest".into();
    refused(no_program, "it ended: ").await;

    let with = |machine: &str| {
        let agents = vec!["alder".to_owned(), machine.to_owned()];
        Lead { agents, ..sound.clone() }
    };
    let unknown = "agent nowhere: it ended: ssh: Could not resolve hostname nowhere";
    refused(with("nowhere"), unknown).await;
    refused(with("chatty"), "agent chatty: what answers there is no Setroom load test agent").await;
    refused(with("older"), "agent older: it is version 0.0").await;
    refused(with("-oProxyCommand=x"), "not the name of a machine").await;
    let mut silent = with("silent");
    silent.agents.remove(0);
    silent.shell.patience = Duration::from_millis(200);
    refused(silent, "agent silent: it did not answer in time").await;
    // And none of it is held against anybody.
    assert!(led(&sound).await.is_ok());
}

/// The program as it is called, with the stand-in where `ssh` is looked for.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_looks_for_ssh_itself() {
    let (remote, server) = (Remote::new(), fake::start(Faults::default()).await);
    let program = env!("CARGO_BIN_EXE_setroom-loadtest");
    let call = |machines: &str| {
        let mut command = Command::new(program);
        command.env("PATH", remote.path()).args(["run", "--url", &server.url, "--rooms", "4"]);
        command.args(["--members", "3", "--rate", "120", "--duration", "1s"]);
        command.args(["--fail-p99-ms", "60000", "--agents", machines, "--agent-program", program]);
        tokio::task::spawn_blocking(move || command.output().unwrap())
    };
    let output = call("alder,birch").await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.starts_with("Passed: 4 sets of 3 people can meet at once"), "{said}");
    assert!(remote.pid_file("alder").exists() && remote.pid_file("birch").exists());
    let output = call("alder,nowhere").await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("agent nowhere: it ended: ssh: Could not resolve hostname"), "{said}");
}

#[test]
fn mistakes_end_with_2() {
    let called = |arguments: &[&str], sentence: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_setroom-loadtest")).args(arguments).output();
        let output = output.unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(sentence), "{said}");
    };
    called(&["agent"], "--stdio");
    let run = ["run", "--url", "http://127.0.0.1:9"];
    let shell = ["--scenario", "short_90", "--remote-shell", "ssh"];
    called(&[&run, shell.as_slice()].concat(), "--agents");
    let stops = ["--scenario", "rolling_deploy", "--agents", "alder"];
    called(&[&run, stops.as_slice()].concat(), "agents have none of their own");
}
