//! The load tester against the service itself: in this process, or as a process of its own that can
//! be killed.

mod agents;
mod capacity;
mod played;
mod report;
#[cfg(target_os = "linux")]
#[path = "../../../../server/tests/it/support/shim.rs"]
mod shim;
mod storm;
mod verdicts;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::Value;
use setroom_client::{OwnServer, ServerProgram};
use setroom_server::config::{self, Config, Flags, JournalKind};
use setroom_server::{RunningServer, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Limits that a load test by itself never meets.
const ROOMY: &str = "\
[limits]
inbound_messages_per_second = 100000
inbound_messages_burst = 100000
inbound_kib_per_second = 1000000
inbound_kib_per_seat_per_second = 1000000
inbound_kib_per_seat_burst = 1000000
inbound_room_messages_per_second = 100000
inbound_frames_per_second = 100000
inbound_frames_burst = 100000
journal_reserve_mib = 1
";

/// Its data in the folder of a process.
const DATA: &str = "0/data";

/// A service in this process on free ports, with nothing on disk, and with roomy limits but for
/// what is changed.
async fn start(change: impl FnOnce(&mut Config)) -> RunningServer {
    let folder = tempfile::tempdir().unwrap();
    let flags = Flags { config: Some(roomy(folder.path())), ..Flags::default() };
    let mut config = config::load(&flags, []).unwrap().config;
    config.listen.set_port(0);
    config.metrics.set_port(0);
    config.journal = JournalKind::Memory;
    change(&mut config);
    Server::system().start(config).await.unwrap()
}

/// A file of settings in this folder.
fn roomy(folder: &Path) -> PathBuf {
    let file = folder.join("setroom.toml");
    std::fs::write(&file, ROOMY).unwrap();
    file
}

/// The program `setroom`, which lies beside the tester. Tests of a whole workspace have built it;
/// those of one crate have not, and an old one would be tested without a word.
fn setroom() -> PathBuf {
    let tester = Path::new(env!("CARGO_BIN_EXE_setroom-loadtest"));
    let program = tester.with_file_name(format!("setroom{}", std::env::consts::EXE_SUFFIX));
    let written = |file: &Path| std::fs::metadata(file).and_then(|file| file.modified()).ok();
    let sources = std::fs::read_to_string(program.with_extension("d")).unwrap_or_default();
    let mut sources = sources.split_whitespace().filter(|source| source.ends_with(".rs"));
    let built = written(&program);
    let is_fresh = built.is_some() && sources.all(|source| written(Path::new(source)) <= built);
    assert!(is_fresh, "{} is missing or old: cargo build -p setroom-server", program.display());
    program
}

/// A service as a process of its own, on a data folder of the test's.
struct Process {
    folder: tempfile::TempDir,
    server: OwnServer,
    metrics: SocketAddr,
}

impl Process {
    async fn start() -> Self {
        Self::start_with(|_| Vec::new()).await
    }

    /// The same with variables in its environment that depend on its data folder.
    async fn start_with(variables: impl FnOnce(&Path) -> Vec<(String, OsString)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = ServerProgram {
            program: setroom(),
            arguments: vec!["--config".into(), roomy(folder.path()).display().to_string()],
            variables: variables(&folder.path().join(DATA)),
            count: 1,
            keep: Some(folder.path().to_owned()),
        };
        let server = OwnServer::start(&program, 0).await.unwrap();
        let metrics = metrics(folder.path());
        Self { folder, server, metrics }
    }

    /// Where it is, and which process it is, for the tester.
    fn words(&self) -> [String; 4] {
        let url = format!("http://{}", self.server.address());
        ["--url".into(), url, "--server-pid".into(), self.server.id().unwrap().to_string()]
    }

    /// A file beside its data.
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits until it has carried out so many commands.
    async fn has_applied(&self, commands: u64) {
        while self.applied().await < commands {
            tokio::task::yield_now().await;
        }
    }

    async fn applied(&self) -> u64 {
        let mut line = TcpStream::connect(self.metrics).await.unwrap();
        let ask = format!("GET /metrics HTTP/1.1\r\nhost: {}\r\n", self.metrics);
        line.write_all(format!("{ask}connection: close\r\n\r\n").as_bytes()).await.unwrap();
        let mut figures = String::new();
        line.read_to_string(&mut figures).await.unwrap();
        let name = "setroom_room_commands_total{outcome=\"applied\"} ";
        let line = figures.lines().find_map(|line| line.strip_prefix(name));
        line.map_or(0, |count| count.parse().unwrap())
    }
}

/// Where its figures are, as its log says.
fn metrics(folder: &Path) -> SocketAddr {
    let log = std::fs::read_to_string(folder.join("0/log")).unwrap();
    let line = log.lines().find(|line| line.contains("\"metrics\"")).unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    line["metrics"].as_str().unwrap().parse().unwrap()
}
