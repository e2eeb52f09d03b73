//! Rules that panic: what met one is refused, and nobody else notices.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use setroom_checker::planted::Wrapped;
use setroom_client::{Answer, Client, create_set};
use setroom_protocol::view::{Step, step};
use setroom_protocol::{
    Caller, Change, ClientFrame, CloseCode, Code, Command, DeviceId, Knock, LinkRole, Mode,
    Presence, Recorded, Refusal, Room, ServerFrame, Timestamp, decide, limits, tick,
};
use setroom_protocol::{Entrance, enter};
use setroom_server::journal::MemoryJournal;
use setroom_server::rules::Rules;

use crate::support::faulty::Faulty;
use crate::support::people::{Set, door, roomy};
use crate::support::{as_journal, start_with};

/// Rules of which each panics so many times more when it comes to what a test has in mind.
#[derive(Debug, Default)]
struct Panicking {
    /// Deciding on a lock.
    decides: AtomicUsize,
    /// Putting a lock into a room that is not shown: a copy, or one that is loaded.
    applies: AtomicUsize,
    /// Putting a lock into the room.
    steps: AtomicUsize,
    /// What the room does by itself.
    ticks: AtomicUsize,
    /// What a knock leads to.
    enters: AtomicUsize,
}

fn meets(left: &AtomicUsize) {
    let spend = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    assert!(spend.is_err(), "a fault in the program, as the test wants it");
}

fn locks(record: &Recorded) -> bool {
    matches!(record.change, Change::Locked { .. })
}

impl Rules for Panicking {
    fn decide(
        &self,
        room: &Room,
        around: &Presence,
        asker: Caller,
        command: &Command,
        now: Timestamp,
    ) -> Result<Vec<Change>, Refusal> {
        if matches!(command, Command::Lock { .. }) {
            meets(&self.decides);
        }
        decide(room, around, asker, command, now)
    }

    fn enter(&self, room: &Room, around: &Presence, knock: &Knock) -> Result<Entrance, Refusal> {
        meets(&self.enters);
        enter(room, around, knock)
    }

    fn tick(&self, room: &Room, around: &Presence, now: Timestamp) -> Vec<Change> {
        meets(&self.ticks);
        tick(room, around, now)
    }

    fn apply(&self, room: &mut Room, record: &Recorded) {
        if locks(record) {
            meets(&self.applies);
        }
        room.apply(record);
    }

    fn step(
        &self,
        room: &mut Room,
        record: &Recorded,
        watching: &mut dyn Iterator<Item = DeviceId>,
    ) -> Step {
        if locks(record) {
            meets(&self.steps);
        }
        step(room, record, watching)
    }
}

async fn panicking() -> (Set, Arc<Panicking>, Faulty, Client) {
    let (rules, journal) = (Arc::<Panicking>::default(), Faulty::new(MemoryJournal::new()));
    let (own, kept) = (Arc::clone(&rules), journal.clone());
    let server = start_with(roomy, |deps| {
        deps.rules = own;
        deps.journal = Some(as_journal(Wrapped(kept)));
    })
    .await;
    let mut set = Set::on(server, MemoryJournal::new()).await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.agree(&mut [&mut ben]).await;
    (set, rules, journal, ben)
}

const REFUSED: Answer = Answer::Refused { code: Code::Quarantined, temporary: false };

// fault: F17 — a command that panics is refused at once, and nobody loses their line
#[tokio::test]
async fn a_command_that_panics_is_refused_and_nobody_is_disconnected() {
    let (mut set, rules, journal, mut ben) = panicking().await;
    rules.decides.store(1, Ordering::SeqCst);
    let (cid, seen, arrived) = (set.host.fresh_cid(), set.host.model().seq(), journal.arrived());
    let lock = Command::Lock { on: true };
    set.host.ask(cid, seen, lock.clone()).await.unwrap();
    assert_eq!(set.host.answer_to(cid).await.unwrap(), REFUSED);
    assert_eq!(journal.arrived(), arrived, "nothing was written");
    set.server.until_figure("setroom_room_faults_total{fault=\"panicked\"}", 1.0).await;
    // On the same lines everything goes on, also the very same command.
    ben.must("life on the same line", Command::AgreeCharter).await.unwrap();
    set.host.ask(cid, seen, lock).await.unwrap();
    assert!(set.host.answer_to(cid).await.unwrap().done().is_some());
    assert_eq!(set.agree(&mut [&mut ben]).await["locked"], true);
}

/// What was sent before a sign of life is in the mailbox when that is answered.
async fn settled(person: &mut Client) {
    person.connection().unwrap().send(&ClientFrame::Ping { sent: 1 }).await.unwrap();
    while !matches!(person.next().await.unwrap(), ServerFrame::Pong { .. }) {}
}

// fault: F17 — of commands that are written together only the one that panics is refused
#[tokio::test]
async fn who_is_in_one_entry_with_a_panic_is_written_all_the_same() {
    Box::pin(in_one_entry(false)).await;
    Box::pin(in_one_entry(true)).await;
}

/// The one that panics comes before the others, or between them.
async fn in_one_entry(is_first: bool) {
    let (mut set, rules, journal, mut ben) = panicking().await;
    let [first, guilty, after] = std::array::from_fn(|_| set.host.fresh_cid());
    let near = ben.fresh_cid();
    let seen = set.host.model().seq();
    // While the first is being written the others meet in the mailbox, and so in one entry.
    let arrived = journal.arrived();
    journal.hold_appends(true);
    set.host.ask(first, seen, Command::SetMode { mode: Mode::Double }).await.unwrap();
    journal.until_arrived(arrived + 1).await;
    // It panics on the copy on which what follows it would be decided.
    rules.applies.store(1, Ordering::SeqCst);
    if !is_first {
        ben.ask(near, seen, Command::AgreeCharter).await.unwrap();
        settled(&mut ben).await;
    }
    set.host.ask(guilty, seen, Command::Lock { on: true }).await.unwrap();
    set.host.ask(after, seen, Command::NameScribe { seat: ben.seat().ok() }).await.unwrap();
    settled(&mut set.host).await;
    if is_first {
        ben.ask(near, seen, Command::AgreeCharter).await.unwrap();
        settled(&mut ben).await;
    }
    journal.hold_appends(false);
    assert_eq!(set.host.answer_to(guilty).await.unwrap(), REFUSED);
    assert!(set.host.answer_to(after).await.unwrap().done().is_some());
    assert!(ben.answer_to(near).await.unwrap().done().is_some());
    assert_eq!(journal.arrived(), arrived + 2, "two entries");
    assert_eq!(set.agree(&mut [&mut ben]).await["locked"], false);
}

// fault: F17 — a knock that panics is refused, and the next one comes to the door
#[tokio::test]
async fn a_knock_that_panics_is_refused_and_the_room_goes_on() {
    let (mut set, rules, _journal, mut ben) = panicking().await;
    rules.enters.store(1, Ordering::SeqCst);
    let dial = set.dial.clone();
    let link = set.links.of(LinkRole::Member).clone();
    let refused = Client::knock(&dial, &link, "Cleo", set.fresh_rng()).await;
    assert!(refused.is_err());
    let mut cleo = set.person(LinkRole::Member, "Cleo").await;
    set.agree(&mut [&mut ben, &mut cleo]).await;
}

// fault: F17 — what a room does by itself and panics is tried again a second later
#[tokio::test]
async fn time_that_panics_is_tried_again_after_a_while() {
    let (mut set, rules, _journal, mut ben) = panicking().await;
    set.host_does(Command::Start).await;
    set.host.cut();
    ben.wait_for("the absence", |m| m.no_facilitator_since.is_some()).await.unwrap();
    rules.ticks.store(1, Ordering::SeqCst);
    set.server.clock.advance(limits::HOLD_AFTER_MS);
    set.server.until_figure("setroom_room_faults_total{fault=\"panicked\"}", 1.0).await;
    ben.must("life on the same line", Command::AgreeCharter).await.unwrap();
    assert!(ben.shared().unwrap().hold.is_none());
    set.server.clock.advance(1_000);
    ben.wait_for("the hold", |m| m.shared().is_some_and(|view| view.hold.is_some())).await.unwrap();
}

// fault: F17 — what is written and cannot be put into the room is a damaged set, and says so
#[tokio::test]
async fn a_change_that_panics_after_it_was_written_is_damage_and_said_to_be() {
    let (mut set, rules, _journal, mut ben) = panicking().await;
    let (dial, mut rng) = (set.dial.clone(), set.fresh_rng());
    let links = create_set(&dial, "short_90", "wial", Mode::Set, &mut rng).await.unwrap();
    let mut other = Client::host(&dial, &links, "Friday", "Dev", set.fresh_rng()).await.unwrap();
    rules.steps.store(1, Ordering::SeqCst);
    rules.applies.store(1, Ordering::SeqCst);
    let (cid, seen) = (set.host.fresh_cid(), set.host.model().seq());
    set.host.ask(cid, seen, Command::Lock { on: true }).await.unwrap();
    for person in [&mut set.host, &mut ben] {
        let ended = person.until_ended().await.unwrap();
        assert_eq!(ended.close_code(), Some(CloseCode::RoomFault));
    }
    // Nor can it be when the set is loaded.
    let back = ben.keyring().come_back(None);
    assert_eq!(door(&dial, &back).await, (vec![], 4510));
    set.server.until_figure("setroom_room_faults_total{fault=\"damaged\"}", 2.0).await;
    other.must("life in another room", Command::Lock { on: true }).await.unwrap();
    // What it was has not been written over: with a program that can, it opens as it is.
    ben.come_back().await.unwrap();
    assert_eq!(ben.model().shared_value()["locked"], true);
}
