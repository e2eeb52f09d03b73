//! The few bytes of frames that the generator and the floor need to read and write. Nothing is allocated and no JSON tree is built, so that what is measured is the server.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use setroom_websocket::{Head, OpCode, apply_mask, write};

/// Characters of a command's id, and of a seat's.
pub const ID: usize = 22;
/// What follows a frame's place up to its command's id: `,"at":<13 digits>,"by":"<seat>","re":"`.
const AFTER_SEQ: usize = 6 + 13 + 7 + ID + 1 + 7;
/// The mask of every frame that the generator sends. Servers unmask it like any other.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A frame of the WebSocket protocol, as it lies in a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Framed<'a> {
    /// What it is.
    pub opcode: OpCode,
    /// What it carries, unmasked only if it came unmasked.
    pub payload: &'a [u8],
    /// The mask, when there is one.
    pub mask: Option<[u8; 4]>,
    /// Bytes that it takes up in all.
    pub length: usize,
}

/// The first frame in `bytes`, if all of it is there.
pub fn first_frame(bytes: &[u8]) -> Option<Framed<'_>> {
    let head = Head::read(bytes).ok()??;
    let length = head.frame_bytes()?;
    let payload = bytes.get(head.bytes..length)?;
    Some(Framed { opcode: head.header.opcode, payload, mask: head.header.mask, length })
}

/// Appends a frame as a client sends it, masked.
pub fn client_frame(opcode: OpCode, payload: &[u8], to: &mut Vec<u8>) {
    write(opcode, payload, Some(MASK), to);
}

/// Takes the mask off.
pub fn unmask(payload: &[u8], mask: [u8; 4], to: &mut Vec<u8>) {
    to.clear();
    to.extend_from_slice(payload);
    apply_mask(to, mask);
}

/// What the generator writes into a command's id, and finds again in every delivery of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// When it was due, in nanoseconds since the run began.
    pub due: u64,
    /// The connection that sent it.
    pub from: u32,
    /// The room that it was sent to.
    pub room: u32,
}

impl Stamp {
    /// As an id: 16 bytes in base64url.
    pub fn write(self) -> [u8; ID] {
        let (due, from, room) =
            (u128::from(self.due), u128::from(self.from), u128::from(self.room));
        let bytes = (due << 64 | from << 32 | room).to_be_bytes();
        let mut text = [b'A'; ID];
        // 16 bytes make exactly 22 characters.
        let _ = URL_SAFE_NO_PAD.encode_slice(bytes, &mut text);
        text
    }

    /// From an id; `None` for what the generator did not make.
    pub fn read(id: &[u8]) -> Option<Self> {
        let mut bytes = [0; 16];
        URL_SAFE_NO_PAD.decode_slice(id, &mut bytes).ok().filter(|length| *length == 16)?;
        let due = u64::from_be_bytes(*bytes.first_chunk()?);
        let from = u32::from_be_bytes(*bytes.get(8..)?.first_chunk()?);
        let room = u32::from_be_bytes(*bytes.get(12..)?.first_chunk()?);
        Some(Self { due, from, room })
    }
}

/// A text frame from a server, as far as the generator cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard<'a> {
    /// Something happened in the room; its place, and the id of the command that it follows from.
    Change(u64, Option<&'a [u8]>),
    /// The whole view, or the whole own view: where this connection begins.
    Begin(u64),
    /// The answer to a command.
    Done,
    /// A rule said no.
    Refused,
    /// Signs of life, who is there, who knocks.
    Other,
}

/// Reads a text frame. All servers here write `t` first and `seq` second.
pub fn hear(text: &[u8]) -> Heard<'_> {
    if let Some(rest) = text.strip_prefix(br#"{"t":"change","seq":"#) {
        return match number(rest) {
            Some((seq, rest)) => Heard::Change(seq, command_of(rest)),
            None => Heard::Other,
        };
    }
    if text.starts_with(br#"{"t":"done""#) {
        return Heard::Done;
    }
    if text.starts_with(br#"{"t":"refused""#) {
        return Heard::Refused;
    }
    let begun = text
        .strip_prefix(br#"{"t":"snapshot","seq":"#)
        .or_else(|| text.strip_prefix(br#"{"t":"own","seq":"#).filter(|_| is_whole(text)));
    if let Some((seq, _)) = begun.and_then(number) {
        return Heard::Begin(seq);
    }
    Heard::Other
}

fn is_whole(text: &[u8]) -> bool {
    text.ends_with(br#","whole":true}"#)
}

/// The whole number at the front, spaces before it allowed, and what follows it.
fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let text = text.trim_ascii_start();
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (front, rest) = text.split_at_checked(digits).filter(|(front, _)| !front.is_empty())?;
    let value = front.iter().fold(0u64, |sum, digit| {
        sum.wrapping_mul(10).wrapping_add(u64::from(digit.wrapping_sub(b'0')))
    });
    Some((value, rest))
}

/// The id after `"re":"`: where it nearly always stands, else wherever it stands.
fn command_of(rest: &[u8]) -> Option<&[u8]> {
    const MARK: &[u8] = br#""re":""#;
    let usual = rest.get(AFTER_SEQ - MARK.len()..AFTER_SEQ).is_some_and(|found| found == MARK);
    let at = if usual {
        AFTER_SEQ
    } else {
        rest.windows(MARK.len()).position(|window| window == MARK)? + MARK.len()
    };
    rest.get(at..at + ID)
}

/// Appends the command that every run is made of: a person ticks a part off, or takes that back.
pub fn tick(stamp: Stamp, seen: u64, on: bool, to: &mut Vec<u8>) {
    to.extend_from_slice(br#"{"t":"do","cid":""#);
    to.extend_from_slice(&stamp.write());
    to.extend_from_slice(br#"","seen":"#);
    to.extend_from_slice(seen.to_string().as_bytes());
    to.extend_from_slice(br#","cmd":{"c":"tick","on":"#);
    to.extend_from_slice(if on { b"true}}" } else { b"false}}" });
}
