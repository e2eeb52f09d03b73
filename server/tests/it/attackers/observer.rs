//! An observer: somebody who watches, and holds the observers' link.

use setroom_protocol::{Code, Command, LinkRole, Role};

use super::keys::{changes_no_key, puts_down_no_key_for_others};
use super::means::{Circle, classic, is_refused_all_else};
use super::member::{is_never_sent_what_is_for_another, puts_nobody_out};
use super::seats::{
    a_key_of_anothers_beside_an_own_one_wins_nothing, all_that_can_be_shown, is_not_given,
    knocking_again_leads_to_ones_own_seat, nobody_is_believed_to_be_another, opens_no_other_kind,
};

#[tokio::test]
async fn an_observer_is_never_sent_what_is_for_another_alone() {
    is_never_sent_what_is_for_another(LinkRole::Observer).await;
}

#[tokio::test]
async fn an_observer_cannot_knock_by_another_link_into_a_seat() {
    let mut circle = classic(LinkRole::Observer).await;
    let link = circle.link();
    opens_no_other_kind(&mut circle, &link).await;
    nobody_is_believed_to_be_another(&mut circle, &all_that_can_be_shown(&link)).await;
    a_key_of_anothers_beside_an_own_one_wins_nothing(&mut circle, &link).await;
    knocking_again_leads_to_ones_own_seat(&mut circle).await;
    // A new browser by the observers' link is given no seat of another kind, there or away.
    let second = circle.set.knock(LinkRole::Observer, "Ben").await;
    let device = second.device();
    circle.set.host.wait_for("the knock", |m| m.knocks.contains_key(&device)).await.unwrap();
    let seats = circle.others().map(|(_, person)| person.seat().unwrap());
    for seat in seats {
        is_not_given(&mut circle, device, seat).await;
    }
    circle.ben.go().await.unwrap();
    let ben = seats[2];
    circle.set.host.wait_for("him to be away", |m| !m.here.contains(&ben)).await.unwrap();
    let answer = circle.set.host.admit_as(device, Some(ben)).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::Role));
}

#[tokio::test]
async fn an_observer_cannot_raise_itself() {
    let mut circle = classic(LinkRole::Observer).await;
    let before = circle.before().await;
    is_refused_all_else(&mut circle, Role::Observer).await;
    let seat = circle.eve.seat().unwrap();
    for role in [Role::Member, Role::Trainee, Role::CoFacilitator, Role::Host] {
        let answer = circle.eve.do_(Command::SetRole { seat, role, keys: None }).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::Role), "{role:?}");
    }
    circle.is_unmoved(&before).await;
    circle.begins().await;
    let before = circle.before().await;
    is_refused_all_else(&mut circle, Role::Observer).await;
    circle.is_unmoved(&before).await;
    is_given_nothing(&mut circle).await;
}

/// Nor do the controls come to them by a facilitator's slip, or a seat in the circle: each is tried in a part
/// where whoever takes part is given it.
pub(super) async fn is_given_nothing(circle: &mut Circle) {
    let seat = circle.eve.seat().unwrap();
    let parts = circle.set.host.shared().unwrap().agenda;
    for (id, command, code) in [
        ("classic.present", Command::HandOver { seat }, Code::Role),
        ("classic.present", Command::ChoosePresenter { seat: Some(seat) }, Code::Role),
        ("classic.present", Command::NameScribe { seat: Some(seat) }, Code::Role),
        ("classic.present", Command::SetOrder { order: vec![seat] }, Code::Role),
        ("classic.explore", Command::Invite { seat }, Code::Role),
        ("check_in", Command::StartRound { seat }, Code::NoSeat),
    ] {
        circle.goes_to(parts.iter().position(|part| part.id == id).unwrap()).await;
        let before = circle.before().await;
        let answer = circle.set.host.do_(command.clone()).await.unwrap();
        assert_eq!(answer.refused(), Some(code), "{command:?}");
        circle.is_unmoved(&before).await;
    }
}

#[tokio::test]
async fn an_observer_cannot_change_keys_or_the_roster() {
    let mut circle = classic(LinkRole::Observer).await;
    changes_no_key(&mut circle).await;
    puts_down_no_key_for_others(&mut circle).await;
}

#[tokio::test]
async fn an_observer_cannot_put_anybody_out() {
    let mut circle = classic(LinkRole::Observer).await;
    circle.begins().await;
    puts_nobody_out(&mut circle, Role::Observer).await;
}
