//! The system's TCP.

use std::io::{self, IoSlice};
use std::task::{Context, Poll};

use tokio::net::tcp::OwnedWriteHalf;

pub(crate) use tokio::net::tcp::OwnedReadHalf as ReadEnd;
pub(crate) use tokio::net::{TcpListener, TcpStream};

/// The sending side of a stream; it never waits.
#[derive(Debug)]
pub(crate) struct WriteEnd(OwnedWriteHalf);

/// The two sides of a stream.
pub(crate) fn split(stream: TcpStream) -> (ReadEnd, WriteEnd) {
    let (read, write) = stream.into_split();
    (read, WriteEnd(write))
}

/// A frame is small and is wanted now, not when a packet is full; and for who does not read, the
/// system is to keep no more than so many bytes. Where it cannot be asked for that, it is not.
pub(crate) fn prepare(stream: &TcpStream, send_buffer: usize) {
    let _ = stream.set_nodelay(true);
    #[cfg(unix)]
    let _ = rustix::net::sockopt::set_socket_send_buffer_size(stream, send_buffer);
}

/// Returns when the other end has sent something, or is gone.
pub(crate) async fn has_spoken(stream: &TcpStream) -> io::Result<()> {
    stream.readable().await
}

impl WriteEnd {
    /// Reads what a write needs to know; what comes of it has no meaning.
    #[cfg(unix)]
    pub(crate) fn touch(&self) -> usize {
        use std::os::fd::AsRawFd as _;
        usize::try_from(self.0.as_ref().as_raw_fd()).unwrap_or_default()
    }

    /// What a write needs to know is not to be had here.
    #[cfg(not(unix))]
    pub(crate) fn touch(&self) -> usize {
        0
    }

    /// Writes what the socket takes at once.
    ///
    /// The system is asked straight away: whether the socket can take anything lies in the
    /// runtime's own memory, which by then is cold, and nearly always it can.
    #[cfg(unix)]
    pub(crate) fn try_write(&self, piece: &[u8]) -> io::Result<usize> {
        use rustix::net::{SendFlags, send};
        match send(self.0.as_ref(), piece, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
            // Asked through the runtime it says the same, and the runtime waits for more room.
            Err(rustix::io::Errno::AGAIN) => self.0.try_write(piece),
            wrote => Ok(wrote?),
        }
    }

    /// Writes what the socket takes at once.
    #[cfg(not(unix))]
    pub(crate) fn try_write(&self, piece: &[u8]) -> io::Result<usize> {
        self.0.try_write(piece)
    }

    /// Writes what the socket takes at once of several pieces.
    pub(crate) fn try_write_vectored(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(pieces)
    }

    /// Ready when the socket takes more.
    pub(crate) fn poll_writable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.as_ref().poll_write_ready(cx)
    }
}
