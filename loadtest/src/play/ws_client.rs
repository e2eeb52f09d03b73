//! One person's socket, in as little memory as it can be had: no task, no buffer while nothing is
//! under way. A tester of 16,000 seats holds as many of these.
//!
//! It speaks as much of RFC 6455 as this server needs: whole text messages, pings and closes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead as _, ReadBuf};
use tokio::net::TcpStream;

use setroom_client::{Ended, LineLog};

const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xa;
const FINAL: u8 = 0x80;
/// A snapshot of a room that is full of texts is some megabytes; more than this is a fault.
const MESSAGE_BYTES: u64 = 16 * 1024 * 1024;

/// A connection after its handshake.
#[derive(Debug)]
pub(crate) struct WsClient {
    stream: TcpStream,
    /// The beginning of a frame whose end has not come.
    part: Vec<u8>,
    /// What the socket has not taken yet.
    out: Vec<u8>,
    /// Whether nothing more will be read.
    over: Option<Ended>,
    log: Option<LineLog>,
}

/// A frame as it lies in the bytes that came.
struct Frame<'a> {
    opcode: u8,
    payload: &'a [u8],
    length: usize,
}

impl WsClient {
    /// `first` is the frame that the server began with.
    pub(crate) fn new(stream: TcpStream, first: &str, log: Option<LineLog>) -> Self {
        if let Some(log) = &log {
            log.got(first);
        }
        Self { stream, part: Vec::new(), out: Vec::new(), over: None, log }
    }

    /// Reads what has come, and hands each text message to `take`. Ready when no more will come;
    /// otherwise the context is woken when there is more.
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        scratch: &mut [u8],
        mut take: impl FnMut(&[u8]),
    ) -> Poll<Ended> {
        loop {
            if let Some(over) = &self.over {
                return Poll::Ready(over.clone());
            }
            let mut buffer = ReadBuf::new(scratch);
            let read = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer));
            let ended = match read {
                Err(error) => Some(Ended::Lost(error.kind().to_string())),
                Ok(()) if buffer.filled().is_empty() => Some(Ended::Lost("no more is sent".into())),
                Ok(()) => self.bytes(buffer.filled(), &mut take),
            };
            if let (Some(log), Some(ended)) = (&self.log, &ended) {
                log.ended(ended);
            }
            self.over = ended;
        }
    }

    fn bytes(&mut self, bytes: &[u8], take: &mut impl FnMut(&[u8])) -> Option<Ended> {
        if self.part.is_empty() {
            let (used, ended) = self.frames(bytes, take);
            self.part.extend_from_slice(bytes.get(used..).unwrap_or_default());
            return ended;
        }
        let mut part = std::mem::take(&mut self.part);
        part.extend_from_slice(bytes);
        let (used, ended) = self.frames(&part, take);
        if used < part.len() {
            part.drain(..used);
            self.part = part;
        }
        ended
    }

    /// Takes whole frames from the front; gives how many bytes they were, and the end if it came.
    fn frames(&mut self, bytes: &[u8], take: &mut impl FnMut(&[u8])) -> (usize, Option<Ended>) {
        let mut used = 0;
        loop {
            let frame = match frame(bytes.get(used..).unwrap_or_default()) {
                Ok(Some(frame)) => frame,
                Ok(None) => return (used, None),
                Err(ended) => return (used, Some(ended)),
            };
            used += frame.length;
            match frame.opcode {
                TEXT => {
                    if let (Some(log), Ok(text)) = (&self.log, str::from_utf8(frame.payload)) {
                        log.got(text);
                    }
                    take(frame.payload);
                }
                PING => self.push(PONG, frame.payload, 0),
                PONG => {}
                CLOSE => {
                    let ended = closed(frame.payload);
                    self.push(CLOSE, frame.payload.get(..2).unwrap_or_default(), 0);
                    return (used, Some(ended));
                }
                _ => return (used, Some(Ended::Unreadable(0))),
            }
        }
    }

    /// Sends a text. What the socket does not take now goes out with [`WsClient::poll_flush`].
    pub(crate) fn send(&mut self, text: &str, mask: u32) {
        if let Some(log) = &self.log {
            log.sent(text);
        }
        self.push(TEXT, text.as_bytes(), mask);
    }

    /// Says goodbye, and reads no more.
    pub(crate) fn bye(mut self) {
        self.push(CLOSE, &1000_u16.to_be_bytes(), 0);
    }

    fn push(&mut self, opcode: u8, payload: &[u8], mask: u32) {
        let start = self.out.len();
        self.out.push(FINAL | opcode);
        // A client's frames are masked; the second length bit says so.
        match payload.len() {
            short @ 0..=125 => self.out.push(0x80 | u8::try_from(short).unwrap_or(0)),
            middle @ 126..=0xffff => {
                self.out.push(0x80 | 126);
                self.out.extend(u16::try_from(middle).unwrap_or(0).to_be_bytes());
            }
            long => {
                self.out.push(0x80 | 127);
                self.out.extend((long as u64).to_be_bytes());
            }
        }
        let mask = mask.to_be_bytes();
        self.out.extend(mask);
        self.out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        if start == 0 {
            self.write();
        }
    }

    /// Writes as much as the socket takes without waiting.
    fn write(&mut self) {
        while !self.out.is_empty() {
            match self.stream.try_write(&self.out) {
                Ok(count) => {
                    self.out.drain(..count);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => {
                    // Reading will tell how it ended.
                    self.out.clear();
                }
            }
        }
        self.out = Vec::new();
    }

    /// Goes on sending what the socket did not take; wakes the context when it takes more.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) {
        while !self.out.is_empty() {
            if self.stream.poll_write_ready(cx).is_pending() {
                return;
            }
            self.write();
        }
    }
}

/// The frame at the front; `None` when it has not come whole.
fn frame(bytes: &[u8]) -> Result<Option<Frame<'_>>, Ended> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    let (length, head) = match second {
        127 => match rest.first_chunk::<8>() {
            Some(length) => (u64::from_be_bytes(*length), 10),
            None => return Ok(None),
        },
        126 => match rest.first_chunk::<2>() {
            Some(length) => (u64::from(u16::from_be_bytes(*length)), 4),
            None => return Ok(None),
        },
        // A server's frames are not masked, so the high bit is not set.
        128.. => return Err(Ended::Unreadable(0)),
        short => (u64::from(*short), 2),
    };
    if first & FINAL == 0 || length > MESSAGE_BYTES {
        return Err(Ended::Unreadable(0));
    }
    let length = head + usize::try_from(length).unwrap_or(usize::MAX);
    let payload = bytes.get(head..length);
    Ok(payload.map(|payload| Frame { opcode: first & 0x0f, payload, length }))
}

fn closed(payload: &[u8]) -> Ended {
    match payload.split_first_chunk::<2>() {
        Some((code, reason)) => Ended::Closed {
            code: u16::from_be_bytes(*code),
            reason: String::from_utf8_lossy(reason).into_owned(),
        },
        None => Ended::Closed { code: 1005, reason: String::new() },
    }
}
