//! One WebSocket: how it is read and written, frame by frame.
//!
//! The connection's own task reads; the room writes. Every byte that goes out, control frames included,
//! passes through the socket's [`Sink`], so frames never interleave.

pub(crate) mod reader;
mod send_queue;
mod sink;
mod slow_reader;

pub(crate) use send_queue::Welcome;
pub(crate) use sink::Sink;

use bytes::{Buf, Bytes};
use setroom_protocol::{CloseCode, ServerFrame};
use setroom_websocket::{CLOSE, LONGEST_HEADER, OpCode, PONG, TEXT, put_header};

/// An unmasked WebSocket text frame around a server frame: header and payload in one piece, so
/// that it can be written to any number of sockets as it is.
pub(crate) fn text(frame: &ServerFrame) -> Bytes {
    framed(TEXT, |out| frame.encode_into(out))
}

/// A close frame with its code and reason.
pub(crate) fn close(code: CloseCode) -> Bytes {
    framed(CLOSE, |out| {
        out.extend_from_slice(&code.code().to_be_bytes());
        out.extend_from_slice(code.reason().as_bytes());
    })
}

/// A close frame that answers a peer's.
pub(crate) fn echo(payload: &[u8]) -> Bytes {
    framed(CLOSE, |out| out.extend_from_slice(payload))
}

/// A pong with what came with the ping.
pub(crate) fn pong(payload: &[u8]) -> Bytes {
    framed(PONG, |out| out.extend_from_slice(payload))
}

/// A ping without payload.
pub(crate) const PING: Bytes = Bytes::from_static(&[0x89, 0]);

/// A whole frame.
///
/// The header's length follows from the payload's, so the payload is written behind the longest
/// header there is, and what was too much is cut off in front: no byte of it moves.
pub(crate) fn framed(opcode: OpCode, payload: impl FnOnce(&mut Vec<u8>)) -> Bytes {
    let mut out = Vec::with_capacity(512);
    out.extend_from_slice(&[0; LONGEST_HEADER]);
    payload(&mut out);
    let length = out.len() - LONGEST_HEADER;
    begin(out, opcode, length)
}

/// The beginning of a text frame of which `rest` bytes more come in other pieces.
pub(crate) fn text_begun(words: &[u8], rest: usize) -> Bytes {
    let mut out = vec![0; LONGEST_HEADER];
    out.extend_from_slice(words);
    begin(out, TEXT, words.len() + rest)
}

/// Puts the header for a payload of this length in front of what stands behind the room for it.
fn begin(mut out: Vec<u8>, opcode: OpCode, length: usize) -> Bytes {
    let begin = out.first_chunk_mut().map_or(0, |room| put_header(opcode, length, room));
    let mut out = Bytes::from(out);
    out.advance(begin);
    out
}

#[cfg(test)]
mod tests {
    use super::{PING, framed};
    use setroom_websocket::TEXT;

    #[test]
    fn a_frame_begins_where_its_header_does() {
        for (length, head) in [(2, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            let frame = framed(TEXT, |out| out.resize(out.len() + length, b'x'));
            assert_eq!(frame.len(), length + head, "{length} bytes");
            assert_eq!(frame.first(), Some(&0x81), "{length} bytes");
        }
        assert_eq!(PING, framed(setroom_websocket::PING, |_| {}));
    }
}
