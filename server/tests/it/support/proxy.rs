//! A network between one person and the server, in this process: it can keep back either direction,
//! pass things on in crumbs, cut its lines, and send everything twice.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How the network is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Weather {
    /// Nothing passes from the person to the server; it will, later.
    pub(crate) mute: bool,
    /// Nothing passes from the server to the person; it will, later.
    pub(crate) deaf: bool,
    /// Each byte passes by itself.
    pub(crate) crumbs: bool,
    /// How often all lines were cut.
    cuts: u64,
}

/// A listener in front of a server, until it is dropped.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    sky: watch::Sender<Weather>,
    came: watch::Sender<usize>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// In front of `server`; `twice` sends what people send to two connections at once, of which
    /// they hear the first.
    pub(crate) async fn before(server: SocketAddr, twice: bool) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sky, came) = (watch::Sender::new(Weather::default()), watch::Sender::new(0));
        let (above, counts) = (sky.clone(), came.clone());
        let accepting = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(line(near, server, twice, above.subscribe(), counts.clone()));
            }
        });
        Self { address, sky, came, accepting }
    }

    pub(crate) fn weather(&self, change: impl FnOnce(&mut Weather)) {
        self.sky.send_modify(change);
    }

    /// Cuts every line; the next ones are whole.
    pub(crate) fn cut(&self) {
        self.weather(|now| now.cuts += 1);
    }

    /// Counts bytes that people sent, whether they were passed on or not.
    pub(crate) fn came(&self) -> watch::Receiver<usize> {
        self.came.subscribe()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn line(
    near: TcpStream,
    server: SocketAddr,
    twice: bool,
    sky: watch::Receiver<Weather>,
    came: watch::Sender<usize>,
) {
    let reach = async || {
        let far = TcpStream::connect(server).await.unwrap();
        far.set_nodelay(true).unwrap();
        far.into_split()
    };
    let (near_in, near_out) = near.into_split();
    let (heard, first) = reach().await;
    let mut outs = vec![first];
    let mut unheard = None;
    if twice {
        let (echo, second) = reach().await;
        outs.push(second);
        unheard = Some(echo);
    }
    let mut knife = sky.clone();
    let cuts = knife.borrow_and_update().cuts;
    tokio::select! {
        () = there(near_in, outs, sky.clone(), came) => {}
        () = back(heard, near_out, sky) => {}
        () = swallow(unheard) => {}
        _ = knife.wait_for(|now| now.cuts > cuts) => {}
    }
}

async fn there(
    mut near: OwnedReadHalf,
    mut outs: Vec<OwnedWriteHalf>,
    mut sky: watch::Receiver<Weather>,
    came: watch::Sender<usize>,
) {
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = near.read(&mut bytes).await {
        came.send_modify(|all| *all += count);
        let Ok(weather) = sky.wait_for(|now| !now.mute).await.map(|now| *now) else { return };
        for out in &mut outs {
            if pass(&bytes[..count], out, weather.crumbs).await.is_err() {
                return;
            }
        }
    }
}

async fn back(mut far: OwnedReadHalf, mut near: OwnedWriteHalf, mut sky: watch::Receiver<Weather>) {
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = far.read(&mut bytes).await {
        let Ok(weather) = sky.wait_for(|now| !now.deaf).await.map(|now| *now) else { return };
        if pass(&bytes[..count], &mut near, weather.crumbs).await.is_err() {
            return;
        }
    }
}

async fn pass(bytes: &[u8], out: &mut OwnedWriteHalf, crumbs: bool) -> std::io::Result<()> {
    for crumb in bytes.chunks(if crumbs { 1 } else { bytes.len() }) {
        out.write_all(crumb).await?;
        if crumbs {
            // So that it is read by itself, as far as the machine will.
            tokio::task::yield_now().await;
        }
    }
    Ok(())
}

/// Reads what nobody hears. It never ends a line.
async fn swallow(unheard: Option<OwnedReadHalf>) {
    if let Some(mut echo) = unheard {
        let mut bytes = [0; 4096];
        while matches!(echo.read(&mut bytes).await, Ok(1..)) {}
    }
    std::future::pending().await
}

/// A proxy that says of everybody who comes through it that they are at this address.
pub(crate) async fn says_from(address: String, server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let here = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let field = format!("\r\nx-forwarded-for: {address}");
            tokio::spawn(async move {
                let mut far = TcpStream::connect(server).await?;
                far.set_nodelay(true)?;
                let mut line = Vec::new();
                while !line.ends_with(b"\r\n") {
                    line.push(near.read_u8().await?);
                }
                line.truncate(line.len() - 2);
                far.write_all(&[&line, field.as_bytes(), b"\r\n"].concat()).await?;
                tokio::io::copy_bidirectional(&mut near, &mut far).await
            });
        }
    });
    here
}
