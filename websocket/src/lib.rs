//! WebSocket frames (RFC 6455) for both sides of a connection, without I/O: bytes in, what they say
//! out. No extensions.
//!
//! Headers, opcodes and close codes are tungstenite's. The bytes are read where they lie and
//! belong to whoever calls, because a connection of tungstenite's holds buffers that an idle person
//! must not cost.

mod read;
mod write;

pub use read::{Fault, Frames, Head, Message, Step};
pub use tokio_tungstenite::tungstenite::protocol::Role;
pub use tokio_tungstenite::tungstenite::protocol::frame::coding::OpCode;
pub use write::{LONGEST_HEADER, apply_mask, put_header, write};

use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data};

/// More of a text.
pub const CONTINUE: OpCode = OpCode::Data(Data::Continue);
/// A text, or its beginning.
pub const TEXT: OpCode = OpCode::Data(Data::Text);
/// A goodbye.
pub const CLOSE: OpCode = OpCode::Control(Control::Close);
/// A sign of life is wanted.
pub const PING: OpCode = OpCode::Control(Control::Ping);
/// A sign of life.
pub const PONG: OpCode = OpCode::Control(Control::Pong);
