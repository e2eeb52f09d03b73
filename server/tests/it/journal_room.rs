//! Room that is kept back below the journal's ceiling, and what one set may take of it.

use bytes::Bytes;
use rusqlite::Connection;
use setroom_client::{Answer, Client, create_set};
use setroom_protocol::{CloseCode, Code, Command, LinkRole, Mode, TextKind};
use setroom_server::config::{Config, JournalKind};
use setroom_server::journal::sqlite::DATABASE_FILE;
use setroom_server::journal::{AppendError, Journal, NotWritable, RoomKey};

use crate::journal_sqlite::{Disk, head};
use crate::support::people::{dial_to, rng, roomy};
use crate::support::writer::{Writer, append};
use crate::support::{TestServer, soon, start};

const MIB: u64 = 1 << 20;
const NOT_SAVED: Answer = Answer::Refused { code: Code::NotSaved, temporary: true };

/// Fills a room's log until nothing more is taken.
async fn fill(journal: &dyn Journal, room: &RoomKey) -> u64 {
    let bytes = Bytes::from(vec![b'x'; 3000]);
    let mut at = 0;
    let mut writer = Writer::of(journal, room).await.unwrap();
    loop {
        match writer.write(head(at), at.into(), bytes.clone()).await {
            Ok(seq) => at = seq,
            Err(error) => {
                assert_eq!(error, AppendError::Busy);
                return at;
            }
        }
    }
}

#[tokio::test]
async fn below_the_ceiling_there_is_room_for_what_makes_room_and_for_nothing_else() {
    let mut disk = Disk::new();
    (disk.max_bytes, disk.reserve_bytes) = (Some(4 * MIB), MIB);
    let journal = disk.open();
    soon(journal.check()).await.unwrap();
    let (one, two) = (RoomKey([1; 16]), RoomKey([2; 16]));
    let at = fill(&journal, &one).await;
    assert_eq!(soon(journal.check()).await, Err(NotWritable::Ceiling));
    let full = std::fs::metadata(disk.file()).unwrap().len();
    assert!((2 * MIB..3 * MIB + 8192).contains(&full), "{full}");
    let mut writer = Writer::of(&journal, &one).await.unwrap();
    for n in 0..100 {
        let last = Bytes::from(vec![b'l'; 3000]);
        writer.send(head(at + n), 7, last, true);
        assert_eq!(writer.outcome(7).await, Some(Ok(at + n + 1)));
    }
    let refused = append(&journal, &two, head(0), 7, Bytes::new()).await;
    assert_eq!(refused, Err(AppendError::Busy));
    soon(journal.erase(one)).await.unwrap();
    soon(journal.check()).await.unwrap();
    append(&journal, &two, head(0), 7, Bytes::new()).await.unwrap();
}

/// A server with a journal on disk.
async fn on_disk(folder: &std::path::Path, change: impl FnOnce(&mut Config)) -> TestServer {
    start(|config| {
        roomy(config);
        config.journal = JournalKind::Sqlite;
        config.data = folder.join("data");
        change(config);
    })
    .await
}

// fault: F10 — at the journal's own ceiling the service says so, and people can leave and close
#[tokio::test]
async fn at_its_ceiling_the_service_is_not_ready_and_people_can_leave_and_close() {
    let folder = tempfile::tempdir().unwrap();
    let server = on_disk(folder.path(), |config| {
        (config.limits.journal_mib, config.limits.journal_reserve_mib) = (6, 1);
    })
    .await;
    let dial = dial_to(&server);
    let links = create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(1)).await.unwrap();
    let mut host = Client::host(&dial, &links, "Tuesday", "Asha", rng(2)).await.unwrap();
    let mut ben = Client::knock(&dial, links.of(LinkRole::Member), "Ben", rng(3)).await.unwrap();
    host.admit(ben.device()).await.unwrap();
    ben.enter("Ben").await.unwrap();
    host.must("the start", Command::Start).await.unwrap();
    let other = RoomKey([1; 16]);
    let journal = std::sync::Arc::clone(&server.running.state().journal);
    fill(journal.as_ref(), &other).await;
    let answer = server.ask("GET", "/readyz", &[]).await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "journal_mib"));
    assert_eq!(host.do_(Command::Lock { on: true }).await.unwrap(), NOT_SAVED);
    // In one go with what is refused, and not refused with it.
    let (lock, seen) = (host.fresh_cid(), host.model().seq());
    let (leave, also) = (ben.fresh_cid(), ben.model().seq());
    host.ask(lock, seen, Command::Lock { on: true }).await.unwrap();
    ben.ask(leave, also, Command::Leave).await.unwrap();
    assert_eq!(host.answer_to(lock).await.unwrap(), NOT_SAVED);
    assert_eq!(ben.until_ended().await.unwrap().close_code(), Some(CloseCode::NotAllowed));
    host.must("the close", Command::Close).await.unwrap();
    assert!(server.figure("setroom_journal_refused_total").await.unwrap() >= 3.0);
    assert_eq!(server.figure("setroom_journal_reserve_bytes").await, Some(1_048_576.0));

    soon(journal.erase(other)).await.unwrap();
    create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(9)).await.unwrap();
    server.running.stop().await;
}

/// Bytes of a set's rows in the file.
fn taken(folder: &std::path::Path, set: setroom_protocol::SetId) -> u64 {
    let file = Connection::open(folder.join("data").join(DATABASE_FILE)).unwrap();
    let of = |table: &str| -> i64 {
        let sql = format!("SELECT coalesce(sum(length(bytes)), 0) FROM {table} WHERE room = ?");
        file.query_row(&sql, [set.as_bytes()], |row| row.get(0)).unwrap()
    };
    u64::try_from(of("entry") + of("snapshot")).unwrap()
}

#[tokio::test]
async fn a_live_room_takes_no_more_of_the_journal_than_it_may_however_much_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let server = on_disk(folder.path(), |config| config.limits.set_journal_mib = 1).await;
    let dial = dial_to(&server);
    let links = create_set(&dial, "short_90", "classic", Mode::Set, &mut rng(1)).await.unwrap();
    let mut host = Client::host(&dial, &links, "Tuesday", "Asha", rng(2)).await.unwrap();
    let long = "x".repeat(4000);
    let (item, _) = host.put(TextKind::Charter, &long, None).await.unwrap();
    let mut most = 0;
    for _ in 0..600 {
        let answer = host.put_again(item, TextKind::Charter, &long, None).await.unwrap();
        assert!(answer.done().is_some(), "{answer:?}");
        most = most.max(taken(folder.path(), links.set()));
    }
    // Some 3 MiB were written.
    assert!(most < MIB / 2, "{most}");
    let before = host.model().shared_value().clone();
    host.cut();
    host.come_back_anew().await.unwrap();
    assert_eq!(host.model().shared_value(), &before);

    // What is kept cannot be made smaller: then it is refused by the limit's name.
    host.must("the start", Command::Start).await.unwrap();
    for part in 1.. {
        if host.put(TextKind::Action, &long, None).await.unwrap().1.done().is_some() {
            break;
        }
        host.must("a part with actions", Command::GoTo { part }).await.unwrap();
    }
    let mut refused = None;
    for n in 0..200 {
        let (item, mut answer) =
            host.put(TextKind::Action, &format!("{n} {long}"), None).await.unwrap();
        if answer.done().is_some() {
            // What nobody else sees is bounded sooner.
            answer = host.release(item).await.unwrap();
        }
        if answer.done().is_none() {
            refused = Some(answer);
            break;
        }
    }
    assert_eq!(refused, Some(NOT_SAVED));
    assert!(taken(folder.path(), links.set()) <= MIB);
    let name = "setroom_limit_refusals_total{limit=\"set_journal\"}";
    assert!(server.figure(name).await.unwrap() >= 1.0);
    server.running.stop().await;
}
