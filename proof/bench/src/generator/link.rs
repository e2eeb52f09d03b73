//! One person's socket, raw.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;

use setroom_websocket::{CLOSE, OpCode, PING, PONG, TEXT};

use super::connect::Way;
use crate::wire::{self, Framed, Stamp};

/// A connection that is open and past its first frame.
#[derive(Debug)]
pub(super) struct Link {
    stream: TcpStream,
    /// Which room it is in.
    pub(super) room: usize,
    /// Bytes of a frame whose rest has not come yet.
    pub(super) carry: Vec<u8>,
    /// The place of the last change that came; `None` before the first.
    pub(super) last: Option<u64>,
    /// Whether its person's tick is there.
    on: bool,
}

impl Link {
    pub(super) fn new(stream: TcpStream, room: usize, carry: Vec<u8>) -> Self {
        Self { stream, room, carry, last: None, on: false }
    }

    /// What a press makes of the tick.
    pub(super) fn press(&mut self) -> bool {
        self.on = !self.on;
        self.on
    }

    /// Appends the command as a frame.
    pub(super) fn command(&self, way: Way, stamp: Stamp, on: bool, to: &mut Vec<u8>) {
        let mut text = Vec::with_capacity(128);
        if way == Way::SocketIo {
            text.extend_from_slice(br#"42["do","#);
        }
        wire::tick(stamp, self.last.unwrap_or(0), on, &mut text);
        if way == Way::SocketIo {
            text.push(b']');
        }
        wire::client_frame(TEXT, &text, to);
    }

    /// Writes all of it at once; a server that lets its socket fill up is not what is measured.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.stream.write(bytes) {
            Ok(written) if written == bytes.len() => Ok(()),
            Ok(_) => Err(io::Error::other("the server does not read what it is sent")),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                Err(io::Error::other("the server does not read what it is sent"))
            }
            Err(error) => Err(error),
        }
    }

    /// Reads what is there; `None` when that is nothing.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        match self.stream.read(buffer) {
            Ok(0) => Err(io::Error::new(ErrorKind::UnexpectedEof, "the server ended a connection")),
            Ok(got) => Ok(Some(got)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Answers signs of life by itself, and gives the text that a frame carries.
    pub(super) fn take<'a>(
        &mut self,
        way: Way,
        frame: &Framed<'a>,
    ) -> io::Result<Option<&'a [u8]>> {
        match frame.opcode {
            TEXT if way == Way::SocketIo => self.take_socket_io(frame.payload),
            TEXT => Ok(Some(frame.payload)),
            CLOSE => {
                let code =
                    frame.payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code));
                Err(io::Error::other(format!("the server closed a connection with {code}")))
            }
            PING => {
                let mut pong = Vec::new();
                wire::client_frame(PONG, frame.payload, &mut pong);
                self.write(&pong)?;
                Ok(None)
            }
            OpCode::Data(_) | OpCode::Control(_) => Ok(None),
        }
    }

    /// engine.io says `2` and wants `3`; an event of socket.io is `42["name",{…}]`.
    fn take_socket_io<'a>(&mut self, text: &'a [u8]) -> io::Result<Option<&'a [u8]>> {
        if text == b"2" {
            let mut pong = Vec::new();
            wire::client_frame(TEXT, b"3", &mut pong);
            self.write(&pong)?;
            return Ok(None);
        }
        let begin = text.iter().position(|byte| *byte == b'{');
        let event = text.strip_suffix(b"]").filter(|_| text.starts_with(b"42"));
        Ok(begin.and_then(|begin| event?.get(begin..)))
    }
}
