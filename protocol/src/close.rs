//! Why the server closes a socket, and whether the client should come back.

/// A WebSocket close code. The number is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CloseCode {
    /// The server restarts or drains: come back after the hinted delay.
    Restart,
    /// The process or the lobby is full, or the host's entry could not be written down: come back later.
    Full,
    /// A frame that this protocol does not know or cannot read.
    BadFrame,
    /// No such set, or the token does not open it.
    Auth,
    /// The set does not allow it: refused at the door, or removed.
    NotAllowed,
    /// Too slow to take what the room sends: come back and resume.
    Slow,
    /// The set or its meeting is closed.
    SetClosed,
    /// A frame over the limit `frame_bytes` or `first_frame_bytes`, or a knock over `knock_name_chars`.
    TooLarge,
    /// The client speaks another version: reload the page.
    OldClient,
    /// Too many frames, knocks or connections.
    TooFast,
    /// The room met a fault and is being reloaded: come back.
    RoomFault,
    /// What is stored of this set is damaged, so it does not open; others do.
    Damaged,
    /// This person opened too many connections, and the oldest one is closed; or this browser knocked again.
    Replaced,
    /// The first frame did not come in time, a message did not become whole, or nothing was heard for too
    /// long.
    Idle,
}

impl CloseCode {
    /// Every code.
    pub const ALL: [Self; 14] = [
        Self::Restart,
        Self::Full,
        Self::BadFrame,
        Self::Auth,
        Self::NotAllowed,
        Self::Slow,
        Self::SetClosed,
        Self::TooLarge,
        Self::OldClient,
        Self::TooFast,
        Self::RoomFault,
        Self::Damaged,
        Self::Replaced,
        Self::Idle,
    ];

    /// The number on the wire.
    pub const fn code(self) -> u16 {
        match self {
            Self::Restart => 1012,
            Self::Full => 1013,
            Self::BadFrame => 4400,
            Self::Auth => 4401,
            Self::NotAllowed => 4403,
            Self::Slow => 4408,
            Self::SetClosed => 4410,
            Self::TooLarge => 4413,
            Self::OldClient => 4426,
            Self::TooFast => 4429,
            Self::RoomFault => 4500,
            Self::Damaged => 4510,
            Self::Replaced => 4409,
            Self::Idle => 4440,
        }
    }

    /// The reason sent with the number; stable, in snake case.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Restart => "restart",
            Self::Full => "full",
            Self::BadFrame => "bad_frame",
            Self::Auth => "auth",
            Self::NotAllowed => "not_allowed",
            Self::Slow => "slow",
            Self::SetClosed => "set_closed",
            Self::TooLarge => "too_large",
            Self::OldClient => "old_client",
            Self::TooFast => "too_fast",
            Self::RoomFault => "room_fault",
            Self::Damaged => "damaged",
            Self::Replaced => "replaced",
            Self::Idle => "idle",
        }
    }

    /// Whether a client should connect again by itself.
    pub const fn come_back(self) -> bool {
        matches!(
            self,
            Self::Restart | Self::Full | Self::Slow | Self::TooFast | Self::RoomFault | Self::Idle
        )
    }
}
