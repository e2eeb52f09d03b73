//! Cases of the Autobahn suite for WebSockets, byte for byte, against the whole way of a socket.
//!
//! They are named by the suite's numbers. Cases with binary messages and with compression do not
//! apply: a binary message is refused, and no extension is ever agreed on. Where the suite wants
//! 1002, 1003 or 1007 we close with 4400, and where it wants 1009 with 4413.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::echo;

const TEXT: u8 = 0x81;
/// A text that goes on.
const BEGUN: u8 = 0x01;
/// More of it, which goes on.
const MORE: u8 = 0x00;
/// The last of it.
const LAST: u8 = 0x80;
const PING: u8 = 0x89;
const PONG: u8 = 0x8a;
const CLOSE: u8 = 0x88;

const BAD: u16 = 4400;
/// The longest message here, in bytes.
const MOST: usize = 70_000;

/// When a test that waits for bytes gives up: only ever reached when something is broken.
const PATIENCE: Duration = Duration::from_secs(120);

/// What comes back: the first byte of a frame, and its payload.
type Frame = (u8, Vec<u8>);

fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
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
    let mask = [0x37, 0xfa, 0x21, 0x3d];
    out.extend(mask);
    out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    out
}

/// A goodbye with a code and words.
fn goodbye(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(CLOSE, &[&code.to_be_bytes()[..], reason].concat())
}

/// Sends these pieces, each in a write of its own, and gives everything that comes back until the
/// server hangs up.
async fn said(address: SocketAddr, pieces: &[Vec<u8>]) -> Vec<Frame> {
    let mut line = TcpStream::connect(address).await.unwrap();
    line.set_nodelay(true).unwrap();
    let request = format!(
        "GET / HTTP/1.1\r\nhost: {address}\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    line.write_all(request.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    let head = loop {
        if let Some(at) = heard.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        assert_ne!(line.read_buf(&mut heard).await.unwrap(), 0, "no answer to the upgrade");
    };
    let answer = String::from_utf8(heard.drain(..head).collect()).unwrap().to_lowercase();
    assert!(answer.contains("101") && answer.contains("s3pplmbitxaq9kygzzhzrbk+xoo="), "{answer}");
    assert!(!answer.contains("sec-websocket-extensions"), "no extension is agreed on");
    let (mut read, mut write) = line.into_split();
    let pieces = pieces.to_vec();
    let writing = tokio::spawn(async move {
        for piece in pieces {
            // Who has hung up takes no more.
            if write.write_all(&piece).await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
        // Dropped here, it says that nothing more comes.
    });
    // A line that the server resets after its goodbye has said all that it had to say.
    let _ = tokio::time::timeout(PATIENCE, read.read_to_end(&mut heard)).await.expect("an end");
    writing.await.unwrap();
    frames(&heard)
}

/// Takes what came apart. What a server sends is never masked.
fn frames(mut bytes: &[u8]) -> Vec<Frame> {
    let mut out = Vec::new();
    while let [first, second, rest @ ..] = bytes {
        assert_eq!(second & 0x80, 0, "masked");
        let (length, rest) = match (second, rest) {
            (126, [a, b, rest @ ..]) => (usize::from(u16::from_be_bytes([*a, *b])), rest),
            (127, rest) => {
                let (length, rest) = rest.split_first_chunk::<8>().expect("a whole head");
                (usize::try_from(u64::from_be_bytes(*length)).unwrap(), rest)
            }
            (short, rest) => (usize::from(*short), rest),
        };
        out.push((*first, rest[..length].to_vec()));
        bytes = &rest[length..];
    }
    assert!(bytes.is_empty(), "half a frame came back");
    out
}

fn text(words: impl AsRef<[u8]>) -> Frame {
    (TEXT, words.as_ref().to_vec())
}

/// How a case ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// By a goodbye from here, which is added and answered.
    Well,
    /// By a close frame with this code.
    Code(u16),
    /// By a close frame without one.
    Bare,
}

use End::{Bare, Code, Well};

/// A case: its numbers, what is sent, what comes back before the close frame, and how it ends.
struct Case(&'static str, Vec<Vec<u8>>, Vec<Frame>, End);

/// Plays each case with its pieces in a write each, with all of it in one write, and with every byte
/// in a write of its own where it is short.
async fn play(cases: impl IntoIterator<Item = Case>) {
    let server = echo::start(MOST, |_| {}).await;
    for Case(name, mut sent, heard, end) in cases {
        if matches!(end, Well) {
            sent.push(goodbye(1000, b""));
        }
        let whole = sent.concat();
        let mut ways = vec![sent, vec![whole.clone()]];
        if whole.len() < 200 {
            ways.push(whole.chunks(1).map(<[u8]>::to_vec).collect());
        }
        for way in ways {
            let said = said(server.addr(), &way).await;
            let (last, before) = said.split_last().unwrap_or_else(|| panic!("{name}: silence"));
            assert_eq!(before, heard, "{name}");
            let code = match end {
                Well => vec![3, 232],
                Code(code) => code.to_be_bytes().to_vec(),
                Bare => Vec::new(),
            };
            assert_eq!((last.0, last.1.get(..2).unwrap_or_default()), (CLOSE, &code[..]), "{name}");
        }
    }
}

mod control;
mod texts;
