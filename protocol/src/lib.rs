//! The rules and the wire of Setroom: the room that a virtual action learning set meets in.
//!
//! This crate is pure. It has no clock, no randomness, no logging and no I/O: time and fresh ids
//! are arguments. Three functions carry the design:
//!
//! * [`decide()`] takes a room and what somebody asks, and answers with the [`Change`]s that follow,
//!   or with a [`Refusal`]. It is the only place with rules.
//! * [`Room::apply`] puts one recorded change into a room. It is total: it cannot fail.
//! * [`view`](crate::view::shared) says what may be seen. It is the only place that hides.
//!
//! Everything that a person types arrives as a [`Sealed`] box that nothing here can open.

mod bytes;
mod ids;
mod keys;
mod knock;
mod saying;
mod sealed;

pub mod attendance;
pub mod change;
pub mod close;
pub mod command;
pub mod decide;
pub mod form;
pub mod frame;
pub mod limits;
pub mod lines;
pub mod method;
pub mod off_record;
pub mod presence;
mod put;
pub mod record;
pub mod refusal;
pub mod role;
pub mod room;
pub mod roster;
#[cfg(feature = "ts")]
pub mod ts;
pub mod view;

pub use bytes::{Blob, Challenge32, Hash32, Mac32, Nonce16, PublicKey, Signature64, Token32};
pub use change::Change;
pub use close::CloseCode;
pub use command::{
    Command, FormAnswer, KeyChange, OfferedLine, OwnKey, Put, RoundGrant, RoundKey, UnrecordedLine,
};
pub use decide::permission::{self, Act};
pub use decide::{Caller, Entrance, decide, due, enter, found, tick};
pub use frame::{ClientFrame, DecodeError, Founding, KnockFrame, ServerFrame, decode};
pub use ids::{BranchId, CommandId, DeviceId, ItemId, MeetingId, SeatId, Seq, SetId, Timestamp};
pub use method::Mode;
pub use presence::{Claim, Knock, Presence};
pub use record::{Entry, Recorded};
pub use refusal::{Code, Refusal};
pub use role::{LinkRole, Role};
pub use room::Room;
pub use roster::{Holder, Roster, RosterEdit, RosterFault};
pub use sealed::{BOX_OVERHEAD, BUCKETS, BoxFault, OWN_NUMBERS, Sealed, TextKind};

/// Version of the frames. A client that speaks another one is told to reload.
pub const PROTOCOL_VERSION: u32 = 3;

/// Earlier versions whose return (`resume`) is still served. A page of the first keeps nothing that is typed
/// over a reload, so it goes on, and is offered the new page. One of the second keeps it, and would take a
/// signed meeting for a forgery: it is told to reload.
pub const RETURNS: &[u32] = &[1];

/// The WebSocket subprotocol that client and server agree on.
pub const SUBPROTOCOL: &str = "als1";
