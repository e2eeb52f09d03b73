//! Who is there, and what the room does when nobody is who could lead it.

use setroom_client::{Client, Model};
use setroom_protocol::room::{Clock, HoldReason};
use setroom_protocol::{CloseCode, Code, Command, LinkRole, Role, limits};

use crate::support::people::{Set, line, set, set_with};
use crate::support::soon;

fn left(model: &Model) -> Option<i64> {
    match model.shared()?.clock {
        Clock::Paused { left_ms, .. } => Some(left_ms),
        Clock::Running { .. } | Clock::Stopped => None,
    }
}

fn holds(model: &Model) -> bool {
    model.shared().is_some_and(|view| view.hold.is_some())
}

/// A round trip: whatever the room had to say before has come.
async fn settle(client: &mut Client) {
    let answer = client.do_(Command::Next).await.unwrap();
    assert!(answer.refused().is_some());
}

async fn running() -> (Set, Client) {
    let mut set = set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    set.host_does(Command::Start).await;
    set.agree(&mut [&mut ben]).await;
    (set, ben)
}

// fault: F4 — who answers no ping is gone from presence, and can come back
#[tokio::test]
async fn a_line_that_went_dead_without_a_word_is_gone_after_one_ping() {
    let mut set = set_with(|config| {
        config.limits.ping_every_ms = 200;
        // The host's line must not be taken for dead because the machine is busy.
        config.limits.pong_wait_ms = 3_000;
    })
    .await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let seat = ben.seat().unwrap();
    let gone = |model: &Model| !model.here.contains(&seat);
    set.host.wait_for("Ben", |model| model.here.contains(&seat)).await.unwrap();
    // From here on nobody reads Ben's line, so nothing answers the pings; the host's is read.
    let since = tokio::time::Instant::now();
    set.host.wait_for("his absence", gone).await.unwrap();
    assert!(since.elapsed() >= std::time::Duration::from_secs(3), "it was waited for");
    assert_eq!(ben.until_ended().await.unwrap().close_code(), Some(CloseCode::Idle));
    ben.come_back().await.unwrap();
    set.host.wait_for("Ben", |model| model.here.contains(&seat)).await.unwrap();
}

// fault: F24 — the room holds, its clock too, nobody is promoted, and it goes on where it was
#[tokio::test]
async fn without_a_facilitator_the_room_holds_after_fifteen_seconds_and_goes_on() {
    let (mut set, mut ben) = running().await;
    let total = match ben.shared().unwrap().clock {
        Clock::Running { total_ms, .. } => i64::try_from(total_ms).unwrap(),
        other @ (Clock::Stopped | Clock::Paused { .. }) => panic!("{other:?}"),
    };
    set.server.clock.advance(10_000);
    set.host.cut();
    ben.wait_for("the host's absence", |m| m.no_facilitator_since.is_some()).await.unwrap();
    set.server.clock.advance(limits::HOLD_AFTER_MS - 1);
    settle(&mut ben).await;
    assert!(!holds(ben.model()));
    set.server.clock.advance(1);
    ben.wait_for("the hold", holds).await.unwrap();
    let view = ben.shared().unwrap();
    assert_eq!(view.hold.unwrap().why, HoldReason::NoFacilitator);
    assert_eq!(left(ben.model()), Some(total - 25_000), "frozen with exactly what was left");
    // Nobody is promoted, whoever asks.
    assert_eq!(ben.do_(Command::Release).await.unwrap().refused(), Some(Code::Role));
    assert!(view.lead.is_none() && !ben.model().own().unwrap().controls);
    let roles: Vec<_> = view.seats.values().map(|seat| seat.role).collect();
    assert_eq!(roles.iter().filter(|role| **role == Role::Host).count(), 1);
    set.server.clock.advance(3_600_000);
    set.host.come_back().await.unwrap();
    ben.wait_for("the end of the hold", |model| !holds(model)).await.unwrap();
    let ends_at =
        set.server.running.state().clock.now_ms() + u64::try_from(total - 25_000).unwrap();
    assert!(
        matches!(ben.shared().unwrap().clock, Clock::Running { ends_at: at, .. } if at.0 == ends_at)
    );
    set.agree(&mut [&mut ben]).await;
}

// fault: F24 — with a co-facilitator or a lead there, nothing stops
#[tokio::test]
async fn a_co_facilitator_or_a_lead_keeps_the_room_going() {
    let (mut set, mut ben) = running().await;
    let mut co = set.person(LinkRole::CoFacilitator, "Cora").await;
    let seat = ben.seat().unwrap();
    set.host.cut();
    let host = set.host.seat().unwrap();
    ben.wait_for("the host's absence", |m| !m.here.contains(&host)).await.unwrap();
    assert_eq!(ben.model().no_facilitator_since, None);
    set.server.clock.advance(limits::HOLD_AFTER_MS * 4);
    settle(&mut ben).await;
    assert!(!holds(ben.model()));
    let seq = co.must("a hand-over", Command::HandOver { seat }).await.unwrap();
    ben.catch_up(seq).await.unwrap();
    co.cut();
    let co_seat = co.seat().unwrap();
    ben.wait_for("the other absence", |m| !m.here.contains(&co_seat)).await.unwrap();
    set.server.clock.advance(limits::HOLD_AFTER_MS * 4);
    ben.must("the lead's own command", Command::Pause).await.unwrap();
    assert!(!holds(ben.model()));
    // When the lead goes to the lobby the controls go with the hand-over.
    co.come_back().await.unwrap();
    co.must("a lobby", Command::SendToLobby { seat }).await.unwrap();
    assert!(co.shared().unwrap().lead.is_none());
}

#[tokio::test]
async fn a_hold_that_was_asked_for_stays_when_the_facilitator_comes_back() {
    let (mut set, mut ben) = running().await;
    set.host_does(Command::Hold).await;
    set.host.cut();
    ben.wait_for("the host's absence", |m| m.no_facilitator_since.is_some()).await.unwrap();
    set.server.clock.advance(limits::HOLD_AFTER_MS);
    set.host.come_back().await.unwrap();
    set.agree(&mut [&mut ben]).await;
    assert_eq!(ben.shared().unwrap().hold.unwrap().why, HoldReason::Asked);
    set.host_does(Command::Release).await;
    set.agree(&mut [&mut ben]).await;
    assert!(!holds(ben.model()));
}

// fault: F24 — who is back within fifteen seconds has stopped nothing
#[tokio::test]
async fn a_reconnect_within_the_time_leaves_no_trace() {
    let (mut set, mut ben) = running().await;
    let written = set.written().await;
    let clock = ben.shared().unwrap().clock;
    set.host.cut();
    ben.wait_for("the host's absence", |m| m.no_facilitator_since.is_some()).await.unwrap();
    set.server.clock.advance(limits::HOLD_AFTER_MS - 1);
    set.host.come_back().await.unwrap();
    ben.wait_for("the host", |m| m.no_facilitator_since.is_none()).await.unwrap();
    set.server.clock.advance(limits::HOLD_AFTER_MS * 2);
    settle(&mut ben).await;
    assert_eq!(ben.shared().unwrap().clock, clock);
    assert_eq!(set.written().await, written);
}

// fault: F4 — whoever is gone is passed over, and keeps their hand
#[tokio::test]
async fn a_gone_persons_hand_is_kept_and_skipped() {
    let (mut set, mut ben) = running().await;
    let mut cleo = set.person(LinkRole::Member, "Cleo").await;
    let host = set.host.seat().unwrap();
    set.host_does(Command::SetOrder { order: vec![host] }).await;
    let parts = set.host.shared().unwrap().agenda;
    let at = parts.iter().position(|part| part.id == "classic.explore").unwrap();
    let seq = set.host_does(Command::GoTo { part: u32::try_from(at).unwrap() }).await;
    let (one, two) = (ben.seat().unwrap(), cleo.seat().unwrap());
    for person in [&mut ben, &mut cleo] {
        person.catch_up(seq).await.unwrap();
        person.must("the charter", Command::AgreeCharter).await.unwrap();
    }
    set.host_does(Command::Invite { seat: two }).await;
    let hand = Command::RaiseHand { kind: None, seat: None };
    ben.must("a hand", hand.clone()).await.unwrap();
    ben.cut();
    set.host.wait_for("his absence", |m| !m.here.contains(&one)).await.unwrap();
    assert!(set.host.shared().unwrap().queue.contains_key(&one), "the hand is still up");
    set.host_does(Command::EndTurn).await;
    set.server.clock.advance(limits::SETTLE_GAP_MS);
    cleo.must("a hand", hand).await.unwrap();
    let lit = |seat| move |m: &Model| m.shared().unwrap().asking.is_some_and(|a| a.seat == seat);
    cleo.wait_for("the floor", lit(two)).await.unwrap();
    cleo.must("the end of it", Command::EndTurn).await.unwrap();
    ben.come_back().await.unwrap();
    set.server.clock.advance(limits::SETTLE_GAP_MS);
    ben.wait_for("the floor", lit(one)).await.unwrap();
    set.agree(&mut [&mut ben, &mut cleo]).await;
}

// fault: F23 — the presenter goes: turn and clock stay as they are, and are theirs on return
#[tokio::test]
async fn a_presenter_who_goes_keeps_the_turn_and_the_clock_goes_on() {
    let (mut set, mut ben) = running().await;
    let (seat, host) = (ben.seat().unwrap(), set.host.seat().unwrap());
    set.host_does(Command::SetOrder { order: vec![seat] }).await;
    let parts = set.host.shared().unwrap().agenda;
    let at = parts.iter().position(|part| part.id == "classic.present").unwrap();
    set.host_does(Command::GoTo { part: u32::try_from(at).unwrap() }).await;
    let before = set.agree(&mut [&mut ben]).await;
    assert_eq!(before["presenter"], serde_json::json!(seat));
    assert_eq!(before["clock"]["is"], "running");
    ben.cut();
    set.host.wait_for("his absence", |m| !m.here.contains(&seat)).await.unwrap();
    set.server.clock.advance(60_000);
    assert_eq!(set.agree(&mut []).await, before, "the very same end of the same turn");
    ben.come_back().await.unwrap();
    assert_eq!(set.agree(&mut [&mut ben]).await, before);
    // It can be passed on at any time by whoever has the controls.
    ben.cut();
    set.host_does(Command::ChoosePresenter { seat: Some(host) }).await;
    ben.come_back().await.unwrap();
    assert_eq!(set.agree(&mut [&mut ben]).await["presenter"], serde_json::json!(host));
}

// fault: F6 — a line on which nothing happens hears the service in far less than 60 seconds
#[tokio::test]
async fn a_quiet_line_is_never_silent_for_as_long_as_a_proxy_waits() {
    let published = crate::support::test_config().limits.ping_every_ms;
    assert!(published <= 20_000, "three signs of life before a proxy would cut the line");
    let mut set = set_with(|config| config.limits.ping_every_ms = 20).await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    let mut quiet = line(&set.dial, &ben.keyring().come_back(None)).await;
    let mut beats = 0;
    while beats < 5 {
        // It answers pings by being read, and says nothing else.
        let text = soon(quiet.next_text()).await.unwrap();
        beats += usize::from(text.starts_with(r#"{"t":"beat""#));
    }
}

#[tokio::test]
async fn presence_is_not_written_down() {
    let (mut set, ben) = running().await;
    let written = set.written().await;
    for _ in 0..5 {
        let mut other = line(&set.dial, &ben.keyring().come_back(None)).await;
        soon(other.next_text()).await.unwrap();
        other.close().await.unwrap();
    }
    set.server.until_figure("setroom_room_seats_connected", 2.0).await;
    assert_eq!(set.written().await, written);
    set.agree(&mut []).await;
}
