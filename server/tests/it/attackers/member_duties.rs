//! A member with everything that a member may be given in a meeting: they present, are scribe, have the floor, learn
//! to facilitate, or have the controls. And every member, once the meeting is closed and in the next one.

use setroom_client::Place;
use setroom_protocol::command::{Put, Saying};
use setroom_protocol::method::See;
use setroom_protocol::room::Stage;
use setroom_protocol::view::Shared;
use setroom_protocol::{Code, Command, ItemId, LinkRole, MeetingId, Role, SeatId, TextKind};

use super::keys::{changes_no_key, puts_down_no_key_for_others};
use super::means::{Circle, bens_alone, classic, is_refused_by_the_table, meets_again};
use super::member::{nothing_is_on_the_tape, puts_nobody_out};
use super::seats::{
    a_key_of_anothers_beside_an_own_one_wins_nothing, all_that_can_be_shown,
    knocking_again_leads_to_ones_own_seat, nobody_is_believed_to_be_another,
};
use crate::support::people::{frames, rng};

const NEXT: MeetingId = MeetingId::from_bytes([79; 16]);

/// What a member may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Duty {
    Presents,
    HasTheFloor,
    IsScribe,
    Learns,
    Leads,
    LearnsAndLeads,
}

use Duty::{HasTheFloor, IsScribe, Leads, Learns, LearnsAndLeads, Presents};

const DUTIES: [Duty; 6] = [Presents, HasTheFloor, IsScribe, Learns, Leads, LearnsAndLeads];

impl Duty {
    fn role(self) -> Role {
        if matches!(self, Learns | LearnsAndLeads) { Role::Trainee } else { Role::Member }
    }

    fn leads(self) -> bool {
        matches!(self, Leads | LearnsAndLeads)
    }

    fn given_by(self, seat: SeatId) -> Vec<Command> {
        let learns = Command::SetRole { seat, role: Role::Trainee, keys: None };
        match self {
            Presents => vec![Command::ChoosePresenter { seat: Some(seat) }],
            HasTheFloor => vec![Command::Invite { seat }],
            IsScribe => vec![Command::NameScribe { seat: Some(seat) }],
            Learns => vec![learns],
            Leads => vec![Command::HandOver { seat }],
            LearnsAndLeads => vec![learns, Command::HandOver { seat }],
        }
    }

    fn is_held(self, shared: &Shared, seat: SeatId) -> bool {
        let leads = shared.lead == Some(seat);
        let learns = shared.seats[&seat].role == Role::Trainee;
        match self {
            Presents => shared.presenter == Some(seat),
            HasTheFloor => shared.asking.is_some_and(|asking| asking.seat == seat),
            IsScribe => shared.scribe == Some(seat),
            Learns => learns,
            Leads => leads,
            LearnsAndLeads => learns && leads,
        }
    }
}

/// The host gives Eve the duty, where the part has such. True when she has it.
async fn is_given(circle: &mut Circle, duty: Duty) -> bool {
    let seat = circle.eve.seat().unwrap();
    for command in duty.given_by(seat) {
        let answer = circle.set.host.do_(command).await.unwrap();
        let Some(seq) = answer.done() else {
            let none = [Code::Already, Code::Part, Code::Stage, Code::Role];
            assert!(none.contains(&answer.refused().unwrap()), "{duty:?}: {answer:?}");
            continue;
        };
        let Circle { cora, ben, olga, eve, .. } = circle;
        for person in [cora, ben, olga, eve] {
            person.catch_up(seq).await.unwrap();
        }
    }
    circle.agree().await;
    duty.is_held(&circle.set.host.shared().unwrap(), seat)
}

/// Whatever they lead, they hold no keys, are shown nobody at the door, and are handed nothing to help with.
fn holds_no_keys(circle: &Circle, duty: Duty) {
    let own = circle.eve.model().own().unwrap();
    let has_none = own.wrap.is_none() && own.links.is_none() && own.recover.is_empty();
    assert!(!own.keys && has_none, "{duty:?}");
    let all = frames(&circle.tape);
    assert!(all.iter().all(|frame| frame["t"] != "knocks"), "{duty:?}");
}

/// Ben's texts, hands and turns, as Eve may not touch them, whatever she has been given.
async fn touches_nobody(circle: &mut Circle, alone: ItemId, leads: bool, presents: bool) {
    let before = circle.before().await;
    let shared = circle.set.host.shared().unwrap();
    let (ben, eve) = (circle.ben.seat().unwrap(), circle.eve.seat().unwrap());
    let name = ItemId::from_bytes(*ben.as_bytes());
    let stored = shared.items[&name].rev;
    let alones = circle.ben.model().own().unwrap().items[&alone].rev;
    for (kind, item, rev) in
        [(TextKind::Name, name, stored + 1), (TextKind::Action, alone, alones + 1)]
    {
        for seat in [ben, eve] {
            let place = Place { meeting: shared.meeting, seat, kind, item, rev, own: false };
            let put = circle.eve.keyring().clone().seal(&place, "theirs", None, &mut rng(5));
            let answer = circle.eve.do_(Command::Put(put.unwrap())).await.unwrap();
            assert_eq!(answer.refused(), Some(Code::NotYours), "{kind:?}");
        }
    }
    let closed = shared.stage == Stage::Closed;
    let running = shared.stage == Stage::Running;
    // Not even whether it still stands.
    let open = if closed { Code::Stage } else { Code::NoItem };
    for (command, code) in [
        (Command::ReleaseItem { item: alone }, open),
        (Command::WithdrawItem { item: alone }, Code::NoItem),
        (Command::WithdrawItem { item: name }, Code::NotYours),
        (Command::AnswerSeat { device: circle.ben.device(), yes: true }, Code::NoKnock),
    ] {
        let answer = circle.eve.do_(command.clone()).await.unwrap();
        assert_eq!(answer.refused(), Some(code), "{command:?}");
    }
    let mut turns = Vec::new();
    if !leads {
        turns.extend([
            Command::RaiseHand { kind: None, seat: Some(ben) },
            Command::LowerHand { seat: Some(ben) },
        ]);
    }
    for command in turns {
        let answer = circle.eve.do_(command.clone()).await.unwrap();
        let code = if running { Code::NotYours } else { Code::Stage };
        assert_eq!(answer.refused(), Some(code), "{command:?}");
    }
    // Nobody says for whoever presents how it is for them.
    if running && !presents {
        let what = Saying::Thinking;
        let answer = circle.eve.do_(Command::Say { what }).await.unwrap();
        let refused = answer.refused();
        assert!(matches!(refused, Some(Code::NotYours | Code::NoPresenter)), "{answer:?}");
    }
    circle.is_unmoved(&before).await;
}

/// Everybody else writes whatever they may write for themselves alone in this part.
async fn others_write_alone(circle: &mut Circle) {
    let writes = circle.set.host.shared().unwrap().now.unwrap().writes;
    let Circle { set, ben, cora, .. } = circle;
    for person in [&mut set.host, ben, cora] {
        for write in writes.iter().filter(|write| write.see != See::Everyone) {
            person.put(write.kind, "alone", None).await.unwrap();
        }
    }
    nothing_is_on_the_tape(circle).await;
}

/// With each duty, in every part in which it can be held, and before the meeting where that is so.
#[tokio::test]
async fn a_member_with_a_duty_may_no_more_than_the_duty_is_and_is_sent_no_more() {
    for duty in DUTIES {
        let mut circle = classic(LinkRole::Member).await;
        let is_given_early = is_given(&mut circle, duty).await;
        assert_eq!(is_given_early, !matches!(duty, Presents | HasTheFloor), "{duty:?}");
        is_refused_by_the_table(&mut circle, duty.role(), duty.leads()).await;
        circle.begins().await;
        let alone = bens_alone(&mut circle).await;
        let mut held = 0;
        for part in 0..circle.set.host.shared().unwrap().agenda.len() {
            circle.goes_on(Command::GoTo { part: u32::try_from(part).unwrap() }).await;
            if !is_given(&mut circle, duty).await {
                continue;
            }
            held += 1;
            is_refused_by_the_table(&mut circle, duty.role(), duty.leads()).await;
            others_write_alone(&mut circle).await;
            touches_nobody(&mut circle, alone, duty.leads(), duty == Presents).await;
            holds_no_keys(&circle, duty);
        }
        assert!(held > 0, "{duty:?} was held in {held} parts");
        // The controls are the host's to take, and then they are gone.
        if duty.leads() {
            circle.goes_on(Command::TakeBack).await;
            circle.agree().await;
            is_refused_by_the_table(&mut circle, duty.role(), false).await;
        }
        is_given(&mut circle, duty).await;
        // A duty ends with its meeting; a role does not.
        circle.goes_on(Command::Close).await;
        circle.agree().await;
        is_refused_by_the_table(&mut circle, duty.role(), false).await;
        touches_nobody(&mut circle, alone, false, false).await;
        nothing_is_on_the_tape(&mut circle).await;
        meets_again(&mut circle, NEXT).await;
        is_refused_by_the_table(&mut circle, duty.role(), false).await;
        touches_nobody(&mut circle, alone, false, false).await;
        holds_no_keys(&circle, duty);
        nothing_is_on_the_tape(&mut circle).await;
    }
}

#[tokio::test]
async fn a_member_with_a_duty_cannot_change_keys_or_the_roster() {
    for duty in [IsScribe, Learns, Leads, LearnsAndLeads] {
        let mut circle = classic(LinkRole::Member).await;
        circle.begins().await;
        assert!(is_given(&mut circle, duty).await, "{duty:?}");
        changes_no_key(&mut circle).await;
        puts_down_no_key_for_others(&mut circle).await;
        if !duty.leads() {
            puts_nobody_out(&mut circle, duty.role()).await;
        }
        // Nor is it a way into a seat that holds keys.
        let seat = circle.eve.seat().unwrap();
        for role in [Role::Host, Role::CoFacilitator] {
            let raise = Command::SetRole { seat, role, keys: None };
            let answer = circle.eve.do_(raise).await.unwrap();
            assert_eq!(answer.refused(), Some(Code::Role), "{duty:?}");
        }
        let links = all_that_can_be_shown(&circle.link());
        nobody_is_believed_to_be_another(&mut circle, &links[2..3]).await;
    }
}

/// Whoever came by this kind of link and was in a meeting is what they were in between, and in the next one.
pub(super) async fn is_nobody_else_later(kind: LinkRole, role: Role) {
    let mut circle = classic(kind).await;
    circle.begins().await;
    circle.goes_on(Command::Close).await;
    circle.agree().await;
    let link = circle.link();
    for again in [false, true] {
        if again {
            meets_again(&mut circle, NEXT).await;
        }
        nobody_is_believed_to_be_another(&mut circle, &all_that_can_be_shown(&link)).await;
        a_key_of_anothers_beside_an_own_one_wins_nothing(&mut circle, &link).await;
        knocking_again_leads_to_ones_own_seat(&mut circle).await;
        circle.set.host.wait_for("an empty door", |m| m.knocks.is_empty()).await.unwrap();
        // They were handed the present key once more.
        circle.eve.take_grant().unwrap();
        puts_nobody_out(&mut circle, role).await;
        changes_no_key(&mut circle).await;
    }
    puts_down_no_key_for_others(&mut circle).await;
}

#[tokio::test]
async fn a_member_is_believed_to_be_nobody_else_after_the_close_and_in_the_next_meeting() {
    Box::pin(is_nobody_else_later(LinkRole::Member, Role::Member)).await;
}

/// What was written under the key of before is of no meeting that is on, and what is over takes nothing new.
#[tokio::test]
async fn a_member_writes_nothing_between_two_meetings_and_nothing_under_the_key_of_before() {
    let mut circle = classic(LinkRole::Member).await;
    circle.begins().await;
    let (seat, shared) = (circle.eve.seat().unwrap(), circle.eve.shared().unwrap());
    let name = ItemId::from_bytes(*seat.as_bytes());
    let old = circle.eve.keyring().clone();
    circle.goes_on(Command::Close).await;
    circle.agree().await;
    let before = circle.before().await;
    for kind in [TextKind::Name, TextKind::Bid, TextKind::Question, TextKind::Headline] {
        let item = if kind == TextKind::Name { name } else { ItemId::from_bytes([8; 16]) };
        let rev = if kind == TextKind::Name { shared.items[&name].rev + 1 } else { 1 };
        let place = Place { meeting: shared.meeting, seat, kind, item, rev, own: false };
        let put = old.clone().seal(&place, "late", None, &mut rng(6)).unwrap();
        let answer = circle.eve.do_(Command::Put(put)).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::Stage), "{kind:?}");
    }
    let place =
        |kind, item| Place { meeting: shared.meeting, seat, kind, item, rev: 1, own: false };
    let frame = place(TextKind::Framework, ItemId::from_bytes([9; 16]));
    let put = old.clone().seal(&frame, "for us", None, &mut rng(7)).unwrap();
    let answer = circle.eve.do_(Command::Put(put)).await.unwrap();
    assert_eq!(answer.refused(), Some(Code::Role));
    circle.is_unmoved(&before).await;
    meets_again(&mut circle, NEXT).await;
    let before = circle.before().await;
    let n = circle.eve.model().own().unwrap().next_n;
    let rev = circle.eve.shared().unwrap().items[&name].rev + 1;
    let place = Place { rev, ..place(TextKind::Name, name) };
    let put = old.clone().seal(&place, "of before", None, &mut rng(8)).unwrap();
    for meeting in [None, Some(shared.meeting), Some(NEXT)] {
        let put = Put { n, meeting, ..put.clone() };
        let answer = circle.eve.do_(Command::Put(put)).await.unwrap();
        assert_eq!(answer.refused(), Some(Code::StaleEpoch), "{meeting:?}");
    }
    circle.is_unmoved(&before).await;
}
