//! Which parts of the views a change can move.
//!
//! A room with fifty texts must not be looked through because a hand goes up. A part that a change
//! does not name ([`Change::effects`](crate::Change::effects)) is not compared, so what it names is a
//! law: the property tests compare every patch with two whole views.

use crate::ids::{DeviceId, ItemId, MeetingId, SeatId};
use crate::room::Room;
use crate::sealed::TextKind;

/// Which of many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Affected<T> {
    /// None of them.
    #[default]
    None,
    /// This one.
    One(T),
    /// Any of them.
    All,
}

/// Whose own views.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AffectedOwn {
    /// Nobody's.
    #[default]
    None,
    /// Those of one person's browsers.
    Seat(SeatId),
    /// One browser's.
    Device(DeviceId),
    /// Those of whoever holds the controls.
    Controls,
    /// Anybody's.
    All,
}

/// The own views, and the larger parts of the shared one. Its small parts (numbers, flags, ids) are
/// always looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AffectedViews {
    /// Plan, template, agenda, the present part as the agenda describes it, whether the charter
    /// comes first, the mode's agreement, the receipt, the series.
    pub(crate) frame: bool,
    pub(crate) seats: Affected<SeatId>,
    pub(crate) devices: bool,
    pub(crate) roster: bool,
    pub(crate) queue: bool,
    pub(crate) round: bool,
    /// The times that people are asked about.
    pub(crate) asked: Affected<MeetingId>,
    /// The texts, and with them whose are hidden.
    pub(crate) items: Affected<ItemId>,
    pub(crate) own: AffectedOwn,
    /// A text whose author's seat and own views are moved as well: only the room knows who that is.
    pub(crate) author_of: Option<ItemId>,
}

impl AffectedViews {
    /// All that can be seen.
    pub(crate) const ALL: Self = Self {
        frame: true,
        seats: Affected::All,
        devices: true,
        roster: true,
        queue: true,
        round: true,
        asked: Affected::All,
        items: Affected::All,
        own: AffectedOwn::All,
        author_of: None,
    };

    /// The same in a room to which nothing of the change has been done yet.
    pub(super) fn in_room(self, room: &Room) -> Self {
        let text = self.author_of.and_then(|item| room.items().get(&item));
        text.map_or(self, |text| Self {
            seats: Affected::One(text.seat),
            // Others may have agreed to a practice.
            own: if text.kind == TextKind::Practice {
                AffectedOwn::All
            } else {
                AffectedOwn::Seat(text.seat)
            },
            ..self
        })
    }

    /// Whether this browser's own view is among them.
    pub(super) fn has_own(&self, device: DeviceId, room: &Room) -> bool {
        let seat = || room.device(device).map(|held| held.seat);
        match self.own {
            AffectedOwn::None => false,
            AffectedOwn::Seat(one) => seat() == Some(one),
            AffectedOwn::Device(one) => one == device,
            AffectedOwn::Controls => seat().is_some_and(|seat| room.has_controls(seat)),
            AffectedOwn::All => true,
        }
    }
}
