//! RFC 7396 merge patches, computed from two views and never written by hand.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::Serialize;
use serde_json::{Map, Value};

/// Something whose changes can be said as a merge patch.
///
/// The contract: serialised `self`, merged with the patch to `next`, is serialised `next`.
pub trait Patch: Serialize + PartialEq {
    /// The patch to `next`; `None` when nothing differs.
    fn patch(&self, next: &Self) -> Option<Value> {
        (self != next).then(|| value_diff(&json(self), &json(next)))
    }
}

pub(super) fn json<T: Serialize + ?Sized>(thing: &T) -> Value {
    // Views are maps with string keys, numbers, strings and booleans: this cannot fail.
    serde_json::to_value(thing).unwrap_or_default()
}

/// The patch from one JSON value to another that holds no nulls.
pub fn value_diff(from: &Value, to: &Value) -> Value {
    let (Value::Object(from), Value::Object(to)) = (from, to) else { return to.clone() };
    let mut patch = Map::new();
    for key in from.keys().filter(|key| !to.contains_key(*key)) {
        patch.insert(key.clone(), Value::Null);
    }
    for (key, next) in to {
        match from.get(key) {
            Some(before) if before == next => {}
            Some(before @ Value::Object(_)) if next.is_object() => {
                patch.insert(key.clone(), value_diff(before, next));
            }
            Some(_) | None => {
                patch.insert(key.clone(), next.clone());
            }
        }
    }
    Value::Object(patch)
}

/// Merges a patch into a value, as RFC 7396 says.
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(map) = target else { return };
    for (key, value) in patch {
        if value.is_null() {
            map.remove(key);
        } else {
            merge(map.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// Maps are compared entry by entry, and only what differs is turned into JSON.
impl<K: Ord + Serialize + Display, T: Patch> Patch for BTreeMap<K, T> {
    fn patch(&self, next: &Self) -> Option<Value> {
        let mut patch = Map::new();
        for key in self.keys().filter(|key| !next.contains_key(key)) {
            patch.insert(key.to_string(), Value::Null);
        }
        for (key, after) in next {
            match self.get(key) {
                Some(before) => {
                    if let Some(inner) = before.patch(after) {
                        patch.insert(key.to_string(), inner);
                    }
                }
                None => {
                    patch.insert(key.to_string(), json(after));
                }
            }
        }
        (!patch.is_empty()).then_some(Value::Object(patch))
    }
}

/// Implements [`Patch`] for a struct field by field. `nested` fields have a `Patch` of their own;
/// `plain` ones are compared as they are, and serialised only when they differ. Absent options
/// become nulls in the patch, and so do `flags` that are down, which views leave out.
macro_rules! patch_by_field {
    ($type:ty {
        plain: [$($plain:ident),* $(,)?],
        flags: [$($flag:ident),* $(,)?],
        nested: [$($nested:ident),* $(,)?] $(,)?
    }) => {
        impl $crate::view::Patch for $type {
            fn patch(&self, next: &Self) -> Option<serde_json::Value> {
                let mut patch = serde_json::Map::new();
                $(
                    if self.$plain != next.$plain {
                        let before = $crate::view::diff::json(&self.$plain);
                        let after = $crate::view::diff::json(&next.$plain);
                        patch.insert(
                            stringify!($plain).to_owned(),
                            $crate::view::value_diff(&before, &after),
                        );
                    }
                )*
                $(
                    if self.$flag != next.$flag {
                        let up = next.$flag.then_some(serde_json::Value::Bool(true));
                        patch.insert(stringify!($flag).to_owned(), up.unwrap_or_default());
                    }
                )*
                $(
                    if let Some(inner) = $crate::view::Patch::patch(&self.$nested, &next.$nested) {
                        patch.insert(stringify!($nested).to_owned(), inner);
                    }
                )*
                // No field may be forgotten: this stops compiling when one is added.
                let Self { $($plain: _,)* $($flag: _,)* $($nested: _,)* } = next;
                (!patch.is_empty()).then_some(serde_json::Value::Object(patch))
            }
        }
    };
}
pub(super) use patch_by_field;
