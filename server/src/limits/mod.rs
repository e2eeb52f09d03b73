//! How much one peer, and all of them, may ask of the process.

mod bucket;
mod gate;
mod guests;
mod outbox;
mod peer;
mod shares;
mod slot;
mod source;

pub use bucket::Bucket;
pub use gate::{Gate, Turn};
pub use guests::Guest;
pub use outbox::{Charge, Outboxes, Unread};
pub use peer::Peer;
pub use shares::{Claim, Proven, Share};
pub use slot::{Pass, Slot};
pub use source::Source;

/// Every limit of this process that can refuse somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// All connections.
    Connections,
    /// Connections of one address.
    ConnectionsPerAddress,
    /// How fast one address opens connections.
    NewConnectionsPerAddress,
    /// Sockets without a token yet, of one address or of all.
    Unauthenticated,
    /// How fast one address knocks.
    KnocksPerAddress,
    /// How fast people knock at one set.
    KnocksPerSet,
    /// How fast one person comes back.
    ReturnsPerSeat,
    /// Places in a full lobby, of an address that has most of them.
    LobbyPerAddress,
    /// How fast one address makes sets.
    NewSetsPerAddress,
    /// Wrong tokens from one address.
    BadTokensPerAddress,
    /// Live rooms.
    Rooms,
    /// What one connection sends: frames of any kind.
    InboundFrames,
    /// What one connection sends: messages.
    InboundMessages,
    /// What one connection sends: bytes.
    InboundBytes,
    /// What all connections of one room send.
    InboundRoomMessages,
    /// What waits for a member who does not read.
    Outbox,
    /// What waits in all for those who do not read, of one address or of all.
    OutboxMemory,
    /// What one set takes of the journal.
    SetJournal,
}

impl Limit {
    /// All of them, so that each has its counter from the start: a figure that comes out of nowhere
    /// at 1 has not risen, for whoever counts by the difference.
    pub const ALL: [Self; Self::SetJournal as usize + 1] = [
        Self::Connections,
        Self::ConnectionsPerAddress,
        Self::NewConnectionsPerAddress,
        Self::Unauthenticated,
        Self::KnocksPerAddress,
        Self::KnocksPerSet,
        Self::ReturnsPerSeat,
        Self::LobbyPerAddress,
        Self::NewSetsPerAddress,
        Self::BadTokensPerAddress,
        Self::Rooms,
        Self::InboundFrames,
        Self::InboundMessages,
        Self::InboundBytes,
        Self::InboundRoomMessages,
        Self::Outbox,
        Self::OutboxMemory,
        Self::SetJournal,
    ];

    /// Its name in answers, figures and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::ConnectionsPerAddress => "connections_per_address",
            Self::NewConnectionsPerAddress => "new_connections_per_address",
            Self::Unauthenticated => "unauthenticated",
            Self::KnocksPerAddress => "knocks_per_address",
            Self::KnocksPerSet => "knocks_per_set",
            Self::ReturnsPerSeat => "returns_per_seat",
            Self::LobbyPerAddress => "lobby_per_address",
            Self::NewSetsPerAddress => "new_sets_per_address",
            Self::BadTokensPerAddress => "bad_tokens_per_address",
            Self::Rooms => "rooms",
            Self::InboundFrames => "inbound_frames",
            Self::InboundMessages => "inbound_messages",
            Self::InboundBytes => "inbound_bytes",
            Self::InboundRoomMessages => "inbound_room_messages",
            Self::Outbox => "outbox",
            Self::OutboxMemory => "outbox_memory",
            Self::SetJournal => "set_journal",
        }
    }

    /// Whether the whole process is full, rather than this peer too eager.
    #[must_use]
    pub fn is_of_process(self) -> bool {
        matches!(self, Self::Connections | Self::Rooms)
    }
}

/// A limit was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the limit {} was met", .0.name())]
pub struct Refused(pub Limit);
