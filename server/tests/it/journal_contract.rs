//! What every journal promises, asked of each of them.

use std::sync::Arc;

use bytes::Bytes;
use setroom_server::journal::{
    Append, AppendError, Entry, FollowError, Followed, Head, Journal, KeepError, NotWritable,
    RoomKey, TailEvent, tail,
};

use crate::support::{soon, writer};

const ROOM: RoomKey = RoomKey([1; 16]);
const OTHER: RoomKey = RoomKey([2; 16]);

fn head(at: u64) -> Head {
    Head { stored: at, accepted: at }
}

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

async fn append(journal: &dyn Journal, at: Head, text: &str) -> Result<u64, AppendError> {
    let id = u128::from_be_bytes(*b"sixteen bytes id");
    writer::append(journal, &ROOM, at, id, bytes(text)).await
}

/// What somebody is told who appends where nothing can be followed any more.
async fn refused(journal: &dyn Journal, head: Head) -> AppendError {
    let (_open, mut tail) = tail();
    let (bytes, home) = (bytes("late"), tail.home());
    journal.append(ROOM, Append { head, id: 9, bytes, frees: false, home });
    match soon(tail.recv()).await {
        Some(TailEvent::NotWritten { id: 9, why }) => why,
        other => panic!("{other:?}"),
    }
}

/// Appends texts one after the other and returns the last place.
async fn fill(journal: &dyn Journal, from: u64, texts: &[&str]) -> u64 {
    let mut at = from;
    for text in texts {
        at = append(journal, head(at), text).await.expect("appended");
    }
    at
}

fn texts(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| std::str::from_utf8(&entry.bytes).unwrap()).collect()
}

async fn next(followed: &mut Followed) -> Option<Entry> {
    writer::entry(&mut followed.tail).await
}

pub(crate) async fn an_unknown_room_is_empty(journal: Arc<dyn Journal>) {
    let followed = journal.follow(ROOM).await.unwrap();
    assert_eq!((followed.snapshot, followed.entries), (None, vec![]));
}

pub(crate) async fn an_entry_carries_what_it_was_given(journal: Arc<dyn Journal>) {
    let mut followed = journal.follow(ROOM).await.unwrap();
    let first = append(&*journal, head(0), "first").await.unwrap();
    // A reader may have seen an entry that it did not accept.
    let at = Head { stored: first, accepted: 0 };
    let seq = writer::append(&*journal, &ROOM, at, 42, bytes("second")).await.unwrap();
    next(&mut followed).await.unwrap();
    let second = next(&mut followed).await.unwrap();
    assert_eq!(second, Entry { seq, prev: 0, id: 42, bytes: bytes("second") });
    let again = journal.follow(ROOM).await.unwrap();
    assert_eq!(again.entries[1], second, "stored as it was shown");
}

pub(crate) async fn only_the_head_can_be_appended_to(journal: Arc<dyn Journal>) {
    let first = append(&*journal, head(0), "first").await.unwrap();
    assert_eq!(append(&*journal, head(0), "late").await, Err(AppendError::Stale));
    assert_eq!(append(&*journal, head(first + 1), "early").await, Err(AppendError::Stale));
    let odd = Head { stored: first, accepted: first + 1 };
    assert_eq!(append(&*journal, odd, "odd").await, Err(AppendError::Stale));
    fill(&*journal, first, &["second"]).await;
    let followed = journal.follow(ROOM).await.unwrap();
    assert_eq!(texts(&followed.entries), ["first", "second"]);
}

pub(crate) async fn racing_writers_make_one_order(journal: Arc<dyn Journal>) {
    let mut early = journal.follow(ROOM).await.unwrap();
    let writers = (0..4_u128).map(|writer| {
        let journal = Arc::clone(&journal);
        tokio::spawn(async move {
            let mut followed = journal.follow(ROOM).await.unwrap();
            let mut at = followed.entries.last().map_or(0, |entry| entry.seq);
            for round in 0..25_u128 {
                let id = writer * 1000 + round;
                // Each time that it is told that it was too late it has read what came first.
                loop {
                    let home = followed.tail.home();
                    let (head, bytes) = (head(at), Bytes::new());
                    journal.append(ROOM, Append { head, id, bytes, frees: false, home });
                    let written = loop {
                        match soon(followed.tail.recv()).await.unwrap() {
                            TailEvent::Entry(entry) => {
                                at = entry.seq.max(at);
                                if entry.id == id {
                                    break true;
                                }
                            }
                            TailEvent::NotWritten { id: of, why } => {
                                assert_eq!((of, why), (id, AppendError::Stale));
                                assert!(at > head.stored);
                                break false;
                            }
                        }
                    };
                    if written {
                        break;
                    }
                }
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        soon(writer).await.unwrap();
    }
    let stored = journal.follow(ROOM).await.unwrap().entries;
    assert_eq!(stored.len(), 100);
    let mut seen = Vec::new();
    while seen.len() < stored.len() {
        seen.push(next(&mut early).await.unwrap());
    }
    assert_eq!(seen, stored);
    assert!(stored.windows(2).all(|pair| pair[0].seq == pair[1].prev), "each saw the one before");
    for writer in 0..4 {
        let own = stored.iter().map(|entry| entry.id).filter(|id| id / 1000 == writer);
        assert!(own.eq((0..25).map(|round| writer * 1000 + round)), "each once, in order");
    }
}

pub(crate) async fn rooms_do_not_mix(journal: Arc<dyn Journal>) {
    let mut other = journal.follow(OTHER).await.unwrap();
    fill(&*journal, 0, &["ours"]).await;
    writer::append(&*journal, &OTHER, head(0), 1, bytes("theirs")).await.unwrap();
    assert_eq!(next(&mut other).await.unwrap().bytes, "theirs");
    assert_eq!(texts(&journal.follow(ROOM).await.unwrap().entries), ["ours"]);
}

pub(crate) async fn a_snapshot_stands_for_what_came_before(journal: Arc<dyn Journal>) {
    let second = fill(&*journal, 0, &["one", "two"]).await;
    let third = fill(&*journal, second, &["three"]).await;
    let at = Head { stored: second, accepted: 1 };
    soon(journal.snapshot(ROOM, at, bytes("state"))).await.unwrap();
    let mut followed = journal.follow(ROOM).await.unwrap();
    let snapshot = followed.snapshot.take().unwrap();
    assert_eq!((snapshot.at, snapshot.bytes), (at, bytes("state")));
    assert_eq!(texts(&followed.entries), ["three"]);
    fill(&*journal, third, &["four"]).await;
    assert_eq!(next(&mut followed).await.unwrap().bytes, "four");

    // Then one that leaves nothing behind it.
    soon(journal.snapshot(ROOM, head(4), bytes("later"))).await.unwrap();
    let followed = journal.follow(ROOM).await.unwrap();
    assert_eq!(followed.snapshot.unwrap().bytes, "later");
    assert!(followed.entries.is_empty());
    fill(&*journal, 4, &["five"]).await;
    assert_eq!(append(&*journal, head(0), "late").await, Err(AppendError::Stale));
}

pub(crate) async fn the_newest_snapshot_wins(journal: Arc<dyn Journal>) {
    fill(&*journal, 0, &["one", "two"]).await;
    soon(journal.snapshot(ROOM, head(2), bytes("new"))).await.unwrap();
    soon(journal.snapshot(ROOM, head(1), bytes("old"))).await.unwrap();
    assert_eq!(journal.follow(ROOM).await.unwrap().snapshot.unwrap().bytes, "new");
    let ahead = soon(journal.snapshot(ROOM, head(3), bytes("made up"))).await;
    assert_eq!(ahead, Err(KeepError::Ahead));
    assert_eq!(journal.follow(ROOM).await.unwrap().snapshot.unwrap().bytes, "new");
}

pub(crate) async fn an_erased_room_stays_gone(journal: Arc<dyn Journal>) {
    let mut followed = journal.follow(ROOM).await.unwrap();
    fill(&*journal, 0, &["one"]).await;
    soon(journal.erase(ROOM)).await.unwrap();
    assert_eq!(next(&mut followed).await.unwrap().bytes, "one");
    assert_eq!(next(&mut followed).await, None, "the tail closes");
    for at in [1, 0] {
        assert_eq!(refused(&*journal, head(at)).await, AppendError::Gone);
    }
    let kept = soon(journal.snapshot(ROOM, head(1), bytes("state"))).await;
    assert_eq!(kept, Err(KeepError::Gone));
    assert_eq!(journal.follow(ROOM).await.unwrap_err(), FollowError::Gone);
    assert_eq!(soon(journal.erase(ROOM)).await, Ok(()), "twice is harmless");
    // One that never was can be erased as well, and then never comes to be.
    soon(journal.erase(OTHER)).await.unwrap();
    assert_eq!(journal.follow(OTHER).await.unwrap_err(), FollowError::Gone);
}

pub(crate) async fn only_what_is_not_there_is_followed_as_new(journal: Arc<dyn Journal>) {
    let gone = async || journal.follow_new(ROOM).await.unwrap_err() == FollowError::Gone;
    let mut new = journal.follow_new(ROOM).await.unwrap();
    assert_eq!((&new.snapshot, &new.entries), (&None, &vec![]));
    let at = fill(&*journal, 0, &["one", "two"]).await;
    assert_eq!(next(&mut new).await.unwrap().bytes, "one");
    assert!(gone().await, "entries");
    soon(journal.snapshot(ROOM, head(at), bytes("state"))).await.unwrap();
    assert!(gone().await, "a snapshot alone");
    soon(journal.erase(ROOM)).await.unwrap();
    assert!(gone().await, "a set that was");
    assert!(journal.follow_new(OTHER).await.is_ok());
}

pub(crate) async fn a_follower_that_falls_behind_follows_anew(journal: Arc<dyn Journal>) {
    let mut slow = journal.follow(ROOM).await.unwrap();
    let mut quick = journal.follow(ROOM).await.unwrap();
    let mut at = 0;
    let mut seen = 0;
    for _ in 0..600 {
        at = fill(&*journal, at, &["x"]).await;
        assert_eq!(next(&mut quick).await.unwrap().seq, at, "the quick one misses nothing");
    }
    while let Some(entry) = next(&mut slow).await {
        assert_eq!(entry.seq, seen + 1, "no gap before the end");
        seen = entry.seq;
    }
    assert!(seen < at, "its tail closed");
    assert_eq!(journal.follow(ROOM).await.unwrap().entries.len(), 600);
}

pub(crate) async fn a_closed_journal_is_busy(journal: Arc<dyn Journal>) {
    let mut followed = journal.follow(ROOM).await.unwrap();
    assert_eq!(soon(journal.check()).await, Ok(()));
    fill(&*journal, 0, &["one"]).await;
    soon(journal.close()).await;
    next(&mut followed).await.unwrap();
    assert_eq!(next(&mut followed).await, None, "tails close");
    assert_eq!(refused(&*journal, head(1)).await, AppendError::Busy);
    assert_eq!(journal.follow(ROOM).await.unwrap_err(), FollowError::Busy);
    assert_eq!(soon(journal.erase(ROOM)).await, Err(KeepError::Busy));
    assert_eq!(soon(journal.check()).await, Err(NotWritable::Busy));
    soon(journal.close()).await;
}

/// Asks every promise of one kind of journal. `$made` makes a fresh one and whatever it needs to
/// stay alive.
macro_rules! contract {
    ($kind:ident, $made:expr, [$($promise:ident),* $(,)?]) => {
        mod $kind {
            $(
                #[tokio::test]
                async fn $promise() {
                    let (journal, _kept) = $made;
                    super::$promise(journal).await;
                }
            )*
        }
    };
    ($kind:ident, $made:expr) => {
        contract!($kind, $made, [
            an_unknown_room_is_empty,
            an_entry_carries_what_it_was_given,
            only_the_head_can_be_appended_to,
            racing_writers_make_one_order,
            rooms_do_not_mix,
            a_snapshot_stands_for_what_came_before,
            the_newest_snapshot_wins,
            an_erased_room_stays_gone,
            only_what_is_not_there_is_followed_as_new,
            a_follower_that_falls_behind_follows_anew,
            a_closed_journal_is_busy,
        ]);
    };
}

contract!(memory, {
    let journal = setroom_server::journal::MemoryJournal::new();
    (crate::support::as_journal(journal), ())
});
contract!(sqlite, {
    let disk = crate::journal_sqlite::Disk::new();
    (crate::support::as_journal(disk.open()), disk)
});
