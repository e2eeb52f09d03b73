//! A set that meets again: over a restart, with who was there, what was kept, and nothing else.

use setroom_client::{Client, ClientError, Model};
use setroom_protocol::command::BidTerms;
use setroom_protocol::room::{Availability, OfferedTime, Stage};
use setroom_protocol::{
    CloseCode, Code, Command, LinkRole, MeetingId, SeatId, TextKind, Timestamp,
};

use crate::support::judged::Judge;
use crate::support::people::{Set, door, door_of};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const NEXT: MeetingId = MeetingId::from_bytes([0x21; 16]);
const LATER: MeetingId = MeetingId::from_bytes([0x22; 16]);

async fn go_to(set: &mut Set, id: &str, people: &mut [&mut Client]) {
    let agenda = set.host.shared().unwrap().agenda;
    let part = agenda.iter().position(|part| part.id == id).unwrap();
    set.host_does(Command::GoTo { part: u32::try_from(part).unwrap() }).await;
    set.agree(people).await;
}

async fn write(who: &mut Client, kind: TextKind, text: &str) -> setroom_protocol::ItemId {
    let bid = (kind == TextKind::Bid).then_some(BidTerms { pressing: 2, minutes: 30 });
    let (item, answer) = who.put(kind, text, bid).await.unwrap();
    assert!(answer.done().is_some(), "{kind:?} {answer:?}");
    item
}

fn name(of: &Client, seat: SeatId) -> Option<String> {
    of.text(TextKind::Name, seat).unwrap()
}

#[tokio::test]
async fn the_next_meeting_opens_over_a_restart_with_what_was_kept_and_nothing_else() {
    let judge = Judge::new();
    let mut set = judge.set().await;
    let mut co = set.person(LinkRole::CoFacilitator, "Cora").await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let mut cleo = set.person(LinkRole::Member, "Cleo").await;
    let rules = write(&mut set.host, TextKind::Charter, "We end on time").await;
    set.host_does(Command::Start).await;
    set.agree(&mut [&mut co, &mut ben, &mut cleo]).await;
    for person in [&mut ben, &mut cleo] {
        person.must("the charter", Command::AgreeCharter).await.unwrap();
    }
    go_to(&mut set, "action_review", &mut [&mut co, &mut ben, &mut cleo]).await;
    let action = write(&mut ben, TextKind::Action, "Speak with my chair").await;
    go_to(&mut set, "bids", &mut [&mut co, &mut ben, &mut cleo]).await;
    let bid = write(&mut cleo, TextKind::Bid, "A plan that nobody reads").await;
    set.agree(&mut [&mut co, &mut ben, &mut cleo]).await;
    let now = set.server.running.state().clock.now_ms();
    let at = |days: u64| Timestamp(now + days * DAY_MS);
    let dates = [(NEXT, at(56)), (LATER, at(112))].into();
    set.host_does(Command::SetDates { dates, fixes: false }).await;
    set.host_does(Command::Close).await;
    let view = set.agree(&mut [&mut co, &mut ben, &mut cleo]).await;
    assert_eq!(
        (view["series"]["number"].as_u64(), view["series"]["of"].as_u64()),
        (Some(1), Some(3))
    );
    // Nobody new comes in between two meetings.
    let dina = set.knock(LinkRole::Member, "Dina").await;
    let answer = set.host.admit(dina.device()).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::Stage));
    drop(dina);
    // Somebody leaves for good.
    let (cid, seen) = (cleo.fresh_cid(), cleo.model().seq());
    cleo.ask(cid, seen, Command::Leave).await.unwrap();
    cleo.until_ended().await.unwrap();

    judge.crash(&mut set, &mut [&mut co, &mut ben]).await;
    set.server.clock.advance(56 * DAY_MS);
    for person in [&mut set.host, &mut co] {
        person.come_back().await.unwrap();
    }
    let epoch = set.host.shared().unwrap().epoch;
    assert!(set.host.next_meeting(NEXT).await.unwrap().done().is_some());
    // The other facilitator pressed as well.
    let late = co.next_meeting(NEXT).await;
    assert_eq!(late.unwrap().refused(), Some(Code::Stage));
    ben.come_back().await.unwrap();
    for person in [&mut co, &mut ben] {
        person.next_key().await.unwrap();
    }
    let view = set.agree(&mut [&mut co, &mut ben]).await;
    assert_eq!(view["stage"], "gathering");
    assert_eq!(
        (view["series"]["number"].as_u64(), view["series"]["of"].as_u64()),
        (Some(2), Some(3))
    );
    let shared = ben.shared().unwrap();
    assert_eq!((shared.meeting, shared.starts_at, shared.epoch), (NEXT, Some(at(56)), epoch + 1));
    assert_eq!((shared.seats.len(), &shared.receipt, shared.stage), (3, &None, Stage::Gathering));
    // What was kept opens, and what was destroyed is not there.
    let (host_seat, ben_seat) = (set.host.seat().unwrap(), ben.seat().unwrap());
    assert_eq!(name(&ben, host_seat).as_deref(), Some("Asha"));
    assert_eq!(name(&set.host, ben_seat).as_deref(), Some("Ben"));
    assert_eq!(set.host.text(TextKind::Title, host_seat).unwrap().as_deref(), Some("Tuesday"));
    assert_eq!(ben.read(action).unwrap().as_deref(), Some("Speak with my chair"));
    assert_eq!(ben.read(rules).unwrap().as_deref(), Some("We end on time"));
    for person in [&set.host, &co, &ben] {
        assert!(!person.shared().unwrap().items.contains_key(&bid));
    }

    // The link that people have opens again, and whoever is new reads nothing of before.
    let mut dina = set.person(LinkRole::Member, "Dina").await;
    assert!(matches!(dina.text(TextKind::Title, host_seat), Err(ClientError::Seal(_))));
    set.host_does(Command::Start).await;
    set.agree(&mut [&mut co, &mut ben, &mut dina]).await;
    ben.must("the charter", Command::AgreeCharter).await.unwrap();
    go_to(&mut set, "action_review", &mut [&mut co, &mut ben, &mut dina]).await;
    let again = ben.put_again(action, TextKind::Action, "Done, and heard", None).await.unwrap();
    assert!(again.done().is_some(), "{again:?}");
    assert_eq!(ben.read(action).unwrap().as_deref(), Some("Done, and heard"));
    set.host_does(Command::Close).await;
    set.agree(&mut [&mut co, &mut ben, &mut dina]).await;
    assert!(set.host.next_meeting(LATER).await.unwrap().done().is_some());
    ben.next_key().await.unwrap();
    set.agree(&mut [&mut co, &mut ben, &mut dina]).await;
    assert_eq!(ben.read(action).unwrap().as_deref(), Some("Done, and heard"));
    judge.finds_nothing(&set).await;
}

/// Eight weeks later, with a browser that has forgotten everything.
#[tokio::test]
async fn whoever_was_here_before_is_let_back_at_a_closed_set_and_reads_their_own_actions() {
    let judge = Judge::new();
    let mut set = judge.set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let mut cleo = set.person(LinkRole::Member, "Cleo").await;
    set.host_does(Command::Start).await;
    set.agree(&mut [&mut ben, &mut cleo]).await;
    for person in [&mut ben, &mut cleo] {
        person.must("the charter", Command::AgreeCharter).await.unwrap();
    }
    go_to(&mut set, "action_review", &mut [&mut ben, &mut cleo]).await;
    let bens = write(&mut ben, TextKind::Action, "Speak with my chair").await;
    let cleos = write(&mut cleo, TextKind::Action, "Ask for a day a month").await;
    // Without a date a set is not kept for so long.
    let starts_at = Timestamp(set.server.running.state().clock.now_ms() + 56 * DAY_MS);
    set.host_does(Command::SetDates { dates: [(NEXT, starts_at)].into(), fixes: false }).await;
    set.host_does(Command::Close).await;
    set.agree(&mut [&mut ben, &mut cleo]).await;
    let seat = ben.seat().unwrap();
    ben.cut();
    set.host.wait_for("Ben to be away", |model| !model.here.contains(&seat)).await.unwrap();
    set.server.clock.advance(56 * DAY_MS);

    let mut back = set.knock(LinkRole::Member, "Ben").await;
    assert_eq!(back.model().lobby().unwrap().stage, Stage::Closed);
    assert!(set.host.admit_as(back.device(), Some(seat)).await.unwrap().done().is_some());
    back.wait_for("the room", |model| model.is_in()).await.unwrap();
    back.take_grant().unwrap();
    assert_eq!(back.seat().unwrap(), seat);
    assert_eq!(back.read(bens).unwrap().as_deref(), Some("Speak with my chair"));
    assert_eq!(back.read(cleos).unwrap(), None, "nobody else's");
    // In the next meeting they go on where they were.
    assert!(set.host.next_meeting(NEXT).await.unwrap().done().is_some());
    for person in [&mut back, &mut cleo] {
        person.next_key().await.unwrap();
    }
    set.agree(&mut [&mut back, &mut cleo]).await;
    assert_eq!(back.read(bens).unwrap().as_deref(), Some("Speak with my chair"));
    judge.finds_nothing(&set).await;
}

#[tokio::test]
async fn who_waits_when_the_meeting_is_closed_waits_on_for_their_place() {
    let mut set = crate::support::people::set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let seat = ben.seat().unwrap();
    ben.cut();
    set.host.wait_for("Ben to be away", |model| !model.here.contains(&seat)).await.unwrap();
    let mut back = set.knock(LinkRole::Member, "Ben").await;
    let mut olga = set.knock(LinkRole::Observer, "Olga").await;
    set.host_does(Command::Start).await;
    set.host_does(Command::Close).await;
    for waits in [&mut back, &mut olga] {
        let closed = |model: &Model| model.lobby().is_some_and(|at| at.stage == Stage::Closed);
        waits.wait_for("to be told of the close", closed).await.unwrap();
    }
    // Nobody new comes in, and whoever had a place gets it.
    let new = set.host.admit(olga.device()).await.unwrap();
    assert_eq!(new.refused(), Some(Code::Stage));
    assert!(set.host.admit_as(back.device(), Some(seat)).await.unwrap().done().is_some());
    back.wait_for("the room", |model| model.is_in()).await.unwrap();
    assert_eq!(back.seat().unwrap(), seat);
    // With the next meeting the door is as ever.
    assert!(set.host.next_meeting(NEXT).await.unwrap().done().is_some());
    let open = |model: &Model| model.lobby().is_some_and(|at| at.stage == Stage::Gathering);
    olga.wait_for("to be told of the next meeting", open).await.unwrap();
    assert!(set.host.admit(olga.device()).await.unwrap().done().is_some());
    olga.wait_for("the room", |model| model.is_in()).await.unwrap();
}

/// Whoever holds the members' link between two meetings stands at the door, and is told nothing there.
#[tokio::test]
async fn nobody_who_was_not_here_gets_anything_of_a_closed_set() {
    let mut set = crate::support::people::set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.host_does(Command::Start).await;
    set.host_does(Command::Close).await;
    set.agree(&mut [&mut ben]).await;
    let mut eve = set.knock(LinkRole::Member, "Ben").await;
    let (device, bens) = (eve.device(), ben.seat().unwrap());
    let alone = set.host.admit(device).await.unwrap();
    assert_eq!(alone.refused(), Some(Code::Stage), "as somebody new");
    let taken = set.host.admit_as(device, Some(bens)).await.unwrap();
    assert_eq!(taken.refused(), Some(Code::SeatHere), "Ben is here, and was not asked");
    let hosts = set.host.seat().unwrap();
    let host = set.host.admit_as(device, Some(hosts)).await.unwrap();
    assert_eq!(host.refused(), Some(Code::Role));
    assert!(!eve.model().is_in());
    set.host_does(Command::Refuse { device }).await;
    assert_eq!(eve.until_ended().await.unwrap().close_code(), Some(CloseCode::NotAllowed));
    assert!(eve.model().shared().is_none());
}

#[tokio::test]
async fn whoever_was_removed_is_not_let_in_by_the_next_meeting() {
    let judge = Judge::new();
    let mut set = judge.set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let mut cleo = set.person(LinkRole::Member, "Cleo").await;
    set.host_does(Command::Start).await;
    set.host_does(Command::Close).await;
    set.agree(&mut [&mut ben, &mut cleo]).await;
    // After the close as well.
    assert!(set.host.remove(cleo.seat().unwrap()).await.unwrap().done().is_some());
    assert_eq!(cleo.until_ended().await.unwrap().close_code(), Some(CloseCode::NotAllowed));
    assert!(set.host.next_meeting(NEXT).await.unwrap().done().is_some());
    ben.next_key().await.unwrap();
    set.agree(&mut [&mut ben]).await;
    let refused = door_of(&set.dial, cleo.keyring(), "Cleo").await;
    assert_eq!(refused, (vec!["knock_refused".into()], 4403));
    let back = door(&set.dial, &cleo.keyring().come_back(None)).await;
    assert_eq!(back, (vec!["no_seat".into()], 4403));
    judge.finds_nothing(&set).await;
}

#[tokio::test]
async fn which_dates_people_can_make_outlives_a_restart() {
    let judge = Judge::new();
    let mut set = judge.set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let mut olga = set.person(LinkRole::Observer, "Olga").await;
    let now = set.server.running.state().clock.now_ms();
    let at = |days: u64| Timestamp(now + days * DAY_MS);
    let offered = |days: u64| OfferedTime { starts_at: at(days), minutes: 210 };
    let times = [(NEXT, offered(56)), (LATER, offered(57))].into();
    set.host_does(Command::AskDates { times }).await;
    set.agree(&mut [&mut ben, &mut olga]).await;
    let yes = |time| Command::AnswerDate { time, answer: Availability::Yes };
    ben.must("an answer", yes(NEXT)).await.unwrap();
    let no = Command::AnswerDate { time: LATER, answer: Availability::No };
    ben.must("an answer", no).await.unwrap();
    let answer = olga.do_(yes(NEXT)).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::Role));
    set.host_does(Command::Start).await;
    set.host_does(Command::Close).await;
    set.agree(&mut [&mut ben, &mut olga]).await;

    judge.crash(&mut set, &mut [&mut ben, &mut olga]).await;
    for person in [&mut set.host, &mut ben, &mut olga] {
        person.come_back().await.unwrap();
    }
    // The close had let it be: answered, changed and fixed after it as well.
    set.host_does(yes(LATER)).await;
    set.agree(&mut [&mut ben, &mut olga]).await;
    ben.must("another answer", yes(LATER)).await.unwrap();
    set.agree(&mut [&mut ben, &mut olga]).await;
    let (host, seat) = (set.host.seat().unwrap(), ben.seat().unwrap());
    let asked = olga.shared().unwrap().dates_asked;
    assert_eq!(asked[&NEXT].answers, [(seat, Availability::Yes)].into());
    let both = [(seat, Availability::Yes), (host, Availability::Yes)].into();
    assert_eq!(asked[&LATER].answers, both);
    let dates = [(LATER, at(57))].into();
    set.host_does(Command::SetDates { dates, fixes: true }).await;
    set.agree(&mut [&mut ben, &mut olga]).await;
    let shared = ben.shared().unwrap();
    assert!(shared.dates_asked.is_empty());
    let date = shared.series.unwrap().dates[&LATER];
    assert_eq!((date.starts_at, date.minutes, date.rev), (at(57), Some(210), 0));
    judge.finds_nothing(&set).await;
}
