//! What came first is seen by what came after it, also where both were decided in one go.

use setroom_client::{Answer, Client};
use setroom_protocol::{
    BOX_OVERHEAD, ClientFrame, Code, Command, CommandId, DeviceId, ItemId, LinkRole, Mode,
    OfferedLine, Sealed, ServerFrame,
};

use crate::faults::faulty;
use crate::support::faulty::Faulty;
use crate::support::people::Set;

const LINE: ItemId = ItemId::from_bytes([0x51; 16]);

fn boxed(of: &Client, fill: u8) -> Sealed {
    let mut bytes = vec![fill; BOX_OVERHEAD + 256];
    bytes[0] = 1;
    bytes[1..5].copy_from_slice(&of.shared().unwrap().epoch.to_be_bytes());
    Sealed::from_bytes(&bytes).unwrap()
}

/// The host asks for these while an entry is on its way, so that they are decided in one go.
async fn at_once(set: &mut Set, journal: &Faulty, all: Vec<Command>) -> Vec<Answer> {
    let host = &mut set.host;
    let arrived = journal.arrived();
    journal.hold_appends(true);
    let mut cids: Vec<CommandId> = Vec::new();
    for command in [Command::SayRecorder { on: false }].into_iter().chain(all) {
        let (cid, seen) = (host.fresh_cid(), host.model().seq());
        host.ask(cid, seen, command).await.unwrap();
        if cids.is_empty() {
            journal.until_arrived(arrived + 1).await;
        }
        cids.push(cid);
    }
    // Once this is back all of them are in the room's mailbox.
    host.connection().unwrap().send(&ClientFrame::Ping { sent: 1 }).await.unwrap();
    while !matches!(host.next().await.unwrap(), ServerFrame::Pong { .. }) {}
    journal.hold_appends(false);
    let mut answers = Vec::new();
    for cid in cids {
        answers.push(host.answer_to(cid).await.unwrap());
    }
    assert!(answers[0].done().is_some());
    answers.split_off(1)
}

/// A meeting that runs, in which a line of the host's waits to be released.
async fn offered() -> (Set, Faulty, Client) {
    let (mut set, journal, mut ben) = faulty().await;
    set.host_does(Command::SetMode { mode: Mode::OpenLearning }).await;
    set.host_does(Command::Start).await;
    set.agree(&mut [&mut ben]).await;
    let sealed = boxed(&set.host, 7);
    set.host_does(Command::OfferLine(OfferedLine { item: LINE, sealed, from: None })).await;
    (set, journal, ben)
}

#[tokio::test]
async fn a_line_that_was_taken_back_is_not_released() {
    let (mut set, journal, mut ben) = Box::pin(offered()).await;
    let back = Command::AnswerLine { item: LINE, yes: false };
    let answers = at_once(&mut set, &journal, vec![back, Command::ReleaseLines]).await;
    assert!(answers[0].done().is_some());
    assert_eq!(answers[1].refused(), Some(Code::Lines));
    let view = set.agree(&mut [&mut ben]).await;
    assert!(view["lines"].as_object().is_none_or(serde_json::Map::is_empty), "{view}");
}

#[tokio::test]
async fn a_line_that_was_released_is_not_taken_back() {
    let (mut set, journal, mut ben) = Box::pin(offered()).await;
    let back = Command::AnswerLine { item: LINE, yes: false };
    let answers = at_once(&mut set, &journal, vec![Command::ReleaseLines, back]).await;
    assert!(answers[0].done().is_some());
    assert_eq!(answers[1].refused(), Some(Code::NoItem));
    let view = set.agree(&mut [&mut ben]).await;
    assert_eq!(view["lines"].as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn a_round_that_follows_a_new_key_begins_under_it() {
    let (mut set, journal, mut ben) = faulty().await;
    set.host_does(Command::Start).await;
    set.agree(&mut [&mut ben]).await;
    let rekey = Command::Rekey { keys: set.host.key_change(None, &[]).unwrap() };
    let begin = Command::BeginOffRecord { round: LINE };
    let answers = at_once(&mut set, &journal, vec![rekey, begin]).await;
    assert!(answers.iter().all(|answer| answer.done().is_some()), "{answers:?}");
    // The same again is done as long as the round is on, and `already` once it is over.
    let again = set.host.do_(Command::BeginOffRecord { round: LINE }).await.unwrap();
    assert!(again.done().is_some(), "{again:?}");
}

#[tokio::test]
async fn whoever_was_refused_is_not_let_in() {
    let (mut set, journal, mut ben) = faulty().await;
    let knocking = set.knock(LinkRole::Member, "Cleo").await;
    let device: DeviceId = knocking.device();
    set.host.wait_for("the knock", |model| model.knocks.contains_key(&device)).await.unwrap();
    let knock = set.host.model().knocks[&device].clone();
    let admit = set.host.admission(device, &knock, None).unwrap();
    let answers = at_once(&mut set, &journal, vec![Command::Refuse { device }, admit]).await;
    assert!(answers[0].done().is_some());
    assert_eq!(answers[1].refused(), Some(Code::NoKnock));
    set.agree(&mut [&mut ben]).await;
}
