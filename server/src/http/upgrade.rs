//! From an upgraded request back to the bare socket.

use bytes::Bytes;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;

use crate::net::TcpStream;

/// The socket behind an upgraded request, and what the peer has already sent on it.
#[derive(Debug)]
pub struct TcpUpgrade {
    /// Nothing but this server reads or writes it from now on.
    pub stream: TcpStream,
    /// Read this first.
    pub early: Bytes,
}

/// Why there is no socket.
#[derive(Debug, thiserror::Error)]
pub enum UpgradeError {
    /// The peer went away between the answer and the upgrade.
    #[error("the upgrade did not happen: {0}")]
    Lost(#[from] hyper::Error),
    /// The connection is no plain TCP, so it must be written through a queue.
    #[error("the connection is not plain TCP")]
    NotTcp(hyper::upgrade::Upgraded),
}

/// Waits for the answer with status 101 to be sent, then takes the socket. `on_upgrade` is the
/// request's extension of that type.
pub async fn tcp(on_upgrade: OnUpgrade) -> Result<TcpUpgrade, UpgradeError> {
    let parts = on_upgrade.await?.downcast::<TokioIo<TcpStream>>().map_err(UpgradeError::NotTcp)?;
    Ok(TcpUpgrade { stream: parts.io.into_inner(), early: parts.read_buf })
}
