//! One WebSocket: how it opens, how it is read, how it is written, how it ends.
//!
//! tokio-tungstenite reads; the room writes. Every byte that goes out, control frames included,
//! passes through the socket's [`Sink`], so frames never interleave.

mod serve;
mod sink;
mod upgrade;
mod wire;

pub(crate) use sink::Sink;
pub(crate) use upgrade::upgrade;

use bytes::{BufMut, Bytes, BytesMut};
use setroom_protocol::{CloseCode, ServerFrame};

/// An unmasked WebSocket text frame around a server frame: header and payload in one piece, so
/// that it can be written to any number of sockets as it is.
pub(crate) fn text(frame: &ServerFrame) -> Bytes {
    wrap(0x81, frame.encode().as_bytes())
}

/// A close frame with its code and reason.
pub(crate) fn close(code: CloseCode) -> Bytes {
    let mut payload = BytesMut::with_capacity(32);
    payload.put_u16(code.code());
    payload.put_slice(code.reason().as_bytes());
    wrap(0x88, &payload)
}

/// A ping without payload.
pub(crate) const PING: Bytes = Bytes::from_static(&[0x89, 0]);

/// First byte (final bit and opcode), then RFC 6455's length form, then the payload.
fn wrap(first: u8, payload: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(payload.len() + 10);
    out.put_u8(first);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(len), _) if len < 126 => out.put_u8(len),
        (_, Ok(len)) => {
            out.put_u8(126);
            out.put_u16(len);
        }
        (_, Err(_)) => {
            out.put_u8(127);
            out.put_u64(payload.len() as u64);
        }
    }
    out.put_slice(payload);
    out.freeze()
}

#[cfg(test)]
mod tests {
    use super::wrap;

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
