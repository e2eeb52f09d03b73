//! What somebody may see: each frame by itself, by who they are at its place.

use serde_json::Value;
use setroom_protocol::Role;
use setroom_protocol::method::See;

use super::super::model::Model;
use super::Pass;
use crate::history::Person;
use crate::invariant::Invariant::{HiddenUnseen, RemovedIsGone};
use crate::visible::{Whose, too_much};

impl Pass<'_> {
    /// Nothing in the frame that its receiver may not see.
    pub(super) fn visible(&mut self, kind: &str, frame: &Value, seq: Option<u64>, inside: bool) {
        let person = seq.filter(|_| inside).and_then(|seq| self.person(seq));
        let whose = match person {
            Some(None) => Whose::Door,
            Some(Some(Person { outside: true, .. })) => Whose::Outside,
            Some(Some(Person { role: Role::Host | Role::CoFacilitator, .. })) => Whose::Keys,
            Some(Some(Person { lead: true, .. })) => Whose::Lead,
            Some(Some(_)) => Whose::Inside,
            // Before what is known, or at the door.
            None if inside => return,
            None if kind == "done" => match seq.map(|seq| self.person_before(seq)) {
                // They had a seat when it was done, so they were sent back since.
                Some(Some(Some(_))) => Whose::Outside,
                Some(None) => return,
                Some(Some(None)) | None => Whose::Door,
            },
            None => Whose::Door,
        };
        for path in too_much(frame, whose) {
            let what = format!("{path} in a {kind} for somebody who is {whose:?}");
            self.breach(HiddenUnseen, seq, what);
        }
    }

    /// Whose browser this is at a place; `None` when that is too long ago to be known.
    pub(super) fn person(&self, seq: u64) -> Option<Option<Person>> {
        let last = self.history.last_at(seq);
        (seq >= self.history.from).then(|| self.history.person(self.device, last))
    }

    fn person_before(&self, seq: u64) -> Option<Option<Person>> {
        let (first, _) = self.history.at(seq);
        (seq > self.history.from).then(|| self.history.person(self.device, first.saturating_sub(1)))
    }

    /// Whoever gets something of this place is in the room then.
    pub(super) fn is_in(&mut self, seq: u64, kind: &str) {
        match self.person(seq) {
            None | Some(Some(Person { outside: false, .. })) => {}
            Some(_) => {
                let last = self.history.last_at(seq);
                let gone = |(at, _, devices): &(u64, _, Vec<_>)| {
                    *at <= last && devices.contains(&self.device)
                };
                let removed = self.history.removed.iter().any(gone);
                let invariant = if removed { RemovedIsGone } else { HiddenUnseen };
                let why = if removed { "was removed" } else { "is not in the room" };
                let what = format!("a {kind} for somebody who {why} at that place");
                self.breach(invariant, Some(seq), what);
            }
        }
    }

    /// Whether hands are hidden from this browser, by what it is shown of who presents and who holds the
    /// controls.
    pub(super) fn hides_hands(&self, shared: &Value) -> bool {
        let Some(seat) = self.cross_client.seats.get(&self.device).map(ToString::to_string) else {
            return false;
        };
        let is = |field: &str| shared.get(field).and_then(Value::as_str) == Some(&seat);
        let role = shared.pointer(&format!("/seats/{seat}/role")).and_then(Value::as_str);
        is("presenter") && !is("lead") && !matches!(role, Some("host" | "co_facilitator"))
    }

    /// Whoever presents is told of no hand.
    pub(super) fn no_hands(&mut self, seq: u64, shared: &Value) {
        let hands = shared.get("queue").and_then(Value::as_object);
        if hands.is_some_and(|hands| !hands.is_empty()) {
            self.breach(HiddenUnseen, Some(seq), "a hand, for somebody who presents");
        }
    }

    /// Texts that all see are for all.
    pub(super) fn texts(&mut self, seq: u64, shared: &Value) {
        if seq < self.history.from {
            return;
        }
        let row = self.history.last_at(seq);
        for (id, item) in items(shared) {
            let author = item.get("seat").and_then(Value::as_str);
            let text = id.parse().ok().and_then(|id| self.history.text(id, row));
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
            self.breach(HiddenUnseen, Some(seq), what);
        }
    }

    /// Whether the own part is this browser's own.
    pub(super) fn own_part(&mut self, seq: u64, own: &Value) -> bool {
        let Some(Some(person)) = self.person(seq) else {
            // Behind a snapshot nobody knows who sat where, but whoever was told.
            let told = own.get("seat").and_then(Value::as_str).and_then(|seat| seat.parse().ok());
            if let Some(seat) = told {
                self.cross_client.seats.entry(self.device).or_insert(seat);
            }
            return true;
        };
        self.cross_client.seats.insert(self.device, person.seat);
        let mut wrong = Vec::new();
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
                wrong.push(format!("{name} of somebody else"));
            }
        }
        let grant = own.get("grant").and_then(Value::as_str);
        let mut granted = self.history.grants(self.device, seq);
        if grant.is_some_and(|grant| granted.all(|known| json(grant) != known_as(known))) {
            wrong.push("a key that is not for this browser".to_owned());
        }
        for (id, _) in items(own) {
            let item = id.parse().ok();
            let mut texts = item.into_iter().flat_map(|id| self.history.texts(id, seq));
            if !texts.any(|text| text.author == person.seat) {
                wrong.push(format!("text {id} of somebody else"));
            }
        }
        drop(granted);
        let theirs = wrong.is_empty();
        wrong.into_iter().for_each(|what| self.breach(HiddenUnseen, Some(seq), what));
        theirs
    }

    pub(super) fn claims(&mut self, frame: &Value, model: &Model) {
        let Some(Some(person)) = model.seq.map(|seq| self.person(seq)).unwrap_or_default() else {
            return;
        };
        let knocking = frame.get("claims").and_then(Value::as_object);
        for device in knocking.into_iter().flat_map(|claims| claims.keys()) {
            if let Ok(device) = device.parse() {
                self.cross_client.claimed((self.device, person.seat), device, model.seq);
            }
        }
    }
}

fn known_as(blob: &setroom_protocol::Blob) -> Value {
    serde_json::to_value(blob).unwrap_or_default()
}

/// The texts in a part of a view, without those that a patch takes away.
fn items(view: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let items = view.get("items").and_then(Value::as_object);
    items.into_iter().flatten().filter(|(_, item)| !item.is_null())
}
