//! The TCP of a simulated network.

use std::future::Future as _;
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use parking_lot::Mutex;
use tokio::io::{AsyncRead, ReadBuf};

pub(crate) use turmoil::net::{TcpListener, TcpStream};

/// The receiving side of a stream.
#[derive(Debug)]
pub(crate) struct ReadEnd(Arc<Mutex<TcpStream>>);

/// The sending side of a stream; it never waits.
#[derive(Debug)]
pub(crate) struct WriteEnd(Arc<Mutex<TcpStream>>);

/// The two sides of a stream. They share it whole, since the halves that the simulation makes can
/// only be written by whoever waits.
pub(crate) fn split(stream: TcpStream) -> (ReadEnd, WriteEnd) {
    let stream = Arc::new(Mutex::new(stream));
    (ReadEnd(Arc::clone(&stream)), WriteEnd(stream))
}

impl AsyncRead for ReadEnd {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.lock()).poll_read(cx, buffer)
    }
}

/// Here there is nothing to ask of a system.
pub(crate) fn prepare(stream: &TcpStream, _send_buffer: usize) {
    let _ = stream.set_nodelay(true);
}

/// Returns when the other end may have sent something: here that is not told before it is read.
#[allow(clippy::unused_async, reason = "in the system's network it is waited for")]
pub(crate) async fn has_spoken(_: &TcpStream) -> io::Result<()> {
    Ok(())
}

impl WriteEnd {
    /// Here nothing is waited for.
    pub(crate) fn touch(&self) -> usize {
        0
    }

    /// Writes what the socket takes at once.
    pub(crate) fn try_write(&self, piece: &[u8]) -> io::Result<usize> {
        self.0.lock().try_write(piece)
    }

    /// Writes what the socket takes at once of several pieces: here the first.
    pub(crate) fn try_write_vectored(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        pieces.iter().find(|piece| !piece.is_empty()).map_or(Ok(0), |piece| self.try_write(piece))
    }

    /// Ready when the socket takes more.
    pub(crate) fn poll_writable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let stream = self.0.lock();
        pin!(stream.writable()).poll(cx)
    }
}
