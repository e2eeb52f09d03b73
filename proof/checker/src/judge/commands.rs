//! What was asked and acknowledged, against what is written down.

use std::collections::BTreeMap;

use setroom_protocol::limits::COMMANDS_REMEMBERED;
use setroom_protocol::room::{Decided, HoldReason};
use setroom_protocol::{Change, CommandId, Role, SeatId};

use super::cross_client::{CrossClient, Refused};
use crate::evidence::{Base, Evidence, Row};
use crate::history::History;
use crate::invariant::Invariant::{
    self, AcknowledgedOnce, AskedByWhoMay, HiddenUnseen, RemovedIsGone,
};
use crate::permitted::{moves_the_meeting, permitted, writes_nothing};
use crate::verdict::{Breach, Verdict};

/// What a room remembers at least: so many commands of each person that nobody else saw, and more of others.
const FEWEST: usize = COMMANDS_REMEMBERED / 4;

/// Judges I1, I2 and the rows' half of I9.
pub(super) fn check(
    evidence: &Evidence,
    history: &History,
    cross_client: &CrossClient,
    to: &mut Verdict,
) {
    let rows = &evidence.journal.rows;
    let mut places: BTreeMap<CommandId, &Row> = BTreeMap::new();
    for row in rows {
        let Some(cid) = row.record.re else { continue };
        if let Some(before) = places.insert(cid, row) {
            let what = format!("done twice; first at {}", before.record.seq);
            to.add(at(AcknowledgedOnce, row, what).cid(cid));
        }
    }
    acknowledged(evidence, cross_client, &places, to);
    refused(rows, history, cross_client, &places, to);
    asked(rows, history, cross_client, to);
}

fn at(invariant: Invariant, row: &Row, what: impl Into<String>) -> Breach {
    Breach::of(invariant, what).seq(row.record.seq.0).row(row.entry)
}

/// Every acknowledged command is there, at the place that was told.
fn acknowledged(
    evidence: &Evidence,
    cross_client: &CrossClient,
    places: &BTreeMap<CommandId, &Row>,
    to: &mut Verdict,
) {
    let base = evidence.journal.base.as_ref();
    for (cid, ack) in &cross_client.acks {
        let bad = |what: &str| {
            Breach::of(AcknowledgedOnce, what).client(ack.device).cid(*cid).seq(ack.seq)
        };
        match places.get(cid) {
            Some(row) if row.record.seq.0 == ack.seq => {}
            Some(row) => {
                let what = format!("acknowledged at another place than {}", row.record.seq);
                to.add(bad(&what).row(row.entry));
            }
            None => {
                let name = cross_client.sent.get(cid).map_or("", |sent| &sent.name);
                if writes_nothing(name) {
                    continue;
                }
                let seat = cross_client.seats.get(&ack.device).copied();
                let is_gone = |base: &Base| seat.is_some_and(|seat| base.room.seat(seat).is_none());
                let forgot = |base| is_full(base) || is_gone(base);
                match base.map(|base| (base.room.seq().0, base.place_of(seat, *cid))) {
                    // Behind a snapshot: it remembers the newest commands, and nothing of others.
                    Some((_, Some(seq))) if seq.0 == ack.seq => {}
                    Some((_, Some(_))) => to.add(bad("remembered at another place")),
                    Some((until, None)) if ack.seq <= until && base.is_some_and(forgot) => {}
                    Some((_, None)) | None => {
                        to.add(bad("acknowledged, and not in the journal"));
                    }
                }
            }
        }
    }
}

/// What was refused for good is not there. Where it was sent more than once, one may be refused and
/// another, a moment later, not; but once it is done a repeat is known as one, for as long as the room
/// remembers.
fn refused(
    rows: &[Row],
    history: &History,
    cross_client: &CrossClient,
    places: &BTreeMap<CommandId, &Row>,
    to: &mut Verdict,
) {
    for Refused { device, cid, by_then } in &cross_client.refused {
        let Some(row) = places.get(cid) else { continue };
        let since = rows.len() as u64 - history.done(*cid).unwrap_or_default();
        let is_repeat = *by_then > row.record.seq.0
            && cross_client.seats.get(device) == row.record.by.as_ref()
            && since < FEWEST as u64;
        let what = if cross_client.sent.get(cid).is_some_and(|sent| sent.times == 1) {
            "refused for good, and done all the same"
        } else if is_repeat {
            "done, and a repeat of it refused for good"
        } else {
            continue;
        };
        to.add(at(AcknowledgedOnce, row, what).client(*device).cid(*cid));
    }
}

/// Whether a snapshot remembers as many commands as it may, so that it may have forgotten older ones.
fn is_full(base: &Base) -> bool {
    base.answered.len() >= FEWEST
}

/// Every row was asked for by somebody who may ask for it, or is one that the room makes by itself.
/// The changes of one command stand together in one entry, and the last of them carries its id.
fn asked(rows: &[Row], history: &History, cross_client: &CrossClient, to: &mut Verdict) {
    let mut begun: Option<(u64, &Row)> = None;
    for (at_row, row) in (1..).zip(rows) {
        let record = &row.record;
        if let Some((_, first)) = begun.filter(|(_, first)| {
            first.entry != row.entry || record.by.is_none() || record.by != first.record.by
        }) {
            to.add(at(AskedByWhoMay, first, "a change of no command"));
            begun = None;
        }
        match (record.by, record.re) {
            (None, None) if by_itself(&record.change) => {}
            (None, None) => {
                let what = format!("`{}` does not happen by itself", record.change.name());
                to.add(at(AskedByWhoMay, row, what));
            }
            // One no to another mode, or to a practice, is written down as nobody's: who sent it may say
            // no.
            (None, Some(cid)) if is_no(&record.change) => {
                let sent = cross_client.sent.get(&cid).map(|sent| sent.device);
                let person = sent.and_then(|device| history.person(device, at_row - 1));
                match person {
                    Some(person) => {
                        command(row, (person.seat, cid), at_row - 1, (history, cross_client), to);
                    }
                    None => to.add(at(AskedByWhoMay, row, "a no that nobody sent").cid(cid)),
                }
            }
            (None, Some(cid)) => {
                to.add(at(AskedByWhoMay, row, "a command that nobody asked for").cid(cid));
            }
            (Some(_), Some(cid)) if is_no(&record.change) => {
                to.add(at(HiddenUnseen, row, "whose the one no is stands in the journal").cid(cid));
            }
            (Some(_), None) => drop(begun.get_or_insert((at_row, row))),
            (Some(by), Some(cid)) => {
                // Who they were before anything of it happened.
                let before = begun.take().map_or(at_row, |(first, _)| first) - 1;
                command(row, (by, cid), before, (history, cross_client), to);
            }
        }
    }
    if let Some((_, first)) = begun {
        to.add(at(AskedByWhoMay, first, "a change of no command"));
    }
}

/// A command whose last change is this row, asked for just after the row `before`.
fn command(
    row: &Row,
    (by, cid): (SeatId, CommandId),
    before: u64,
    (history, cross_client): (&History, &CrossClient),
    to: &mut Verdict,
) {
    let Some(sent) = cross_client.sent.get(&cid) else {
        to.add(at(AskedByWhoMay, row, "a command that nobody sent").cid(cid));
        return;
    };
    let bad = |invariant, what: String| at(invariant, row, what).cid(cid).client(sent.device);
    match history.person(sent.device, before) {
        None => {
            let gone = |(at, _, devices): &(u64, _, Vec<_>)| {
                *at <= before && devices.contains(&sent.device)
            };
            let removed = history.removed.iter().any(gone);
            let invariant = if removed { RemovedIsGone } else { AskedByWhoMay };
            let why = if removed { "was removed before" } else { "is not in the room" };
            to.add(bad(invariant, format!("asked for by somebody who {why}")));
        }
        Some(person) if person.seat != by => {
            to.add(bad(AskedByWhoMay, format!("written down as asked for by seat {by}")));
        }
        Some(person) if person.outside && sent.name != "leave" => {
            to.add(bad(AskedByWhoMay, "asked for by somebody who is in the lobby".to_owned()));
        }
        Some(person) => {
            let no = permitted(&sent.name, person.role, person.lead, history.stage(before));
            if let Some(why) = no {
                let what = format!("`{}` of a {}: {why}", sent.name, role_name(person.role));
                to.add(bad(AskedByWhoMay, what));
            }
            let moved = history.moved(before);
            if moves_the_meeting(&sent.name) && sent.seen < moved {
                let what = format!(
                    "`{}` on a screen of {}; the meeting had moved at {moved}",
                    sent.name, sent.seen
                );
                to.add(bad(AskedByWhoMay, what));
            }
        }
    }
}

/// What a room does without being asked: it is founded, its host comes in (and an earlier browser of
/// theirs goes, where there are too many), the next asker lights up, it holds without a facilitator
/// and goes on, and a mode is set, or a practice decided, to which all have agreed who are still there.
fn by_itself(change: &Change) -> bool {
    matches!(
        change,
        Change::Founded(_)
            | Change::Seated { role: Role::Host, .. }
            | Change::DeviceAdded { .. }
            | Change::DeviceDropped(_)
            | Change::FloorGiven { .. }
            | Change::Held { why: HoldReason::NoFacilitator, .. }
            | Change::HoldEnded { .. }
            | Change::ModeSet { .. }
            | Change::PracticeDecided { is: Decided::Adopted | Decided::LetGo, .. }
    )
}

/// Whether this is one no to what the set is asked.
fn is_no(change: &Change) -> bool {
    matches!(change, Change::ModeDeclined | Change::PracticeDecided { is: Decided::Declined, .. })
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Host => "host",
        Role::CoFacilitator => "co-facilitator",
        Role::Trainee => "trainee",
        Role::Member => "member",
        Role::Observer => "observer",
    }
}
