//! What clients sent and received, written down for whoever checks a run afterwards.
//!
//! One log for each browser of a set, of JSON lines; in a folder it is the file `SET.DEVICE.jsonl`.
//! The first line says the form, the set and the browser; each other is an [`Event`]. Secrets are
//! left out: of a first frame only its kind is kept, and of a knock what it shows for its browser.
//! Everything that was typed is sealed before it gets here.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use setroom_protocol::{
    Challenge32, ClientFrame, DeviceId, KnockFrame, Nonce16, PublicKey, Seq, ServerFrame, SetId,
    Signature64,
};
use tokio::time::Instant;

use super::connection::Ended;

/// The form of the files. It rises when a reader of the one before could not read them.
pub const LOG_FORM: u32 = 1;

/// The first line of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Header {
    /// [`LOG_FORM`].
    pub log: u32,
    /// The set.
    pub set: SetId,
    /// The browser.
    pub device: DeviceId,
}

/// Every other line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Microseconds since the first client of the run began.
    pub t: u64,
    /// Which of the run's connections; each number is used once.
    pub conn: u64,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened on a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ev", rename_all = "snake_case")]
pub enum What {
    /// It was opened, and its first frame is about to be sent.
    Open {
        /// How.
        first: First,
    },
    /// A frame is about to be sent.
    Sent {
        /// The frame.
        frame: Value,
    },
    /// A frame came.
    Got {
        /// The frame.
        frame: Value,
    },
    /// Nothing more comes.
    End {
        /// The close code; absent when the line broke or the client itself went.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<u16>,
    },
}

/// A first frame without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum First {
    /// Somebody with a link.
    Knock {
        /// The kind of link.
        role: setroom_protocol::LinkRole,
        /// What it showed for its browser.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shown: Option<Box<Shown>>,
    },
    /// A browser that was in before.
    Resume {
        /// The last change that it has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Seq>,
    },
}

/// What a knock shows for the browser that it says it is, and what it was to sign. Nothing of it is a
/// secret, and whoever judges can see from it alone whether the private key was there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// What the server had asked to be signed; absent when it had not yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Challenge32>,
    /// The browser's key for grants.
    #[serde(rename = "pub")]
    pub public: PublicKey,
    /// The browser's key for signatures.
    pub sign: PublicKey,
    /// The random part of the hello.
    pub nonce: Nonce16,
    /// The signature.
    pub pop: Signature64,
}

impl Shown {
    /// What this knock shows on a socket with this challenge.
    pub fn of(knock: &KnockFrame, challenge: Option<Challenge32>) -> Self {
        let KnockFrame { public, sign, nonce, pop, .. } = *knock;
        Self { challenge, public, sign, nonce, pop }
    }
}

/// The logs of a run's clients. Clones write to the same ones.
#[derive(Clone)]
pub struct Logs(Arc<Inner>);

struct Inner {
    /// Where the log of a browser goes.
    begin: Box<dyn Fn(Header) -> io::Result<Box<dyn Write + Send>> + Send + Sync>,
    /// The time since the run began.
    elapsed: Box<dyn Fn() -> Duration + Send + Sync>,
    state: Mutex<State>,
}

type Log = Arc<Mutex<Box<dyn Write + Send>>>;

#[derive(Default)]
struct State {
    logs: HashMap<(SetId, DeviceId), Log>,
    connections: u64,
    failed: Option<io::Error>,
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Logs {
    /// Logs in a folder, which is made if it is not there. What clients logged there before is
    /// gone on from.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn in_folder(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let (begun, folder) = (Instant::now(), folder.to_owned());
        let begin = move |Header { set, device, .. }: Header| -> io::Result<Box<dyn Write + Send>> {
            let path = folder.join(format!("{set}.{device}.jsonl"));
            let file = File::options().create(true).append(true).open(path)?;
            Ok(Box::new(BufWriter::new(file)))
        };
        Ok(Self::written_to(begin, move || begun.elapsed()))
    }

    /// Logs that go wherever `begin` says, each with its header first, in a time that `elapsed`
    /// tells since the run began.
    pub fn written_to(
        begin: impl Fn(Header) -> io::Result<Box<dyn Write + Send>> + Send + Sync + 'static,
        elapsed: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        let (begin, elapsed, state) = (Box::new(begin), Box::new(elapsed), Mutex::default());
        Self(Arc::new(Inner { begin, elapsed, state }))
    }

    /// Writes down all that was logged so far.
    ///
    /// # Errors
    /// The first thing that went wrong since the logs were begun: then they are not whole.
    pub fn flush(&self) -> io::Result<()> {
        let mut state = locked(&self.0.state);
        for log in state.logs.values() {
            locked(log).flush()?;
        }
        state.failed.take().map_or(Ok(()), Err)
    }

    /// The log of a connection that is about to be used. Whose it is says its first frame.
    pub fn line(&self) -> LineLog {
        LineLog { logs: self.clone(), challenge: Arc::default(), opened: Arc::default() }
    }

    /// Finds, or begins, the log of a browser, and a number for its connection.
    fn open(&self, set: SetId, device: DeviceId) -> io::Result<(u64, Log)> {
        let mut state = locked(&self.0.state);
        state.connections += 1;
        let conn = state.connections;
        if let Some(log) = state.logs.get(&(set, device)) {
            return Ok((conn, Arc::clone(log)));
        }
        let header = Header { log: LOG_FORM, set, device };
        let mut log = (self.0.begin)(header)?;
        serde_json::to_writer(&mut log, &header)?;
        log.write_all(b"\n")?;
        let log: Log = Arc::new(Mutex::new(log));
        state.logs.insert((set, device), Arc::clone(&log));
        Ok((conn, log))
    }

    fn keep<T>(&self, result: io::Result<T>) -> Option<T> {
        result.map_err(|error| locked(&self.0.state).failed.get_or_insert(error).kind()).ok()
    }
}

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Logs of {} browsers", locked(&self.0.state).logs.len())
    }
}

/// The log of one connection. The end is noted when it comes, or when the last clone goes.
#[derive(Clone)]
pub struct LineLog {
    logs: Logs,
    challenge: Arc<OnceLock<Challenge32>>,
    opened: Arc<OnceLock<Line>>,
}

/// A connection that is somebody's.
struct Line {
    logs: Logs,
    /// Its number, and where it is written down; none when that failed.
    opened: Option<(u64, Log)>,
    ended: OnceLock<()>,
}

impl LineLog {
    /// A frame is about to be sent.
    pub fn sent(&self, text: &str) {
        if let Some(line) = self.opened.get() {
            line.frame("sent", text);
            return;
        }
        let challenge = self.challenge.get().copied();
        let Some((set, device, first)) = first_frame(text, challenge) else { return };
        self.opened.get_or_init(|| {
            let opened = self.logs.keep(self.logs.open(set, device));
            let line = Line { logs: self.logs.clone(), opened, ended: OnceLock::new() };
            let first = serde_json::to_string(&first).unwrap_or_default();
            line.write(&format!("\"ev\":\"open\",\"first\":{first}"));
            line
        });
    }

    /// A frame came.
    pub fn got(&self, text: &str) {
        if let Some(line) = self.opened.get() {
            line.frame("got", text);
        } else if let Ok(ServerFrame::Hello { challenge, .. }) = serde_json::from_str(text) {
            self.challenge.get_or_init(|| challenge);
        }
    }

    /// Nothing more comes.
    pub fn ended(&self, ended: &Ended) {
        if let Some(line) = self.opened.get() {
            let code = if let Ended::Closed { code, .. } = ended { Some(*code) } else { None };
            line.end(code);
        }
    }
}

impl fmt::Debug for LineLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LineLog(…)")
    }
}

impl Line {
    fn frame(&self, ev: &str, text: &str) {
        // As it is, so that the form of a frame is that of the wire. What is not JSON is a text.
        let quoted = || serde_json::to_string(text).unwrap_or_default();
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
        let frame = if is_json && !text.contains('\n') { text } else { &quoted() };
        self.write(&format!("\"ev\":\"{ev}\",\"frame\":{frame}"));
    }

    fn end(&self, code: Option<u16>) {
        if self.ended.set(()).is_ok() {
            let code = code.map(|code| format!(",\"code\":{code}")).unwrap_or_default();
            self.write(&format!("\"ev\":\"end\"{code}"));
        }
    }

    fn write(&self, rest: &str) {
        let Some((conn, log)) = &self.opened else { return };
        let t = (self.logs.0.elapsed)().as_micros();
        let written = writeln!(locked(log), "{{\"t\":{t},\"conn\":{conn},{rest}}}");
        self.logs.keep(written);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.end(None);
    }
}

/// Whose connection it is, from its first frame.
fn first_frame(text: &str, challenge: Option<Challenge32>) -> Option<(SetId, DeviceId, First)> {
    match serde_json::from_str(text).ok()? {
        ClientFrame::Knock(knock) => {
            let shown = Some(Box::new(Shown::of(&knock, challenge)));
            Some((knock.set, knock.device(), First::Knock { role: knock.role, shown }))
        }
        ClientFrame::Resume { set, device, since, .. } => {
            Some((set, device, First::Resume { since }))
        }
        ClientFrame::Do { .. } | ClientFrame::Ping { .. } => None,
    }
}
