//! Frames on their way out, and the mask that a client puts on.

use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;

use crate::OpCode;

/// The longest header of a frame that is not masked.
pub const LONGEST_HEADER: usize = 10;

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
