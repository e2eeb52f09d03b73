//! Networks that cut, keep back, crumble and double what people send. Everybody logs what they do,
//! and the checker judges.

use setroom_client::{Answer, Client};
use setroom_protocol::{Command, CommandId, LinkRole, Seq};

use crate::support::judged::Judge;
use crate::support::people::Set;
use crate::support::proxy::Proxy;
use crate::support::soon;

/// Ben, who reaches the server through a proxy, in a meeting that has begun.
async fn behind(judge: &Judge, twice: bool) -> (Set, Client, Proxy) {
    let mut set = judge.set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.host_does(Command::Start).await;
    ben.must("the charter", Command::AgreeCharter).await.unwrap();
    let proxy = Proxy::before(set.server.running.addr(), twice).await;
    ben.cut();
    ben.redial(&set.dial.clone().by_way_of(proxy.address));
    ben.come_back().await.unwrap();
    (set, ben, proxy)
}

/// What Ben sent, and has had no answer to.
struct Open {
    cid: CommandId,
    seen: Seq,
    command: Command,
}

async fn send(who: &mut Client, command: Command) -> Open {
    let (cid, seen) = (who.fresh_cid(), who.model().seq());
    who.ask(cid, seen, command.clone()).await.unwrap();
    Open { cid, seen, command }
}

// fault: F3 — who hears and cannot send gets no tick, and is done once when the line is whole
#[tokio::test]
async fn who_hears_and_cannot_be_heard_is_done_once_when_the_line_is_whole() {
    let judge = Judge::new();
    let (mut set, mut ben, proxy) = behind(&judge, false).await;
    let mut came = proxy.came();
    let before = *came.borrow_and_update();
    proxy.weather(|now| now.mute = true);
    let open = send(&mut ben, Command::Tick { on: true }).await;
    soon(came.wait_for(|all| *all > before)).await.unwrap();
    // He hears what others do, and nobody has heard of him.
    let seq = set.host_does(Command::Lock { on: true }).await;
    ben.catch_up(seq).await.unwrap();
    assert_eq!(ben.model().seq(), seq);
    let seat = ben.seat().unwrap();
    assert!(!set.host.shared().unwrap().seats[&seat].tick);
    // He gives the line up and comes back; the old one's bytes arrive as well.
    ben.cut();
    proxy.weather(|now| now.mute = false);
    ben.come_back().await.unwrap();
    ben.ask(open.cid, open.seen, open.command).await.unwrap();
    assert!(ben.answer_to(open.cid).await.unwrap().done().is_some());
    set.agree(&mut [&mut ben]).await;
    judge.finds_nothing(&set).await;
}

// fault: F2 — cut off again and again in the middle of sending: all of it arrives, and once
#[tokio::test]
async fn cut_off_twenty_times_while_sending_everything_is_there_once() {
    let judge = Judge::new();
    let (mut set, mut ben, proxy) = behind(&judge, false).await;
    let mut on = true;
    for round in 0..20 {
        let mut came = proxy.came();
        let before = *came.borrow_and_update();
        let mut open = Vec::new();
        for _ in 0..4 {
            open.push(send(&mut ben, Command::Tick { on }).await);
            on = !on;
        }
        // Cut when so much has come that some of it was passed on, or none of it.
        soon(came.wait_for(|all| *all > before + round * 15)).await.unwrap();
        proxy.cut();
        ben.until_ended().await.unwrap();
        ben.come_back().await.unwrap();
        for Open { cid, seen, command } in open {
            ben.ask(cid, seen, command).await.unwrap();
            assert!(matches!(ben.answer_to(cid).await.unwrap(), Answer::Done(_)));
        }
    }
    set.agree(&mut [&mut ben]).await;
    judge.finds_nothing(&set).await;
}

// fault: F1 — a line that delays, keeps back and crumbles costs time, and nothing else
#[tokio::test]
async fn a_line_that_keeps_back_and_crumbles_loses_and_doubles_nothing() {
    let judge = Judge::new();
    let (mut set, mut ben, proxy) = behind(&judge, false).await;
    for round in 0..6 {
        proxy.weather(|now| (now.crumbs, now.deaf) = (round % 2 == 0, round % 3 == 0));
        let open = send(&mut ben, Command::Tick { on: round % 2 == 0 }).await;
        let seq = set.host_does(Command::Silence { on: round % 2 == 0 }).await;
        proxy.weather(|now| now.deaf = false);
        assert!(ben.answer_to(open.cid).await.unwrap().done().is_some());
        ben.catch_up(seq).await.unwrap();
    }
    assert_eq!((ben.model().sequence.lost(), ben.model().sequence.duplicated), (0, 0));
    set.agree(&mut [&mut ben]).await;
    judge.finds_nothing(&set).await;
}

// fault: F1 — a network that sends everything twice, the way in too, gets everything done once
#[tokio::test]
async fn what_a_network_sends_twice_is_done_once() {
    let judge = Judge::new();
    let (mut set, mut ben, _proxy) = behind(&judge, true).await;
    let written = set.written().await;
    for on in [true, false, true, false, true] {
        ben.must("a tick", Command::Tick { on }).await.unwrap();
    }
    set.host_does(Command::Silence { on: true }).await;
    set.agree(&mut [&mut ben]).await;
    assert_eq!(set.written().await, written + 6);
    judge.finds_nothing(&set).await;
}
