//! The history beside the room that the same rows make. The stored journals hold every change there is,
//! so one that the history should have told of, and did not, stands out here.

use std::path::{Path, PathBuf};

use setroom_protocol::{Entry, Room};

use super::*;
use crate::evidence::Row;

/// Where the journals of every form ever shipped are kept.
fn stored() -> PathBuf {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let mut folders = above.map(|folder| folder.join("protocol/tests/data/journal"));
    folders.find(|folder| folder.is_dir()).unwrap()
}

fn rows(file: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(file).unwrap();
    let entries = (1..).zip(text.lines().map(|line| Entry::decode(line.as_bytes()).unwrap()));
    let rows = |(entry, all): (u64, Entry)| {
        all.records.into_iter().map(move |record| Row { entry, record })
    };
    entries.flat_map(rows).collect()
}

fn ids(agenda: &[std::sync::Arc<Part>]) -> Vec<&str> {
    agenda.iter().map(|part| part.id.as_str()).collect()
}

/// All that both know, as the history has it just after a row.
fn as_told(history: &History, room: &Room, row: u64) -> Vec<String> {
    let seats = room.seats().keys().map(|id| {
        let seated = history.seats.get(id).and_then(|seat| *seat.at(row)?);
        let seated = seated.map(|seated| (seated.role, seated.outside));
        format!("{id} {seated:?} {}", history.own_key(*id, row))
    });
    let devices = room.devices().keys().map(|id| {
        let grant = history.grants.get(id).and_then(|grant| grant.at(row)?.clone());
        format!("{id} {:?} {grant:?}", history.devices.get(id).and_then(|device| *device.at(row)?))
    });
    let texts = history.texts.iter().filter_map(|(id, text)| Some((id, (*text.at(row)?)?)));
    let texts = texts.map(|(id, text)| format!("{id} {text:?}"));
    let meeting = (history.stage(row), history.lead.at(row).copied().flatten(), history.epoch(row));
    let at = (history.part.at(row).copied().flatten().unwrap_or_default(), history.moved(row));
    let here = |at: &&Timeline<Option<SeatId>>| at.at(row).is_some_and(Option::is_some);
    let counts = (
        history.devices.values().filter(here).count(),
        history.seats.values().filter(|seat| seat.at(row).is_some_and(Option::is_some)).count(),
    );
    let whole = [format!(
        "{meeting:?} {at:?} {counts:?} {:?}",
        history.agenda.at(row).map(|agenda| ids(agenda))
    )];
    seats.chain(devices).chain(texts).chain(whole).collect()
}

/// The same, as the room has it.
fn as_it_is(room: &Room) -> Vec<String> {
    let seats = room.seats().iter().map(|(id, held)| {
        let generation = held.own_key.as_ref().map_or(0, |key| key.generation);
        format!("{id} {:?} {generation}", Some((held.role, held.in_lobby)))
    });
    let devices = (room.devices().iter())
        .map(|(id, held)| format!("{id} {:?} {:?}", Some(held.seat), held.grant));
    let texts = room.items().iter().map(|(id, item)| format!("{id} {:?}", Text::of(item)));
    let meeting = room.meeting();
    let at = (meeting.now.part, meeting.moved.0);
    let counts = (room.devices().len(), room.seats().len());
    let meeting_told = (meeting.stage, meeting.lead, room.epoch());
    let whole = [format!("{meeting_told:?} {at:?} {counts:?} {:?}", Some(ids(&meeting.agenda)))];
    seats.chain(devices).chain(texts).chain(whole).collect()
}

#[test]
fn after_every_row_of_every_stored_journal_the_story_is_the_room() {
    let mut compared = 0;
    for form in std::fs::read_dir(stored()).unwrap() {
        for file in std::fs::read_dir(form.unwrap().path()).unwrap() {
            let file = file.unwrap().path();
            let is_journal = file.extension().is_some_and(|ending| ending == "jsonl");
            // The samples of all forms make no meeting together.
            if !is_journal || file.ends_with("forms.jsonl") {
                continue;
            }
            let journal = Journal { base: None, rows: rows(&file) };
            let history = History::of(&journal);
            let mut room = Room::found(&journal.rows[0].record).unwrap();
            for (at, row) in (2..).zip(&journal.rows[1..]) {
                room.apply(&row.record);
                let (told, is) = (as_told(&history, &room, at), as_it_is(&room));
                assert_eq!(told, is, "{} {}", file.display(), row.record.change.name());
                compared += 1;
            }
        }
    }
    assert!(compared > 200, "{compared} rows");
}
