//! The same bytes, read by us and by tungstenite.

use std::io::{self, Read, Write};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocket, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::*;

const MOST: usize = 300;

/// What was heard, in words that both readers share.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Told {
    Text(String),
    Ping(Vec<u8>),
    Pong,
    Close(Vec<u8>),
    Fault(Fault),
}

fn frame(first: u8, mask: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    match payload.len() {
        len @ 0..126 => out.push(0x80 | u8::try_from(len).unwrap()),
        len @ 126..65_536 => {
            out.push(0x80 | 126);
            out.extend(u16::try_from(len).unwrap().to_be_bytes());
        }
        len => {
            out.push(0x80 | 127);
            out.extend((len as u64).to_be_bytes());
        }
    }
    out.extend(mask);
    out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    out
}

/// As the reader does it: what is not whole is kept.
fn ours(pieces: &[Vec<u8>]) -> Vec<Told> {
    let (mut frames, mut kept, mut told) = (Frames::new(MOST), Vec::new(), Vec::new());
    for piece in pieces {
        kept.extend_from_slice(piece);
        loop {
            match frames.take(&mut kept) {
                Ok(Step::More) => break,
                Ok(Step::Took { bytes, heard }) => {
                    match heard {
                        Some(Heard::Text(text)) => told.push(Told::Text(text.into_owned())),
                        Some(Heard::Ping(payload)) => told.push(Told::Ping(payload.to_vec())),
                        Some(Heard::Pong) => told.push(Told::Pong),
                        Some(Heard::Close(payload)) => {
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

fn theirs(pieces: &[Vec<u8>]) -> Vec<Told> {
    let config = WebSocketConfig::default().max_message_size(Some(MOST)).max_frame_size(Some(MOST));
    let stream = Pieces(pieces.iter(), &[], Vec::new());
    let mut socket = WebSocket::from_raw_socket(stream, Role::Server, Some(config));
    let mut told = Vec::new();
    loop {
        match socket.read() {
            Ok(Message::Text(text)) => told.push(Told::Text(text.to_string())),
            Ok(Message::Ping(payload)) => told.push(Told::Ping(payload.to_vec())),
            Ok(Message::Pong(_)) => told.push(Told::Pong),
            Ok(Message::Close(_)) => {
                socket.get_mut().2.clear();
                // What it answers.
                assert!(socket.read().is_err());
                let answer = &socket.get_ref().2[2..];
                // They add words to the code.
                let answer = answer.strip_suffix(b"Protocol violation").unwrap_or(answer);
                told.push(Told::Close(answer.to_vec()));
                return told;
            }
            // Nothing but text is understood here.
            Ok(Message::Binary(_) | Message::Frame(_)) => {
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

/// A frame of any kind, mostly one that a browser would send.
fn any_frame(rng: &mut StdRng) -> Vec<u8> {
    let letters = |rng: &mut StdRng, most: usize| {
        let text: String = (0..rng.random_range(0..most))
            .map(|_| ['a', 'é', '語', '🙂'][rng.random_range(0..4)])
            .collect();
        text.into_bytes()
    };
    let last = if rng.random_ratio(3, 4) { 0x80 } else { 0 };
    let (first, mut payload) = match rng.random_range(0..20) {
        0..7 => (0x81, letters(rng, 90)),
        7..10 => (TEXT | last, letters(rng, 40)),
        10..13 => (CONTINUATION | last, letters(rng, 60)),
        13..15 => (0x80 | PING, letters(rng, 40)),
        15 => (0x80 | PONG, letters(rng, 30)),
        16 => (0x81, vec![b'x'; rng.random_range(280..340)]),
        17 => (0x80 | CLOSE, {
            let code: u16 =
                [1000, 1001, 1005, 1014, 2000, 3000, 4400, 5000][rng.random_range(0..8)];
            let reason = letters(rng, 30);
            let whole = [code.to_be_bytes().to_vec(), reason].concat();
            let cut = [0, 1, whole.len()][rng.random_range(0..3)];
            whole[..cut].to_vec()
        }),
        18 => (0x82, letters(rng, 20)),
        // Always whole: where it is binary they would wait for more of what we never take.
        _ => (0x80 | rng.random::<u8>(), letters(rng, 20)),
    };
    if rng.random_ratio(1, 40) && !payload.is_empty() {
        let at = rng.random_range(0..payload.len());
        payload[at] = rng.random();
    }
    let mut whole = frame(first, rng.random(), &payload);
    if rng.random_ratio(1, 60) {
        let at = rng.random_range(0..whole.len().min(14));
        whole[at] = rng.random();
    }
    whole
}

#[test]
fn whatever_comes_in_whatever_pieces_is_heard_as_tungstenite_hears_it() {
    let mut seen = std::collections::HashSet::new();
    for seed in 0..20_000 {
        let mut rng = StdRng::seed_from_u64(seed);
        let whole: Vec<u8> = (0..8).flat_map(|_| any_frame(&mut rng)).collect();
        let mut pieces = Vec::new();
        let mut rest = whole.as_slice();
        while !rest.is_empty() {
            let most = [1, 7, 200, 4000][rng.random_range(0..4)];
            let (piece, after) = rest.split_at(rng.random_range(1..=most.min(rest.len())));
            pieces.push(piece.to_vec());
            rest = after;
        }
        let (ours, theirs) = (ours(&pieces), theirs(&pieces));
        // Against the rules is against the rules; only when that is noticed may differ: we refuse
        // what is no text from its first head on, they wait for all of it.
        let is_alike = match (ours.split_last(), theirs.split_last()) {
            (Some((Told::Fault(Fault::Broken), heard)), Some((Told::Fault(_), before))) => {
                before.starts_with(heard)
            }
            _ => ours == theirs,
        };
        assert!(is_alike, "seed {seed}: {ours:?}, {theirs:?}");
        seen.extend(ours.iter().map(std::mem::discriminant));
    }
    assert_eq!(seen.len(), 5, "everything is met");
}

#[test]
fn too_much_is_known_from_the_head_alone() {
    let mut frames = Frames::new(MOST);
    let mut huge = frame(0x81, [0; 4], &vec![b'x'; MOST + 1]);
    assert_eq!(frames.take(&mut huge[..8]), Err(Fault::TooLarge));
    let mut endless = [&[0x81, 0xff][..], &[0xff; 8], &[0; 4]].concat();
    assert_eq!(frames.take(&mut endless), Err(Fault::TooLarge));
    // A message in parts may be no longer than one in one.
    let part = |first, len| frame(first, [7; 4], &vec![b'x'; len]);
    let mut half = part(TEXT, MOST - 10);
    assert!(matches!(frames.take(&mut half), Ok(Step::Took { heard: None, .. })));
    assert_eq!(frames.take(&mut part(0x80, 11)), Err(Fault::TooLarge));
    assert!(matches!(frames.take(&mut part(0x80, 10)), Ok(Step::Took { heard: Some(_), .. })));
}
