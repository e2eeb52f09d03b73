//! Somebody is removed while they are in the middle of something. Everybody logs what they do, and
//! the checker judges.

use setroom_client::Ended;
use setroom_protocol::{Change, CloseCode, Command, Entry, LinkRole, Recorded};
use setroom_server::journal::{Journal as _, MemoryJournal, RoomKey};

use crate::support::judged::Judge;
use crate::support::people::{door, frames};

/// Told that they are out, or cut off before that came through: what was still on its way to a line
/// that is closed resets it.
fn is_out(ended: &Ended) -> bool {
    ended.close_code() == Some(CloseCode::NotAllowed) || matches!(ended, Ended::Lost(_))
}

// fault: F25 — removed while sending: cut at one place, with nothing of theirs or for them after it
#[tokio::test]
async fn a_removal_cuts_what_is_being_sent_at_one_place() {
    let judge = Judge::new();
    let (mut set, journal) = judge.set_over(MemoryJournal::new()).await;
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
    for n in 0..20 {
        let cid = ben.fresh_cid();
        ben.ask(cid, agreed, hands(n)).await.unwrap();
    }
    journal.until_arrived(arrived + 1).await;
    let (removed, ()) = tokio::join!(set.host.remove(seat), async {
        for n in 20..40 {
            let cid = ben.fresh_cid();
            // Their line may be closed by then.
            let _ = ben.ask(cid, agreed, hands(n)).await;
            tokio::task::yield_now().await;
            if n == 30 {
                journal.hold_appends(false);
            }
        }
    });
    let cut = removed.unwrap().done().unwrap();
    let ended = ben.until_ended().await.unwrap();
    assert!(is_out(&ended), "{ended}");
    let back = ben.keyring().come_back(None);
    assert_eq!(door(&set.dial, &back).await, (vec!["no_seat".into()], 4403));
    cleo.catch_up(cut).await.unwrap();
    cleo.next_key().await.unwrap();
    set.agree(&mut [&mut cleo]).await;

    let key = RoomKey(*set.links.set().as_bytes());
    let entries = set.journal.follow(key).await.unwrap().entries;
    let records: Vec<Recorded> =
        entries.iter().flat_map(|entry| Entry::decode(&entry.bytes).unwrap().records).collect();
    let removal = records.iter().find(|record| matches!(record.change, Change::Removed { .. }));
    assert_eq!(removal.unwrap().seq, cut);
    let theirs = |record: &&Recorded| record.by == Some(seat) && record.seq > agreed;
    assert!(records.iter().filter(theirs).count() >= 1, "what came first was done");
    // They are sent nothing of that place or after it.
    for frame in frames(&tape) {
        assert!(frame["seq"].as_u64().is_none_or(|seq| seq < cut.0), "{frame}");
    }
    // Nothing is theirs from there on, and what they were told is done is there.
    judge.finds_nothing(&set).await;
}
