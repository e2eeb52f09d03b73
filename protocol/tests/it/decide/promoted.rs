//! The host makes a member co-facilitator, and a member of them again.

use std::sync::Arc;

use setroom_protocol::command::KeyChange;
use setroom_protocol::room::DroppedDevice;
use setroom_protocol::{
    Change, Code, Command as C, Holder, LinkRole, Role, RosterEdit, RosterFault, TextKind, view,
};

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
        let edit = RosterEdit { add: add.clone(), ..world.edit(maker.device) };
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

/// The host's browser goes on with a room that knows nothing of it: what it has walked is so for the room.
#[test]
fn a_copy_that_is_put_back_takes_no_role_and_gives_none_back() {
    let mut world = World::usual();
    let whole = |world: &World, moved: &[(u8, LinkRole)]| {
        let keys = world.keys(world.host().device, None);
        let mut edit = world.whole_edit(keys.epoch + 64);
        for (n, role) in moved {
            let own = edit.add.iter_mut().find(|at| at.device() == device(*n)).unwrap();
            *own = own.with_role(*role);
        }
        let links = LinkRole::SHARED.map(|kind| (kind, hash(90))).into();
        KeyChange { epoch: edit.epoch, edit: Some(Arc::new(edit)), roles: true, links, ..keys }
    };
    let (co, member) = (LinkRole::CoFacilitator, LinkRole::Member);
    let keys = whole(&world, &[(4, co), (2, member)]);
    let would = |keys| world.would(world.host(), &C::Rekey { keys }, world.room.seq());
    // A page that knows nothing of roles undoes none, and nobody keeps links that are not theirs.
    let (unasked, mut few) = (KeyChange { roles: false, ..keys.clone() }, keys.clone());
    few.links.remove(&LinkRole::Observer);
    assert_eq!((would(unasked), would(few)), (Err(Code::Role), Err(Code::Range)));
    let changes = world.does(world.host(), C::Rekey { keys: keys.clone() });
    let set = |n, role| Change::RoleSet { seat: seat(n), role, keys: None };
    let expected = [Change::Rekeyed { keys }, set(2, Role::Member), set(4, Role::CoFacilitator)];
    assert_eq!(changes, expected);
    assert_eq!(role_of(&world, 4), (Role::CoFacilitator, co, member));
    assert_eq!(role_of(&world, 2), (Role::Member, member, co));
    world.check_clients();
    // Nothing else of the host's says roles by the way, nor of somebody made host.
    let keys = whole(&world, &[]);
    let edit = Arc::clone(keys.edit.as_ref().unwrap());
    let refused = |command: C, why| {
        assert_eq!(world.would(world.host(), &command, world.room.seq()), Err(why));
    };
    refused(C::Remove { seat: seat(5), keys: keys.clone() }, Code::Role);
    let alone = RosterEdit { epoch: world.room.epoch(), meeting: None, ..(*edit).clone() };
    refused(C::EditRoster { edit: Arc::new(alone) }, Code::Role);
    let mut made_host = (*edit).clone();
    let theirs = made_host.add.iter_mut().find(|at| at.device() == device(4)).unwrap();
    (theirs.role, theirs.came) = (LinkRole::Host, Some(member));
    let keys = KeyChange { edit: Some(Arc::new(made_host)), ..keys };
    refused(C::Rekey { keys }, Code::StaleRoster);
}

#[test]
fn who_is_a_member_again_is_rid_of_every_link_and_comes_by_a_members() {
    let mut world = World::usual();
    let good = world.keys_with_role(world.host().device, seat(2), Role::Member);
    for kind in LinkRole::SHARED {
        let (mut less, mut same) = (good.clone(), good.clone());
        less.links.remove(&kind);
        same.links.insert(kind, *world.room.link(kind).unwrap());
        for keys in [less, same] {
            let command = C::SetRole { seat: seat(2), role: Role::Member, keys: Some(keys) };
            world.refuses(world.host(), command, Code::Range);
        }
    }
    let command = C::SetRole { seat: seat(2), role: Role::Member, keys: Some(good) };
    world.does(world.host(), command);
    assert!(world.room.key_due().is_empty());
    world.goes_away(2);
    for (link, browser, why) in
        [(LinkRole::CoFacilitator, 61, Some(Code::Role)), (LinkRole::Member, 62, None)]
    {
        let knock = world.knock_as(link, browser, 99);
        world.around.knock(knock).unwrap();
        let admit = world.admit(world.host(), device(browser), Some(seat(2)));
        let answer = world.would(world.host(), &admit, world.room.seq()).err();
        assert_eq!(answer, why, "by {link:?}");
    }
    // And the one that they have, as it is.
    let mut knock = world.knock_as(LinkRole::CoFacilitator, 2, 99);
    knock.resume = hash(9);
    world.around.knock(knock).unwrap();
    let mut admit = world.admit(world.host(), device(2), Some(seat(2)));
    let as_they_came = world.would(world.host(), &admit, world.room.seq());
    assert_eq!(as_they_came.err(), Some(Code::StaleRoster), "which would raise them");
    let C::Admit { edit, .. } = &mut admit else { unreachable!() };
    let add = vec![world.room.roster().holders()[&device(2)].clone()];
    Arc::make_mut(edit.as_mut().unwrap()).add = add;
    assert!(world.would(world.host(), &admit, world.room.seq()).is_ok());
}

#[test]
fn a_browser_that_is_gone_is_not_raised_with_its_person() {
    let mut world = World::usual();
    let knock = world.knock_as(LinkRole::Member, 44, 98);
    world.goes_away(4);
    world.around.knock(knock).unwrap();
    let admit = world.admit(world.host(), device(44), Some(seat(4)));
    world.does(world.host(), admit);
    world.record(
        vec![Change::DeviceDropped(DroppedDevice { device: device(44), lost: false })],
        None,
        None,
    );
    let mut keys = world.keys_with_role(world.host().device, seat(4), Role::CoFacilitator);
    let command = |keys: &KeyChange| C::SetRole {
        seat: seat(4),
        role: Role::CoFacilitator,
        keys: Some(keys.clone()),
    };
    world.refuses(world.host(), command(&keys), Code::StaleRoster);
    Arc::make_mut(keys.edit.as_mut().unwrap()).add.retain(|at| at.device() == device(4));
    world.does(world.host(), command(&keys));
    assert!(!world.room.roster().holders().contains_key(&device(44)));
    assert!(world.room.roster().hands_on(device(4)));
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

/// Whoever signs, and in a whole edit too: of two ways to say one thing, heads would differ.
#[test]
fn a_role_is_said_in_one_way_and_nobody_is_made_host() {
    use LinkRole::{CoFacilitator, Host, Member, Observer};
    let world = World::usual();
    let vets = |role, came, whole: bool| {
        let base = if whole { world.whole_edit(2) } else { world.edit(device(1)) };
        let mut add: Vec<_> =
            base.add.iter().filter(|at| at.device() != device(4)).cloned().collect();
        add.push(Holder { role, came, ..world.holder(device(4)) });
        let edit = RosterEdit { add, ..base };
        world.room.roster().vet(world.room.set(), &edit).map(|_| ())
    };
    for whole in [false, true] {
        for (role, came) in [
            (Host, Some(Member)),
            (Observer, Some(Member)),
            (Member, Some(Member)),
            (CoFacilitator, Some(CoFacilitator)),
            (Member, Some(Host)),
        ] {
            let fault = Err(RosterFault::Holders);
            assert_eq!(vets(role, came, whole), fault, "{role:?} by {came:?}, whole: {whole}");
        }
        for (role, came) in [
            (CoFacilitator, Some(Member)),
            (CoFacilitator, Some(Observer)),
            (Member, Some(CoFacilitator)),
            (Member, None),
        ] {
            assert_eq!(vets(role, came, whole), Ok(()), "{role:?} by {came:?}, whole: {whole}");
        }
    }
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
    let edit = RosterEdit { add, ..world.edit(device(1)) };
    let one = pae(&[&public(6).0, &signing(6).0, &[6; 16], b"c", &[0; 4], b"m"]);
    let signed = edit.signed(world.room.set(), world.room.roster().head());
    assert!(signed.windows(one.len()).any(|bytes| bytes == one));
    assert_eq!(raised.with_role(LinkRole::Member), came);
}
