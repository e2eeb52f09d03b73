//! WebSocket frames (RFC 6455) for both sides of a connection, without I/O: bytes in, what they say
//! out. No extensions.
//!
//! Headers, opcodes and close codes are tungstenite's. The bytes are read where they lie and
//! belong to whoever calls, because a connection of tungstenite's holds buffers that an idle person
//! must not cost.

mod frames;

pub use frames::{Fault, Frames, Message, Step};
pub use tokio_tungstenite::tungstenite::protocol::Role;
pub use tokio_tungstenite::tungstenite::protocol::frame::coding::OpCode;

use std::io::Cursor;

use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
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

/// The longest header of a frame that is not masked.
pub const LONGEST_HEADER: usize = 10;

/// A frame's header, as it lies in the bytes that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// What it says.
    pub header: FrameHeader,
    /// Bytes of the header itself.
    pub bytes: usize,
    /// Bytes that follow.
    pub payload: u64,
}

impl Head {
    /// The header that `bytes` begin with; none while it is not whole.
    ///
    /// # Errors
    /// [`Fault::Broken`] when there is no such frame.
    pub fn read(bytes: &[u8]) -> Result<Option<Self>, Fault> {
        let mut cursor = Cursor::new(bytes);
        let parsed = FrameHeader::parse(&mut cursor).map_err(|_| Fault::Broken)?;
        let Some((header, payload)) = parsed else { return Ok(None) };
        let bytes = usize::try_from(cursor.position()).map_err(|_| Fault::Broken)?;
        Ok(Some(Self { header, bytes, payload }))
    }

    /// How many bytes the whole frame takes up.
    #[must_use]
    pub fn frame_bytes(&self) -> Option<usize> {
        self.bytes.checked_add(usize::try_from(self.payload).ok()?)
    }
}

/// Puts the header of a whole frame that is not masked into the end of `room`, so that it ends where
/// the payload begins. Says where it begins.
pub fn put_header(opcode: OpCode, payload: usize, room: &mut [u8; LONGEST_HEADER]) -> usize {
    let header = FrameHeader { opcode, ..FrameHeader::default() };
    let begin = LONGEST_HEADER.saturating_sub(header.len(payload as u64));
    let mut room = room.get_mut(begin..).unwrap_or_default();
    // Memory that is long enough takes what is written.
    let _ = header.format(payload as u64, &mut room);
    begin
}

/// Appends a whole frame. What a client sends is masked.
pub fn write(opcode: OpCode, payload: &[u8], mask: Option<[u8; 4]>, to: &mut Vec<u8>) {
    let header = FrameHeader { opcode, mask, ..FrameHeader::default() };
    // A vector takes whatever is written.
    let _ = header.format(payload.len() as u64, to);
    let begin = to.len();
    to.extend_from_slice(payload);
    if let (Some(mask), Some(payload)) = (mask, to.get_mut(begin..)) {
        apply_mask(payload, mask);
    }
}

/// Puts a mask on, or takes it off again. (tungstenite's own is not to be had from outside.)
pub fn apply_mask(payload: &mut [u8], mask: [u8; 4]) {
    // In blocks of a size that the compiler makes one instruction of.
    let wide = u128::from(u32::from_ne_bytes(mask)) * 0x0000_0001_0000_0001_0000_0001_0000_0001;
    let (blocks, rest) = payload.as_chunks_mut::<16>();
    for block in blocks {
        *block = (u128::from_ne_bytes(*block) ^ wide).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
}
