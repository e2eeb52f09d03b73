//! The server is killed without a word at random moments under load, again and again. People come
//! back, send what was not answered once more under the same ids, and in the end the checker reads
//! what everybody logged and what the server has on disk.

mod asker;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use setroom_client::{Client, ClientError, Dial, DialError, Links, Logs, create_set};
use setroom_client::{OwnServer, ServerProgram, Stop};
use setroom_protocol::{Command, LinkRole, Mode};
use tokio::sync::watch;

use self::asker::Asker;
use crate::evidence::{BadJournal, BadLog, Evidence, Journal, Time, read_logs};
use crate::judge::check;
use crate::verdict::Verdict;

/// Rounds that one set goes through, before the next one is made: a room that comes back is read
/// from its first row on.
const ROUNDS_OF_A_SET: u64 = 25;
/// Commands that are acknowledged before a kill, at most.
const MOST: u64 = 60;
/// A kill comes so many turns of the runtime after the last of these, at most: sooner than the next
/// acknowledgement, or later.
const TURNS: u32 = 100;
/// How long anything is waited for. It only ends a run that is stuck; a machine may stand still.
const PATIENCE: Duration = Duration::from_secs(30 * 60);
/// What the server is told: people who ask as fast as they can are no flood here.
const SETTINGS: &str = "\
[limits]
inbound_messages_per_second = 100000
inbound_messages_burst = 100000
inbound_kib_per_second = 1000000
inbound_kib_per_seat_per_second = 1000000
inbound_kib_per_seat_burst = 1000000
inbound_room_messages_per_second = 100000
";

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The program `setroom`.
    pub program: PathBuf,
    /// A folder for its data and for what people log.
    pub folder: PathBuf,
    /// How often it is killed.
    pub rounds: u64,
    /// What all choices are made from.
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Killed {
    /// How often the server was killed.
    pub rounds: u64,
    /// Commands that had been sent, and not answered, when it was killed.
    pub unanswered: u64,
    /// Those of them that were on disk already: killed between commit and acknowledgement.
    pub committed: u64,
    /// What the checker says.
    pub verdict: Verdict,
}

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
pub enum CannotKill {
    /// A client could not go on.
    #[error("a client could not go on: {0}")]
    Client(#[from] ClientError),
    /// The server was not reached.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// The server did not start.
    #[error("{0}")]
    Server(String),
    /// A file cannot be read or written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// What clients logged cannot be read.
    #[error(transparent)]
    Log(#[from] BadLog),
    /// What the server has on disk cannot be read.
    #[error(transparent)]
    Journal(#[from] BadJournal),
}

/// Kills the server as often as the plan says; `told` is called after each set with what came of
/// all of it so far.
///
/// # Errors
/// [`CannotKill`], when there is nothing to judge.
pub async fn kill(plan: &Plan, mut told: impl FnMut(&Killed)) -> Result<Killed, CannotKill> {
    std::fs::create_dir_all(&plan.folder)?;
    let settings = plan.folder.join("setroom.toml");
    std::fs::write(&settings, SETTINGS)?;
    let program = ServerProgram {
        program: plan.program.clone(),
        arguments: vec!["--config".to_owned(), settings.display().to_string()],
        variables: Vec::new(),
        count: 1,
        keep: Some(plan.folder.join("server")),
    };
    let mut random = StdRng::seed_from_u64(plan.seed);
    let mut killed = Killed::default();
    while killed.rounds < plan.rounds {
        // Also the journal is read between sets, so each begins with a server of its own.
        let mut server = OwnServer::start(&program, 0).await.map_err(CannotKill::Server)?;
        let folder = plan.folder.join(format!("logs-{}", killed.rounds));
        let logs = Logs::in_folder(&folder)?;
        let rounds = ROUNDS_OF_A_SET.min(plan.rounds - killed.rounds);
        let mut set = Set::meet(&server, &logs, &mut random).await?;
        for _ in 0..rounds {
            Box::pin(set.round(&mut server, &mut random)).await?;
        }
        killed.rounds += rounds;
        killed.unanswered += set.askers.iter().map(|asker| asker.unanswered).sum::<u64>();
        killed.committed += set.askers.iter().map(|asker| asker.committed).sum::<u64>();
        set.settle().await?;
        // While everybody still has a line: what they have now is what they were sent.
        server.end().await;
        drop(set.askers);
        killed.verdict.merge(judge(&plan.folder, &folder, &logs).await?);
        told(&killed);
    }
    Ok(killed)
}

/// Reads what the people of a set logged, and what the server has of it.
async fn judge(folder: &Path, logged: &Path, logs: &Logs) -> Result<Verdict, CannotKill> {
    logs.flush()?;
    let mut verdict = Verdict::default();
    for (set, clients) in read_logs(logged)? {
        let journal = Journal::read(&folder.join("server/0/data"), set).await?;
        let time = Time::Machine;
        verdict.merge(check(&Evidence { set, clients, journal, time, quiet: true }));
    }
    Ok(verdict)
}

/// A set whose people ask as fast as they can.
struct Set {
    askers: Vec<Asker>,
}

impl Set {
    /// A host, a co-facilitator and two members, in the part in which people ask questions.
    async fn meet(
        server: &OwnServer,
        logs: &Logs,
        random: &mut StdRng,
    ) -> Result<Self, CannotKill> {
        let dial = Dial::to(&format!("http://{}", server.address()))?;
        let dial = dial.logs(logs).patience(PATIENCE);
        let links = create_set(&dial, "short_90", "classic", Mode::Set, random).await?;
        let mut fresh = || StdRng::seed_from_u64(random.random());
        let mut host = Client::host(&dial, &links, "Tuesday", "Asha", fresh()).await?;
        let mut others = Vec::new();
        for (role, name) in [
            (LinkRole::CoFacilitator, "Cora"),
            (LinkRole::Member, "Ben"),
            (LinkRole::Member, "Cleo"),
        ] {
            others.push(join(&dial, &links, &mut host, (role, name), fresh()).await?);
        }
        let presenter = others.first().map(Client::seat).transpose()?;
        host.must("the order", Command::SetOrder { order: presenter.into_iter().collect() })
            .await?;
        host.must("the start", Command::Start).await?;
        let agenda = host.shared()?.agenda;
        let part = agenda.iter().position(|part| part.id == "classic.explore");
        let part = part.and_then(|part| u32::try_from(part).ok()).unwrap_or_default();
        host.must("the move", Command::GoTo { part }).await?;
        let mut askers = vec![Asker::new(host, true, fresh())];
        for (place, mut other) in others.into_iter().enumerate() {
            let facilitates = place == 0;
            if !facilitates {
                other.must("the charter", Command::AgreeCharter).await?;
            }
            askers.push(Asker::new(other, facilitates, fresh()));
        }
        Ok(Self { askers })
    }

    /// People ask, the server is killed and started again, and everybody comes back and sends again
    /// what was not answered.
    async fn round(
        &mut self,
        server: &mut OwnServer,
        random: &mut StdRng,
    ) -> Result<(), CannotKill> {
        let (acknowledged, mut count) = watch::channel(0);
        let (enough, turns) = (random.random_range(1..MOST), random.random_range(0..TURNS));
        let work = self.askers.iter_mut().map(|asker| asker.work(&acknowledged));
        let work = futures_util::future::join_all(work);
        let end = async {
            // The sender is here, so this ends when there are enough.
            let _ = count.wait_for(|count| *count >= enough).await;
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            server.restart(Stop::Kill, Duration::ZERO).await
        };
        let (_, restarted) = Box::pin(async { tokio::join!(work, end) }).await;
        restarted.map_err(CannotKill::Server)?;
        for asker in &mut self.askers {
            asker.come_back().await?;
        }
        for asker in &mut self.askers {
            asker.send_again().await?;
        }
        Ok(())
    }

    /// Everybody has everything.
    async fn settle(&mut self) -> Result<(), CannotKill> {
        let last = self.askers.iter().map(|asker| asker.client.model().seq()).max();
        for asker in &mut self.askers {
            asker.client.catch_up(last.unwrap_or_default()).await?;
            // An answer comes after all that was sent before it.
            asker.until_quiet().await?;
        }
        Ok(())
    }
}

async fn join(
    dial: &Dial,
    links: &Links,
    host: &mut Client,
    (role, name): (LinkRole, &str),
    random: StdRng,
) -> Result<Client, CannotKill> {
    let mut client = Client::knock(dial, links.of(role), name, random).await?;
    if let Some(code) = host.admit(client.device()).await?.refused() {
        return Err(ClientError::NotAdmitted(code).into());
    }
    client.enter(name).await?;
    Ok(client)
}
