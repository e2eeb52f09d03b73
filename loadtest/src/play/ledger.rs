//! One room's view and the changes that led to it, kept once for all of its people.
//!
//! Every seat is sent the same bytes for a change. So the first copy is read and merged, its hash
//! is kept, and every further copy is only hashed and compared. Sealed texts and keys are kept as
//! hashes too: enough to tell a view from another, and a fraction of its size.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::Deserialize;
use serde_json::Value;
use setroom_protocol::CommandId;
use setroom_protocol::view::merge;
use tokio::time::Instant;

/// Changes that are remembered for comparison: more than a server's ring gives to anybody.
const LOG: usize = 1024;
/// Texts longer than this are kept as a hash. Ids and names of things are shorter.
const LONG: usize = 44;

/// A change that somebody has received.
#[derive(Clone, Copy, Debug)]
struct Kept {
    hash: u64,
    due: Option<Instant>,
}

/// The books of one meeting.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// What all see, as of [`Ledger::at`]; null before the first snapshot.
    pub(crate) shared: Value,
    /// The place of the last change in the view.
    pub(crate) at: u64,
    log: BTreeMap<u64, Kept>,
    /// Changes that came before the one they follow; they are in the log, and not yet in the view.
    early: BTreeMap<u64, Value>,
    flights: HashMap<CommandId, Instant>,
    /// The highest place that anybody was told of.
    pub(crate) reached: u64,
    pub(crate) unreadable: u64,
    /// Whether the view has changed since the room last looked.
    pub(crate) news: bool,
}

/// A change frame, as far as the books read it.
#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    re: Option<CommandId>,
    #[serde(default)]
    shared: Value,
}

/// What a copy of a change turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Copy {
    /// The first that anybody got, or the same bytes as the first; when its command was due.
    Same(Option<Instant>),
    /// Other bytes than somebody else got.
    Other,
}

pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

/// Keeps long texts as hashes.
pub(crate) fn lean(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > LONG => {
            *text = format!("#{:016x}", hash(text.as_bytes()));
        }
        Value::Array(list) => list.iter_mut().for_each(lean),
        Value::Object(map) => map.values_mut().for_each(lean),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A snapshot's parts as they are kept.
pub(super) fn leaned(mut value: Value) -> Value {
    lean(&mut value);
    value
}

impl Ledger {
    /// A command goes out that was due at `due`, and whose delivery is to be timed.
    pub(crate) fn flies(&mut self, cid: CommandId, due: Instant) {
        self.flights.insert(cid, due);
    }

    /// A command was answered. True when it is done and its change came without naming it.
    pub(crate) fn landed(&mut self, cid: CommandId, done: Option<u64>) -> bool {
        let unnamed = self.flights.remove(&cid).is_some();
        unnamed && done.is_some_and(|seq| self.log.contains_key(&seq))
    }

    /// Whether these bytes are the change at this place that somebody has got already; then, when
    /// its command was due.
    pub(crate) fn again(&self, seq: u64, hash: u64) -> Option<Option<Instant>> {
        self.log.get(&seq).filter(|kept| kept.hash == hash).map(|kept| kept.due)
    }

    /// A copy of the change at this place that is not known by its hash yet.
    pub(crate) fn copy(&mut self, seq: u64, bytes: &[u8], hash: u64) -> Copy {
        self.reached = self.reached.max(seq);
        if self.log.contains_key(&seq) {
            return Copy::Other;
        }
        let mut due = None;
        match serde_json::from_slice::<Change>(bytes) {
            Ok(change) => {
                due = change.re.and_then(|re| self.flights.remove(&re));
                // Behind a snapshot that somebody was given meanwhile, the view has it already.
                if seq > self.at {
                    self.early.insert(seq, leaned(change.shared));
                    while let Some(next) = self.early.remove(&(self.at + 1)) {
                        if next.is_object() {
                            merge(&mut self.shared, &next);
                        }
                        self.at += 1;
                        self.news = true;
                    }
                }
            }
            Err(_) => self.unreadable += 1,
        }
        self.log.insert(seq, Kept { hash, due });
        if self.log.len() > LOG {
            self.log.pop_first();
        }
        Copy::Same(due)
    }

    /// Somebody was given everything as it is after this place. Gives it back when the view is
    /// further already, so that it is compared once that seat is there too; `shared` is lean.
    pub(crate) fn snapshot(&mut self, seq: u64, shared: Value) -> Compare {
        self.reached = self.reached.max(seq);
        if seq > self.at || self.shared.is_null() {
            self.shared = shared;
            self.at = seq;
            self.early.retain(|early, _| *early > seq);
            self.news = true;
            Compare::Equal
        } else if seq == self.at {
            if shared == self.shared { Compare::Equal } else { Compare::Differs }
        } else {
            Compare::Later(Box::new(shared))
        }
    }

    /// The server has forgotten what it had told: everything after `seq` is taken back.
    pub(crate) fn went_back(&mut self, seq: u64, shared: Value) {
        self.shared = shared;
        self.at = seq;
        self.reached = seq;
        self.log.clear();
        self.early.clear();
        self.news = true;
    }
}

/// How a snapshot compares with the view.
#[derive(Debug)]
pub(crate) enum Compare {
    /// The same, or the first.
    Equal,
    /// Not the same.
    Differs,
    /// Older than the view: its owner has to catch up first.
    Later(Box<Value>),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(seq: u64, shared: &Value) -> Vec<u8> {
        serde_json::to_vec(
            &json!({"t": "change", "seq": seq, "at": 1, "what": "x", "shared": shared}),
        )
        .unwrap()
    }

    #[test]
    fn the_first_copy_is_merged_and_others_are_compared() {
        let mut books = Ledger::default();
        assert!(matches!(books.snapshot(4, json!({"a": 1})), Compare::Equal));
        let five = change(5, &json!({"b": "x".repeat(100)}));
        assert_eq!(books.copy(5, &five, hash(&five)), Copy::Same(None));
        assert_eq!(books.at, 5);
        assert!(books.shared["b"].as_str().unwrap().starts_with('#'), "long texts are hashes");
        assert_eq!(books.again(5, hash(&five)), Some(None));
        let other = change(5, &json!({"b": 3}));
        assert_eq!(books.again(5, hash(&other)), None);
        assert_eq!(books.copy(5, &other, hash(&other)), Copy::Other);
    }

    #[test]
    fn a_snapshot_ahead_becomes_the_view_and_what_led_there_is_not_merged_again() {
        let mut books = Ledger::default();
        books.snapshot(4, json!({"a": 1}));
        books.snapshot(6, json!({"a": 3}));
        let five = change(5, &json!({"a": 2}));
        assert_eq!(books.copy(5, &five, hash(&five)), Copy::Same(None));
        assert_eq!((books.at, &books.shared), (6, &json!({"a": 3})));
        assert!(matches!(books.snapshot(6, json!({"a": 9})), Compare::Differs));
        assert!(matches!(books.snapshot(5, json!({"a": 2})), Compare::Later(_)));
    }
}
