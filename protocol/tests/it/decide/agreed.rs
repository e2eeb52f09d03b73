//! What the set agrees: plan, confidentiality mode, charter.

use setroom_protocol::method::Part;
use setroom_protocol::{
    Change, Code, Command as C, Founding, LinkRole, Mode, Role, TextKind, found, view,
};

use super::names;
use crate::support::*;

#[test]
fn plan_and_mode_are_chosen_before_the_start() {
    let mut world = World::usual();
    let plan =
        |plan: &str, template: &str| C::Plan { plan: plan.into(), template: template.into() };
    let changes = world.does(world.p(2), plan("hpma_180", "gossip"));
    assert_eq!(names(&changes), ["planned"]);
    let meeting = world.room.meeting();
    assert_eq!((meeting.plan.as_str(), meeting.template.as_str()), ("hpma_180", "gossip"));
    assert_eq!(meeting.agenda.iter().filter(|part| part.id == "gossip.talk").count(), 3);
    world.refuses(world.host(), plan("hpma_180", "nothing"), Code::NoTemplate);
    world.refuses(world.host(), plan("nothing", "gossip"), Code::NoTemplate);
    let double = Change::ModeSet { mode: Mode::Double };
    assert_eq!(world.does(world.host(), C::SetMode { mode: Mode::Double }), [double]);
    world.refuses(world.host(), C::SetMode { mode: Mode::Double }, Code::Already);
}

#[test]
fn a_first_meeting_has_no_action_review_whatever_is_planned() {
    let first = Founding { first: true, ..founding("short_90", "classic") };
    let Ok(Change::Founded { agenda, .. }) = found(&first) else { panic!("founded") };
    let review = |agenda: &[std::sync::Arc<Part>]| agenda.iter().any(|p| p.id == "action_review");
    let minutes = |agenda: &[std::sync::Arc<Part>]| -> u32 {
        agenda.iter().map(|part| part.minutes[1]).sum()
    };
    assert_eq!((review(&agenda), minutes(&agenda)), (false, 90), "the issue has its time");
    let mut world = World::found_by(&first);
    world.enters_and_joins(0, 1, 0);
    let plan = C::Plan { plan: "hpma_180".into(), template: "wial".into() };
    let changes = world.does(world.host(), plan.clone());
    let [Change::Planned { agenda, .. }] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!((review(agenda), minutes(agenda)), (false, 180));
    // Who has met before begins with what became of their actions.
    let mut again = World::usual();
    assert!(review(&again.room.meeting().agenda));
    again.does(again.host(), plan);
    assert!(review(&again.room.meeting().agenda));
}

#[test]
fn another_mode_takes_everyone() {
    let mut world = World::at("check_in");
    let propose = |mode| C::ProposeMode { mode };
    world.refuses(world.host(), propose(Mode::Set), Code::Already);
    world.refuses(world.p(3), C::AnswerMode { yes: true }, Code::Stale);
    let proposed = Change::ModeProposed { mode: Mode::Chatham, seat: seat(1) };
    assert_eq!(world.does(world.host(), propose(Mode::Chatham)), [proposed]);
    world.refuses(world.p(2), propose(Mode::Chatham), Code::Already);
    world.refuses(world.host(), C::AnswerMode { yes: true }, Code::Already);
    world.refuses(world.p(7), C::AnswerMode { yes: true }, Code::Role);
    for n in 2..=5 {
        let agreed = Change::ModeAgreed { seat: seat(n) };
        assert_eq!(world.does(world.p(n), C::AnswerMode { yes: true }), [agreed]);
        assert_eq!(world.room.mode(), Mode::Set, "not before the last one");
    }
    let last = world.does(world.p(6), C::AnswerMode { yes: true });
    let set = Change::ModeSet { mode: Mode::Chatham };
    assert_eq!(last, [Change::ModeAgreed { seat: seat(6) }, set]);
    assert_eq!((world.room.mode(), world.room.proposal()), (Mode::Chatham, None));
}

#[test]
fn one_no_ends_a_proposal() {
    let mut world = World::at("check_in");
    world.does(world.host(), C::ProposeMode { mode: Mode::Double });
    world.does(world.p(3), C::AnswerMode { yes: true });
    assert_eq!(world.does(world.p(4), C::AnswerMode { yes: false }), [Change::ModeDeclined]);
    assert_eq!((world.room.mode(), world.room.proposal()), (Mode::Set, None));
    // Another proposal begins from nobody.
    world.does(world.p(2), C::ProposeMode { mode: Mode::Double });
    assert_eq!(world.room.proposal().unwrap().agreed, [seat(2)].into());
    world.does(world.host(), C::ProposeMode { mode: Mode::Chatham });
    assert_eq!(world.room.proposal().unwrap().agreed, [seat(1)].into());
}

#[test]
fn a_proposal_is_agreed_when_the_last_who_had_not_goes() {
    type Way = fn(&mut World) -> Vec<Change>;
    let ways: [(&str, Way); 3] = [
        ("left", |world| world.does(world.p(6), C::Leave)),
        ("removed", |world| {
            let keys = world.keys(device(1), Some(seat(6)));
            world.does(world.host(), C::Remove { seat: seat(6), keys })
        }),
        ("role_set", |world| {
            world.does(world.host(), C::SetRole { seat: seat(6), role: Role::Observer })
        }),
    ];
    for (name, goes) in ways {
        let mut world = World::at("check_in");
        world.does(world.host(), C::ProposeMode { mode: Mode::Double });
        for n in 2..=5 {
            let _ = world.does(world.p(n), C::AnswerMode { yes: true });
        }
        assert_eq!(names(&goes(&mut world)), [name, "mode_set"]);
        assert_eq!((world.room.mode(), world.room.proposal()), (Mode::Double, None));
    }
    // Not while somebody else is still to answer, and not when the proposer alone has agreed.
    let mut world = World::at("check_in");
    world.does(world.host(), C::ProposeMode { mode: Mode::Double });
    assert_eq!(names(&world.does(world.p(6), C::Leave)), ["left"]);
}

#[test]
fn somebody_alone_agrees_with_themselves() {
    let mut world = World::with("short_90", "classic", 0, 0, 1);
    world.does(world.host(), C::Start);
    let changes = world.does(world.host(), C::ProposeMode { mode: Mode::Double });
    assert_eq!(names(&changes), ["mode_proposed", "mode_set"]);
}

#[test]
fn the_charter_is_agreed_by_each_and_anew_when_it_changes() {
    let mut world = World::usual();
    for n in 1..=7 {
        let agreed = Change::CharterAgreed { seat: seat(n) };
        assert_eq!(world.does(world.p(n), C::AgreeCharter), [agreed]);
        world.refuses(world.p(n), C::AgreeCharter, Code::Already);
    }
    let charter = world.text(world.p(2), TextKind::Charter, 1);
    world.does(world.p(2), C::Put(charter));
    assert!(world.room.seats().values().all(|seat| !seat.agreed));
    // And every screen says so of everybody, not of its writer alone.
    world.check_clients();
}

#[test]
fn a_late_joiner_accepts_the_charter_before_taking_part() {
    let mut world = World::at("bids");
    let late = world.joins(LinkRole::Member);
    assert!(view::shared(&world.room).charter_first);
    let bid = world.text(late, TextKind::Bid, 1);
    for command in [
        C::Put(bid.clone()),
        C::RaiseHand { kind: None, seat: None },
        C::Tick { on: true },
        C::EndTurn,
    ] {
        world.refuses(late, command, Code::CharterFirst);
    }
    let name = world.text(late, TextKind::Name, 0);
    world.does(late, C::Put(name));
    world.does(late, C::AgreeCharter);
    world.does(late, C::RaiseHand { kind: None, seat: None });
    let bid = world.text(late, TextKind::Bid, 1);
    world.does(late, C::Put(bid));
    // A facilitator who comes late can run the room; they are not locked out of it.
    let co = world.joins(LinkRole::CoFacilitator);
    world.does(co, C::Pause);
    // And a late joiner may always go again.
    let other = world.joins(LinkRole::Member);
    world.does(other, C::Leave);
}

#[test]
fn until_the_charter_part_is_over_nobody_needs_to_have_agreed() {
    let mut world = World::usual();
    world.does(world.host(), C::Start);
    for part in ["settle", "check_in", "charter"] {
        world.go(part);
        assert!(!view::shared(&world.room).charter_first);
        world.does(world.p(3), C::Tick { on: true });
    }
    world.go("action_review");
    assert!(view::shared(&world.room).charter_first);
    world.refuses(world.p(3), C::Tick { on: true }, Code::CharterFirst);
}
