//! Who comes in, and who goes out.

use std::sync::Arc;

use setroom_protocol::room::DroppedDevice;
use setroom_protocol::{Change, Code, Command as C, LinkRole, Role, TextKind};

use super::{door, names};
use crate::support::*;

#[test]
fn nobody_is_admitted_before_there_is_a_key() {
    let mut world = World::found("short_90", "classic");
    let knock = world.knock(LinkRole::Host);
    let Ok(Some(changes)) = door(&world, &knock) else { panic!("host") };
    world.record(changes, None, None);
    let knock = world.knock(LinkRole::Member);
    world.around.knock(knock).unwrap();
    let admit = world.admit(world.host(), device(2), None);
    world.refuses(world.host(), admit, Code::StaleEpoch);
}

#[test]
fn admitting_seats_the_person_and_hands_their_browser_the_key() {
    let mut world = World::usual();
    let knock = world.knock(LinkRole::Member);
    world.refuses(world.host(), world.admit(world.host(), device(8), None), Code::NoKnock);
    world.around.knock(knock).unwrap();
    let edit = world.edit_for(device(2), device(8), seat(8));
    let changes = world.does(world.p(2), world.admit(world.p(2), device(8), None));
    let seated = Change::Seated {
        seat: seat(8),
        role: Role::Member,
        device: device(8),
        public: public(8),
        resume: hash(8),
        grant: Some(blob(&format!("grant for {}", device(8)))),
        sign: Some(signing(8)),
        came_by: Some(LinkRole::Member),
        edit: Some(Arc::new(edit.clone())),
    };
    assert_eq!(changes, [seated]);
    assert_eq!(world.room.seat(seat(8)).unwrap().place, 7, "the next place in the circle");
    assert_eq!(world.room.roster().holders()[&device(8)], edit.add[0], "they hold the key");
    // Admitted twice: they have their seat already, and get the key again.
    let again = world.does(world.host(), world.admit(world.host(), device(8), None));
    assert_eq!(names(&again), ["device_added"]);
    world.check_clients();
}

/// A page of an earlier version sends none.
#[test]
fn nobody_comes_in_without_an_edit_of_the_roster() {
    let mut world = World::usual();
    let knock = world.knock(LinkRole::Member);
    world.around.knock(knock).unwrap();
    let bare = C::Admit { device: device(8), grant: blob("g"), seat: None, edit: None };
    world.refuses(world.host(), bare, Code::StaleRoster);
}

#[test]
fn a_second_device_is_the_same_seat() {
    let mut world = World::usual();
    let text = world.text(world.p(3), TextKind::Name, 0);
    world.does(world.p(3), C::Put(text));
    let n = world.room.device(device(3)).unwrap().next_n;
    let knock = world.knock_as(LinkRole::Member, 33, 99);
    world.around.knock(knock).unwrap();
    for other in [1, 2, 3, 7] {
        world.goes_away(other);
    }
    let host = world.host();
    let admit = |world: &World, n| world.admit(host, device(33), Some(seat(n)));
    // A link cannot lead to a seat that another link stands for.
    for other in [1, 2, 7] {
        let is_member_by_change = other == 7;
        let answer = world.would(host, &admit(&world, other), world.room.seq());
        if is_member_by_change {
            // An observer may be a member who was made one.
            assert_eq!(names(&answer.unwrap()), ["device_added"]);
        } else {
            assert_eq!(answer, Err(Code::Role));
        }
    }
    world.refuses(host, admit(&world, 50), Code::NoSeat);
    let edit = world.edit_for(host.device, device(33), seat(3));
    let added = Change::DeviceAdded {
        seat: seat(3),
        device: device(33),
        public: public(33),
        resume: hash(33),
        grant: Some(blob(&format!("grant for {}", device(33)))),
        sign: Some(signing(33)),
        came_by: Some(LinkRole::Member),
        edit: Some(Arc::new(edit)),
    };
    assert_eq!(world.does(host, admit(&world, 3)), [added]);
    assert_eq!(world.room.devices_of(seat(3)).count(), 2);
    assert_eq!(world.room.seats().len(), 7, "nobody new");
    // The first browser knocks again, and whatever is chosen gets its own seat and its count.
    let knock = world.knock_as(LinkRole::Member, 3, 98);
    world.around.knock(knock).unwrap();
    world.goes_away(4);
    let again = world.admit(host, device(3), Some(seat(4)));
    let changes = world.does(host, again);
    assert!(matches!(&changes[..], [Change::DeviceAdded { seat: s, .. }] if *s == seat(3)));
    assert_eq!(world.room.device(device(3)).unwrap().next_n, n);
}

/// Whoever came by one kind of link stays that, whatever other link they get to know.
#[test]
fn a_browser_knocks_only_by_the_kind_of_link_that_it_came_by() {
    let mut world = World::usual();
    let came = [(1, LinkRole::Host), (2, LinkRole::CoFacilitator), (3, LinkRole::Member)];
    let came = came.into_iter().chain([(7, LinkRole::Observer)]);
    for (n, link) in came {
        for other in LinkRole::ALL {
            let answer = door(&world, &world.knock_as(other, n, 99));
            match (other == link, other) {
                (false, _) => assert_eq!(answer, Err(Code::Role), "{n} by {other:?}"),
                (true, LinkRole::Host) => assert!(answer.unwrap().is_some()),
                (true, _) => assert_eq!(answer, Ok(None)),
            }
        }
    }
    // Also once they are something else: an observer who was made one came as a member.
    world.does(world.host(), C::SetRole { seat: seat(3), role: Role::Observer, keys: None });
    assert_eq!(door(&world, &world.knock_as(LinkRole::Observer, 3, 99)), Err(Code::Role));
    assert_eq!(door(&world, &world.knock_as(LinkRole::Member, 3, 99)), Ok(None));
}

/// The attack: the host's public keys over the members' link, and a press of *Admit*.
#[test]
fn admitting_without_a_seat_never_gives_anybody_elses() {
    let mut world = World::usual();
    for (n, link) in [(1, LinkRole::Member), (2, LinkRole::Member), (3, LinkRole::Observer)] {
        // The door sends it away; were it there all the same, the roster would not have it.
        let knock = world.knock_as(link, n, 99);
        assert_eq!(door(&world, &knock), Err(Code::Role));
        world.around.knock(knock).unwrap();
        let own = world.admit(world.host(), device(n), None);
        let answer = world.would(world.host(), &own, world.room.seq());
        assert_eq!(answer, Err(Code::Role), "{n}");
        world.around.forget_knock(device(n));
    }
    // Somebody new gets the seat that was drawn for them, and only a known browser its own.
    for (browser, gets) in [(60, seat(99)), (4, seat(4))] {
        let knock = world.knock_as(LinkRole::Member, browser, 99);
        world.around.knock(knock).unwrap();
        let changes = world.does(world.host(), world.admit(world.host(), device(browser), None));
        assert!(
            matches!(&changes[..], [Change::Seated { seat, .. } | Change::DeviceAdded { seat, .. }]
            if *seat == gets)
        );
        // And an edit that says another seat is not taken.
        let knock = world.knock_as(LinkRole::Member, browser + 1, 98);
        world.around.knock(knock).unwrap();
        let other = world.edit_for(device(1), device(browser + 1), seat(6));
        let (device, grant) = (device(browser + 1), blob("g"));
        let swapped = C::Admit { device, grant, seat: None, edit: Some(Arc::new(other)) };
        world.refuses(world.host(), swapped, Code::StaleRoster);
    }
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
    let set = |n: u8, role| C::SetRole { seat: seat(n), role, keys: None };
    world.refuses(world.host(), set(1, Role::Member), Code::Role);
    world.refuses(world.host(), set(5, Role::Host), Code::Role);
    world.refuses(world.host(), set(5, Role::Member), Code::Already);
    world.refuses(world.host(), set(50, Role::Trainee), Code::NoSeat);
    let trainee = Change::RoleSet { seat: seat(5), role: Role::Trainee, keys: None };
    assert_eq!(world.does(world.host(), set(5, Role::Trainee)), [trainee]);
    // The presenter becomes an observer: nothing of theirs stays in the order.
    world.does(world.host(), set(3, Role::Observer));
    let meeting = world.room.meeting();
    assert_eq!(meeting.now.presenter, None);
    assert_eq!(meeting.order, [seat(4)]);
    assert_eq!(world.room.faults(), Vec::<String>::new());
}

#[test]
fn anybody_puts_out_their_other_browsers_and_a_key_is_due_for_each_kind_that_those_know() {
    use setroom_protocol::LinkRole as L;
    let due = |n: u8, closed: bool| {
        let mut world = World::usual();
        world.refuses(world.p(n), C::DropOtherDevices, Code::Already);
        let (role, of) = (world.room.seat(seat(n)).unwrap().role.link(), world.p(n));
        for browser in [31, 32] {
            let (id, public) = (device(browser), public(browser));
            let added = Change::DeviceAdded {
                seat: seat(n),
                device: id,
                public,
                resume: setroom_protocol::Hash32([browser; 32]),
                grant: None,
                sign: None,
                came_by: Some(role),
                edit: None,
            };
            world.record(vec![added], None, None);
        }
        if closed {
            world.does(world.host(), C::Start);
            world.does(world.host(), C::Close);
        }
        let changes = world.does(of, C::DropOtherDevices);
        let lost = |n| Change::DeviceDropped(DroppedDevice { device: device(n), lost: true });
        assert_eq!(changes.len(), 2);
        assert!([31, 32].map(lost).iter().all(|change| changes.contains(change)));
        assert_eq!(world.room.devices_of(seat(n)).collect::<Vec<_>>(), [of.device]);
        assert!(!world.room.is_barred(device(31)), "it may knock, as anybody");
        world.room.key_due().iter().copied().collect::<Vec<_>>()
    };
    let all = [(1, L::Host, true), (2, L::CoFacilitator, true), (3, L::Member, false)];
    for (n, link, shared) in all {
        let mut known: std::collections::BTreeSet<_> = [link].into();
        known.extend(shared.then_some(L::CoFacilitator));
        assert_eq!(due(n, false), known.iter().copied().collect::<Vec<_>>(), "{n}");
        // Nothing is sealed under the set's key any more, and the links are another matter.
        let then: &[L] = if shared { &[L::CoFacilitator] } else { &[] };
        assert_eq!(due(n, true), then, "{n}");
    }
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
