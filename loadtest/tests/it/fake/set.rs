//! One set of the server of a few lines: what it keeps, and whom it tells.

use std::collections::BTreeMap;

use setroom_client::seal::verifies;
use setroom_protocol::*;
use tokio::time::Instant;

use super::{Faults, Hurt, Set, now};

impl Set {
    /// Whether an edit follows, and its signature holds.
    pub(super) fn is_signed(&self, edit: &RosterEdit) -> bool {
        let vetted = self.room.roster().vet(self.room.set(), edit);
        vetted.is_ok_and(|of| verifies(&of.signer, &of.signed, &edit.sig))
    }

    /// Applies a change and sends it to everybody; the second seat's copy may be hurt.
    pub(super) fn record(&mut self, record: &Recorded, faults: Faults, hurt: Option<Hurt>) {
        let watching: Vec<_> = self.people.values().map(|person| person.device).collect();
        let mut step = view::step(&mut self.room, record, watching);
        let apart: BTreeMap<_, _> = step.told_apart(record).into_iter().collect();
        // Of what only its author may see the others are told nothing.
        let seen = step.is_seen;
        let patch = step.shared.unwrap_or_else(|| serde_json::json!({}));
        let frame = |re, patch| {
            let (seq, at, by) = (record.seq, record.at, record.by);
            let what = record.change.name().into();
            ServerFrame::Change { seq, at, by, re, what, shared: patch }.encode()
        };
        let named = record.re.filter(|_| hurt != Some(Hurt::Nameless));
        let text = frame(named, patch.clone());
        let at = Instant::now() + faults.delay;
        let mut victim = hurt;
        for (index, person) in self.people.values_mut().enumerate() {
            if person.own.is_none() {
                continue;
            }
            let hurt = if index > 0 { victim.take() } else { None };
            let seat = person.own.as_ref().map(|own| own.seat);
            let theirs = seat.and_then(|seat| apart.get(&seat)).filter(|_| !faults.hands_told);
            let copy = if hurt == Some(Hurt::Alter) {
                frame(named, serde_json::json!({"locked": true}))
            } else {
                theirs.map_or_else(|| text.clone(), ServerFrame::encode)
            };
            match hurt {
                _ if !seen => {}
                Some(Hurt::Drop) => {}
                Some(Hurt::Swap) => person.swapped = Some(copy),
                _ => {
                    let _ = person.out.try_send((at, copy.clone()));
                    if let Some(late) = person.swapped.take() {
                        let _ = person.out.try_send((at, late));
                    }
                    if hurt == Some(Hurt::Repeat) {
                        let _ = person.out.try_send((at, copy));
                    }
                }
            }
            let Some(own) = view::own(&self.room, person.device) else {
                // Removed: the real server says so and closes.
                person.own = None;
                continue;
            };
            let told = !faults.own_kept_back || self.room.meeting().now.presenter.is_none();
            let moved = step.own.iter().find(|(device, _)| *device == person.device);
            if let Some((_, patch)) = moved.filter(|_| told) {
                let own = patch.clone();
                let frame = ServerFrame::Own { seq: record.seq, own, whole: false };
                let _ = person.out.try_send((at, frame.encode()));
            }
            person.own = Some(own);
        }
    }

    pub(super) fn tell(&mut self, id: u64, frame: &ServerFrame) {
        let _ = self.people[&id].out.try_send((Instant::now(), frame.encode()));
    }

    pub(super) fn tell_of_knocks(&mut self) {
        let knocks = view::knocks(&self.room, &self.around);
        let frame = ServerFrame::Knocks { knocks }.encode();
        for person in self.people.values() {
            if person.own.as_ref().is_some_and(|own| own.keys) {
                let _ = person.out.try_send((Instant::now(), frame.clone()));
            }
        }
    }

    /// Gives a person who has a seat the room, and tells the others that they are here.
    pub(super) fn seat(&mut self, id: u64) {
        let person = self.people.get_mut(&id).unwrap();
        let own = view::own(&self.room, person.device).unwrap();
        self.around.arrive(own.seat);
        if own.controls {
            self.around.no_facilitator_since = None;
        }
        person.own = Some(own.clone());
        let snapshot = ServerFrame::Snapshot {
            seq: self.room.seq(),
            at: now(),
            shared: Box::new(view::shared_for(&self.room, own.seat)),
            own: Box::new(own),
            gap: false,
            branch: BranchId::from_bytes([7; 16]),
            restored: false,
            build: "fake".into(),
        };
        self.tell(id, &snapshot);
        let here = self.around.here().collect();
        let frame =
            ServerFrame::Presence { here, no_facilitator_since: None, off_record: None }.encode();
        for person in self.people.values().filter(|person| person.own.is_some()) {
            let _ = person.out.try_send((Instant::now(), frame.clone()));
        }
    }

    pub(super) fn leave(&mut self, id: u64) {
        if let Some(own) = self.people.remove(&id).and_then(|person| person.own) {
            self.around.leave(own.seat);
        }
    }
}
