//! What is said off the record is in no journal: no box of it, no key, no id, and no answer to any of
//! its commands.

use std::collections::BTreeMap;

use serde_json::Value;
use setroom_client::What;
use setroom_protocol::DeviceId;

use crate::evidence::Evidence;
use crate::invariant::Invariant::NothingReadable;
use crate::permitted::is_off_record;
use crate::verdict::{Breach, Verdict};

/// The fields of such a command, and of what is sent of a round, that are drawn for it or sealed.
const OWN: [&str; 6] = ["round", "item", "key", "to", "grant", "box"];

/// Judges that half of I6 which needs no files.
pub(super) fn check(evidence: &Evidence, to: &mut Verdict) {
    let mut texts: BTreeMap<&str, DeviceId> = BTreeMap::new();
    for log in &evidence.clients {
        for event in &log.events {
            let mut found = Vec::new();
            match &event.what {
                What::Sent { frame } => {
                    let command = &frame["cmd"];
                    if command["c"].as_str().is_some_and(is_off_record) {
                        found.extend(own(command));
                        found.extend(frame["cid"].as_str());
                    }
                }
                What::Got { frame } if frame["t"] == "off_record" => {
                    let grants = frame["grants"].as_array().into_iter().flatten();
                    found.extend(own(frame).chain(grants.filter_map(Value::as_str)));
                }
                What::Got { frame } if frame["t"] == "off_record_lines" => {
                    found.extend(frame["lines"].as_array().into_iter().flatten().flat_map(own));
                }
                What::Open { .. } | What::Got { .. } | What::End { .. } => {}
            }
            texts.extend(found.into_iter().map(|text| (text, log.device)));
        }
    }
    if texts.is_empty() {
        return;
    }
    to.counts.off_record += texts.len() as u64;
    let kept = evidence.journal.base.as_ref().map(|base| base.room.to_snapshot());
    let kept = kept.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let rows = evidence.journal.rows.iter().map(|row| {
        let text = serde_json::to_string(&row.record).unwrap_or_default();
        (Some(row), text)
    });
    for (row, hay) in rows.chain([(None, kept)]) {
        for (text, device) in &texts {
            if hay.contains(text) {
                let breach =
                    Breach::of(NothingReadable, "something off the record is written down");
                let breach = breach.client(*device);
                to.add(match row {
                    Some(row) => breach.seq(row.record.seq.0).row(row.entry),
                    None => breach,
                });
            }
        }
    }
}

fn own(of: &Value) -> impl Iterator<Item = &str> {
    OWN.iter().filter_map(|field| of[*field].as_str())
}
