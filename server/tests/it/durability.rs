//! The program is killed again and again, and nothing that was acknowledged is lost or done twice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use setroom_loadtest::client::{Answer, Client, Links, Tape, found_set};
use setroom_protocol::{Command, CommandId, Entry, ItemId, LinkRole, Mode, Room, Seq, TextKind};
use setroom_server::journal::sqlite::{Fatal, SqliteOptions};
use setroom_server::journal::{Followed, Journal as _, RoomKey, SqliteJournal};
use setroom_server::telemetry::Metrics;
use tokio::sync::watch;

use crate::support::people::{rng, snapshot};
use crate::support::process::Process;
use crate::support::soon;

const ROUNDS: u64 = 10;

/// One person with everything that they asked for, and what they were told.
struct Asker {
    client: Client,
    facilitates: bool,
    choice: StdRng,
    sent: BTreeMap<CommandId, Command>,
    done: BTreeMap<CommandId, Seq>,
    /// Sent, and not answered when the line broke.
    open: Option<(CommandId, Seq, Command)>,
}

impl Asker {
    fn new(client: Client, facilitates: bool, seed: u64) -> Self {
        let choice = StdRng::seed_from_u64(seed);
        Self {
            client,
            facilitates,
            choice,
            sent: BTreeMap::new(),
            done: BTreeMap::new(),
            open: None,
        }
    }

    fn command(&mut self) -> Command {
        let on = self.choice.random();
        let kind = self.choice.random_range(0..if self.facilitates { 8 } else { 4 });
        match kind {
            0 => Command::RaiseHand { kind: None, seat: None },
            1 => Command::LowerHand { seat: None },
            2 => Command::Tick { on },
            3 => Command::DeferHand,
            4 => Command::Lock { on },
            5 => Command::AddTime { minutes: self.choice.random_range(1..4) },
            6 => Command::Silence { on },
            _ if on => Command::Pause,
            _ => Command::Resume,
        }
    }

    async fn ask(&mut self) -> Result<(), setroom_loadtest::client::ClientError> {
        let (cid, seen, command) = match self.open.take() {
            Some(open) => open,
            None => (self.client.fresh_cid(), self.client.model().seq(), self.command()),
        };
        // Noted before it is sent: whatever happens from here on, it may have been done.
        self.sent.insert(cid, command.clone());
        self.open = Some((cid, seen, command.clone()));
        self.client.ask(cid, seen, command).await?;
        match self.client.answer_to(cid).await? {
            Answer::Done(seq) => {
                let before = self.done.insert(cid, seq);
                assert!(before.is_none_or(|before| before == seq), "another answer to a repeat");
                self.open = None;
            }
            Answer::Refused { temporary: false, .. } => self.open = None,
            Answer::Refused { temporary: true, .. } => {}
        }
        Ok(())
    }

    /// Asks until the line breaks, and counts what was acknowledged.
    async fn work(&mut self, acknowledged: &watch::Sender<u64>) {
        loop {
            let before = self.done.len();
            if self.ask().await.is_err() {
                return;
            }
            let more = (self.done.len() - before) as u64;
            acknowledged.send_modify(|count| *count += more);
        }
    }
}

async fn join(
    dial: &setroom_loadtest::client::Dial,
    links: &Links,
    host: &mut Client,
    role: LinkRole,
    name: &str,
    seed: u64,
) -> Client {
    let mut client = Client::knock(dial, links.of(role), name, rng(seed)).await.unwrap();
    assert!(host.admit(client.device()).await.unwrap().done().is_some());
    client.enter(name).await.unwrap();
    client
}

#[tokio::test]
async fn killed_ten_times_in_the_middle_nothing_acknowledged_is_lost_or_done_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let mut process = Process::start(&data, &log);
    let mut random = rng(2024);
    let dial = process.dial.clone();
    let links = found_set(&dial, "short_90", "classic", Mode::Set, &mut random).await.unwrap();
    let mut host = Client::host(&dial, &links, "Tuesday", "Asha", rng(1)).await.unwrap();
    let co = join(&dial, &links, &mut host, LinkRole::CoFacilitator, "Cora", 2).await;
    let ben = join(&dial, &links, &mut host, LinkRole::Member, "Ben", 3).await;
    let cleo = join(&dial, &links, &mut host, LinkRole::Member, "Cleo", 4).await;
    let presenter = co.seat().unwrap();
    host.must("the order", Command::SetOrder { order: vec![presenter] }).await.unwrap();
    host.must("the start", Command::Start).await.unwrap();
    let parts = host.shared().unwrap().agenda;
    let explore = parts.iter().position(|part| part.id == "classic.explore").unwrap();
    host.must("exploring", Command::GoTo { part: u32::try_from(explore).unwrap() }).await.unwrap();
    let mut askers = [(host, true), (co, true), (ben, false), (cleo, false)]
        .map(|(client, facilitates)| Asker::new(client, facilitates, random.random()));
    for asker in &mut askers[2..] {
        asker.client.must("the charter", Command::AgreeCharter).await.unwrap();
    }

    for round in 1..=ROUNDS {
        let (acknowledged, mut count) = watch::channel(0);
        let enough = random.random_range(1..60);
        let [a, b, c, d] = &mut askers;
        let work = async {
            let all = (
                a.work(&acknowledged),
                b.work(&acknowledged),
                c.work(&acknowledged),
                d.work(&acknowledged),
            );
            tokio::join!(all.0, all.1, all.2, all.3)
        };
        let end = async {
            count.wait_for(|count| *count >= enough).await.unwrap();
            process.kill();
        };
        Box::pin(soon(async { tokio::join!(work, end) })).await;
        process = Process::start(&data, &log);
        for asker in &mut askers {
            asker.client.cut();
            asker.client.redial(&process.dial);
            asker.client.come_back().await.unwrap();
        }
        // What was on its way is asked again, as every client does.
        for asker in &mut askers {
            while asker.open.is_some() {
                asker.ask().await.unwrap();
            }
        }
        views_agree(&process, &mut askers, round).await;
    }
    process.kill();
    check_log(&data, &links, &askers).await;
}

/// Every client's merged view is a fresh snapshot.
async fn views_agree(process: &Process, askers: &mut [Asker; 4], round: u64) {
    for _ in 0..2 {
        for asker in &mut *askers {
            let (seq, shared, own) = snapshot(&process.dial, &asker.client).await;
            asker.client.catch_up(seq).await.unwrap();
            asker.client.wait_for("the own part", |model| model.own_value() == &own).await.unwrap();
            assert_eq!(asker.client.model().seq(), seq, "round {round}");
            assert_eq!(asker.client.model().shared_value(), &shared, "round {round}");
        }
    }
}

async fn read_log(data: &Path, links: &Links) -> Followed {
    let fatal = Fatal::new(|what| panic!("{what}"));
    let options = SqliteOptions { folder: data.to_owned(), max_bytes: None, fatal };
    let journal = SqliteJournal::open(&options, Metrics::new()).unwrap();
    let followed = journal.follow(&RoomKey(*links.set().as_bytes())).await.unwrap();
    journal.close().await;
    followed
}

async fn check_log(data: &Path, links: &Links, askers: &[Asker; 4]) {
    let followed = read_log(data, links).await;
    assert!(followed.snapshot.is_none());
    let entries = followed.entries.iter().map(|entry| Entry::decode(&entry.bytes).unwrap());
    let records: Vec<_> = entries.flat_map(|entry| entry.records).collect();
    let mut places: BTreeMap<CommandId, Seq> = BTreeMap::new();
    for (n, record) in (1..).zip(&records) {
        assert_eq!(record.seq, Seq(n), "places have no holes");
        if let Some(cid) = record.re {
            assert_eq!(places.insert(cid, record.seq), None, "a command was done twice");
        }
    }
    assert!(Room::replay(&records).unwrap().faults().is_empty());
    let sent: BTreeSet<_> = askers.iter().flat_map(|asker| asker.sent.keys().copied()).collect();
    let mut acknowledged = 0;
    for asker in askers {
        for (cid, seq) in &asker.done {
            assert_eq!(places.get(cid), Some(seq), "an acknowledged command is lost, or elsewhere");
            acknowledged += 1;
        }
    }
    assert!(acknowledged > 100, "only {acknowledged} acknowledged");
    // Nothing was invented: after the set-up, every command in the log was sent by somebody here.
    let setup = records.iter().position(|r| r.re.is_some_and(|cid| sent.contains(&cid))).unwrap();
    for record in &records[setup..] {
        assert!(record.re.is_none_or(|cid| sent.contains(&cid)));
    }
}

#[tokio::test]
async fn what_is_typed_is_found_nowhere_and_is_gone_after_the_close() {
    use crate::support::needles::Needle;
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let process = Process::start(&data, &log);
    let tape = Tape::default();
    let dial = process.dial.clone().tape(&tape);
    let words = [
        "canaryTitle7",
        "canaryName7",
        "canaryBid7",
        "canaryHeadline7",
        "canaryAction7",
        "canaryReflection7",
        "canaryCharter7",
        "canaryScribe7",
    ];
    let [title, name, bid, headline, action, reflection, charter, scribe] = words;
    let links = found_set(&dial, "short_90", "classic", Mode::Set, &mut rng(5)).await.unwrap();
    let mut host = Client::host(&dial, &links, title, name, rng(6)).await.unwrap();
    let mut ben = join(&dial, &links, &mut host, LinkRole::Member, name, 7).await;
    let seat = ben.seat().unwrap();
    let mut items: Vec<ItemId> = Vec::new();
    let mut put = async |who: &mut Client, kind, text, bid| {
        let (item, answer) = who.put(kind, text, bid).await.unwrap();
        assert!(answer.done().is_some(), "{kind:?}: {answer:?}");
        if kind != TextKind::Action {
            items.push(item);
        }
    };
    put(&mut host, TextKind::Charter, charter, None).await;
    host.must("the order", Command::SetOrder { order: vec![seat] }).await.unwrap();
    host.must("the scribe", Command::NameScribe { seat: Some(seat) }).await.unwrap();
    host.must("the start", Command::Start).await.unwrap();
    ben.must("the charter", Command::AgreeCharter).await.unwrap();
    let terms = setroom_protocol::command::BidTerms { pressing: 2, minutes: 40 };
    for (part, kind, text, bid) in [
        ("bids", TextKind::Bid, bid, Some(terms)),
        ("classic.present", TextKind::Headline, headline, None),
        ("classic.explore", TextKind::Scribe, scribe, None),
        ("classic.act", TextKind::Action, action, None),
        ("process_review", TextKind::Reflection, reflection, None),
    ] {
        let parts = host.shared().unwrap().agenda;
        let at = parts.iter().position(|known| known.id == part).unwrap();
        let go = Command::GoTo { part: u32::try_from(at).unwrap() };
        let seq = host.must("the part", go).await.unwrap();
        ben.catch_up(seq).await.unwrap();
        put(&mut ben, kind, text, bid).await;
    }
    // A line that breaks and a frame that cannot be read must not make the log talk.
    let mut bad = crate::support::people::line(&dial, &ben.keyring().come_back(None)).await;
    bad.send_text(format!("{{\"t\":\"do\",\"text\":\"{name}\"}}")).await.unwrap();
    soon(bad.until_ended()).await;
    let seq = ben.model().seq();
    host.catch_up(seq).await.unwrap();

    let secret = |what: &str, bytes: &[u8]| Needle::secret(what, bytes);
    let mut needles: Vec<_> = words.map(Needle::word).into();
    for link in links.all() {
        needles.push(secret("a link's secret", link.secret.as_bytes()));
        needles.push(secret("a link's token", link.keys().token.as_bytes()));
    }
    for client in [&host, &ben] {
        if let setroom_protocol::ClientFrame::Resume { token, .. } =
            client.keyring().come_back(None)
        {
            needles.push(secret("a resume token", &token.0));
        }
        for (_, key) in &client.keyring().keys().keys {
            needles.push(secret("a key", key.as_bytes()));
        }
    }
    let files = || {
        let all = std::fs::read_dir(&data).unwrap().map(|file| file.unwrap().path());
        let files = all.map(|path| std::fs::read(path).unwrap());
        files.collect::<Vec<_>>().concat()
    };
    // The control: what is stored sealed is really there, so the search can find.
    let own = ben.model().own().unwrap();
    let shared = ben.shared().unwrap();
    let boxes: Vec<_> = items
        .iter()
        .map(|item| {
            let view = shared.items.get(item).or_else(|| own.items.get(item)).unwrap();
            Needle::exact("a box", view.sealed.as_str())
        })
        .collect();
    let stored = files();
    assert!(boxes.iter().all(|sealed| sealed.is_in(&stored)), "the boxes are on disk");
    assert!(Needle::exact("", "founded").is_in(&stored));

    assert!(host.do_(Command::Close).await.unwrap().done().is_some());
    // The room says in its log when the erasure has reached the disk.
    let erased = Needle::exact("", "meeting_erased");
    soon(async {
        while !erased.is_in(&process.logged()) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let after = files();
    for sealed in &boxes {
        assert!(!sealed.is_in(&after), "a destroyed text is still on disk");
    }
    ben.wait_for("the receipt", |m| m.shared().is_some_and(|view| view.receipt.is_some()))
        .await
        .unwrap();
    assert!(process.logged().len() > 200);
    let hays = [
        ("the files before", stored),
        ("the files after", after),
        ("the log", process.logged()),
        ("the figures", process.figures().await),
        ("the frames", tape.frames().concat()),
    ];
    for (place, hay) in &hays {
        assert!(!hay.is_empty(), "{place}");
        for needle in &needles {
            assert!(!needle.is_in(hay), "{} is in {place}", needle.what);
        }
    }
}
