//! The program itself as a process of its own, which can be killed.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use setroom_client::Dial;

use super::PATIENCE;
use super::http::Line;

/// The program, without settings from this environment.
pub(crate) fn setroom(arguments: &[&str]) -> Command {
    let mut command = unset(Command::new(env!("CARGO_BIN_EXE_setroom")));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// A command without settings from this environment.
pub(crate) fn unset(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SETROOM_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs the program to its end: exit status, standard output, standard error.
pub(crate) fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = setroom(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// A running `setroom serve` on free ports, with its data in a folder of the test.
pub(crate) struct Process {
    child: Child,
    pub(crate) dial: Dial,
    pub(crate) addr: SocketAddr,
    log: PathBuf,
}

impl Process {
    /// Starts it, and waits until it says that it is ready. Its log, at the level of trace, goes
    /// to `log`.
    pub(crate) fn start(data: &Path, log: &Path) -> Self {
        Self::start_by(setroom(&[]), data, log)
    }

    /// The same by a command of one's own, which runs the program with what is added to it.
    pub(crate) fn start_by(command: Command, data: &Path, log: &Path) -> Self {
        Self::start_at("127.0.0.1:0", command, data, log)
    }

    /// The same at an address where another one was before.
    pub(crate) fn start_at(listen: &str, mut command: Command, data: &Path, log: &Path) -> Self {
        command
            .args(["serve", "--listen", listen, "--metrics", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("RUST_LOG", "trace")
            // Every file is searched again and again.
            .env("SETROOM_LIMITS_JOURNAL_RESERVE_MIB", "1")
            .env("SETROOM_LIMITS_INBOUND_MESSAGES_PER_SECOND", "100000")
            .env("SETROOM_LIMITS_INBOUND_MESSAGES_BURST", "100000")
            .env("SETROOM_LIMITS_INBOUND_KIB_PER_SECOND", "1000000")
            .env("SETROOM_LIMITS_INBOUND_KIB_PER_SEAT_PER_SECOND", "1000000")
            .env("SETROOM_LIMITS_INBOUND_KIB_PER_SEAT_BURST", "1000000")
            .env("SETROOM_LIMITS_INBOUND_ROOM_MESSAGES_PER_SECOND", "100000")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(log).unwrap());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let ready = line.starts_with("Setroom is ready");
        let link = line.split_once(". Host a set: ").filter(|_| ready).map(|(_, link)| link);
        let link = link.unwrap_or_else(|| {
            panic!("not ready: {line:?} {}", std::fs::read_to_string(log).unwrap_or_default())
        });
        let dial = Dial::to(link.trim()).unwrap().patience(PATIENCE);
        let addr = link.trim().trim_start_matches("http://").trim_end_matches('/');
        Self { child, dial, addr: addr.parse().unwrap(), log: log.to_owned() }
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it without a word, as a power cut does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it ends by itself, and gives its exit status.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// The status of the answer to a request without a body.
    pub(crate) async fn status(&self, path: &str) -> u16 {
        let mut line = Line::open(self.addr).await;
        line.ask("GET", path, &self.addr.to_string(), &[]).await.status
    }

    /// The status and the code of an answer that says no.
    pub(crate) async fn problem(&self, path: &str) -> (u16, String) {
        let mut line = Line::open(self.addr).await;
        let answer = line.ask("GET", path, &self.addr.to_string(), &[]).await;
        (answer.status, answer.code())
    }

    /// What it logged so far.
    pub(crate) fn logged(&self) -> Vec<u8> {
        std::fs::read(&self.log).unwrap()
    }

    /// The figures that Prometheus reads.
    pub(crate) async fn figures(&self) -> Vec<u8> {
        let logged = String::from_utf8(self.logged()).unwrap();
        let start = logged.lines().find(|line| line.contains("\"metrics\"")).unwrap();
        let start: serde_json::Value = serde_json::from_str(start).unwrap();
        let address: SocketAddr = start["metrics"].as_str().unwrap().parse().unwrap();
        let mut line = Line::open(address).await;
        line.ask("GET", "/metrics", &address.to_string(), &[]).await.body
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A test that fails must not leave it behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
