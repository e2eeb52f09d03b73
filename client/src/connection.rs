//! One socket with typed frames on it. It knows nothing of what they mean.

use futures_util::{SinkExt as _, StreamExt as _};
use setroom_protocol::{ClientFrame, CloseCode, ServerFrame};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::logs::LineLog;
use super::net::TcpStream;
use super::tape::Tape;

type Socket = WebSocketStream<TcpStream>;

/// A snapshot of a room that is full of texts is some megabytes; more than this is a fault.
const MESSAGE_BYTES: usize = 16 * 1024 * 1024;

/// Small buffers, because a load test holds thousands of these: the library's own default is
/// 128 KiB each, zeroed on every read.
pub(crate) fn settings() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(2048)
        .write_buffer_size(0)
        .max_message_size(Some(MESSAGE_BYTES))
        .max_frame_size(Some(MESSAGE_BYTES))
}

/// Why no more frames come.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ended {
    /// The server closed it and said why.
    #[error("closed by the server with {code} {reason}")]
    Closed {
        /// The close code.
        code: u16,
        /// Its reason.
        reason: String,
    },
    /// The connection broke.
    #[error("the connection was lost: {0}")]
    Lost(String),
    /// A frame that this protocol does not know. It never repeats what was in it.
    #[error("the server sent a frame that cannot be read (column {0})")]
    Unreadable(usize),
}

impl Ended {
    /// The code of the protocol, when it was closed with one.
    pub fn close_code(&self) -> Option<CloseCode> {
        let Self::Closed { code, .. } = self else { return None };
        CloseCode::ALL.into_iter().find(|known| known.code() == *code)
    }
}

/// A socket to the server. Whoever holds it must keep reading, because the server's signs of life are
/// answered while reading.
#[derive(Debug)]
pub struct Connection {
    /// On the heap, since clients are kept in futures.
    socket: Box<Socket>,
    tape: Option<Tape>,
    log: Option<LineLog>,
}

impl Connection {
    pub(crate) fn new(socket: Socket, tape: Option<Tape>, log: Option<LineLog>) -> Self {
        Self { socket: Box::new(socket), tape, log }
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// [`Ended`].
    pub async fn send(&mut self, frame: &ClientFrame) -> Result<(), Ended> {
        // Maps with string keys, numbers, strings: this cannot fail.
        self.send_text(serde_json::to_string(frame).unwrap_or_default()).await
    }

    /// Sends any text: for tests of what the server does not accept.
    ///
    /// # Errors
    /// [`Ended`].
    pub async fn send_text(&mut self, text: String) -> Result<(), Ended> {
        if let Some(log) = &self.log {
            log.sent(&text);
        }
        self.message(Message::text(text)).await
    }

    /// Sends bytes, which this protocol never does.
    ///
    /// # Errors
    /// [`Ended`].
    pub async fn send_binary(&mut self, bytes: Vec<u8>) -> Result<(), Ended> {
        self.message(Message::binary(bytes)).await
    }

    async fn message(&mut self, message: Message) -> Result<(), Ended> {
        self.socket.send(message).await.map_err(|e| Ended::Lost(e.to_string()))
    }

    /// The next frame.
    ///
    /// # Errors
    /// [`Ended`].
    pub async fn next(&mut self) -> Result<ServerFrame, Ended> {
        let text = self.next_text().await?;
        serde_json::from_str(&text).map_err(|e| Ended::Unreadable(e.column()))
    }

    /// The next frame as it came.
    ///
    /// # Errors
    /// [`Ended`]; also for bytes, which this protocol never sends.
    pub async fn next_text(&mut self) -> Result<Utf8Bytes, Ended> {
        let next = self.next_unlogged().await;
        match (&self.log, &next) {
            (Some(log), Ok(text)) => log.got(text),
            (Some(log), Err(ended)) => log.ended(ended),
            (None, _) => {}
        }
        next
    }

    async fn next_unlogged(&mut self) -> Result<Utf8Bytes, Ended> {
        loop {
            let message = match self.socket.next().await {
                Some(Ok(message)) => message,
                Some(Err(error)) => return Err(Ended::Lost(error.to_string())),
                None => return Err(Ended::Lost("no more is sent".into())),
            };
            if let Some(tape) = &self.tape {
                keep(tape, &message);
            }
            match message {
                Message::Text(text) => return Ok(text),
                Message::Close(Some(frame)) => {
                    let (code, reason) = (frame.code.into(), frame.reason.to_string());
                    return Err(Ended::Closed { code, reason });
                }
                Message::Close(None) => {
                    return Err(Ended::Closed { code: 1005, reason: String::new() });
                }
                Message::Binary(_) => return Err(Ended::Unreadable(0)),
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }

    /// Reads until the server has closed, and says how.
    pub async fn until_ended(&mut self) -> Ended {
        loop {
            if let Err(ended) = self.next_text().await {
                return ended;
            }
        }
    }

    /// Says goodbye.
    ///
    /// # Errors
    /// [`Ended`] when it was over already.
    pub async fn close(mut self) -> Result<(), Ended> {
        self.message(Message::Close(None)).await
    }
}

fn keep(tape: &Tape, message: &Message) {
    match message {
        Message::Text(text) => tape.keep(text.as_bytes()),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => tape.keep(bytes),
        Message::Close(Some(frame)) => tape.keep(frame.reason.as_bytes()),
        Message::Close(None) | Message::Frame(_) => {}
    }
}
