//! What a command comes to: applied, refused, repeated, raced.

use std::collections::HashMap;

use setroom_checker::planted::Wrapped;
use setroom_client::{Answer, Client, Tape};
use setroom_protocol::room::{Clock, Stage};
use setroom_protocol::{
    ClientFrame, Code, Command, CommandId, LinkRole, Seq, ServerFrame, TextKind, limits,
};
use setroom_server::config::JournalKind;
use setroom_server::journal::MemoryJournal;

use crate::support::faulty::Faulty;
use crate::support::people::{Set, dial_to, frames, line, roomy, set, snapshot};
use crate::support::{as_journal, start, start_with};

/// Asks with a chosen id and place.
async fn ask(client: &mut Client, seen: Seq, command: Command) -> Answer {
    let cid = client.fresh_cid();
    client.ask(cid, seen, command).await.unwrap();
    client.answer_to(cid).await.unwrap()
}

/// In what a connection received, every answer comes after all that it speaks of.
fn answers_come_after_changes(tape: &Tape) -> usize {
    let mut last = 0;
    let mut completes = HashMap::new();
    let mut answers = 0;
    for frame in frames(tape) {
        let seq = frame["seq"].as_u64();
        match frame["t"].as_str().unwrap() {
            "snapshot" | "skip" => last = seq.unwrap(),
            "change" => {
                last = seq.unwrap();
                if let Some(cid) = frame["re"].as_str() {
                    completes.insert(cid.to_owned(), last);
                }
            }
            "own" => assert!(seq.unwrap() <= last, "an own part before its change"),
            "done" => {
                answers += 1;
                assert!(seq.unwrap() <= last, "an answer before its change");
                let completed = completes.get(frame["cid"].as_str().unwrap());
                assert!(completed.is_none_or(|at| Some(*at) == seq), "another place");
            }
            _ => {}
        }
    }
    answers
}

#[tokio::test]
async fn applied_refused_and_done_come_in_order() {
    let mut set = set().await;
    let (mut ben, tape) = set.taped(LinkRole::Member, "Ben").await;
    let before = set.agree(&mut [&mut ben]).await;
    let written = set.written().await;
    for (command, code) in [
        (Command::Next, Code::Role),
        (Command::AgreeCharter, Code::Already),
        (Command::Tick { on: true }, Code::Stage),
        (Command::LowerHand { seat: None }, Code::Stage),
    ] {
        if code == Code::Already {
            assert!(ben.do_(command.clone()).await.unwrap().done().is_some());
        }
        assert_eq!(ben.do_(command).await.unwrap().refused(), Some(code));
    }
    assert_eq!(set.written().await, written + 1, "only the first agreement was written");
    assert_ne!(set.agree(&mut [&mut ben]).await, before);
    set.host_does(Command::Start).await;
    set.host_does(Command::Next).await;
    set.host_does(Command::Next).await;
    let done = ben.put(TextKind::Name, "Ben B", None).await.unwrap().1;
    assert!(done.done().is_some());
    set.agree(&mut [&mut ben]).await;
    assert!(answers_come_after_changes(&tape) >= 3);
    assert_eq!(ben.model().sequence.duplicated, 0);
}

// fault: F21 — fifty times one command, later on another line too: one append, one answer
#[tokio::test]
async fn a_repeat_gets_the_same_answer_also_on_another_line_and_while_it_is_under_way() {
    let journal = Faulty::new(MemoryJournal::new());
    let parts = journal.clone();
    let server = start_with(roomy, |deps| deps.journal = Some(as_journal(Wrapped(parts)))).await;
    let mut set = Set::on(server, Default::default()).await;
    let (mut ben, tape) = set.taped(LinkRole::Member, "Ben").await;
    set.agree(&mut [&mut ben]).await;
    let (cid, seen) = (ben.fresh_cid(), ben.model().seq());
    let arrived = journal.arrived();
    journal.hold_appends(true);
    // Fifty times before it is written, some before it is on its way and some after: each gets an
    // answer, and all the same one.
    for _ in 0..25 {
        ben.ask(cid, seen, Command::AgreeCharter).await.unwrap();
    }
    journal.until_arrived(arrived + 1).await;
    for _ in 0..25 {
        ben.ask(cid, seen, Command::AgreeCharter).await.unwrap();
    }
    // The room has taken them all in when it has let this one in after them.
    ben.connection().unwrap().send(&ClientFrame::Ping { sent: 1 }).await.unwrap();
    while !matches!(ben.next().await.unwrap(), ServerFrame::Pong { .. }) {}
    snapshot(&set.dial, &set.host).await;
    journal.hold_appends(false);
    let first = ben.answer_to(cid).await.unwrap().done().unwrap();
    let done = |tape: &Tape| {
        let frames = frames(tape);
        frames
            .iter()
            .filter(|frame| frame["cid"] == serde_json::json!(cid))
            .cloned()
            .collect::<Vec<_>>()
    };
    while done(&tape).len() < 50 {
        ben.next().await.unwrap();
    }
    let all = done(&tape);
    assert!(all.iter().all(|answer| answer["t"] == "done" && answer["seq"] == first.0), "{all:?}");
    answers_come_after_changes(&tape);
    ben.cut();
    ben.come_back().await.unwrap();
    ben.ask(cid, seen, Command::AgreeCharter).await.unwrap();
    assert_eq!(ben.answer_to(cid).await.unwrap(), Answer::Done(first));
    assert_eq!(journal.arrived(), arrived + 1);
}

// fault: F8 — a command that is repeated after a restart is not done again and gets its old place
#[tokio::test]
async fn a_repeat_after_a_restart_gets_the_same_answer() {
    let folder = tempfile::tempdir().unwrap();
    let on_disk = |config: &mut setroom_server::config::Config| {
        roomy(config);
        config.journal = JournalKind::Sqlite;
        config.data = folder.path().to_owned();
    };
    let mut set = Set::on(start(on_disk).await, Default::default()).await;
    let (cid, seen) = (set.host.fresh_cid(), set.host.model().seq());
    set.host.ask(cid, seen, Command::Lock { on: true }).await.unwrap();
    let answer = set.host.answer_to(cid).await.unwrap();
    let view = set.host.model().shared_value().clone();
    let mut before = set.host.keyring().come_back(None);
    assert!(set.server.running.stop().await);

    let server = start(on_disk).await;
    if let ClientFrame::Resume { since, .. } = &mut before {
        *since = None;
    }
    let mut line = line(&dial_to(&server), &before).await;
    let shown: serde_json::Value = serde_json::from_str(&line.next_text().await.unwrap()).unwrap();
    assert_eq!(shown["shared"], view);
    let repeat = ClientFrame::Do { cid, seen, cmd: Command::Lock { on: true } };
    line.send(&repeat).await.unwrap();
    loop {
        let frame = line.next().await.unwrap();
        if let ServerFrame::Done { cid: of, seq } = frame {
            assert_eq!((of, Answer::Done(seq)), (cid, answer));
            return;
        }
    }
}

// fault: F22 — of two presses on one screen one is done, the other is told that it is stale
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_press_next_at_once_and_the_meeting_moves_once() {
    let mut set = set().await;
    let mut co = set.person(LinkRole::CoFacilitator, "Cora").await;
    set.host_does(Command::Start).await;
    for round in 1..=10 {
        set.agree(&mut [&mut co]).await;
        let seen = set.host.model().seq();
        assert_eq!(co.model().seq(), seen);
        let (one, two) = tokio::join!(
            ask(&mut set.host, seen, Command::Next),
            ask(&mut co, seen, Command::Next)
        );
        let answers = [one, two];
        assert_eq!(answers.iter().filter(|answer| answer.done().is_some()).count(), 1);
        assert!(answers.iter().any(|answer| answer.refused() == Some(Code::Stale)));
        set.agree(&mut [&mut co]).await;
        assert_eq!(set.host.shared().unwrap().now.unwrap().part, round);
    }
}

/// A set with a member, on a journal that can hold back what comes to it.
async fn over_a_journal_that_holds() -> (Faulty, Set, Client) {
    let journal = Faulty::new(MemoryJournal::new());
    let parts = journal.clone();
    let server = start_with(roomy, |deps| deps.journal = Some(as_journal(Wrapped(parts)))).await;
    let mut set = Set::on(server, Default::default()).await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    (journal, set, ben)
}

const BUSY: &str = "setroom_room_commands_total{outcome=\"busy\"}";

/// Asks more than a room lets wait, and hears of the last one that the room is busy.
async fn asks_300_times(ben: &mut Client) -> Vec<CommandId> {
    let (seen, mut cids) = (ben.model().seq(), Vec::new());
    for _ in 0..300 {
        let cid = ben.fresh_cid();
        ben.ask(cid, seen, Command::AgreeCharter).await.unwrap();
        cids.push(cid);
    }
    let last = ben.answer_to(cids.pop().unwrap()).await.unwrap();
    assert_eq!(last, Answer::Refused { code: Code::Busy, temporary: true });
    cids
}

/// How many of them, and of the last one, the room was too busy for.
async fn busy_of(ben: &mut Client, cids: &[CommandId]) -> u32 {
    let mut busy = 1;
    for cid in cids {
        match ben.answer_to(*cid).await.unwrap() {
            Answer::Refused { code: Code::Busy, .. } => busy += 1,
            Answer::Refused { code: Code::Already | Code::Stage, .. } => {}
            other @ (Answer::Done(_) | Answer::Refused { .. }) => panic!("{other:?}"),
        }
    }
    assert!((2..300).contains(&busy), "{busy}");
    busy
}

#[tokio::test]
async fn a_room_that_is_too_busy_says_so_at_once() {
    let (journal, mut set, mut ben) = over_a_journal_that_holds().await;
    let seen = ben.model().seq();
    journal.hold_appends(true);
    let arrived = journal.arrived();
    let first = ben.fresh_cid();
    ben.ask(first, seen, Command::AgreeCharter).await.unwrap();
    journal.until_arrived(arrived + 1).await;
    let cids = asks_300_times(&mut ben).await;
    // Those beyond what may wait are answered while the journal still stands still.
    journal.hold_appends(false);
    assert!(ben.answer_to(first).await.unwrap().done().is_some());
    let busy = busy_of(&mut ben, &cids).await;
    assert_eq!(set.server.figure(BUSY).await, Some(f64::from(busy)));
    set.agree(&mut [&mut ben]).await;
}

/// While a room writes down what it keeps of a closed meeting it reads nothing.
#[tokio::test]
async fn a_room_that_reads_nothing_says_so_at_once() {
    let (journal, mut set, mut ben) = over_a_journal_that_holds().await;
    ben.must("his yes", Command::AgreeCharter).await.unwrap();
    set.host_does(Command::Start).await;
    journal.hold_states(true);
    let closed = set.host_does(Command::Close).await;
    ben.catch_up(closed).await.unwrap();
    journal.until_a_state_waits().await;
    let cids = asks_300_times(&mut ben).await;
    journal.hold_states(false);
    let busy = busy_of(&mut ben, &cids).await;
    assert_eq!(set.server.figure(BUSY).await, Some(f64::from(busy)));
    set.agree(&mut [&mut ben]).await;
}

#[tokio::test]
async fn undo_brings_the_very_clock_back_for_thirty_seconds() {
    let mut set = set().await;
    set.host_does(Command::Start).await;
    set.server.clock.advance(60_000);
    let clock = set.host.shared().unwrap().clock;
    assert!(matches!(clock, Clock::Running { .. }));
    set.host_does(Command::Next).await;
    set.server.clock.advance(limits::UNDO_MS);
    set.host_does(Command::Undo).await;
    let shared = set.host.shared().unwrap();
    assert_eq!((shared.clock, shared.now.unwrap().part), (clock, 0));
    set.host_does(Command::Next).await;
    set.server.clock.advance(limits::UNDO_MS + 1);
    let late = set.host.do_(Command::Undo).await.unwrap();
    assert_eq!(late.refused(), Some(Code::NothingToUndo));
}

#[tokio::test]
async fn an_empty_room_is_unloaded_and_comes_back_as_it_was() {
    let mut set = set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.host_does(Command::Lock { on: true }).await;
    let view = set.agree(&mut [&mut ben]).await;
    set.server.until_figure("setroom_room_rooms_live", 1.0).await;
    ben.go().await.unwrap();
    set.host.go().await.unwrap();
    set.server.until_figure("setroom_room_seats_connected", 0.0).await;
    set.server.clock.advance(15 * 60_000);
    set.server.until_figure("setroom_room_rooms_live", 0.0).await;
    ben.come_back().await.unwrap();
    set.host.come_back().await.unwrap();
    assert!(!set.host.model().gap, "nothing was missed, so there is no gap");
    assert_eq!(set.agree(&mut [&mut ben]).await, view);
}

#[tokio::test]
async fn controls_are_handed_over_and_come_back() {
    let mut set = set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let seat = ben.seat().unwrap();
    set.host_does(Command::HandOver { seat }).await;
    ben.wait_for("the controls", |m| m.own().is_some_and(|own| own.controls)).await.unwrap();
    ben.must("a start by the lead", Command::Start).await.unwrap();
    assert_eq!(ben.do_(Command::Lock { on: true }).await.unwrap().refused(), Some(Code::Role));
    set.host_does(Command::TakeBack).await;
    let seq = set.host.model().seq();
    ben.catch_up(seq).await.unwrap();
    assert_eq!(ben.do_(Command::Next).await.unwrap().refused(), Some(Code::Role));
    assert_eq!(set.agree(&mut [&mut ben]).await["stage"], serde_json::json!(Stage::Running));
}

#[tokio::test]
async fn the_queue_lights_one_after_the_other() {
    let mut set = set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let mut cleo = set.person(LinkRole::Member, "Cleo").await;
    let (first, second) = (ben.seat().unwrap(), cleo.seat().unwrap());
    let host = set.host.seat().unwrap();
    set.host_does(Command::SetOrder { order: vec![host] }).await;
    set.host_does(Command::Start).await;
    let parts = &set.host.shared().unwrap().agenda;
    let explore = parts.iter().position(|part| part.id == "classic.explore").unwrap();
    set.host_does(Command::GoTo { part: u32::try_from(explore).unwrap() }).await;
    set.agree(&mut [&mut ben, &mut cleo]).await;
    for person in [&mut ben, &mut cleo] {
        let answer = person.do_(Command::AgreeCharter).await.unwrap();
        assert!(answer.done().is_some());
        person.must("a hand", Command::RaiseHand { kind: None, seat: None }).await.unwrap();
    }
    let lit = |seat| {
        move |m: &setroom_client::Model| {
            m.shared().is_some_and(|view| view.asking.is_some_and(|asking| asking.seat == seat))
        }
    };
    ben.wait_for("the floor", lit(first)).await.unwrap();
    let seq = ben.must("the end of a question", Command::EndTurn).await.unwrap();
    set.host.catch_up(seq).await.unwrap();
    set.server.clock.advance(limits::SETTLE_GAP_MS - 1);
    // Nobody lights up before the gap is over: a command at this moment still finds nobody.
    let early = set.host.do_(Command::EndTurn).await.unwrap();
    assert_eq!(early.refused(), Some(Code::NoTurn));
    set.server.clock.advance(1);
    cleo.wait_for("the floor", lit(second)).await.unwrap();
    set.agree(&mut [&mut ben, &mut cleo]).await;
}
