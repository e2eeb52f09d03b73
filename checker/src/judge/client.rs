//! One client's log, frame by frame: the order of places, and what may be seen.

use std::collections::BTreeMap;

use serde_json::Value;
use setroom_loadtest::client::{Event, What};
use setroom_protocol::method::See;
use setroom_protocol::view::merge;
use setroom_protocol::{CommandId, DeviceId, Role};

use super::boards::{Boards, Face};
use super::model::Model;
use crate::Invariant;
use crate::evidence::ClientLog;
use crate::story::{Person, Story};
use crate::verdict::{Breach, Verdict};
use crate::visible::{Whose, too_much};

/// Reads one client's log.
pub(super) fn check(
    log: &ClientLog,
    story: &Story,
    quiet: bool,
    boards: &mut Boards,
    verdict: &mut Verdict,
) {
    let mut pass = Pass {
        device: log.device,
        story,
        boards,
        verdict,
        models: BTreeMap::new(),
        pings: BTreeMap::new(),
        told: 0,
    };
    for event in &log.events {
        pass.event(event);
    }
    pass.end(quiet);
}

struct Pass<'a> {
    device: DeviceId,
    story: &'a Story,
    boards: &'a mut Boards,
    verdict: &'a mut Verdict,
    models: BTreeMap<u64, Model>,
    /// When the time was asked, by connection and stamp.
    pings: BTreeMap<(u64, u64), u64>,
    /// The highest place that this client was told of.
    told: u64,
}

fn number(frame: &Value, name: &str) -> Option<u64> {
    frame.get(name).and_then(Value::as_u64)
}

impl Pass<'_> {
    fn event(&mut self, event: &Event) {
        let conn = event.conn;
        match &event.what {
            What::Open { first } => {
                self.verdict.counts.connections += 1;
                // The newest first: that is where a client goes on from.
                let model = Model::open(*first, self.told, self.models.values().rev());
                self.models.insert(conn, model);
            }
            What::Sent { frame } => match frame.get("t").and_then(Value::as_str) {
                Some("do") => {
                    let name = frame.pointer("/cmd/c").and_then(Value::as_str).unwrap_or("?");
                    if let Some(cid) = cid(frame) {
                        let seen = number(frame, "seen").unwrap_or_default();
                        self.boards.sent(self.device, cid, name, seen);
                    }
                }
                Some("ping") => {
                    let stamp = number(frame, "sent").unwrap_or_default();
                    self.pings.insert((conn, stamp), event.t);
                }
                _ => {}
            },
            What::Got { frame } => {
                self.verdict.counts.frames += 1;
                let Some(mut model) = self.models.remove(&conn) else { return };
                self.got(conn, event.t, frame, &mut model);
                self.models.insert(conn, model);
            }
            What::End { .. } => {}
        }
    }

    fn breach(&mut self, invariant: Invariant, seq: Option<u64>, what: impl Into<String>) {
        let breach = Breach::of(invariant, what).client(self.device);
        self.verdict.add(Breach { seq, ..breach });
    }

    fn got(&mut self, conn: u64, t: u64, frame: &Value, model: &mut Model) {
        let kind = frame.get("t").and_then(Value::as_str).unwrap_or("?");
        let seq = number(frame, "seq");
        match (kind, seq) {
            ("snapshot", Some(seq)) => self.snapshot(seq, frame, model),
            ("change" | "skip", Some(seq)) => self.change(seq, frame, model),
            ("own", Some(seq)) => self.own(seq, frame, model),
            ("lobby", _) => {
                // Whoever is at the door has nothing of the room on the screen.
                let shown = model.shown;
                *model = Model { shown, welcomed: true, whole: true, ..Model::default() };
            }
            ("done", Some(seq)) => self.done(seq, frame, model),
            ("refused", _) => {
                let temporary = frame.get("temporary").and_then(Value::as_bool).unwrap_or_default();
                if let Some(cid) = cid(frame).filter(|_| !temporary) {
                    self.boards.refused(self.device, cid);
                }
            }
            ("pong", _) => {
                let stamp = number(frame, "sent").unwrap_or_default();
                let asked = self.pings.remove(&(conn, stamp));
                if let (Some(asked), Some(at)) = (asked, number(frame, "at")) {
                    self.boards.clock(self.device, at, asked, t);
                }
            }
            _ => {}
        }
        self.visible(kind, frame, seq.or(model.seq), model.seq.is_some());
    }

    /// Nothing in the frame that its receiver may not see.
    fn visible(&mut self, kind: &str, frame: &Value, seq: Option<u64>, inside: bool) {
        let person = seq.filter(|_| inside).and_then(|seq| self.person(seq));
        let whose = match person {
            Some(None) => Whose::Door,
            Some(Some(Person { outside: true, .. })) => Whose::Outside,
            Some(Some(Person { role: Role::Host | Role::CoFacilitator, .. })) => Whose::Keys,
            Some(Some(Person { lead: true, .. })) => Whose::Lead,
            Some(Some(_)) => Whose::Inside,
            // Before what is known, or at the door.
            None if inside => return,
            None if kind == "done" => match seq.map(|seq| self.person(seq.saturating_sub(1))) {
                // They had a seat when it was done, so they were sent back since.
                Some(Some(Some(_))) => Whose::Outside,
                Some(None) => return,
                Some(Some(None)) | None => Whose::Door,
            },
            None => Whose::Door,
        };
        for path in too_much(frame, whose) {
            let what = format!("{path} in a {kind} for somebody who is {whose:?}");
            self.breach(Invariant::I5, seq, what);
        }
    }

    /// Whose browser this is at a place; `None` when that is too long ago to be known.
    fn person(&self, seq: u64) -> Option<Option<Person>> {
        (seq >= self.story.from).then(|| self.story.person(self.device, seq))
    }

    /// Whoever gets something of this place is in the room then.
    fn is_in(&mut self, seq: u64, kind: &str) {
        match self.person(seq) {
            None | Some(Some(Person { outside: false, .. })) => {}
            Some(_) => {
                let gone = |(at, _, devices): &(u64, _, Vec<_>)| {
                    *at <= seq && devices.contains(&self.device)
                };
                let removed = self.story.removed.iter().any(gone);
                let invariant = if removed { Invariant::I9 } else { Invariant::I5 };
                let why = if removed { "was removed" } else { "is not in the room" };
                let what = format!("a {kind} for somebody who {why} at that place");
                self.breach(invariant, Some(seq), what);
            }
        }
    }

    fn snapshot(&mut self, seq: u64, frame: &Value, model: &mut Model) {
        self.is_in(seq, "snapshot");
        // A server that was put back from a copy says so.
        let restored = frame.get("restored").and_then(Value::as_bool).unwrap_or_default();
        if seq < model.shown && !restored {
            let what = format!("the room has gone back: {} had been shown", model.shown);
            self.breach(Invariant::I3, Some(seq), what);
        }
        let gap = frame.get("gap").and_then(Value::as_bool).unwrap_or_default();
        let asked = model.since.is_some() && !model.welcomed;
        if gap != asked {
            let what = if asked { "a snapshot hides a hole" } else { "a hole that is none" };
            self.breach(Invariant::I3, Some(seq), what);
        }
        // After a copy was put back places are counted from there.
        self.told = if restored { seq } else { self.told.max(seq) };
        model.shown = seq;
        (model.seq, model.welcomed, model.whole, model.live) = (Some(seq), true, true, true);
        model.shared = frame.get("shared").cloned().unwrap_or_default();
        model.own = frame.get("own").cloned().unwrap_or_default();
        self.texts(seq, &model.shared);
        self.own_part(seq, &model.own);
        self.boards.face(self.device, seq, Face::of(&model.shared), self.verdict);
        let at = (self.device, seq, true);
        self.boards.checkpoint(at, Some(&model.shared), Some(&model.own));
    }

    fn change(&mut self, seq: u64, frame: &Value, model: &mut Model) {
        self.is_in(seq, "change");
        model.welcomed = true;
        match model.seq {
            None => {
                self.breach(Invariant::I5, Some(seq), "a change for somebody at the door");
                return;
            }
            Some(last) if seq == last + 1 => {}
            Some(last) if seq > last => {
                self.breach(Invariant::I3, Some(seq), format!("a hole: {last} came before"));
            }
            Some(last) => {
                self.breach(Invariant::I3, Some(seq), format!("again: {last} came before"));
            }
        }
        self.told = self.told.max(seq);
        model.seq = model.seq.max(Some(seq));
        model.shown = model.shown.max(seq);
        if let Some(patch) = frame.get("shared") {
            merge(&mut model.shared, patch);
            self.texts(seq, patch);
        }
        self.boards.change(self.device, seq, frame, self.verdict);
        if model.whole {
            self.boards.face(self.device, seq, Face::of(&model.shared), self.verdict);
        }
        if let (Some(Some(person)), true) = (self.person(seq), model.live) {
            self.boards.line(person.seat, seq);
        }
    }

    fn own(&mut self, seq: u64, frame: &Value, model: &mut Model) {
        self.is_in(seq, "own part");
        if model.seq.is_none_or(|last| seq > last) {
            self.breach(Invariant::I3, Some(seq), "an own part before its change");
        }
        let Some(own) = frame.get("own") else { return };
        if frame.get("whole").and_then(Value::as_bool).unwrap_or_default() {
            (model.own, model.welcomed, model.live) = (own.clone(), true, true);
            if model.seq == Some(seq) {
                let shared = model.whole.then_some(&model.shared);
                self.boards.checkpoint((self.device, seq, true), shared, Some(own));
            }
        } else {
            merge(&mut model.own, own);
        }
        self.own_part(seq, own);
    }

    fn done(&mut self, seq: u64, frame: &Value, model: &Model) {
        let Some(cid) = cid(frame) else { return };
        self.boards.done(self.device, cid, seq, self.verdict);
        if model.seq.is_some_and(|last| seq > last) {
            let what = "an acknowledgement before its change";
            let breach = Breach::of(Invariant::I3, what).client(self.device);
            self.verdict.add(breach.cid(cid).seq(seq));
        }
    }

    /// Texts that all see are for all.
    fn texts(&mut self, seq: u64, shared: &Value) {
        if seq < self.story.from {
            return;
        }
        for (id, item) in items(shared) {
            let author = item.get("seat").and_then(Value::as_str);
            let text = id.parse().ok().and_then(|id| self.story.text(id, seq));
            let what = match text {
                None => format!("text {id}, which there is not"),
                Some(text) if text.see != See::Everyone => {
                    format!("text {id}, which only its author may see")
                }
                Some(text) if author.is_some_and(|seat| seat != text.author.to_string()) => {
                    format!("text {id} under another author's name")
                }
                Some(_) => continue,
            };
            self.breach(Invariant::I5, Some(seq), what);
        }
    }

    /// The own part is this browser's own.
    fn own_part(&mut self, seq: u64, own: &Value) {
        let Some(Some(person)) = self.person(seq) else { return };
        let keys = matches!(person.role, Role::Host | Role::CoFacilitator);
        let json = |thing: &str| Value::from(thing);
        let wanted = [
            ("seat", json(&person.seat.to_string())),
            ("device", json(&self.device.to_string())),
            ("role", serde_json::to_value(person.role).unwrap_or_default()),
            ("keys", keys.into()),
            ("controls", (keys || person.lead).into()),
        ];
        for (name, wanted) in wanted {
            if own.get(name).is_some_and(|given| *given != wanted) {
                self.breach(Invariant::I5, Some(seq), format!("{name} of somebody else"));
            }
        }
        let grant = own.get("grant").and_then(Value::as_str);
        let granted = self.story.grant(self.device, seq);
        if grant.is_some_and(|grant| granted.is_none_or(|known| json(grant) != known_as(known))) {
            self.breach(Invariant::I5, Some(seq), "a key that is not for this browser");
        }
        for (id, _) in items(own) {
            let text = id.parse().ok().and_then(|id| self.story.text(id, seq));
            if text.is_none_or(|text| text.author != person.seat) {
                self.breach(Invariant::I5, Some(seq), format!("text {id} of somebody else"));
            }
        }
    }

    /// The log is over: what everybody has last is compared too.
    fn end(&mut self, quiet: bool) {
        for model in std::mem::take(&mut self.models).into_values() {
            let Some(seq) = model.seq.filter(|_| model.whole && model.shared.is_object()) else {
                continue;
            };
            // An own part follows its change, so at any other moment it may be on its way; and to
            // somebody who was removed it never comes.
            let stayed = self.story.person(self.device, u64::MAX).is_some();
            let own = Some(&model.own).filter(|_| quiet && stayed && seq == self.told);
            self.boards.checkpoint((self.device, seq, false), Some(&model.shared), own);
        }
    }
}

fn cid(frame: &Value) -> Option<CommandId> {
    frame.get("cid").and_then(Value::as_str)?.parse().ok()
}

fn known_as(blob: &setroom_protocol::Blob) -> Value {
    serde_json::to_value(blob).unwrap_or_default()
}

/// The texts in a part of a view, without those that a patch takes away.
fn items(view: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let items = view.get("items").and_then(Value::as_object);
    items.into_iter().flatten().filter(|(_, item)| !item.is_null())
}
