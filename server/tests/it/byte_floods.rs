//! However long what somebody sends is, nobody on a thin line is put out by it.

use setroom_client::Client;
use setroom_protocol::{
    BOX_OVERHEAD, Blob, Code, Command, ItemId, LinkRole, Mode, OfferedLine, OwnKey, Sealed,
    TextKind, limits,
};
use setroom_server::config::Config;

use crate::support::people::{Set, set_with};
use crate::support::thin::Thin;

/// What a thin line takes in a second.
const THIN: usize = 40_000;

/// The paces that are shipped, by a clock that stands.
fn shipped(config: &mut Config) {
    let limits = &mut config.limits;
    (limits.inbound_messages_per_second, limits.inbound_messages_burst) = (10, 40);
    (limits.inbound_kib_per_seat_per_second, limits.inbound_kib_per_seat_burst) = (24, 256);
    (limits.own_keys_per_seat_per_second, limits.own_keys_per_seat_burst) = (1, 8);
    limits.inbound_room_messages_per_second = 100;
    (limits.shown_kib_per_second, limits.shown_kib_burst) = (16, 128);
}

/// Somebody writes a text that all see again and again, while the host is on a thin line.
async fn writes_as_fast_as_they_may(set: &mut Set, of: &mut Client, item: ItemId, kind: TextKind) {
    let mut host = Thin::of(set, &set.host, "change").await;
    host.takes(usize::MAX).await;
    set.host.go().await.unwrap();
    let long = "x".repeat(limits::FORM_BYTES);
    let mut refused = 0;
    for _ in 0..60 {
        // As many messages as one line may send.
        for _ in 0..10 {
            let answer = of.put_again(item, kind, &long, None).await.unwrap();
            if answer.done().is_none() {
                assert_eq!(answer.refused(), Some(Code::TooFast));
                refused += 1;
            }
        }
        host.takes(THIN).await;
        set.server.clock.advance(1000);
    }
    assert!(host.bytes < (256 + 60 * 24 + 64) * 1024, "{} bytes", host.bytes);
    assert!(host.bytes > 1_000_000 && refused > 200, "{} bytes, {refused} refused", host.bytes);
    let name = "setroom_limit_refusals_total{limit=\"inbound_bytes\"}";
    assert!(set.server.figure(name).await.unwrap() > 100.0);
}

// fault: F18 — whoever writes long texts as fast as they may puts nobody on a thin line out
#[tokio::test]
async fn long_texts_put_nobody_on_a_thin_line_out() {
    let mut set = set_with(shipped).await;
    let mut cora = set.person(LinkRole::CoFacilitator, "Cora").await;
    let (charter, _) = cora.put(TextKind::Charter, "x", None).await.unwrap();
    writes_as_fast_as_they_may(&mut set, &mut cora, charter, TextKind::Charter).await;
    // A member's is an action that they have shown.
    let mut set = set_with(shipped).await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.host_does(Command::SetOrder { order: vec![ben.seat().unwrap()] }).await;
    set.host_does(Command::Start).await;
    let parts = set.host.shared().unwrap().agenda;
    let part = parts.iter().position(|part| part.id == "action_review").unwrap();
    let seq = set.host_does(Command::GoTo { part: u32::try_from(part).unwrap() }).await;
    ben.catch_up(seq).await.unwrap();
    ben.must("the charter", Command::AgreeCharter).await.unwrap();
    let (action, _) = ben.put(TextKind::Action, "x", None).await.unwrap();
    assert!(ben.release(action).await.unwrap().done().is_some());
    writes_as_fast_as_they_may(&mut set, &mut ben, action, TextKind::Action).await;
}

/// A wrap more of somebody's first own key.
fn own_key(of: &Client, more: bool) -> Command {
    let boxes = [(of.device(), Blob::encode(&[7; 8000]))].into();
    Command::OwnKey(OwnKey { generation: 1, boxes, more, ..OwnKey::default() })
}

// Every facilitator is sent what somebody's own key is wrapped in.
#[tokio::test]
async fn own_keys_come_one_a_second_whatever_else_somebody_writes() {
    let mut set = set_with(shipped).await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let mut taken = 0;
    for second in 0..20 {
        for n in 0..30 {
            let more = second + n > 0;
            let answer = ben.do_(own_key(&ben, more)).await.unwrap();
            taken += usize::from(answer.done().is_some());
            let is_hasty = answer.refused() == Some(Code::TooFast);
            assert!(answer.done().is_some() || is_hasty, "{answer:?}");
        }
        set.server.clock.advance(3000);
        if second == 0 {
            // Nobody else is kept from theirs.
            let mut cleo = set.person(LinkRole::Member, "Cleo").await;
            cleo.must("a key", own_key(&cleo, false)).await.unwrap();
        }
    }
    assert_eq!(taken, 8 + 19 * 3);
}

/// A line to pass on, as long as one may be.
fn long_line(set: &Set, fill: u8) -> Sealed {
    let mut bytes = vec![fill; BOX_OVERHEAD + 512];
    bytes[0] = 1;
    bytes[1..5].copy_from_slice(&set.host.shared().unwrap().epoch.to_be_bytes());
    Sealed::from_bytes(&bytes).unwrap()
}

/// A running meeting in which Ben may pass on what Cleo said.
async fn where_lines_are_passed_on() -> (Set, Client, Client) {
    let mut set = set_with(shipped).await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let cleo = set.person(LinkRole::Member, "Cleo").await;
    let order = vec![ben.seat().unwrap()];
    set.host_does(Command::SetMode { mode: Mode::OpenLearning }).await;
    set.host_does(Command::SetOrder { order }).await;
    let seq = set.host_does(Command::Start).await;
    ben.catch_up(seq).await.unwrap();
    (set, ben, cleo)
}

// fault: F18 — lines that are taken back and offered again put nobody out whom they are shown
#[tokio::test]
async fn lines_that_are_offered_again_and_again_are_shown_at_a_pace() {
    let (set, mut ben, cleo) = Box::pin(where_lines_are_passed_on()).await;
    let from = cleo.seat().ok();
    let mut thin = Thin::of(&set, &cleo, "lines").await;
    let id = |n: u8| ItemId::from_bytes([n; 16]);
    let offer =
        |n: u8| Command::OfferLine(OfferedLine { item: id(n), sealed: long_line(&set, n), from });
    for n in 1..=8 {
        ben.must("an offer", offer(n)).await.unwrap();
    }
    let moves: Vec<_> = (1..=8).map(offer).collect();
    for second in 0..60_usize {
        for n in 0..5_u8 {
            let at = (usize::from(n) + second) % 8;
            let item = id(u8::try_from(at + 1).unwrap());
            for command in [Command::AnswerLine { item, yes: false }, moves[at].clone()] {
                ben.do_(command).await.unwrap();
            }
        }
        thin.takes(THIN).await;
        set.server.clock.advance(1000);
    }
    assert!(thin.bytes < (128 + 8 + 60 * 16) * 1024, "{} in {}", thin.bytes, thin.frames);
    assert!(thin.frames > 60, "{}", thin.frames);
    // What is shown in the end is how it is.
    let gone = id(3);
    set.server.clock.advance(10_000);
    ben.do_(Command::AnswerLine { item: gone, yes: false }).await.unwrap();
    let known = gone.to_string();
    while thin.newest["lines"].get(&known).is_some() {
        set.server.clock.advance(1000);
        thin.takes(THIN).await;
    }
}

/// Or its room would never rest again: what is due wakes it.
#[tokio::test]
async fn a_board_of_somebody_who_has_gone_is_due_no_more() {
    let (mut set, mut ben, cleo) = Box::pin(where_lines_are_passed_on()).await;
    let from = cleo.seat().ok();
    for round in 0..20_u8 {
        let n = round % 8 + 1;
        let item = ItemId::from_bytes([n; 16]);
        if round >= 8 {
            ben.must("a line taken back", Command::AnswerLine { item, yes: false }).await.unwrap();
        }
        let sealed = long_line(&set, round + 10);
        ben.must("an offer", Command::OfferLine(OfferedLine { item, sealed, from })).await.unwrap();
    }
    // Cleo was shown more than the pace allows, and the newest waits.
    let seat = cleo.seat().unwrap();
    drop(cleo);
    set.host.wait_for("Cleo's absence", |model| !model.here.contains(&seat)).await.unwrap();
    for _ in 0..20 {
        set.server.clock.advance(500);
        set.host_does(Command::Hold).await;
        set.host_does(Command::Release).await;
    }
}
