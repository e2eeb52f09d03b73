//! What a room does when its journal fails, when its program fails, and when the process ends.

use setroom_checker::planted::Wrapped;
use setroom_client::{Answer, Client, Ended, create_set};
use setroom_protocol::{
    Change, ClientFrame, CloseCode, Code, Command, CommandId, Entry, LinkRole, Recorded,
    ServerFrame, Timestamp,
};
use setroom_server::config::{Config, JournalKind};
use setroom_server::journal::sqlite::{Fatal, SqliteOptions};
use setroom_server::journal::{AppendError, Head, Journal, MemoryJournal, RoomKey, SqliteJournal};
use setroom_server::telemetry::Metrics;

use crate::support::faulty::{Fault, Faulty};
use crate::support::people::{Set, closed, dial_to, door, door_of, roomy, snapshot};
use crate::support::writer::append;
use crate::support::{as_journal, soon, start, start_with};

pub(crate) async fn faulty() -> (Set, Faulty, Client) {
    faulty_over(MemoryJournal::new()).await
}

pub(crate) async fn faulty_over(journal: impl Journal) -> (Set, Faulty, Client) {
    let journal = Faulty::new(journal);
    let parts = journal.clone();
    let server = start_with(roomy, |deps| deps.journal = Some(as_journal(Wrapped(parts)))).await;
    let mut set = Set::on(server, MemoryJournal::new()).await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.agree(&mut [&mut ben]).await;
    (set, journal, ben)
}

/// How often a command stands in the log, counting only entries that every reader accepts.
async fn times_written(journal: &Faulty, set: &Set, cid: CommandId) -> usize {
    let key = RoomKey(*set.links.set().as_bytes());
    let mut accepted = 0;
    let mut times = 0;
    for entry in journal.inner.follow(key).await.unwrap().entries {
        if entry.prev == accepted {
            accepted = entry.seq;
            let records = Entry::decode(&entry.bytes).unwrap().records;
            times += records.iter().filter(|record| record.re == Some(cid)).count();
        }
    }
    times
}

// fault: F8 — written and brought twice, or not written: the command is done once or not at all
#[tokio::test]
async fn an_append_that_fails_is_done_exactly_once_or_not_at_all() {
    let (mut set, journal, mut ben) = faulty().await;
    for on in [true, false] {
        let (cid, seen) = (set.host.fresh_cid(), set.host.model().seq());
        journal.fail([Fault::Twice]);
        set.host.ask(cid, seen, Command::Lock { on }).await.unwrap();
        let answer = set.host.answer_to(cid).await.unwrap();
        assert_eq!(answer, Answer::Done(seen.next()));
        assert_eq!(times_written(&journal, &set, cid).await, 1);
        assert_eq!(set.agree(&mut [&mut ben]).await["locked"], on);
    }
    let (cid, seen) = (set.host.fresh_cid(), set.host.model().seq());
    let before = set.host.model().shared_value().clone();
    journal.fail([Fault::Busy]);
    set.host.ask(cid, seen, Command::Lock { on: true }).await.unwrap();
    let busy = set.host.answer_to(cid).await.unwrap();
    assert_eq!(busy, Answer::Refused { code: Code::NotSaved, temporary: true });
    assert_eq!(times_written(&journal, &set, cid).await, 0);
    assert_eq!(set.agree(&mut [&mut ben]).await, before);
    // The same again, as a client does it, is done.
    set.host.ask(cid, seen, Command::Lock { on: true }).await.unwrap();
    assert_eq!(set.host.answer_to(cid).await.unwrap(), Answer::Done(seen.next()));
    set.agree(&mut [&mut ben]).await;
}

#[tokio::test]
async fn somebody_elses_entry_comes_first_and_the_command_is_decided_anew() {
    let (mut set, journal, mut ben) = faulty().await;
    let seen = set.host.model().seq();
    let other = |seq, on| {
        let change = Change::Locked { on };
        let record = Recorded { seq, at: Timestamp(1_750_000_000_000), by: None, re: None, change };
        Entry::encode(&[record]).into()
    };
    journal.fail([Fault::Stale(other(seen.next(), true))]);
    let (cid, again) = (set.host.fresh_cid(), set.host.fresh_cid());
    set.host.ask(cid, seen, Command::Lock { on: true }).await.unwrap();
    // The other entry has locked the door already, so what was right before is not any more.
    assert_eq!(set.host.answer_to(cid).await.unwrap().refused(), Some(Code::Already));
    let seen = seen.next();
    journal.fail([Fault::Stale(other(seen.next(), false))]);
    set.host
        .ask(again, seen, Command::SetMode { mode: setroom_protocol::Mode::Double })
        .await
        .unwrap();
    assert_eq!(set.host.answer_to(again).await.unwrap(), Answer::Done(seen.next().next()));
    assert_eq!(times_written(&journal, &set, again).await, 1);
    let view = set.agree(&mut [&mut ben]).await;
    assert_eq!((&view["locked"], &view["mode"]), (&false.into(), &"double".into()));
}

// fault: F8 — a journal that always speaks of another entry and brings none is not asked for ever
#[tokio::test]
async fn too_late_for_an_entry_that_never_comes_is_told_and_costs_no_storm() {
    let (mut set, journal, mut ben) = faulty().await;
    let seen = set.host.model().seq();
    let (cid, arrived) = (set.host.fresh_cid(), journal.arrived());
    journal.fail([Fault::StaleAlone]);
    set.host.ask(cid, seen, Command::Lock { on: true }).await.unwrap();
    let told = set.host.answer_to(cid).await.unwrap();
    assert_eq!(told, Answer::Refused { code: Code::NotSaved, temporary: true });
    assert_eq!(journal.arrived(), arrived + 1);
    set.host.ask(cid, seen, Command::Lock { on: true }).await.unwrap();
    assert_eq!(set.host.answer_to(cid).await.unwrap(), Answer::Done(seen.next()));
    assert_eq!(times_written(&journal, &set, cid).await, 1);
    set.agree(&mut [&mut ben]).await;
}

#[tokio::test]
async fn nobody_sees_a_change_before_the_journal_has_it() {
    let (mut set, journal, mut ben) = faulty().await;
    let before = set.host.model().shared_value().clone();
    let (cid, seen) = (set.host.fresh_cid(), set.host.model().seq());
    let arrived = journal.arrived();
    journal.hold_appends(true);
    set.host.ask(cid, seen, Command::Lock { on: true }).await.unwrap();
    journal.until_arrived(arrived + 1).await;
    let (seq, shared, _) = snapshot(&set.dial, &ben).await;
    assert_eq!((seq, &shared), (seen, &before));
    // Written, but not on the tail yet: it is still not seen.
    journal.hold_tails(true);
    journal.hold_appends(false);
    soon(async {
        while times_written(&journal, &set, cid).await == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let (seq, shared, _) = snapshot(&set.dial, &ben).await;
    assert_eq!((seq, &shared), (seen, &before));
    // Nor is anybody told that it is done.
    set.host.connection().unwrap().send(&ClientFrame::Ping { sent: 1 }).await.unwrap();
    loop {
        let frame = set.host.next().await.unwrap();
        if matches!(frame, ServerFrame::Pong { .. }) {
            break;
        }
        let around = matches!(frame, ServerFrame::Presence { .. } | ServerFrame::Knocks { .. });
        assert!(around, "{frame:?}");
    }
    journal.hold_tails(false);
    assert_eq!(set.host.answer_to(cid).await.unwrap(), Answer::Done(seen.next()));
    set.agree(&mut [&mut ben]).await;
}

#[tokio::test]
async fn an_erased_set_is_closed_for_everybody() {
    let (mut set, journal, mut ben) = faulty().await;
    journal.fail([Fault::Gone]);
    let (cid, seen) = (set.host.fresh_cid(), set.host.model().seq());
    set.host.ask(cid, seen, Command::Lock { on: true }).await.unwrap();
    for person in [&mut set.host, &mut ben] {
        let ended = person.until_ended().await.unwrap();
        assert_eq!(ended.close_code(), Some(CloseCode::SetClosed));
    }
    let back = ben.keyring().come_back(None);
    assert_eq!(door(&set.dial, &back).await, (vec![], 4401), "as if it had never been");
}

#[tokio::test]
async fn a_host_who_knocks_while_nothing_can_be_written_is_told_to_come_back() {
    let (mut set, journal, _ben) = faulty().await;
    journal.fail([Fault::Busy]);
    let link = set.links.host.clone();
    let keys = setroom_client::Keyring::new(&link, Default::default(), &mut set.fresh_rng());
    assert_eq!(door_of(&set.dial, &keys, "Asha").await, (vec!["not_saved".into()], 1013));
}

// fault: F17 — the room next door works on, and the one that fell is back as it was
#[tokio::test]
async fn a_panic_ends_one_room_alone_and_it_comes_back() {
    let (mut set, journal, mut ben) = faulty().await;
    let (dial, mode, mut rng) = (set.dial.clone(), setroom_protocol::Mode::Set, set.fresh_rng());
    let links = create_set(&dial, "short_90", "wial", mode, &mut rng).await.unwrap();
    let mut other = Client::host(&dial, &links, "Friday", "Dev", set.fresh_rng()).await.unwrap();
    let before = set.host.model().shared_value().clone();
    journal.fail([Fault::Panic]);
    let (cid, seen) = (set.host.fresh_cid(), set.host.model().seq());
    set.host.ask(cid, seen, Command::Lock { on: true }).await.unwrap();
    for person in [&mut set.host, &mut ben] {
        let ended = person.until_ended().await.unwrap();
        assert_eq!(ended.close_code(), Some(CloseCode::RoomFault));
        assert!(CloseCode::RoomFault.come_back());
    }
    other.must("life in another room", Command::Lock { on: true }).await.unwrap();
    set.host.come_back().await.unwrap();
    ben.come_back().await.unwrap();
    assert_eq!(set.agree(&mut [&mut ben]).await, before);
    set.host.ask(cid, seen, Command::Lock { on: true }).await.unwrap();
    assert_eq!(set.host.answer_to(cid).await.unwrap(), Answer::Done(seen.next()));
    set.server.until_figure("setroom_room_rooms_live", 2.0).await;
    set.server.until_figure("setroom_room_seats_connected", 3.0).await;
}

/// Everything until the end: whether `restart` came, with how much delay, and the close code.
async fn restarted(who: &mut Client) -> (Option<u64>, u16) {
    let mut after = None;
    let ended: Ended = loop {
        match who.next().await {
            Ok(ServerFrame::Restart { after_ms }) => after = Some(after_ms),
            Ok(_) => assert_eq!(after, None, "nothing comes after `restart`"),
            Err(setroom_client::ClientError::Ended(ended)) => break ended,
            Err(other) => panic!("{other}"),
        }
    };
    (after, closed(&ended))
}

// fault: F5 — what is under way is written, and everybody is given another moment to come back
#[tokio::test]
async fn a_stop_tells_everybody_when_to_come_back_and_finishes_what_is_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let fatal = Fatal::new(|what| panic!("{what}"));
    let options = SqliteOptions {
        folder: folder.path().to_owned(),
        max_bytes: None,
        reserve_bytes: 0,
        fatal,
    };
    let disk = SqliteJournal::open(&options, Metrics::new()).unwrap();
    let (mut set, journal, mut ben) = faulty_over(disk).await;
    let mut knocking = set.knock(LinkRole::Member, "Cleo").await;
    let (cid, seen) = (ben.fresh_cid(), ben.model().seq());
    let arrived = journal.arrived();
    journal.hold_appends(true);
    ben.ask(cid, seen, Command::AgreeCharter).await.unwrap();
    journal.until_arrived(arrived + 1).await;
    let Set { server, mut host, .. } = set;
    let stopping = tokio::spawn(server.running.stop());
    for who in [&mut host, &mut ben, &mut knocking] {
        let (after, code) = restarted(who).await;
        assert_eq!(code, 1012);
        assert!((500..=4_500).contains(&after.unwrap()), "{after:?}");
    }
    journal.hold_appends(false);
    assert!(soon(stopping).await.unwrap(), "all ended by themselves");
    // Asked again of the process that comes after, it is done, and once.
    let on_disk = |config: &mut Config| {
        config.journal = JournalKind::Sqlite;
        config.data = folder.path().to_owned();
    };
    let after = start(on_disk).await;
    let mut line = dial_to(&after).connect().await.unwrap();
    line.send(&ben.keyring().come_back(Some(seen))).await.unwrap();
    let cmd = Command::AgreeCharter;
    line.send(&ClientFrame::Do { cid, seen, cmd }).await.unwrap();
    let done = soon(async {
        loop {
            if let ServerFrame::Done { cid: of, seq } = line.next().await.unwrap() {
                return (of, seq);
            }
        }
    })
    .await;
    assert_eq!(done, (cid, seen.next()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quiet_room_does_not_say_goodbye_before_its_sockets_do() {
    for _ in 0..5 {
        let (mut set, _journal, ben) = faulty().await;
        let mut people = vec![ben];
        for _ in 0..8 {
            people.push(set.person(LinkRole::Member, "Cleo").await);
        }
        let stopping = tokio::spawn(set.server.running.stop());
        for person in &mut people {
            let (after, code) = restarted(person).await;
            assert_eq!((after.is_some(), code), (true, 1012));
        }
        drop(set.host);
        assert!(soon(stopping).await.unwrap());
    }
}

#[tokio::test]
async fn a_stop_does_not_wait_for_what_cannot_be_written() {
    let (set, journal, mut ben) = faulty().await;
    let (cid, seen) = (ben.fresh_cid(), ben.model().seq());
    let arrived = journal.arrived();
    journal.hold_appends(true);
    journal.fail([Fault::Busy]);
    ben.ask(cid, seen, Command::AgreeCharter).await.unwrap();
    journal.until_arrived(arrived + 1).await;
    let stopping = tokio::spawn(set.server.running.stop());
    assert_eq!(restarted(&mut ben).await.1, 1012);
    journal.hold_appends(false);
    assert!(soon(stopping).await.unwrap(), "all ended by themselves");
}

#[tokio::test]
async fn a_set_is_not_made_when_it_cannot_be_written() {
    let (mut set, journal, _ben) = faulty().await;
    let links = setroom_client::Links::generate(
        setroom_protocol::SetId::from_bytes([4; 16]),
        &mut set.fresh_rng(),
    );
    let meeting = setroom_protocol::MeetingId::from_bytes([5; 16]);
    let founding = links.founding(meeting, "short_90", "classic", setroom_protocol::Mode::Set);
    let body = serde_json::to_string(&founding).unwrap();
    journal.fail([Fault::Busy]);
    assert_eq!(set.dial.post("/api/sets", &body).await.unwrap().status, 503);
    assert_eq!(set.dial.post("/api/sets", &body).await.unwrap().status, 201);
    let key = RoomKey([4; 16]);
    assert_eq!(journal.inner.follow(key).await.unwrap().entries.len(), 1);
    assert_eq!(
        append(journal.inner.as_ref(), &key, Head::default(), 1, "x").await,
        Err(AppendError::Stale)
    );
}
