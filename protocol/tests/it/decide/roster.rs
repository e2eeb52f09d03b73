//! Edits of the roster against the room: whom they may name, who may make them, and when.

use std::sync::Arc;

use setroom_protocol::roster::NO_SEAT;
use setroom_protocol::{
    Change, Code, Command as C, Holder, LinkRole, Role, RosterEdit, limits, view,
};

use super::door;
use crate::support::*;

fn edit_roster(edit: RosterEdit) -> C {
    C::EditRoster { edit: Arc::new(edit) }
}

/// The host on a second browser, which is not on the roster yet.
fn host_elsewhere() -> (World, Person) {
    let mut world = World::usual();
    let knock = world.knock_as(LinkRole::Host, 11, 99);
    world.lets_in(&knock);
    (world, Person { seat: seat(1), device: device(11) })
}

/// A set of the first form: there is a key, and no roster.
fn of_the_first_form() -> World {
    let mut world = World::usual();
    let mut whole: serde_json::Value = serde_json::from_slice(&world.room.to_snapshot()).unwrap();
    whole["room"].as_object_mut().unwrap().remove("roster");
    world.room = setroom_protocol::Room::from_snapshot(whole.to_string().as_bytes()).unwrap();
    world.clients.clear();
    world
}

#[test]
fn a_host_on_a_new_browser_adds_itself_with_the_links_own_pair() {
    let (mut world, there) = host_elsewhere();
    let good = RosterEdit { add: vec![world.holder(there.device)], ..world.edit(there.device) };
    assert_eq!(good.by, link_holder().device());
    // Only the host has that pair, and nobody signs for somebody else.
    for n in [2, 3] {
        let why = if n == 2 { Code::StaleRoster } else { Code::Role };
        world.refuses(world.p(n), edit_roster(good.clone()), why);
    }
    let theirs = RosterEdit { by: device(2), ..good.clone() };
    world.refuses(there, edit_roster(theirs), Code::StaleRoster);
    // A browser that is not on the roster cannot sign by itself.
    let own = RosterEdit { by: there.device, ..good.clone() };
    world.refuses(there, edit_roster(own), Code::StaleRoster);
    let edited = Change::RosterEdited { edit: Arc::new(good.clone()) };
    assert_eq!(world.does(there, edit_roster(good.clone())), [edited]);
    assert!(world.room.roster().hands_on(there.device));
    let shown = view::shared(&world.room).roster;
    assert_eq!(**shown.last_key_value().unwrap().1, good);
    // The same again is not the next one.
    world.refuses(there, edit_roster(good), Code::StaleRoster);
    world.check_clients();
}

#[test]
fn an_added_browser_is_one_of_the_room_to_the_letter() {
    let (mut world, there) = host_elsewhere();
    let holder = world.holder(there.device);
    let wrong: [(&str, Holder); 8] = [
        ("another key", Holder { public: public(12), ..holder.clone() }),
        ("another signing key", Holder { sign: Some(signing(12)), ..holder.clone() }),
        ("no signing key", Holder { sign: None, ..holder.clone() }),
        ("another seat", Holder { seat: seat(2), ..holder.clone() }),
        ("no seat", Holder { seat: NO_SEAT, ..holder.clone() }),
        ("another link", Holder { role: LinkRole::CoFacilitator, ..holder.clone() }),
        ("a stranger", crate::samples::holder(60, LinkRole::Member)),
        ("the host link's own holder", link_holder()),
    ];
    for (what, holder) in wrong {
        let edit = RosterEdit { add: vec![holder], ..world.edit(there.device) };
        let answer = world.would(there, &edit_roster(edit), world.room.seq());
        assert_eq!(answer, Err(Code::StaleRoster), "{what}");
    }
    // Somebody at the door is not in the room, and a command that is not *Admit* lets nobody in.
    let knock = world.knock_as(LinkRole::Member, 61, 99);
    world.around.knock(knock).unwrap();
    let edit = world.edit_for(device(1), device(61), seat(99));
    world.refuses(world.host(), edit_roster(edit), Code::StaleRoster);
    // Which number a link has is between the browsers, as long as another can follow.
    let by = |world: &World, link| {
        let add = vec![Holder { link, ..holder.clone() }];
        edit_roster(RosterEdit { add, ..world.edit(there.device) })
    };
    for link in [u32::MAX, 7, world.room.epoch()] {
        world.refuses(there, by(&world, link), Code::StaleRoster);
    }
    let keys = world.keys(there.device, None);
    world.does(there, C::Rekey { keys });
    world.does(there, by(&world, 1));
    // Who was put there before there was this rule stays in a whole list.
    let stays = |world: &World, epoch| {
        let mut edit = world.whole_edit(epoch);
        for holder in &mut edit.add {
            if holder.device() == there.device {
                holder.link = 1;
            }
        }
        edit
    };
    let edit = stays(&world, 2);
    world.does(there, edit_roster(edit));
}

#[test]
fn admitting_puts_exactly_that_browser_on_the_roster() {
    let mut world = World::usual();
    let knock = world.knock_as(LinkRole::Member, 61, 99);
    world.around.knock(knock).unwrap();
    let (host, co) = (world.host(), world.p(2));
    let good = world.edit_for(co.device, device(61), seat(99));
    let right = good.add[0].clone();
    let refused = |world: &World, why: Code, change: &dyn Fn(&mut RosterEdit)| {
        let mut edit = good.clone();
        change(&mut edit);
        let grant = blob("g");
        let admit = C::Admit { device: device(61), grant, seat: None, edit: Some(edit.into()) };
        assert_eq!(world.would(co, &admit, world.room.seq()), Err(why));
    };
    let stale = Code::StaleRoster;
    refused(&world, stale, &|edit| edit.add.clear());
    refused(&world, stale, &|edit| edit.add[0].public = public(62));
    refused(&world, stale, &|edit| edit.add[0].sign = Some(signing(62)));
    refused(&world, stale, &|edit| edit.add[0].sign = None);
    refused(&world, stale, &|edit| edit.add[0].seat = seat(3));
    refused(&world, stale, &|edit| edit.add[0].role = LinkRole::CoFacilitator);
    refused(&world, stale, &|edit| edit.add.push(right.clone()));
    refused(&world, stale, &|edit| edit.add.push(crate::samples::holder(62, LinkRole::Member)));
    refused(&world, stale, &|edit| edit.drop.push(device(3)));
    refused(&world, stale, &|edit| edit.drop.push(device(62)));
    refused(&world, stale, &|edit| edit.n += 1);
    refused(&world, stale, &|edit| edit.n -= 1);
    refused(&world, stale, &|edit| edit.whole = true);
    // A new key comes with a change of keys alone.
    refused(&world, stale, &|edit| edit.epoch += 1);
    refused(&world, stale, &|edit| edit.commit = commitment(9));
    // Signed by who asks, who holds keys.
    refused(&world, stale, &|edit| edit.by = host.device);
    refused(&world, stale, &|edit| edit.by = link_holder().device());
    refused(&world, stale, &|edit| edit.by = device(3));
    // Whoever is on it already is not put there once more, in no command.
    refused(&world, Code::Already, &|edit| edit.add.push(world.holder(device(3))));
    // Others that are there may be put on it in the same breath, and who is gone taken off.
    world.does(world.p(7), C::Leave);
    let elsewhere = world.knock_as(LinkRole::Host, 11, 98);
    world.lets_in(&elsewhere);
    let more = |by: &RosterEdit| {
        let add = vec![right.clone(), world.holder(device(11))];
        let edit = RosterEdit { add, drop: vec![device(7)], ..by.clone() };
        C::Admit { device: device(61), grant: blob("g"), seat: None, edit: Some(edit.into()) }
    };
    // But nobody speaks for a browser of the host's but the host.
    assert_eq!(world.would(co, &more(&good), world.room.seq()), Err(stale));
    let admit = more(&world.edit_for(host.device, device(61), seat(99)));
    world.does(host, admit);
    let holders = world.room.roster().holders();
    assert!([61, 11].iter().all(|n| holders.contains_key(&device(*n))));
    assert!(!holders.contains_key(&device(7)));
}

#[test]
fn browsers_that_are_gone_are_taken_off_and_nobody_else() {
    let mut world = World::usual();
    let co = world.p(2);
    let drop = |world: &World, n: u8| {
        edit_roster(RosterEdit { drop: vec![device(n)], ..world.edit(co.device) })
    };
    for n in [1, 3, 60] {
        world.refuses(co, drop(&world, n), Code::StaleRoster);
    }
    world.does(world.p(3), C::Leave);
    world.does(co, drop(&world, 3));
    assert!(!world.room.roster().holders().contains_key(&device(3)));
    // Once.
    world.refuses(co, drop(&world, 3), Code::StaleRoster);
    world.check_clients();
}

/// The first edit of a set that was made before there was a roster.
#[test]
fn a_set_of_the_first_form_gets_its_roster_from_the_host() {
    let mut world = of_the_first_form();
    assert!(world.room.roster().is_empty());
    let (host, co) = (world.host(), world.p(2));
    // Until then nobody is let in, and no key is changed: by no page of an earlier version either.
    let knock = world.knock_as(LinkRole::Member, 61, 99);
    world.around.knock(knock).unwrap();
    let good = world.whole_edit(1);
    world.refuses(co, world.admit(co, device(61), None), Code::StaleRoster);
    world.refuses(co, edit_roster(good.clone()), Code::StaleRoster);
    let next = RosterEdit { whole: false, ..good.clone() };
    world.refuses(host, edit_roster(next), Code::StaleRoster);
    world.refuses(host, edit_roster(RosterEdit { epoch: 2, ..good.clone() }), Code::StaleRoster);
    world.does(host, edit_roster(good));
    assert_eq!(world.room.roster().holders().len(), 8);
    world.does(co, world.admit(co, device(61), None));
}

#[test]
fn the_hosts_browser_can_begin_the_chain_anew() {
    let mut world = World::usual();
    let host = world.host();
    let whole = world.whole_edit(1);
    // It stays the same host link's, and the same key.
    let other = Holder { public: public(251), sign: Some(signing(251)), ..link_holder() };
    let mut swapped = RosterEdit { by: other.device(), ..whole.clone() };
    swapped.add[0] = other;
    world.refuses(host, edit_roster(swapped), Code::StaleRoster);
    let other_key = RosterEdit { commit: commitment(2), ..whole.clone() };
    world.refuses(host, edit_roster(other_key), Code::StaleRoster);
    let same = RosterEdit { n: whole.n - 1, ..whole.clone() };
    world.refuses(host, edit_roster(same), Code::StaleRoster);
    for n in [2, 3] {
        let why = if n == 2 { Code::StaleRoster } else { Code::Role };
        world.refuses(world.p(n), edit_roster(whole.clone()), why);
    }
    world.does(host, edit_roster(RosterEdit { n: 77, ..whole }));
    let shown: Vec<_> = view::shared(&world.room).roster.into_keys().collect();
    assert_eq!(shown, [77], "what was before is no more");
    world.check_clients();
}

#[test]
fn so_many_edits_are_kept_since_the_last_whole_one() {
    let mut world = World::usual();
    let host = world.host();
    world.clients.clear();
    let kept = |world: &World| world.room.roster().edits().len();
    let fill = |world: &mut World, most| {
        while kept(world) < most {
            // As journals of earlier versions have them: an edit may change nothing there.
            let (seq, at) = (world.room.next_seq(), world.now);
            let change = Change::RosterEdited { edit: Arc::new(world.edit(host.device)) };
            world.room.apply(&setroom_protocol::Recorded { seq, at, by: None, re: None, change });
        }
    };
    let co = world.p(2);
    fill(&mut world, limits::ROSTER_EDITS - limits::PEOPLE - 1);
    let keys = world.keys(co.device, None);
    world.does(co, C::Rekey { keys });
    for person in [host, co] {
        let next = edit_roster(world.edit(person.device));
        assert_eq!(world.would(person, &next, world.room.seq()), Err(Code::RosterEdits));
        let keys = world.keys(person.device, None);
        let rekey = C::Rekey { keys };
        assert_eq!(world.would(person, &rekey, world.room.seq()), Err(Code::RosterEdits));
    }
    // Everybody can still be removed, also by a co-facilitator and with no host there.
    let keys = world.keys(co.device, Some(seat(6)));
    world.does(co, C::Remove { seat: seat(6), keys });
    fill(&mut world, limits::ROSTER_EDITS);
    let keys = world.keys(co.device, Some(seat(5)));
    let remove = C::Remove { seat: seat(5), keys };
    assert_eq!(world.would(co, &remove, world.room.seq()), Err(Code::RosterEdits));
    let whole = edit_roster(world.whole_edit(world.room.epoch()));
    assert!(world.would(host, &whole, world.room.seq()).is_ok(), "the host's browser heals it");
}

/// A role that changes changes nothing of who holds the key, or of the link that they came by.
#[test]
fn set_role_leaves_the_roster_alone() {
    let mut world = World::usual();
    let before = world.room.roster().clone();
    world.does(world.host(), C::SetRole { seat: seat(3), role: Role::Observer, keys: None });
    world.does(world.host(), C::SetRole { seat: seat(7), role: Role::Member, keys: None });
    assert_eq!(world.room.roster(), &before);
    assert_eq!(world.room.came_by(device(3)), Some(LinkRole::Member));
    assert_eq!(world.room.came_by(device(7)), Some(LinkRole::Observer));
    // So the host's next whole edit says the same of them.
    let whole = world.whole_edit(1);
    world.does(world.host(), edit_roster(whole));
}

/// Where it was not written down, as of browsers of the first form, what the roster says of them
/// counts, and without a roster the link of their role.
#[test]
fn a_browser_of_the_first_form_came_by_what_the_roster_says() {
    let old = |world: &World| {
        let mut whole: serde_json::Value =
            serde_json::from_slice(&world.room.to_snapshot()).unwrap();
        for device in whole["room"]["devices"].as_object_mut().unwrap().values_mut() {
            device.as_object_mut().unwrap().remove("came_by");
        }
        setroom_protocol::Room::from_snapshot(whole.to_string().as_bytes()).unwrap()
    };
    let mut world = World::usual();
    world.does(world.host(), C::SetRole { seat: seat(3), role: Role::Observer, keys: None });
    assert_eq!(old(&world).came_by(device(3)), Some(LinkRole::Member));
    let mut first = of_the_first_form();
    assert_eq!(old(&first).came_by(device(3)), Some(LinkRole::Member));
    first.does(first.host(), C::SetRole { seat: seat(3), role: Role::Observer, keys: None });
    assert_eq!(old(&first).came_by(device(3)), Some(LinkRole::Observer));
}

/// The host's link opens the door whatever the roster says; it is the roster that hands on keys.
#[test]
fn whoever_is_not_on_the_roster_gets_no_grant() {
    let (mut world, there) = host_elsewhere();
    let keys = world.keys(device(2), None);
    assert!(!keys.grants.contains_key(&there.device));
    let mut more = keys.clone();
    more.grants.insert(there.device, blob("one too many"));
    world.refuses(world.p(2), C::Rekey { keys: more }, Code::StaleRoster);
    let mut link = keys.clone();
    link.grants.insert(link_holder().device(), blob("the wrap is for it"));
    world.refuses(world.p(2), C::Rekey { keys: link }, Code::StaleRoster);
    world.does(world.p(2), C::Rekey { keys });
    assert!(door(&world, &world.knock_as(LinkRole::Host, 12, 99)).is_ok());
}

/// Else a co-facilitator could have the host's next grants made under a link that the host never held.
#[test]
fn a_browser_that_is_on_the_roster_stays_there_as_it_came() {
    let mut world = World::usual();
    let co = world.p(2);
    let host = world.room.roster().holders()[&device(1)].clone();
    let edit = |world: &World, holder| RosterEdit { add: vec![holder], ..world.edit(co.device) };
    let later = edit(&world, Holder { link: host.link + 1, ..host.clone() });
    world.refuses(co, edit_roster(later), Code::StaleRoster);
    let same = edit(&world, host);
    world.refuses(co, edit_roster(same), Code::Already);
    world.check_clients();
}

/// Each makes every other one late: whoever may sign them could keep the host from all others.
#[test]
fn an_edit_that_changes_nothing_is_refused() {
    let mut world = World::usual();
    let everybody = |world: &World| -> Vec<Holder> {
        let all = world.room.roster().holders().values();
        all.filter(|holder| !holder.is_of_host_link()).cloned().collect()
    };
    for who in [world.host(), world.p(2)] {
        let nothing = world.edit(who.device);
        assert!(nothing.add.is_empty() && nothing.drop.is_empty());
        world.refuses(who, edit_roster(nothing.clone()), Code::Already);
        let again = RosterEdit { add: everybody(&world), ..nothing };
        world.refuses(who, edit_roster(again), Code::Already);
        let mut keys = world.keys(who.device, None);
        Arc::make_mut(keys.edit.as_mut().unwrap()).add = everybody(&world);
        world.refuses(who, C::Rekey { keys }, Code::Already);
    }
    // A new key for the same people is a change, and so is the chain made shorter.
    for who in [world.host(), world.p(2)] {
        let keys = world.keys(who.device, None);
        let edit = keys.edit.clone().unwrap();
        assert!(edit.add.is_empty() && edit.drop.is_empty());
        world.does(who, C::Rekey { keys });
    }
    let whole = world.whole_edit(3);
    world.does(world.host(), edit_roster(whole));
    world.check_clients();
}
