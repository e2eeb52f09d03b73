//! Who comes in, who goes out, and with which keys.

use std::sync::Arc;

use super::roster::{Joins, SeatChange};
use super::{Case, Decision, one, refuse_if};
use crate::bytes::Blob;
use crate::change::Change;
use crate::command::KeyChange;
use crate::frame::Founding;
use crate::ids::{DeviceId, SeatId};
use crate::limits;
use crate::method::shipped_agenda;
use crate::presence::{Claim, Knock, Presence};
use crate::refusal::{Code, Refusal};
use crate::role::{LinkRole, Role};
use crate::room::{DroppedDevice, FoundedSet, Room, Seat, Stage};
use crate::roster::RosterEdit;

/// Makes a set.
///
/// # Errors
/// [`Code::NoTemplate`] when plan or template are unknown, [`Code::Range`] when a link is missing.
pub fn found(founding: &Founding) -> Result<Change, Refusal> {
    refuse_if(!LinkRole::ALL.iter().all(|role| founding.links.contains_key(role)), Code::Range)?;
    let agenda = shipped_agenda(&founding.plan, &founding.template, founding.first);
    Ok(Change::Founded(FoundedSet {
        set: founding.set,
        meeting: founding.meeting,
        links: founding.links.clone(),
        mode: founding.mode,
        plan: founding.plan.clone(),
        template: founding.template.clone(),
        agenda: agenda.ok_or(Code::NoTemplate)?,
        starts_at: founding.starts_at,
    }))
}

/// What a knock with a valid link leads to.
#[derive(Debug)]
pub enum Entrance {
    /// The host's own link: they are in, with these changes.
    In(Vec<Change>),
    /// Everybody else waits for *Admit*.
    Lobby,
}

/// Decides about a knock whose link token was found valid, and whose browser has shown that it holds
/// its private key.
///
/// # Errors
/// [`Code::Locked`], [`Code::Stage`] once erased, or closed as nobody can come back from, [`Code::KnockRefused`] for a barred browser,
/// [`Code::Role`] for one that came by another kind of link before, or shows a public key that is
/// another's, [`Code::People`] when the set is full.
pub fn enter(room: &Room, presence: &Presence, knock: &Knock) -> Result<Entrance, Refusal> {
    refuse_if(room.is_erased(), Code::Stage)?;
    refuse_if(room.is_barred(knock.device), Code::KnockRefused)?;
    refuse_if(room.came_by(knock.device).is_some_and(|link| link != knock.role), Code::Role)?;
    refuse_if(shows_anothers_key(room, knock), Code::Role)?;
    if knock.role == LinkRole::Host {
        let seating = Seating { room, presence, knock };
        return seating.seat_them(room.host(), None, None).map(Entrance::In);
    }
    // Nobody new comes after the close: they come back to a seat, and that a lock is not against.
    let closed = room.meeting().stage == Stage::Closed;
    refuse_if(closed && !room.takes_back(), Code::Stage)?;
    refuse_if(room.locked() && !closed, Code::Locked)?;
    let full = !closed && room.seats().len() >= limits::PEOPLE;
    // Somebody who is back on another device may still come in when the set is full.
    let is_back = |(seat, held): (&SeatId, &Seat)| fits(room, knock.role, *seat, held.role);
    refuse_if(full && !room.seats().iter().any(is_back), Code::People)?;
    Ok(Entrance::Lobby)
}

/// Somebody is given a seat, or comes to their seat with another browser.
struct Seating<'a> {
    room: &'a Room,
    presence: &'a Presence,
    knock: &'a Knock,
}

impl Seating<'_> {
    fn seat_them(
        &self,
        seat: Option<SeatId>,
        grant: Option<Blob>,
        edit: Option<Arc<RosterEdit>>,
    ) -> Result<Vec<Change>, Refusal> {
        let Self { room, knock, .. } = self;
        let &&Knock { device, public, resume, sign, role: link, fresh, .. } = knock;
        let (sign, came_by) = (Some(sign), Some(link));
        // A browser that has a seat already comes back to that one, not to another.
        let held = room.device(device).map(|device| device.seat);
        refuse_if(held.is_some() && held != seat, Code::Already)?;
        let Some(seat) = seat else {
            refuse_if(room.seats().len() >= limits::PEOPLE, Code::People)?;
            let mut changes = self.make_place(None);
            let (seat, role) = (fresh, link.role());
            changes.push(Change::Seated {
                seat,
                role,
                device,
                public,
                resume,
                grant,
                sign,
                came_by,
                edit,
            });
            return Ok(changes);
        };
        let mut changes = if held.is_none() { self.make_place(Some(seat)) } else { Vec::new() };
        changes.push(Change::DeviceAdded {
            seat,
            device,
            public,
            resume,
            grant,
            sign,
            came_by,
            edit,
        });
        Ok(changes)
    }

    /// Nobody is locked out by a number: the oldest browser that is not connected goes, of this
    /// person when they have as many as they may have, else of whoever has several.
    fn make_place(&self, seat: Option<SeatId>) -> Vec<Change> {
        let Self { room, presence, .. } = self;
        let devices = room.devices();
        let of = |seat: SeatId| room.devices_of(seat).count();
        let crowded = seat.filter(|seat| of(*seat) >= limits::DEVICES_PER_SEAT);
        if crowded.is_none() && devices.len() < limits::DEVICES {
            return Vec::new();
        }
        let may_go = |at: SeatId| crowded.map_or_else(|| of(at) > 1, |crowded| crowded == at);
        let oldest = devices
            .iter()
            .filter(|(_, device)| may_go(device.seat))
            .min_by_key(|(id, device)| (presence.is_online(**id), device.since, **id));
        oldest
            .map(|(id, _)| Change::DeviceDropped(DroppedDevice { device: *id, lost: false }))
            .into_iter()
            .collect()
    }
}

/// Whether a browser wants grants sealed to the key of another one, so that the two would be taken for
/// each other.
fn shows_anothers_key(room: &Room, knock: &Knock) -> bool {
    room.devices().iter().any(|(id, held)| *id != knock.device && held.public == knock.public)
}

/// Whether somebody who came by this kind of link may be given that seat.
fn fits(room: &Room, link: LinkRole, seat: SeatId, role: Role) -> bool {
    // A facilitator comes by their own link, also where they came as a member once, and nobody else does. An
    // observer may have become a member, and the other way round.
    if role.holds_keys() || link.role().holds_keys() {
        return link == role.link();
    }
    link == role.link()
        || (link == LinkRole::Member && matches!(role, Role::Trainee | Role::Observer))
        || room.devices_of(seat).any(|device| room.came_by(device) == Some(link))
}

/// Whether somebody who knew every link that facilitators share is rid of them.
fn is_rid(keys: &KeyChange) -> bool {
    LinkRole::SHARED.iter().all(|kind| keys.links.contains_key(kind))
}

impl Case<'_> {
    pub(super) fn admit(
        &self,
        device: DeviceId,
        grant: &Blob,
        seat: Option<SeatId>,
        edit: Option<&Arc<RosterEdit>>,
    ) -> Decision {
        let knock = self.presence.knocking(device).ok_or(Code::NoKnock)?;
        refuse_if(self.room.epoch() == 0, Code::StaleEpoch)?;
        refuse_if(self.room.is_barred(device), Code::KnockRefused)?;
        // It may have come in by another link since it knocked.
        refuse_if(self.room.came_by(device).is_some_and(|link| link != knock.role), Code::Role)?;
        refuse_if(shows_anothers_key(self.room, knock), Code::Role)?;
        if let Some(seat) = seat {
            self.may_sit(knock, seat)?;
        }
        // A known browser that knocks again gets its own seat back, whatever was chosen.
        let seat = self.room.device(device).map(|device| device.seat).or(seat);
        // After the close somebody comes back to their seat, or not at all.
        refuse_if(self.room.meeting().stage == Stage::Closed && seat.is_none(), Code::Stage)?;
        let edit = edit.ok_or(Code::StaleRoster)?;
        let joins = Joins { knock, seat: seat.unwrap_or(knock.fresh) };
        self.sound_edit(edit, self.room.epoch(), Some(&joins), SeatChange::None)?;
        let Self { room, presence, .. } = self;
        let seating = Seating { room, presence, knock };
        seating.seat_them(seat, Some(grant.clone()), Some(Arc::clone(edit)))
    }

    /// Whether somebody at the door may be given this seat: by their link, and by whoever is there.
    fn may_sit(&self, knock: &Knock, seat: SeatId) -> Result<(), Refusal> {
        let held = self.room.seat(seat).ok_or(Code::NoSeat)?;
        // A browser comes back as it is, whatever its person may by now.
        if self.room.device(knock.device).is_some_and(|device| device.seat == seat) {
            return Ok(());
        }
        refuse_if(!fits(self.room, knock.role, seat, held.role), Code::Role)?;
        refuse_if(self.presence.is_denied(knock.device, seat), Code::NotThem)?;
        // Whoever was sent back is still there, but sees nothing of the room: it could not ask them.
        refuse_if(held.in_lobby, Code::InLobby)?;
        let said_yes = knock.claim == Some(Claim { seat, yes: Some(true) });
        refuse_if(self.presence.is_here(seat) && !said_yes, Code::SeatHere)
    }

    /// Nothing is recorded: the room notes who is asked, and what they say.
    pub(super) fn ask_seat(&self, device: DeviceId, seat: SeatId) -> Decision {
        let knock = self.presence.knocking(device).ok_or(Code::NoKnock)?;
        refuse_if(self.room.is_barred(device), Code::KnockRefused)?;
        match self.may_sit(knock, seat) {
            Err(Refusal { code: Code::SeatHere }) => Ok(Vec::new()),
            Err(refusal) => Err(refusal),
            // Nobody is there to be asked, or they have said yes.
            Ok(()) => Err(Code::Already.into()),
        }
    }

    pub(super) fn answer_seat(&self, device: DeviceId) -> Decision {
        let claim = self.presence.knocking(device).and_then(|knock| knock.claim);
        match claim {
            Some(claim) if claim.seat == self.caller.seat => Ok(Vec::new()),
            Some(_) | None => Err(Code::NoKnock.into()),
        }
    }

    pub(super) fn refuse(&self, device: DeviceId) -> Decision {
        // Nothing is recorded: who was refused is nobody's business later.
        self.presence.knocking(device).ok_or(Code::NoKnock)?;
        Ok(Vec::new())
    }

    pub(super) fn grant(&self, device: DeviceId, grant: &Blob) -> Decision {
        self.room.device(device).ok_or(Code::NoDevice)?;
        one(Change::Granted { device, grant: grant.clone() })
    }

    pub(super) fn lock(&self, on: bool) -> Decision {
        refuse_if(self.room.locked() == on, Code::Already)?;
        one(Change::Locked { on })
    }

    pub(super) fn send_to_lobby(&self, seat: SeatId) -> Decision {
        let held = self.room.seat(seat).ok_or(Code::NoSeat)?;
        refuse_if(held.role == Role::Host || seat == self.caller.seat, Code::Role)?;
        refuse_if(held.in_lobby, Code::Already)?;
        one(Change::SentToLobby { seat })
    }

    pub(super) fn bring_back(&self, seat: SeatId) -> Decision {
        let held = self.room.seat(seat).ok_or(Code::NoSeat)?;
        refuse_if(!held.in_lobby, Code::Already)?;
        one(Change::BroughtBack { seat })
    }

    pub(super) fn remove(&self, seat: SeatId, keys: &KeyChange) -> Decision {
        let held = self.room.seat(seat).ok_or(Code::NoSeat)?;
        refuse_if(held.role == Role::Host || seat == self.caller.seat, Code::Role)?;
        self.sound_keys(keys, self.room.meeting().id, SeatChange::Leaves(seat))?;
        self.goes(seat, Change::Removed { seat, keys: keys.clone() })
    }

    pub(super) fn rekey(&self, keys: &KeyChange) -> Decision {
        let change = if keys.roles { SeatChange::AsSaid } else { SeatChange::None };
        self.sound_keys(keys, self.room.meeting().id, change)?;
        // After the close a room that is behind its people is put right, and the next meeting brings its key.
        let is_whole = keys.edit.as_ref().is_some_and(|edit| edit.whole);
        refuse_if(self.room.meeting().stage == Stage::Closed && !is_whole, Code::Stage)?;
        // A page from before roles moved has not followed an edit that says so, nor what came after it.
        let mut edits = self.room.roster().edits().values();
        let moved = edits.any(|edit| edit.add.iter().any(|holder| holder.came.is_some()));
        refuse_if(is_whole && moved && !keys.roles, Code::Role)?;
        let roles = keys.edit.as_ref().map(|edit| self.roles_of(edit, change)).transpose()?;
        let roles = roles.unwrap_or_default();
        let taken = roles.values().any(|role| *role == Role::Member);
        refuse_if(taken && !is_rid(&self.with_new_links(keys)), Code::Range)?;
        let sets = roles.iter().map(|(seat, role)| (*seat, *role));
        let sets = sets.map(|(seat, role)| Change::RoleSet { seat, role, keys: None });
        Ok(std::iter::once(self.rekeyed(keys)).chain(sets).collect())
    }

    /// A new key.
    pub(super) fn rekeyed(&self, keys: &KeyChange) -> Change {
        Change::Rekeyed { keys: self.with_new_links(keys) }
    }

    /// Links that are said once more stay as they are: whoever has come by one goes on waiting.
    fn with_new_links(&self, keys: &KeyChange) -> KeyChange {
        let mut keys = keys.clone();
        keys.links.retain(|role, hash| self.room.link(*role) != Some(hash));
        keys
    }

    pub(super) fn set_role(&self, seat: SeatId, role: Role, keys: Option<&KeyChange>) -> Decision {
        let held = self.room.seat(seat).ok_or(Code::NoSeat)?;
        if role.holds_keys() || held.role.holds_keys() {
            return self.set_facilitator(seat, role, keys);
        }
        refuse_if(keys.is_some(), Code::Role)?;
        refuse_if(held.role == role, Code::Already)?;
        let set = Change::RoleSet { seat, role, keys: None };
        // An observer takes no part in what the set agrees.
        if role == Role::Observer { self.goes(seat, set) } else { one(set) }
    }

    /// Makes a member a co-facilitator, or the other way round. The host alone may, and nobody is made
    /// host; all browsers of the person's are said anew by the edit, with a new key, and with new links
    /// where they are to know them no more.
    fn set_facilitator(&self, seat: SeatId, role: Role, keys: Option<&KeyChange>) -> Decision {
        let held = self.room.seat(seat).ok_or(Code::NoSeat)?;
        refuse_if(self.role != Role::Host, Code::Role)?;
        let given = role == Role::CoFacilitator
            && matches!(held.role, Role::Member | Role::Trainee | Role::CoFacilitator);
        let taken = held.role == Role::CoFacilitator && role == Role::Member;
        refuse_if(!given && !taken, Code::Role)?;
        refuse_if(held.role == role, Code::Already)?;
        refuse_if(held.in_lobby, Code::InLobby)?;
        let keys = keys.ok_or(Code::StaleRoster)?;
        self.sound_keys(keys, self.room.meeting().id, SeatChange::Takes(seat, role))?;
        let edit = keys.edit.as_ref().ok_or(Code::StaleRoster)?;
        let holders = self.room.roster().holders().iter();
        let mut unsaid = holders.filter(|(id, known)| {
            let said = edit.drop.contains(id) || edit.add.iter().any(|at| at.device() == **id);
            known.seat == seat && !said && !edit.whole
        });
        refuse_if(unsaid.any(|(_, known)| known.role != role.link()), Code::StaleRoster)?;
        let keys = self.with_new_links(keys);
        refuse_if(taken && !is_rid(&keys), Code::Range)?;
        one(Change::RoleSet { seat, role, keys: Some(keys) })
    }

    pub(super) fn drop_other_devices(&self) -> Decision {
        let Self { room, caller, .. } = self;
        let others = room.devices_of(caller.seat).filter(|id| *id != caller.device);
        let changes: Vec<_> = others
            .map(|device| Change::DeviceDropped(DroppedDevice { device, lost: true }))
            .collect();
        refuse_if(changes.is_empty(), Code::Already)?;
        Ok(changes)
    }

    pub(super) fn leave(&self) -> Decision {
        // Without a host the set could not be opened again, so the host closes and stays.
        refuse_if(self.role == Role::Host, Code::Role)?;
        self.goes(self.caller.seat, Change::Left { seat: self.caller.seat })
    }
}
