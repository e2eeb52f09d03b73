//! Who cannot come to a meeting, and says so before.

use setroom_protocol::{Code, Command as C, Role, view};

use crate::support::*;

#[test]
fn who_cannot_come_on_one_day_may_on_another() {
    let mut world = World::usual();
    let meeting = later_meeting(0x21);
    let at = |world: &World, days: u64| [(meeting, world.now.plus(days * 86_400_000))].into();
    world.refuses(world.p(4), C::CannotCome { meeting, on: true }, Code::Stale);
    let dates = at(&world, 30);
    world.does(world.host(), C::SetDates { dates, fixes: false });
    world.does(world.p(4), C::CannotCome { meeting, on: true });
    world.refuses(world.p(4), C::CannotCome { meeting, on: true }, Code::Already);
    world.refuses(world.p(7), C::CannotCome { meeting, on: true }, Code::Role);
    assert_eq!(view::shared(&world.room).away[&meeting], [seat(4)].into());
    let dates = at(&world, 31);
    world.does(world.host(), C::SetDates { dates, fixes: false });
    assert!(view::shared(&world.room).away.is_empty());
    world.does(world.p(4), C::CannotCome { meeting, on: true });
    world.does(world.host(), C::SetRole { seat: seat(4), role: Role::Observer, keys: None });
    assert!(view::shared(&world.room).away.is_empty(), "who takes no part is not waited for");
}
