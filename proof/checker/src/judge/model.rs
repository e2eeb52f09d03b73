//! What one connection shows its person: the view, kept as every client keeps it, by merging.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::Value;
use setroom_client::First;
use setroom_protocol::CommandId;

/// A view and where it stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    /// The place that the connection began with, if its client had seen something before.
    pub(super) since: Option<u64>,
    /// The last change; `None` at the door.
    pub(super) seq: Option<u64>,
    pub(super) shared: Value,
    pub(super) own: Value,
    /// What had been shown before it began, on any connection, or since on this one: the room had
    /// come that far. What another connection shows meanwhile may overtake what is on its way here.
    pub(super) shown: u64,
    /// What had been shown before it began, and still holds: the room had come that far for all that
    /// was asked on it.
    pub(super) before: u64,
    /// Commands that it was told are done.
    pub(super) done: BTreeSet<CommandId>,
    /// Whether something about the room has come.
    pub(super) welcomed: bool,
    /// Whether it has had what was missed, and so gets what happens as it happens.
    pub(super) live: bool,
    /// The row that its own part must have come to at least: what it led to was acknowledged.
    pub(super) least: u64,
    /// Whether its knock proves that it comes from the browser that it says; `None` where it did not
    /// knock.
    pub(super) proves: Option<bool>,
    /// Whether what it began with is known, so that its views can be compared.
    pub(super) whole: bool,
}

impl Model {
    /// A connection that begins; `shown` is the highest place that its client was shown so far, and
    /// `known` are its views.
    pub(super) fn open<'a>(
        first: &First,
        shown: u64,
        known: impl IntoIterator<Item = &'a Self>,
    ) -> Self {
        let First::Resume { since: Some(since) } = *first else {
            return Self { shown, before: shown, whole: true, ..Self::default() };
        };
        let same = |model: &&Self| model.seq == Some(since.0) && model.whole;
        let before = known.into_iter().find(same);
        Self {
            since: Some(since.0),
            seq: Some(since.0),
            shared: before.map(|model| model.shared.clone()).unwrap_or_default(),
            own: before.map(|model| model.own.clone()).unwrap_or_default(),
            shown,
            before: shown,
            welcomed: false,
            live: false,
            whole: before.is_some(),
            ..Self::default()
        }
    }
}

/// A view as it is compared: a hash of each of its fields.
pub(super) type Fields = BTreeMap<String, u64>;

/// The hashes of a view's fields.
pub(super) fn fields(view: &Value) -> Fields {
    let Value::Object(map) = view else { return Fields::new() };
    map.iter().map(|(name, value)| (name.clone(), hash(value))).collect()
}

/// A hash of a value: the same for the same JSON, whatever the order of its fields was.
pub(super) fn hash(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.to_string().hash(&mut hasher);
    hasher.finish()
}

/// The names of fields that are not the same in both.
pub(super) fn differing(one: &Fields, other: &Fields) -> Vec<String> {
    let names = one.keys().chain(other.keys().filter(|name| !one.contains_key(*name)));
    names.filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
}
