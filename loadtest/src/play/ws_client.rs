//! One person's socket, in as little memory as it can be had: no task, no buffer while nothing is
//! under way. A tester of 16,000 seats holds as many of these.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use setroom_client::{Ended, LineLog};
use setroom_websocket::{CLOSE, Frames, Message, OpCode, PONG, Role, Step, TEXT, write};
use tokio::io::{AsyncRead as _, ReadBuf};
use tokio::net::TcpStream;

/// A snapshot of a room that is full of texts is some megabytes; more than this is a fault.
const MESSAGE_BYTES: usize = 16 * 1024 * 1024;

/// A connection after its handshake.
#[derive(Debug)]
pub(crate) struct WsClient {
    stream: TcpStream,
    frames: Frames,
    /// The beginning of a frame whose end has not come.
    part: Vec<u8>,
    /// What the socket has not taken yet.
    out: Vec<u8>,
    /// Whether nothing more will be read.
    over: Option<Ended>,
    log: Option<LineLog>,
}

impl WsClient {
    /// `first` is the frame that the server began with.
    pub(crate) fn new(stream: TcpStream, first: &str, log: Option<LineLog>) -> Self {
        if let Some(log) = &log {
            log.got(first);
        }
        let frames = Frames::new(Role::Client, MESSAGE_BYTES);
        Self { stream, frames, part: Vec::new(), out: Vec::new(), over: None, log }
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
                Ok(()) => self.bytes(buffer.filled_mut(), &mut take),
            };
            if let (Some(log), Some(ended)) = (&self.log, &ended) {
                log.ended(ended);
            }
            self.over = ended;
        }
    }

    fn bytes(&mut self, bytes: &mut [u8], take: &mut impl FnMut(&[u8])) -> Option<Ended> {
        if self.part.is_empty() {
            let (used, ended) = self.whole(bytes, take);
            self.part.extend_from_slice(bytes.get(used..).unwrap_or_default());
            return ended;
        }
        let mut part = std::mem::take(&mut self.part);
        part.extend_from_slice(bytes);
        let (used, ended) = self.whole(&mut part, take);
        if used < part.len() {
            part.drain(..used);
            self.part = part;
        }
        ended
    }

    /// Takes whole frames from the front; gives how many bytes they were, and the end if it came.
    fn whole(&mut self, bytes: &mut [u8], take: &mut impl FnMut(&[u8])) -> (usize, Option<Ended>) {
        let mut used = 0;
        loop {
            let heard = match self.frames.take(bytes.get_mut(used..).unwrap_or_default()) {
                Ok(Step::More) => return (used, None),
                Ok(Step::Took { bytes, heard }) => {
                    used += bytes;
                    heard
                }
                Err(_) => return (used, Some(Ended::Unreadable(0))),
            };
            match heard {
                Some(Message::Text(text)) => {
                    if let Some(log) = &self.log {
                        log.got(&text);
                    }
                    take(text.as_bytes());
                }
                Some(Message::Ping(payload)) => self.push(PONG, payload, 0),
                Some(Message::Close(payload)) => {
                    self.push(CLOSE, payload, 0);
                    return (used, Some(closed(payload)));
                }
                Some(Message::Pong) | None => {}
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

    fn push(&mut self, opcode: OpCode, payload: &[u8], mask: u32) {
        let is_idle = self.out.is_empty();
        write(opcode, payload, Some(mask.to_be_bytes()), &mut self.out);
        if is_idle {
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

fn closed(payload: &[u8]) -> Ended {
    match payload.split_first_chunk::<2>() {
        Some((code, reason)) => Ended::Closed {
            code: u16::from_be_bytes(*code),
            reason: String::from_utf8_lossy(reason).into_owned(),
        },
        None => Ended::Closed { code: 1005, reason: String::new() },
    }
}
