//! Putting the parts together, and taking them apart again.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use setroom_protocol::Timestamp;

use crate::clock::Clock;
use crate::config::{Config, Fault, JournalKind, Live, Origin, changed_limits, ms};
use crate::http::{self, Accepting, HttpService};
use crate::ids::{Ids, NoRandomness};
use crate::journal::sqlite::maintenance::Survey;
use crate::journal::sqlite::{
    ClockCheckpoint, DATABASE_FILE, Fatal, OpenError, SqliteOptions, Sweep,
};
use crate::journal::{Journal, MemoryJournal, SqliteJournal};
use crate::limits::ConnectionLimits;
use crate::net::TcpListener;
use crate::retention::Retention;
use crate::room::Registry;
use crate::room_time::RoomTime;
use crate::rules::{ProtocolRules, Rules};
use crate::services::Services;
use crate::shutdown::Shutdown;
use crate::state::AppState;
use crate::survey;
use crate::telemetry::{Metrics, RoomPseudonyms};

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration makes no sense.
    #[error("the configuration has faults: {}", list(.0))]
    Config(Vec<Fault>),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// The address as configured.
        address: SocketAddr,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] OpenError),
    /// There is no randomness to be had.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

fn list(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("; ")
}

/// The service before it starts: what it takes from outside itself, so that tests can put in their
/// own.
#[derive(Clone, Debug)]
pub struct Server {
    /// Time.
    pub clock: Clock,
    /// Randomness.
    pub ids: Ids,
    /// The rules that rooms go by.
    pub rules: Arc<dyn Rules>,
    /// A journal to use instead of the configured one.
    pub journal: Option<Arc<dyn Journal>>,
    /// What to do when the disk can no longer be believed.
    pub fatal: Fatal,
}

impl Server {
    /// With the machine's time and randomness; a disk fault ends the process with status 1.
    #[must_use]
    pub fn system() -> Self {
        let fatal = Fatal::new(|what| {
            tracing::error!(event = "journal_fatal", error = what, "the process ends");
            std::process::exit(1);
        });
        let rules = Arc::new(ProtocolRules);
        Self { clock: Clock::system(), ids: Ids::System, rules, journal: None, fatal }
    }

    /// Opens the journal, listens, and answers from now on.
    ///
    /// # Errors
    /// [`StartError`]; then nothing runs and nothing is locked.
    pub async fn start(self, config: Config) -> Result<RunningServer, StartError> {
        self.start_all(config, http::public_routes).await
    }

    /// The same with routes of one's own, which is how the way to a handler is tested.
    #[cfg(test)]
    pub(crate) async fn start_with(
        self,
        config: Config,
        routes: impl FnOnce(AppState) -> Router,
    ) -> Result<RunningServer, StartError> {
        self.start_all(config, routes).await
    }

    async fn start_all(
        self,
        config: Config,
        routes: impl FnOnce(AppState) -> Router,
    ) -> Result<RunningServer, StartError> {
        let faults = config.validate();
        if !faults.is_empty() {
            return Err(StartError::Config(faults));
        }
        let public = listen(config.listen).await?;
        let private = listen(config.metrics).await?;
        let (addr, metrics_addr) = (public.1, private.1);
        let on_disk = self.journal.is_none() && config.journal == JournalKind::Sqlite;
        let services = Arc::new(self.services(config, addr, on_disk)?);
        let rooms = Registry::new(Arc::clone(&services));
        let state = AppState { services, rooms };

        let service = HttpService::public(state.clone(), routes(state.clone()), addr);
        let figures =
            HttpService::private(state.clone(), http::metrics_routes(state.clone()), metrics_addr);
        state
            .shutdown
            .spawn(state.connection_limits.clone().forget_addresses(state.shutdown.clone()));
        state.shutdown.spawn(http::accept(public.0, Arc::new(service), Accepting::Public));
        state.shutdown.spawn(http::accept(private.0, Arc::new(figures), Accepting::Private));
        let survey = if on_disk {
            survey::look(state.config.data.clone(), state.metrics.clone()).await
        } else {
            None
        };
        let running = RunningServer { addr, metrics_addr, state, on_disk, survey };
        running.say_so();
        Ok(running)
    }

    /// What everything works with, for a server that is reached at `addr`; and what looks after the
    /// data folder begins.
    fn services(
        self,
        config: Config,
        addr: SocketAddr,
        on_disk: bool,
    ) -> Result<Services, StartError> {
        let Self { clock, ids, rules, journal, fatal } = self;
        let (metrics, shutdown) = (Metrics::new(), Shutdown::default());
        let began_ms = clock.now_ms();
        let pseudonyms = RoomPseudonyms::new(&ids)?;
        let (journal, sweep) = match journal {
            Some(journal) => (journal, None),
            None => open_journal(&config, metrics.clone(), fatal)?,
        };
        metrics.started(&config, on_disk.then(|| config.data.join(DATABASE_FILE)), began_ms);
        let checkpoint = on_disk.then(|| ClockCheckpoint::in_folder(&config.data));
        let ran_until = checkpoint.as_ref().map_or(Timestamp(0), |last| last.ran_until(&clock));
        let origins = config.origins(addr);
        let mut limits = config.limits.clone();
        // Where people come from elsewhere, whoever connects from this machine may be a tunnel.
        limits.loopback_exempt &= origins.iter().all(Origin::is_loopback);
        let limits = Arc::new(limits);
        let now = Timestamp(began_ms);
        let retention = Retention::new(limits.retention_days, ran_until, now);
        shutdown.spawn(clock.clone().watch(shutdown.clone()));
        if let Some(checkpoint) = checkpoint {
            shutdown.spawn(checkpoint.keep(retention.from(), clock.clone(), shutdown.clone()));
        }
        if let Some(sweep) = sweep {
            shutdown.spawn(sweep.keep(retention, clock.clone(), shutdown.clone()));
        }
        Ok(Services {
            live: Arc::new(Live::new(&config)),
            origins: origins.into(),
            client_build: http::client_build(),
            journal,
            rules,
            readiness: Arc::default(),
            connection_limits: ConnectionLimits::new(
                Arc::clone(&limits),
                clock.clone(),
                metrics.clone(),
            ),
            retention,
            time: RoomTime::after(ran_until),
            config: Arc::new(config),
            limits,
            clock,
            ids,
            metrics,
            shutdown,
            pseudonyms,
        })
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |cause| StartError::Listen { address, cause };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

fn open_journal(
    config: &Config,
    metrics: Metrics,
    fatal: Fatal,
) -> Result<(Arc<dyn Journal>, Option<Sweep>), StartError> {
    Ok(match config.journal {
        JournalKind::Memory => (Arc::new(MemoryJournal::new()), None),
        JournalKind::Sqlite => {
            let bytes = |mib: u32| u64::from(mib) * 1024 * 1024;
            let ceiling = config.limits.journal_mib;
            let options = SqliteOptions {
                folder: config.data.clone(),
                max_bytes: (ceiling > 0).then(|| bytes(ceiling)),
                reserve_bytes: bytes(config.limits.journal_reserve_mib),
                fatal,
            };
            let journal = SqliteJournal::open(&options, metrics)?;
            let file = config.data.join(DATABASE_FILE);
            let sweep = Sweep::new(journal.clone(), file, &config.limits);
            (Arc::new(journal), Some(sweep))
        }
    })
}

/// A server that answers. Dropping it cuts everything off at once; [`RunningServer::stop`] is
/// the orderly way.
#[derive(Debug)]
pub struct RunningServer {
    addr: SocketAddr,
    metrics_addr: SocketAddr,
    state: AppState,
    on_disk: bool,
    survey: Option<Survey>,
}

impl RunningServer {
    /// Where people reach it, with the port that was really taken.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Where Prometheus reads.
    #[must_use]
    pub fn metrics_addr(&self) -> SocketAddr {
        self.metrics_addr
    }

    /// What its handlers work with.
    #[must_use]
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// What runs here, where, on what, and otherwise than how it comes.
    fn say_so(&self) {
        let config = &self.state.config;
        tracing::info!(
            event = "start",
            version = env!("CARGO_PKG_VERSION"),
            listen = %self.addr,
            metrics = %self.metrics_addr,
            data = self.on_disk.then(|| config.data.display().to_string()),
            sets = self.survey.map(|survey| survey.sets),
            journal = self.journal_is(),
            limits = changed_limits(config),
            "listening"
        );
    }

    /// What is known of the journal: `sound`, `damaged`, `unchecked`, or that there is none.
    #[must_use]
    pub fn journal_is(&self) -> &'static str {
        match self.survey {
            Some(Survey { faults: 0, .. }) => "sound",
            Some(_) => "damaged",
            None if self.on_disk => "unchecked",
            None => "memory",
        }
    }

    /// Puts those of the new settings in force that do not take a restart, and says in the log which
    /// others differ.
    pub fn reload(&self, new: &Config) {
        let (changed, left) = self.state.live.take(&self.state.config, new);
        tracing::info!(
            event = "reload",
            changed = changed.join(" "),
            "the settings were read again"
        );
        if !left.is_empty() {
            tracing::warn!(
                event = "not_reloaded",
                changed = left.join(" "),
                "these settings take effect at the next start"
            );
        }
    }

    /// The page to host a set from.
    #[must_use]
    pub fn host_link(&self) -> String {
        self.state
            .origins
            .first()
            .map_or_else(|| format!("http://{}/", self.addr), |origin| format!("{origin}/"))
    }

    /// Takes nothing new, tells everybody, waits up to `limits.drain_timeout_ms`, cuts off who is
    /// left, and closes the journal. Says whether all ended by themselves.
    pub async fn stop(self) -> bool {
        let patience = ms(self.state.config.limits.drain_timeout_ms);
        let in_time = self.state.shutdown.stop(patience).await;
        self.state.journal.close().await;
        tracing::info!(event = "stop", "stopped");
        in_time
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.state.shutdown.cut();
    }
}
