//! The host makes a member co-facilitator, and a member of them again.

use std::sync::Arc;

use setroom_protocol::command::KeyChange;
use setroom_protocol::{Change, Code, Command as C, Holder, LinkRole, Role, TextKind, view};

use crate::support::*;

fn gives(world: &World, n: u8, role: Role) -> C {
    let keys = world.keys_with_role(world.host().device, seat(n), role);
    C::SetRole { seat: seat(n), role, keys: Some(keys) }
}

fn role_of(world: &World, n: u8) -> (Role, LinkRole, LinkRole) {
    let holder = &world.room.roster().holders()[&device(n)];
    (world.room.seat(seat(n)).unwrap().role, holder.role, holder.came_by())
}

#[test]
fn the_host_makes_a_member_co_facilitator_with_seat_and_texts_and_back_again() {
    let mut world = World::at("classic.explore");
    let name = world.text(world.p(4), TextKind::Name, 80);
    let id = name.item;
    world.does(world.p(4), C::Put(name));
    let before = world.room.epoch();
    let command = gives(&world, 4, Role::CoFacilitator);
    let changes = world.does(world.host(), command.clone());
    let C::SetRole { keys, .. } = command else { unreachable!() };
    assert_eq!(changes, [Change::RoleSet { seat: seat(4), role: Role::CoFacilitator, keys }]);
    assert_eq!(
        role_of(&world, 4),
        (Role::CoFacilitator, LinkRole::CoFacilitator, LinkRole::Member)
    );
    assert_eq!(world.room.epoch(), before + 1, "everybody's five words change");
    assert!(world.room.items().contains_key(&id), "what they wrote is theirs");
    // They may what facilitators may, and sign for it; but make or unmake nobody.
    assert!(world.room.roster().hands_on(device(4)));
    let keys = world.keys(device(4), None);
    world.does(world.p(4), C::Rekey { keys });
    let keys = Some(world.keys_with_role(device(4), seat(2), Role::Member));
    world.refuses(world.p(4), C::SetRole { seat: seat(2), role: Role::Member, keys }, Code::Role);
    // They come back by the link that they came by, as they are.
    assert_eq!(world.room.came_by(device(4)), Some(LinkRole::Member));
    let back = gives(&world, 4, Role::Member);
    world.does(world.host(), back);
    assert_eq!(role_of(&world, 4), (Role::Member, LinkRole::Member, LinkRole::Member));
    let keys = world.keys(device(4), None);
    world.refuses(world.p(4), C::Rekey { keys }, Code::Role);
    world.check_clients();
}

#[test]
fn who_came_as_co_facilitator_becomes_a_member_and_is_it_again() {
    let mut world = World::usual();
    let taken = gives(&world, 2, Role::Member);
    world.does(world.host(), taken);
    assert_eq!(role_of(&world, 2), (Role::Member, LinkRole::Member, LinkRole::CoFacilitator));
    let given = gives(&world, 2, Role::CoFacilitator);
    world.does(world.host(), given);
    let all = LinkRole::CoFacilitator;
    assert_eq!(role_of(&world, 2), (Role::CoFacilitator, all, all));
    world.check_clients();
}

#[test]
fn nobody_but_the_host_does_and_nobody_is_made_host_or_made_of_an_observer() {
    let mut world = World::usual();
    let co = |world: &World, n: u8, role| {
        let keys = world.keys_with_role(device(2), seat(n), role);
        C::SetRole { seat: seat(n), role, keys: Some(keys) }
    };
    for (n, role) in
        [(4, Role::CoFacilitator), (2, Role::Member), (2, Role::Host), (1, Role::Member)]
    {
        let command = co(&world, n, role);
        world.refuses(world.p(2), command, Code::Role);
    }
    for (n, role, why) in [
        (4, Role::Host, Code::Role),
        (1, Role::Member, Code::Role),
        (1, Role::CoFacilitator, Code::Role),
        (2, Role::Trainee, Code::Role),
        (2, Role::Observer, Code::Role),
        (2, Role::CoFacilitator, Code::Already),
        (7, Role::CoFacilitator, Code::Role),
    ] {
        let command = gives(&world, n, role);
        world.refuses(world.host(), command, why);
    }
    world.does(world.host(), C::SendToLobby { seat: seat(4) });
    let command = gives(&world, 4, Role::CoFacilitator);
    world.refuses(world.host(), command, Code::InLobby);
}

#[test]
fn a_role_and_what_the_roster_says_of_it_go_together() {
    let mut world = World::usual();
    let good = world.keys_with_role(world.host().device, seat(4), Role::CoFacilitator);
    let with = |change: &dyn Fn(&mut Vec<Holder>)| {
        let mut edit = (**good.edit.as_ref().unwrap()).clone();
        change(&mut edit.add);
        KeyChange { edit: Some(Arc::new(edit)), ..good.clone() }
    };
    let as_co = |world: &World, n: u8| world.holder(device(n)).with_role(LinkRole::CoFacilitator);
    let five = as_co(&world, 5);
    let wrong = [
        ("nobody raised", with(&|add| add.clear())),
        ("another beside", with(&|add| add.push(five.clone()))),
        ("another instead", with(&|add| *add = vec![five.clone()])),
        ("as if they had come so", with(&|add| add[0].came = None)),
        ("by a later link", with(&|add| add[0].link = 3)),
        ("made host", with(&|add| add[0].role = LinkRole::Host)),
        ("on another seat", with(&|add| add[0].seat = seat(2))),
        ("without a grant", {
            let mut keys = good.clone();
            keys.grants.remove(&device(4));
            keys
        }),
    ];
    for (what, keys) in wrong {
        let command = C::SetRole { seat: seat(4), role: Role::CoFacilitator, keys: Some(keys) };
        let answer = world.would(world.host(), &command, world.room.seq());
        assert_eq!(answer, Err(Code::StaleRoster), "{what}");
    }
    let bare = |n, role| C::SetRole { seat: seat(n), role, keys: None };
    world.refuses(world.host(), bare(4, Role::CoFacilitator), Code::StaleRoster);
    world.refuses(world.host(), bare(2, Role::Member), Code::StaleRoster);
    // And no role of a browser moves with any other command, whoever signs.
    let add = vec![as_co(&world, 4)];
    for maker in [world.host(), world.p(2)] {
        let edit = setroom_protocol::RosterEdit { add: add.clone(), ..world.edit(maker.device) };
        world.refuses(maker, C::EditRoster { edit: Arc::new(edit) }, Code::StaleRoster);
        let mut keys = world.keys(maker.device, None);
        Arc::make_mut(keys.edit.as_mut().unwrap()).add.clone_from(&add);
        world.refuses(maker, C::Rekey { keys }, Code::StaleRoster);
    }
    // A member made a trainee has no key with it.
    let keys = Some(world.keys(world.host().device, None));
    world.refuses(
        world.host(),
        C::SetRole { seat: seat(4), role: Role::Trainee, keys },
        Code::Role,
    );
}

#[test]
fn a_browser_that_is_raised_knocks_again_as_it_is_and_another_one_by_the_facilitators_link() {
    let mut world = World::usual();
    let command = gives(&world, 4, Role::CoFacilitator);
    world.does(world.host(), command);
    world.goes_away(4);
    for (link, browser, why) in
        [(LinkRole::Member, 61, Some(Code::Role)), (LinkRole::CoFacilitator, 62, None)]
    {
        let knock = world.knock_as(link, browser, 99);
        world.around.knock(knock).unwrap();
        let admit = world.admit(world.host(), device(browser), Some(seat(4)));
        let answer = world.would(world.host(), &admit, world.room.seq()).err();
        assert_eq!(answer, why, "by {link:?}");
    }
    // Whoever leaves takes what they know of every link with them.
    world.does(world.p(4), C::Leave);
    assert!(world.room.key_due().contains(&LinkRole::CoFacilitator));
}

#[test]
fn what_a_facilitator_is_shown_comes_and_goes_with_the_role() {
    let mut world = World::usual();
    let there = Person { seat: seat(4), device: device(4) };
    let keys = |world: &World| view::own(&world.room, there.device).is_some_and(|own| own.keys);
    assert!(!keys(&world));
    let command = gives(&world, 4, Role::CoFacilitator);
    world.does(world.host(), command);
    assert!(keys(&world));
    let command = gives(&world, 4, Role::Member);
    world.does(world.host(), command);
    assert!(!keys(&world));
}

/// The very bytes, written out here by hand: who they may be, and which link they came by.
#[test]
fn what_is_signed_of_whom_is_raised_is_as_published() {
    fn pae(parts: &[&[u8]]) -> Vec<u8> {
        let u32be = |n: usize| u32::try_from(n).unwrap().to_be_bytes().to_vec();
        let part = |part: &&[u8]| [u32be(part.len()), part.to_vec()].concat();
        [vec![u32be(parts.len())], parts.iter().map(part).collect()].concat().concat()
    }
    let came = crate::samples::holder(6, LinkRole::Member);
    let raised = came.with_role(LinkRole::CoFacilitator);
    let world = World::usual();
    let add = vec![raised.clone()];
    let edit = setroom_protocol::RosterEdit { add, ..world.edit(device(1)) };
    let one = pae(&[&public(6).0, &signing(6).0, &[6; 16], b"c", &[0; 4], b"m"]);
    let signed = edit.signed(world.room.set(), world.room.roster().head());
    assert!(signed.windows(one.len()).any(|bytes| bytes == one));
    assert_eq!(raised.with_role(LinkRole::Member), came);
}
