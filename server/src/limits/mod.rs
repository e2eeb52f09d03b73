//! How much one peer, and all of them, may ask of the process.

mod addresses;
mod bucket;
mod connection_limits;
mod doors;
mod foundings;
mod guests;
mod outbox;
mod peer;
mod permit;
mod room_memory;
mod set_journal;
mod shares;
mod source;
mod tally;
mod vain;

pub use bucket::{Bucket, Rate, Window};
pub use connection_limits::{ConnectionLimits, Turn};
pub(crate) use doors::DoorAddresses;
pub use foundings::Founding;
pub use guests::Guest;
pub(crate) use guests::asked_to_go;
pub use outbox::{Charge, Outboxes, Unread};
pub use peer::Peer;
pub use permit::{ConnectionPermit, Permit};
pub use room_memory::{RoomBytes, RoomMemory};
pub use set_journal::SetJournal;
pub(crate) use set_journal::{CHAIN, MOVES};
pub use shares::{Claim, Proven, Share};
pub use source::Source;
pub(crate) use source::Width;
pub(crate) use tally::{GivesWay, Tally};

/// Makes each limit known to all who ask for every one of them, and for its name.
macro_rules! limits {
    ($($(#[$about:meta])* $limit:ident => $name:literal,)*) => {
        /// Every limit of this process that can refuse somebody.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Limit {
            $($(#[$about])* $limit,)*
        }

        impl Limit {
            /// All of them, so that each has its counter from the start: a figure that comes out of
            /// nowhere at 1 has not risen, for whoever counts by the difference.
            pub const ALL: &[Self] = &[$(Self::$limit),*];

            /// Its name in answers, figures and logs.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$limit => $name,)*
                }
            }
        }
    };
}

limits! {
    /// All connections.
    Connections => "connections",
    /// Connections of one address.
    ConnectionsPerAddress => "connections_per_address",
    /// How fast one address opens connections.
    NewConnectionsPerAddress => "new_connections_per_address",
    /// How fast one address asks through a proxy.
    RequestsPerAddress => "requests_per_address",
    /// How fast one address posts.
    PostsPerAddress => "posts_per_address",
    /// Sockets without a token yet, of one address or of all.
    Unauthenticated => "unauthenticated",
    /// How fast one address knocks.
    KnocksPerAddress => "knocks_per_address",
    /// How fast people knock at one set.
    KnocksPerSet => "knocks_per_set",
    /// How fast one person comes back.
    ReturnsPerSeat => "returns_per_seat",
    /// Places in a full lobby, of an address that has most of them.
    LobbyPerAddress => "lobby_per_address",
    /// How fast one address makes sets.
    NewSetsPerAddress => "new_sets_per_address",
    /// Wrong tokens from one address.
    BadTokensPerAddress => "bad_tokens_per_address",
    /// Live rooms.
    Rooms => "rooms",
    /// What all live rooms hold in memory.
    RoomMemory => "room_memory",
    /// What one connection sends: frames of any kind.
    InboundFrames => "inbound_frames",
    /// What one connection sends, or one person on all of theirs: messages.
    InboundMessages => "inbound_messages",
    /// What one connection sends, or one person on all of theirs: bytes.
    InboundBytes => "inbound_bytes",
    /// What all connections of one room send.
    InboundRoomMessages => "inbound_room_messages",
    /// What waits for a member who does not read.
    Outbox => "outbox",
    /// What waits in all for those who do not read, of one address or of all.
    OutboxMemory => "outbox_memory",
    /// What one set takes of the journal, and a new one when little of it is free.
    SetJournal => "set_journal",
}

impl Limit {
    /// Whether the whole process is full, rather than this peer too eager.
    #[must_use]
    pub fn is_of_process(self) -> bool {
        matches!(self, Self::Connections | Self::Rooms | Self::RoomMemory)
    }
}

/// A limit was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the limit {} was met", .0.name())]
pub struct Refused(pub Limit);
