//! Sound keys, edits of the roster and texts, as browsers of the room in a world make them.

use std::collections::BTreeMap;
use std::sync::Arc;

use setroom_protocol::command::{KeyChange, OwnKey};
use setroom_protocol::{
    Command, DeviceId, Holder, LinkRole, OWN_NUMBERS, Put, Role, RosterEdit, SeatId, TextKind,
};

use super::world::{Person, World};
use super::*;

/// The number of the pair that follows from the host link.
const LINK: u8 = 250;

/// The host link's own holder.
pub(crate) fn link_holder() -> Holder {
    Holder {
        public: public(LINK),
        sign: Some(signing(LINK)),
        seat: setroom_protocol::roster::NO_SEAT,
        role: LinkRole::Host,
        link: 0,
        came: None,
    }
}

/// A person's own key, wrapped for these browsers and for whoever helps.
pub(crate) fn own_key(generation: u32, devices: impl IntoIterator<Item = DeviceId>) -> OwnKey {
    let wrap = |id: DeviceId| (id, blob(&format!("own key {generation} for {id}")));
    OwnKey {
        generation,
        boxes: devices.into_iter().map(wrap).collect(),
        host: Some(blob(&format!("own key {generation} for the host link"))),
        code: Some(blob(&format!("own key {generation} under a code"))),
        more: false,
    }
}

/// The next meeting, opened with a key that is of it.
pub(crate) fn next_meeting(meeting: MeetingId, mut keys: KeyChange) -> Command {
    if let Some(edit) = &mut keys.edit {
        Arc::make_mut(edit).meeting = Some(meeting);
    }
    Command::NextMeeting { meeting, keys }
}

impl World {
    /// A browser of the room, as it stands in the roster.
    pub(crate) fn holder(&self, id: DeviceId) -> Holder {
        let held = self.room.device(id).unwrap();
        let role = self.room.came_by(id).unwrap();
        Holder { public: held.public, sign: held.sign, seat: held.seat, role, link: 0, came: None }
    }

    /// The next edit of the roster; it changes nothing yet. A browser that cannot sign, as a host's
    /// new one, signs with the host link's own pair.
    pub(crate) fn edit(&self, maker: DeviceId) -> RosterEdit {
        let roster = self.room.roster();
        let by = if roster.hands_on(maker) { maker } else { link_holder().device() };
        let epoch = self.room.epoch();
        RosterEdit {
            n: roster.n() + 1,
            epoch,
            commit: commitment(epoch),
            meeting: None,
            whole: false,
            add: Vec::new(),
            drop: Vec::new(),
            by,
            sig: signature(1),
        }
    }

    /// A whole edit by the host: everybody who is there.
    pub(crate) fn whole_edit(&self, epoch: u32) -> RosterEdit {
        let browsers = self.room.devices().keys().map(|id| self.holder(*id));
        RosterEdit {
            n: self.room.roster().n() + 1,
            epoch,
            commit: commitment(epoch),
            meeting: (epoch > self.room.epoch()).then_some(self.room.meeting().id),
            whole: true,
            add: [link_holder()].into_iter().chain(browsers).collect(),
            drop: Vec::new(),
            by: link_holder().device(),
            sig: signature(2),
        }
    }

    /// The edit that puts a browser at the door on the roster, as the person at this seat.
    pub(crate) fn edit_for(&self, maker: DeviceId, knocks: DeviceId, seat: SeatId) -> RosterEdit {
        let knock = self.around.knocking(knocks).unwrap();
        let (public, sign, role) = (knock.public, Some(knock.sign), knock.role);
        let add = vec![Holder { public, sign, seat, role, link: 0, came: None }];
        RosterEdit { add, ..self.edit(maker) }
    }

    /// Admits a browser at the door, as somebody new or as the person at a seat. A browser that has a
    /// seat gets its own.
    pub(crate) fn admit(&self, who: Person, knocks: DeviceId, seat: Option<SeatId>) -> Command {
        let grant = blob(&format!("grant for {knocks}"));
        let own = self.room.device(knocks).map(|held| held.seat);
        let edit = self.around.knocking(knocks).map(|knock| {
            let to = own.or(seat).unwrap_or(knock.fresh);
            Arc::new(self.edit_for(who.device, knocks, to))
        });
        Command::Admit { device: knocks, grant, seat, edit }
    }

    /// A sound change of keys, made by one browser, for those who stay.
    pub(crate) fn keys(&self, maker: DeviceId, leaves: Option<SeatId>) -> KeyChange {
        let epoch = self.room.epoch().saturating_add(1);
        let link = link_holder().device();
        let stays =
            |id: &DeviceId| self.room.device(*id).is_some_and(|held| Some(held.seat) != leaves);
        let holders = self.room.roster().holders();
        let mut edit = if holders.is_empty() {
            let mut edit = self.whole_edit(epoch);
            edit.add.retain(|holder| Some(holder.seat) != leaves);
            edit
        } else {
            let meeting = Some(self.room.meeting().id);
            RosterEdit { epoch, commit: commitment(epoch), meeting, ..self.edit(maker) }
        };
        if !edit.whole {
            edit.drop = holders.keys().filter(|id| **id != link && !stays(id)).copied().collect();
        }
        let after = holders.keys().copied().chain(edit.add.iter().map(Holder::device));
        let get = after.filter(|id| stays(id) && *id != maker);
        KeyChange {
            epoch,
            grants: get.map(|id| (id, blob(&format!("grant {epoch} for {id}")))).collect(),
            wraps: [(LinkRole::Host, blob(&format!("wrap {epoch} for h")))].into(),
            links: BTreeMap::new(),
            edit: Some(Arc::new(edit)),
            roles: false,
        }
    }

    /// The same, with which somebody's browsers may do what goes with this role; with new links for a member.
    pub(crate) fn keys_with_role(&self, maker: DeviceId, of: SeatId, role: Role) -> KeyChange {
        let mut keys = self.keys(maker, None);
        let theirs = self.room.roster().holders().values().filter(|at| at.seat == of);
        let edit = Arc::make_mut(keys.edit.as_mut().unwrap());
        edit.add.extend(theirs.map(|at| at.with_role(role.link())));
        if !role.holds_keys() {
            let epoch = u8::try_from(keys.epoch % 100).unwrap();
            keys.links = LinkRole::SHARED.map(|kind| (kind, hash(100 + epoch))).into();
        }
        keys
    }

    /// A person's own key for their own browsers and for co-facilitators' ones.
    pub(crate) fn own_key_of(&self, seat: SeatId, generation: u32) -> OwnKey {
        let helps = |id: &DeviceId| self.room.came_by(*id) == Some(LinkRole::CoFacilitator);
        let devices = self.room.devices().keys().copied();
        own_key(
            generation,
            devices.filter(|id| self.room.device(*id).unwrap().seat == seat || helps(id)),
        )
    }

    /// A sound text by somebody: the next revision, the next number, the present epoch.
    pub(crate) fn text(&self, who: Person, kind: TextKind, n: u16) -> Put {
        let id =
            if kind == TextKind::Name { ItemId::from_bytes(*who.seat.as_bytes()) } else { item(n) };
        let rev = self.room.items().get(&id).map_or(1, |item| item.rev + 1);
        let next = self.room.device(who.device).map_or(0, |device| device.next_n);
        let bid = (kind == TextKind::Bid)
            .then_some(setroom_protocol::command::BidTerms { pressing: 2, minutes: 30 });
        Put {
            kind,
            item: id,
            rev,
            n: next,
            prev: hash(0),
            sealed: boxed(self.room.epoch(), 256, 0x0100_0000 | u32::from(n) << 8 | rev),
            bid,
            action: None,
            replaces: None,
            meeting: None,
        }
    }

    /// A practice that comes from the action with this number.
    pub(crate) fn practice(&self, who: Person, n: u16, action: u16) -> Put {
        Put { action: Some(item(action)), ..self.text(who, TextKind::Practice, n) }
    }

    /// A sound text as [`World::text`], under its author's own key.
    pub(crate) fn own_text(&self, who: Person, kind: TextKind, n: u16) -> Put {
        let key = self.room.seat(who.seat).and_then(|held| held.own_key.as_deref());
        let text = self.text(who, kind, n);
        let fill = 0x0200_0000 | u32::from(n) << 8 | text.rev;
        let sealed = boxed_own(key.map_or(0, |key| key.generation), 256, fill);
        Put { n: OWN_NUMBERS + u64::from(fill), sealed, ..text }
    }
}
