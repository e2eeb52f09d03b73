//! One client's log, frame by frame: the order of places, and what may be seen.

mod seen;

use std::collections::BTreeMap;

use serde_json::Value;
use setroom_client::{Event, First, What};
use setroom_protocol::view::merge;
use setroom_protocol::{CommandId, DeviceId, SetId};

use super::cross_client::{CrossClient, Face, Refused, Seen};
use super::model::Model;
use crate::evidence::ClientLog;
use crate::history::History;
use crate::invariant::Invariant::{self, HiddenUnseen, InOrder, ProvenAndSigned};
use crate::proof::proves;
use crate::verdict::{Breach, Verdict};

/// Reads one client's log.
pub(super) fn check(
    (set, log): (SetId, &ClientLog),
    history: &History,
    quiet: bool,
    cross_client: &mut CrossClient,
    verdict: &mut Verdict,
) {
    let mut pass = Pass {
        set,
        device: log.device,
        history,
        cross_client,
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
    set: SetId,
    device: DeviceId,
    history: &'a History,
    cross_client: &'a mut CrossClient,
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
                let mut model = Model::open(first, self.told, self.models.values().rev());
                model.proves = self.proves(first);
                self.models.insert(conn, model);
            }
            What::Sent { frame } => match frame.get("t").and_then(Value::as_str) {
                Some("do") => {
                    let name = frame.pointer("/cmd/c").and_then(Value::as_str).unwrap_or("?");
                    if let Some(cid) = cid(frame) {
                        let seen = number(frame, "seen").unwrap_or_default();
                        self.cross_client.sent(self.device, cid, name, seen);
                    }
                    if name == "ask_seat" {
                        let device = id(frame, "/cmd/device").and_then(|id| id.parse().ok());
                        let seat = id(frame, "/cmd/seat").and_then(|id| id.parse().ok());
                        device
                            .zip(seat)
                            .inspect(|(device, seat)| self.cross_client.asked(*device, *seat));
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
        self.believed(kind, model);
        match (kind, seq) {
            ("snapshot", Some(seq)) => self.snapshot(seq, frame, model),
            ("change", Some(seq)) => self.change(seq, frame, model),
            ("own", Some(seq)) => self.own(conn, seq, frame, model),
            ("claims", _) => self.claims(frame, model),
            ("lobby", _) => {
                // Whoever is at the door has nothing of the room on the screen.
                let (shown, before) = (model.shown, model.before);
                *model = Model { shown, before, welcomed: true, whole: true, ..Model::default() };
            }
            ("done", Some(seq)) => self.done(seq, frame, model),
            ("refused", _) => {
                let temporary = frame.get("temporary").and_then(Value::as_bool).unwrap_or_default();
                if let Some(cid) = cid(frame).filter(|_| !temporary) {
                    // Whatever is asked once more behind its answer is decided behind it.
                    let by_then = if model.done.contains(&cid) { u64::MAX } else { model.before };
                    self.cross_client.refused.push(Refused { device: self.device, cid, by_then });
                }
            }
            ("pong", _) => {
                let stamp = number(frame, "sent").unwrap_or_default();
                let asked = self.pings.remove(&(conn, stamp));
                if let (Some(asked), Some(at)) = (asked, number(frame, "at")) {
                    self.cross_client.clock(self.device, at, asked, t);
                }
            }
            _ => {}
        }
        self.visible(kind, frame, seq.or(model.seq), model.seq.is_some());
    }

    /// Whether a knock proves that it comes from this browser; `None` where nobody knocks, or where
    /// the log does not say what was shown.
    fn proves(&mut self, first: &First) -> Option<bool> {
        let First::Knock { role, shown: Some(shown) } = first else { return None };
        let proves = proves(self.set, self.device, *role, shown);
        if proves {
            self.cross_client.proven.insert(self.device);
        }
        Some(proves)
    }

    /// A knock that proves nothing is closed without a word.
    fn believed(&mut self, kind: &str, model: &mut Model) {
        let word = !matches!(kind, "hello" | "pong" | "beat" | "restart");
        if word && model.proves == Some(false) {
            let what = format!("a {kind} for a knock that does not show the browser's private key");
            self.breach(ProvenAndSigned, model.seq, what);
            model.proves = None;
        }
    }

    fn snapshot(&mut self, seq: u64, frame: &Value, model: &mut Model) {
        self.is_in(seq, "snapshot");
        // A server that was put back from a copy says so.
        let restored = frame.get("restored").and_then(Value::as_bool).unwrap_or_default();
        if seq < model.shown && !restored {
            let what = format!("the room has gone back: {} had been shown", model.shown);
            self.breach(InOrder, Some(seq), what);
        }
        let gap = frame.get("gap").and_then(Value::as_bool).unwrap_or_default();
        let asked = model.since.is_some() && !model.welcomed;
        if gap != asked {
            let what = if asked { "a snapshot hides a hole" } else { "a hole that is none" };
            self.breach(InOrder, Some(seq), what);
        }
        // After a copy was put back places are counted from there.
        self.told = if restored { seq } else { self.told.max(seq) };
        model.before = if restored { 0 } else { model.before };
        model.shown = seq;
        (model.seq, model.welcomed, model.whole, model.live) = (Some(seq), true, true, true);
        model.shared = frame.get("shared").cloned().unwrap_or_default();
        model.own = frame.get("own").cloned().unwrap_or_default();
        self.texts(seq, &model.shared);
        self.own_part(seq, &model.own);
        if self.hides_hands(&model.shared) {
            self.no_hands(seq, &model.shared);
        }
        self.cross_client.face(self.device, seq, Face::of(&model.shared), self.verdict);
        let seen = self.seen(seq, true, model);
        self.cross_client.checkpoint(seen, Some(&model.shared), Some(&model.own));
    }

    fn change(&mut self, seq: u64, frame: &Value, model: &mut Model) {
        self.is_in(seq, "change");
        model.welcomed = true;
        match model.seq {
            None => {
                self.breach(HiddenUnseen, Some(seq), "a change for somebody at the door");
                return;
            }
            Some(last) if seq == last + 1 => {}
            Some(last) if seq > last => {
                self.breach(InOrder, Some(seq), format!("a hole: {last} came before"));
            }
            Some(last) => {
                self.breach(InOrder, Some(seq), format!("again: {last} came before"));
            }
        }
        self.told = self.told.max(seq);
        model.seq = model.seq.max(Some(seq));
        model.shown = model.shown.max(seq);
        let hid_hands = self.hides_hands(&model.shared);
        if let Some(patch) = frame.get("shared") {
            merge(&mut model.shared, patch);
            self.texts(seq, patch);
        }
        let hides_hands = self.hides_hands(&model.shared);
        if let (true, true, Some(patch)) = (hid_hands, hides_hands, frame.get("shared")) {
            self.no_hands(seq, patch);
        }
        // Where it is not known who presents, what says or hides something of hands may be either form.
        let either = !model.whole && (frame.pointer("/shared/queue").is_some() || is_hidden(frame));
        if !either {
            let hidden = [hid_hands, hides_hands];
            self.cross_client.change((self.device, hidden), seq, frame, self.verdict);
        }
        if model.whole {
            self.cross_client.face(self.device, seq, Face::of(&model.shared), self.verdict);
        }
        if let (Some(Some(person)), true) = (self.person(seq), model.live) {
            self.cross_client.line(person.seat, seq);
        }
    }

    fn seen(&self, seq: u64, fresh: bool, model: &Model) -> Seen {
        Seen { device: self.device, seq, fresh, least: model.least }
    }

    fn own(&mut self, conn: u64, seq: u64, frame: &Value, model: &mut Model) {
        self.is_in(seq, "own part");
        if model.seq.is_none_or(|last| seq > last) {
            self.breach(InOrder, Some(seq), "an own part before its change");
        }
        let Some(own) = frame.get("own") else { return };
        let theirs = self.own_part(seq, own);
        if frame.get("whole").and_then(Value::as_bool).unwrap_or_default() {
            (model.own, model.welcomed, model.live) = (own.clone(), true, true);
            if model.seq == Some(seq) {
                let shared = model.whole.then_some(&model.shared);
                self.cross_client.checkpoint(self.seen(seq, true, model), shared, Some(own));
            }
            return;
        }
        let at = self.cross_client.owns.entry(seq).or_default();
        *at.entry((self.device, conn)).or_default() += 1;
        // What is somebody else's is told as that, and nothing follows from it.
        if theirs {
            merge(&mut model.own, own);
            if model.live {
                self.cross_client.checkpoint(self.seen(seq, false, model), None, Some(&model.own));
            }
        }
    }

    fn done(&mut self, seq: u64, frame: &Value, model: &mut Model) {
        let Some(cid) = cid(frame) else { return };
        model.least = model.least.max(self.history.done(cid).unwrap_or_default());
        self.cross_client.done(self.device, cid, seq, self.verdict);
        model.done.insert(cid);
        if model.seq.is_some_and(|last| seq > last) {
            let what = "an acknowledgement before its change";
            let breach = Breach::of(InOrder, what).client(self.device);
            self.verdict.add(breach.cid(cid).seq(seq));
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
            let stayed = self.history.person(self.device, u64::MAX).is_some();
            let own = Some(&model.own).filter(|_| quiet && stayed && seq == self.told);
            let seen = self.seen(seq, false, &model);
            self.cross_client.checkpoint(seen, Some(&model.shared), own);
        }
    }
}

/// Whether a change says of itself only that it is one.
fn is_hidden(frame: &Value) -> bool {
    frame.get("what").and_then(Value::as_str) == Some("hidden")
}

fn cid(frame: &Value) -> Option<CommandId> {
    frame.get("cid").and_then(Value::as_str)?.parse().ok()
}

fn id<'a>(frame: &'a Value, at: &str) -> Option<&'a str> {
    frame.pointer(at).and_then(Value::as_str)
}
