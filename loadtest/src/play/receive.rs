//! What comes in on one person's socket, and what it means for them and for the room's books.

use serde::Deserialize;
use serde_json::Value;
use setroom_protocol::view::{KnockView, merge};
use setroom_protocol::{CommandId, DeviceId, RosterEdit};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::context::count;
use super::intent::Intent;
use super::ledger::{self, Compare, Copy, Known, leaned, take_hands};
use super::room_player::RoomPlayer;
use super::seat::Stand;
use setroom_client::Edits;
use setroom_client::Sequence;
use tokio::time::Instant;

/// After a refusal for now, the same is asked again after this time, times a draw.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(2);

/// As much of a frame as tells what it is.
#[derive(Deserialize)]
struct Head<'a> {
    t: &'a str,
    seq: Option<u64>,
    cid: Option<CommandId>,
    code: Option<&'a str>,
    #[serde(default)]
    temporary: bool,
    after_ms: Option<u64>,
}

/// A snapshot, its parts as they are on the wire.
#[derive(Debug, Deserialize)]
pub(crate) struct Snapshot {
    pub(super) seq: u64,
    pub(super) shared: Value,
    /// The hands, once they are taken out of it.
    #[serde(skip)]
    pub(super) hands: Option<Box<Value>>,
    pub(super) own: Value,
}

#[derive(Deserialize)]
struct OwnFrame {
    own: Value,
    #[serde(default)]
    whole: bool,
}

/// As much of a change as tells of the roster.
#[derive(Deserialize)]
struct OfRoster {
    shared: RosterPatch,
}

#[derive(Deserialize)]
struct RosterPatch {
    #[serde(default)]
    roster: BTreeMap<u32, Option<Arc<RosterEdit>>>,
}

#[derive(Deserialize)]
struct Knocks {
    knocks: BTreeMap<DeviceId, KnockView>,
}

impl RoomPlayer {
    /// A frame has come for this person.
    pub(super) fn frame(&mut self, at: usize, bytes: &[u8]) {
        // The time is taken before anything else is done.
        self.now = Instant::now();
        let hash = ledger::hash(bytes);
        let Some(seat) = self.seats.get(at) else { return };
        if matches!(seat.stand, Stand::In | Stand::Returning) {
            let next = seat.got.last + 1;
            if let Some(known) = self.ledger.again(next, hash) {
                self.delivered(at, next, bytes, known);
                return;
            }
        }
        let Some(head) = self.parsed::<Head<'_>>(bytes) else { return };
        if let Some(seat) = self.seats.get_mut(at) {
            // Only once something has come is a connection a good one.
            seat.attempts = 0;
        }
        match (head.t, head.seq) {
            ("change", Some(seq)) => self.change(at, seq, bytes, hash),
            ("own", Some(_)) => self.own(at, bytes),
            ("snapshot", Some(_)) => self.snapshot(at, bytes),
            ("done", Some(seq)) => self.answered(at, head.cid, Ok(seq)),
            ("refused", _) if head.cid.is_some() => {
                let code = head.code.unwrap_or("unknown");
                self.answered(at, head.cid, Err((code, head.temporary)));
            }
            ("refused", _) => {
                let code = head.code.unwrap_or("unknown");
                if self.mix.is_some() {
                    self.give_up(code);
                } else {
                    count(&mut self.counts.turned_away, code);
                }
            }
            ("knocks", _) => {
                let Some(Knocks { knocks }) = self.parsed(bytes) else { return };
                self.knocks(at, knocks.into_iter().collect());
            }
            ("restart", _) => {
                if let Some(seat) = self.seats.get_mut(at) {
                    seat.hint_ms = head.after_ms;
                }
            }
            _ => {}
        }
    }

    /// Reads a frame, or counts it as unreadable.
    fn parsed<'a, T: Deserialize<'a>>(&mut self, bytes: &'a [u8]) -> Option<T> {
        let read = serde_json::from_slice(bytes).ok();
        self.counts.unreadable += u64::from(read.is_none());
        read
    }

    /// A change that is not known by its bytes yet.
    fn change(&mut self, at: usize, seq: u64, bytes: &[u8], hash: u64) {
        let known = self.ledger.again(seq, hash);
        if known.is_none() {
            self.roster_moved(bytes);
        }
        let known = match known.map_or_else(|| self.ledger.copy(seq, bytes, hash), Copy::Same) {
            Copy::Same(known) => known,
            Copy::Other => {
                // Not what others in this room were told at this place.
                self.counts.deliveries.wrong_room += 1;
                if let Some(seat) = self.seats.get_mut(at) {
                    seat.same = false;
                }
                Known::default()
            }
        };
        self.delivered(at, seq, bytes, known);
    }

    /// The books keep keys as hashes; who lets others in needs the roster's edits whole.
    fn roster_moved(&mut self, bytes: &[u8]) {
        const NAME: &[u8] = b"\"roster\":";
        if !bytes.windows(NAME.len()).any(|window| window == NAME) {
            return;
        }
        let Ok(change) = serde_json::from_slice::<OfRoster>(bytes) else { return };
        for (n, edit) in change.shared.roster {
            match edit {
                Some(edit) => self.admission.edits.insert(n, edit),
                None => self.admission.edits.remove(&n),
            };
        }
    }

    fn delivered(&mut self, at: usize, seq: u64, bytes: &[u8], known: Known) {
        let measured = self.measures();
        let Some(seat) = self.seats.get_mut(at) else { return };
        if !seat.got.take(seq) {
            return;
        }
        // Whoever comes back is told what they missed: how long that took is told by itself.
        let is_timed = seat.stand == Stand::In && seat.down.is_none();
        let due = known.due.filter(|_| is_timed);
        if measured {
            self.context.recorder.delivered(self.index, due, self.now);
            if known.hidden && known.due.is_none() && is_timed {
                self.ledger.came_unnamed(seq, self.now);
            }
            if let Some(due) = known.due {
                for then in self.ledger.named(seq) {
                    self.context.recorder.timed(self.index, due, then);
                }
            }
        }
        if let Some(hands) = &known.hands {
            seat.told_of_hands(hands);
        }
        if let Some(behind) = &mut seat.behind {
            if let Ok(mut change) = serde_json::from_slice::<Value>(bytes)
                && let Some(mut patch) = change.get_mut("shared").map(Value::take)
            {
                take_hands(&mut patch);
                merge(behind, &leaned(patch));
            }
            if seat.got.last == self.ledger.at {
                seat.same &= **behind == self.ledger.shared;
                seat.behind = None;
            }
        }
        if known.hands.is_some() && self.sees_hands() == Some(at) {
            self.ledger.news = true;
        }
    }

    /// Something of a person's own part.
    fn own(&mut self, at: usize, bytes: &[u8]) {
        let Some(frame) = self.parsed::<OwnFrame>(bytes) else { return };
        self.granted(at, &frame.own);
        let patch = leaned(frame.own);
        let Some(seat) = self.seats.get_mut(at) else { return };
        if frame.whole {
            seat.own = patch.to_string().into();
            if seat.stand == Stand::Returning {
                self.back(at, true);
            }
        } else {
            let mut own = serde_json::from_str(&seat.own).unwrap_or_default();
            merge(&mut own, &patch);
            seat.own = own.to_string().into();
        }
    }

    /// Everything, as somebody gets it who comes in, or who was away for too long.
    fn snapshot(&mut self, at: usize, bytes: &[u8]) {
        let Some(mut snapshot) = self.parsed::<Snapshot>(bytes) else { return };
        let (seq, stand) = (snapshot.seq, self.seats.get(at).map(|seat| seat.stand));
        let went_back = self.seats.get(at).is_some_and(|seat| seq < seat.got.last);
        let edits = snapshot.shared.get("roster").and_then(|of| Edits::deserialize(of).ok());
        // Others may have been told of later edits before this one was read.
        let newest = |edits: &Edits| edits.last_key_value().map(|(n, _)| *n);
        let is_newer = |edits: &Edits| went_back || newest(edits) >= newest(&self.admission.edits);
        if let Some(edits) = edits.filter(is_newer) {
            self.admission.edits = edits;
        }
        match stand {
            Some(Stand::Knocking) => {
                let own = snapshot.own.clone();
                let mut shared = leaned(snapshot.shared.clone());
                let hands = take_hands(&mut shared);
                self.seen_afresh(at, seq, (shared, hands), own);
                self.entered(at, snapshot);
            }
            Some(Stand::Returning | Stand::In) => {
                let own = snapshot.own.take();
                let mut shared = leaned(snapshot.shared.take());
                let hands = take_hands(&mut shared);
                let last = self.seats.get(at).map_or(0, |seat| seat.got.last);
                if seq < last {
                    self.taken_back(at, last - seq);
                    self.ledger.went_back(seq, shared.clone());
                }
                let Some(seat) = self.seats.get_mut(at) else { return };
                if seq < last {
                    seat.got = Sequence::after(seq);
                    (seat.base, seat.jumped) = (seq, 0);
                } else {
                    seat.jumped += seq - last;
                    seat.got.skip_to(seq);
                }
                let raw = own.clone();
                self.seen_afresh(at, seq, (shared, hands), own);
                self.granted(at, &raw);
                if stand == Some(Stand::Returning) {
                    self.back(at, false);
                }
            }
            _ => {}
        }
    }

    fn seen_afresh(
        &mut self,
        at: usize,
        seq: u64,
        (shared, hands): (Value, Option<Value>),
        own: Value,
    ) {
        let compared = self.ledger.snapshot(seq, shared);
        self.ledger.news = true;
        let Some(seat) = self.seats.get_mut(at) else { return };
        seat.hands = None;
        seat.told_of_hands(&hands.unwrap_or_default());
        seat.own = leaned(own).to_string().into();
        match compared {
            Compare::Equal => seat.behind = None,
            Compare::Differs => seat.same = false,
            Compare::Later(older) => seat.behind = Some(older),
        }
    }

    /// A command was answered: with the place of its last change, or with a code.
    fn answered(&mut self, at: usize, cid: Option<CommandId>, answer: Result<u64, (&str, bool)>) {
        let Some(cid) = cid else { return };
        let here = self.seats.iter().filter(|seat| seat.stand == Stand::In).count() as u64;
        let Some(seat) = self.seats.get_mut(at) else { return };
        let Some(place) = seat.outbox.iter().position(|asked| asked.cid == cid) else { return };
        let once = seat.outbox.get(place).is_some_and(|asked| asked.once);
        if let (Err((code, true)), false) = (answer, once) {
            // The same again, later; its id makes that safe.
            count(&mut self.counts.commands.refused, code);
            self.counts.commands.due += 1;
            self.counts.commands.sent += 1;
            let pause = self.dice.within(AGAIN);
            self.timetable.plan(self.now + pause, Intent::Again(at));
            return;
        }
        let Some(asked) = seat.outbox.remove(place) else { return };
        if self.ledger.landed(cid, answer.ok()) {
            // Everybody who is in gets it so.
            self.counts.deliveries.nameless += here;
        }
        match answer {
            Ok(seq) => {
                self.ledger.reached = self.ledger.reached.max(seq);
                self.counts.commands.done += 1;
                if let (Some(put), Some(keyring)) = (&asked.put, &mut seat.keyring) {
                    keyring.was_put(put);
                }
                if asked.keys {
                    self.keyed(at);
                }
            }
            Err((code, _)) => {
                count(&mut self.counts.commands.refused, code);
                if !asked.admits {
                    if self.mix.is_some() {
                        self.give_up(code);
                    }
                } else {
                    if let Some(keyring) = &mut seat.keyring {
                        keyring.edit_was_refused();
                    }
                    // They may have knocked again meanwhile.
                    self.admission.admitting.clear();
                    let waiting = std::mem::take(&mut self.admission.at_door);
                    self.knocks(at, waiting);
                }
            }
        }
    }
}
