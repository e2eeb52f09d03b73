//! The program is killed again and again, and nothing that was acknowledged is lost or done twice.

use setroom_checker::crash::{Plan, kill};
use setroom_client::{Client, Links, Tape, create_set};
use setroom_protocol::{Command, ItemId, LinkRole, Mode, TextKind};

use crate::support::canaries::Canary;
use crate::support::people::rng;
use crate::support::process::Process;
use crate::support::soon;

async fn join(
    dial: &setroom_client::Dial,
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

// fault: F7 — killed at random moments under load, nothing ticked is lost and nothing is done twice
// fault: F8 — what was on disk and not acknowledged gets the same place back when it is sent again
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_thirty_times_under_load_the_checker_finds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan {
        program: env!("CARGO_BIN_EXE_setroom").into(),
        folder: folder.path().to_owned(),
        rounds: 30,
        seed: 2024,
    };
    let killed = Box::pin(kill(&plan, |_| {})).await.unwrap();
    assert!(killed.verdict.is_green(), "{}", killed.verdict);
    let counts = killed.verdict.counts;
    assert!(killed.rounds == 30 && counts.sets == 2, "{}", killed.verdict);
    assert!(counts.acknowledged > 300 && counts.views > 200, "{}", killed.verdict);
    // Every kill came while something was under way.
    assert!(killed.unanswered >= 4 * 30, "{}", killed.unanswered);
}

#[tokio::test]
async fn what_is_typed_is_found_nowhere_and_is_gone_after_the_close() {
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
    let links = create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(5)).await.unwrap();
    let mut host = Client::host(&dial, &links, title, name, rng(6)).await.unwrap();
    let mut ben = join(&dial, &links, &mut host, LinkRole::Member, name, 7).await;
    let seat = ben.seat().unwrap();
    let mut items: Vec<ItemId> = Vec::new();
    let mut put = async |who: &mut Client, kind, text, bid| {
        let (item, answer) = who.put(kind, text, bid).await.unwrap();
        assert!(answer.done().is_some(), "{kind:?}: {answer:?}");
        if !matches!(kind, TextKind::Action | TextKind::Charter) {
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

    let secret = |what: &str, bytes: &[u8]| Canary::secret(what, bytes);
    let mut canaries: Vec<_> = words.map(Canary::word).into();
    for link in links.all() {
        canaries.push(secret("a link's secret", link.secret.as_bytes()));
        canaries.push(secret("a link's token", link.keys().token.as_bytes()));
    }
    for client in [&host, &ben] {
        if let setroom_protocol::ClientFrame::Resume { token, .. } =
            client.keyring().come_back(None)
        {
            canaries.push(secret("a resume token", &token.0));
        }
        for (_, key) in &client.keyring().keys().keys {
            canaries.push(secret("a key", key.as_bytes()));
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
            Canary::exact("a box", view.sealed.as_str())
        })
        .collect();
    let stored = files();
    assert!(boxes.iter().all(|sealed| sealed.is_in(&stored)), "the boxes are on disk");
    assert!(Canary::exact("", "founded").is_in(&stored));

    assert!(host.do_(Command::Close).await.unwrap().done().is_some());
    // The room says in its log when the erasure has reached the disk.
    let erased = Canary::exact("", "meeting_erased");
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
    let (logged, figures) = (process.logged(), process.figures().await);
    // What a process leaves behind that had no time to tidy up.
    process.kill();
    let hays = [
        ("the files before", stored),
        ("the files of a killed process", files()),
        ("the files after", after),
        ("the log", logged),
        ("the figures", figures),
        ("the frames", tape.frames().concat()),
    ];
    for (place, hay) in &hays {
        assert!(!hay.is_empty(), "{place}");
        for canary in &canaries {
            assert!(!canary.is_in(hay), "{} is in {place}", canary.what);
        }
    }
}
