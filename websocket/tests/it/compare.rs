//! The same bytes, read by us and by tungstenite: for the tests here and for the fuzzer.

use std::io::{self, Read, Write};

use setroom_websocket::{Fault, Frames, Head, Message, Role, Step, apply_mask};
use tokio_tungstenite::tungstenite::protocol::{WebSocket, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Error};

/// The longest message, in bytes: short, so that too long ones are met often.
pub(crate) const MOST: usize = 300;

/// What was heard, in words that both readers share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Text(String),
    Ping(Vec<u8>),
    Pong,
    Close(Vec<u8>),
    Fault(Fault),
}

/// As the reader does it: what is not whole is kept.
pub(crate) fn ours(role: Role, pieces: &[Vec<u8>]) -> Vec<Told> {
    let (mut frames, mut kept, mut told) = (Frames::new(role, MOST), Vec::new(), Vec::new());
    for piece in pieces {
        kept.extend_from_slice(piece);
        loop {
            match frames.take(&mut kept) {
                Ok(Step::More) => break,
                Ok(Step::Took { bytes, heard }) => {
                    match heard {
                        Some(Message::Text(text)) => told.push(Told::Text(text.into_owned())),
                        Some(Message::Ping(payload)) => told.push(Told::Ping(payload.to_vec())),
                        Some(Message::Pong) => told.push(Told::Pong),
                        Some(Message::Close(payload)) => {
                            told.push(Told::Close(payload.to_vec()));
                            return told;
                        }
                        None => {}
                    }
                    kept.drain(..bytes);
                }
                Err(fault) => {
                    told.push(Told::Fault(fault));
                    return told;
                }
            }
        }
    }
    told
}

/// Gives its pieces one by one, and keeps what is written.
struct Pieces<'a>(std::slice::Iter<'a, Vec<u8>>, &'a [u8], Vec<u8>);

impl Read for Pieces<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.1.is_empty() {
            self.1 = self.0.next().ok_or(io::ErrorKind::WouldBlock)?;
        }
        self.1.read(buf)
    }
}

impl Write for Pieces<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.2.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn theirs(role: Role, pieces: &[Vec<u8>]) -> Vec<Told> {
    let config = WebSocketConfig::default().max_message_size(Some(MOST)).max_frame_size(Some(MOST));
    let stream = Pieces(pieces.iter(), &[], Vec::new());
    let mut socket = WebSocket::from_raw_socket(stream, role, Some(config));
    let mut told = Vec::new();
    loop {
        match socket.read() {
            Ok(tungstenite::Message::Text(text)) => told.push(Told::Text(text.to_string())),
            Ok(tungstenite::Message::Ping(payload)) => told.push(Told::Ping(payload.to_vec())),
            Ok(tungstenite::Message::Pong(_)) => told.push(Told::Pong),
            Ok(tungstenite::Message::Close(_)) => {
                socket.get_mut().2.clear();
                // What it answers.
                assert!(socket.read().is_err());
                let written = &socket.get_ref().2;
                let head = Head::read(written).unwrap().unwrap();
                let mut answer = written.get(head.bytes..).unwrap().to_vec();
                apply_mask(&mut answer, head.header.mask.unwrap_or_default());
                // They add words to the code.
                let answer = answer.strip_suffix(b"Protocol violation").unwrap_or(&answer);
                told.push(Told::Close(answer.to_vec()));
                return told;
            }
            // Nothing but text is understood here.
            Ok(tungstenite::Message::Binary(_) | tungstenite::Message::Frame(_)) => {
                told.push(Told::Fault(Fault::Broken));
                return told;
            }
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => return told,
            Err(Error::Capacity(_)) => {
                told.push(Told::Fault(Fault::TooLarge));
                return told;
            }
            Err(_) => {
                told.push(Told::Fault(Fault::Broken));
                return told;
            }
        }
    }
}

/// Whether both heard the same. Against the rules is against the rules; only when that is noticed
/// may differ. What is no text, and what is too long, we refuse from its first head on; they wait
/// for all of it, and meanwhile hear what comes between its parts, which is never a text.
pub(crate) fn is_alike(ours: &[Told], theirs: &[Told]) -> bool {
    let Some((Told::Fault(fault), heard)) = ours.split_last() else { return ours == theirs };
    let Some(more) = theirs.strip_prefix(heard) else { return false };
    match fault {
        Fault::Broken => more.iter().all(|told| !matches!(told, Told::Text(_))),
        Fault::TooLarge => more.is_empty() || more == [Told::Fault(Fault::TooLarge)],
    }
}
