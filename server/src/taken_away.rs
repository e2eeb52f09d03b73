//! Which changes take something away that is not to stay on the disk either.
//!
//! A room's state is without it at once. The entries that led there, and the state that was kept before, are
//! not, until the state is kept anew: the room makes it small then. Whether that is still to be done follows
//! from what is stored, so no restart forgets it.

use setroom_protocol::{Change, Recorded, Room};

/// How much a change takes away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Takes {
    /// Nothing, or what may stay until the state is kept anew for its length.
    #[default]
    Nothing,
    /// Something of somebody.
    Something,
    /// A meeting, and all that was of it alone.
    Meeting,
}

/// What a room held before a change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    attended: usize,
    absences: usize,
    adds_alone: bool,
}

impl Held {
    /// Of this room, before this change.
    pub(crate) fn before(room: &Room, change: &Change) -> Self {
        Self {
            attended: room.series().attended(),
            absences: room.series().absences(),
            adds_alone: adds_alone(room, change),
        }
    }

    /// What the change took away: this is the room after it.
    pub(crate) fn lost(self, room: &Room, change: &Change) -> Takes {
        if matches!(change, Change::Closed { .. } | Change::MeetingOpened(_)) {
            return Takes::Meeting;
        }
        // Who was there, once not all agree to names, or to a mode that keeps that.
        let fewer = room.series().attended() < self.attended;
        // Who could not come on a day that is not the day any more. What somebody takes back themselves goes
        // with the next state that is kept.
        let takes_back = matches!(change, Change::AbsenceSaid(_));
        let fewer = fewer || !takes_back && room.series().absences() < self.absences;
        // Whatever is taken back or written anew after the close.
        let is_closed = room.meeting().receipt.is_some();
        if fewer || is_closed && !self.adds_alone { Takes::Something } else { Takes::Nothing }
    }
}

/// Applies a record, and says what it took away.
pub(crate) fn apply(
    room: &mut Room,
    record: &Recorded,
    apply: impl FnOnce(&mut Room, &Recorded),
) -> Takes {
    let held = Held::before(room, &record.change);
    apply(room, record);
    held.lost(room, &record.change)
}

/// Whether all that was there is there still after a change, beside what it brings. Those that are not
/// named here may take something away.
fn adds_alone(room: &Room, change: &Change) -> bool {
    let says_yes = matches!(change, Change::AbsenceSaid(absence) if absence.on)
        || matches!(change, Change::NamesAgreed(said) if said.on)
        || matches!(change, Change::LookAsked(look) if look.on);
    let is_new = matches!(change, Change::Written { item } if !room.items().contains_key(&item.id));
    let is_more = matches!(
        change,
        Change::Granted { .. }
            | Change::Locked { .. }
            | Change::ItemReleased { .. }
            | Change::PracticeTapped { .. }
    );
    says_yes || is_new || is_more
}
