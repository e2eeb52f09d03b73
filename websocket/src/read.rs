//! What one side hears of the other, message by message.
//!
//! It is checked against tungstenite, frame for frame, by the tests.

use std::borrow::Cow;
use std::io::Cursor;

use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::{CLOSE, CONTINUE, OpCode, PING, PONG, Role, TEXT, apply_mask};

/// The most that a control frame may carry.
const CONTROL_BYTES: u64 = 125;
/// What a close is answered with whose code nobody may send.
const PROTOCOL_ERROR: [u8; 2] = 1002_u16.to_be_bytes();

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

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message<'a> {
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
pub enum Fault {
    /// Longer than is allowed.
    TooLarge,
    /// Not by the rules, or not text.
    Broken,
}

/// One step through what came.
#[derive(Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// The frame is not whole yet.
    More,
    /// A frame of so many bytes, and the message that it completes.
    Took {
        /// Its length.
        bytes: usize,
        /// What was heard.
        heard: Option<Message<'a>>,
    },
}

/// Where a peer's stream of frames stands.
#[derive(Debug)]
pub struct Frames {
    role: Role,
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

impl Frames {
    /// Of what a side in this role reads. No message may be longer than `most` bytes.
    #[must_use]
    pub fn new(role: Role, most: usize) -> Self {
        Self { role, most, begun: None }
    }

    /// From now on no message may be longer than `most` bytes.
    pub fn allow(&mut self, most: usize) {
        self.most = most;
    }

    /// How many bytes are kept of a message that comes in several frames.
    #[must_use]
    pub fn begun(&self) -> usize {
        self.begun.as_ref().map_or(0, |begun| begun.bytes.len())
    }

    /// Takes the frame that `bytes` begin with; it is unmasked where it lies.
    ///
    /// # Errors
    /// [`Fault`] when it is not to be believed.
    pub fn take<'a>(&mut self, bytes: &'a mut [u8]) -> Result<Step<'a>, Fault> {
        let Some(head) = Head::read(bytes)? else { return Ok(Step::More) };
        let Head { header, payload, .. } = &head;
        // The reserved bits belong to extensions; a client has to mask what it sends, a server must
        // not.
        let is_masked = matches!(self.role, Role::Server);
        if header.rsv1 || header.rsv2 || header.rsv3 || header.mask.is_some() != is_masked {
            return Err(Fault::Broken);
        }
        // Judged by its head: nothing that is too long or not by the rules is waited for.
        let begun = self.begun.as_ref().map(|begun| begun.bytes.len());
        match (header.opcode, begun) {
            (CLOSE | PING | PONG, _) => {
                if !header.is_final || *payload > CONTROL_BYTES {
                    return Err(Fault::Broken);
                }
            }
            (TEXT, None) | (CONTINUE, Some(_)) => {
                let room = self.most.saturating_sub(begun.unwrap_or_default());
                if *payload > room as u64 {
                    return Err(Fault::TooLarge);
                }
            }
            // Bytes that are not text, a text within a text, more of nothing.
            _ => return Err(Fault::Broken),
        }
        let end = head.frame_bytes().ok_or(Fault::TooLarge)?;
        let Some(payload) = bytes.get_mut(head.bytes..end) else { return Ok(Step::More) };
        if let Some(mask) = header.mask {
            apply_mask(payload, mask);
        }
        let payload = &*payload;
        let heard = match header.opcode {
            CLOSE => Some(Message::Close(goodbye(payload)?)),
            PING => Some(Message::Ping(payload)),
            PONG => Some(Message::Pong),
            OpCode::Data(_) | OpCode::Control(_) => self.text(payload, header.is_final)?,
        };
        Ok(Step::Took { bytes: end, heard })
    }

    fn text<'a>(&mut self, payload: &'a [u8], is_last: bool) -> Result<Option<Message<'a>>, Fault> {
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
        Ok(Some(Message::Text(text)))
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

/// What a goodbye is answered with: the same, where it is one that a peer may say.
fn goodbye(payload: &[u8]) -> Result<&[u8], Fault> {
    match payload {
        [] => Ok(payload),
        [a, b, reason @ ..] => {
            str::from_utf8(reason).map_err(|_| Fault::Broken)?;
            let code = CloseCode::from(u16::from_be_bytes([*a, *b]));
            Ok(if code.is_allowed() { payload } else { &PROTOCOL_ERROR })
        }
        [_] => Err(Fault::Broken),
    }
}
