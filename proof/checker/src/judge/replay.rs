//! A fresh replay of the journal, with which all views are compared, place by place.

use std::collections::{BTreeMap, BTreeSet};

use setroom_protocol::room::{Clock, Seat};
use setroom_protocol::view::{Shared, hides_hands_from, own, shared, shared_for};
use setroom_protocol::{Change, DeviceId, Mode, Recorded, Role, Room, limits};

use super::cross_client::{Checkpoint, CrossClient, Face, compare};
use super::model::{Fields, differing, fields};
use crate::evidence::Journal;
use crate::invariant::Invariant::{
    HiddenUnseen, OneAtATime, OneState, TimeNeverRises, WithinLimits,
};
use crate::verdict::{Breach, Verdict};

/// By how much a clock may differ from what it should be, in milliseconds.
const APART: i64 = 250;

/// Judges I4, I7, I8, I10, and what may be sent because of a change of I5.
pub(super) fn check(journal: &Journal, cross_client: &CrossClient, to: &mut Verdict) {
    let mut room = journal.base.as_ref().map(|base| base.room.clone());
    let mut place = Place { behind: room.is_some(), ..Place::default() };
    if let Some(room) = &room {
        place.note(0, room, cross_client);
    }
    for (order, row) in (1..).zip(&journal.rows) {
        let record = &row.record;
        let at =
            |invariant, what: String| Breach::of(invariant, what).seq(record.seq.0).row(row.entry);
        let Some(known) = &mut room else {
            room = Room::found(record);
            match &room {
                Some(room) => place.note(order, room, cross_client),
                None => to.add(at(OneState, "the journal does not begin".to_owned())),
            }
            continue;
        };
        let shares = record.seq == known.seq();
        if !shares {
            std::mem::take(&mut place).judge(known, cross_client, to);
        }
        let shown = shares.then(|| view(known));
        let owns = place.owns_before(known, record.seq.0, cross_client);
        let before = known.meeting().now.clock;
        if let Some(what) = unkept(known, &record.change) {
            to.add(at(HiddenUnseen, what));
        }
        known.apply(record);
        if shown.is_some_and(|shown| shown != view(known)) {
            let what = "a change without a place of its own moves what everybody sees";
            to.add(at(OneState, what.to_owned()));
        }
        if let Some(what) = grown(&before, &known.meeting().now.clock, record) {
            to.add(at(TimeNeverRises, what));
        }
        for law in known.faults() {
            to.add(at(OneAtATime, format!("not so any more: {law}")));
        }
        if let Some(what) = over_limit(known, &record.change) {
            to.add(at(WithinLimits, what));
        }
        place.moved(owns, known);
        place.note(order, known, cross_client);
    }
    if let Some(room) = &room {
        place.judge(room, cross_client, to);
    }
    ahead(room.as_ref().map_or(0, |room| room.seq().0), cross_client, to);
}

fn view(room: &Room) -> Fields {
    shown(&shared(room))
}

fn shown(shared: &Shared) -> Fields {
    fields(&serde_json::to_value(shared).unwrap_or_default())
}

fn own_view(room: &Room, device: DeviceId) -> Fields {
    let own = own(room, device).map(|own| serde_json::to_value(own).unwrap_or_default());
    own.as_ref().map_or_else(Fields::new, fields)
}

/// What is for single browsers, while the room stands at one place. Several rows may share it: what
/// only its author may know of.
#[derive(Debug, Default)]
struct Place {
    /// The own parts after each of its rows, for those whose views are compared.
    owns: BTreeMap<DeviceId, Vec<(u64, Fields)>>,
    /// How many of its rows moved a browser's own part.
    moved: BTreeMap<DeviceId, usize>,
    /// Whether rows of it may be behind a snapshot, where nobody can count them.
    behind: bool,
}

impl Place {
    /// The own parts of those who were told of theirs at the place of the next row.
    fn owns_before(
        &self,
        room: &Room,
        seq: u64,
        cross_client: &CrossClient,
    ) -> BTreeMap<DeviceId, Fields> {
        let told = cross_client.owns.get(&seq).into_iter().flatten();
        told.map(|((device, _), _)| (*device, own_view(room, *device))).collect()
    }

    fn moved(&mut self, before: BTreeMap<DeviceId, Fields>, room: &Room) {
        for (device, before) in before {
            if own_view(room, device) != before {
                *self.moved.entry(device).or_default() += 1;
            }
        }
    }

    fn note(&mut self, order: u64, room: &Room, cross_client: &CrossClient) {
        let compared = cross_client.checkpoints.get(&room.seq().0).into_iter().flatten();
        let devices: BTreeSet<_> =
            compared.filter(|at| at.own.is_some()).map(|at| at.device).collect();
        for device in devices {
            self.owns.entry(device).or_default().push((order, own_view(room, device)));
        }
    }

    /// What everybody had at this place, once all of its rows are in.
    fn judge(self, room: &Room, cross_client: &CrossClient, to: &mut Verdict) {
        let seq = room.seq().0;
        if let Some((face, client)) = cross_client.faces.get(&seq) {
            compare(face, &Face::of_room(room), (*client, "the replay", seq), to);
        }
        for ((device, _), told) in cross_client.owns.get(&seq).into_iter().flatten() {
            let moved = self.moved.get(device).copied().unwrap_or_default();
            if *told > moved && !self.behind {
                let what = format!("{told} own parts, where {moved} changes were this browser's");
                to.add(Breach::of(HiddenUnseen, what).client(*device).seq(seq));
            }
        }
        let checkpoints = cross_client.checkpoints.get(&seq).map(Vec::as_slice).unwrap_or_default();
        if checkpoints.is_empty() {
            return;
        }
        let wanted = view(room);
        let presenter = hides_hands_from(room);
        let theirs = presenter.map(|seat| shown(&shared_for(room, seat)));
        for checkpoint in checkpoints {
            to.counts.views += 1;
            let Checkpoint { device, fresh, shared, own: mine, least } = checkpoint;
            let whose = if *fresh { "the room" } else { "the client" };
            let mut differs = |part: &str, names: Vec<String>| {
                if !names.is_empty() {
                    let what = format!(
                        "{part} of {whose} is not that of the replay: {}",
                        names.join(", ")
                    );
                    to.add(Breach::of(OneState, what).client(*device).seq(seq));
                }
            };
            if let Some(shared) = shared {
                let seat = room.device(*device).map(|held| held.seat);
                let wanted = theirs.as_ref().filter(|_| seat == presenter).unwrap_or(&wanted);
                differs("the view", differing(shared, wanted));
            }
            let Some(mine) = mine else { continue };
            let owns = self.owns.get(device).map(Vec::as_slice).unwrap_or_default();
            let mut late = owns.iter().filter(|(order, _)| order >= least);
            // With what was acknowledged it may have had any of them, and the last is the nearest.
            if !late.any(|(_, own)| own == mine) {
                let none = Fields::new();
                let last = owns.last().map_or(&none, |(_, own)| own);
                let mut names = differing(mine, last);
                if names.is_empty() {
                    names.push("what was acknowledged".to_owned());
                }
                // How these were before what only their author knows of, and is behind the snapshot,
                // nobody can tell: a text that was sealed again or taken back after the close, or the
                // own key that one of them needed.
                let unseen = ["items", "own_key", "recover"];
                names.retain(|name| !(self.behind && unseen.contains(&name.as_str())));
                differs("the own part", names);
            }
        }
    }
}

/// Nobody was shown what the journal does not have.
fn ahead(last: u64, cross_client: &CrossClient, to: &mut Verdict) {
    for (seq, (_, client)) in cross_client.faces.range(last + 1..) {
        let what = format!("shown, and not in the journal, which ends at {last}");
        to.add(Breach::of(OneState, what).client(*client).seq(*seq));
    }
}

/// Whether the time left has risen without anybody adding to it.
fn grown(before: &Clock, after: &Clock, record: &Recorded) -> Option<String> {
    let (left, now) = (before.left_ms(record.at)?, after.left_ms(record.at)?);
    let change = &record.change;
    // Another part, or the same one again, has a clock of its own.
    if matches!(
        change,
        Change::Moved { .. } | Change::Undone { .. } | Change::Started | Change::Closed { .. }
    ) {
        return None;
    }
    let added = if let Change::TimeAdded { minutes, .. } = change { (*minutes).max(0) } else { 0 };
    // Added minutes count from zero again, whatever was overrun.
    let allowed = if added > 0 { left.max(0) + i64::from(added) * 60_000 } else { left };
    let by = now - allowed;
    (by > APART)
        .then(|| format!("the time left has risen by {by} ms by `{}`", record.change.name()))
}

/// What is written down, and would be of single people where nobody may know whose it is: who was there,
/// where people may not travel or not all agree to names, and so few answers that they tell whose they are.
fn unkept(room: &Room, change: &Change) -> Option<String> {
    if let Change::FormShown { answers } = change {
        let (few, again) = (answers.len() < 5, !room.form().is_empty());
        return (few || again).then(|| format!("{} answers of the form", answers.len()));
    }
    let Change::AttendanceKept(of) = change else { return None };
    if room.mode() == Mode::Chatham {
        return Some("who was there, where people may not travel".to_owned());
    }
    let agree = |seat: &Seat| seat.role == Role::Observer || seat.named;
    let all = room.seats().values().all(agree);
    (!of.kept.by.is_empty() && !all).then(|| "names to which not all agree".to_owned())
}

/// The limit that a room is over, if it is over one that this change can reach.
fn over_limit(room: &Room, change: &Change) -> Option<String> {
    let over = |name: &str, count: usize, most: usize| {
        (count > most).then(|| format!("{count} and at most {most} of the limit `{name}`"))
    };
    if let Change::Seated { seat, .. } | Change::DeviceAdded { seat, .. } = change {
        let mine = room.devices_of(*seat).count();
        return over("people", room.seats().len(), limits::PEOPLE)
            .or_else(|| over("devices", room.devices().len(), limits::DEVICES))
            .or_else(|| over("devices_per_seat", mine, limits::DEVICES_PER_SEAT));
    }
    let Change::Written { item } = change else { return None };
    let mine = room.items_of(item.seat).count();
    let bytes = room.items().values().map(|item| item.sealed.as_str().len() * 3 / 4).sum();
    // What others do not see counts for its author alone.
    let unseen = (limits::PEOPLE - 1) * limits::UNSEEN_BYTES_PER_SEAT;
    over("items", room.items().len(), limits::ITEMS)
        .or_else(|| over("items_per_seat", mine, limits::ITEMS_PER_SEAT))
        .or_else(|| over("sealed_bytes", bytes, limits::SEALED_BYTES + unseen))
}
