//! Log lines: only our own events, and of those only fields on the list.
//!
//! Libraries log what they handle, which here would be what people send. So their events never
//! get through, at whatever level; and a field that nobody thought about is left out.

use std::fmt::Write as _;
use std::io::Write;

use parking_lot::Mutex;
use serde_json::{Map, Value};
use setroom_protocol::Timestamp;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, FilterExt, FilterFn};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use super::throttle::Throttle;
use crate::clock::Clock;

/// The fields that may be written, each with no more in it than its name says.
const FIELDS: [&str; 20] = [
    "message", "event", "room", "limit", "count", "file", "line", "error", "address", "listen",
    "metrics", "version", "data", "sets", "journal", "limits", "changed", "left_out", "held",
    "most",
];

/// What tells two kinds of warning apart.
const KIND: [&str; 5] = ["event", "message", "error", "file", "line"];
/// These are said once for each room: each brings how often it was there.
const FOR_EACH_ROOM: [&str; 1] = ["not_saved"];
/// Lines of one kind in a minute.
const WARNINGS: u32 = 1;
const ERRORS: u32 = 5;
/// After this one nothing comes that could say what was left out.
const LAST: &str = "stop";

/// The only source of events that is written.
const OURS: &str = "setroom";

/// Writes events as lines.
pub struct LogLines {
    out: Mutex<Out>,
    clock: Clock,
    json: bool,
}

struct Out {
    paper: Box<dyn Write + Send>,
    throttle: Throttle,
}

impl std::fmt::Debug for LogLines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogLines").field("json", &self.json).finish_non_exhaustive()
    }
}

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
#[error("the log cannot be started: {0}")]
pub struct LogError(String);

/// Makes `lines` the log of this process. `filter` is in the form of `RUST_LOG`.
///
/// # Errors
/// [`LogError`] when the filter cannot be read or a log is there already.
pub fn install(lines: LogLines, filter: &str) -> Result<(), LogError> {
    let filter = EnvFilter::builder()
        .parse(filter)
        .map_err(|error| LogError(format!("RUST_LOG: {error}")))?;
    let subscriber = tracing_subscriber::registry().with(lines.filtered(filter));
    tracing::subscriber::set_global_default(subscriber)
        .map_err(|_| LogError("another log is in place".to_owned()))
}

impl LogLines {
    /// Writes to `out`, as JSON or compactly, with the time of `clock`.
    pub fn new(out: impl Write + Send + 'static, clock: Clock, json: bool) -> Self {
        let out = Out { paper: Box::new(out), throttle: Throttle::default() };
        Self { out: Mutex::new(out), clock, json }
    }

    /// The lines that pass `filter` and come from Setroom itself.
    pub fn filtered<S>(self, filter: EnvFilter) -> impl Layer<S>
    where
        S: Subscriber + for<'span> tracing_subscriber::registry::LookupSpan<'span>,
    {
        self.with_filter(filter.and(FilterFn::new(is_ours)))
    }

    fn line(&self, now_ms: u64, level: Level, target: &str, fields: Map<String, Value>) -> String {
        let at = Timestamp(now_ms).to_string();
        let mut line = if self.json {
            let mut object = Map::new();
            object.insert("at".to_owned(), at.into());
            object.insert("level".to_owned(), level.as_str().into());
            object.insert("target".to_owned(), target.into());
            object.extend(fields);
            Value::Object(object).to_string()
        } else {
            compact(&at, level, &fields)
        };
        line.push('\n');
        line
    }
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with(OURS)
}

impl<S: Subscriber> Layer<S> for LogLines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut kept = Kept::default();
        event.record(&mut kept);
        let (level, target) = (*event.metadata().level(), event.metadata().target());
        let name = kept.fields.get("event").and_then(Value::as_str).unwrap_or_default().to_owned();
        let now_ms = self.clock.now_ms();
        let mut out = self.out.lock();
        let mut lines = String::new();
        for (name, count) in out.throttle.over(now_ms, name == LAST) {
            let mut fields = Map::new();
            let message = "more lines of this kind were left out";
            fields.insert("message".to_owned(), message.into());
            fields.insert("event".to_owned(), name.into());
            fields.insert("left_out".to_owned(), count.into());
            lines.push_str(&self.line(now_ms, Level::WARN, OURS, fields));
        }
        let most = match level {
            Level::ERROR => ERRORS,
            Level::WARN => WARNINGS,
            _ => u32::MAX,
        };
        if most == u32::MAX || out.throttle.may(kind(&kept.fields), &name, most, now_ms) {
            lines.push_str(&self.line(now_ms, level, target, kept.fields));
        }
        // A log that cannot be written must not take the service with it.
        let _ = out.paper.write_all(lines.as_bytes());
    }
}

fn kind(fields: &Map<String, Value>) -> String {
    let event = fields.get("event").and_then(Value::as_str).unwrap_or_default();
    let room = FOR_EACH_ROOM.contains(&event).then_some("room");
    let names = KIND.iter().copied().chain(room);
    let parts = names.filter_map(|name| fields.get(name)).map(Value::to_string);
    parts.collect::<Vec<_>>().join(" ")
}

fn compact(at: &str, level: Level, fields: &Map<String, Value>) -> String {
    let mut line = format!("{at} {level:>5}");
    if let Some(Value::String(message)) = fields.get("message") {
        let _ = write!(line, " {message}");
    }
    for (name, value) in fields.iter().filter(|(name, _)| *name != "message") {
        let _ = match value.as_str() {
            Some(text) => write!(line, " {name}={text}"),
            None => write!(line, " {name}={value}"),
        };
    }
    // A line break in a value must not look like another line.
    line.replace(['\n', '\r'], " ")
}

/// The fields of one event that are on the list.
#[derive(Default)]
struct Kept {
    fields: Map<String, Value>,
}

impl Kept {
    fn keep(&mut self, field: &Field, value: impl Into<Value>) {
        if FIELDS.contains(&field.name()) {
            self.fields.insert(field.name().to_owned(), value.into());
        }
    }
}

impl Visit for Kept {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.keep(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.keep(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.keep(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.keep(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.keep(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.keep(field, format!("{value:?}"));
    }
}
