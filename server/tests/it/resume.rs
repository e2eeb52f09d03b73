//! Coming back: by place, with nothing lost and nothing twice.

use serde_json::Value;
use setroom_client::{Client, Tape};
use setroom_protocol::{Command, LinkRole, Seq, TextKind, limits};
use setroom_server::config::{Config, JournalKind};

use crate::support::people::{Set, dial_to, frames, line, roomy, set, snapshot};
use crate::support::{soon, start};

/// The first frame that somebody gets who comes back with this place.
async fn back_with(set: &Set, who: &Client, since: Option<Seq>) -> Value {
    let mut line = line(&set.dial, &who.keyring().come_back(since)).await;
    serde_json::from_str(&soon(line.next_text()).await.unwrap()).unwrap()
}

/// Raw text frames of changes on a tape, from a place on.
fn changes(tape: &Tape, after: Seq) -> Vec<Vec<u8>> {
    let of = |bytes: &Vec<u8>| {
        let frame: Value = serde_json::from_slice(bytes).unwrap_or_default();
        let shared = frame["t"] == "change" || frame["t"] == "skip";
        shared.then(|| frame["seq"].as_u64().unwrap())
    };
    tape.frames().into_iter().filter(|bytes| of(bytes).is_some_and(|seq| seq > after.0)).collect()
}

// fault: F2 — who was cut off gets what they missed, once and in order
#[tokio::test]
async fn what_was_missed_comes_in_the_very_same_bytes() {
    let mut set = set().await;
    let (mut ben, missing) = set.taped(LinkRole::Member, "Ben").await;
    let (mut cleo, whole) = set.taped(LinkRole::Member, "Cleo").await;
    set.agree(&mut [&mut ben, &mut cleo]).await;
    let from = ben.model().seq();
    ben.cut();
    set.host_does(Command::Start).await;
    for _ in 0..3 {
        set.host_does(Command::Next).await;
        cleo.put(TextKind::Name, "Cleo C", None).await.unwrap();
    }
    let seq = set.host_does(Command::Pause).await;
    cleo.catch_up(seq).await.unwrap();
    ben.come_back().await.unwrap();
    assert_eq!((ben.model().snapshots, ben.model().seq()), (1, seq));
    assert_eq!(changes(&missing, from), changes(&whole, from));
    assert!(changes(&whole, from).len() >= 7);
    // The own view comes whole, right after what was missed.
    let own = frames(&missing).into_iter().rfind(|frame| frame["t"] == "own").unwrap();
    assert_eq!((&own["whole"], &own["seq"]), (&true.into(), &seq.0.into()));
    assert_eq!(own["own"], snapshot(&set.dial, &ben).await.2);
    set.host_does(Command::Resume).await;
    set.agree(&mut [&mut ben, &mut cleo]).await;
    assert_eq!((ben.model().sequence.duplicated, ben.model().sequence.lost()), (0, 0));
}

// fault: F2 — who was away for too long gets a snapshot, and is told that it is one
#[tokio::test]
async fn a_place_that_is_not_kept_leads_to_a_snapshot_that_says_so() {
    let mut set = set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.agree(&mut [&mut ben]).await;
    let now = set.host.model().seq();
    let gap = |frame: &Value| (frame["t"].as_str().unwrap().to_owned(), frame["gap"].clone());
    let future = back_with(&set, &ben, Some(Seq(now.0 + 1))).await;
    assert_eq!(gap(&future), ("snapshot".into(), true.into()));
    let greedy = back_with(&set, &ben, Some(Seq(u64::MAX))).await;
    assert_eq!(gap(&greedy), ("snapshot".into(), true.into()));
    let fresh = back_with(&set, &ben, None).await;
    assert_eq!(gap(&fresh), ("snapshot".into(), Value::Null));
    for n in 0..=limits::RING_FRAMES {
        set.host_does(Command::Lock { on: n % 2 == 0 }).await;
    }
    let too_old = back_with(&set, &ben, Some(now)).await;
    assert_eq!(gap(&too_old), ("snapshot".into(), true.into()));
    let oldest = set.host.model().seq().0 - limits::RING_FRAMES as u64;
    let just = back_with(&set, &ben, Some(Seq(oldest))).await;
    assert_eq!((&just["t"], &just["seq"]), (&"change".into(), &(oldest + 1).into()));
}

#[tokio::test]
async fn what_was_long_ago_leads_to_a_snapshot_that_says_so() {
    let mut set = set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.agree(&mut [&mut ben]).await;
    let now = set.host.model().seq();
    set.host_does(Command::Lock { on: true }).await;
    set.server.clock.advance(limits::RING_MS - 1);
    let soon_enough = back_with(&set, &ben, Some(now)).await;
    assert_eq!((&soon_enough["t"], &soon_enough["seq"]), (&"change".into(), &(now.0 + 1).into()));
    set.server.clock.advance(limits::RING_MS + 1);
    let late = back_with(&set, &ben, Some(now)).await;
    assert_eq!((&late["t"], &late["gap"]), (&"snapshot".into(), &true.into()));
    // Whoever missed nothing needs nothing of it.
    let nothing = back_with(&set, &ben, Some(now.next())).await;
    assert_eq!((&nothing["t"], &nothing["whole"]), (&"own".into(), &true.into()));
    let seq = set.host_does(Command::Lock { on: false }).await;
    let fresh = back_with(&set, &ben, Some(now.next())).await;
    assert_eq!((&fresh["t"], &fresh["seq"]), (&"change".into(), &seq.0.into()));
}

// fault: F23 — the presenter comes back to their seat and text, and the next box is taken
#[tokio::test]
async fn own_hidden_text_and_seat_survive_the_way_back() {
    let mut set = set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let seat = ben.seat().unwrap();
    set.host_does(Command::SetOrder { order: vec![seat] }).await;
    set.host_does(Command::Start).await;
    let parts = set.host.shared().unwrap().agenda;
    let act = parts.iter().position(|part| part.id == "classic.act").unwrap();
    let seq = set.host_does(Command::GoTo { part: u32::try_from(act).unwrap() }).await;
    ben.catch_up(seq).await.unwrap();
    ben.must("the charter", Command::AgreeCharter).await.unwrap();
    let (item, answer) = ben.put(TextKind::Action, "Ring the ward", None).await.unwrap();
    assert!(answer.done().is_some());
    ben.cut();
    set.host_does(Command::Pause).await;
    ben.come_back().await.unwrap();
    assert_eq!(ben.model().snapshots, 1);
    assert_eq!(ben.read(item).unwrap().as_deref(), Some("Ring the ward"));
    assert_eq!(ben.seat().unwrap(), seat);
    assert_eq!(set.host.read(item).unwrap(), None);
    // The next box follows the last one.
    assert!(
        ben.put_again(item, TextKind::Action, "Ring today", None).await.unwrap().done().is_some()
    );
    set.agree(&mut [&mut ben]).await;
}

#[tokio::test]
async fn whoever_presents_is_sent_no_hand_and_comes_back_to_none() {
    let mut set = set().await;
    let (mut ben, tape) = set.taped(LinkRole::Member, "Ben").await;
    let mut cleo = set.person(LinkRole::Member, "Cleo").await;
    let (presents, asks) = (ben.seat().unwrap(), cleo.seat().unwrap());
    set.host_does(Command::SetOrder { order: vec![presents] }).await;
    set.host_does(Command::Start).await;
    let parts = set.host.shared().unwrap().agenda;
    let explore = parts.iter().position(|part| part.id == "classic.explore").unwrap();
    let seq = set.host_does(Command::GoTo { part: u32::try_from(explore).unwrap() }).await;
    for person in [&mut ben, &mut cleo] {
        person.catch_up(seq).await.unwrap();
        person.must("the charter", Command::AgreeCharter).await.unwrap();
    }
    set.host_does(Command::Hold).await;
    cleo.must("a hand", Command::RaiseHand { kind: None, seat: None }).await.unwrap();
    let view = set.agree(&mut [&mut ben, &mut cleo]).await;
    assert!(view["queue"].as_object().unwrap().contains_key(&asks.to_string()));
    let told = frames(&tape).pop().unwrap();
    assert_eq!(
        (&told["what"], &told["by"], &told["re"]),
        (&"hidden".into(), &Value::Null, &Value::Null)
    );
    // On the way back there is none either, whether the hand went up before or meanwhile.
    let seen = ben.model().seq();
    for since in [Some(seen), Some(Seq(seen.0 - 1)), None] {
        let first = back_with(&set, &ben, since).await;
        assert_ne!(first["t"], "change", "the frames that all got are not for whoever presents");
        let hands = first["shared"].get("queue").cloned().unwrap_or_default();
        assert!(hands.as_object().is_none_or(serde_json::Map::is_empty), "{first}");
    }
    let all: Vec<_> =
        frames(&tape).iter().map(|frame| frame["shared"]["queue"].to_string()).collect();
    assert!(!all.iter().any(|hands| hands.contains(&asks.to_string())), "{all:?}");
    // They present no more: what waits is before their eyes at once, and gone when they do again.
    for (seat, are_hidden) in [(None, false), (Some(presents), true)] {
        set.host_does(Command::ChoosePresenter { seat }).await;
        let view = set.agree(&mut [&mut ben, &mut cleo]).await;
        assert!(view["queue"].as_object().unwrap().contains_key(&asks.to_string()));
        let seen = ben.model().seq();
        for since in [Some(Seq(seen.0 - 1)), None] {
            let first = back_with(&set, &ben, since).await;
            assert_eq!(first["t"], "snapshot", "a change of who presents has two forms");
            let hands = first["shared"]["queue"].as_object().unwrap();
            assert_eq!(hands.is_empty(), are_hidden, "{first}");
        }
    }
}

#[tokio::test]
async fn after_a_restart_on_disk_every_view_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let on_disk = |config: &mut Config| {
        roomy(config);
        config.journal = JournalKind::Sqlite;
        config.data = folder.path().to_owned();
    };
    let mut set = Set::on(start(on_disk).await, Default::default()).await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.host_does(Command::Start).await;
    set.host_does(Command::Next).await;
    set.agree(&mut [&mut ben]).await;
    let before: Vec<_> =
        [snapshot(&set.dial, &set.host).await, snapshot(&set.dial, &ben).await].into();
    assert!(set.server.running.stop().await);
    let server = start(on_disk).await;
    let dial = dial_to(&server);
    let after: Vec<_> = [snapshot(&dial, &set.host).await, snapshot(&dial, &ben).await].into();
    assert_eq!(after, before);
}
