//! The books of one room: what was asked, what arrived where, and what the room looks like.
//!
//! Every seat of a room is sent the same bytes for a change. So the first copy that arrives is
//! read in full and merged into the one view that the ledger keeps; every further copy is only
//! compared with it, byte for byte, and its time taken. A seat whose copies were all the same has
//! the same merged view, and one whose copies differed is remembered as not having it. That keeps
//! the tester cheap beside the server that it measures.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use serde::Deserialize;
use serde_json::Value;
use setroom_protocol::CommandId;
use setroom_protocol::view::merge;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::measure::outcome::Deliveries;
use setroom_client::{Arrival, Sequence};

/// Changes that are kept for comparison, at most. A seat further behind than this is lost anyway.
const LOG: usize = 4096;

/// As much of a frame as is needed on every copy.
#[derive(Deserialize)]
struct Head<'a> {
    t: &'a str,
    seq: Option<u64>,
    re: Option<&'a str>,
    cid: Option<&'a str>,
    code: Option<&'a str>,
}

/// What came of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Waiting,
    Done,
    Refused,
}

/// A change that some seats have.
struct Kept {
    text: Utf8Bytes,
    due: Option<Instant>,
    copies: usize,
}

/// One seat's end of it.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) sequence: Sequence,
    pub(crate) own: Value,
    /// Whether everything that arrived was what the others got.
    pub(crate) same: bool,
    /// Whether frames still come.
    pub(crate) open: bool,
}

/// What the ledger says after a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A change came; when the command behind it was due, if it was one of ours.
    Delivery(Option<Instant>),
    /// A change came again.
    Repeat,
    /// Anything else.
    Other,
}

/// The books of one room.
pub(crate) struct Ledger {
    shared: Value,
    seats: Vec<Standing>,
    /// The changes after `first`, as first received.
    log: VecDeque<Kept>,
    /// The place of the first change in the log.
    first: u64,
    /// Changes that came before the one they follow.
    early: BTreeMap<u64, Utf8Bytes>,
    flights: HashMap<CommandId, Instant>,
    /// Commands without an answer.
    waiting: HashSet<CommandId>,
    /// What came of commands that somebody wants to know about.
    outcomes: HashMap<CommandId, Outcome>,
    /// The highest place that anybody was told of.
    reached: u64,
    base: u64,
    pub(crate) sent: u64,
    pub(crate) done: u64,
    pub(crate) refused: BTreeMap<String, u64>,
    /// Deliveries that named one of our commands.
    pub(crate) timed: u64,
    /// Frames that could not be read.
    pub(crate) unreadable: u64,
}

impl Ledger {
    /// Opens the books at the change `seq`, with the view as it is then. Each seat has its own
    /// part of the view, and whether its shared part is the same.
    pub(crate) fn new(seq: u64, shared: Value, seats: Vec<(Value, bool)>) -> Self {
        let standing =
            |(own, same)| Standing { sequence: Sequence::after(seq), own, same, open: true };
        Self {
            shared,
            seats: seats.into_iter().map(standing).collect(),
            log: VecDeque::new(),
            first: seq + 1,
            early: BTreeMap::new(),
            flights: HashMap::new(),
            waiting: HashSet::new(),
            outcomes: HashMap::new(),
            reached: seq,
            base: seq,
            sent: 0,
            done: 0,
            refused: BTreeMap::new(),
            timed: 0,
            unreadable: 0,
        }
    }

    /// The view that all share, as of [`Ledger::merged_to`].
    pub(crate) fn shared(&self) -> &Value {
        &self.shared
    }

    /// The last change in the shared view.
    pub(crate) fn merged_to(&self) -> u64 {
        self.first + self.log.len() as u64 - 1
    }

    pub(crate) fn seat(&self, seat: usize) -> Option<&Standing> {
        self.seats.get(seat)
    }

    /// A command goes out now that was due at `due`. `remember` keeps what comes of it for
    /// [`Ledger::outcome`].
    pub(crate) fn send(&mut self, cid: CommandId, due: Instant, remember: bool) {
        self.sent += 1;
        self.flights.insert(cid, due);
        self.waiting.insert(cid);
        if remember {
            self.outcomes.insert(cid, Outcome::Waiting);
        }
    }

    /// It did not go out after all.
    pub(crate) fn not_sent(&mut self, cid: CommandId) {
        self.sent -= 1;
        self.flights.remove(&cid);
        self.waiting.remove(&cid);
        self.outcomes.remove(&cid);
    }

    /// What has come of a command; done or refused ones are told once and then forgotten.
    pub(crate) fn outcome(&mut self, cid: CommandId) -> Option<Outcome> {
        let outcome = self.outcomes.get(&cid).copied();
        if outcome != Some(Outcome::Waiting) {
            self.outcomes.remove(&cid);
        }
        outcome
    }

    /// A frame came for this seat.
    pub(crate) fn receive(&mut self, seat: usize, text: &Utf8Bytes) -> Entry {
        let Ok(head) = serde_json::from_str::<Head<'_>>(text) else {
            self.unreadable += 1;
            return Entry::Other;
        };
        match (head.t, head.seq) {
            ("change", Some(seq)) => return self.change(seat, seq, head.re, text),
            ("own", _) => self.own(seat, text),
            ("done", Some(seq)) => {
                self.reached = self.reached.max(seq);
                self.answered(head.cid, None);
            }
            ("refused", _) => self.answered(head.cid, head.code),
            // A new snapshot on a connection that lost nothing: what it had was not kept up.
            ("snapshot" | "lobby", _) => {
                if let Some(standing) = self.seats.get_mut(seat) {
                    standing.same = false;
                }
            }
            _ => {}
        }
        Entry::Other
    }

    fn change(&mut self, seat: usize, seq: u64, re: Option<&str>, text: &Utf8Bytes) -> Entry {
        match self.seats.get_mut(seat).map(|standing| standing.sequence.take(seq)) {
            None => return Entry::Other,
            Some(Arrival::Again) => return Entry::Repeat,
            Some(Arrival::Next | Arrival::Ahead | Arrival::Late) => {}
        }
        self.reached = self.reached.max(seq);
        let mut same = true;
        let next = self.first + self.log.len() as u64;
        if seq == next {
            self.keep(text.clone());
            while let Some(early) = self.early.remove(&(self.first + self.log.len() as u64)) {
                self.keep(early);
            }
        } else if seq > next {
            same &= self.early.entry(seq).or_insert_with(|| text.clone()) == text;
        }
        let at = seq.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        let due = match at.and_then(|at| self.log.get_mut(at)) {
            Some(kept) => {
                kept.copies += 1;
                same &= kept.text == *text;
                kept.due
            }
            None => re.and_then(|re| self.flights.get(&re.parse().ok()?)).copied(),
        };
        if let Some(standing) = self.seats.get_mut(seat) {
            standing.same &= same;
        }
        self.timed += u64::from(due.is_some());
        self.forget();
        Entry::Delivery(due)
    }

    /// The first copy of the change that comes next.
    fn keep(&mut self, text: Utf8Bytes) {
        let mut due = None;
        match serde_json::from_str::<Value>(&text) {
            Ok(change) => {
                if let Some(patch) = change.get("shared") {
                    merge(&mut self.shared, patch);
                }
                let re = change.get("re").and_then(Value::as_str);
                due = re.and_then(|re| self.flights.remove(&re.parse().ok()?));
            }
            Err(_) => self.unreadable += 1,
        }
        self.log.push_back(Kept { text, due, copies: 0 });
    }

    /// Drops what every seat has.
    fn forget(&mut self) {
        while self
            .log
            .front()
            .is_some_and(|kept| kept.copies >= self.seats.len() || self.log.len() > LOG)
        {
            self.log.pop_front();
            self.first += 1;
        }
    }

    fn own(&mut self, seat: usize, text: &str) {
        let Some(standing) = self.seats.get_mut(seat) else { return };
        match serde_json::from_str::<Value>(text) {
            Ok(mut frame) => {
                let patch = frame.get_mut("own").map(Value::take).unwrap_or_default();
                if frame.get("whole").and_then(Value::as_bool).unwrap_or_default() {
                    standing.own = patch;
                } else {
                    merge(&mut standing.own, &patch);
                }
            }
            Err(_) => self.unreadable += 1,
        }
    }

    fn answered(&mut self, cid: Option<&str>, code: Option<&str>) {
        let Some(cid) = cid.and_then(|cid| cid.parse::<CommandId>().ok()) else { return };
        // Only once: an answer that is repeated says nothing new.
        if !self.waiting.remove(&cid) {
            return;
        }
        let outcome = match code {
            None => {
                self.done += 1;
                Outcome::Done
            }
            Some(code) => {
                self.flights.remove(&cid);
                *self.refused.entry(code.to_owned()).or_default() += 1;
                Outcome::Refused
            }
        };
        if let Some(remembered) = self.outcomes.get_mut(&cid) {
            *remembered = outcome;
        }
    }

    /// No more frames come for this seat.
    pub(crate) fn ended(&mut self, seat: usize) {
        if let Some(standing) = self.seats.get_mut(seat) {
            standing.open = false;
        }
    }

    /// Whether every command was answered and every seat that is still there has everything.
    pub(crate) fn settled(&self) -> bool {
        self.waiting.is_empty()
            && self
                .seats
                .iter()
                .filter(|seat| seat.open)
                .all(|seat| seat.sequence.last() == self.reached && seat.sequence.lost() == 0)
    }

    /// Whether nobody's connection is open any more: nothing will come.
    pub(crate) fn is_left(&self) -> bool {
        !self.seats.iter().any(|seat| seat.open)
    }

    /// Whether nothing is worth waiting for.
    pub(crate) fn is_over(&self) -> bool {
        self.settled() || self.is_left()
    }

    /// What the deliveries so far come to. Every change was to reach every seat once.
    pub(crate) fn tally(&self) -> Deliveries {
        let each = self.reached - self.base;
        self.seats.iter().fold(Deliveries::default(), |sum, seat| {
            let received = seat.sequence.received();
            Deliveries {
                expected: sum.expected + each,
                received: sum.received + received,
                lost: sum.lost + each.saturating_sub(received),
                duplicated: sum.duplicated + seat.sequence.duplicated(),
                out_of_order: sum.out_of_order + seat.sequence.out_of_order(),
                ..sum
            }
        })
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").field("reached", &self.reached).finish_non_exhaustive()
    }
}
