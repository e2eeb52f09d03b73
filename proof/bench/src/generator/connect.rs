//! From nothing to a socket that is in its room.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::wire;

/// Patience with a server that should answer at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a server speaks over its sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The frames of the service, its first frame included.
    Setroom,
    /// The same frames; room and seat stand in the address.
    Plain,
    /// The same frames as events of socket.io, over engine.io, over a plain WebSocket.
    SocketIo,
}

/// Somebody who is to be connected.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The server.
    pub to: SocketAddr,
    /// Path and query of the request.
    pub path: String,
    /// What is said first: the first frame of the service, or what socket.io is told.
    pub first: Option<String>,
}

/// Opens a socket; gives it with whatever came after the answer.
pub(super) fn connect(way: Way, opening: &Opening) -> io::Result<(TcpStream, Vec<u8>)> {
    let mut stream = TcpStream::connect_timeout(&opening.to, PATIENCE)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let (to, path) = (opening.to, &opening.path);
    let protocol = match way {
        Way::Setroom => "Sec-WebSocket-Protocol: als1\r\n",
        Way::Plain | Way::SocketIo => "",
    };
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {to}\r\nOrigin: http://{to}\r\nUpgrade: websocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{protocol}\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut came = Vec::new();
    let end = loop {
        more(&mut stream, &mut came)?;
        if let Some(end) = came.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    if !came.starts_with(b"HTTP/1.1 101 ") {
        let line = came.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        return Err(io::Error::other(format!("no socket was opened: {line}")));
    }
    came.drain(..end);
    if way == Way::SocketIo {
        expect(&mut stream, &mut came, b"0{")?;
        say(&mut stream, &format!("40{}", opening.first.as_deref().unwrap_or_default()))?;
        expect(&mut stream, &mut came, b"40")?;
    } else if let Some(first) = &opening.first {
        say(&mut stream, first)?;
    }
    stream.set_nonblocking(true)?;
    Ok((stream, came))
}

fn more(stream: &mut TcpStream, came: &mut Vec<u8>) -> io::Result<()> {
    let mut some = [0; 4096];
    let got = stream.read(&mut some)?;
    if got == 0 {
        return Err(io::Error::other("the server ended the connection at once"));
    }
    came.extend_from_slice(some.get(..got).unwrap_or_default());
    Ok(())
}

fn say(stream: &mut TcpStream, text: &str) -> io::Result<()> {
    let mut frame = Vec::new();
    wire::client_frame(setroom_websocket::TEXT, text.as_bytes(), &mut frame);
    stream.write_all(&frame)
}

/// Takes the next frame, which has to begin like this.
fn expect(stream: &mut TcpStream, came: &mut Vec<u8>, front: &[u8]) -> io::Result<()> {
    loop {
        if let Some(frame) = wire::first_frame(came) {
            let length = frame.length;
            if frame.payload == b"2" {
                // A sign of life, wanted before anything else is said.
                came.drain(..length);
                say(stream, "3")?;
                continue;
            }
            if !frame.payload.starts_with(front) {
                let text = String::from_utf8_lossy(frame.payload);
                return Err(io::Error::other(format!("not what was expected: {text}")));
            }
            came.drain(..length);
            return Ok(());
        }
        more(stream, came)?;
    }
}
