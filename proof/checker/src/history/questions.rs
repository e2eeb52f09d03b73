//! What can be asked of a history: by rows in their order, and by places, which several rows may share.

use setroom_protocol::method::Write;
use setroom_protocol::room::Stage;
use setroom_protocol::{Blob, CommandId, DeviceId, ItemId, Role, SeatId};

use super::{History, Person, Text};

impl History {
    /// The last row at this place, or before it.
    pub(crate) fn last_at(&self, seq: u64) -> u64 {
        self.places.partition_point(|place| *place <= seq) as u64
    }

    /// The first row after which the room stood at this place, and the last one.
    pub(crate) fn at(&self, seq: u64) -> (u64, u64) {
        let last = self.last_at(seq);
        let before = self.places.partition_point(|place| *place < seq) as u64;
        // A snapshot stands for the first of its place.
        let first = if seq <= self.from { 0 } else { before + 1 };
        (first.min(last), last)
    }

    /// The place of a row.
    pub(super) fn place(&self, row: u64) -> u64 {
        let at = row.checked_sub(1).and_then(|row| usize::try_from(row).ok());
        at.and_then(|at| self.places.get(at)).copied().unwrap_or(self.from)
    }

    /// Whether nobody but its author may know of a row.
    pub(crate) fn is_hidden(&self, row: u64) -> bool {
        let at = row.checked_sub(1).and_then(|row| usize::try_from(row).ok());
        at.and_then(|at| self.unseen.get(at)).copied().unwrap_or_default()
    }

    /// The row that completes a command.
    pub(crate) fn done(&self, cid: CommandId) -> Option<u64> {
        self.done.get(&cid).copied()
    }

    /// Whose browser this is just after a row; `None` for one that is at the door, or was removed.
    pub(crate) fn person(&self, device: DeviceId, row: u64) -> Option<Person> {
        let seat = (*self.devices.get(&device)?.at(row)?)?;
        let seated = (*self.seats.get(&seat)?.at(row)?)?;
        let lead = self.lead.at(row).copied().flatten() == Some(seat);
        Some(Person { seat, role: seated.role, lead, outside: seated.outside })
    }

    /// The role of whoever sits there just after a row.
    pub(crate) fn role(&self, seat: SeatId, row: u64) -> Option<Role> {
        Some((*self.seats.get(&seat)?.at(row)?)?.role)
    }

    /// Which key of their own somebody has just after a row; 0 for none.
    pub(crate) fn own_key(&self, seat: SeatId, row: u64) -> u32 {
        self.own_keys.get(&seat).and_then(|keys| keys.at(row)).copied().unwrap_or_default()
    }

    pub(crate) fn stage(&self, row: u64) -> Stage {
        self.stage.at(row).copied().unwrap_or_default()
    }

    /// The place of the last change that had moved the meeting by then.
    pub(crate) fn moved(&self, row: u64) -> u64 {
        self.moved.at(row).copied().unwrap_or_default()
    }

    pub(crate) fn epoch(&self, row: u64) -> u32 {
        self.epoch.at(row).copied().unwrap_or_default()
    }

    /// A text just after a row.
    pub(crate) fn text(&self, item: ItemId, row: u64) -> Option<Text> {
        *self.texts.get(&item)?.at(row)?
    }

    /// A text as it was at some time while the room stood at this place.
    pub(crate) fn texts(&self, item: ItemId, seq: u64) -> impl Iterator<Item = Text> {
        let texts = self.texts.get(&item).map(|texts| texts.during(self.at(seq)));
        texts.into_iter().flatten().filter_map(|text| *text)
    }

    /// The keys that a browser was given, as it had them at some time while the room stood there.
    pub(crate) fn grants(&self, device: DeviceId, seq: u64) -> impl Iterator<Item = &Blob> {
        let grants = self.grants.get(&device).map(|grants| grants.during(self.at(seq)));
        grants.into_iter().flatten().filter_map(Option::as_ref)
    }

    /// What the present part lets people write, as far as it is known.
    pub(crate) fn writes(&self, row: u64) -> Option<&[Write]> {
        let part = (*self.part.at(row)?)?;
        self.agenda.at(row)?.get(part).map(|part| part.writes.as_slice())
    }
}
