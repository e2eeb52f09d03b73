//! How people, their browsers and the keys come and go within the state.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Device, Room, Stage, TurnState};
use crate::change::Change;
use crate::command::KeyChange;
use crate::ids::{DeviceId, SeatId, Timestamp};
use crate::role::{LinkRole, Role};
use crate::roster::RosterEdit;

/// A browser that has no place any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroppedDevice {
    /// Which.
    pub device: DeviceId,
    /// Whether its person lost it: then it may be in other hands, and a new key is due.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lost: bool,
}

impl Room {
    /// The browser of a [`Change::Seated`] or a [`Change::DeviceAdded`].
    pub(super) fn add_device(&mut self, change: &Change, since: Timestamp) {
        let (Change::Seated { seat, device, public, sign, came_by, resume, grant, edit, .. }
        | Change::DeviceAdded { seat, device, public, sign, came_by, resume, grant, edit }) =
            change
        else {
            return;
        };
        // A browser that knocks again keeps counting its boxes where it was.
        let next_n = self.devices.get(device).map_or(0, |known| known.next_n);
        self.barred.remove(device);
        self.dropped.remove(device);
        let (seat, public, sign, came_by) = (*seat, *public, *sign, *came_by);
        let (resume, grant) = (*resume, grant.clone());
        let new = Device { seat, public, sign, came_by, since, resume, grant, next_n };
        self.devices.insert(*device, new);
        self.edit_roster(edit.as_ref());
    }

    pub(super) fn drop_device(&mut self, DroppedDevice { device, lost }: DroppedDevice) {
        if lost {
            self.owe_key([device]);
        }
        let Some(held) = self.devices.remove(&device) else { return };
        // The host is never removed, and comes on as many browsers as they like.
        if self.seats.get(&held.seat).is_some_and(|seat| seat.role != Role::Host) {
            self.dropped.insert(device, held.seat);
        }
    }

    /// Every browser of this person, those too that made room for another.
    pub(super) fn bar_browsers_of(&mut self, seat: SeatId) {
        let held: Vec<_> = self.devices_of(seat).collect();
        let dropped = self.dropped.iter().filter(|(_, of)| **of == seat).map(|(id, _)| *id);
        self.barred.extend(held.into_iter().chain(dropped));
    }

    pub(super) fn edit_roster(&mut self, edit: Option<&Arc<RosterEdit>>) {
        if let Some(edit) = edit {
            self.roster.take(self.set, edit);
        }
    }

    pub(super) fn set_lobby(&mut self, seat: SeatId, on: bool) {
        if let Some(held) = self.seats.get_mut(&seat) {
            held.in_lobby = on;
        }
        if !on {
            self.ask_recorder(seat);
            return;
        }
        for moving in self.meeting.movings() {
            moving.lose_floor(seat);
        }
        self.meeting.lead = self.meeting.lead.filter(|lead| *lead != seat);
    }

    /// Whoever comes, also back and on another browser, is asked whether anything records.
    pub(super) fn ask_recorder(&mut self, seat: SeatId) {
        if let Some(held) = self.seats.get_mut(&seat) {
            held.recorder = None;
        }
    }

    pub(super) fn set_keys(&mut self, keys: &KeyChange) {
        self.epoch = keys.epoch;
        self.wraps.clone_from(&keys.wraps);
        self.links.extend(keys.links.iter().map(|(role, hash)| (*role, *hash)));
        for (id, device) in &mut self.devices {
            // The browser that made the key has it already; an old grant is of no use to anybody.
            device.grant = keys.grants.get(id).cloned();
        }
        // Whoever held three links is rid of none of them by a key alone.
        let is_rid = LinkRole::SHARED.iter().all(|kind| keys.links.contains_key(kind));
        self.key_due.retain(|kind| *kind == LinkRole::CoFacilitator && !is_rid);
        self.edit_roster(keys.edit.as_ref());
    }

    /// Somebody goes by themselves: nobody has made a new key for it yet.
    pub(super) fn leave_set(&mut self, seat: SeatId) {
        let devices: Vec<_> = self.devices_of(seat).collect();
        self.owe_key(devices);
        self.forget_seat(seat);
    }

    /// These browsers go, and know the key and the links that they came by.
    fn owe_key(&mut self, devices: impl IntoIterator<Item = DeviceId>) {
        // No new key is made once the meeting is closed: what the set is for and answers of the form are
        // all that is sealed then. The links are another matter.
        let closed = self.meeting.stage == Stage::Closed;
        for id in devices {
            // Whoever is host or was made co-facilitator knows that link too, whatever they came by.
            let seat = self.devices.get(&id).and_then(|held| self.seats.get(&held.seat));
            let keys = seat.is_some_and(|held| held.role.holds_keys());
            let known = self.came_by(id).into_iter().chain(keys.then_some(LinkRole::CoFacilitator));
            self.key_due.extend(known.filter(|kind| !closed || *kind == LinkRole::CoFacilitator));
        }
    }

    pub(super) fn leave_turns(&mut self, seat: SeatId) {
        self.forget_answers(seat);
        self.forget_taps(seat);
        let meeting = &mut self.meeting;
        for moving in meeting.movings() {
            moving.lose_floor(seat);
            moving.queue.remove(&seat);
            moving.ticks.remove(&seat);
            moving.asked.remove(&seat);
            moving.presenter = moving.presenter.filter(|presenter| *presenter != seat);
            let was_now = moving.round.remove(&seat).is_some_and(|t| t.is == TurnState::Now);
            if was_now {
                let next = moving
                    .round
                    .values_mut()
                    .filter(|turn| matches!(turn.is, TurnState::Waiting | TurnState::Later))
                    .min_by_key(|turn| (turn.is == TurnState::Later, turn.rank));
                if let Some(next) = next {
                    next.is = TurnState::Now;
                }
            }
        }
        meeting.order.retain(|id| *id != seat);
        meeting.lead = meeting.lead.filter(|lead| *lead != seat);
        meeting.scribe = meeting.scribe.filter(|scribe| *scribe != seat);
        if let Some(proposal) = &mut self.proposal {
            proposal.agreed.remove(&seat);
        }
    }

    pub(super) fn forget_seat(&mut self, seat: SeatId) {
        self.leave_turns(seat);
        self.forget_presenting(seat);
        self.leave_names(seat);
        self.seats.remove(&seat);
        self.devices.retain(|_, device| device.seat != seat);
        self.dropped.retain(|_, of| *of != seat);
        self.items.retain(|_, item| item.seat != seat);
        self.forget_practices();
        self.answered_unseen.forget(seat);
    }
}
