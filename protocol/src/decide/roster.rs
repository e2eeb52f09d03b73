//! Whether a change of who holds keys fits the room: edits of the roster, key changes, own keys.
//!
//! Signatures are checked by the service before it comes here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Case, Decision, one, refuse_if};
use crate::change::Change;
use crate::command::{KeyChange, OwnKey};
use crate::ids::{DeviceId, MeetingId, SeatId};
use crate::limits;
use crate::presence::Knock;
use crate::refusal::{Code, Refusal};
use crate::role::{LinkRole, Role};
use crate::roster::{Holder, RosterEdit};

/// Somebody who comes in with the command that an edit is part of.
pub(super) struct Joins<'a> {
    pub(super) knock: &'a Knock,
    pub(super) seat: SeatId,
}

/// What becomes of a seat with the command that an edit is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SeatChange {
    None,
    Leaves(SeatId),
    /// Its person is given another role, by the host.
    Takes(SeatId, Role),
    /// Everybody's role is as a whole edit says: the room may be an earlier copy.
    AsSaid,
}

impl SeatChange {
    /// The role that the person at this seat is given.
    fn gives(self, seat: SeatId) -> Option<Role> {
        let Self::Takes(whose, role) = self else { return None };
        (whose == seat).then_some(role)
    }

    fn leaves(self, seat: SeatId) -> bool {
        self == Self::Leaves(seat)
    }
}

impl Joins<'_> {
    fn is(&self, holder: &Holder) -> bool {
        let Self { knock, seat } = self;
        holder.public == knock.public
            && holder.sign == Some(knock.sign)
            && holder.came_by() == knock.role
            && holder.seat == *seat
    }
}

impl Case<'_> {
    pub(super) fn edit_roster(&self, edit: &Arc<RosterEdit>) -> Decision {
        self.sound_edit(edit, self.room.epoch(), None, SeatChange::None)?;
        // It would be of no use but to make others' edits late. A whole one makes the chain short.
        let is_empty = !edit.whole && edit.add.is_empty() && edit.drop.is_empty();
        refuse_if(is_empty, Code::Already)?;
        one(Change::RosterEdited { edit: Arc::clone(edit) })
    }

    /// An edit that follows, signed by whoever asks, of nobody but browsers that are there once the
    /// command is done, when the epoch is `epoch`, `joins` has come in and `change` is made. Nobody is
    /// said once more to be on the roster, unless it is said of everybody.
    pub(super) fn sound_edit(
        &self,
        edit: &RosterEdit,
        epoch: u32,
        joins: Option<&Joins<'_>>,
        change: SeatChange,
    ) -> Result<(), Refusal> {
        let roster = self.room.roster();
        // Whoever fills the list can still be removed while no host is there.
        let leaves = matches!(change, SeatChange::Leaves(_));
        let most = limits::ROSTER_EDITS - if leaves { 0 } else { limits::PEOPLE };
        refuse_if(!edit.whole && roster.edits().len() >= most, Code::RosterEdits)?;
        roster.vet(self.room.set(), edit).map_err(|_| Code::StaleRoster)?;
        refuse_if(edit.n.max(epoch) > limits::ROSTER_NUMBERS, Code::Range)?;
        let host_link = edit.add.iter().find(|holder| holder.is_of_host_link());
        let host_link = host_link.map(Holder::device).or(roster.host());
        let signs = edit.by == self.caller.device
            || (self.role == Role::Host && Some(edit.by) == host_link);
        let moves = change != SeatChange::AsSaid && !self.roles_of(edit, change)?.is_empty();
        // Not as one that comes late: a page of an earlier version would try for ever.
        refuse_if(moves, Code::Role)?;
        let mut added = edit.add.iter().filter(|holder| !holder.is_of_host_link());
        let joined = |holder: &Holder| {
            joins.is_some_and(|joins| joins.is(holder)) && roster.keeps_role(holder)
        };
        // A whole edit may change much, but not which key the present one is.
        let same_key = epoch != roster.epoch() || Some(edit.commit) == roster.commit();
        let sound = signs
            && edit.epoch == epoch
            && (same_key || roster.is_empty())
            // Of which meeting a key is, is said when it is made, and never again.
            && (edit.meeting.is_none() || epoch > self.room.epoch())
            && edit.add.iter().all(|holder| self.is_early(holder, epoch))
            && joins.is_none_or(|_| edit.add.iter().any(joined))
            && added.all(|holder| joined(holder) || self.is_as_it_came(edit, holder, change))
            && edit.drop.iter().all(|id| self.is_gone(*id, change));
        refuse_if(!sound, Code::StaleRoster)?;
        // Whoever is on it already is on it as they are. One who is back from somewhere comes in.
        let stays = |holder: &Holder| {
            !joined(holder) && roster.holders().get(&holder.device()) == Some(holder)
        };
        refuse_if(!edit.whole && edit.add.iter().any(stays), Code::Already)
    }

    /// Whether this is a browser of the room, and may what its person may.
    fn is_there(&self, edit: &RosterEdit, holder: &Holder, change: SeatChange) -> bool {
        let id = holder.device();
        let held = || self.room.seat(holder.seat).map(|seat| seat.role);
        let role = change.gives(holder.seat).or_else(held);
        // Of a whole edit that is looked at by itself.
        let may = edit.whole
            || role.is_some_and(|role| role.holds_keys() == holder.role.role().holds_keys());
        self.room.device(id).is_some_and(|device| {
            may && device.public == holder.public
                && device.sign == holder.sign
                && device.seat == holder.seat
                && !change.leaves(device.seat)
                && self.room.came_by(id) == Some(holder.came_by())
        })
    }

    /// Each new link comes with a new key, so none has a number that is not below the epoch: no number is so
    /// high that there is none after it. What stands on the roster already stays.
    fn is_early(&self, holder: &Holder, epoch: u32) -> bool {
        let known = self.room.roster().holders().get(&holder.device());
        holder.link < epoch.max(1) || known.is_some_and(|known| known.link == holder.link)
    }

    /// Whether this is a browser of the room, and what the roster says of it already stays, but for the
    /// role that its person is given: grants to it are made under the link that it came by.
    fn is_as_it_came(&self, edit: &RosterEdit, holder: &Holder, change: SeatChange) -> bool {
        let known = self.room.roster().holders().get(&holder.device());
        let stays = |known: &Holder| {
            let given = change.gives(holder.seat).map(|role| known.with_role(role.link()));
            given.as_ref().unwrap_or(known) == holder
        };
        self.is_there(edit, holder, change) && (edit.whole || known.is_none_or(stays))
    }

    /// Whose role in the room is another than a whole edit says. It is the host's word, as everybody else has
    /// walked it: an earlier copy of the room that was put back neither takes a role nor gives one back.
    pub(super) fn roles_of(
        &self,
        edit: &RosterEdit,
        change: SeatChange,
    ) -> Result<BTreeMap<SeatId, Role>, Refusal> {
        let browsers = edit.add.iter().filter(|holder| edit.whole && !holder.is_of_host_link());
        let said = browsers.map(|holder| (holder.seat, holder.role.role()));
        let said: BTreeSet<_> = said.map(|(seat, role)| (seat, role.holds_keys())).collect();
        let seats: BTreeSet<_> = said.iter().map(|(seat, _)| seat).collect();
        // Nobody has a browser that may more than another one of theirs.
        refuse_if(seats.len() != said.len(), Code::StaleRoster)?;
        let moved = said.into_iter().filter(|(seat, keys)| {
            let held = self.room.seat(*seat).map(|held| held.role);
            change.gives(*seat).or(held).is_some_and(|role| role.holds_keys() != *keys)
        });
        let role = |keys| if keys { Role::CoFacilitator } else { Role::Member };
        Ok(moved.map(|(seat, keys)| (seat, role(keys))).collect())
    }

    fn is_gone(&self, id: DeviceId, change: SeatChange) -> bool {
        self.room.device(id).is_none_or(|device| change.leaves(device.seat))
    }

    /// A new epoch with a key of the meeting `of`, a grant for each browser that is on the roster from then
    /// on and for no other, the wrap, and links that this person may change.
    pub(super) fn sound_keys(
        &self,
        keys: &KeyChange,
        of: MeetingId,
        change: SeatChange,
    ) -> Result<(), Refusal> {
        let edit = keys.edit.as_ref().ok_or(Code::StaleRoster)?;
        // Only a whole edit may leap: a copy of the room that was put back is behind its people.
        let next = Some(keys.epoch) == self.room.epoch().checked_add(1);
        let leaps = edit.whole && keys.epoch > self.room.epoch();
        refuse_if(!(next || leaps), Code::StaleEpoch)?;
        // Browsers go by it, whoever made the key.
        refuse_if(edit.meeting != Some(of), Code::StaleRoster)?;
        self.sound_edit(edit, keys.epoch, None, change)?;
        refuse_if(edit.epoch <= self.room.roster().epoch(), Code::StaleEpoch)?;
        let before = self.room.roster().holders().keys().filter(|_| !edit.whole);
        let after: BTreeSet<DeviceId> = before
            .filter(|id| !edit.drop.contains(id))
            .copied()
            .chain(edit.add.iter().map(Holder::device))
            .collect();
        let host_link = if edit.whole { Some(edit.by) } else { self.room.roster().host() };
        let browsers = || after.iter().filter(|id| Some(**id) != host_link);
        // Nobody who is gone keeps the key.
        refuse_if(browsers().any(|id| self.is_gone(*id, change)), Code::StaleRoster)?;
        refuse_if(
            !keys.grants.keys().eq(browsers().filter(|id| **id != self.caller.device)),
            Code::StaleRoster,
        )?;
        refuse_if(!keys.wraps.keys().eq([LinkRole::Host].iter()), Code::Range)?;
        // The roster's first browser is the host link's own for good: another link would be of nobody, and who
        // has got hold of a host's browser could shut the owner of the link out.
        refuse_if(keys.links.contains_key(&LinkRole::Host), Code::Role)
    }

    pub(super) fn own_key(&self, key: &OwnKey) -> Decision {
        let seat = self.caller.seat;
        let held = self.room.seat(seat).and_then(|held| held.own_key.as_deref());
        let now = held.map_or(0, |held| held.generation);
        let due = if key.more { held.map(|_| now) } else { now.checked_add(1) };
        refuse_if(due != Some(key.generation), Code::StaleRevision)?;
        refuse_if(key.chars() > limits::OWN_KEY_CHARS, Code::OwnKeyChars)?;
        let may_have = |id: &DeviceId| {
            let held = self.room.device(*id);
            held.is_some_and(|held| held.seat == seat || self.room.roster().hands_on(*id))
        };
        refuse_if(
            !key.boxes.contains_key(&self.caller.device) || !key.boxes.keys().all(may_have),
            Code::StaleRoster,
        )?;
        one(Change::OwnKeySet { seat, key: key.clone() })
    }
}
