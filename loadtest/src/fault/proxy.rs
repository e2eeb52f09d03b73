//! A network between people and a server, in this process: it can cut lines, delay them, and keep
//! everything back for a while.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rand::RngExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::run::source::Sources;

/// What a direction of a line reads at once; also what it keeps back at most: then its sender has
/// to wait, as in a network.
const CHUNK: usize = 4096;
/// Orders that may wait for a line that is busy.
const ORDERS: usize = 8;

/// How the network is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Everything passes at once.
    #[default]
    Fair,
    /// Everything passes so much later.
    Late(Duration),
    /// Nothing passes; it will, later.
    Still,
}

/// A listener in front of one server. It ends when it is dropped, and its lines with it.
#[derive(Debug)]
pub(crate) struct Proxy {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    weather: watch::Sender<Weather>,
    cuts: broadcast::Sender<f64>,
    /// Ends when this is dropped.
    _accepting: JoinSet<()>,
}

impl Proxy {
    /// Stands in front of `server`, on a free port of this machine.
    ///
    /// # Errors
    /// When the system gives no port.
    pub(crate) async fn before(server: SocketAddr, sources: Sources) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (weather, _) = watch::channel(Weather::Fair);
        let (cuts, _) = broadcast::channel(ORDERS);
        let (sky, knife) = (weather.clone(), cuts.clone());
        let sources = Arc::new(sources);
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (sky, knife) = (sky.subscribe(), knife.subscribe());
                tokio::spawn(line(near, server, Arc::clone(&sources), sky, knife));
            }
        });
        Ok(Self { address, weather, cuts, _accepting: accepting })
    }

    /// Changes how the network is.
    pub(crate) fn weather(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    /// Cuts each line with this likelihood.
    pub(crate) fn cut(&self, share: f64) {
        // Without any line there is nothing to cut.
        let _ = self.cuts.send(share);
    }
}

/// One line: two directions, until either ends or it is cut.
async fn line(
    near: TcpStream,
    server: SocketAddr,
    sources: Arc<Sources>,
    sky: watch::Receiver<Weather>,
    mut knife: broadcast::Receiver<f64>,
) {
    let Ok(far) = reach(server, &sources).await else { return };
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let (near_in, near_out) = near.into_split();
    let (far_in, far_out) = far.into_split();
    let there = pass(near_in, far_out, sky.clone());
    let back = pass(far_in, near_out, sky);
    let cut = async {
        // Who missed an order because of too many was cut by one of them, or not.
        while let Ok(share) = knife.recv().await {
            if rand::rng().random::<f64>() < share {
                return;
            }
        }
    };
    tokio::select! {
        () = async { tokio::join!(there, back); } => {}
        () = cut => {}
    }
}

async fn reach(server: SocketAddr, sources: &Sources) -> std::io::Result<TcpStream> {
    let socket = if server.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Some(from) = sources.next() {
        socket.bind(SocketAddr::new(from, 0))?;
    }
    socket.connect(server).await
}

/// Passes one direction on, as late as the weather says. The end is passed on too.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut sky: watch::Receiver<Weather>) {
    let mut bytes = vec![0; CHUNK];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let came = Instant::now();
        let weather = sky.wait_for(|weather| *weather != Weather::Still).await.map(|now| *now);
        if let Ok(Weather::Late(by)) = weather {
            sleep_until(came + by).await;
        }
        if to.write_all(bytes.get(..count).unwrap_or_default()).await.is_err() {
            return;
        }
    }
}
