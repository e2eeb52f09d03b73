//! A person's browsers, as they put and let them go themselves: personal links, who comes in by one,
//! and browsers that are lost.

use super::roster::Joins;
use super::{Case, Decision, one, refuse_if};
use crate::change::{BrowserAdded, BrowserDropped, Change};
use crate::ids::{DeviceId, SeatId, Timestamp};
use crate::keys::{GoneBrowser, NewBrowser};
use crate::limits;
use crate::refusal::{Code, Refusal};
use crate::role::{LinkRole, Role};
use crate::room::{Device, Seat};
use crate::roster::RosterEdit;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

impl Case<'_> {
    pub(super) fn add_browser(&self, new: &NewBrowser) -> Decision {
        let by = self.own_device()?;
        let seat = new.seat.unwrap_or(self.caller.seat);
        let held = self.room.seat(seat).ok_or(Code::NoSeat)?;
        refuse_if(self.room.epoch() == 0, Code::StaleEpoch)?;
        match new.until {
            Some(until) => self.may_make_link(by, seat, held, until)?,
            None => self.may_come_by_link(by, seat)?,
        }
        let device = DeviceId::of(&new.public, Some(&new.sign));
        refuse_if(!self.is_new(device, new), Code::Already)?;
        let came_by = self.came_by_of(seat, held);
        let &NewBrowser { public, sign, resume, until, .. } = new;
        let joins = Joins { public, sign, role: came_by, seat };
        self.leaves_edits(&new.edit)?;
        self.sound_edit(&new.edit, self.room.epoch(), Some(&joins), None)?;
        let is_alone = new.edit.add.len() == 1 && new.edit.drop.is_empty() && !new.edit.whole;
        refuse_if(!is_alone, Code::StaleRoster)?;
        self.sound_own(new, held)?;
        let mut changes = self.place_by_link(seat)?;
        let made_by = Some(self.caller.seat).filter(|maker| *maker != seat);
        let via = Some(self.caller.device).filter(|_| until.is_none());
        changes.push(Change::BrowserAdded(Box::new(BrowserAdded {
            seat,
            device,
            public,
            sign,
            came_by,
            resume,
            grant: new.grant.clone(),
            edit: new.edit.clone(),
            own: new.own.clone(),
            until,
            made_by,
            via,
        })));
        Ok(changes)
    }

    fn own_device(&self) -> Result<&Device, Refusal> {
        Ok(self.room.device(self.caller.device).ok_or(Code::NoDevice)?)
    }

    /// The kind of link that a person came by: of the browser that asks for itself, else of any of theirs.
    fn came_by_of(&self, seat: SeatId, held: &Seat) -> LinkRole {
        let own = Some(self.caller.device).filter(|_| seat == self.caller.seat);
        let of = own.or_else(|| self.room.devices_of(seat).next());
        of.and_then(|id| self.room.came_by(id)).unwrap_or(held.role.link())
    }

    /// A member makes a link for their own seat, a facilitator for somebody's who is not there: whoever
    /// is makes it themselves. A host has the host link, and nobody makes another.
    fn may_make_link(
        &self,
        by: &Device,
        seat: SeatId,
        held: &Seat,
        until: Timestamp,
    ) -> Result<(), Refusal> {
        // Whoever finds a link makes no second one of it that outlives the first.
        refuse_if(by.is_by_link(), Code::Role)?;
        refuse_if(held.role == Role::Host, Code::Role)?;
        let longest = self.now.plus(u64::from(limits::PERSONAL_LINK_DAYS) * DAY_MS);
        refuse_if(until <= self.now || until > longest, Code::Range)?;
        if seat == self.caller.seat {
            return Ok(());
        }
        refuse_if(!self.role.holds_keys(), Code::Role)?;
        refuse_if(held.role.holds_keys() && self.role != Role::Host, Code::Role)?;
        refuse_if(held.in_lobby, Code::InLobby)?;
        refuse_if(self.presence.is_here(seat), Code::SeatHere)
    }

    /// By a link that its person made, beside whatever browser of theirs is connected. By one that a
    /// facilitator made nobody sits down beside somebody who is there and was not asked.
    fn may_come_by_link(&self, link: &Device, seat: SeatId) -> Result<(), Refusal> {
        refuse_if(link.until.is_none() || seat != self.caller.seat, Code::Role)?;
        refuse_if(link.has_ended(self.now), Code::LinkChanged)?;
        let mut others = self.room.devices_of(seat).filter(|id| *id != self.caller.device);
        let is_here = others.any(|id| self.presence.is_online(id));
        refuse_if(link.made_by.is_some() && is_here, Code::SeatHere)
    }

    /// Whether nobody knows this browser, or another one with either of its keys.
    fn is_new(&self, device: DeviceId, new: &NewBrowser) -> bool {
        let known = self.room.devices().values().any(|held| {
            held.public == new.public || held.sign == Some(new.sign) || held.public == new.sign
        });
        let at_door = self.presence.knocks();
        let knocks = at_door.iter().any(|at| at.public == new.public || at.sign == new.sign);
        !(known || knocks || self.room.is_barred(device))
    }

    /// A wrap is of the present own key, and there is room for it.
    fn sound_own(&self, new: &NewBrowser, held: &Seat) -> Result<(), Refusal> {
        let Some(own) = &new.own else { return Ok(()) };
        let key = held.own_key.as_deref().filter(|key| key.generation == own.generation);
        let key = key.ok_or(Code::StaleRevision)?;
        let chars = key.chars() + own.wrap.as_str().len();
        refuse_if(chars > limits::OWN_KEY_CHARS, Code::OwnKeyChars)
    }

    /// Half of the edits that a room keeps are the facilitators': nobody else can use them up, or
    /// nobody could be let in any more.
    fn leaves_edits(&self, edit: &RosterEdit) -> Result<(), Refusal> {
        let many = self.room.roster().edits().len() >= limits::ROSTER_EDITS / 2;
        refuse_if(many && !self.role.holds_keys() && !edit.whole, Code::RosterEdits)
    }

    pub(super) fn drop_browser(&self, gone: &GoneBrowser) -> Decision {
        let &GoneBrowser { device, ref edit } = gone;
        let target = self.room.device(device).ok_or(Code::NoDevice)?;
        // The one in front of somebody is left by *Forget this browser*.
        refuse_if(device == self.caller.device, Code::Role)?;
        self.may_drop(target)?;
        let stands = self.room.roster().holders().contains_key(&device);
        refuse_if(stands != edit.is_some(), Code::StaleRoster)?;
        if let Some(edit) = edit {
            self.leaves_edits(edit)?;
            self.drops_alone(edit, device)?;
        }
        let edit = edit.clone();
        one(Change::BrowserDropped(BrowserDropped { seat: target.seat, device, edit }))
    }

    fn may_drop(&self, target: &Device) -> Result<(), Refusal> {
        if target.seat == self.caller.seat {
            // Whoever has found somebody's link does not put their own browsers out with it.
            let found = self.own_device()?.is_by_link();
            return refuse_if(found && !target.is_by_link(), Code::Role);
        }
        let held = self.room.seat(target.seat).ok_or(Code::NoSeat)?;
        refuse_if(!self.role.holds_keys() || held.role == Role::Host, Code::Role)
    }

    /// An edit that takes this browser off the roster, and does nothing else.
    fn drops_alone(&self, edit: &RosterEdit, device: DeviceId) -> Result<(), Refusal> {
        let roster = self.room.roster();
        refuse_if(roster.edits().len() >= limits::ROSTER_EDITS, Code::RosterEdits)?;
        roster.vet(self.room.set(), edit).map_err(|_| Code::StaleRoster)?;
        let by_host = self.role == Role::Host && Some(edit.by) == roster.host();
        let sound = (edit.by == self.caller.device || by_host)
            && edit.epoch == self.room.epoch()
            && !edit.whole
            && edit.add.is_empty()
            && edit.drop == [device];
        refuse_if(!sound, Code::StaleRoster)
    }
}
