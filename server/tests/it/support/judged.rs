//! A set whose people write down all that they send and receive, and which the checker judges.

use setroom_checker::evidence::read_logs;
use setroom_checker::planted::Wrapped;
use setroom_checker::{Evidence, Journal, Time, Verdict, check};
use setroom_client::{Client, Dial, Logs, Tape};
use setroom_server::journal::{Journal as _, MemoryJournal, RoomKey};

use super::faulty::Faulty;
use super::people::{Set, dial_to, roomy};
use super::{TestServer, as_journal, start_with};

/// Keeps the logs of a test's people.
pub(crate) struct Judge {
    logs: Logs,
    folder: tempfile::TempDir,
}

impl Judge {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { logs: Logs::in_folder(folder.path()).unwrap(), folder }
    }

    /// How somebody dials who is heard.
    pub(crate) fn hears(&self, server: &TestServer) -> Dial {
        dial_to(server).logs(&self.logs)
    }

    /// A set with its host inside.
    pub(crate) async fn set(&self) -> Set {
        self.set_over(MemoryJournal::new()).await.0
    }

    /// The same, with a tape of everything that the host receives.
    pub(crate) async fn taped(&self, tape: &Tape) -> Set {
        let journal = MemoryJournal::new();
        let server = server_over(&Faulty::new(journal.clone())).await;
        let dial = self.hears(&server);
        let mut set = Set::made(server, journal, "classic", &dial.clone().tape(tape)).await;
        set.dial = dial;
        set
    }

    /// The same on a journal that outlives its server, and that can fail.
    pub(crate) async fn set_over(&self, journal: MemoryJournal) -> (Set, Faulty) {
        let faulty = Faulty::new(journal.clone());
        let server = server_over(&faulty).await;
        let dial = self.hears(&server);
        let mut set = Set::made(server, journal, "classic", &dial).await;
        set.dial = dial;
        (set, faulty)
    }

    /// The server is gone without a word; another one begins on what it had written. Everybody
    /// comes back who can.
    pub(crate) async fn crash(&self, set: &mut Set, people: &mut [&mut Client]) -> Faulty {
        let faulty = Faulty::new(set.journal.clone());
        set.server = server_over(&faulty).await;
        set.dial = self.hears(&set.server);
        for person in people.iter_mut().map(|person| &mut **person).chain([&mut set.host]) {
            person.cut();
            person.redial(&set.dial);
        }
        faulty
    }

    /// What the checker says of everything so far.
    pub(crate) async fn verdict(&self, set: &Set) -> Verdict {
        self.logs.flush().unwrap();
        let id = set.links.set();
        let mut all = read_logs(self.folder.path()).unwrap();
        let clients = all.remove(&id).unwrap_or_default();
        let followed = set.journal.follow(RoomKey(*id.as_bytes())).await.unwrap();
        let journal = Journal::of(&followed).unwrap();
        let time = Time::ByHand;
        check(&Evidence { set: id, clients, journal, time, quiet: false })
    }

    /// All is as it should be, and that was looked at.
    pub(crate) async fn finds_nothing(&self, set: &Set) {
        let verdict = self.verdict(set).await;
        assert!(verdict.is_green(), "{verdict}");
        assert!(verdict.counts.acknowledged > 5 && verdict.counts.views > 5, "{verdict}");
    }
}

async fn server_over(faulty: &Faulty) -> TestServer {
    let journal = faulty.clone();
    start_with(roomy, |deps| deps.journal = Some(as_journal(Wrapped(journal)))).await
}
