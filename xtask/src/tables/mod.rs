//! The tables of `docs/PROTOCOL.md`, written from the protocol crate between markers, so that the
//! contract cannot say something else than the code.

mod source;

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result};
use serde_json::Value;
use setroom_protocol::limits;
use setroom_protocol::method::{Library, library};
use setroom_protocol::permission::{TABLE, When, Who};
use setroom_protocol::refusal::Code;
use setroom_protocol::{BUCKETS, CloseCode, TextKind};

use self::source::{Field, Variant, fields, variants};
use crate::place::Place;

/// The document that holds the tables.
pub(crate) const FILE: &str = "docs/PROTOCOL.md";

const END: &str = "<!-- end of generated -->";

/// The document with fresh tables.
///
/// # Errors
/// When a marker names no table or does not end, or a source has not the expected shape.
pub(crate) fn fresh(place: &Place) -> Result<String> {
    let old = fs::read_to_string(place.root.join(FILE))
        .with_context(|| format!("{FILE} cannot be read"))?;
    let sources = Sources::read(place)?;
    fill(&old, |name| table(&sources, name))
}

/// Puts a fresh table after each marker `<!-- generated: name -->`.
pub(crate) fn fill(old: &str, table: impl Fn(&str) -> Result<String>) -> Result<String> {
    let mut out = String::new();
    let mut lines = old.lines();
    while let Some(line) = lines.next() {
        let _ = writeln!(out, "{line}");
        let marker = line.strip_prefix("<!-- generated: ");
        let Some(name) = marker.and_then(|rest| rest.strip_suffix(" -->")) else { continue };
        let _ = write!(out, "\n{}\n{END}\n", table(name)?);
        lines.find(|line| *line == END).with_context(|| format!("table {name} has no end mark"))?;
    }
    Ok(out)
}

/// Sources that have what no value tells: fields and comments.
struct Sources {
    frame: String,
    command: String,
    change: String,
    close: String,
    keys: String,
    sealed: String,
    role: String,
    roster: String,
    method: String,
    meeting: String,
    clock: String,
    shared: String,
    own: String,
    view: String,
}

impl Sources {
    fn read(place: &Place) -> Result<Self> {
        let read = |name: &str| {
            let path = place.root.join("protocol/src").join(name);
            fs::read_to_string(&path).with_context(|| format!("{} is missing", path.display()))
        };
        Ok(Self {
            frame: read("frame.rs")?,
            command: read("command.rs")?,
            change: read("change/mod.rs")?,
            close: read("close.rs")?,
            keys: read("keys.rs")?,
            sealed: read("sealed.rs")?,
            role: read("role.rs")?,
            roster: read("roster.rs")?,
            method: read("method/mod.rs")?,
            meeting: read("room/meeting.rs")?,
            clock: read("room/clock.rs")?,
            shared: read("view/shared.rs")?,
            own: read("view/own.rs")?,
            view: read("view/mod.rs")?,
        })
    }

    fn client_frames(&self) -> Result<Vec<Variant>> {
        variants(&self.frame, "ClientFrame")
    }

    fn server_frames(&self) -> Result<Vec<Variant>> {
        variants(&self.frame, "ServerFrame")
    }

    fn commands(&self) -> Result<Vec<Variant>> {
        variants(&self.command, "Command")
    }

    fn changes(&self) -> Result<Vec<Variant>> {
        variants(&self.change, "Change")
    }
}

fn table(from: &Sources, name: &str) -> Result<String> {
    Ok(match name {
        "client_frames" => forms("`t`", &from.client_frames()?),
        "server_frames" => forms("`t`", &from.server_frames()?),
        "founding" => shape(&fields(&from.frame, "Founding")?),
        "knock_frame" => shape(&fields(&from.frame, "KnockFrame")?),
        "put" => shape(&fields(&from.command, "Put")?),
        "key_change" => shape(&fields(&from.keys, "KeyChange")?),
        "own_key" => shape(&fields(&from.keys, "OwnKey")?),
        "roster_edit" => shape(&fields(&from.roster, "RosterEdit")?),
        "holder" => shape(&fields(&from.roster, "Holder")?),
        "lobby" => shape(&fields(&from.view, "LobbyView")?),
        "knock" => shape(&fields(&from.view, "KnockView")?),
        "shared" => shape(&fields(&from.shared, "Shared")?),
        "own" => shape(&fields(&from.own, "Own")?),
        "parts" => parts(from)?,
        "values" => values(from)?,
        "commands" => commands(&from.commands()?),
        "changes" => changes(&from.changes()?),
        "refusals" => refusals(),
        "closes" => closes(&variants(&from.close, "CloseCode")?),
        "limits" => all_limits(),
        "kinds" => kinds(&variants(&from.sealed, "TextKind")?),
        "plans" => plans(library()),
        "templates" => templates(library()),
        other => anyhow::bail!("no table {other}"),
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
fn parts(from: &Sources) -> Result<String> {
    let mut out = String::from("| type | fields |\n| --- | --- |\n");
    for (text, name) in [
        (&from.shared, "SeatView"),
        (&from.shared, "DeviceView"),
        (&from.shared, "PartView"),
        (&from.shared, "Now"),
        (&from.shared, "ItemView"),
        (&from.meeting, "Hold"),
        (&from.meeting, "Hand"),
        (&from.meeting, "Asking"),
        (&from.meeting, "Turn"),
        (&from.meeting, "Receipt"),
        (&from.own, "Hints"),
        (&from.method, "Write"),
        (&from.command, "BidTerms"),
    ] {
        let _ = writeln!(out, "| `{name}` | {} |", inline(&fields(text, name)?));
    }
    for Variant { name, fields, .. } in variants(&from.clock, "Clock")? {
        let comma = if fields.is_empty() { "" } else { ", " };
        let _ = writeln!(out, "| `Clock` | `is: \"{name}\"`{comma}{} |", inline(&fields));
    }
    Ok(out)
}

/// The enumerations.
fn values(from: &Sources) -> Result<String> {
    let mut out = String::from("| type | values |\n| --- | --- |\n");
    for (text, name) in [
        (&from.role, "Role"),
        (&from.role, "LinkRole"),
        (&from.meeting, "Stage"),
        (&from.method, "Mode"),
        (&from.method, "Floor"),
        (&from.method, "Stance"),
        (&from.method, "Kind"),
        (&from.method, "HandRule"),
        (&from.method, "By"),
        (&from.method, "See"),
        (&from.meeting, "HoldReason"),
        (&from.meeting, "TurnState"),
        (&from.command, "Saying"),
    ] {
        let all = variants(text, name)?;
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
        Who::KEYS => "keys",
        Who::CONTROLS => "controls",
        Who::CIRCLE => "circle",
        Who::ALL => "all",
        _ => "?",
    }
}

fn when(when: When) -> &'static str {
    match when {
        When::BEFORE => "before",
        When::DURING => "during",
        When::OPEN => "open",
        When::ALWAYS => "always",
        _ => "?",
    }
}

fn commands(all: &[Variant]) -> String {
    let mut out =
        String::from("| `c` | fields | who | when | meaning |\n| --- | --- | --- | --- | --- |\n");
    let mut group = "";
    for Variant { group: under, name, fields, docs } in all {
        if under != group {
            group = under;
            let _ = writeln!(out, "| **{group}** | | | | |");
        }
        let row = TABLE.iter().find(|(act, _, _)| wire_name(serde_json::to_value(act)) == *name);
        let (who, when) = row.map_or(("?", "?"), |(_, w, t)| (who(*w), when(*t)));
        let _ =
            writeln!(out, "| `{name}` | {} | {who} | {when} | {} |", inline(fields), plain(docs));
    }
    out
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
