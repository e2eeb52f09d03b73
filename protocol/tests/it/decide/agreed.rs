//! What the set agrees: plan, confidentiality mode, charter.

use setroom_protocol::method::Part;
use setroom_protocol::room::FoundedSet;
use setroom_protocol::{
    Change, Code, Command as C, Founding, LinkRole, Mode, Role, TextKind, found, limits, view,
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
    let double = Change::ModeSet { mode: Mode::Double, missed: [].into() };
    assert_eq!(world.does(world.host(), C::SetMode { mode: Mode::Double }), [double]);
    world.refuses(world.host(), C::SetMode { mode: Mode::Double }, Code::Already);
}

#[test]
fn a_first_meeting_has_no_action_review_whatever_is_planned() {
    let first = Founding { first: true, ..founding("short_90", "classic") };
    let Ok(Change::Founded(FoundedSet { agenda, .. })) = found(&first) else { panic!("founded") };
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
fn what_somebody_has_agreed_to_is_changed_by_everybodys_yes_alone() {
    let set = |mode| C::SetMode { mode };
    let mut world = World::usual();
    // Those who run the set have agreed to nothing for the others.
    world.does(world.p(2), C::AgreeCharter);
    world.does(world.host(), set(Mode::Double));
    world.does(world.p(4), C::AgreeCharter);
    world.refuses(world.host(), set(Mode::Chatham), Code::Stage);
    // Where people are not together yet nobody is asked either: whoever is not there would not be waited for.
    world.refuses(world.host(), C::ProposeMode { mode: Mode::Chatham }, Code::Stage);
    // In a later meeting too.
    world.does(world.host(), C::Start);
    world.does(world.host(), C::Close);
    let keys = world.keys(world.host().device, None);
    world.does(world.host(), next_meeting(later_meeting(0x21), keys));
    world.refuses(world.host(), set(Mode::Set), Code::Stage);
    world.does(world.host(), C::Start);
    world.does(world.host(), C::ProposeMode { mode: Mode::Set });
    world.everyone_agrees_to_the_mode();
    assert_eq!(world.room.mode(), Mode::Set);
    world.check_clients();
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
    let set = Change::ModeSet { mode: Mode::Chatham, missed: [].into() };
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
            world.does(world.host(), C::SetRole { seat: seat(6), role: Role::Observer, keys: None })
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

/// All but the one with this number agree to another mode.
fn waits_for(n: u8) -> World {
    let mut world = World::at("check_in");
    world.does(world.host(), C::ProposeMode { mode: Mode::Double });
    for other in (2..=6).filter(|other| *other != n) {
        let _ = world.does(world.p(other), C::AnswerMode { yes: true });
    }
    assert_eq!(world.room.mode(), Mode::Set);
    world
}

#[test]
fn whoever_is_away_is_waited_for_a_while_and_no_longer() {
    let mut world = waits_for(6);
    world.goes_away(6);
    let gone = world.now.plus(limits::ABSENT_AFTER_MS);
    assert_eq!(world.due(), Some(gone));
    world.passes(limits::ABSENT_AFTER_MS - 1);
    assert_eq!(world.ticks(), [], "a line that breaks takes nobody's say away");
    world.passes(1);
    let set = Change::ModeSet { mode: Mode::Double, missed: [seat(6)].into() };
    assert_eq!(world.ticks(), [set]);
    assert_eq!((world.room.mode(), world.due()), (Mode::Double, None));
}

#[test]
fn whoever_comes_counts_from_when_they_come() {
    let mut world = waits_for(6);
    world.goes_away(6);
    world.passes(limits::ABSENT_AFTER_MS - 1);
    world.around.connect(seat(6), device(6));
    world.around.note_away(world.room.seats().keys().copied(), world.now);
    world.passes(limits::ABSENT_AFTER_MS);
    assert_eq!(world.ticks(), [], "they are here again");
    // A new person too, who has to agree to the rules first.
    let late = world.joins(LinkRole::Member);
    world.does(world.p(6), C::AnswerMode { yes: true });
    assert_eq!(world.room.mode(), Mode::Set);
    let changes = world.does(late, C::AnswerMode { yes: true });
    assert_eq!(names(&changes), ["mode_agreed", "mode_set"]);
    // Observers are not counted; whoever was sent to the lobby is not there.
    let mut world = waits_for(6);
    world.does(world.host(), C::SendToLobby { seat: seat(6) });
    let set = Change::ModeSet { mode: Mode::Double, missed: [seat(6)].into() };
    assert_eq!(world.ticks(), [set]);
}

#[test]
fn whoever_missed_another_mode_is_told_before_they_take_part() {
    let mut world = waits_for(6);
    for n in [6, 7] {
        world.goes_away(n);
    }
    world.passes(limits::ABSENT_AFTER_MS);
    world.ticks();
    // Somebody who had agreed and then went knows of it.
    let missed = |world: &World, n| view::shared(&world.room).seats[&seat(n)].mode_missed;
    assert_eq!((1..=7).filter(|n| missed(&world, *n)).collect::<Vec<_>>(), [6, 7]);
    world.around.connect(seat(6), device(6));
    assert!(!view::shared(&world.room).charter_first, "this early nobody else is asked");
    world.does(world.p(5), C::Tick { on: true });
    world.refuses(world.p(6), C::Tick { on: true }, Code::CharterFirst);
    world.does(world.p(6), C::AgreeCharter);
    assert!(!missed(&world, 6));
    world.does(world.p(6), C::Tick { on: true });
    // A facilitator is told as well, and is not locked out of running the room.
    let mut world = waits_for(2);
    world.goes_away(2);
    world.passes(limits::ABSENT_AFTER_MS);
    world.ticks();
    assert!(missed(&world, 2));
    world.does(world.p(2), C::Pause);
    world.does(world.p(2), C::AgreeCharter);
    assert!(!missed(&world, 2));
}

#[test]
fn whose_the_one_no_is_stands_nowhere() {
    let mut world = waits_for(6);
    let before = world.records.len();
    let sent = world.client(3).log.len();
    world.does(world.p(6), C::AnswerMode { yes: false });
    let record = &world.records[before];
    assert_eq!((record.by, record.change.clone()), (None, Change::ModeDeclined));
    let (who, device) = (seat(6).to_string(), device(6).to_string());
    let told = world.client(3).log[sent..].iter().map(|frame| frame.to_string());
    let told: Vec<_> = told.chain([json(record).to_string()]).collect();
    assert!(told.len() > 1 && told.iter().any(|text| text.contains("mode_declined")), "{told:?}");
    assert!(told.iter().all(|text| !text.contains(&who) && !text.contains(&device)), "{told:?}");
    // Nor is it told who has agreed: the one that is left over would be the one no. They themselves know.
    let mut world = World::at("check_in");
    world.does(world.host(), C::ProposeMode { mode: Mode::Double });
    let sent = world.client(3).log.len();
    world.does(world.p(4), C::AnswerMode { yes: true });
    let told: Vec<_> = world.client(3).log[sent..].iter().map(|frame| frame.to_string()).collect();
    assert!(told.iter().any(|text| text.contains("mode_taps")), "{told:?}");
    assert!(told.iter().all(|text| !text.contains(&seat(4).to_string())), "{told:?}");
    let agreed = |n| view::own(&world.room, device_of(n)).unwrap().mode_agreed;
    assert_eq!((1..=7).filter(|n| agreed(*n)).collect::<Vec<_>>(), [1, 4]);
    assert_eq!(view::shared(&world.room).mode_taps, Some(2));
}

fn device_of(n: u8) -> setroom_protocol::DeviceId {
    device(n)
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
