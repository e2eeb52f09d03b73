//! What every test needs: a server on a free port, and a client that sends exactly what it is
//! told to.

pub(crate) mod bare;
pub(crate) mod canaries;
#[cfg(target_os = "linux")]
pub(crate) mod disk;
pub(crate) mod faulty;
pub(crate) mod http;
pub(crate) mod judged;
pub(crate) mod people;
pub(crate) mod process;
pub(crate) mod proxy;
#[cfg(target_os = "linux")]
pub(crate) mod shim;
pub(crate) mod thin;
pub(crate) mod writer;

use std::fs::File;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use setroom_server::clock::{Clock, ManualClock};
use setroom_server::config::{self, Config, Flags, JournalKind};
use setroom_server::ids::{Ids, SeededIds};
use setroom_server::journal::sqlite::{Fatal, LOCK_FILE};
use setroom_server::rules::ProtocolRules;
use setroom_server::{RunningServer, Server};

/// When a test that waits for an event gives up: only ever reached when something is broken.
const PATIENCE: Duration = Duration::from_secs(120);

/// Waits for an event.
pub(crate) async fn soon<T>(event: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, event).await.expect("the awaited event did not happen")
}

/// Waits until nobody holds the lock of a data folder. A child that another test starts has, until it is
/// a program of its own, all that was open in this process, so the lock of a journal closed meanwhile too.
pub(crate) fn until_free(folder: &Path) {
    if let Ok(lock) = File::open(folder.join(LOCK_FILE)) {
        lock.lock().expect("the lock of the folder can be waited for");
    }
}

/// The defaults, with free ports and nothing on disk.
pub(crate) fn test_config() -> Config {
    let mut config = config::load(&Flags::default(), []).expect("the defaults are sound").config;
    config.listen.set_port(0);
    config.metrics.set_port(0);
    config.journal = JournalKind::Memory;
    config.limits.journal_reserve_mib = 1;
    config
}

/// A server and the clock that it goes by.
pub(crate) struct TestServer {
    pub(crate) running: RunningServer,
    pub(crate) clock: ManualClock,
}

/// Starts a server with the test settings, changed by `change`.
pub(crate) async fn start(change: impl FnOnce(&mut Config)) -> TestServer {
    start_with(change, |_| {}).await
}

/// Starts a server with settings and parts of the test's own.
pub(crate) async fn start_with(
    change: impl FnOnce(&mut Config),
    parts: impl FnOnce(&mut Server),
) -> TestServer {
    let mut config = test_config();
    change(&mut config);
    let clock = ManualClock::new(1_750_000_000_000);
    let mut server = Server {
        clock: Clock::Manual(clock.clone()),
        ids: Ids::Seeded(SeededIds::new(7)),
        rules: Arc::new(ProtocolRules),
        journal: None,
        fatal: Fatal::new(|what| panic!("the journal gave up: {what}")),
    };
    parts(&mut server);
    if config.journal == JournalKind::Sqlite {
        until_free(&config.data);
    }
    let running = server.start(config).await.expect("the server starts");
    TestServer { running, clock }
}

impl TestServer {
    /// The host that it answers to.
    pub(crate) fn host(&self) -> String {
        self.running.addr().to_string()
    }

    /// One request without a body, on a connection of its own.
    pub(crate) async fn ask(&self, method: &str, path: &str, fields: &[&str]) -> http::Answer {
        let mut line = http::Line::open(self.running.addr()).await;
        line.ask(method, path, &self.host(), fields).await
    }

    /// A figure from the second listener, such as `setroom_http_connections_open`.
    pub(crate) async fn figure(&self, name: &str) -> Option<f64> {
        let address = self.running.metrics_addr();
        let mut line = http::Line::open(address).await;
        let answer = line.ask("GET", "/metrics", &address.to_string(), &[]).await;
        assert_eq!(answer.status, 200);
        let text = answer.text();
        let line = text.lines().find(|line| line.split(' ').next() == Some(name))?;
        line.rsplit(' ').next()?.parse().ok()
    }

    /// Waits until a figure has a value; each look is a request, none is a guess about time.
    pub(crate) async fn until_figure(&self, name: &str, value: f64) {
        soon(async {
            while self.figure(name).await != Some(value) {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}

/// Shares a journal with a server under test.
pub(crate) fn as_journal<J: setroom_server::journal::Journal>(
    journal: J,
) -> Arc<dyn setroom_server::journal::Journal> {
    Arc::new(journal)
}
