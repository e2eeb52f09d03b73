//! Evidence of a whole meeting, with real signatures, and one thing in it forged: who is let in, who
//! holds the key, and what only its author may know of.

use std::sync::Arc;

use serde_json::{Value, json};
use setroom_checker::{Evidence, Invariant, check};
use setroom_client::{Event, First, What};
use setroom_protocol::{
    Change, DeviceId, LinkRole, MeetingId, Recorded, RosterEdit, Sealed, SeatId, Signature64,
};

use crate::script::play;

/// The first row of a kind, and what is wrong with it from now on.
fn forge(evidence: &Evidence, mut change: impl FnMut(&mut Change) -> bool) -> Evidence {
    let mut forged = evidence.clone();
    let mut rows = forged.journal.rows.iter_mut();
    assert!(rows.any(|row| change(&mut row.record.change)), "no such row");
    forged
}

/// The edit of the first row that has one and is of this kind.
fn forge_edit(
    evidence: &Evidence,
    kind: &str,
    mut forge_it: impl FnMut(&mut RosterEdit),
) -> Evidence {
    forge(evidence, |change| {
        let right = change.name() == kind;
        let edit = if let Change::Removed { keys, .. } = change {
            keys.edit.as_mut()
        } else if let Change::Seated { edit, .. } | Change::DeviceAdded { edit, .. } = change {
            edit.as_mut()
        } else {
            None
        };
        edit.filter(|_| right).map(|edit| forge_it(Arc::make_mut(edit))).is_some()
    })
}

/// It is found, in these words. Beside that the journal is only told to be another one than what people
/// were shown of the roster.
fn found(forged: &Evidence, words: &str) {
    let verdict = check(forged);
    let others = verdict.broken.keys().filter(|broken| **broken != Invariant::ProvenAndSigned);
    assert!(others.into_iter().all(|broken| *broken == Invariant::OneState), "{words}: {verdict}");
    assert!(verdict.to_string().contains(words), "{words}: {verdict}");
}

/// A row behind all others, which nobody was shown.
fn behind(evidence: &Evidence, change: Change) -> Evidence {
    let mut forged = evidence.clone();
    let last = forged.journal.rows.last().unwrap().clone();
    let record =
        Recorded { seq: last.record.seq.next(), by: None, re: None, change, ..last.record };
    let entry = last.entry + 1;
    forged.journal.rows.push(setroom_checker::evidence::Row { entry, record });
    forged
}

/// It breaks this and nothing else, and is told in these words.
fn only(forged: &Evidence, invariant: Invariant, words: &str) {
    let verdict = check(forged);
    assert!(verdict.broken.keys().eq([&invariant]), "{words}: {verdict}");
    assert!(verdict.to_string().contains(words), "{words}: {verdict}");
}

fn seats(evidence: &Evidence) -> Vec<(SeatId, DeviceId, Change)> {
    let rows = evidence.journal.rows.iter();
    let seated = rows.filter_map(|row| {
        let change = &row.record.change;
        let Change::Seated { seat, device, .. } = change else { return None };
        Some((*seat, *device, change.clone()))
    });
    seated.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_forges_a_roster_or_comes_in_without_proof_is_found() {
    let evidence = Box::pin(play(None)).await.evidence;
    assert!(check(&evidence).is_green(), "{}", check(&evidence));
    let i11 = Invariant::ProvenAndSigned;

    for kind in ["seated", "device_added", "removed"] {
        let forged = forge_edit(&evidence, kind, |edit| edit.sig = Signature64([7; 64]));
        found(&forged, "whose signature does not hold");
    }
    let forged = forge_edit(&evidence, "seated", |edit| edit.by = seats(&evidence)[2].1);
    found(&forged, "by nobody who may");
    let forged = forge_edit(&evidence, "seated", |edit| edit.n += 1);
    found(&forged, "not the next edit");
    let forged = forge_edit(&evidence, "removed", |edit| edit.drop.clear());
    found(&forged, "keeps the key, and is gone");
    let forged = forge_edit(&evidence, "removed", |edit| edit.epoch -= 1);
    found(&forged, "an edit of another epoch");
    let elsewhere = |edit: &mut RosterEdit| edit.meeting = Some(MeetingId::from_bytes([7; 16]));
    found(&forge_edit(&evidence, "removed", elsewhere), "a key of another meeting");
    let stranger = |edit: &mut RosterEdit| edit.add[0].public.0[9] ^= 1;
    found(&forge_edit(&evidence, "seated", stranger), "did not come in like that");
    let forged = forge(&evidence, |change| {
        let Change::Seated { edit, .. } = change else { return false };
        edit.take().is_some()
    });
    found(&forged, "without a signed edit");

    // A browser that is known comes in by itself: to another seat, and by another kind of link.
    let all = seats(&evidence);
    let (host, cleo) = (all[0].clone(), all[3].clone());
    let comes = |seat, came: LinkRole| {
        let Change::Seated { device, public, sign, resume, .. } = cleo.2.clone() else {
            unreachable!()
        };
        let (came_by, grant, edit) = (Some(came), None, None);
        Change::DeviceAdded { seat, device, public, resume, grant, sign, came_by, edit }
    };
    let forged = behind(&evidence, comes(host.0, LinkRole::Host));
    only(&forged, i11, "to another seat than its own");
    only(&forged, i11, "by another kind of link");
    let forged = behind(&evidence, comes(cleo.0, LinkRole::Member));
    only(&forged, i11, "no facilitator let it in");

    // What was shown at the door is of another socket.
    let mut forged = evidence.clone();
    for event in forged.clients.iter_mut().flat_map(|client| &mut client.events) {
        if let What::Open { first: First::Knock { shown: Some(shown), .. } } = &mut event.what {
            shown.challenge.as_mut().unwrap().0[0] ^= 1;
        }
    }
    only(&forged, i11, "does not show the browser's private key");
    only(&forged, i11, "comes in without having shown its private key");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_tells_of_private_texts_is_found() {
    let evidence = Box::pin(play(None)).await.evidence;
    let rows = &evidence.journal.rows;

    // Two that nobody but their author may know of share the place before them.
    let hidden =
        rows.windows(2).position(|two| two[0].record.seq == two[1].record.seq).unwrap() + 1;
    let mut forged = evidence.clone();
    for row in &mut forged.journal.rows[hidden..] {
        row.record.seq = row.record.seq.next();
    }
    let verdict = check(&forged);
    assert!(verdict.to_string().contains("of takes a place"), "{verdict}");
    assert!(verdict.breaks(Invariant::InOrder), "{verdict}");

    // A change of all in the place of the one before.
    let mut forged = evidence.clone();
    let locked = rows.iter().position(|row| row.record.change.name() == "locked").unwrap();
    for row in &mut forged.journal.rows[locked..] {
        row.record.seq.0 -= 1;
    }
    let verdict = check(&forged);
    assert!(verdict.breaks(Invariant::InOrder) && verdict.breaks(Invariant::OneState), "{verdict}");

    // Sealed under an earlier own key, under none, and for others.
    let own = |change: &mut Change, forge: &dyn Fn(&mut setroom_protocol::room::Item)| {
        let Change::Written { item } = change else { return false };
        let is_own = item.sealed.is_own();
        if is_own {
            forge(Arc::make_mut(item));
        }
        is_own
    };
    let later = |item: &mut setroom_protocol::room::Item| {
        let mut bytes = item.sealed.decode();
        bytes[4] += 1;
        item.sealed = Sealed::from_bytes(&bytes).unwrap();
    };
    let verdict = check(&forge(&evidence, |change| own(change, &later)));
    assert!(verdict.to_string().contains("a text under the own key 2"), "{verdict}");
    let open = |item: &mut setroom_protocol::room::Item| {
        item.see = setroom_protocol::method::See::Everyone;
    };
    let verdict = check(&forge(&evidence, |change| own(change, &open)));
    assert!(verdict.to_string().contains("where others are to see it"), "{verdict}");

    // One own part more than there were changes of one's own, even with nothing in it.
    let mut forged = evidence.clone();
    let co = seats(&evidence)[1].1;
    let log = forged.clients.iter_mut().find(|log| log.device == co).unwrap();
    let seq = |event: &Event| {
        let What::Got { frame } = &event.what else { return None };
        frame["seq"].as_u64().filter(|_| frame["t"] == "change")
    };
    let mut changes = log.events.iter().enumerate().rev();
    let (at, place) = changes.find_map(|(at, event)| Some((at, seq(event)?))).unwrap();
    let told = |frame: Value| Event { what: What::Got { frame }, ..log.events[at].clone() };
    let more = told(json!({"t": "own", "seq": place, "own": {}}));
    let claim = told(json!({"t": "claims", "claims": {co.to_string(): {"at": 1}}}));
    log.events.insert(at + 1, more);
    only(&forged, Invariant::HiddenUnseen, "own parts, where 0 changes were this browser's");

    // Somebody hears of a browser at the door that nobody asked them about.
    let mut forged = evidence.clone();
    let log = forged.clients.iter_mut().find(|log| log.device == co).unwrap();
    log.events.insert(at + 1, claim);
    only(&forged, Invariant::HiddenUnseen, "where no facilitator asked");
}
