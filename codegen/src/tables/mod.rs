//! The tables of `docs/PROTOCOL.md`, written from the protocol crate between markers, so that the
//! contract cannot say something else than the code.

mod source;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;
use setroom_protocol::limits;
use setroom_protocol::method::{Library, library};
use setroom_protocol::permission::{TABLE, When, Who};
use setroom_protocol::refusal::Code;
use setroom_protocol::{BUCKETS, CloseCode, TextKind};
use xtask::written::fill;

use self::source::{Field, Shapes, Variant};

/// The document that holds the tables.
pub(crate) const FILE: &str = "docs/PROTOCOL.md";

/// Tables that show one shape each, and which.
const SHAPES: [(&str, &str); 11] = [
    ("founding", "Founding"),
    ("knock_frame", "KnockFrame"),
    ("put", "Put"),
    ("key_change", "KeyChange"),
    ("own_key", "OwnKey"),
    ("roster_edit", "RosterEdit"),
    ("holder", "Holder"),
    ("lobby", "LobbyView"),
    ("knock", "KnockView"),
    ("shared", "Shared"),
    ("own", "Own"),
];

/// The document with fresh tables.
///
/// # Errors
/// When a marker names no table or does not end, or a source has not the expected shape.
pub(crate) fn fresh(root: &Path) -> Result<String> {
    let old =
        fs::read_to_string(root.join(FILE)).with_context(|| format!("{FILE} cannot be read"))?;
    let shapes = shapes(root)?;
    fill(&old, |name| table(&shapes, name))
}

/// What no value tells: fields and comments.
fn shapes(root: &Path) -> Result<Shapes> {
    Shapes::read(&root.join("protocol/src"))
}

fn table(from: &Shapes, name: &str) -> Result<String> {
    Ok(match name {
        "client_frames" => forms("`t`", &from.variants("ClientFrame")?),
        "server_frames" => forms("`t`", &from.variants("ServerFrame")?),
        "parts" => parts(from)?,
        "values" => values(from)?,
        "commands" => commands(from)?,
        "changes" => changes(&from.variants("Change")?),
        "refusals" => refusals(),
        "closes" => closes(&from.variants("CloseCode")?),
        "limits" => all_limits(),
        "kinds" => kinds(&from.variants("TextKind")?),
        "plans" => plans(library()),
        "templates" => templates(library()),
        other => {
            let known = SHAPES.iter().find(|(name, _)| *name == other);
            shape(&from.fields(known.with_context(|| format!("no table {other}"))?.1)?)
        }
    })
}

/// `name?: Type`, in a list; what a tuple variant carries stands alone.
fn inline(fields: &[Field]) -> String {
    let one = |field: &Field| match (field.name.as_str(), field.optional) {
        ("", _) => format!("… `{}`", field.kind),
        (name, optional) => format!("`{name}{}: {}`", if optional { "?" } else { "" }, field.kind),
    };
    fields.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What a command lays beside its name: of a shape that has no table of its own, each of its fields.
fn carried(from: &Shapes, fields: Vec<Field>) -> Result<Vec<Field>> {
    match fields.as_slice() {
        [Field { name, kind, .. }]
            if name.is_empty() && SHAPES.iter().all(|(_, shown)| shown != kind) =>
        {
            from.fields(kind)
        }
        _ => Ok(fields),
    }
}

/// Links of Rust's own documents mean nothing here.
fn plain(docs: &str) -> String {
    docs.replace("[`", "`").replace("`]", "`").replace('|', "\\|")
}

fn forms(tag: &str, all: &[Variant]) -> String {
    let mut out = format!("| {tag} | fields | meaning |\n| --- | --- | --- |\n");
    for Variant { name, fields, docs, .. } in all {
        let _ = writeln!(out, "| `{name}` | {} | {} |", inline(fields), plain(docs));
    }
    out
}

fn shape(fields: &[Field]) -> String {
    let mut out = String::from("| field | type | meaning |\n| --- | --- | --- |\n");
    for Field { name, kind, optional, docs } in fields {
        let mark = if *optional { "?" } else { "" };
        let _ = writeln!(out, "| `{name}{mark}` | `{kind}` | {} |", plain(docs));
    }
    out
}

/// The smaller objects that views are made of.
fn parts(from: &Shapes) -> Result<String> {
    let mut out = String::from("| type | fields |\n| --- | --- |\n");
    for name in [
        "SeatView",
        "DeviceView",
        "PartView",
        "Now",
        "ItemView",
        "Hold",
        "Hand",
        "Asking",
        "Turn",
        "Receipt",
        "Hints",
        "Presented",
        "Write",
        "BidTerms",
        "Replaced",
    ] {
        let _ = writeln!(out, "| `{name}` | {} |", inline(&from.fields(name)?));
    }
    for Variant { name, fields, .. } in from.variants("Clock")? {
        let comma = if fields.is_empty() { "" } else { ", " };
        let _ = writeln!(out, "| `Clock` | `is: \"{name}\"`{comma}{} |", inline(&fields));
    }
    Ok(out)
}

/// The enumerations.
fn values(from: &Shapes) -> Result<String> {
    let mut out = String::from("| type | values |\n| --- | --- |\n");
    for name in [
        "Role",
        "LinkRole",
        "Stage",
        "Mode",
        "Floor",
        "Stance",
        "Kind",
        "HandRule",
        "By",
        "See",
        "HoldReason",
        "TurnState",
        "Saying",
    ] {
        let all = from.variants(name)?;
        let words: Vec<_> =
            all.iter().map(|v| format!("`{}` {}", v.name, plain(&v.docs))).collect();
        let _ = writeln!(out, "| `{name}` | {} |", words.join("<br>"));
    }
    Ok(out)
}

/// The name of a plain value on the wire.
fn wire_name(value: serde_json::Result<Value>) -> String {
    value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn who(who: Who) -> &'static str {
    match who {
        Who::Keys => "keys",
        Who::Controls => "controls",
        Who::Circle => "circle",
        Who::All => "all",
    }
}

fn when(when: When) -> &'static str {
    match when {
        When::Before => "before",
        When::During => "during",
        When::Open => "open",
        When::OpenOrHost => "open; the host always",
        When::Begun => "from the start on",
        When::Closed => "once it is closed",
        When::Always => "always",
    }
}

fn commands(from: &Shapes) -> Result<String> {
    let mut out =
        String::from("| `c` | fields | who | when | meaning |\n| --- | --- | --- | --- | --- |\n");
    let mut group = String::new();
    for Variant { group: under, name, fields, docs } in from.variants("Command")? {
        if under != group {
            group = under;
            let _ = writeln!(out, "| **{group}** | | | | |");
        }
        let row = TABLE.iter().find(|(act, _, _)| wire_name(serde_json::to_value(act)) == name);
        let (who, when) = row.map_or(("?", "?"), |(_, w, t)| (who(*w), when(*t)));
        let (fields, docs) = (inline(&carried(from, fields)?), plain(&docs));
        let _ = writeln!(out, "| `{name}` | {fields} | {who} | {when} | {docs} |");
    }
    Ok(out)
}

fn changes(all: &[Variant]) -> String {
    let mut out = String::from("| `what` | meaning |\n| --- | --- |\n");
    for Variant { name, docs, .. } in all {
        let _ = writeln!(out, "| `{name}` | {} |", plain(docs));
    }
    out
}

fn refusals() -> String {
    let mut out = String::from("| code | again? | meaning |\n| --- | --- | --- |\n");
    for (code, docs) in Code::ALL {
        let again = if code.temporary() { "yes" } else { "" };
        let _ = writeln!(out, "| `{}` | {again} | {} |", code.name(), plain(docs.trim()));
    }
    out
}

fn closes(sources: &[Variant]) -> String {
    let mut out =
        String::from("| number | reason | come back | meaning |\n| --- | --- | --- | --- |\n");
    let mut all = CloseCode::ALL;
    all.sort_by_key(|close| close.code());
    for close in all {
        let docs = sources.iter().find(|variant| variant.name == close.reason());
        let docs = docs.map_or("?", |variant| &variant.docs);
        let back = if close.come_back() { "yes" } else { "no" };
        let (code, reason) = (close.code(), close.reason());
        let _ = writeln!(out, "| {code} | `{reason}` | {back} | {} |", plain(docs));
    }
    out
}

fn all_limits() -> String {
    let mut out = String::from("| limit | value | meaning |\n| --- | --- | --- |\n");
    for (name, value, docs) in limits::ALL {
        let _ = writeln!(out, "| `{}` | {value} | {} |", name.to_lowercase(), plain(docs.trim()));
    }
    out
}

fn kinds(sources: &[Variant]) -> String {
    let mut out = String::from("| kind | most bytes | meaning |\n| --- | --- | --- |\n");
    for kind in TextKind::ALL {
        let name = wire_name(serde_json::to_value(kind));
        let docs = sources.iter().find(|variant| variant.name == name);
        let docs = docs.map_or("?", |variant| &variant.docs);
        let _ = writeln!(out, "| `{name}` | {} | {} |", kind.largest_bucket(), plain(docs));
    }
    let sizes: Vec<_> = BUCKETS.iter().map(usize::to_string).collect();
    let _ = writeln!(out, "\nSizes of padded text: {} bytes.", sizes.join(", "));
    out
}

fn plans(library: &Library) -> String {
    let mut out = String::from("| plan | minutes | steps | about |\n| --- | --- | --- | --- |\n");
    for plan in library.plans.values() {
        let steps: Vec<_> =
            plan.steps.iter().map(|(step, minutes)| format!("{step} {minutes}")).collect();
        let (id, minutes) = (&plan.id, plan.minutes);
        let _ = writeln!(out, "| `{id}` | {minutes} | {} | {} |", steps.join(", "), plan.about);
    }
    out
}

fn templates(library: &Library) -> String {
    let mut out =
        String::from("| template | minutes | phases | about |\n| --- | --- | --- | --- |\n");
    for template in library.templates.values() {
        let [least, usual, most] = template.bounds();
        let phases: Vec<_> = (template.phases.iter())
            .map(|phase| phase.id.split_once('.').map_or(phase.id.as_str(), |(_, name)| name))
            .collect();
        let (id, about) = (&template.id, &template.about);
        let phases = phases.join(", ");
        let _ = writeln!(out, "| `{id}` | {usual} ({least} to {most}) | {phases} | {about} |");
    }
    out
}

#[cfg(test)]
mod tests;
