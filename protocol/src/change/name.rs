//! The names of changes, as they stand on the wire and on disk.

use super::Change;

impl Change {
    /// The change's name on the wire and on disk.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Founded { .. } => "founded",
            Self::Seated { .. } => "seated",
            Self::DeviceAdded { .. } => "device_added",
            Self::DeviceDropped { .. } => "device_dropped",
            Self::RosterEdited { .. } => "roster_edited",
            Self::OwnKeySet { .. } => "own_key_set",
            Self::Granted { .. } => "granted",
            Self::Locked { .. } => "locked",
            Self::SentToLobby { .. } => "sent_to_lobby",
            Self::BroughtBack { .. } => "brought_back",
            Self::Removed { .. } => "removed",
            Self::Left { .. } => "left",
            Self::Rekeyed { .. } => "rekeyed",
            Self::RoleSet { .. } => "role_set",
            Self::Planned { .. } => "planned",
            Self::ModeSet { .. } => "mode_set",
            Self::ModeProposed { .. } => "mode_proposed",
            Self::ModeAgreed { .. } => "mode_agreed",
            Self::ModeDeclined => "mode_declined",
            Self::CharterAgreed { .. } => "charter_agreed",
            Self::Started => "started",
            Self::Moved { .. } => "moved",
            Self::Undone => "undone",
            Self::Paused { .. } => "paused",
            Self::Resumed { .. } => "resumed",
            Self::TimeAdded { .. } => "time_added",
            Self::Held { .. } => "held",
            Self::HoldEnded { .. } => "hold_ended",
            Self::SilenceSet { .. } => "silence_set",
            Self::Closed { .. } => "closed",
            Self::OrderSet { .. } => "order_set",
            Self::PresenterChosen { .. } => "presenter_chosen",
            Self::LeadSet { .. } => "lead_set",
            Self::ScribeSet { .. } => "scribe_set",
            Self::HandRaised { .. } => "hand_raised",
            Self::HandLowered { .. } => "hand_lowered",
            Self::HandsMoved { .. } => "hands_moved",
            Self::QueueCleared => "queue_cleared",
            Self::FloorGiven { .. } => "floor_given",
            Self::TurnEnded { .. } => "turn_ended",
            Self::GapSet { .. } => "gap_set",
            Self::PresenterSaid { .. } => "presenter_said",
            Self::Ticked { .. } => "ticked",
            Self::RoundStarted { .. } => "round_started",
            Self::RoundTurned { .. } => "round_turned",
            Self::Written { .. } => "written",
            Self::ItemReleased { .. } => "item_released",
            Self::ItemWithdrawn { .. } => "item_withdrawn",
        }
    }
}
