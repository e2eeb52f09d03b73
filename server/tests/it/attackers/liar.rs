//! A server that lies to those who come by way of it: what they send goes on to the real one, and what
//! that says comes back, changed as the lie has it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use setroom_client::Dial;
use setroom_protocol::SUBPROTOCOL;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

/// Changes a frame in place.
type Lie = Box<dyn FnMut(&mut Value) + Send>;

#[derive(Default)]
struct Told {
    lie: Mutex<Option<Lie>>,
    heard: Mutex<Vec<Value>>,
}

/// A listener in front of a server, until it is dropped.
pub(super) struct Liar {
    address: SocketAddr,
    told: Arc<Told>,
    orders: broadcast::Sender<String>,
    accepting: JoinHandle<()>,
}

impl Liar {
    pub(super) async fn before(server: &Dial) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let told = Arc::<Told>::default();
        let (orders, _) = broadcast::channel(64);
        let (server, shared, said) = (server.clone(), Arc::clone(&told), orders.clone());
        let accepting = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(line(near, server.clone(), Arc::clone(&shared), said.subscribe()));
            }
        });
        Self { address, told, orders, accepting }
    }

    /// How somebody is led to it who means to reach the real one.
    pub(super) fn instead_of(&self, server: &Dial) -> Dial {
        server.clone().by_way_of(self.address)
    }

    /// Changes every frame from now on.
    pub(super) fn lies(&self, lie: impl FnMut(&mut Value) + Send + 'static) {
        *self.told.lie.lock().unwrap() = Some(Box::new(lie));
    }

    /// Passes everything on as it is from now on.
    pub(super) fn is_honest(&self) {
        *self.told.lie.lock().unwrap() = None;
    }

    /// Says something to everybody by itself.
    pub(super) fn says(&self, frame: &Value) {
        self.orders.send(frame.to_string()).unwrap();
    }

    /// Commands of a kind that came to it.
    pub(super) fn heard(&self, kind: &str) -> Vec<Value> {
        let heard = self.told.heard.lock().unwrap();
        let commands = heard.iter().map(|frame| &frame["cmd"]);
        commands.filter(|command| command["c"] == kind).cloned().collect()
    }
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn line(
    near: TcpStream,
    server: Dial,
    told: Arc<Told>,
    mut orders: broadcast::Receiver<String>,
) {
    #[allow(clippy::result_large_err, reason = "the library's own type")]
    let shake = |_: &Request, mut answer: Response| {
        answer.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
        Ok(answer)
    };
    let mut person = tokio_tungstenite::accept_hdr_async(near, shake).await.unwrap();
    let mut server = server.connect().await.unwrap();
    loop {
        let said = tokio::select! {
            heard = person.next() => {
                let Some(Ok(message)) = heard else { return };
                let Message::Text(text) = message else { continue };
                told.heard.lock().unwrap().push(serde_json::from_str(&text).unwrap());
                if server.send_text(text.to_string()).await.is_err() {
                    return;
                }
                continue;
            }
            said = server.next_text() => said.map(|text| told.bent(&text)),
            Ok(order) = orders.recv() => Ok(order),
        };
        let Ok(text) = said else { return };
        if person.send(Message::text(text)).await.is_err() {
            return;
        }
    }
}

impl Told {
    fn bent(&self, text: &str) -> String {
        match self.lie.lock().unwrap().as_mut() {
            None => text.to_owned(),
            Some(lie) => {
                let mut frame = serde_json::from_str(text).unwrap();
                lie(&mut frame);
                frame.to_string()
            }
        }
    }
}
