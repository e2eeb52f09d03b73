//! Several testers, one load: real processes on loopback.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use setroom_loadtest::agent::{CannotLead, Lead, Token, Work, lead};
use setroom_loadtest::measure::outcome::Outcome;
use setroom_loadtest::progress::Progress;
use setroom_loadtest::run::Share;
use setroom_loadtest::scenario::Scenario;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::{mpsc, watch};

use super::fake::{self, Faults};

/// A file with a token that its owner alone can read; removed at the end.
struct TokenFile(PathBuf);

impl TokenFile {
    fn new(name: &str, text: &str, mode: u32) -> Self {
        let file = format!("setroom-token-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(file);
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode))
            .unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

const TOKEN: &str = "a token of at least thirty-two characters";

/// A running `setroom-loadtest agent`.
struct Agent {
    child: Child,
    address: String,
    said: mpsc::UnboundedReceiver<String>,
}

impl Agent {
    fn start(token: &TokenFile) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_setroom-loadtest"))
            .args(["agent", "--listen", "127.0.0.1:0", "--token-file", token.path()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("The agent listens on ").unwrap();
        let address = address.trim_end_matches('.').to_owned();
        #[allow(clippy::disallowed_methods, reason = "a few lines of one process")]
        let (say, said) = mpsc::unbounded_channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            stderr.lines().map_while(Result::ok).try_for_each(|l| say.send(l))
        });
        Self { child, address, said }
    }

    /// Waits until it says this.
    async fn says(&mut self, what: &str) {
        loop {
            let line = super::soon(self.said.recv()).await.expect("it goes on talking");
            if line.contains(what) {
                return;
            }
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn three(token: &TokenFile) -> [Agent; 3] {
    [(); 3].map(|()| Agent::start(token))
}

fn plan(agents: &[Agent], url: &str) -> Lead {
    Lead {
        agents: agents.iter().map(|agent| agent.address.clone()).collect(),
        token: Token::new(TOKEN.as_bytes()),
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

async fn led(plan: &Lead) -> Result<Outcome, CannotLead> {
    let (_stop, stopped) = watch::channel(false);
    super::soon(lead(plan, stopped, &Progress::Silent)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn three_agents_do_together_what_one_tester_would_do() {
    let token = TokenFile::new("three", TOKEN, 0o600);
    let server = fake::start(Faults::default()).await;
    let agents = three(&token);
    let outcome = led(&plan(&agents, &server.url)).await.unwrap();
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

    // The same agents again, with people and keys of their own.
    let again = led(&plan(&agents, &server.url)).await.unwrap();
    assert_eq!(again.commands.due, 120);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_dies_is_named_and_the_others_go_on() {
    let token = TokenFile::new("dies", TOKEN, 0o600);
    let mut server = fake::start(Faults::default()).await;
    let mut agents = three(&token);
    let plan = plan(&agents, &server.url);
    let victim = agents[1].address.clone();
    let killing = async {
        server.hands.wait_for(|hands| *hands >= 5).await.unwrap();
        agents[1].child.kill().unwrap();
    };
    let (outcome, ()) = tokio::join!(led(&plan), killing);
    let outcome = outcome.unwrap();
    assert!(outcome.partial);
    let [missing] = outcome.missing.as_slice() else { panic!("{:?}", outcome.missing) };
    assert!(missing.contains(&victim) && missing.contains("was lost"), "{missing}");
    assert_eq!((outcome.testers.len(), outcome.seats), (2, 9));
    let report = setroom_loadtest::report::Report::of(&outcome, &Default::default());
    assert!(report.reasons.iter().any(|reason| reason.contains(missing)), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_reaches_all_of_them() {
    let token = TokenFile::new("stop", TOKEN, 0o600);
    let mut server = fake::start(Faults::default()).await;
    let agents = three(&token);
    let mut plan = plan(&agents, &server.url);
    plan.work.scenario.duration = Some(Duration::from_secs(3600));
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
async fn an_agent_whose_lead_is_gone_stops_and_is_free_again() {
    let token = TokenFile::new("free", TOKEN, 0o600);
    let mut server = fake::start(Faults::default()).await;
    let mut agents = three(&token);
    let mut long = plan(&agents, &server.url);
    long.work.scenario.duration = Some(Duration::from_secs(3600));
    let (_stop, stopped) = watch::channel(false);
    let leading = tokio::spawn(async move {
        let _ = Box::pin(lead(&long, stopped, &Progress::Silent)).await;
    });
    server.hands.wait_for(|hands| *hands >= 5).await.unwrap();
    // While it works for one, it works for nobody else.
    let refused = led(&plan(&agents, &server.url)).await.unwrap_err().to_string();
    assert!(refused.contains("works for another lead"), "{refused}");
    leading.abort();
    for agent in &mut agents {
        agent.says("the lead is gone").await;
    }
    assert!(led(&plan(&agents, &server.url)).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_is_one_sentence() {
    let token = TokenFile::new("sentence", TOKEN, 0o600);
    let server = fake::start(Faults::default()).await;
    let agents = three(&token);
    let sound = plan(&agents, &server.url);
    let refused = async |plan: Lead, words: &str| {
        let error = led(&plan).await.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    let wrong = Token::new(b"another token of more than thirty-two bytes");
    refused(Lead { token: wrong, ..sound.clone() }, "the token is not the one").await;

    // The agent looks for itself; an address for documentation, where nobody is.
    let mut elsewhere = sound.clone();
    elsewhere.work.url = "http://192.0.2.1:8787".into();
    refused(elsewhere, "--i-own-this-server").await;
    let mut nonsense = sound.clone();
    nonsense.work.scenario.rate = Some(-1.0);
    refused(nonsense, "rate must be between").await;

    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut gone = sound.clone();
    gone.agents.push(free.to_string());
    refused(gone, "cannot be reached").await;
    // Something else answers there, such as a web server.
    let other = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stranger = sound.clone();
    stranger.agents.push(other.local_addr().unwrap().to_string());
    tokio::spawn(async move {
        let (mut stream, _) = other.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    refused(stranger, "no Setroom load test agent").await;
    // And none of it is held against anybody.
    assert!(led(&sound).await.is_ok());
}

#[test]
fn mistakes_with_tokens_and_addresses_end_with_2() {
    let called = |arguments: &[&str], sentence: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_setroom-loadtest")).args(arguments).output();
        let output = output.unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(sentence), "{said}");
    };
    let agent = |file: &TokenFile, listen: &str, sentence: &str| {
        called(&["agent", "--listen", listen, "--token-file", file.path()], sentence);
    };
    let here = "127.0.0.1:0";
    agent(&TokenFile::new("short", "short\n", 0o600), here, "must hold 32 to 1024 characters");
    if cfg!(unix) {
        agent(&TokenFile::new("open", TOKEN, 0o640), here, "readable by others");
    }
    let good = TokenFile::new("good", TOKEN, 0o600);
    agent(&good, "0.0.0.0:0", "--listen-beyond-this-machine");
    agent(&good, "somewhere", "invalid socket address");
    let gone = TokenFile(PathBuf::from("/nonexistent/token"));
    agent(&gone, here, "cannot be read");
    let run = ["run", "--url", "http://127.0.0.1:9", "--rooms", "2", "--members", "3"];
    let run =
        [&run, ["--rate", "9", "--duration", "1s", "--agents", "127.0.0.1:1"].as_slice()].concat();
    called(&run, "--token-file");
    let run = ["run", "--url", "http://127.0.0.1:9", "--agents", "127.0.0.1:1"];
    let play = |file: &TokenFile, scenario: &str, sentence: &str| {
        let rest = ["--token-file", file.path(), "--scenario", scenario];
        called(&[&run, rest.as_slice()].concat(), sentence);
    };
    play(&good, "rolling_deploy", "agents have none of their own");
    play(&good, "short_90", "agent 127.0.0.1:1: it cannot be reached");
}
