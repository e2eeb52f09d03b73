//! Places for live rooms: which room gives way where there are too many.
//!
//! One that nobody is in, before all. If there is none, whoever shows a right token gets the place of
//! a room that was opened by the address that gives way, as with lines ([`Tally`]): of the one with
//! the fewest people, and of those the longest unused. And where those of one address hold more memory than
//! they may, or little is left of it, the largest of them ends.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::registry::Registry;
use super::{Event, JoinError, RoomHandle};
use crate::limits::{GivesWay, Limit, Source, Tally};
use crate::services::Services;

/// Finds a place for one more room. Says whether it is only lent: whether its token is right is known
/// when it is loaded, and until then no room with somebody in it goes for it.
pub(super) fn find(
    rooms: &Registry,
    services: &Services,
    source: Source,
    is_newcomers: bool,
) -> Result<bool, JoinError> {
    let count = |most: u32| usize::try_from(most).unwrap_or(usize::MAX);
    let (most, live) = (count(services.limits.rooms), rooms.count());
    let is_full = live >= most;
    // Of memory newcomers alone are refused: whoever has a seat finds their room.
    let is_short = is_newcomers && services.connection_limits.rooms().is_short();
    if !is_full && !is_short || give_way(rooms) {
        return Ok(false);
    }
    if !is_full {
        let own = services.connection_limits.counted(source);
        if services.connection_limits.rooms().gives_way(own).is_some_and(|goes| !goes.is_own) {
            // Once its token is found right.
            return Ok(false);
        }
        services.connection_limits.refuse(Limit::RoomMemory);
        return Err(JoinError::Full);
    }
    // Newcomers come last: nobody could let them in before somebody else is there.
    let is_bounded = live < most.saturating_add(count(services.limits.room_loads));
    if !is_newcomers && is_bounded && of_most(rooms, services, source, None).is_some() {
        return Ok(true);
    }
    services.connection_limits.refuse(Limit::Rooms);
    Err(JoinError::Full)
}

/// Somebody has come in: if the room's place was lent, or its memory is another's, that one ends for it.
pub(super) fn settle(rooms: &Registry, services: &Services, room: &RoomHandle) {
    if !room.porch.is_new.swap(false, Ordering::AcqRel) {
        return;
    }
    let is_lent = room.porch.is_lent.swap(false, Ordering::AcqRel);
    if is_lent {
        ends(services, Limit::Rooms, of_most(rooms, services, room.porch.opened_by(), Some(room)));
    }
    if let Some(goes) = largest(rooms, services, room) {
        let (porch, bytes) = (&goes.porch, goes.porch.loaded.load(Ordering::Relaxed));
        // It is not loaded again and again either.
        services.connection_limits.loaded_in_vain(porch.opened_by(), porch.set, bytes);
        ends(services, Limit::RoomMemory, Some(goes));
    }
}

fn ends(services: &Services, limit: Limit, goes: Option<RoomHandle>) {
    if let Some(goes) = goes {
        services.connection_limits.refuse(limit);
        goes.porch.is_going.store(true, Ordering::Release);
        // A full mailbox is that of a room in which much happens: the next who comes asks again.
        if goes.mailbox.try_send(Event::GiveWay { even_so: true }).is_err() {
            goes.porch.is_going.store(false, Ordering::Release);
        }
    }
}

/// The largest of those that are to end for the memory that this one takes.
fn largest(rooms: &Registry, services: &Services, room: &RoomHandle) -> Option<RoomHandle> {
    let connection_limits = &services.connection_limits;
    let memory = connection_limits.rooms();
    let own = connection_limits.counted(room.porch.opened_by());
    let GivesWay { account, .. } = memory.gives_way(own)?;
    let held = |room: &RoomHandle| room.porch.held.load(Ordering::Relaxed);
    let others = rooms.all().filter(|other| {
        let porch = &other.porch;
        let network = connection_limits.counted(porch.opened_by());
        network.is_some_and(|network| account.has(network))
            && !Arc::ptr_eq(porch, &room.porch)
            && other.is_live()
            && !porch.is_going.load(Ordering::Acquire)
            && memory.is_large(held(other))
    });
    others.max_by_key(held)
}

/// Asks an empty room to end. Says whether there was one.
fn give_way(rooms: &Registry) -> bool {
    let empty = rooms.all().find(|room| {
        // Each is asked once.
        room.is_live() && room.porch.is_empty.swap(false, Ordering::AcqRel)
    });
    empty.is_some_and(|room| room.mailbox.try_send(Event::GiveWay { even_so: false }).is_ok())
}

/// The room that is to end for one more of this source, `not` being that one.
fn of_most(
    rooms: &Registry,
    services: &Services,
    source: Source,
    not: Option<&RoomHandle>,
) -> Option<RoomHandle> {
    let mut of: HashMap<IpAddr, Vec<RoomHandle>> = HashMap::new();
    for room in rooms.all() {
        let porch = &room.porch;
        let stays = room.is_live() && !porch.is_going.load(Ordering::Acquire);
        let network = services.connection_limits.counted(porch.opened_by());
        if let Some(network) = network.filter(|_| stays) {
            of.entry(network).or_default().push(room);
        }
    }
    let own = services.connection_limits.counted(source);
    let mut many = Tally::default();
    for (network, rooms) in &of {
        many.change(*network, 0, rooms.len() as u64);
    }
    let account = many.gives_way(own, services.limits.rooms_per_address.into())?.account;
    let people = |room: &RoomHandle| room.porch.people.load(Ordering::Relaxed);
    let least = |room: &&RoomHandle| (people(room), room.porch.used_ms.load(Ordering::Relaxed));
    // One that is only being loaded is not yet anybody's.
    let theirs = of.iter().filter(|(network, _)| account.has(**network));
    let theirs = theirs.flat_map(|(_, rooms)| rooms);
    let used = theirs.filter(|room| !room.porch.is_lent.load(Ordering::Acquire));
    let others = used.filter(|room| not.is_none_or(|not| !Arc::ptr_eq(&room.porch, &not.porch)));
    others.min_by_key(least).cloned()
}
