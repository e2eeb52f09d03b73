//! A line that takes so many bytes in a second of the test's clock, and no more.

use setroom_client::Client;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::bare::{self, Got, frame};
use super::people::Set;

/// Somebody's line that is read slowly, and what it was sent.
pub(crate) struct Thin {
    line: TcpStream,
    /// The kind of frame that is counted.
    kind: &'static str,
    /// Bytes that are read though their second has not come yet.
    ahead: usize,
    /// Whether a ping of ours is still unanswered.
    waits: bool,
    /// How many of them came, how long they were, and the newest.
    pub(crate) frames: usize,
    pub(crate) bytes: usize,
    pub(crate) newest: serde_json::Value,
}

impl Thin {
    pub(crate) async fn of(set: &Set, who: &Client, kind: &'static str) -> Self {
        let (to, here) = (set.server.running.addr(), [127, 0, 0, 5].into());
        let mut line = bare::try_open(to, here, true, "").await.unwrap();
        let first = serde_json::to_string(&who.keyring().come_back(None)).unwrap();
        line.write_all(&frame(0x81, first.as_bytes())).await.unwrap();
        let newest = serde_json::Value::Null;
        Self { line, kind, ahead: 0, waits: false, frames: 0, bytes: 0, newest }
    }

    /// Reads what this many bytes let it, or all that is there. Says whether that was all.
    pub(crate) async fn takes(&mut self, bytes: usize) -> bool {
        self.ahead = self.ahead.saturating_sub(bytes);
        while self.ahead == 0 {
            if !std::mem::replace(&mut self.waits, true) {
                self.line.write_all(&frame(0x89, b"all?")).await.unwrap();
            }
            let mut taken = 0;
            while taken < bytes {
                match bare::next(&mut self.line).await {
                    Got::Text(text) => {
                        taken += text.len();
                        self.note(&text);
                    }
                    Got::Pong(_) => {
                        self.waits = false;
                        return true;
                    }
                    Got::Ping(_) => {}
                    other @ (Got::Close(_) | Got::End) => panic!("put out: {other:?}"),
                }
            }
            self.ahead = taken;
        }
        false
    }

    fn note(&mut self, text: &str) {
        let begins = format!(r#"{{"t":"{}""#, self.kind);
        if text.starts_with(&begins) {
            (self.frames, self.bytes) = (self.frames + 1, self.bytes + text.len());
            self.newest = serde_json::from_str(text).unwrap();
        }
    }
}
