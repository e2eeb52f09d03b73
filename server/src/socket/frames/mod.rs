//! WebSocket frames as a client sends them (RFC 6455, the server's side, no extensions).
//!
//! Only what is needed to read: the room and the socket's own task make the frames that go out.
//! It is checked against tungstenite, frame for frame, by the tests below.

use std::borrow::Cow;

/// Text, or more of it.
const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;
/// The most that a control frame may carry.
const CONTROL_BYTES: usize = 125;
/// What a close is answered with whose code nobody may send.
const PROTOCOL_ERROR: [u8; 2] = 1002_u16.to_be_bytes();

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard<'a> {
    /// A whole message.
    Text(Cow<'a, str>),
    /// A sign of life is wanted; this comes back with it.
    Ping(&'a [u8]),
    /// A sign of life.
    Pong,
    /// The peer says goodbye; it is answered with this.
    Close(&'a [u8]),
}

/// Why what came cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Longer than is allowed.
    TooLarge,
    /// Not by the rules, or not text.
    Broken,
}

/// One step through what came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// The frame is not whole yet.
    More,
    /// A frame of so many bytes, and the message that it completes.
    Took { bytes: usize, heard: Option<Heard<'a>> },
}

/// Where a client's stream of frames stands.
#[derive(Debug)]
pub(super) struct Frames {
    most: usize,
    /// The beginning of a message that comes in several frames.
    begun: Option<Begun>,
}

#[derive(Debug, Default)]
struct Begun {
    bytes: Vec<u8>,
    /// So many of them are text for certain; after them comes at most a letter that is not whole.
    text: usize,
}

/// A frame's head.
struct Head {
    is_last: bool,
    opcode: u8,
    mask: [u8; 4],
    /// Bytes of the head itself.
    bytes: usize,
    /// Bytes that follow.
    payload: u64,
}

impl Frames {
    /// No message may be longer than `most` bytes.
    pub(super) fn new(most: usize) -> Self {
        Self { most, begun: None }
    }

    pub(super) fn allow(&mut self, most: usize) {
        self.most = most;
    }

    /// Takes the frame that `bytes` begin with; it is unmasked where it lies.
    pub(super) fn take<'a>(&mut self, bytes: &'a mut [u8]) -> Result<Step<'a>, Fault> {
        let Some(head) = Head::read(bytes)? else { return Ok(Step::More) };
        let Head { is_last, opcode, mask, .. } = head;
        // Judged by its head: nothing that is too long or not by the rules is waited for.
        let begun = self.begun.as_ref().map(|begun| begun.bytes.len());
        match (opcode, begun) {
            (CLOSE | PING | PONG, _) => {
                if !is_last || head.payload > CONTROL_BYTES as u64 {
                    return Err(Fault::Broken);
                }
            }
            (TEXT, None) | (CONTINUATION, Some(_)) => {
                let room = self.most.saturating_sub(begun.unwrap_or_default());
                if head.payload > room as u64 {
                    return Err(Fault::TooLarge);
                }
            }
            // Bytes that are not text, a text within a text, more of nothing, and what is reserved.
            _ => return Err(Fault::Broken),
        }
        let end = head.bytes + usize::try_from(head.payload).map_err(|_| Fault::TooLarge)?;
        let Some(payload) = bytes.get_mut(head.bytes..end) else { return Ok(Step::More) };
        unmask(payload, mask);
        let payload = &*payload;
        let heard = match opcode {
            CLOSE => Some(Heard::Close(goodbye(payload)?)),
            PING => Some(Heard::Ping(payload)),
            PONG => Some(Heard::Pong),
            _ => self.text(payload, is_last)?,
        };
        Ok(Step::Took { bytes: end, heard })
    }

    fn text<'a>(&mut self, payload: &'a [u8], is_last: bool) -> Result<Option<Heard<'a>>, Fault> {
        let text = match (self.begun.take(), is_last) {
            (None, true) => str::from_utf8(payload).map_err(|_| Fault::Broken)?.into(),
            (begun, _) => {
                let mut begun = begun.unwrap_or_default();
                begun.bytes.extend_from_slice(payload);
                begun.text += text_in(begun.bytes.get(begun.text..).unwrap_or_default())?;
                if !is_last {
                    self.begun = Some(begun);
                    return Ok(None);
                }
                String::from_utf8(begun.bytes).map_err(|_| Fault::Broken)?.into()
            }
        };
        Ok(Some(Heard::Text(text)))
    }
}

impl Head {
    /// `None` while it is not whole.
    fn read(bytes: &[u8]) -> Result<Option<Self>, Fault> {
        let [first, second, rest @ ..] = bytes else { return Ok(None) };
        let is_masked = second & 0x80 != 0;
        // The three reserved bits belong to extensions, and a client has to mask what it sends.
        if first & 0x70 != 0 || !is_masked {
            return Err(Fault::Broken);
        }
        let (payload, mask, long) = match (second & 0x7f, rest) {
            (126, [a, b, mask @ ..]) => (u16::from_be_bytes([*a, *b]).into(), mask, 2),
            (127, [a, b, c, d, e, f, g, h, mask @ ..]) => {
                (u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]), mask, 8)
            }
            (126 | 127, _) => return Ok(None),
            (short, mask) => (short.into(), mask, 0),
        };
        let [a, b, c, d, ..] = mask else { return Ok(None) };
        Ok(Some(Self {
            is_last: first & 0x80 != 0,
            opcode: first & 0x0f,
            mask: [*a, *b, *c, *d],
            bytes: 2 + long + 4,
            payload,
        }))
    }
}

/// How many of these bytes are text, when what follows them may become a letter.
fn text_in(bytes: &[u8]) -> Result<usize, Fault> {
    match str::from_utf8(bytes) {
        Ok(_) => Ok(bytes.len()),
        Err(error) if error.error_len().is_none() => Ok(error.valid_up_to()),
        Err(_) => Err(Fault::Broken),
    }
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
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

/// What a goodbye is answered with: the same, where it is one that a peer may say.
fn goodbye(payload: &[u8]) -> Result<&[u8], Fault> {
    match payload {
        [] => Ok(payload),
        [a, b, reason @ ..] => {
            str::from_utf8(reason).map_err(|_| Fault::Broken)?;
            match u16::from_be_bytes([*a, *b]) {
                1000..=1003 | 1007..=1013 | 3000..=4999 => Ok(payload),
                _ => Ok(&PROTOCOL_ERROR),
            }
        }
        [_] => Err(Fault::Broken),
    }
}

#[cfg(any(test, fuzzing))]
pub(crate) mod compare;
#[cfg(test)]
mod tests;
