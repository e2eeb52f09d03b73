//! Coming in, being let in, being sent away, and coming back.

use serde_json::{Value, json};
use setroom_client::{Client, ClientError, Keyring, Tape, create_set};
use setroom_protocol::{
    ClientFrame, CloseCode, Code, Command, LinkRole, Mode, Role, Token32, limits,
};

use crate::support::people::{
    closed, dial_to, door, door_of, frames, kinds, knocking, line, rest, rng, set, set_with,
};
use crate::support::soon;

#[tokio::test]
async fn the_host_is_in_at_once_and_members_wait_for_the_key() {
    let mut set = set().await;
    assert_eq!(set.host.model().own().unwrap().role, Role::Host);
    let tape = Tape::default();
    let dial = set.dial.clone().tape(&tape);
    let mut member = set.knock_by(&dial, LinkRole::Member, "Ben").await;
    assert_eq!(member.model().lobby().unwrap().place, Some(1));
    // The room lives on; nothing of it comes to the door.
    set.host_does(Command::Lock { on: true }).await;
    set.host_does(Command::Lock { on: false }).await;
    assert!(set.host.admit(member.device()).await.unwrap().done().is_some());
    member.enter("Ben").await.unwrap();
    let kinds = kinds(&tape);
    let inside = kinds.iter().position(|kind| kind == "snapshot").unwrap();
    assert!(inside > 0 && kinds[..inside].iter().all(|kind| kind == "lobby"), "{kinds:?}");
    let snapshot = &frames(&tape)[inside];
    assert!(snapshot["own"]["grant"].is_string(), "the key comes with the snapshot");
    assert_eq!(snapshot["own"]["role"], "member");
    // The key is the right one: what the host typed can be read.
    let seat = set.host.seat().unwrap();
    let name = setroom_protocol::TextKind::Name;
    assert_eq!(member.text(name, seat).unwrap().as_deref(), Some("Asha"));
    set.agree(&mut [&mut member]).await;
}

/// A page that goes, or a line that is cut, in the very moment of *Admit*
#[tokio::test]
async fn who_was_let_in_and_could_not_keep_it_is_in_when_they_knock_again() {
    for then in [None, Some(Command::Lock { on: true })] {
        let mut set = set().await;
        let member = set.knock(LinkRole::Member, "Ben").await;
        let (device, keys) = (member.device(), member.keyring().clone());
        assert!(set.host.admit(device).await.unwrap().done().is_some());
        drop(member);
        // By a link that is of no more use since, and at a door that is locked.
        let other = set.person(LinkRole::Member, "Cai").await.seat().unwrap();
        assert!(set.host.remove(other).await.unwrap().done().is_some());
        if let Some(command) = then {
            set.host_does(command).await;
        }
        let written = set.written().await;
        let mut line = knocking(&set.dial, &keys, "Ben").await;
        let view = serde_json::from_str::<Value>(&soon(line.next_text()).await.unwrap()).unwrap();
        assert_eq!((&view["t"], &view["own"]["role"]), (&json!("snapshot"), &json!("member")));
        assert!(view["own"]["grant"].is_string(), "the key comes with the snapshot");
        assert_eq!(set.written().await, written, "nothing was changed by it");
        // Who was removed is out by every way.
        let seat = serde_json::from_value(view["own"]["seat"].clone()).unwrap();
        assert!(set.host.remove(seat).await.unwrap().done().is_some());
        let answer = door_of(&set.dial, &keys, "Ben").await;
        assert_eq!(answer, (vec!["knock_refused".into()], 4403));
    }
}

#[tokio::test]
async fn refused_and_locked_out() {
    let mut set = set().await;
    let mut stranger = set.knock(LinkRole::Member, "Somebody").await;
    let device = stranger.device();
    set.host.wait_for("the knock", |model| model.knocks.contains_key(&device)).await.unwrap();
    let before = set.written().await;
    set.host_does(Command::Refuse { device }).await;
    let ended = stranger.until_ended().await.unwrap();
    assert_eq!(ended.close_code(), Some(CloseCode::NotAllowed));
    assert_eq!(stranger.model().admission_refused, Some(Code::KnockRefused));
    set.host.wait_for("an empty door", |model| model.knocks.is_empty()).await.unwrap();
    assert_eq!(set.written().await, before, "who was refused is nobody's business later");

    set.host_does(Command::Lock { on: true }).await;
    let rng = set.fresh_rng();
    let locked = Client::knock(&set.dial, &set.links.member, "Ben", rng).await;
    assert!(matches!(locked, Err(ClientError::NotAdmitted(Code::Locked))), "{locked:?}");
}

#[tokio::test]
async fn a_wrong_token_and_an_unknown_set_are_one_answer() {
    let set = set().await;
    let other =
        create_set(&set.dial, "short_90", "classic", Mode::Set, &mut rng(77)).await.unwrap();
    // Each is genuine but for what is wrong: a link with another set or role in it.
    let member = &set.links.member;
    let mut of_another_set = other.member.clone();
    of_another_set.set = member.set;
    let mut unknown_set = member.clone();
    unknown_set.set = [9; 16];
    let mut wrong_role = member.clone();
    wrong_role.role = LinkRole::CoFacilitator;
    for link in [of_another_set, unknown_set, wrong_role] {
        let keys = Keyring::new(&link, Default::default(), &mut rng(5));
        assert_eq!(door_of(&set.dial, &keys, "Eve").await, (vec![], 4401), "{link:?}");
    }
    let mut wrong_token = set.host.keyring().come_back(None);
    if let ClientFrame::Resume { token, .. } = &mut wrong_token {
        *token = Token32([3; 32]);
    }
    let mut unknown_device = set.host.keyring().come_back(None);
    if let ClientFrame::Resume { device, .. } = &mut unknown_device {
        *device = setroom_protocol::DeviceId::from_bytes([3; 16]);
    }
    for frame in [wrong_token, unknown_device] {
        assert_eq!(door(&set.dial, &frame).await, (vec![], 4401), "{frame:?}");
    }
}

#[tokio::test]
async fn wrong_tokens_are_forgiven_so_many_times() {
    let set = set_with(|config| {
        config.limits.loopback_exempt = false;
        config.limits.bad_tokens_per_address_per_minute = 3;
    })
    .await;
    let mut wrong = set.host.keyring().come_back(None);
    if let ClientFrame::Resume { token, .. } = &mut wrong {
        *token = Token32([3; 32]);
    }
    let eve = set.dial.clone().from("127.0.0.9".parse().unwrap());
    for _ in 0..3 {
        assert_eq!(door(&eve, &wrong).await.1, 4401);
    }
    assert_eq!(door(&eve, &wrong).await.1, 4429);
    // Nobody else pays for it, behind the same address neither, and it passes.
    let mut right = line(&eve, &set.host.keyring().come_back(None)).await;
    let text = soon(right.next_text()).await.unwrap();
    assert!(text.starts_with(r#"{"t":"snapshot""#));
    assert_eq!(door(&set.dial, &wrong).await.1, 4401);
    set.server.clock.advance(10 * 60_000);
    assert_eq!(door(&eve, &wrong).await.1, 4401);
}

// fault: F25 — nothing of the removal or after it comes to them, and no way leads back
#[tokio::test]
async fn who_was_removed_stays_out() {
    let mut set = set().await;
    let (mut member, tape) = set.taped(LinkRole::Member, "Ben").await;
    let seat = member.seat().unwrap();
    assert!(set.host.remove(seat).await.unwrap().done().is_some());
    let ended = member.until_ended().await.unwrap();
    assert_eq!(ended.close_code(), Some(CloseCode::NotAllowed));
    let told = frames(&tape).iter().any(|frame| frame["what"] == "removed");
    assert!(!told, "nothing of the removal, and nothing after it, comes to them");
    let back = member.keyring().come_back(Some(member.model().seq()));
    assert_eq!(door(&set.dial, &back).await, (vec!["no_seat".into()], 4403));
    let knock = door_of(&set.dial, member.keyring(), "Ben").await;
    assert_eq!(knock, (vec!["knock_refused".into()], 4403));
    set.agree(&mut []).await;
}

#[tokio::test]
async fn sent_back_to_the_lobby_and_brought_in_again() {
    let mut set = set().await;
    let (mut ben, tape) = set.taped(LinkRole::Member, "Ben").await;
    let mut cleo = set.person(LinkRole::Member, "Cleo").await;
    let seat = ben.seat().unwrap();
    set.agree(&mut [&mut ben, &mut cleo]).await;
    let seen = ben.model().seq();
    set.host_does(Command::SendToLobby { seat }).await;
    ben.wait_for("the lobby", |model| model.lobby().is_some()).await.unwrap();
    let outside = kinds(&tape).len();
    set.host_does(Command::Lock { on: true }).await;
    set.host_does(Command::Lock { on: false }).await;
    // A second line of the same person stays outside as well, whatever it says that it has seen.
    let mut second = line(&set.dial, &ben.keyring().come_back(Some(seen))).await;
    assert!(second.next_text().await.unwrap().starts_with(r#"{"t":"lobby""#));
    // Commands are refused there; only leaving is not.
    let answer = ben.do_(Command::AgreeCharter).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::InLobby));
    cleo.wait_for("Ben's absence", |model| !model.here.contains(&seat)).await.unwrap();

    let back = set.host_does(Command::BringBack { seat }).await;
    ben.wait_for("the room", |model| model.is_in()).await.unwrap();
    assert_eq!(ben.model().seq(), back);
    let meanwhile = kinds(&tape);
    let inside = meanwhile.iter().rposition(|kind| kind == "snapshot").unwrap();
    let allowed = ["lobby", "refused"];
    assert!(
        meanwhile[outside - 1..inside].iter().all(|kind| allowed.contains(&kind.as_str())),
        "{meanwhile:?}"
    );
    // What happened meanwhile is not to be had by coming back with an old place.
    let mut sly = line(&set.dial, &ben.keyring().come_back(Some(seen))).await;
    let first: Value = serde_json::from_str(&sly.next_text().await.unwrap()).unwrap();
    assert_eq!((&first["t"], &first["gap"]), (&"snapshot".into(), &true.into()));
    set.agree(&mut [&mut ben, &mut cleo]).await;
}

#[tokio::test]
async fn a_newcomer_gets_nothing_from_before_their_time() {
    let mut set = set().await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    let mut sly = line(&set.dial, &ben.keyring().come_back(Some(setroom_protocol::Seq(3)))).await;
    let first: Value = serde_json::from_str(&sly.next_text().await.unwrap()).unwrap();
    assert_eq!((&first["t"], &first["gap"]), (&"snapshot".into(), &true.into()));
}

#[tokio::test]
async fn a_second_device_takes_the_same_seat() {
    let mut set = set().await;
    let mut laptop = set.person(LinkRole::Member, "Ben").await;
    let seat = laptop.seat().unwrap();
    let mut phone = set.beside(&mut laptop, "Ben").await;
    phone.take_grant().unwrap();
    assert_eq!(phone.seat().unwrap(), seat);
    assert_eq!(set.host.shared().unwrap().seats.len(), 2);
    set.agree(&mut [&mut laptop, &mut phone]).await;
    // A link cannot lead to a seat that another link stands for.
    let eve = set.knock(LinkRole::Observer, "Eve").await;
    let host_seat = set.host.seat().unwrap();
    let answer = set.host.admit_as(eve.device(), Some(host_seat)).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::Role));
}

#[tokio::test]
async fn the_fourth_line_replaces_the_oldest_and_a_ghost_takes_nobody_with_it() {
    let mut set = set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let (seat, resume) = (ben.seat().unwrap(), ben.keyring().come_back(None));
    let mut more = Vec::new();
    for _ in 0..limits::CONNECTIONS_PER_SEAT {
        let mut next = line(&set.dial, &resume).await;
        assert!(next.next_text().await.unwrap().starts_with(r#"{"t":"snapshot""#));
        more.push(next);
    }
    let ended = ben.until_ended().await.unwrap();
    assert_eq!(ended.close_code(), Some(CloseCode::Replaced));
    // The ghost's end comes in after its successors are there; the seat stays.
    set.server.until_figure("setroom_socket_connections_open", 4.0).await;
    set.server.until_figure("setroom_http_connections_open", 4.0).await;
    set.host.do_(Command::Lock { on: true }).await.unwrap();
    assert!(set.host.model().here.contains(&seat));
    // Two of three go, the seat stays; the third goes, and so does the seat.
    for gone in more.drain(1..) {
        gone.close().await.unwrap();
    }
    set.server.until_figure("setroom_room_seats_connected", 2.0).await;
    set.host.do_(Command::Lock { on: false }).await.unwrap();
    assert!(set.host.model().here.contains(&seat));
    more.pop().unwrap().close().await.unwrap();
    set.host.wait_for("an empty seat", |model| !model.here.contains(&seat)).await.unwrap();
}

#[tokio::test]
async fn devices_let_in_count_towards_a_persons_lines() {
    let mut set = set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let mut others = Vec::new();
    for _ in 0..limits::DEVICES_PER_SEAT - 1 {
        others.push(set.beside(&mut ben, "Ben").await);
    }
    let ended = ben.until_ended().await.unwrap();
    assert_eq!(ended.close_code(), Some(CloseCode::Replaced));
    // Nobody is kept out by the number: the oldest browser that is not connected gives its place.
    let mut last = others.pop().unwrap();
    let mut fifth = set.beside(&mut last, "Ben").await;
    fifth.take_grant().unwrap();
    let devices = set.host.shared().unwrap().devices;
    assert!(devices.contains_key(&fifth.device()) && !devices.contains_key(&ben.device()));
    let gone = line(&set.dial, &ben.keyring().come_back(None)).await;
    assert_eq!(closed(&rest(&mut { gone }).await.1), 4401);
}

#[tokio::test]
async fn another_device_of_somebody_sent_back_is_outside_too() {
    let mut set = set().await;
    let mut ben = set.person(LinkRole::Member, "Ben").await;
    let seat = ben.seat().unwrap();
    let mut phone = set.beside(&mut ben, "Ben").await;
    phone.cut();
    set.server.until_figure("setroom_room_seats_connected", 2.0).await;
    set.host_does(Command::SendToLobby { seat }).await;
    ben.wait_for("the lobby", |model| model.lobby().is_some()).await.unwrap();
    let tape = Tape::default();
    phone.redial(&set.dial.clone().tape(&tape));
    phone.come_back().await.unwrap();
    phone.wait_for("the lobby", |m| m.lobby().is_some_and(|l| l.place.is_none())).await.unwrap();
    assert!(kinds(&tape).iter().all(|kind| kind == "lobby"), "{:?}", kinds(&tape));
    // Nobody is let in beside somebody who cannot be asked.
    let eve = set.knock(LinkRole::Member, "Ben").await;
    let answer = set.host.admit_as(eve.device(), Some(seat)).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::InLobby));
    set.host_does(Command::BringBack { seat }).await;
    phone.wait_for("the room", |model| model.is_in()).await.unwrap();
    // Leaving is open to whoever was sent back.
    set.host_does(Command::SendToLobby { seat }).await;
    ben.wait_for("the lobby", |model| model.lobby().is_some()).await.unwrap();
    let cid = ben.fresh_cid();
    let seen = ben.model().seq();
    ben.ask(cid, seen, Command::Leave).await.unwrap();
    let ended = ben.until_ended().await.unwrap();
    assert_eq!(ended.close_code(), Some(CloseCode::NotAllowed));
    set.host.wait_for("his leaving", |m| m.last_change() == Some("left")).await.unwrap();
}

#[tokio::test]
async fn a_thousand_knocks_fill_the_lobby_and_nothing_else() {
    let mut set = set().await;
    let before = set.written().await;
    let mut waiting = Vec::new();
    let mut refused = 0;
    for n in 0..1000 {
        let rng = set.fresh_rng();
        match Client::knock(&set.dial, &set.links.member, "Eve", rng).await {
            Ok(client) => {
                assert!(waiting.len() < limits::LOBBY, "number {n} got in");
                waiting.push(client);
            }
            Err(ClientError::NotAdmitted(Code::Lobby)) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!((waiting.len(), refused), (24, 976));
    set.host.wait_for("the knocks", |model| model.knocks.len() == 24).await.unwrap();
    assert_eq!(set.written().await, before);
    let keys = Keyring::new(&set.links.member, Default::default(), &mut rng(5));
    assert_eq!(door_of(&set.dial, &keys, "Eve").await, (vec!["lobby".into()], 1013));
    // The host's own link is not kept out by them.
    let other = Client::knock(&set.dial, &set.links.host, "Asha", rng(9)).await.unwrap();
    assert!(other.model().is_in());
    // A place becomes free when somebody goes.
    waiting.pop().unwrap().go().await.unwrap();
    set.host.wait_for("a free place", |model| model.knocks.len() == 23).await.unwrap();
    set.knock(LinkRole::Member, "Ben").await;
}

#[tokio::test]
async fn nobody_waits_in_the_lobby_for_ever() {
    let mut set = set().await;
    let mut early = set.knock(LinkRole::Member, "Ben").await;
    set.server.clock.advance(limits::LOBBY_STAY_MS - 1);
    let mut late = set.knock(LinkRole::Member, "Cleo").await;
    late.wait_for("both", |m| m.lobby().is_some_and(|l| l.place == Some(2))).await.unwrap();
    set.server.clock.advance(1);
    let ended = early.until_ended().await.unwrap();
    assert_eq!(ended.close_code(), Some(CloseCode::NotAllowed));
    assert_eq!(early.model().admission_refused, Some(Code::LobbyStay));
    late.wait_for("to be first", |m| m.lobby().is_some_and(|l| l.place == Some(1))).await.unwrap();
}

// fault: F26 — who knocks on the old link is told that it changed, and it opens nothing
#[tokio::test]
async fn a_changed_link_ends_the_wait() {
    let mut set = set().await;
    let mut ben = set.knock(LinkRole::Member, "Ben").await;
    assert!(set.host.rekey(&[LinkRole::Member]).await.unwrap().done().is_some());
    let ended = ben.until_ended().await.unwrap();
    assert_eq!(ended.close_code(), Some(CloseCode::NotAllowed));
    assert_eq!(ben.model().admission_refused, Some(Code::LinkChanged));
    let old = door_of(&set.dial, ben.keyring(), "Ben").await;
    assert_eq!(old, (vec![], 4401), "the old link is dead");
}

#[tokio::test]
async fn the_same_browser_knocks_twice_and_keeps_its_place() {
    let mut set = set().await;
    let mut ben = set.knock(LinkRole::Member, "Ben").await;
    set.server.clock.advance(1000);
    let mut cleo = set.knock(LinkRole::Member, "Cleo").await;
    set.server.clock.advance(1000);
    let mut second = knocking(&dial_to(&set.server), ben.keyring(), "Ben").await;
    assert!(second.next_text().await.unwrap().contains(r#""place":1"#));
    assert_eq!(ben.until_ended().await.unwrap().close_code(), Some(CloseCode::Replaced));
    set.server.until_figure("setroom_socket_connections_open", 3.0).await;
    cleo.wait_for("the second place", |m| m.lobby().is_some_and(|l| l.place == Some(2)))
        .await
        .unwrap();
    // The ghost's end has not taken the new knock away.
    assert!(set.host.admit(ben.device()).await.unwrap().done().is_some());
    let snapshot = soon(async {
        loop {
            let text = second.next_text().await.unwrap();
            if !text.starts_with(r#"{"t":"lobby""#) {
                return text;
            }
        }
    });
    assert!(snapshot.await.starts_with(r#"{"t":"snapshot""#));
    second.send_text("{".into()).await.unwrap();
    assert_eq!(closed(&soon(rest(&mut second)).await.1), 4400);
}
