//! One WebSocket: how it is read and written, frame by frame.
//!
//! The connection's own task reads; the room writes. Every byte that goes out, control frames included,
//! passes through the socket's [`Sink`], so frames never interleave.

pub(crate) mod frames;
pub(crate) mod reader;
mod send_queue;
mod sink;

pub(crate) use send_queue::Welcome;
pub(crate) use sink::Sink;

use bytes::{Buf, Bytes};
use setroom_protocol::{CloseCode, ServerFrame};

/// An unmasked WebSocket text frame around a server frame: header and payload in one piece, so
/// that it can be written to any number of sockets as it is.
pub(crate) fn text(frame: &ServerFrame) -> Bytes {
    framed(0x81, |out| frame.encode_into(out))
}

/// A close frame with its code and reason.
pub(crate) fn close(code: CloseCode) -> Bytes {
    framed(0x88, |out| {
        out.extend_from_slice(&code.code().to_be_bytes());
        out.extend_from_slice(code.reason().as_bytes());
    })
}

/// A close frame that answers a peer's.
pub(crate) fn echo(payload: &[u8]) -> Bytes {
    framed(0x88, |out| out.extend_from_slice(payload))
}

/// A pong with what came with the ping.
pub(crate) fn pong(payload: &[u8]) -> Bytes {
    framed(0x8a, |out| out.extend_from_slice(payload))
}

/// A ping without payload.
pub(crate) const PING: Bytes = Bytes::from_static(&[0x89, 0]);

/// The longest header of an unmasked frame.
const LONGEST_HEADER: usize = 10;

/// A frame: first byte (final bit and opcode), RFC 6455's shortest length form, then the payload.
///
/// The header's length follows from the payload's, so the payload is written behind the longest
/// header there is, and what was too much is cut off in front: no byte of it moves.
pub(crate) fn framed(first: u8, payload: impl FnOnce(&mut Vec<u8>)) -> Bytes {
    let mut out = Vec::with_capacity(512);
    out.extend_from_slice(&[0; LONGEST_HEADER]);
    payload(&mut out);
    let length = out.len() - LONGEST_HEADER;
    begin(out, first, length)
}

/// The beginning of a text frame of which `rest` bytes more come in other pieces.
pub(crate) fn text_begun(words: &[u8], rest: usize) -> Bytes {
    let mut out = vec![0; LONGEST_HEADER];
    out.extend_from_slice(words);
    begin(out, 0x81, words.len() + rest)
}

/// Puts the header for a payload of this length in front of what stands behind the room for it.
fn begin(mut out: Vec<u8>, first: u8, length: usize) -> Bytes {
    // Right-aligned, so that it ends where the payload begins.
    let mut header = [0; LONGEST_HEADER];
    let begin = match (u8::try_from(length), u16::try_from(length)) {
        (Ok(length), _) if length < 126 => {
            [header[8], header[9]] = [first, length];
            8
        }
        (_, Ok(length)) => {
            [header[6], header[7]] = [first, 126];
            [header[8], header[9]] = length.to_be_bytes();
            6
        }
        (_, Err(_)) => {
            [header[0], header[1]] = [first, 127];
            header[2..].copy_from_slice(&(length as u64).to_be_bytes());
            0
        }
    };
    if let Some(place) = out.first_chunk_mut() {
        *place = header;
    }
    let mut out = Bytes::from(out);
    out.advance(begin);
    out
}

#[cfg(test)]
mod tests {
    use super::framed;

    fn wrap(first: u8, payload: &[u8]) -> bytes::Bytes {
        framed(first, |out| out.extend_from_slice(payload))
    }

    #[test]
    fn lengths_take_the_shortest_form() {
        assert_eq!(&wrap(0x81, b"hi")[..], b"\x81\x02hi");
        for (len, head) in [(125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            let frame = wrap(0x81, &vec![b'x'; len]);
            assert_eq!(frame.len(), len + head, "{len} bytes");
        }
        assert_eq!(&wrap(0x81, &[0; 126])[..4], [0x81, 126, 0, 126]);
        assert_eq!(&wrap(0x81, &[0; 65_536])[..10], [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }
}
