//! One room's view and the changes that led to it, kept once for all of its people.
//!
//! Every seat is sent the same bytes for a change. So the first copy is read and merged, its hash
//! is kept, and every further copy is only hashed and compared. Only the hands that are up are no part
//! of these books: whoever presents is told of none, so each person's are kept with them. Sealed texts
//! and keys are kept as hashes too: enough to tell a view from another, and a fraction of its size.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use setroom_protocol::view::merge;
use setroom_protocol::{CommandId, SeatId};
use tokio::time::Instant;

/// Changes that are remembered for comparison: more than a server's ring gives to anybody.
const LOG: usize = 1024;
/// Texts longer than this are kept as a hash. Ids and names of things are shorter.
const LONG: usize = 44;
/// Forms of one change besides the first: of all, whoever presented before it, and whoever does after.
const OTHERS: usize = 2;

/// A change that somebody has received.
#[derive(Debug)]
struct Kept {
    /// Of the first copy.
    hash: u64,
    /// Of what it says to everybody alike.
    core: u64,
    due: Option<Instant>,
    /// What it says of hands.
    hands: Option<Arc<Value>>,
}

/// A copy whose bytes are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Known {
    /// When its command was due.
    pub(crate) due: Option<Instant>,
    /// The patch of hands that it tells of.
    pub(crate) hands: Option<Arc<Value>>,
    /// Whether it does not say of which command it came, or whose.
    pub(crate) hidden: bool,
}

/// The books of one meeting.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// What all see but the hands, as of [`Ledger::at`]; null before the first snapshot.
    pub(crate) shared: Value,
    /// The place of the last change in the view.
    pub(crate) at: u64,
    log: BTreeMap<u64, Kept>,
    /// What other forms of a change than the first say of hands, by its place and their hashes.
    others: BTreeMap<(u64, u64), Option<Arc<Value>>>,
    /// When copies came that did not name their command, which another form of them may.
    unnamed: BTreeMap<u64, Vec<Instant>>,
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
    at: u64,
    #[serde(default)]
    by: Option<SeatId>,
    #[serde(default)]
    re: Option<CommandId>,
    what: String,
    #[serde(default)]
    shared: Value,
}

impl Change {
    /// A hash of what it says to everybody alike, once its hands are taken out: of a change that is
    /// nothing but hands not even whose it is.
    fn core(&self) -> u64 {
        let nothing = self.shared.as_object().is_none_or(serde_json::Map::is_empty);
        let name = (!nothing).then_some((&self.by, &self.re, &self.what));
        hash(format!("{} {name:?} {}", self.at, self.shared).as_bytes())
    }
}

/// What a copy of a change turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Copy {
    /// The first that anybody got, the same bytes as the first, or the same but for the hands.
    Same(Known),
    /// Other than what somebody else got.
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

/// Takes the hands out of a view or a patch of it.
pub(super) fn take_hands(shared: &mut Value) -> Option<Value> {
    shared.as_object_mut()?.remove("queue")
}

/// Hands as they are kept with a person: nothing while none is up.
pub(super) fn if_any(hands: Value) -> Option<Box<Value>> {
    hands.as_object().is_some_and(|up| !up.is_empty()).then(|| Box::new(hands))
}

/// Whether hands are hidden from this person in a view: whoever presents sees none, unless they hold
/// the controls.
pub(super) fn hides_hands(shared: &Value, of: SeatId) -> bool {
    let id = of.to_string();
    let is = |field: &str| shared.get(field).and_then(Value::as_str) == Some(&id);
    let role = shared.pointer(&format!("/seats/{id}/role")).and_then(Value::as_str);
    is("presenter") && !is("lead") && !matches!(role, Some("host" | "co_facilitator"))
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

    /// What is known of the change at this place, if somebody has got these very bytes already.
    pub(crate) fn again(&self, seq: u64, hash: u64) -> Option<Known> {
        let kept = self.log.get(&seq)?;
        let hands = if kept.hash == hash { &kept.hands } else { self.others.get(&(seq, hash))? };
        Some(Known { due: kept.due, hands: hands.clone(), hidden: false })
    }

    /// A copy of the change at this place that is not known by its hash yet.
    pub(crate) fn copy(&mut self, seq: u64, bytes: &[u8], hash: u64) -> Copy {
        self.reached = self.reached.max(seq);
        let Ok(mut change) = serde_json::from_slice::<Change>(bytes) else {
            self.unreadable += 1;
            return Copy::Other;
        };
        lean(&mut change.shared);
        let hands = take_hands(&mut change.shared).map(Arc::new);
        let (core, hidden) = (change.core(), change.what == "hidden");
        let due = change.re.and_then(|re| self.flights.remove(&re));
        if let Some(kept) = self.log.get_mut(&seq) {
            let mut others = self.others.range((seq, 0)..=(seq, u64::MAX)).map(|(_, hands)| hands);
            let is_another = kept.hands != hands && others.clone().all(|other| *other != hands);
            if kept.core != core || !is_another || others.nth(OTHERS - 1).is_some() {
                return Copy::Other;
            }
            kept.due = kept.due.or(due);
            let due = kept.due;
            self.others.insert((seq, hash), hands.clone());
            return Copy::Same(Known { due, hands, hidden });
        }
        // Behind a snapshot that somebody was given meanwhile, the view has it already.
        if seq > self.at {
            self.early.insert(seq, change.shared);
            while let Some(next) = self.early.remove(&(self.at + 1)) {
                if next.is_object() {
                    merge(&mut self.shared, &next);
                }
                self.at += 1;
                self.news = true;
            }
        }
        self.log.insert(seq, Kept { hash, core, due, hands: hands.clone() });
        if self.log.len() > LOG {
            self.log.pop_first();
            let first = self.log.first_key_value().map_or(0, |(first, _)| *first);
            self.others = self.others.split_off(&(first, 0));
            self.unnamed = self.unnamed.split_off(&first);
        }
        Copy::Same(Known { due, hands, hidden })
    }

    /// A copy came that hides which command it follows from.
    pub(crate) fn came_unnamed(&mut self, seq: u64, now: Instant) {
        self.unnamed.entry(seq).or_default().push(now);
    }

    /// When copies of this change came before its command was known, which it is now.
    pub(crate) fn named(&mut self, seq: u64) -> Vec<Instant> {
        self.unnamed.remove(&seq).unwrap_or_default()
    }

    /// Somebody was given everything as it is after this place. Gives it back when the view is
    /// further already, so that it is compared once that seat is there too; `shared` is lean, and
    /// without hands.
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
        self.others.clear();
        self.unnamed.clear();
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
        assert_eq!(books.copy(5, &five, hash(&five)), Copy::Same(Known::default()));
        assert_eq!(books.at, 5);
        assert!(books.shared["b"].as_str().unwrap().starts_with('#'), "long texts are hashes");
        assert_eq!(books.again(5, hash(&five)), Some(Known::default()));
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
        assert_eq!(books.copy(5, &five, hash(&five)), Copy::Same(Known::default()));
        assert_eq!((books.at, &books.shared), (6, &json!({"a": 3})));
        assert!(matches!(books.snapshot(6, json!({"a": 9})), Compare::Differs));
        assert!(matches!(books.snapshot(5, json!({"a": 2})), Compare::Later(_)));
    }

    /// A change has a form for whoever presents, for whoever did, and for all others; whichever of them
    /// comes first, and whether the view is there, before or behind it.
    #[test]
    fn forms_that_differ_in_hands_alone_are_one_change_in_any_order() {
        let hand = |n: u8| json!({ "queue": { n.to_string(): {"rank": n} } });
        let hidden = serde_json::to_vec(
            &json!({"t": "change", "seq": 5, "at": 1, "what": "hidden", "shared": {}}),
        );
        let (hidden, plain) = (hidden.unwrap(), change(5, &hand(1)));
        let hidden_one = Known { hidden: true, ..Known::default() };
        let told = |hands: &Value| {
            let hands = Some(Arc::new(hands["queue"].clone()));
            Known { hands, ..Known::default() }
        };
        for base in [4, 5, 9] {
            for [first, second] in [[&hidden, &plain], [&plain, &hidden]] {
                let mut books = Ledger::default();
                books.snapshot(base, json!({"a": 1}));
                for form in [first, second] {
                    let wanted = if form == &hidden { hidden_one.clone() } else { told(&hand(1)) };
                    assert_eq!(books.copy(5, form, hash(form)), Copy::Same(wanted), "{base}");
                }
                assert_eq!(books.again(5, hash(&hidden)), Some(Known::default()));
                assert_eq!(books.again(5, hash(&plain)), Some(told(&hand(1))));
                assert_eq!((books.at, &books.shared), (base.max(5), &json!({"a": 1})));
                // Nor a third that is nobody's, and not twice the same in other bytes.
                let spaced = [&plain[..], b" "].concat();
                assert_eq!(books.copy(5, &spaced, hash(&spaced)), Copy::Other);
                let third = change(5, &hand(2));
                assert!(matches!(books.copy(5, &third, hash(&third)), Copy::Same(_)));
                let fourth = change(5, &hand(3));
                assert_eq!(books.copy(5, &fourth, hash(&fourth)), Copy::Other);
            }
        }
        // What a change says beside hands it says to all, under one name.
        let mut books = Ledger::default();
        books.snapshot(4, json!({}));
        let invited = change(5, &json!({"asking": 1, "queue": {"1": null}}));
        assert!(matches!(books.copy(5, &invited, hash(&invited)), Copy::Same(_)));
        let bare = change(5, &json!({"asking": 1}));
        assert_eq!(books.copy(5, &bare, hash(&bare)), Copy::Same(Known::default()));
        assert_eq!(books.copy(5, &hidden, hash(&hidden)), Copy::Other);
        assert_eq!(books.shared, json!({"asking": 1}));
    }

    #[test]
    fn the_command_is_known_from_the_form_that_names_it() {
        let (mut books, cid) = (Ledger::default(), CommandId::from_bytes([1; 16]));
        let (due, came) = (Instant::now(), Instant::now());
        books.snapshot(4, json!({}));
        books.flies(cid, due);
        let hidden = json!({"t": "change", "seq": 5, "at": 1, "what": "hidden", "shared": {}});
        let hidden = serde_json::to_vec(&hidden).unwrap();
        assert!(matches!(
            books.copy(5, &hidden, hash(&hidden)),
            Copy::Same(Known { hidden: true, .. })
        ));
        books.came_unnamed(5, came);
        let named = json!({"t": "change", "seq": 5, "at": 1, "re": cid, "what": "hand_raised",
            "shared": {"queue": {"1": {"rank": 0}}}});
        let named = serde_json::to_vec(&named).unwrap();
        let Copy::Same(known) = books.copy(5, &named, hash(&named)) else { panic!("another") };
        assert_eq!((known.due, books.named(5)), (Some(due), vec![came]));
        assert_eq!(books.again(5, hash(&hidden)).unwrap().due, Some(due));
        assert!(!books.landed(cid, Some(5)), "it was named");
    }

    #[test]
    fn hands_are_hidden_from_whoever_presents_without_the_controls() {
        let who = SeatId::from_bytes([3; 16]);
        let mut view = json!({"presenter": who});
        assert!(hides_hands(&view, who));
        assert!(!hides_hands(&view, SeatId::from_bytes([4; 16])));
        view["lead"] = json!(who);
        assert!(!hides_hands(&view, who), "whoever leads calls the hands");
        view = json!({"presenter": who, "seats": {who.to_string(): {"role": "host"}}});
        assert!(!hides_hands(&view, who));
    }
}
