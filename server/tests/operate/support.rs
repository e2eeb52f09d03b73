//! A running program, asked and read from outside.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::Value;
use setroom_client::{Client, Dial, Links, create_set};
use setroom_protocol::Mode;

/// When a test that waits for an event gives up: only ever reached when something is broken.
const PATIENCE: Duration = Duration::from_secs(120);

/// The program, without settings from this environment.
pub(crate) fn setroom() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_setroom"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SETROOM_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    // Every file is searched again and again.
    command.env("SETROOM_LIMITS_JOURNAL_RESERVE_MIB", "1").stdin(Stdio::null());
    command
}

/// The program's own folder of this repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Says that a test was left out, and why. Not by a macro: a test's own output is shown only when it
/// fails.
pub(crate) fn left_out(test: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "\nLEFT OUT {test}: {why}.");
}

/// Whether a program can be started here.
pub(crate) fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    folders.into_iter().any(|folder| folder.join(program).is_file())
}

/// A running service on free ports.
pub(crate) struct Service {
    child: Child,
    /// The line that it prints.
    pub(crate) line: String,
    pub(crate) addr: SocketAddr,
    log: Receiver<Value>,
    /// Every line of the log so far.
    pub(crate) seen: Vec<Value>,
    pub(crate) metrics: SocketAddr,
}

impl Service {
    /// Starts it on this data folder and with these words more.
    pub(crate) fn start(data: &Path, words: &[&str]) -> Self {
        Self::start_with(setroom(), data, words)
    }

    /// The same by a command that was prepared.
    pub(crate) fn start_with(mut command: Command, data: &Path, words: &[&str]) -> Self {
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(words)
            .args(["--log-format", "json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (send, log) = channel();
        let errors = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let none = SocketAddr::from(([0, 0, 0, 0], 0));
        let mut service = Self { child, line, addr: none, log, seen: Vec::new(), metrics: none };
        let start = service.event("start");
        service.addr = start["listen"].as_str().unwrap().parse().unwrap();
        service.metrics = start["metrics"].as_str().unwrap().parse().unwrap();
        service
    }

    /// Waits for the next line of the log with this event.
    pub(crate) fn event(&mut self, name: &str) -> Value {
        loop {
            let line = self.log.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("no {name} in {:#?}", self.seen));
            self.seen.push(line.clone());
            if line["event"] == name {
                return line;
            }
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal by name.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Asks it to stop; its exit status, and the rest of its log.
    pub(crate) fn stop(mut self) -> (Option<i32>, Vec<Value>) {
        self.signal("TERM");
        let status = self.child.wait().unwrap();
        while let Ok(line) = self.log.recv_timeout(PATIENCE) {
            self.seen.push(line);
        }
        (status.code(), std::mem::take(&mut self.seen))
    }

    /// The page of figures, with its head, for whoever accepts this.
    pub(crate) fn figures(&self, accept: &str) -> (String, String) {
        ask(self.metrics, &format!("GET /metrics HTTP/1.1\r\naccept: {accept}"), &self.metrics)
    }

    /// One figure of the page, by its name and labels.
    pub(crate) fn figure(&self, name: &str) -> f64 {
        let (_, page) = self.figures("*/*");
        let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in\n{page}")).parse().unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request, whose first lines are given; the head and the body of the answer.
pub(crate) fn ask(to: SocketAddr, request: &str, host: &dyn std::fmt::Display) -> (String, String) {
    let mut line = TcpStream::connect(to).unwrap();
    line.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(line, "{request}\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// A new set, with its host in it.
pub(crate) async fn a_set(dial: &Dial, seed: u64) -> (Links, Client) {
    let mut rng = StdRng::seed_from_u64(seed);
    let links = create_set(dial, "short_90", "classic", Mode::Set, &mut rng).await.unwrap();
    let rng = StdRng::seed_from_u64(seed + 1);
    let host = Client::host(dial, &links, "canaryTitle", "canaryName", rng).await.unwrap();
    (links, host)
}

/// Runs the program to its end on a data folder: exit status, and everything that it says.
pub(crate) fn on(data: &Path, words: &[&str]) -> (Option<i32>, String) {
    let output = setroom().args(words).arg("--data").arg(data).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

/// A file that a child may write its words to.
pub(crate) fn paper(path: &Path) -> Stdio {
    File::create(path).unwrap().into()
}
