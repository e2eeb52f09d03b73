//! A WebSocket written byte by byte, so that tests can send what no library sends.

use std::net::{IpAddr, SocketAddr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::soon;

/// What a server's frame was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Got {
    Text(String),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(u16),
    /// The line is closed, or was cut.
    End,
}

/// The head and payload of one frame of a client: the first byte, then the payload under a mask of
/// zeros, which leaves it as it is.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    match u8::try_from(payload.len()) {
        Ok(short) if short < 126 => out.push(0x80 | short),
        _ => {
            out.push(0x80 | 126);
            out.extend_from_slice(&u16::try_from(payload.len()).unwrap().to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
    out
}

/// A socket from this address, whose own side takes in as little as may be while nobody reads it
/// when `is_thin`; with more header fields, as a proxy writes them.
pub(crate) async fn try_open(
    to: SocketAddr,
    from: IpAddr,
    is_thin: bool,
    fields: &str,
) -> Result<TcpStream, u16> {
    let socket = TcpSocket::new_v4().unwrap();
    if is_thin {
        socket.set_recv_buffer_size(4096).unwrap();
    }
    socket.bind((from, 0).into()).unwrap();
    let mut stream = soon(socket.connect(to)).await.map_err(|_| 0_u16)?;
    let request = format!(
        "GET /ws HTTP/1.1\r\nhost: {to}\r\norigin: http://{to}\r\nupgrade: websocket\r\n\
         connection: upgrade\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: als1\r\n{fields}\r\n"
    );
    stream.write_all(request.as_bytes()).await.map_err(|_| 0_u16)?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(soon(stream.read_u8()).await.map_err(|_| 0_u16)?);
    }
    match head.get(9..12).and_then(|status| str::from_utf8(status).unwrap().parse().ok()) {
        Some(101) => Ok(stream),
        Some(status) => Err(status),
        None => Err(0),
    }
}

pub(crate) async fn open(to: SocketAddr, from: &str) -> TcpStream {
    try_open(to, from.parse().unwrap(), false, "").await.expect("an open socket")
}

/// The next frame.
pub(crate) async fn next(stream: &mut TcpStream) -> Got {
    soon(async { read(stream).await.unwrap_or(Got::End) }).await
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Got> {
    let mut head = [0; 2];
    stream.read_exact(&mut head).await?;
    let length = match head[1] {
        126 => u64::from(stream.read_u16().await?),
        127 => stream.read_u64().await?,
        short => short.into(),
    };
    let mut payload = vec![0; usize::try_from(length).unwrap()];
    stream.read_exact(&mut payload).await?;
    Ok(match head[0] {
        0x81 => Got::Text(String::from_utf8(payload).unwrap()),
        0x88 => Got::Close(u16::from_be_bytes([payload[0], payload[1]])),
        0x89 => Got::Ping(payload),
        0x8a => Got::Pong(payload),
        other => panic!("{other:x} is no frame of this server's"),
    })
}

/// Everything until the close frame, or the end.
pub(crate) async fn until_closed(stream: &mut TcpStream) -> (Vec<Got>, Option<u16>) {
    let mut all = Vec::new();
    loop {
        match next(stream).await {
            Got::Close(code) => return (all, Some(code)),
            Got::End => return (all, None),
            other @ (Got::Text(_) | Got::Ping(_) | Got::Pong(_)) => all.push(other),
        }
    }
}
