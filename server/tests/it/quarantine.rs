//! A command that makes the program panic, again and again: it is found, and the room lives on.

use setroom_client::{Answer, Client};
use setroom_protocol::{ClientFrame, CloseCode, Code, Command, CommandId, ServerFrame};

use crate::faults::faulty;
use crate::support::faulty::{Fault, Faulty};
use crate::support::people::{Set, snapshot};

/// What the host asks for makes the room panic, and everybody is back in it.
async fn panic_over(
    set: &mut Set,
    ben: &mut Client,
    journal: &Faulty,
    cid: CommandId,
    command: Command,
) {
    journal.fail([Fault::Panic]);
    set.host.ask(cid, set.host.model().seq(), command).await.unwrap();
    all_back(set, ben).await;
}

async fn all_back(set: &mut Set, ben: &mut Client) {
    for person in [&mut set.host, ben] {
        let ended = person.until_ended().await.unwrap();
        assert_eq!(ended.close_code(), Some(CloseCode::RoomFault));
        person.come_back().await.unwrap();
    }
}

async fn answer_of(set: &mut Set, cid: CommandId, command: Command) -> Answer {
    set.host.ask(cid, set.host.model().seq(), command).await.unwrap();
    set.host.answer_to(cid).await.unwrap()
}

fn refused(code: Code) -> Answer {
    Answer::Refused { code, temporary: code.temporary() }
}

// fault: F17 — a command that panics twice is refused from then on; its room takes all others
#[tokio::test]
async fn a_command_that_panics_twice_is_not_tried_again() {
    let (mut set, journal, mut ben) = faulty().await;
    let cid = set.host.fresh_cid();
    let lock = Command::Lock { on: true };
    panic_over(&mut set, &mut ben, &journal, cid, lock.clone()).await;
    panic_over(&mut set, &mut ben, &journal, cid, lock.clone()).await;
    let arrived = journal.arrived();
    assert_eq!(answer_of(&mut set, cid, lock.clone()).await, refused(Code::Quarantined));
    assert_eq!(journal.arrived(), arrived, "it is not tried");
    // The same wish under a new id is another command, and everything else goes on.
    let again = set.host.fresh_cid();
    assert!(answer_of(&mut set, again, lock.clone()).await.done().is_some());
    assert_eq!(answer_of(&mut set, cid, lock).await, refused(Code::Quarantined));
    assert_eq!(set.agree(&mut [&mut ben]).await["locked"], true);
}

// fault: F17 — of commands that were in hand together only the one that panics is quarantined
#[tokio::test]
async fn who_was_only_near_a_panic_is_cleared_by_being_done() {
    let (mut set, journal, mut ben) = faulty().await;
    let [first, guilty, near] = std::array::from_fn(|_| set.host.fresh_cid());
    let seen = set.host.model().seq();
    let (lock, agree) = (Command::Lock { on: false }, Command::AgreeCharter);
    // While the first is being written the two others meet in the mailbox, and so in one entry.
    let arrived = journal.arrived();
    journal.hold_appends(true);
    journal.fail([Fault::Fine, Fault::Panic]);
    set.host.ask(first, seen, Command::Lock { on: true }).await.unwrap();
    journal.until_arrived(arrived + 1).await;
    set.host.ask(guilty, seen, lock.clone()).await.unwrap();
    ben.ask(near, seen, agree.clone()).await.unwrap();
    for person in [&mut set.host, &mut ben] {
        // What was sent before a sign of life is in the mailbox when that is answered.
        person.connection().unwrap().send(&ClientFrame::Ping { sent: 1 }).await.unwrap();
        while !matches!(person.next().await.unwrap(), ServerFrame::Pong { .. }) {}
    }
    journal.hold_appends(false);
    all_back(&mut set, &mut ben).await;
    // Sent again at the same moment, they are decided one by one.
    journal.fail([Fault::Panic]);
    set.host.ask(guilty, seen, lock.clone()).await.unwrap();
    all_back(&mut set, &mut ben).await;
    ben.ask(near, seen, agree).await.unwrap();
    assert!(ben.answer_to(near).await.unwrap().done().is_some());
    assert_eq!(answer_of(&mut set, guilty, lock).await, refused(Code::Quarantined));
}

// fault: F17 — three panics in a minute: the room is shown and takes no command for five minutes
#[tokio::test]
async fn a_room_that_panics_three_times_in_a_minute_can_only_be_looked_at() {
    let (mut set, journal, mut ben) = faulty().await;
    for _ in 0..3 {
        let cid = set.host.fresh_cid();
        panic_over(&mut set, &mut ben, &journal, cid, Command::Lock { on: true }).await;
    }
    let (cid, seen) = (set.host.fresh_cid(), set.host.model().seq());
    let lock = Command::Lock { on: true };
    assert_eq!(answer_of(&mut set, cid, lock.clone()).await, refused(Code::NotSaved));
    assert_eq!(snapshot(&set.dial, &ben).await.0, seen, "everybody still sees it");
    set.server.clock.advance(5 * 60_000 - 1);
    assert_eq!(answer_of(&mut set, cid, lock.clone()).await, refused(Code::NotSaved));
    set.server.clock.advance(1);
    assert_eq!(answer_of(&mut set, cid, lock).await, Answer::Done(seen.next()));
}
