//! How a server is reached: its address, the origin that a browser would send, and from where.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::Error as WsError;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::http::{Request, Uri};

use super::connection::{Connection, settings};
use super::logs::Logs;
use super::net::{self, TcpStream};
use super::tape::Tape;

/// The largest answer to a plain request that is read, in bytes.
const ANSWER_BYTES: u64 = 256 * 1024;
/// How long anything is waited for, unless [`Dial::patience`] says otherwise.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why nothing was reached.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// Not an address of this kind. Mend the address.
    #[error("`{0}` is not of the form http://HOST:PORT")]
    Url(String),
    /// TLS is the work of a proxy; this client speaks to the service itself.
    #[error(
        "https is not spoken here: give the service's own http address, and --origin if needed"
    )]
    Tls,
    /// Nothing listens there, or the network failed.
    #[error("{0}")]
    Network(#[from] std::io::Error),
    /// It answered, but not with a socket. The status tells why.
    #[error("the server answered with status {status}: {body}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// The body, as text.
        body: String,
    },
    /// Neither an answer nor a refusal in time.
    #[error("no answer within {0:?}")]
    Late(Duration),
    /// The handshake of the socket failed in another way.
    #[error("the handshake failed: {0}")]
    Handshake(String),
}

/// The answer to a plain request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The body, as text.
    pub body: String,
}

/// Where to connect and as whom. Cheap to clone; each connection is made from one.
#[derive(Clone, Debug)]
pub struct Dial {
    authority: String,
    origin: String,
    host: String,
    from: Option<IpAddr>,
    subprotocol: Option<String>,
    patience: Duration,
    tape: Option<Tape>,
    logs: Option<Logs>,
}

impl Dial {
    /// The server at `url`, as in `http://127.0.0.1:8787`. The origin is the same.
    ///
    /// # Errors
    /// [`DialError::Url`], or [`DialError::Tls`] for an https address.
    pub fn to(url: &str) -> Result<Self, DialError> {
        let bad = || DialError::Url(url.to_owned());
        let uri: Uri = url.trim().parse().map_err(|_| bad())?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return Err(DialError::Tls),
            _ => return Err(bad()),
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(bad());
        }
        let host = uri.authority().ok_or_else(bad)?.as_str().to_owned();
        if host.contains('@') {
            return Err(bad());
        }
        let authority = if uri.port().is_some() { host.clone() } else { format!("{host}:80") };
        Ok(Self {
            authority,
            origin: format!("http://{host}"),
            host,
            from: None,
            subprotocol: Some(setroom_protocol::SUBPROTOCOL.to_owned()),
            patience: PATIENCE,
            tape: None,
            logs: None,
        })
    }

    /// Sends another origin, as a page from there would; its host goes with it when it is the
    /// public name of the service.
    #[must_use]
    pub fn origin(self, origin: &str) -> Self {
        Self { origin: origin.to_owned(), ..self }
    }

    /// Asks for another host than the one in the address.
    #[must_use]
    pub fn host(self, host: &str) -> Self {
        Self { host: host.to_owned(), ..self }
    }

    /// Connects from this address of the machine.
    #[must_use]
    pub fn from(self, address: IpAddr) -> Self {
        Self { from: Some(address), ..self }
    }

    /// Asks for another subprotocol, or for none.
    #[must_use]
    pub fn subprotocol(self, name: Option<&str>) -> Self {
        Self { subprotocol: name.map(str::to_owned), ..self }
    }

    /// How long anything is waited for, in all: a connection, an answer, a frame.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Keeps every byte that connections made from this receive.
    #[must_use]
    pub fn tape(self, tape: &Tape) -> Self {
        Self { tape: Some(tape.clone()), ..self }
    }

    /// Writes down what connections made from this send and receive.
    #[must_use]
    pub fn logs(self, logs: &Logs) -> Self {
        Self { logs: Some(logs.clone()), ..self }
    }

    /// The same service by way of another address, as through a proxy that passes bytes on.
    #[must_use]
    pub fn by_way_of(self, address: SocketAddr) -> Self {
        Self { authority: address.to_string(), ..self }
    }

    /// What [`Dial::patience`] set.
    pub fn waits(&self) -> Duration {
        self.patience
    }

    /// The addresses behind the name.
    ///
    /// # Errors
    /// [`DialError::Network`] when there are none.
    pub async fn resolve(&self) -> Result<Vec<SocketAddr>, DialError> {
        let all: Vec<_> = tokio::net::lookup_host(&self.authority).await?.collect();
        if all.is_empty() {
            return Err(std::io::Error::other(format!("no address for {}", self.authority)).into());
        }
        Ok(all)
    }

    /// Opens a socket for frames.
    ///
    /// # Errors
    /// Any [`DialError`] but [`DialError::Url`].
    pub async fn connect(&self) -> Result<Connection, DialError> {
        let socket = self.in_time(self.shake()).await?;
        Ok(Connection::new(socket, self.tape.clone(), self.logs.as_ref().map(Logs::line)))
    }

    /// Posts JSON and reads the answer.
    ///
    /// # Errors
    /// [`DialError::Network`], [`DialError::Late`] or [`DialError::Handshake`] when the answer is
    /// not HTTP. Any status is an answer.
    pub async fn post(&self, path: &str, json: &str) -> Result<Answered, DialError> {
        self.in_time(self.plain(path, json)).await
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, DialError>>,
    ) -> Result<T, DialError> {
        tokio::time::timeout(self.patience, Box::pin(work))
            .await
            .map_err(|_| DialError::Late(self.patience))?
    }

    async fn tcp(&self) -> Result<TcpStream, DialError> {
        let mut last = None;
        for address in self.resolve().await? {
            match net::connect(address, self.from).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| std::io::Error::other("no address")).into())
    }

    /// Opens a socket for frames, and gives the stream with the server's first frame, which has been
    /// read. Until it is answered the server says nothing more, so nothing can have been read too far.
    pub async fn open(&self) -> Result<(TcpStream, String), DialError> {
        use futures_util::StreamExt as _;
        use tokio_tungstenite::tungstenite::Message;
        self.in_time(async {
            let mut socket = self.shake().await?;
            match socket.next().await {
                Some(Ok(Message::Text(first))) => Ok((socket.into_inner(), first.to_string())),
                _ => Err(DialError::Handshake("the server said nothing first".to_owned())),
            }
        })
        .await
    }

    async fn shake(&self) -> Result<WebSocketStream<TcpStream>, DialError> {
        let mut request = Request::get(format!("ws://{}/ws", self.authority))
            .header("host", &self.host)
            .header("origin", &self.origin)
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", generate_key());
        if let Some(name) = &self.subprotocol {
            request = request.header("sec-websocket-protocol", name);
        }
        let request = request.body(()).map_err(|e| DialError::Handshake(e.to_string()))?;
        let stream = self.tcp().await?;
        let shaken =
            tokio_tungstenite::client_async_with_config(request, stream, Some(settings())).await;
        match shaken {
            Ok((socket, _)) => Ok(socket),
            Err(WsError::Http(answer)) => Err(DialError::Status {
                status: answer.status().as_u16(),
                body: String::from_utf8_lossy(answer.body().as_deref().unwrap_or_default())
                    .into_owned(),
            }),
            Err(WsError::Io(error)) => Err(error.into()),
            Err(error) => Err(DialError::Handshake(error.to_string())),
        }
    }

    async fn plain(&self, path: &str, json: &str) -> Result<Answered, DialError> {
        let mut stream = self.tcp().await?;
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\norigin: {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n",
            self.host,
            self.origin,
            json.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(json.as_bytes()).await?;
        let mut bytes = Vec::new();
        stream.take(ANSWER_BYTES).read_to_end(&mut bytes).await?;
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split_ascii_whitespace().nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| DialError::Handshake("not an HTTP answer".into()))?;
        Ok(Answered { status, body: body.to_owned() })
    }
}
