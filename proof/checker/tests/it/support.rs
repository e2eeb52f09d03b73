//! A server in this process, with a journal that can be held, and its evidence afterwards.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use setroom_checker::evidence::read_logs;
use setroom_checker::planted::{self, Bug, Lies, Wrapped, Wraps};
use setroom_checker::{Evidence, Time};
use setroom_client::{Client, Connection, Dial, Links, Logs, create_set};
use setroom_protocol::{Challenge32, LinkRole, Mode, ServerFrame};
use setroom_server::clock::{Clock, ManualClock};
use setroom_server::config::{self, Flags, JournalKind};
use setroom_server::ids::{Ids, SeededIds};
use setroom_server::journal::sqlite::Fatal;
use setroom_server::journal::{Append, Journal, MemoryJournal, RoomKey};
use setroom_server::{RunningServer, Server};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How long anything is waited for where all should go well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
/// The same where a bug may keep it from coming.
const IMPATIENCE: Duration = Duration::from_secs(6);

pub(crate) async fn soon<T>(event: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, event).await.expect("the awaited event did not happen")
}

pub(crate) fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// A journal in memory whose appends can be held back before anything is written.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    inner: MemoryJournal,
    open: Arc<watch::Sender<bool>>,
    arrived: Arc<watch::Sender<usize>>,
}

impl Held {
    fn new() -> Self {
        let (open, arrived) = (watch::Sender::new(true), watch::Sender::new(0));
        Self { inner: MemoryJournal::new(), open: Arc::new(open), arrived: Arc::new(arrived) }
    }

    /// From now on nothing is written any more.
    pub(crate) fn hold(&self) {
        self.open.send_replace(false);
    }

    /// Counts appends that came in.
    pub(crate) fn arrived(&self) -> watch::Receiver<usize> {
        self.arrived.subscribe()
    }
}

impl Wraps for Held {
    fn inner(&self) -> &dyn Journal {
        &self.inner
    }

    fn append(&self, room: RoomKey, append: Append) {
        self.arrived.send_modify(|arrived| *arrived += 1);
        if *self.open.borrow() {
            self.inner.append(room, append);
        }
    }
}

/// Where a server is to be had by way of lines that lie.
async fn carried(lies: Lies, server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            if let Ok(server) = TcpStream::connect(server).await {
                tokio::spawn(lies.clone().carry(client, server));
            }
        }
    });
    address
}

/// A server with a set on it, whose people log what they do.
pub(crate) struct Ground {
    server: RunningServer,
    pub(crate) clock: ManualClock,
    pub(crate) journal: Held,
    pub(crate) dial: Dial,
    pub(crate) links: Links,
    logs: Logs,
    folder: tempfile::TempDir,
    seeds: u64,
}

impl Ground {
    /// A server, with a bug if one is given.
    pub(crate) async fn new(bug: Option<Bug>) -> Self {
        let mut config = config::load(&Flags::default(), []).expect("sound defaults").config;
        config.listen.set_port(0);
        config.metrics.set_port(0);
        config.journal = JournalKind::Memory;
        // A clock that stands refills no bucket.
        config.limits.inbound_messages_per_second = 10_000;
        config.limits.inbound_messages_burst = 10_000;
        config.limits.inbound_kib_per_second = 1_000_000;
        config.limits.inbound_kib_per_seat_per_second = 1_000_000;
        config.limits.inbound_kib_per_seat_burst = 1_000_000;
        config.limits.own_keys_per_seat_burst = 10_000;
        config.limits.round_keys_per_seat_per_minute = 10_000;
        (config.limits.shown_kib_per_second, config.limits.shown_kib_burst) =
            (1_000_000, 1_000_000);
        config.limits.inbound_room_messages_per_second = 10_000;
        let (clock, journal) = (ManualClock::new(1_750_000_000_000), Held::new());
        let server = Server {
            clock: Clock::Manual(clock.clone()),
            ids: Ids::Seeded(SeededIds::new(7)),
            rules: planted::rules(bug),
            journal: Some(planted::journal(bug, Arc::new(Wrapped(journal.clone())))),
            fatal: Fatal::new(|what| panic!("the journal gave up: {what}")),
        };
        let server = server.start(config).await.expect("the server starts");
        let origin = format!("http://{}", server.addr());
        let dial = match Lies::with(bug) {
            Some(lies) => {
                let address = carried(lies, server.addr()).await;
                let dial = Dial::to(&format!("http://{address}")).unwrap();
                dial.host(&server.addr().to_string()).origin(&origin)
            }
            None => Dial::to(&origin).unwrap(),
        };
        let folder = tempfile::tempdir().unwrap();
        let logs = Logs::in_folder(folder.path()).unwrap();
        let patience = if bug.is_some() { IMPATIENCE } else { PATIENCE };
        let dial = dial.patience(patience).logs(&logs);
        let mut random = rng(1);
        let links = create_set(&dial, "short_90", "classic", Mode::Set, &mut random).await.unwrap();
        Self { server, clock, journal, dial, links, logs, folder, seeds: 10 }
    }

    pub(crate) fn fresh_rng(&mut self) -> StdRng {
        self.seeds += 1;
        rng(self.seeds)
    }

    /// Somebody who waits at the door.
    pub(crate) async fn knock(&mut self, role: LinkRole, name: &str) -> Client {
        let rng = self.fresh_rng();
        Client::knock(&self.dial, self.links.of(role), name, rng).await.unwrap()
    }

    /// A socket on which nobody has said anything yet, and what a knock on it is to be signed over.
    pub(crate) async fn at_the_door(&self) -> (Connection, Challenge32) {
        let mut line = self.dial.connect().await.unwrap();
        match soon(line.next()).await {
            Ok(ServerFrame::Hello { challenge, .. }) => (line, challenge),
            other => panic!("instead of the first frame: {other:?}"),
        }
    }

    /// One more line of somebody who is in, once it has been answered.
    pub(crate) async fn another_line(&self, person: &Client) -> Option<Connection> {
        let mut line = self.dial.connect().await.ok()?;
        line.send(&person.keyring().come_back(None)).await.ok()?;
        while matches!(soon(line.next()).await, Ok(ServerFrame::Hello { .. })) {}
        Some(line)
    }

    /// Cuts everything off at once, as a kill does, without the people yet knowing it.
    pub(crate) fn cut(self) -> Left {
        let Self { server, journal, links, logs, folder, .. } = self;
        drop(server);
        Left { journal, links, logs, folder }
    }
}

/// What is left of a server that was cut off.
pub(crate) struct Left {
    journal: Held,
    links: Links,
    logs: Logs,
    folder: tempfile::TempDir,
}

impl Left {
    /// What there is for the checker to judge.
    pub(crate) async fn evidence(self) -> Evidence {
        self.logs.flush().unwrap();
        let set = self.links.set();
        let mut all = read_logs(self.folder.path()).unwrap();
        let clients = all.remove(&set).unwrap();
        assert!(all.is_empty(), "other sets: {all:?}");
        let followed = self.journal.inner.follow(RoomKey(*set.as_bytes())).await.unwrap();
        let journal = setroom_checker::Journal::of(&followed).unwrap();
        Evidence { set, clients, journal, time: Time::ByHand, quiet: true }
    }
}
