//! Somebody is removed while they are in the middle of something.

use setroom_protocol::{Change, Command, CommandId, Entry, LinkRole, Recorded};
use setroom_server::journal::{MemoryJournal, RoomKey};

use crate::support::faulty::Faulty;
use crate::support::people::{Set, frames, roomy};
use crate::support::{as_journal, start_with};

// fault: F25 — removed while sending: what was before counts, nothing after one place is theirs
#[tokio::test]
async fn a_removal_cuts_what_is_being_sent_at_one_place() {
    let journal = Faulty::new(MemoryJournal::new());
    let parts = journal.clone();
    let server = start_with(roomy, |deps| deps.journal = Some(as_journal(parts))).await;
    let mut set = Set::on(server, MemoryJournal::new()).await;
    let (mut ben, tape) = set.taped(LinkRole::Member, "Ben").await;
    let mut cleo = set.person(LinkRole::Member, "Cleo").await;
    let (seat, host) = (ben.seat().unwrap(), set.host.seat().unwrap());
    set.host_does(Command::SetOrder { order: vec![host] }).await;
    set.host_does(Command::Start).await;
    let agenda = set.host.shared().unwrap().agenda;
    let at = agenda.iter().position(|part| part.id == "classic.explore").unwrap();
    let seq = set.host_does(Command::GoTo { part: u32::try_from(at).unwrap() }).await;
    ben.catch_up(seq).await.unwrap();
    let agreed = ben.must("the charter", Command::AgreeCharter).await.unwrap();
    set.host.catch_up(agreed).await.unwrap();
    let hands = |n: usize| match n % 2 {
        0 => Command::RaiseHand { kind: None, seat: None },
        _ => Command::LowerHand { seat: Some(seat) },
    };
    // The first of them is being written while the others wait and the removal comes in.
    let arrived = journal.arrived();
    journal.hold_appends(true);
    let mut cids: Vec<CommandId> = Vec::new();
    for n in 0..20 {
        cids.push(ben.fresh_cid());
        ben.ask(cids[n], agreed, hands(n)).await.unwrap();
    }
    journal.until_arrived(arrived + 1).await;
    let (removed, ()) = tokio::join!(set.host.remove(seat), async {
        for n in 20..40 {
            cids.push(ben.fresh_cid());
            // Their line may be closed by then.
            let _ = ben.ask(cids[n], agreed, hands(n)).await;
            tokio::task::yield_now().await;
            if n == 30 {
                journal.hold_appends(false);
            }
        }
    });
    let cut = removed.unwrap().done().unwrap();
    ben.until_ended().await.unwrap();
    set.agree(&mut [&mut cleo]).await;

    let key = RoomKey(*set.links.set().as_bytes());
    let entries = journal.inner.follow(&key).await.unwrap().entries;
    let records: Vec<Recorded> =
        entries.iter().flat_map(|entry| Entry::decode(&entry.bytes).unwrap().records).collect();
    let removal = records.iter().find(|record| matches!(record.change, Change::Removed { .. }));
    assert_eq!(removal.unwrap().seq, cut);
    let theirs = |record: &&Recorded| record.by == Some(seat) && record.seq > agreed;
    assert!(records.iter().filter(theirs).count() >= 1, "what came first was done");
    assert!(records.iter().filter(theirs).all(|record| record.seq < cut));
    // They are sent nothing of that place or after it, and told of nothing that is not there.
    for frame in frames(&tape) {
        assert!(frame["seq"].as_u64().is_none_or(|seq| seq < cut.0), "{frame}");
        if frame["t"] == "done" && cids.iter().any(|cid| frame["cid"] == serde_json::json!(cid)) {
            let done = |record: &Recorded| serde_json::json!(record.re) == frame["cid"];
            assert!(records.iter().any(done), "{frame}");
        }
    }
}
