//! Why the server closes a socket, and whether the client should come back.

macro_rules! close_codes {
    ($($(#[$about:meta])* $name:ident = $code:literal $reason:literal,)*) => {
        /// A WebSocket close code. The number is stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CloseCode {
            $($(#[$about])* $name,)*
        }

        impl CloseCode {
            /// Every code.
            pub const ALL: [Self; 14] = [$(Self::$name),*];

            /// The number on the wire.
            pub const fn code(self) -> u16 {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The reason sent with the number; stable, in snake case.
            pub const fn reason(self) -> &'static str {
                match self {
                    $(Self::$name => $reason,)*
                }
            }
        }
    };
}

close_codes! {
    /// The server restarts or drains: come back after the hinted delay.
    Restart = 1012 "restart",
    /// The process is full: come back later.
    Full = 1013 "full",
    /// A frame that this protocol does not know or cannot read.
    BadFrame = 4400 "bad_frame",
    /// No such set, or the token does not open it.
    Auth = 4401 "auth",
    /// The set does not allow it: refused at the door, or removed.
    NotAllowed = 4403 "not_allowed",
    /// Too slow to take what the room sends: come back and resume.
    Slow = 4408 "slow",
    /// The set or its meeting is closed.
    SetClosed = 4410 "set_closed",
    /// A frame over the limit `frame_bytes` or `first_frame_bytes`.
    TooLarge = 4413 "too_large",
    /// The client speaks another version: reload the page.
    OldClient = 4426 "old_client",
    /// Too many frames, knocks or connections.
    TooFast = 4429 "too_fast",
    /// The room met a fault and is being reloaded: come back.
    RoomFault = 4500 "room_fault",
    /// What is stored of this set is damaged, so it does not open; others do.
    Damaged = 4510 "damaged",
    /// This person opened too many connections; the oldest one is closed.
    Replaced = 4409 "replaced",
    /// The first frame did not come in time, or nothing was heard for too long.
    Idle = 4440 "idle",
}

impl CloseCode {
    /// Whether a client should connect again by itself.
    pub const fn come_back(self) -> bool {
        matches!(
            self,
            Self::Restart | Self::Full | Self::Slow | Self::TooFast | Self::RoomFault | Self::Idle
        )
    }
}
