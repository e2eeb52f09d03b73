//! What of a round goes to which browser, and what of that it has been sent.

use std::collections::BTreeMap;

use super::{Key, OffRecord, Round};
use crate::bytes::Blob;
use crate::frame::ServerFrame;
use crate::ids::{DeviceId, ItemId, SeatId};
use crate::role::Role;
use crate::room::Room;
use crate::sealed::Sealed;

/// What one browser has been sent of a round, told without any of its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffRecordSent {
    round: Option<ItemId>,
    wanted: BTreeMap<DeviceId, u64>,
    /// Which of its announcements the grants are for, and how many of them it was sent.
    page: Option<u64>,
    grants: usize,
    lines: usize,
}

impl OffRecord {
    /// What one browser is to be sent, beyond what it has been. Where there is something new about keys,
    /// `may` says whether that may go out now.
    pub fn shown_to(
        &self,
        room: &Room,
        seat: SeatId,
        device: DeviceId,
        shown: &mut OffRecordSent,
        may: impl FnOnce() -> bool,
    ) -> Vec<ServerFrame> {
        let Some(on) = &self.round else {
            *shown = OffRecordSent::default();
            return Vec::new();
        };
        let round = on.is.id;
        if shown.round != Some(round) {
            *shown = OffRecordSent { round: Some(round), ..OffRecordSent::default() };
        }
        let own = on.keys.get(&device);
        let page = own.map(|key| key.n);
        if shown.page != page {
            // Another page, as far as anybody knows, which has none of the lines.
            (shown.page, shown.grants, shown.lines) = (page, 0, 0);
        }
        let mut frames = Vec::new();
        let wanted = on.wanted(room, seat, device);
        let numbers: BTreeMap<_, _> = wanted.iter().map(|(id, key)| (*id, key.n)).collect();
        let grants = own.map_or(&[][..], |key| &key.grants);
        let fresh = grants.get(shown.grants..).unwrap_or_default();
        // Whom it does not name any more the page has answered itself, or finds to be gone.
        let is_known = numbers.iter().all(|(id, n)| shown.wanted.get(id) == Some(n));
        if (!is_known || !fresh.is_empty()) && may() {
            let announced = |key: &Key| Sealed::from_bytes(&key.announced.0).ok();
            let all = wanted.iter().filter_map(|(id, key)| Some((*id, announced(key)?)));
            let grants = fresh.iter().map(|grant| Blob::encode(&grant.sealed.0)).collect();
            frames.push(ServerFrame::OffRecord { round, wanted: all.collect(), grants });
            (shown.wanted, shown.grants) = (numbers, shown.grants + fresh.len());
        }
        // None comes before the key that opens it.
        let is_told = on.made_by == device || shown.grants > 0;
        let more = on.lines.get(shown.lines..).unwrap_or_default();
        if is_told && !more.is_empty() {
            shown.lines = on.lines.len();
            let lines = more.iter().filter_map(super::Line::view).collect();
            frames.push(ServerFrame::OffRecordLines { round, lines });
        }
        frames
    }
}

impl Round {
    /// Announced keys that this browser has handed nothing to yet, where it may: to those of whoever began the round
    /// anybody who takes part, since their page may have been the only one; else whoever holds the set's keys. What
    /// others have handed over may be worth nothing, and only the page that gets it can tell.
    fn wanted(&self, room: &Room, seat: SeatId, device: DeviceId) -> Vec<(DeviceId, &Key)> {
        let role = room.seat(seat).map(|held| held.role);
        if !role.is_some_and(Role::takes_part) || !self.holds_key(device) {
            return Vec::new();
        }
        let all = role.is_some_and(Role::holds_keys);
        let may = |id: DeviceId, key: &Key| {
            id != device && !key.is_handed_by(device) && (all || key.seat == self.is.by)
        };
        let open = self.keys.iter().filter(|(id, key)| may(**id, key));
        open.map(|(id, key)| (*id, key)).collect()
    }
}
