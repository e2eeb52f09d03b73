//! An observer once the meeting is closed, and in the next one: as much an observer as before.

use setroom_checker::permitted::permitted;
use setroom_client::Place;
use setroom_protocol::room::Stage;
use setroom_protocol::{Code, Command, ItemId, LinkRole, MeetingId, Role, TextKind};

use super::means::{Circle, bens_alone, classic, is_refused_by_the_table, meets_again};
use super::member::nothing_is_on_the_tape;
use super::member_duties::is_nobody_else_later;
use super::observer::is_given_nothing;
use crate::support::people::rng;

const NEXT: MeetingId = MeetingId::from_bytes([81; 16]);

/// What a facilitator might give them by a slip while no meeting runs: nothing of it is done.
async fn is_given_nothing_between(circle: &mut Circle) {
    let before = circle.before().await;
    let seat = circle.eve.seat().unwrap();
    let stage = circle.set.host.shared().unwrap().stage;
    for (name, command) in [
        ("hand_over", Command::HandOver { seat }),
        ("choose_presenter", Command::ChoosePresenter { seat: Some(seat) }),
        ("name_scribe", Command::NameScribe { seat: Some(seat) }),
        ("set_order", Command::SetOrder { order: vec![seat] }),
        ("invite", Command::Invite { seat }),
        ("start_round", Command::StartRound { seat }),
    ] {
        let may = permitted(name, Role::Host, false, stage).is_none();
        let answer = circle.set.host.do_(command).await.unwrap().refused();
        assert_eq!(answer, Some(if may { Code::Role } else { Code::Stage }), "{name}");
    }
    circle.is_unmoved(&before).await;
}

/// Texts of others, and texts of one's own where observers have none.
async fn writes_nothing(circle: &mut Circle, alone: ItemId) {
    let before = circle.before().await;
    for (command, code) in [
        (Command::ReleaseItem { item: alone }, Code::Role),
        (Command::WithdrawItem { item: alone }, Code::Role),
        (Command::AgreeNames { on: true }, Code::Role),
        (Command::CannotCome { meeting: NEXT, on: true }, Code::Role),
    ] {
        let answer = circle.eve.do_(command.clone()).await.unwrap();
        assert_eq!(answer.refused(), Some(code), "{command:?}");
    }
    let is_closed = circle.set.host.shared().unwrap().stage == Stage::Closed;
    for kind in [TextKind::Action, TextKind::Question, TextKind::Headline, TextKind::Charter] {
        let shared = circle.eve.shared().unwrap();
        let seat = circle.eve.seat().unwrap();
        for (item, rev) in [(alone, 2), (ItemId::from_bytes([6; 16]), 1)] {
            let meeting = shared.meeting;
            let place = Place { meeting, seat, kind, item, rev, own: false };
            let mut keys = circle.eve.keyring().clone();
            keys.count_from(circle.eve.model().own().unwrap().next_n);
            let rng = &mut rng(9);
            let put = keys.seal(&place, "seen", None, rng).unwrap();
            let answer = circle.eve.do_(Command::Put(put)).await.unwrap();
            let code = match (item == alone, is_closed) {
                (true, _) => Code::NotYours,
                (false, true) => Code::Stage,
                (false, false) => Code::Role,
            };
            assert_eq!(answer.refused(), Some(code), "{kind:?}");
        }
    }
    circle.is_unmoved(&before).await;
}

#[tokio::test]
async fn an_observer_is_an_observer_after_the_close_and_in_the_next_meeting() {
    let mut circle = classic(LinkRole::Observer).await;
    circle.begins().await;
    let alone = bens_alone(&mut circle).await;
    circle.goes_on(Command::Close).await;
    circle.agree().await;
    for stage in 0..3 {
        if stage == 1 {
            meets_again(&mut circle, NEXT).await;
        } else if stage == 2 {
            circle.begins().await;
            circle.ben.put(TextKind::Action, "alone again", None).await.unwrap();
        }
        is_refused_by_the_table(&mut circle, Role::Observer, false).await;
        if stage == 2 {
            is_given_nothing(&mut circle).await;
        } else {
            is_given_nothing_between(&mut circle).await;
        }
        writes_nothing(&mut circle, alone).await;
        nothing_is_on_the_tape(&mut circle).await;
        let own = circle.eve.model().own().unwrap();
        assert_eq!((own.role, own.keys, own.controls), (Role::Observer, false, false));
        assert!(own.items.is_empty() && own.recover.is_empty() && own.links.is_none());
    }
}

#[tokio::test]
async fn an_observer_is_believed_to_be_nobody_else_after_the_close_and_in_the_next_meeting() {
    Box::pin(is_nobody_else_later(LinkRole::Observer, Role::Observer)).await;
}
