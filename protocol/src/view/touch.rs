//! Which parts of the views a change can move.
//!
//! A room with fifty texts must not be looked through because a hand goes up. A part that is left
//! out here is not compared, so what stands here is a law: the property tests compare every patch
//! with two whole views.

use super::own::Whose;
use crate::change::Change;
use crate::ids::{ItemId, SeatId};
use crate::room::Room;
use crate::sealed::TextKind;

/// Which of many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Which<T> {
    /// None of them.
    #[default]
    None,
    /// This one.
    One(T),
    /// Any of them.
    All,
}

/// The larger parts of the shared view. Small ones (numbers, flags, ids) are always looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    /// Plan, template, agenda, the present part as the agenda describes it, whether the charter
    /// comes first, the mode's agreement, the receipt.
    pub(super) frame: bool,
    pub(super) seats: Which<SeatId>,
    pub(super) devices: bool,
    pub(super) roster: bool,
    pub(super) queue: bool,
    pub(super) round: bool,
    /// The texts, and with them whose are hidden.
    pub(super) items: Which<ItemId>,
}

impl Parts {
    /// The whole view.
    pub(super) const ALL: Self = Self {
        frame: true,
        seats: Which::All,
        devices: true,
        roster: true,
        queue: true,
        round: true,
        items: Which::All,
    };

    /// What `change` can move in the view of `room`, which it has not moved yet.
    pub(super) fn of(change: &Change, room: &Room) -> Self {
        let none = Self::default();
        match change {
            // The parts that are always looked at are enough.
            Change::Granted { .. }
            | Change::OwnKeySet { .. }
            | Change::Locked { .. }
            | Change::Paused { .. }
            | Change::Resumed { .. }
            | Change::TimeAdded { .. }
            | Change::Held { .. }
            | Change::HoldEnded { .. }
            | Change::SilenceSet { .. }
            | Change::LeadSet { .. }
            | Change::ScribeSet { .. }
            | Change::TurnEnded { .. }
            | Change::GapSet { .. }
            | Change::PresenterSaid { .. } => none,
            Change::Seated { seat, .. } | Change::DeviceAdded { seat, .. } => {
                Self { seats: Which::One(*seat), devices: true, roster: true, ..none }
            }
            Change::DeviceDropped { .. } => Self { devices: true, ..none },
            Change::Rekeyed { .. } | Change::RosterEdited { .. } => Self { roster: true, ..none },
            Change::SentToLobby { seat }
            | Change::BroughtBack { seat }
            | Change::CharterAgreed { seat }
            | Change::Ticked { seat, .. } => Self { seats: Which::One(*seat), ..none },
            Change::OrderSet { .. } => Self { seats: Which::All, ..none },
            Change::HandRaised { .. }
            | Change::HandLowered { .. }
            | Change::HandsMoved { .. }
            | Change::QueueCleared
            | Change::FloorGiven { .. } => Self { queue: true, ..none },
            Change::PresenterChosen { .. } => Self { queue: true, round: true, ..none },
            Change::RoundStarted { .. } | Change::RoundTurned { .. } => {
                Self { round: true, ..none }
            }
            Change::Written { item } => {
                // A charter that changes is agreed anew, by everybody.
                let all = item.kind == TextKind::Charter;
                let seats = if all { Which::All } else { Which::One(item.seat) };
                Self { seats, items: Which::One(item.id), ..none }
            }
            Change::ItemReleased { item } | Change::ItemWithdrawn { item } => {
                let author = room.items().get(item).map(|item| item.seat);
                let seats = author.map_or(Which::None, Which::One);
                Self { seats, items: Which::One(*item), ..none }
            }
            Change::ModeSet { .. }
            | Change::ModeProposed { .. }
            | Change::ModeAgreed { .. }
            | Change::ModeDeclined => Self { frame: true, ..none },
            // Seldom, and far-reaching.
            Change::Founded { .. }
            | Change::Removed { .. }
            | Change::Left { .. }
            | Change::RoleSet { .. }
            | Change::Planned { .. }
            | Change::Started
            | Change::Moved { .. }
            | Change::Undone
            | Change::Closed { .. } => Self::ALL,
        }
    }
}

impl Whose {
    /// Whose own view `change` can move in `room`, which it has not moved yet.
    pub(super) fn of(change: &Change, room: &Room) -> Self {
        match change {
            Change::Locked { .. }
            | Change::ModeSet { .. }
            | Change::ModeProposed { .. }
            | Change::ModeAgreed { .. }
            | Change::ModeDeclined
            | Change::CharterAgreed { .. }
            | Change::Paused { .. }
            | Change::Resumed { .. }
            | Change::TimeAdded { .. }
            | Change::Held { .. }
            | Change::HoldEnded { .. }
            | Change::SilenceSet { .. }
            | Change::OrderSet { .. }
            | Change::PresenterChosen { .. }
            | Change::ScribeSet { .. }
            | Change::HandRaised { .. }
            | Change::HandLowered { .. }
            | Change::HandsMoved { .. }
            | Change::QueueCleared
            | Change::TurnEnded { .. }
            | Change::GapSet { .. }
            | Change::PresenterSaid { .. }
            | Change::Ticked { .. }
            | Change::RoundStarted { .. }
            | Change::RoundTurned { .. }
            | Change::RosterEdited { .. }
            | Change::DeviceDropped { .. } => Self::Nobodys,
            Change::Seated { seat, .. }
            | Change::DeviceAdded { seat, .. }
            | Change::SentToLobby { seat }
            | Change::BroughtBack { seat } => Self::Seats(*seat),
            Change::Granted { device, .. } => Self::Devices(*device),
            Change::Written { item } => Self::Seats(item.seat),
            Change::ItemReleased { item } | Change::ItemWithdrawn { item } => {
                room.items().get(item).map_or(Self::Nobodys, |item| Self::Seats(item.seat))
            }
            Change::FloorGiven { .. } => Self::OfControls,
            // The person's browsers, and those of facilitators.
            Change::OwnKeySet { .. }
            | Change::Founded { .. }
            | Change::Removed { .. }
            | Change::Left { .. }
            | Change::Rekeyed { .. }
            | Change::RoleSet { .. }
            | Change::LeadSet { .. }
            | Change::Planned { .. }
            | Change::Started
            | Change::Moved { .. }
            | Change::Undone
            | Change::Closed { .. } => Self::Everybodys,
        }
    }
}
