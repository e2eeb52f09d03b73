//! What people rely on when lines break and the server dies at the worst moment. Everybody logs what
//! they do, and the checker judges.

use setroom_client::{Answer, Client, Connection, Keyring, Place};
use setroom_protocol::room::Clock;
use setroom_protocol::{
    ClientFrame, CloseCode, Code, Command, CommandId, ItemId, LinkRole, Put, Seq, TextKind,
};
use setroom_server::journal::MemoryJournal;

use crate::support::judged::Judge;
use crate::support::people::{Set, door, door_of, line};
use crate::support::soon;

/// Reads until this command is answered so many times, and gives the places.
async fn answers(line: &mut Connection, cid: CommandId, count: usize) -> Vec<u64> {
    let mut places = Vec::new();
    while places.len() < count {
        let text = soon(line.next_text()).await.unwrap();
        let frame: serde_json::Value = serde_json::from_str(&text).unwrap();
        if frame["cid"] == serde_json::json!(cid) {
            places.push(frame["seq"].as_u64().unwrap_or_default());
        }
    }
    places
}

/// Sends a command again as a client does after a lost line.
async fn again(who: &mut Client, cid: CommandId, seen: Seq, command: Command) -> Answer {
    who.ask(cid, seen, command).await.unwrap();
    who.answer_to(cid).await.unwrap()
}

async fn go_to(set: &mut Set, id: &str, people: &mut [&mut Client]) {
    let agenda = set.host.shared().unwrap().agenda;
    let part = agenda.iter().position(|part| part.id == id).unwrap();
    let seq = set.host_does(Command::GoTo { part: u32::try_from(part).unwrap() }).await;
    for person in people {
        person.catch_up(seq).await.unwrap();
    }
}

/// The next revision of somebody's name, sealed with the key that they have.
fn name(who: &mut Client, text: &str, seed: u64) -> Put {
    let (shared, own) = (who.shared().unwrap(), who.model().own().unwrap());
    let item = ItemId::from_bytes(*own.seat.as_bytes());
    let rev = shared.items.get(&item).map_or(1, |item| item.rev + 1);
    let (meeting, seat, kind) = (shared.meeting, own.seat, TextKind::Name);
    let place = Place { meeting, seat, kind, item, rev, own: false };
    let keyring = who.keyring_mut();
    keyring.count_from(own.next_n);
    keyring.seal(&place, text, None, &mut crate::support::people::rng(seed)).unwrap()
}

// fault: F21 — the same command fifty times over three lines is done once, and answered alike
#[tokio::test]
async fn one_command_fifty_times_over_three_lines_is_one_row() {
    let judge = Judge::new();
    let mut set = judge.set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.agree(&mut [&mut ben]).await;
    let back = ben.keyring().come_back(None);
    let mut others = [line(&set.dial, &back).await, line(&set.dial, &back).await];
    for other in &mut others {
        soon(other.next_text()).await.unwrap();
    }
    let (cid, seen) = (ben.fresh_cid(), ben.model().seq());
    let frame = ClientFrame::Do { cid, seen, cmd: Command::AgreeCharter };
    let written = set.written().await;
    for n in 0..50 {
        match n % 3 {
            0 => ben.connection().unwrap().send(&frame).await.unwrap(),
            n => others[n - 1].send(&frame).await.unwrap(),
        }
    }
    let mut places = answers(ben.connection().unwrap(), cid, 17).await;
    places.extend(answers(&mut others[0], cid, 17).await);
    places.extend(answers(&mut others[1], cid, 16).await);
    assert!(places.iter().all(|place| *place == seen.0 + 1), "{places:?}");
    assert_eq!(set.written().await, written + 1);
    drop(others);
    ben.come_back().await.unwrap();
    set.agree(&mut [&mut ben]).await;
    judge.finds_nothing(&set).await;
}

// fault: F22 — of two facilitators who press Next together one moves the meeting, the other is told
#[tokio::test]
async fn ten_times_two_facilitators_press_next_together_and_no_part_is_skipped() {
    let judge = Judge::new();
    let mut set = judge.set().await;
    let mut co = set.person(LinkRole::CoFacilitator, "Cora").await;
    let seq = set.host_does(Command::Start).await;
    co.catch_up(seq).await.unwrap();
    for part in 1..=10 {
        let seen = set.host.model().seq();
        let (mine, theirs) = (set.host.fresh_cid(), co.fresh_cid());
        set.host.ask(mine, seen, Command::Next).await.unwrap();
        co.ask(theirs, seen, Command::Next).await.unwrap();
        let pair = [set.host.answer_to(mine).await.unwrap(), co.answer_to(theirs).await.unwrap()];
        let moved: Vec<_> = pair.iter().filter_map(|answer| answer.done()).collect();
        let told: Vec<_> = pair.iter().filter_map(|answer| answer.refused()).collect();
        assert_eq!((moved.len(), told), (1, vec![Code::Stale]), "{pair:?}");
        for person in [&mut set.host, &mut co] {
            person.catch_up(moved[0]).await.unwrap();
            assert_eq!(person.shared().unwrap().now.unwrap().part, part);
        }
    }
    set.agree(&mut [&mut co]).await;
    judge.finds_nothing(&set).await;
}

// fault: F23 — a presenter whose line breaks mid-text keeps the turn, the clock and the text
// fault: F2 — what was sent and not answered before the line broke is sent again and is there once
#[tokio::test]
async fn a_presenter_who_is_cut_off_in_the_middle_comes_back_to_everything() {
    let judge = Judge::new();
    let mut set = judge.set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let mut cleo = set.person(LinkRole::Member, "Cleo").await;
    let (seat, other) = (ben.seat().unwrap(), cleo.seat().unwrap());
    set.host_does(Command::SetOrder { order: vec![seat, other] }).await;
    set.host_does(Command::Start).await;
    ben.must("the charter", Command::AgreeCharter).await.unwrap();
    go_to(&mut set, "classic.present", &mut [&mut ben, &mut cleo]).await;
    let before = ben.shared().unwrap();
    assert_eq!(before.presenter, Some(seat));
    // The text is on its way when the line breaks: it may have arrived, or not.
    let put = name(&mut ben, "Ben, who presents", 31);
    let (cid, seen) = (ben.fresh_cid(), ben.model().seq());
    ben.ask(cid, seen, Command::Put(put.clone())).await.unwrap();
    ben.cut();
    set.host.wait_for("his absence", |model| !model.here.contains(&seat)).await.unwrap();
    set.server.clock.advance(20_000);
    let away = set.host.shared().unwrap();
    assert_eq!((away.presenter, away.clock), (Some(seat), before.clock), "the turn is kept");
    ben.come_back().await.unwrap();
    assert!(again(&mut ben, cid, seen, Command::Put(put.clone())).await.done().is_some());
    ben.keyring_mut().was_put(&put);
    let back = ben.shared().unwrap();
    assert_eq!((back.presenter, back.clock), (Some(seat), before.clock));
    // While he is away once more, the facilitator passes the turn on; the clock is not touched.
    ben.cut();
    set.host_does(Command::ChoosePresenter { seat: Some(other) }).await;
    ben.come_back().await.unwrap();
    let passed = ben.shared().unwrap();
    assert_eq!((passed.presenter, passed.clock), (Some(other), before.clock));
    assert!(matches!(passed.clock, Clock::Running { .. }));
    set.agree(&mut [&mut ben, &mut cleo]).await;
    judge.finds_nothing(&set).await;
}

// fault: F26 — five who knock when the link is changed are told so, and the old link opens nothing
#[tokio::test]
async fn five_who_knock_on_a_link_that_is_changed_stay_outside() {
    let judge = Judge::new();
    let mut set = judge.set().await;
    let mut knocking = Vec::new();
    for n in 0..5 {
        knocking.push(set.knock(LinkRole::Member, &format!("Knock {n}")).await);
    }
    set.host.wait_for("five knocks", |model| model.knocks.len() == 5).await.unwrap();
    assert!(set.host.rekey(&[LinkRole::Member]).await.unwrap().done().is_some());
    for person in &mut knocking {
        let told = |model: &setroom_client::Model| model.admission_refused.is_some();
        person.wait_for("why", told).await.unwrap();
        assert_eq!(person.model().admission_refused, Some(Code::LinkChanged));
        let ended = person.until_ended().await.unwrap();
        assert_eq!(ended.close_code(), Some(CloseCode::NotAllowed));
    }
    let old = set.links.member.clone();
    let mut rng = set.fresh_rng();
    let keys = Keyring::new(&old, Default::default(), &mut rng);
    assert_eq!(door_of(&set.dial, &keys, "Knock").await, (vec![], 4401));
    // The new one opens the door as the old one did.
    let fresh = set.host.keyring().links()[&LinkRole::Member].clone();
    let (dial, random) = (set.dial.clone(), set.fresh_rng());
    let mut ben = Client::knock(&dial, &fresh, "Ben", random).await.unwrap();
    assert!(set.host.admit(ben.device()).await.unwrap().done().is_some());
    ben.enter("Ben").await.unwrap();
    set.host_does(Command::Lock { on: true }).await;
    set.agree(&mut [&mut ben]).await;
    judge.finds_nothing(&set).await;
}

// fault: F27 — a removal and its new key are one command: a crash leaves both or neither
// fault: F8 — what was written and not acknowledged is answered with the place that it has
#[tokio::test]
async fn a_crash_in_a_removal_leaves_it_whole_or_undone() {
    let judge = Judge::new();
    let (mut set, journal) = judge.set_over(MemoryJournal::new()).await;
    let mut co = set.person(LinkRole::CoFacilitator, "Cora").await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let mut cleo = set.person(LinkRole::Member, "Cleo").await;
    set.agree(&mut [&mut co, &mut ben, &mut cleo]).await;

    // The server dies before the removal is written: nobody is removed and no key has changed.
    let seat = ben.seat().unwrap();
    let keys = set.host.key_change(Some(seat), &[]).unwrap();
    let removal = Command::Remove { seat, keys };
    let (cid, seen) = (set.host.fresh_cid(), set.host.model().seq());
    let arrived = journal.arrived();
    journal.hold_appends(true);
    set.host.ask(cid, seen, removal.clone()).await.unwrap();
    journal.until_arrived(arrived + 1).await;
    let journal = judge.crash(&mut set, &mut [&mut co, &mut ben, &mut cleo]).await;
    for person in [&mut set.host, &mut co, &mut ben, &mut cleo] {
        person.come_back().await.unwrap();
        let shared = person.shared().unwrap();
        assert!(shared.epoch == 1 && shared.seats.contains_key(&seat));
    }
    // Sent again, it is done, the key with it.
    let done = again(&mut set.host, cid, seen, removal.clone()).await.done().unwrap();
    assert_eq!(ben.until_ended().await.unwrap().close_code(), Some(CloseCode::NotAllowed));
    for person in [&mut co, &mut cleo] {
        person.catch_up(done).await.unwrap();
        person.next_key().await.unwrap();
        assert_eq!(person.shared().unwrap().epoch, 2);
    }

    // The next one is written, and the server dies before anybody hears of it.
    let seat = cleo.seat().unwrap();
    let keys = set.host.key_change(Some(seat), &[]).unwrap();
    let removal = Command::Remove { seat, keys };
    let (cid, seen) = (set.host.fresh_cid(), set.host.model().seq());
    let written = set.written().await;
    journal.hold_tails(true);
    set.host.ask(cid, seen, removal.clone()).await.unwrap();
    soon(async {
        while set.written().await == written {
            tokio::task::yield_now().await;
        }
    })
    .await;
    judge.crash(&mut set, &mut [&mut co, &mut cleo]).await;
    set.host.come_back().await.unwrap();
    co.come_back().await.unwrap();
    let place = set.host.model().seq();
    assert!(!set.host.shared().unwrap().seats.contains_key(&seat), "it had been done");
    assert_eq!(again(&mut set.host, cid, seen, removal).await, Answer::Done(place));
    let back = cleo.keyring().come_back(None);
    assert_eq!(door(&set.dial, &back).await, (vec!["no_seat".into()], 4403));
    co.next_key().await.unwrap();
    // Whoever is left can write under the key that came with it.
    let answer = co.put(TextKind::Name, "Cora C", None).await.unwrap().1;
    assert!(answer.done().is_some());
    set.agree(&mut [&mut co]).await;
    judge.finds_nothing(&set).await;
}

// fault: F28 — who missed a change of keys is refused, gets the key, and seals the same text again
#[tokio::test]
async fn a_text_under_a_missed_key_is_sealed_again_under_the_same_command() {
    let judge = Judge::new();
    let mut set = judge.set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.agree(&mut [&mut ben]).await;
    // Written without a line, and kept.
    let old = name(&mut ben, "Ben B", 41);
    let (cid, seen) = (ben.fresh_cid(), ben.model().seq());
    ben.cut();
    assert!(set.host.rekey(&[]).await.unwrap().done().is_some());
    ben.come_back().await.unwrap();
    let refused = again(&mut ben, cid, seen, Command::Put(old)).await;
    assert_eq!(refused.refused(), Some(Code::StaleEpoch));
    ben.next_key().await.unwrap();
    let new = name(&mut ben, "Ben B", 42);
    let done = again(&mut ben, cid, seen, Command::Put(new.clone())).await.done().unwrap();
    ben.keyring_mut().was_put(&new);
    // A lost answer does not double it.
    ben.cut();
    ben.come_back().await.unwrap();
    assert_eq!(again(&mut ben, cid, seen, Command::Put(new)).await, Answer::Done(done));
    set.host.catch_up(done).await.unwrap();
    let seat = ben.seat().unwrap();
    assert_eq!(set.host.text(TextKind::Name, seat).unwrap().as_deref(), Some("Ben B"));
    set.agree(&mut [&mut ben]).await;
    judge.finds_nothing(&set).await;
}
