//! Nobody is locked out by a number of browsers: the oldest one that is not connected makes room.

use setroom_protocol::{Change, Code, Command as C, LinkRole, Role, SeatId, limits};

use super::{door, names};
use crate::support::*;

/// A browser of somebody comes in by the host's *Admit*, and is connected or not.
fn admitted(world: &mut World, browser: u8, to: Option<SeatId>, stays: bool) -> Vec<Change> {
    world.passes(1_000);
    let knock = world.knock_as(LinkRole::Member, browser, browser);
    world.around.knock(knock).unwrap();
    let away: Vec<_> = to.into_iter().filter(|seat| world.around.is_here(*seat)).collect();
    for seat in &away {
        // Asked first, as somebody is there; they say that it is them.
        world.around.claim(device(browser), *seat);
        world.around.answer(device(browser), true);
    }
    let admit = world.admit(world.host(), device(browser), to);
    let changes = world.does(world.host(), admit);
    world.around.forget_knock(device(browser));
    if stays {
        let seat = world.room.device(device(browser)).unwrap().seat;
        world.around.connect(seat, device(browser));
    }
    changes
}

/// The host comes in by their own link.
fn host_enters(world: &mut World, browser: u8) -> Vec<Change> {
    world.passes(1_000);
    let changes = door(world, &world.knock_as(LinkRole::Host, browser, 99)).unwrap().unwrap();
    world.record(changes.clone(), None, None);
    changes
}

fn dropped(changes: &[Change]) -> Vec<setroom_protocol::DeviceId> {
    let dropped = changes.iter().filter_map(|change| match change {
        Change::DeviceDropped(dropped) => Some(dropped.device),
        _ => None,
    });
    dropped.collect()
}

#[test]
fn a_browser_has_one_seat_and_a_person_few_browsers() {
    let mut world = World::usual();
    // The member's browser at the host's door.
    assert_eq!(door(&world, &world.knock_as(LinkRole::Host, 3, 99)), Err(Code::Role));
    world.goes_away(3);
    for browser in 31..=33 {
        assert_eq!(names(&admitted(&mut world, browser, Some(seat(3)), false)), ["device_added"]);
    }
    // One more: the oldest one goes, and its token with it.
    let changes = admitted(&mut world, 34, Some(seat(3)), false);
    assert_eq!(names(&changes), ["device_dropped", "device_added"]);
    assert_eq!(dropped(&changes), [device(3)]);
    assert_eq!(world.room.devices_of(seat(3)).count(), limits::DEVICES_PER_SEAT);
    assert!(!world.room.is_barred(device(3)), "it may knock again");
    // Coming back with a browser that one has takes no room.
    assert_eq!(names(&admitted(&mut world, 32, Some(seat(3)), false)), ["device_added"]);
    // By then it is the newest one.
    assert_eq!(dropped(&admitted(&mut world, 35, Some(seat(3)), false)), [device(31)]);
    assert_eq!(dropped(&admitted(&mut world, 36, Some(seat(3)), false)), [device(33)]);
    assert_eq!(dropped(&admitted(&mut world, 37, Some(seat(3)), false)), [device(34)]);
    assert_eq!(dropped(&admitted(&mut world, 38, Some(seat(3)), false)), [device(32)]);
    world.check_clients();
    // Whoever is removed is barred with all that they ever came on; nobody else is.
    let keys = world.keys(world.host().device, Some(seat(3)));
    world.does(world.host(), C::Remove { seat: seat(3), keys });
    for browser in [3, 31, 32, 33, 34, 35, 38] {
        let knock = world.knock_as(LinkRole::Member, browser, 99);
        assert_eq!(door(&world, &knock), Err(Code::KnockRefused), "{browser}");
    }
    assert!(!world.room.is_barred(device(4)) && !world.room.is_barred(device(39)));
}

#[test]
fn a_connected_browser_stays_while_there_is_another() {
    let mut world = World::usual();
    // Browser 3, the oldest, and 32 are connected; the other two are not.
    for browser in 31..=33 {
        admitted(&mut world, browser, Some(seat(3)), browser == 32);
    }
    assert_eq!(dropped(&admitted(&mut world, 34, Some(seat(3)), true)), [device(31)]);
    assert_eq!(dropped(&admitted(&mut world, 35, Some(seat(3)), true)), [device(33)]);
    // All four are connected: the oldest one goes all the same.
    assert_eq!(dropped(&admitted(&mut world, 36, Some(seat(3)), false)), [device(3)]);
    // Two connections of one browser are not one until both are closed.
    world.around.connect(seat(3), device(32));
    world.around.disconnect(seat(3), device(32));
    assert_eq!(dropped(&admitted(&mut world, 37, Some(seat(3)), false)), [device(36)]);
    world.around.disconnect(seat(3), device(32));
    assert_eq!(dropped(&admitted(&mut world, 38, Some(seat(3)), false)), [device(32)]);
}

/// Safari forgets after seven days, and a private window is a new browser each time.
#[test]
fn the_host_comes_in_from_any_number_of_browsers() {
    let mut world = World::usual();
    for browser in 41..=43 {
        assert_eq!(names(&host_enters(&mut world, browser)), ["device_added"]);
    }
    // The fifth to the tenth: the first one is connected, so it stays.
    for (browser, goes) in [(44, 41), (45, 42), (46, 43), (47, 44), (48, 45), (49, 46)] {
        let changes = host_enters(&mut world, browser);
        assert_eq!(names(&changes), ["device_dropped", "device_added"], "{browser}");
        assert_eq!(dropped(&changes), [device(goes)]);
        // What the newest one asks is done, as in the first: nothing is lost to the host.
        let host = Person { seat: seat(1), device: device(browser) };
        let edit = setroom_protocol::RosterEdit {
            add: vec![world.holder(device(browser))],
            drop: [device(goes)].into_iter().filter(|id| *id != device(41)).collect(),
            ..world.edit(device(browser))
        };
        let drop = edit.drop.iter().filter(|id| world.room.roster().holders().contains_key(id));
        let drop = drop.copied().collect();
        let edit = setroom_protocol::RosterEdit { drop, ..edit };
        world.does(host, C::EditRoster { edit: edit.into() });
        world.does(host, C::Lock { on: browser % 2 == 0 });
    }
    assert_eq!(world.room.devices_of(seat(1)).count(), limits::DEVICES_PER_SEAT);
    // Also when all of them are connected.
    for browser in 47..=49 {
        world.around.connect(seat(1), device(browser));
    }
    assert_eq!(dropped(&host_enters(&mut world, 50)), [device(1)]);
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
    world.goes_away(3);
    world.refuses(world.host(), world.admit(world.host(), device(60), None), Code::People);
    world.does(world.host(), world.admit(world.host(), device(60), Some(seat(3))));
}

/// By the link that they came by, whatever they are by now.
#[test]
fn in_a_full_set_an_observer_who_was_made_a_member_comes_back_by_their_link() {
    let mut world = World::with("short_90", "classic", 1, 21, 1);
    assert_eq!(world.room.seats().len(), limits::PEOPLE);
    world.does(world.host(), C::SetRole { seat: seat(24), role: Role::Member, keys: None });
    let knock = world.knock_as(LinkRole::Observer, 60, 60);
    assert_eq!(door(&world, &knock), Ok(None));
    world.around.knock(knock).unwrap();
    world.goes_away(24);
    world.does(world.host(), world.admit(world.host(), device(60), Some(seat(24))));
}

/// The set's own limit: whoever has several browsers gives up the oldest unused one.
#[test]
fn a_full_set_of_browsers_still_takes_one_more() {
    let mut world = World::with("short_90", "classic", 1, 21, 0);
    for browser in 61.. {
        if world.room.devices().len() == limits::DEVICES {
            break;
        }
        let changes = admitted(&mut world, browser, Some(seat(4 + (browser - 61) / 3)), false);
        assert_eq!(names(&changes), ["device_added"]);
    }
    // Seats 4 to 9 have several. Each one's first is the oldest and connected, the second is not.
    let changes = admitted(&mut world, 99, Some(seat(23)), false);
    assert_eq!(names(&changes), ["device_dropped", "device_added"]);
    assert_eq!(dropped(&changes), [device(61)]);
    // Somebody new as well: the last place.
    assert_eq!(world.room.seats().len(), limits::PEOPLE - 1);
    let changes = admitted(&mut world, 100, None, true);
    assert_eq!(names(&changes), ["device_dropped", "seated"]);
    assert_eq!(dropped(&changes), [device(62)]);
    assert_eq!(world.room.devices().len(), limits::DEVICES);
    // Nobody's only browser goes, be it the oldest and not connected.
    world.goes_away(2);
    world.goes_away(20);
    assert_eq!(dropped(&admitted(&mut world, 101, Some(seat(2 + 20)), false)), [device(63)]);
    // With all who have several connected everywhere, the oldest goes all the same: of those who came
    // at one moment, the first by its id.
    let several: Vec<_> = world.room.devices().iter().map(|(id, held)| (*id, held.seat)).collect();
    for (id, at) in several.into_iter().filter(|(id, _)| *id != device(20)) {
        world.around.connect(at, id);
    }
    let oldest = [5, 6, 7, 8, 9, 22, 23].map(device).into_iter().min().unwrap();
    assert_eq!(dropped(&host_enters(&mut world, 102)), [oldest]);
    assert_eq!(world.room.devices().len(), limits::DEVICES);
    world.check_clients();
}
