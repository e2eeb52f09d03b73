//! Who comes in, who goes out, and with which keys.

use setroom_protocol::{
    Around, Change, Code, Command as C, Entrance, Knock, LinkRole, Put, Refusal, Role, SeatId,
    TextKind, enter, found, limits,
};

use super::names;
use crate::support::*;

fn door(world: &World, knock: &Knock) -> Result<Option<Vec<Change>>, Code> {
    match enter(&world.room, knock) {
        Ok(Entrance::In(changes)) => Ok(Some(changes)),
        Ok(Entrance::Lobby) => Ok(None),
        Err(Refusal { code }) => Err(code),
    }
}

#[test]
fn founding_takes_a_known_plan_and_template_and_all_four_links() {
    let good = founding("half_day_210", "wial");
    let Ok(Change::Founded { agenda, .. }) = found(&good) else { panic!("founded") };
    // Nine steps around two slots of twelve phases.
    assert_eq!(agenda.len(), 9 + 2 * 12);
    for (plan, template) in
        [("nothing", "classic"), ("short_90", "nothing"), ("classic", "short_90")]
    {
        let refusal = found(&founding(plan, template)).unwrap_err();
        assert_eq!(refusal.code, Code::NoTemplate, "{plan} {template}");
    }
    for role in LinkRole::ALL {
        let mut less = good.clone();
        less.links.remove(&role);
        assert_eq!(found(&less).unwrap_err().code, Code::Range);
    }
}

#[test]
fn the_host_is_let_in_and_everybody_else_waits() {
    let mut world = World::found("short_90", "classic");
    assert_eq!(world.room.founded_at(), world.now);
    for role in [LinkRole::CoFacilitator, LinkRole::Member, LinkRole::Observer] {
        assert_eq!(door(&world, &world.knock_as(role, 9, 9)), Ok(None));
    }
    let knock = world.knock_as(LinkRole::Host, 1, 1);
    let seated = Change::Seated {
        seat: seat(1),
        role: Role::Host,
        device: device(1),
        public: public(1),
        resume: hash(1),
        grant: None,
    };
    assert_eq!(door(&world, &knock), Ok(Some(vec![seated.clone()])));
    world.record(vec![seated], None, None);
    // On another browser the host is the same person, and opens the wrap of their link.
    let again = world.knock_as(LinkRole::Host, 2, 99);
    let added = Change::DeviceAdded {
        seat: seat(1),
        device: device(2),
        public: public(2),
        resume: hash(2),
        grant: None,
    };
    assert_eq!(door(&world, &again), Ok(Some(vec![added])));
}

#[test]
fn nobody_is_admitted_before_there_is_a_key() {
    let mut world = World::found("short_90", "classic");
    let knock = world.knock(LinkRole::Host);
    let Ok(Some(changes)) = door(&world, &knock) else { panic!("host") };
    world.record(changes, None, None);
    let knock = world.knock(LinkRole::Member);
    world.around.knock(knock).unwrap();
    let admit = C::Admit { device: device(2), grant: blob("g"), seat: None };
    world.refuses(world.host(), admit, Code::StaleEpoch);
}

#[test]
fn admitting_seats_the_person_and_hands_their_browser_the_key() {
    let mut world = World::usual();
    let knock = world.knock(LinkRole::Member);
    let admit = C::Admit { device: knock.device, grant: blob("g"), seat: None };
    world.refuses(world.host(), admit.clone(), Code::NoKnock);
    world.around.knock(knock).unwrap();
    let changes = world.does(world.p(2), admit.clone());
    let seated = Change::Seated {
        seat: seat(8),
        role: Role::Member,
        device: device(8),
        public: public(8),
        resume: hash(8),
        grant: Some(blob("g")),
    };
    assert_eq!(changes, [seated]);
    assert_eq!(world.room.seat(seat(8)).unwrap().place, 7, "the next place in the circle");
    // Admitted twice: they have their seat already, and get the key again.
    let again = world.does(world.host(), admit);
    assert_eq!(names(&again), ["device_added"]);
    world.check_clients();
}

#[test]
fn a_second_device_is_the_same_seat() {
    let mut world = World::usual();
    let text = world.text(world.p(3), TextKind::Name, 0);
    world.does(world.p(3), C::Put(text));
    let n = world.room.device(device(3)).unwrap().next_n;
    let knock = world.knock_as(LinkRole::Member, 33, 99);
    world.around.knock(knock).unwrap();
    let admit = |seat| C::Admit { device: device(33), grant: blob("g33"), seat };
    // A link cannot lead to a seat that another link stands for.
    for other in [1, 2, 7] {
        let is_member_by_change = other == 7;
        let answer = world.would(world.host(), &admit(Some(seat(other))), world.room.seq());
        if is_member_by_change {
            // An observer may be a member who was made one.
            assert_eq!(names(&answer.unwrap()), ["device_added"]);
        } else {
            assert_eq!(answer, Err(Code::Role));
        }
    }
    world.refuses(world.host(), admit(Some(seat(50))), Code::NoSeat);
    let added = Change::DeviceAdded {
        seat: seat(3),
        device: device(33),
        public: public(33),
        resume: hash(33),
        grant: Some(blob("g33")),
    };
    assert_eq!(world.does(world.host(), admit(Some(seat(3)))), [added]);
    assert_eq!(world.room.devices_of(seat(3)).count(), 2);
    assert_eq!(world.room.seats().len(), 7, "nobody new");
    // The first browser knocks again, and whatever is chosen gets its own seat and its count.
    let knock = world.knock_as(LinkRole::Member, 3, 98);
    world.around.knock(knock).unwrap();
    let again = C::Admit { device: device(3), grant: blob("g3"), seat: Some(seat(4)) };
    let changes = world.does(world.host(), again);
    assert!(matches!(&changes[..], [Change::DeviceAdded { seat: s, .. }] if *s == seat(3)));
    assert_eq!(world.room.device(device(3)).unwrap().next_n, n);
}

#[test]
fn a_browser_has_one_seat_and_a_person_few_browsers() {
    let mut world = World::usual();
    // The member's browser at the host's door.
    assert_eq!(door(&world, &world.knock_as(LinkRole::Host, 3, 99)), Err(Code::Already));
    for browser in 31..=33 {
        let knock = world.knock_as(LinkRole::Member, browser, 99);
        world.around.knock(knock).unwrap();
        let grant = blob("g");
        world.does(world.host(), C::Admit { device: device(browser), grant, seat: Some(seat(3)) });
    }
    let knock = world.knock_as(LinkRole::Member, 34, 99);
    world.around.knock(knock).unwrap();
    let one_more = C::Admit { device: device(34), grant: blob("g"), seat: Some(seat(3)) };
    world.refuses(world.host(), one_more, Code::Devices);
}

#[test]
fn a_full_set_takes_nobody_new() {
    let mut world = World::with("short_90", "classic", 1, 22, 0);
    assert_eq!(world.room.seats().len(), limits::PEOPLE);
    assert_eq!(door(&world, &world.knock_as(LinkRole::Observer, 60, 60)), Err(Code::People));
    // A member may be one who is back on another browser.
    let knock = world.knock_as(LinkRole::Member, 60, 60);
    assert_eq!(door(&world, &knock), Ok(None));
    world.around.knock(knock).unwrap();
    let admit = |seat| C::Admit { device: device(60), grant: blob("g"), seat };
    world.refuses(world.host(), admit(None), Code::People);
    world.does(world.host(), admit(Some(seat(3))));
    for browser in 61.. {
        if world.room.devices().len() == limits::DEVICES {
            break;
        }
        let knock = world.knock_as(LinkRole::Member, browser, 60);
        world.around.knock(knock).unwrap();
        let to = Some(seat(4 + (browser - 61) / 3));
        world.does(world.host(), C::Admit { device: device(browser), grant: blob("g"), seat: to });
    }
    let knock = world.knock_as(LinkRole::Member, 99, 60);
    world.around.knock(knock).unwrap();
    let full = C::Admit { device: device(99), grant: blob("g"), seat: Some(seat(23)) };
    world.refuses(world.host(), full, Code::Devices);
}

#[test]
fn a_locked_door_and_a_closed_meeting_let_nobody_knock() {
    let mut world = World::usual();
    assert_eq!(world.does(world.p(2), C::Lock { on: true }), [Change::Locked { on: true }]);
    world.refuses(world.host(), C::Lock { on: true }, Code::Already);
    for role in [LinkRole::CoFacilitator, LinkRole::Member, LinkRole::Observer] {
        assert_eq!(door(&world, &world.knock_as(role, 60, 60)), Err(Code::Locked));
    }
    assert!(door(&world, &world.knock_as(LinkRole::Host, 60, 60)).is_ok(), "the host has the key");
    world.does(world.host(), C::Lock { on: false });
    assert_eq!(door(&world, &world.knock_as(LinkRole::Member, 60, 60)), Ok(None));
    world.does(world.host(), C::Start);
    world.does(world.host(), C::Close);
    assert_eq!(door(&world, &world.knock_as(LinkRole::Member, 60, 60)), Err(Code::Stage));
    assert!(world.room.link(LinkRole::Member).is_none(), "closing forgets the links");
    assert!(world.room.link(LinkRole::Host).is_some());
}

#[test]
fn the_lobby_is_in_order_of_arrival_and_bounded() {
    let world = World::usual();
    let mut around = Around::new(BEGIN);
    for n in 0..limits::LOBBY as u8 {
        let mut knock = world.knock_as(LinkRole::Member, 200 - n, 60);
        knock.at = BEGIN.plus(u64::from(n));
        around.knock(knock).unwrap();
    }
    let order: Vec<_> = around.knocks().iter().map(|knock| knock.device).collect();
    assert_eq!(order, (0..24).map(|n| device(200 - n)).collect::<Vec<_>>());
    let more = world.knock_as(LinkRole::Member, 60, 60);
    assert_eq!(around.knock(more).unwrap_err().code, Code::Lobby);
    // The same browser again keeps its place, also in a full lobby.
    let mut again = world.knock_as(LinkRole::Observer, 200, 60);
    again.at = BEGIN.plus(50_000);
    around.knock(again).unwrap();
    assert_eq!(around.knocks()[0].role, LinkRole::Observer);
    let view = setroom_protocol::view::lobby(&world.room, &around, device(198));
    assert_eq!(view.place, Some(3));
    assert_eq!(around.overstayed(BEGIN.plus(limits::LOBBY_STAY_MS)), [device(200)]);
    assert!(around.overstayed(BEGIN.plus(limits::LOBBY_STAY_MS - 1)).is_empty());
}

#[test]
fn refusing_a_knock_leaves_no_trace() {
    let mut world = World::usual();
    let knock = world.knock(LinkRole::Member);
    world.around.knock(knock).unwrap();
    assert_eq!(world.does(world.host(), C::Refuse { device: device(8) }), []);
    world.refuses(world.host(), C::Refuse { device: device(80) }, Code::NoKnock);
}

#[test]
fn the_lobby_takes_the_floor_but_not_the_place() {
    let mut world = World::at("classic.explore");
    world.does(world.host(), C::HandOver { seat: seat(5) });
    world.does(world.host(), C::Invite { seat: seat(5) });
    let sent = world.does(world.p(2), C::SendToLobby { seat: seat(5) });
    assert_eq!(sent, [Change::SentToLobby { seat: seat(5) }]);
    let meeting = world.room.meeting();
    assert_eq!((meeting.lead, meeting.now.asking), (None, None));
    assert!(!world.clients.contains_key(&device(5)), "nothing more is sent to them");
    world.refuses(world.p(5), C::AgreeCharter, Code::InLobby);
    world.refuses(world.host(), C::Invite { seat: seat(5) }, Code::InLobby);
    world.refuses(world.host(), C::SendToLobby { seat: seat(5) }, Code::Already);
    world.refuses(world.host(), C::SendToLobby { seat: seat(1) }, Code::Role);
    world.refuses(world.p(2), C::SendToLobby { seat: seat(2) }, Code::Role);
    world.refuses(world.p(2), C::SendToLobby { seat: seat(50) }, Code::NoSeat);
    let place = world.room.seat(seat(5)).unwrap().place;
    let back = world.does(world.host(), C::BringBack { seat: seat(5) });
    assert_eq!(back, [Change::BroughtBack { seat: seat(5) }]);
    assert_eq!(world.room.seat(seat(5)).unwrap().place, place);
    world.refuses(world.host(), C::BringBack { seat: seat(5) }, Code::Already);
    world.check_clients();
}

#[test]
fn nobody_waits_for_somebody_in_the_lobby() {
    let mut world = World::at("classic.explore");
    let say = |what| C::Say { what };
    world.does(world.p(3), say(setroom_protocol::command::Saying::Thinking));
    world.does(world.host(), C::SendToLobby { seat: seat(3) });
    assert_eq!(world.room.meeting().now.says, None);
    // The floor does not return to the lobby either.
    world.does(world.host(), C::Invite { seat: seat(5) });
    world.does(world.host(), C::Interrupt { seat: seat(6) });
    world.does(world.host(), C::SendToLobby { seat: seat(5) });
    assert_eq!(names(&world.does(world.p(6), C::EndTurn)), ["turn_ended"]);
}

// fault: F27 — a removal without its new keys is refused, so it cannot stop half way
#[test]
fn removal_and_new_keys_are_one_change() {
    let mut world = World::usual();
    let text = world.text(world.p(3), TextKind::Name, 0);
    world.does(world.p(3), C::Put(text));
    let host = world.host();
    let keys = world.keys(host.device, Some(seat(3)));
    let remove =
        |seat: SeatId, keys: &setroom_protocol::KeyChange| C::Remove { seat, keys: keys.clone() };
    world.refuses(host, remove(seat(1), &keys), Code::Role);
    world.refuses(world.p(2), remove(seat(2), &keys), Code::Role);
    world.refuses(host, remove(seat(50), &keys), Code::NoSeat);
    // Every way in which the keys may not fit those who stay.
    let mut old = keys.clone();
    old.epoch -= 1;
    world.refuses(host, remove(seat(3), &old), Code::StaleEpoch);
    let mut ahead = keys.clone();
    ahead.epoch += 1;
    world.refuses(host, remove(seat(3), &ahead), Code::StaleEpoch);
    let mut less = keys.clone();
    less.grants.remove(&device(4));
    world.refuses(host, remove(seat(3), &less), Code::StaleRoster);
    for extra in [1, 3, 60] {
        let mut more = keys.clone();
        more.grants.insert(device(extra), blob("one too many"));
        world.refuses(host, remove(seat(3), &more), Code::StaleRoster);
    }
    for role in [LinkRole::Host, LinkRole::CoFacilitator] {
        let mut bare = keys.clone();
        bare.wraps.remove(&role);
        world.refuses(host, remove(seat(3), &bare), Code::Range);
    }
    let mut spread = keys.clone();
    spread.wraps.insert(LinkRole::Member, blob("a key for a link"));
    world.refuses(host, remove(seat(3), &spread), Code::Range);

    let gone = world.p(3);
    let changes = world.does(host, remove(seat(3), &keys));
    assert_eq!(changes, [Change::Removed { seat: seat(3), keys: keys.clone() }]);
    assert_eq!(world.room.epoch(), 2);
    assert!(world.room.items().is_empty(), "their texts go with them");
    assert!(world.room.is_barred(gone.device));
    assert_eq!(world.ask(gone, C::Leave), Err(Code::NoSeat));
    assert_eq!(door(&world, &world.knock_as(LinkRole::Member, 3, 99)), Err(Code::KnockRefused));
    let granted = world.room.device(device(4)).unwrap().grant.clone();
    assert_eq!(granted.as_ref(), keys.grants.get(&device(4)), "the new key");
    assert_eq!(world.room.device(host.device).unwrap().grant, None, "its maker has it");
    world.check_clients();
}

// fault: F28 — a box under the old key is refused as such
#[test]
fn rotation_changes_links_and_old_boxes_are_refused() {
    let mut world = World::at("bids");
    let host = world.host();
    let mut keys = world.keys(host.device, None);
    keys.links.insert(LinkRole::Member, hash(77));
    let before: Put = world.text(world.p(3), TextKind::Bid, 1);
    let changes = world.does(host, C::Rekey { keys: keys.clone() });
    assert_eq!(changes, [Change::Rekeyed { keys: keys.clone() }]);
    assert_eq!(world.room.link(LinkRole::Member), Some(&hash(77)));
    assert_eq!(world.room.link(LinkRole::Observer), Some(&hash(4)), "the others stay");
    assert_eq!(world.room.wrap(LinkRole::Host), keys.wraps.get(&LinkRole::Host));
    world.refuses(world.p(3), C::Put(before), Code::StaleEpoch);
    world.refuses(host, C::Rekey { keys }, Code::StaleEpoch);
}

#[test]
fn a_grant_goes_to_a_browser_of_the_set_only() {
    let mut world = World::usual();
    let grant = |n: u8| C::Grant { device: device(n), grant: blob("again") };
    let granted = Change::Granted { device: device(3), grant: blob("again") };
    assert_eq!(world.does(world.p(2), grant(3)), [granted]);
    world.refuses(world.p(2), grant(60), Code::NoDevice);
}

#[test]
fn roles_of_facilitators_belong_to_their_links() {
    let mut world = World::at("classic.explore");
    let set = |n: u8, role| C::SetRole { seat: seat(n), role };
    world.refuses(world.host(), set(1, Role::Member), Code::Role);
    world.refuses(world.host(), set(2, Role::Member), Code::Role);
    world.refuses(world.host(), set(5, Role::CoFacilitator), Code::Role);
    world.refuses(world.host(), set(5, Role::Host), Code::Role);
    world.refuses(world.host(), set(5, Role::Member), Code::Already);
    world.refuses(world.host(), set(50, Role::Trainee), Code::NoSeat);
    let trainee = Change::RoleSet { seat: seat(5), role: Role::Trainee };
    assert_eq!(world.does(world.host(), set(5, Role::Trainee)), [trainee]);
    // The presenter becomes an observer: nothing of theirs stays in the order.
    world.does(world.host(), set(3, Role::Observer));
    let meeting = world.room.meeting();
    assert_eq!(meeting.now.presenter, None);
    assert_eq!(meeting.order, [seat(4)]);
    assert_eq!(world.room.faults(), Vec::<String>::new());
}

#[test]
fn anybody_may_leave_but_the_host() {
    let mut world = World::usual();
    world.refuses(world.host(), C::Leave, Code::Role);
    for n in [2, 3, 7] {
        assert_eq!(world.does(world.p(n), C::Leave), [Change::Left { seat: seat(n) }]);
        assert!(!world.room.is_barred(device(n)), "who left may knock again");
    }
    world.does(world.host(), C::SendToLobby { seat: seat(4) });
    assert_eq!(names(&world.does(world.p(4), C::Leave)), ["left"], "also from the lobby");
    let stranger = Person { seat: seat(5), device: device(6) };
    assert_eq!(world.ask(stranger, C::Leave), Err(Code::NoDevice), "another's browser");
}
