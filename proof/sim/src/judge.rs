//! Whether what everybody did and saw can be. The checker judges, as it does for every test of
//! faults; what stands here is what only those who were there can tell it.

use std::collections::BTreeSet;

use serde_json::{Value, to_value};
use setroom_checker::{Evidence, Journal, Time, Verdict, check};
use setroom_protocol::{Room, view};
use setroom_server::journal::RoomKey;

use crate::book::Pages;
use crate::disk::Disk;
use crate::logs::Kept;

/// What came out.
#[derive(Debug, Default)]
pub struct Judged {
    /// Everything that is wrong; empty when the story holds.
    pub wrong: Vec<String>,
    /// What the checker said, with how much it looked at.
    pub verdict: Verdict,
}

/// Judges a story by what its clients logged and what its disk has in the end; `quiet` when all of
/// them came to their end.
pub fn judge(pages: &Pages, kept: &Kept, disk: &Disk, quiet: bool) -> Judged {
    let mut judged = Judged { wrong: pages.wrong.clone(), ..Judged::default() };
    if let Err(why) = check_all(pages, kept, disk, quiet, &mut judged) {
        judged.wrong.push(why);
    }
    judged
}

fn check_all(
    pages: &Pages,
    kept: &Kept,
    disk: &Disk,
    quiet: bool,
    judged: &mut Judged,
) -> Result<(), String> {
    let set = pages.links.as_ref().map(|links| links.set()).ok_or("no set was made")?;
    let (snapshot, entries) = disk.log(&RoomKey(*set.as_bytes()));
    let journal = Journal::of_log(snapshot.as_ref(), &entries);
    let journal = journal.map_err(|why| format!("the journal: {why}"))?;
    shown(pages, &journal, &mut judged.wrong);
    let mut logs = kept.read().map_err(|why| format!("the logs: {why}"))?;
    let clients = logs.remove(&set).unwrap_or_default();
    if !logs.is_empty() {
        judged.wrong.push("somebody spoke to a set of which nobody knows".to_owned());
    }
    // Clients and server go by the one simulated time.
    let time = Time::Machine;
    let verdict = check(&Evidence { set, clients, journal, time, quiet });
    judged.wrong.extend(verdict.breaches.iter().map(ToString::to_string));
    let counts = verdict.counts;
    if quiet && (counts.acknowledged == 0 || counts.frames == 0 || counts.views == 0) {
        judged.wrong.push(format!("there was nothing to judge: {counts:?}"));
    }
    judged.verdict = verdict;
    Ok(())
}

/// What a client shows in the end is the room as replayed to that place. The checker merges by
/// itself what a client logged; this is what the client made of it.
fn shown(pages: &Pages, journal: &Journal, wrong: &mut Vec<String>) {
    for end in &pages.finals {
        let (who, at) = (&end.who, end.seq);
        // While the room stood there, something may have happened that only its author may know of.
        let rooms = journal.rooms_at(at);
        let Some(last) = rooms.last() else {
            wrong.push(format!("{who} shows {at}, where the journal is not"));
            continue;
        };
        let shared = |room: &Room| {
            let seat = room.device(end.device).map(|held| held.seat);
            let shown =
                seat.map_or_else(|| view::shared(room), |seat| view::shared_for(room, seat));
            to_value(shown).unwrap_or_default()
        };
        let own = |room: &Room| {
            let own = view::own(room, end.device).and_then(|own| to_value(own).ok());
            own.unwrap_or(Value::Null)
        };
        let mut differs = |which: &str, is: &Value, all: Vec<Value>, last: Value| {
            if !all.contains(is) {
                let keys = differing(is, &last);
                wrong.push(format!("the {which} that {who} shows at {at} differs in {keys:?}"));
            }
        };
        differs("view", &end.shared, rooms.iter().map(shared).collect(), shared(last));
        differs("own view", &end.own, rooms.iter().map(own).collect(), own(last));
    }
}

fn differing(one: &Value, other: &Value) -> Vec<String> {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else {
        return vec!["everything".into()];
    };
    let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    keys.into_iter().filter(|key| one.get(*key) != other.get(*key)).cloned().collect()
}
