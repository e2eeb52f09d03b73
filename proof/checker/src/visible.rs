//! What each kind of person may be sent, written out by hand from the contract and not from the
//! code that sends it: kinds of frames, and the paths within them. The server's tests look by the
//! same table.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::Value;
use setroom_protocol::ItemId;

/// Whose socket it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// Holds the keys: host or co-facilitator.
    Keys,
    /// Holds the controls, but not the keys.
    Lead,
    /// Everybody else inside.
    Inside,
    /// Has a seat, and was sent back to the lobby.
    Outside,
    /// At the door.
    Door,
}

const LOBBY: &str = "t at lobby.place lobby.facilitator_here lobby.meeting lobby.stage lobby.mode \
    lobby.plan lobby.minutes lobby.starts_at lobby.people_max";

/// Somebody at the door is told what to sign, may also be refused, and may be told the time, or to
/// come back.
const ANYBODY: &[(&str, &str)] = &[
    ("hello", "t challenge build retention_days"),
    ("lobby", LOBBY),
    ("refused", "t cid code temporary"),
    ("pong", "t sent at"),
    ("beat", "t at"),
    ("restart", "t after_ms"),
];

/// Kinds of frames that only people inside may get.
const WITHIN: [&str; 11] = [
    "snapshot",
    "change",
    "own",
    "presence",
    "done",
    "claims",
    "lines",
    "knocks",
    "off_record",
    "off_record_lines",
    "attendance",
];

/// The answer to a command that is done.
const DONE: &str = "t cid seq";

/// The part of the view that is the same for all.
const SHARED: &str = "set meeting epoch stage starts_at started_at plan template \
    agenda agenda.[].id agenda.[].step agenda.[].slot agenda.[].minutes agenda.[].bounds agenda.[].bounds.[] \
    now now.part now.id now.slot now.floor now.stance now.kinds now.kinds.[] now.hand now.writes \
    now.writes.[].by now.writes.[].kind now.writes.[].see now.cue \
    moved clock clock.is clock.ends_at clock.total_ms clock.left_ms \
    hold hold.why hold.since hold.resumes silence undo_until \
    mode proposed mode_taps charter_first locked \
    seats seats.* seats.*.role seats.*.place seats.*.agreed seats.*.mode_missed seats.*.in_lobby seats.*.written \
    seats.*.tick seats.*.presents \
    devices devices.* devices.*.seat devices.*.pub \
    roster roster.* roster.*.n roster.*.epoch roster.*.commit roster.*.whole roster.*.by \
    roster.*.meeting \
    roster.*.sig roster.*.add.[].pub roster.*.add.[].sign roster.*.add.[].seat \
    roster.*.add.[].role roster.*.add.[].link roster.*.drop.[] key_due key_due.[] \
    presenter says lead scribe queue queue.* queue.*.rank queue.*.kind \
    asking asking.seat asking.since asking.kind asking.returns_to gap_until \
    turn_since round round.* round.*.rank round.*.is items items.* \
    receipt receipt.at receipt.people receipt.returns receipt.destroyed receipt.kept \
    receipt.destroyed.charter receipt.destroyed.headline receipt.destroyed.bid \
    receipt.destroyed.question receipt.destroyed.scribe receipt.destroyed.skill \
    receipt.destroyed.sentence receipt.destroyed.learning receipt.destroyed.reflection \
    receipt.mode receipt.kept.headline receipt.kept.action receipt.kept.name receipt.kept.title receipt.kept.charter \
    series series.number series.of series.dates series.dates.* series.dates.*.starts_at \
    series.dates.*.rev series.dates.*.cancelled series.dates.*.minutes series.leads series.leads.* \
    form form.* names_taps away away.* away.*.[] seats.*.recorder attendance attendance.* attendance.*.at \
    attendance.*.counts attendance.*.counts.came attendance.*.counts.late attendance.*.counts.left_early \
    attendance.*.counts.apologies attendance.*.counts.absent attendance.*.by attendance.*.by.* \
    lines lines.* erased dates_asked dates_asked.* dates_asked.*.time.starts_at dates_asked.*.time.minutes \
    dates_asked.*.answers dates_asked.*.answers.* \
    practices practices.* practices.*.adopted_at practices.*.taps receipt.destroyed.practice \
    receipt.kept.practice receipt.kept.learning_question receipt.kept.framework \
    reviews reviews.framework reviews.framework.at reviews.framework.asked \
    reviews.charter reviews.charter.at reviews.charter.asked";

/// What each has had as a presenter: for those with the controls.
const PRESENTED: &str = "presented presented.* presented.*.meetings presented.*.last \
    presented.*.planned_minutes presented.*.used_minutes";

/// A text as it stands in a view.
const ITEM: &str = "kind seat device rev n prev box at part open bid bid.pressing bid.minutes \
    meeting";

/// A person's own part, without what only some have. Others' own keys are empty for all but them.
const OWN: &str = "seat device role controls keys grant next_n mode_agreed names_agreed items items.* own_key own_key.gen \
    own_key.box own_key.code own_key.for own_key.for.[] own_key.host recover \
    practice_taps practice_taps.[] practice_of practice_of.* looks looks.[]";

type Paths = BTreeSet<String>;

/// The paths that a frame of this kind may have for this person; `None` when it may not come.
fn paths(kind: &str, whose: Whose) -> Option<Paths> {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let under = |prefix: &str, text: &str| {
        words(text).into_iter().map(|path| format!("{prefix}.{path}")).collect::<Vec<_>>()
    };
    if let Some((_, allowed)) = ANYBODY.iter().find(|(name, _)| *name == kind) {
        return Some(words(allowed).into_iter().collect());
    }
    if whose == Whose::Outside && kind == "done" {
        // What they asked for before they were sent out and ask for again, and that they leave.
        return Some(words(DONE).into_iter().collect());
    }
    if matches!(whose, Whose::Door | Whose::Outside) {
        return None;
    }
    let shared = || [under("shared", SHARED), under("shared.items.*", ITEM)].concat();
    let own = || {
        let mut all = [under("own", OWN), under("own.items.*", ITEM)].concat();
        if whose == Whose::Keys {
            all.extend(under("own", "wrap links links.c links.m links.o recover.*"));
        }
        if matches!(whose, Whose::Keys | Whose::Lead) {
            all.extend(under("own", "hints hints.asked hints.asked.*"));
            all.extend(under("own", PRESENTED));
        }
        all
    };
    let all = match (kind, whose) {
        ("snapshot", _) => [words("t seq at gap branch restored build"), shared(), own()].concat(),
        ("change", _) => [words("t seq at by re what shared"), shared()].concat(),
        ("own", _) => [words("t seq whole own"), own()].concat(),
        ("presence", _) => words(
            "t here here.[] no_facilitator_since off_record.id off_record.by off_record.ends_at",
        ),
        ("done", _) => words(DONE),
        // Whether it was this person who was asked can only be told from what a facilitator asked.
        ("claims", _) => words("t claims claims.*.at"),
        ("lines", _) => words("t lines lines.*.box lines.*.mine lines.*.from lines.*.agreed"),
        // To whoever began a round anybody hands its key back.
        ("off_record", _) => words("t round wanted.* grants.[]"),
        ("off_record_lines", _) => {
            words("t round lines.[].item lines.[].seat lines.[].device lines.[].box")
        }
        ("attendance", Whose::Keys | Whose::Lead) => words("t meeting seats.*"),
        ("knocks", Whose::Keys) => words(
            "t knocks knocks.*.role knocks.*.pub knocks.*.sign knocks.*.nonce knocks.*.mac \
             knocks.*.challenge knocks.*.pop knocks.*.name knocks.*.at knocks.*.fresh \
             knocks.*.seat knocks.*.claim.seat knocks.*.claim.yes",
        ),
        _ => return None,
    };
    Some(all.into_iter().collect())
}

/// The same, worked out once.
fn known(kind: &str, whose: Whose) -> Option<&'static Paths> {
    static ALL: OnceLock<BTreeMap<Whose, BTreeMap<&str, Paths>>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let of = |whose| {
            let kinds = ANYBODY.iter().map(|(kind, _)| *kind).chain(WITHIN);
            let each = kinds.filter_map(|kind| Some((kind, paths(kind, whose)?)));
            (whose, each.collect())
        };
        [Whose::Keys, Whose::Lead, Whose::Inside, Whose::Outside, Whose::Door].map(of).into()
    });
    all.get(&whose)?.get(kind)
}

/// What in this frame may not be sent to this person; empty when all of it may. Also what a patch
/// takes away must be something that they may have had.
pub fn too_much(frame: &Value, whose: Whose) -> Vec<String> {
    let kind = frame.get("t").and_then(Value::as_str).unwrap_or("?");
    let Some(allowed) = known(kind, whose) else {
        return vec![format!("a frame of the kind {kind}")];
    };
    let mut found = BTreeSet::new();
    // One no is nobody's, and so nobody is told who has agreed; nor who thinks that it is time to look
    // again.
    let what = frame.get("what").and_then(Value::as_str);
    let nobodys = matches!(
        what,
        Some(
            "mode_agreed"
                | "mode_declined"
                | "names_agreed"
                | "practice_tapped"
                | "practice_decided"
                | "look_asked"
        )
    );
    if nobodys && frame.get("by").is_some() {
        found.insert("by".to_owned());
    }
    walk(frame, &mut String::new(), &mut |path| {
        if !allowed.contains(path) {
            found.insert(path.to_owned());
        }
    });
    found.into_iter().collect()
}

/// The path of every leaf, with `*` for an id or a number as a key and `[]` for a place in a list.
fn walk(value: &Value, path: &mut String, found: &mut impl FnMut(&str)) {
    let length = path.len();
    let mut step = |name: &str, inner: &Value, path: &mut String| {
        if length > 0 {
            path.push('.');
        }
        path.push_str(name);
        walk(inner, path, found);
        path.truncate(length);
    };
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, inner) in map {
                let any = key.parse::<ItemId>().is_ok() || key.parse::<u32>().is_ok();
                step(if any { "*" } else { key }, inner, path);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            list.iter().for_each(|inner| step("[]", inner, path));
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => found(path),
    }
}
