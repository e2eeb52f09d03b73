//! From an upgraded request back to the bare socket.

use bytes::Bytes;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

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

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::extract::Extension;
    use axum::http::{StatusCode, header};
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::config::{self, Flags, JournalKind};
    use crate::http::Peer;
    use crate::{AppState, Deps, Server};

    /// Answers 101, then echoes in capitals on the bare socket.
    async fn echo(
        Extension(on_upgrade): Extension<OnUpgrade>,
        Extension(peer): Extension<Peer>,
    ) -> impl axum::response::IntoResponse {
        assert!(peer.address.is_loopback());
        tokio::spawn(async move {
            let TcpUpgrade { mut stream, early } = tcp(on_upgrade).await.unwrap();
            assert!(stream.nodelay().unwrap());
            stream.write_all(&early.to_ascii_uppercase()).await.unwrap();
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await.unwrap();
            stream.write_all(&rest.to_ascii_uppercase()).await.unwrap();
            drop(peer.pass);
        });
        let upgrade = [(header::CONNECTION, "upgrade"), (header::UPGRADE, "echo")];
        (StatusCode::SWITCHING_PROTOCOLS, upgrade)
    }

    #[tokio::test]
    async fn the_bare_socket_comes_back_through_the_whole_stack() {
        let mut config = config::load(&Flags::default(), []).unwrap().config;
        config.listen.set_port(0);
        config.metrics.set_port(0);
        config.journal = JournalKind::Memory;
        let routes = |state: AppState| Router::new().route("/echo", get(echo)).with_state(state);
        let server = Server::start_with(config, Deps::system(), routes).await.unwrap();
        let mut line = TcpStream::connect(server.addr()).await.unwrap();
        let head = format!(
            "GET /echo HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nearly, ",
            server.addr()
        );
        line.write_all(head.as_bytes()).await.unwrap();
        let mut said = vec![0; 12];
        line.read_exact(&mut said).await.unwrap();
        assert_eq!(said, b"HTTP/1.1 101");
        line.write_all(b"late").await.unwrap();
        line.shutdown().await.unwrap();
        let mut rest = String::new();
        line.read_to_string(&mut rest).await.unwrap();
        assert!(rest.ends_with("\r\n\r\nEARLY, LATE"), "{rest}");
        assert!(rest.contains("x-content-type-options: nosniff"), "{rest}");
    }
}
