//! Who comes in, who goes out, and with which keys.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Case, Decision, one};
use crate::around::Knock;
use crate::bytes::Blob;
use crate::change::Change;
use crate::command::KeyChange;
use crate::frame::Founding;
use crate::ids::{DeviceId, SeatId};
use crate::limits;
use crate::method::{agenda, library};
use crate::refusal::{Code, Refusal};
use crate::role::{LinkRole, Role};
use crate::room::{Room, Stage};

/// Makes a set.
///
/// # Errors
/// [`Code::NoTemplate`] when plan or template are unknown, [`Code::Range`] when a link is missing.
pub fn found(founding: &Founding) -> Result<Change, Refusal> {
    if !LinkRole::ALL.iter().all(|role| founding.links.contains_key(role)) {
        return Err(Code::Range.into());
    }
    let library = library();
    let plan = library.plans.get(&founding.plan).ok_or(Code::NoTemplate)?;
    let template = library.templates.get(&founding.template).ok_or(Code::NoTemplate)?;
    Ok(Change::Founded {
        set: founding.set,
        meeting: founding.meeting,
        links: founding.links.clone(),
        mode: founding.mode,
        plan: founding.plan.clone(),
        template: founding.template.clone(),
        agenda: agenda(library, plan, template).into_iter().map(Arc::new).collect(),
        starts_at: founding.starts_at,
    })
}

/// What a knock with a valid link leads to.
#[derive(Debug)]
pub enum Entrance {
    /// The host's own link: they are in, with these changes.
    In(Vec<Change>),
    /// Everybody else waits for *Admit*.
    Lobby,
}

/// Decides about a knock whose link token was found valid.
///
/// # Errors
/// [`Code::Locked`], [`Code::Stage`] once closed, [`Code::KnockRefused`] for a barred browser,
/// [`Code::People`] or [`Code::Devices`] when the set is full.
pub fn enter(room: &Room, knock: &Knock) -> Result<Entrance, Refusal> {
    if room.is_barred(knock.device) {
        return Err(Code::KnockRefused.into());
    }
    if knock.role == LinkRole::Host {
        return seat_them(room, knock, None, room.host()).map(Entrance::In);
    }
    if room.meeting().stage == Stage::Closed {
        return Err(Code::Stage.into());
    }
    if room.locked() {
        return Err(Code::Locked.into());
    }
    let full = room.seats().len() >= limits::PEOPLE;
    // Somebody who is back on another device may still come in when the set is full.
    if full && room.seats().values().all(|seat| seat.role != knock.role.role()) {
        return Err(Code::People.into());
    }
    Ok(Entrance::Lobby)
}

fn seat_them(
    room: &Room,
    knock: &Knock,
    grant: Option<Blob>,
    seat: Option<SeatId>,
) -> Result<Vec<Change>, Refusal> {
    let (device, public, resume) = (knock.device, knock.public, knock.resume);
    // A browser that has a seat already comes back with its token, not by another door.
    let held = room.device(device).map(|device| device.seat);
    if held.is_some() && held != seat {
        return Err(Code::Already.into());
    }
    if held.is_none() && room.devices().len() >= limits::DEVICES {
        return Err(Code::Devices.into());
    }
    match seat {
        Some(seat) => {
            if held.is_none() && room.devices_of(seat).count() >= limits::DEVICES_PER_SEAT {
                return Err(Code::Devices.into());
            }
            Ok(vec![Change::DeviceAdded { seat, device, public, resume, grant }])
        }
        None => {
            if room.seats().len() >= limits::PEOPLE {
                return Err(Code::People.into());
            }
            let (seat, role) = (knock.fresh, knock.role.role());
            Ok(vec![Change::Seated { seat, role, device, public, resume, grant }])
        }
    }
}

impl Case<'_> {
    pub(super) fn admit(&self, device: DeviceId, grant: &Blob, seat: Option<SeatId>) -> Decision {
        let knock = self.around.knocking(device).ok_or(Code::NoKnock)?;
        if self.room.epoch() == 0 {
            return Err(Code::StaleEpoch.into());
        }
        if let Some(seat) = seat {
            let held = self.room.seat(seat).ok_or(Code::NoSeat)?;
            // A link cannot lead to a seat that another link stands for.
            let same = held.role == knock.role.role()
                || (knock.role == LinkRole::Member
                    && matches!(held.role, Role::Trainee | Role::Observer));
            if !same {
                return Err(Code::Role.into());
            }
        }
        // A known browser that knocks again gets its own seat back, whatever was chosen.
        let seat = self.room.device(device).map(|device| device.seat).or(seat);
        seat_them(self.room, knock, Some(grant.clone()), seat)
    }

    pub(super) fn refuse(&self, device: DeviceId) -> Decision {
        // Nothing is recorded: who was refused is nobody's business later.
        self.around.knocking(device).ok_or(Code::NoKnock)?;
        Ok(Vec::new())
    }

    pub(super) fn grant(&self, device: DeviceId, grant: &Blob) -> Decision {
        self.room.device(device).ok_or(Code::NoDevice)?;
        one(Change::Granted { device, grant: grant.clone() })
    }

    pub(super) fn lock(&self, on: bool) -> Decision {
        if self.room.locked() == on {
            return Err(Code::Already.into());
        }
        one(Change::Locked { on })
    }

    pub(super) fn send_to_lobby(&self, seat: SeatId) -> Decision {
        let held = self.room.seat(seat).ok_or(Code::NoSeat)?;
        if held.role == Role::Host || seat == self.asker.seat {
            return Err(Code::Role.into());
        }
        if held.in_lobby {
            return Err(Code::Already.into());
        }
        one(Change::SentToLobby { seat })
    }

    pub(super) fn bring_back(&self, seat: SeatId) -> Decision {
        let held = self.room.seat(seat).ok_or(Code::NoSeat)?;
        if !held.in_lobby {
            return Err(Code::Already.into());
        }
        one(Change::BroughtBack { seat })
    }

    pub(super) fn remove(&self, seat: SeatId, keys: &KeyChange) -> Decision {
        let held = self.room.seat(seat).ok_or(Code::NoSeat)?;
        if held.role == Role::Host || seat == self.asker.seat {
            return Err(Code::Role.into());
        }
        self.sound_keys(keys, Some(seat))?;
        self.goes(seat, Change::Removed { seat, keys: keys.clone() })
    }

    pub(super) fn rekey(&self, keys: &KeyChange) -> Decision {
        self.sound_keys(keys, None)?;
        one(Change::Rekeyed { keys: keys.clone() })
    }

    /// The next epoch, a grant for each browser that stays and for no other, both wraps.
    fn sound_keys(&self, keys: &KeyChange, leaves: Option<SeatId>) -> Result<(), Refusal> {
        if keys.epoch != self.room.epoch() + 1 {
            return Err(Code::StaleEpoch.into());
        }
        let stay: BTreeSet<DeviceId> = self
            .room
            .devices()
            .iter()
            .filter(|(id, device)| Some(device.seat) != leaves && **id != self.asker.device)
            .map(|(id, _)| *id)
            .collect();
        if !keys.grants.keys().eq(stay.iter()) {
            return Err(Code::StaleRoster.into());
        }
        let wrapped = [LinkRole::Host, LinkRole::CoFacilitator];
        if !keys.wraps.keys().eq(wrapped.iter()) {
            return Err(Code::Range.into());
        }
        Ok(())
    }

    pub(super) fn set_role(&self, seat: SeatId, role: Role) -> Decision {
        let held = self.room.seat(seat).ok_or(Code::NoSeat)?;
        // A facilitator's role belongs to a credential: it is neither given nor taken here.
        if held.role.holds_keys() || role.holds_keys() {
            return Err(Code::Role.into());
        }
        if held.role == role {
            return Err(Code::Already.into());
        }
        let set = Change::RoleSet { seat, role };
        // An observer takes no part in what the set agrees.
        if role == Role::Observer { self.goes(seat, set) } else { one(set) }
    }

    pub(super) fn leave(&self) -> Decision {
        // Without a host the set could not be opened again, so the host closes and stays.
        if self.role == Role::Host {
            return Err(Code::Role.into());
        }
        self.goes(self.asker.seat, Change::Left { seat: self.asker.seat })
    }
}
