//! What each kind of person may be sent, written out by hand from the design and not from the code
//! that sends it: kinds of frames, and the paths within them.

use std::collections::BTreeSet;

use serde_json::Value;

/// Whose socket it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Holds the keys: host or co-facilitator.
    Keys,
    /// Holds the controls, but not the keys.
    Lead,
    /// Everybody else inside.
    Inside,
    /// At the door.
    Door,
}

const LOBBY: &str = "t at lobby.place lobby.facilitator_here lobby.meeting lobby.stage lobby.mode \
    lobby.plan lobby.minutes lobby.starts_at lobby.people_max";

/// Somebody at the door may also be refused, and may be told the time, or to come back.
const ANYBODY: &[(&str, &str)] = &[
    ("lobby", LOBBY),
    ("refused", "t cid code temporary"),
    ("pong", "t sent at"),
    ("beat", "t at"),
    ("restart", "t after_ms"),
];

/// The part of the view that is the same for all.
const SHARED: &str = "set meeting epoch stage starts_at started_at plan template \
    agenda agenda.[].id agenda.[].step agenda.[].slot agenda.[].minutes \
    now now.part now.id now.slot now.floor now.stance now.kinds now.kinds.[] now.hand now.writes \
    now.writes.[].by now.writes.[].kind now.writes.[].see now.cue \
    moved clock clock.is clock.ends_at clock.total_ms clock.left_ms \
    hold hold.why hold.since hold.resumes silence undo_until \
    mode proposed mode_agreed mode_agreed.* charter_first locked \
    seats seats.* seats.*.role seats.*.place seats.*.agreed seats.*.in_lobby seats.*.written \
    seats.*.tick seats.*.presents \
    devices devices.* devices.*.seat devices.*.pub \
    presenter says lead scribe queue queue.* queue.*.rank queue.*.kind \
    asking asking.seat asking.since asking.kind asking.returns_to gap_until \
    round round.* round.*.rank round.*.is items items.* \
    receipt receipt.at receipt.people receipt.destroyed receipt.kept \
    receipt.destroyed.headline receipt.destroyed.bid receipt.destroyed.question \
    receipt.destroyed.reflection receipt.destroyed.charter \
    receipt.kept.action receipt.kept.name receipt.kept.title";

/// A text as it stands in a view.
const ITEM: &str = "kind seat device rev n prev box at part open bid bid.pressing bid.minutes";

/// A person's own part, without what only some have.
const OWN: &str = "seat device role controls keys grant next_n items items.*";

/// The paths that a frame of this kind may have for this person; `None` when it may not come.
fn paths(kind: &str, whose: Whose) -> Option<BTreeSet<String>> {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let under = |prefix: &str, text: &str| {
        words(text).into_iter().map(|path| format!("{prefix}.{path}")).collect::<Vec<_>>()
    };
    if let Some((_, allowed)) = ANYBODY.iter().find(|(name, _)| *name == kind) {
        return Some(words(allowed).into_iter().collect());
    }
    if whose == Whose::Door {
        return None;
    }
    let shared = || [under("shared", SHARED), under("shared.items.*", ITEM)].concat();
    let own = || {
        let mut all = [under("own", OWN), under("own.items.*", ITEM)].concat();
        if whose == Whose::Keys {
            all.push("own.wrap".to_owned());
        }
        if matches!(whose, Whose::Keys | Whose::Lead) {
            all.extend(under("own", "hints hints.asked hints.asked.*"));
        }
        all
    };
    let all = match (kind, whose) {
        ("snapshot", _) => [words("t seq at gap branch restored build"), shared(), own()].concat(),
        ("change", _) => [words("t seq at by re what shared"), shared()].concat(),
        ("skip", _) => words("t seq"),
        ("own", _) => [words("t seq whole own"), own()].concat(),
        ("presence", _) => words("t here here.[] no_facilitator_since"),
        ("done", _) => words("t cid seq"),
        ("knocks", Whose::Keys) => words(
            "t knocks knocks.*.role knocks.*.pub knocks.*.nonce knocks.*.mac knocks.*.name \
             knocks.*.at knocks.*.seat",
        ),
        _ => return None,
    };
    Some(all.into_iter().collect())
}

/// What in this frame may not be sent to this person; empty when all of it may.
pub(crate) fn too_much(frame: &Value, whose: Whose) -> Vec<String> {
    let kind = frame["t"].as_str().unwrap_or("?");
    let Some(allowed) = paths(kind, whose) else {
        return vec![format!("a frame of the kind {kind}")];
    };
    let mut found = BTreeSet::new();
    walk(frame, String::new(), &mut found);
    found.into_iter().filter(|path| !allowed.contains(path)).collect()
}

/// The path of every leaf, with `*` for an id as a key and `[]` for a place in a list.
fn walk(value: &Value, path: String, found: &mut BTreeSet<String>) {
    let join =
        |step: &str| if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, inner) in map {
                let is_id = key.parse::<setroom_protocol::ItemId>().is_ok();
                walk(inner, join(if is_id { "*" } else { key }), found);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            list.iter().for_each(|inner| walk(inner, join("[]"), found));
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => {
            found.insert(path);
        }
    }
}
