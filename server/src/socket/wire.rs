//! What tokio-tungstenite sees of a socket: it reads from TCP, and what it wants to write (pongs,
//! the answer to a close) goes out through the [`Sink`] like everything else.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::tcp::OwnedReadHalf;

use super::Sink;

/// The two halves of one socket, as one stream.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) half: OwnedReadHalf,
    pub(super) sink: Arc<Sink>,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.half).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        // With a write buffer of 0 tungstenite hands over whole frames, and all of it is taken at
        // once: so a frame is never split, and never mixed with one from the room.
        self.sink.push(&[Bytes::copy_from_slice(buf)]);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The write half shuts down when the last holder of the sink lets go of it.
        Poll::Ready(Ok(()))
    }
}
