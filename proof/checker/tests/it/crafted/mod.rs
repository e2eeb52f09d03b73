//! Evidence made by hand from a stored journal: a true history, and one lie at a time.

mod after;
mod lies;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use setroom_checker::evidence::{Base, Row};
use setroom_checker::{ClientLog, Evidence, Invariant, Journal, Time, Verdict, check};
use setroom_client::{Event, First, What};
use setroom_protocol::view::{own, shared, step};
use setroom_protocol::{Change, DeviceId, Entry, LinkRole, Recorded, Room};

/// A journal that every version of the protocol has to read: a meeting up to its last part.
const STORED: &str = include_str!("../../../../../protocol/tests/data/journal/v1/played.jsonl");

pub(super) fn rows() -> Vec<Recorded> {
    stored().take_while(|row| !matches!(row.change, Change::Closed { .. })).collect()
}

fn stored() -> impl Iterator<Item = Recorded> {
    let entries = STORED.lines().map(|line| Entry::decode(line.as_bytes()).unwrap());
    entries.flat_map(|entry| entry.records)
}

/// What somebody pressed for a command that ends with this change.
fn pressed(change: &str) -> &str {
    match change {
        "rekeyed" => "rekey",
        "seated" => "admit",
        "written" => "put",
        "charter_agreed" => "agree_charter",
        "order_set" => "set_order",
        "moved" => "next",
        "round_turned" | "item_released" => "end_round_turn",
        "time_added" => "add_time",
        "item_withdrawn" => "withdraw_item",
        "hand_raised" => "raise_hand",
        "presenter_said" => "say",
        "turn_ended" => "end_turn",
        "held" => "hold",
        "hold_ended" => "release",
        "paused" => "pause",
        "resumed" => "resume",
        "ticked" => "tick",
        "undone" => "undo",
        "mode_proposed" => "propose_mode",
        "mode_declined" => "answer_mode",
        "lead_set" => "hand_over",
        "removed" => "remove",
        "attendance_kept" => "close",
        "form_shown" => "show_form",
        // Its last change is another one, or it happens by itself.
        "started" | "floor_given" | "closed" => "",
        other => panic!("no command for {other}"),
    }
}

/// Everything about a set, as it would be if those rows were all that happened.
pub(super) struct History {
    pub(super) rows: Vec<Recorded>,
    pub(super) base: Option<Base>,
    /// The host's log comes first: they were there all the time. Others only asked.
    pub(super) clients: Vec<ClientLog>,
}

pub(super) fn got(t: u64, frame: Value) -> Event {
    Event { t, conn: 1, what: What::Got { frame } }
}

impl History {
    pub(super) fn of(rows: Vec<Recorded>) -> Self {
        let entered = rows.iter().position(|row| row.change.name() == "seated").unwrap();
        let mut room = Room::replay(&rows[..=entered]).unwrap();
        let host = *room.devices().keys().next().unwrap();
        let first = First::Knock { role: LinkRole::Host, shown: None };
        let snapshot = json!({
            "t": "snapshot", "seq": room.seq(), "at": 1, "build": "x",
            "shared": shared(&room), "own": own(&room, host).unwrap(),
        });
        let mut events =
            vec![Event { t: 0, conn: 1, what: What::Open { first } }, got(1, snapshot)];
        let mut others: BTreeMap<DeviceId, Vec<Event>> = BTreeMap::new();
        let mut starts = false;
        for row in &rows[entered + 1..] {
            let t = row.seq.0;
            let name = if starts { "start" } else { pressed(row.change.name()) };
            starts = row.change.name() == "started";
            let asked = row.by.zip(row.re).map(|(by, cid)| (room.devices_of(by).next(), cid));
            if let Some((Some(device), cid)) = asked {
                let frame = json!({
                    "t": "do", "cid": cid, "seen": room.seq(),
                    "cmd": {"c": name},
                });
                let sent = Event { t, conn: 1, what: What::Sent { frame } };
                let log =
                    if device == host { &mut events } else { others.entry(device).or_default() };
                log.push(sent);
            }
            let mut step = step(&mut room, row, [host]);
            if let Some(frame) = step.told(row) {
                events.push(got(t, serde_json::to_value(frame).unwrap()));
            }
            events.extend(
                step.own
                    .into_iter()
                    .map(|(_, own)| got(t, json!({"t": "own", "seq": row.seq, "own": own}))),
            );
            if let Some((Some(device), cid)) = asked
                && device == host
            {
                events.push(got(t, json!({"t": "done", "cid": cid, "seq": row.seq})));
            }
        }
        let mut clients = vec![ClientLog { device: host, events }];
        clients.extend(others.into_iter().map(|(device, events)| ClientLog { device, events }));
        // Whose a no was stood in the journal when this one was stored.
        let unnamed = |row: Recorded| Recorded { by: row.change.written_by(row.by), ..row };
        let rows = rows.into_iter().map(unnamed).collect();
        Self { rows, base: None, clients }
    }

    pub(super) fn verdict(self) -> Verdict {
        let set = Room::replay(&rows()).unwrap().set();
        let journal = Journal { base: self.base, rows: entries(self.rows) };
        let (clients, time) = (self.clients, Time::ByHand);
        check(&Evidence { set, clients, journal, time, quiet: true })
    }

    /// What the host was sent.
    pub(super) fn frames(&mut self) -> impl Iterator<Item = &mut Value> {
        self.clients[0].events.iter_mut().filter_map(|event| match &mut event.what {
            What::Got { frame } => Some(frame),
            What::Open { .. } | What::Sent { .. } | What::End { .. } => None,
        })
    }

    pub(super) fn frame(&mut self, wanted: impl Fn(&Value) -> bool) -> &mut Value {
        self.frames().find(|frame| wanted(frame)).unwrap()
    }

    pub(super) fn forget(&mut self, unwanted: impl Fn(&What) -> bool) {
        for client in &mut self.clients {
            client.events.retain(|event| !unwanted(&event.what));
        }
    }
}

/// The changes of a command stand in one entry.
pub(super) fn entries(rows: Vec<Recorded>) -> Vec<Row> {
    let mut entry = 1;
    let mut of = |record: &Recorded| {
        let mine = entry;
        entry += u64::from(record.re.is_some() || record.by.is_none());
        mine
    };
    rows.into_iter().map(|record| Row { entry: of(&record), record }).collect()
}

pub(super) fn place(rows: &[Recorded], name: &str) -> usize {
    rows.iter().position(|row| row.change.name() == name).unwrap()
}

/// The lie breaks this and nothing else.
pub(super) fn only(history: History, invariant: Invariant) {
    let verdict = history.verdict();
    let broken: Vec<_> = verdict.broken.keys().copied().collect();
    assert_eq!(broken, [invariant], "{verdict}");
}
