//! Whether what everybody did and saw can be, by what the journal has in the end.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, to_value};
use setroom_protocol::{CommandId, Entry, Recorded, Room, Seq, view};
use setroom_server::journal::{self, Snapshot};

use crate::book::Pages;

/// The room as its journal has it.
#[derive(Debug)]
pub struct Replayed {
    /// The state before the first of these changes; none when that founds the room.
    before: Option<Room>,
    /// Every change that was accepted since the last snapshot.
    pub records: Vec<Recorded>,
}

/// Reads a log as the server does: entries that the fence keeps out are passed over.
///
/// # Errors
/// A sentence when it cannot be read.
pub fn replay(snapshot: Option<&Snapshot>, entries: &[journal::Entry]) -> Result<Replayed, String> {
    let before = snapshot.map(|kept| Room::from_snapshot(&kept.bytes)).transpose()?;
    let (mut stored, mut accepted) =
        snapshot.map_or((0, 0), |kept| (kept.at.stored, kept.at.accepted));
    let mut records = Vec::new();
    for entry in entries {
        if entry.seq != stored + 1 {
            return Err(format!("the log goes from {stored} to {}", entry.seq));
        }
        stored = entry.seq;
        if entry.prev != accepted {
            continue;
        }
        accepted = entry.seq;
        records.extend(Entry::decode(&entry.bytes)?.records);
    }
    if before.is_none() && records.is_empty() {
        return Err("there is no room in the log".into());
    }
    Ok(Replayed { before, records })
}

impl Replayed {
    /// The room as it was after the change at `seq`; none when the log no longer tells.
    fn at(&self, seq: Seq) -> Option<Room> {
        let mut room = self.before.clone();
        for record in self.records.iter().take_while(|record| record.seq <= seq) {
            match &mut room {
                Some(room) => room.apply(record),
                None => room = Room::found(record),
            }
        }
        room.filter(|room| room.seq() == seq)
    }
}

/// Everything that is wrong; empty when the story holds.
#[must_use]
pub fn judge(pages: &Pages, replayed: &Replayed) -> Vec<String> {
    let mut wrong = pages.wrong.clone();
    let mut places: BTreeMap<CommandId, Vec<Seq>> = BTreeMap::new();
    let mut last = None;
    for record in &replayed.records {
        if last.is_some_and(|last: Seq| record.seq.0 != last.0 + 1) {
            wrong.push(format!("I3: change {} follows {:?}", record.seq.0, last));
        }
        last = Some(record.seq);
        if let Some(cid) = record.re {
            places.entry(cid).or_default().push(record.seq);
        }
    }
    acknowledged(pages, &places, &mut wrong);
    removed(pages, &replayed.records, &mut wrong);
    seen(pages, replayed, &mut wrong);
    wrong
}

/// I1 and I2: what was acknowledged is there once, at its place; what is there was sent.
fn acknowledged(pages: &Pages, places: &BTreeMap<CommandId, Vec<Seq>>, wrong: &mut Vec<String>) {
    for (cid, sent) in &pages.sent {
        let at = places.get(cid).map(Vec::as_slice).unwrap_or_default();
        let told: BTreeSet<Seq> = sent.done.iter().copied().collect();
        let what = format!("{} by {}, sent {} times", sent.what, sent.who, sent.times);
        if at.len() > 1 {
            wrong.push(format!("I1: {what}: done {} times, at {at:?}", at.len()));
        }
        if told.len() > 1 {
            wrong.push(format!("I1: {what}: answered with several places, {told:?}"));
        }
        match (told.first(), at.first()) {
            (Some(told), Some(at)) if told != at => {
                wrong.push(format!("I1: {what}: told {told:?} and done at {at:?}"));
            }
            (Some(told), None) => wrong.push(format!("I1: {what}: told {told:?}, and lost")),
            _ => {}
        }
        // Where two copies are under way, one may be refused and the other, a moment later, not.
        if sent.times == 1 && !sent.refused.is_empty() && !at.is_empty() {
            wrong
                .push(format!("I1: {what}: refused with {:?} and done all the same", sent.refused));
        }
    }
    for (cid, at) in places {
        if !pages.sent.contains_key(cid) {
            wrong.push(format!("I2: nobody sent what was done at {at:?}"));
        }
    }
}

/// I9: nothing by somebody after they were removed.
fn removed(pages: &Pages, records: &[Recorded], wrong: &mut Vec<String>) {
    for (seat, at) in pages.removed.iter().filter(|(_, at)| at.0 > 0) {
        let after = records.iter().find(|record| record.by == Some(*seat) && record.seq > *at);
        if let Some(record) = after {
            wrong.push(format!("I9: a change at {} by whom {} removed", record.seq.0, at.0));
        }
    }
}

/// I4: everybody's merged view, and a fresh snapshot, are the room as replayed to that place.
fn seen(pages: &Pages, replayed: &Replayed, wrong: &mut Vec<String>) {
    for end in &pages.finals {
        for (what, seq, (shared, own)) in
            [("merged", end.seq, &end.merged), ("fresh", end.fresh_seq, &end.fresh)]
        {
            let Some(room) = replayed.at(seq) else {
                wrong.push(format!("I4: {} is at {}, where the journal is not", end.who, seq.0));
                continue;
            };
            let ought = to_value(view::shared(&room)).unwrap_or_default();
            let ought_own = view::own(&room, end.device).and_then(|own| to_value(own).ok());
            for (which, is, ought) in
                [("view", shared, ought), ("own view", own, ought_own.unwrap_or_default())]
            {
                if *is != ought {
                    let keys = differing(is, &ought);
                    let (who, at) = (&end.who, seq.0);
                    wrong.push(format!(
                        "I4: the {what} {which} of {who} at {at} differs in {keys:?}"
                    ));
                }
            }
        }
    }
}

fn differing(one: &Value, other: &Value) -> Vec<String> {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else {
        return vec!["everything".into()];
    };
    let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    keys.into_iter().filter(|key| one.get(*key) != other.get(*key)).cloned().collect()
}
