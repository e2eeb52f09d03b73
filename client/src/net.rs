//! TCP: the system's, or with the feature `sim` that of a simulated network.

use std::io;
use std::net::{IpAddr, SocketAddr};

#[cfg(not(feature = "sim"))]
pub(crate) use tokio::net::TcpStream;
#[cfg(feature = "sim")]
pub(crate) use turmoil::net::TcpStream;

/// Connects, from this address of the machine if one is named.
#[cfg(not(feature = "sim"))]
pub(crate) async fn connect(to: SocketAddr, from: Option<IpAddr>) -> io::Result<TcpStream> {
    use tokio::net::TcpSocket;
    let socket = if to.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Some(from) = from.filter(|from| from.is_ipv4() == to.is_ipv4()) {
        socket.bind(SocketAddr::new(from, 0))?;
    }
    // A frame must not wait for the next one.
    socket.set_nodelay(true)?;
    socket.connect(to).await
}

/// Connects; a simulated machine has one address.
#[cfg(feature = "sim")]
pub(crate) async fn connect(to: SocketAddr, _from: Option<IpAddr>) -> io::Result<TcpStream> {
    TcpStream::connect(to).await
}
