//! Each lie is found.

use std::collections::BTreeMap;

use serde_json::json;
use setroom_checker::canaries::{Canary, look};
use setroom_checker::evidence::Base;
use setroom_checker::{ClientLog, Evidence, Invariant, Journal, Time, check};
use setroom_client::{Event, First, What};
use setroom_protocol::attendance::Said;
use setroom_protocol::method::See;
use setroom_protocol::room::Clock;
use setroom_protocol::view::{own, shared};
use setroom_protocol::{Change, CommandId, DeviceId, LinkRole, Recorded, Role, Room, SeatId, Seq};

use super::{History, entries, got, only, place, rows};

#[test]
fn a_true_story_is_green() {
    let verdict = History::of(rows()).verdict();
    assert!(verdict.is_green(), "{verdict}");
    assert!(verdict.counts.rows == 59 && verdict.counts.acknowledged > 15, "{verdict}");
}

#[test]
fn what_was_said_off_the_record_and_is_written_down_is_found() {
    let written = rows().into_iter().find_map(|row| {
        let Change::Written { item } = row.change else { return None };
        Some(item.sealed.as_str().to_owned())
    });
    // Ids that stand nowhere in that story.
    let id = |n: u128| {
        CommandId::from_bytes((0x0ff7_ec07_d500_u128 << 64 | n).to_be_bytes()).to_string()
    };
    let with = |sealed: &str| {
        let mut history = History::of(rows());
        let events = &mut history.clients[0].events;
        let last = events.last().unwrap().clone();
        let line =
            json!({"c": "off_record_line", "round": id(0xA1), "item": id(0xA2), "box": sealed});
        let frame = json!({"t": "do", "cid": id(0xA3), "seen": 1, "cmd": line});
        events.push(Event { t: last.t + 1, what: What::Sent { frame }, ..last });
        history
    };
    let verdict = with("a box that is nowhere").verdict();
    assert!(verdict.is_green() && verdict.counts.off_record == 4, "{verdict}");
    only(with(&written.unwrap()), Invariant::NothingReadable);
}

#[test]
fn an_acknowledgement_that_is_elsewhere_twice_or_nowhere_is_found() {
    let mut history = History::of(rows());
    let done = history.frame(|frame| frame["t"] == "done");
    done["seq"] = json!(done["seq"].as_u64().unwrap() - 1);
    only(history, Invariant::AcknowledgedOnce);

    // Told that it is refused, when it is done; asked for twice, one of the two may be.
    for repeated in [false, true] {
        let mut history = History::of(rows());
        let done = history.frame(|frame| frame["t"] == "done");
        let cid = done["cid"].clone();
        *done = json!({"t": "refused", "cid": cid, "code": "not_now"});
        let events = &mut history.clients[0].events;
        let sent =
            |event: &&Event| matches!(&event.what, What::Sent { frame } if frame["cid"] == cid);
        let again = events.iter().find(sent).cloned();
        if repeated {
            events.extend(again);
            assert!(history.verdict().is_green());
        } else {
            only(history, Invariant::AcknowledgedOnce);
        }
    }

    // Told that it is done, and when it is asked for once more that it is refused.
    let mut history = History::of(rows());
    let cid = history.frame(|frame| frame["t"] == "done")["cid"].clone();
    let events = &mut history.clients[0].events;
    let sent = |event: &&Event| matches!(&event.what, What::Sent { frame } if frame["cid"] == cid);
    let (again, last) = (events.iter().find(sent).unwrap().clone(), events.last().unwrap().t);
    let refused = json!({"t": "refused", "cid": cid, "code": "stale"});
    events.extend([Event { t: last + 1, ..again }, got(last + 2, refused)]);
    only(history, Invariant::AcknowledgedOnce);

    let mut rows = rows();
    let paused = rows[place(&rows, "paused")].clone();
    let (seq, last) = (rows.last().unwrap().seq.next(), rows.last().unwrap().at);
    let mut history = History::of(rows.clone());
    // Once more at the end of the journal, where nobody was shown it.
    rows.push(Recorded { seq, at: last, ..paused });
    history.rows = rows;
    assert!(history.verdict().breaks(Invariant::AcknowledgedOnce));

    let mut history = History::of(self::rows());
    history.rows.truncate(40);
    let verdict = history.verdict();
    assert!(
        verdict.breaks(Invariant::AcknowledgedOnce) && verdict.breaks(Invariant::OneState),
        "{verdict}"
    );
}

#[test]
fn a_row_that_nobody_asked_for_or_may_ask_for_is_found() {
    let all = rows();
    let cid = all[place(&all, "paused")].re.unwrap();
    let mut history = History::of(all);
    history.forget(|what| matches!(what, What::Sent { frame } if frame["cid"] == json!(cid)));
    assert!(history.verdict().breaks(Invariant::AskedByWhoMay));

    // A member pauses, and a member's press is told as another one's.
    for (change, by) in [("paused", 3), ("ticked", 5)] {
        let mut rows = rows();
        let at = place(&rows, change);
        rows[at].by = Some(SeatId::from_bytes([by; 16]));
        let mut history = History::of(rows.clone());
        if change == "ticked" {
            let wrong = rows[at].clone();
            history = History::of(self::rows());
            history.rows[at] = wrong;
        }
        let verdict = history.verdict();
        assert!(verdict.breaks(Invariant::AskedByWhoMay), "{verdict}");
    }

    let mut rows = rows();
    let at = place(&rows, "paused");
    (rows[at].by, rows[at].re) = (None, None);
    only(History::of(rows), Invariant::AskedByWhoMay);
}

#[test]
fn a_hole_a_repeat_and_a_hidden_gap_are_found() {
    let mut history = History::of(rows());
    history.forget(
        |what| matches!(what, What::Got { frame } if frame["t"] == "change" && frame["seq"] == 40),
    );
    assert!(history.verdict().breaks(Invariant::InOrder));

    let mut history = History::of(rows());
    let again = history.frame(|frame| frame["seq"] == 40).clone();
    history.clients[0].events.push(got(99, again));
    assert!(history.verdict().breaks(Invariant::InOrder));

    let mut history = History::of(rows());
    let room = Room::replay(&rows()).unwrap();
    let device = history.clients[0].device;
    let snapshot = json!({
        "t": "snapshot", "seq": room.seq(), "at": 1, "build": "x",
        "shared": shared(&room), "own": own(&room, device).unwrap(),
    });
    let first = First::Resume { since: Some(Seq(30)) };
    let open = |first| Event { t: 99, conn: 2, what: What::Open { first } };
    let shown = Event { t: 99, conn: 2, what: What::Got { frame: snapshot.clone() } };
    history.clients[0].events.extend([open(first), shown]);
    only(history, Invariant::InOrder);

    // The same without having asked for less is as it should be, and with a gap as well.
    let mut history = History::of(rows());
    let shown = Event { t: 99, conn: 2, what: What::Got { frame: snapshot } };
    history.clients[0].events.extend([open(First::Resume { since: None }), shown]);
    assert!(history.verdict().is_green());

    // On a line that was there all along an older one may come late; to a new one it may not.
    for (at, green) in [(1, true), (usize::MAX, false)] {
        let mut history = History::of(rows());
        let room = Room::replay(&rows()[..40]).unwrap();
        let device = history.clients[0].device;
        let late = json!({
            "t": "snapshot", "seq": room.seq(), "at": 1, "build": "x",
            "shared": shared(&room), "own": own(&room, device).unwrap(),
        });
        let events = &mut history.clients[0].events;
        events.insert(at.min(events.len()), open(First::Resume { since: None }));
        events.push(Event { t: 99, conn: 2, what: What::Got { frame: late } });
        let verdict = history.verdict();
        assert_eq!(verdict.is_green(), green, "{verdict}");
        assert_eq!(verdict.breaks(Invariant::InOrder), !green, "{verdict}");
    }

    let mut rows = rows();
    rows.iter_mut().skip(20).for_each(|row| row.seq = row.seq.next());
    only(History::of(rows), Invariant::InOrder);
}

#[test]
fn another_state_is_found() {
    let mut history = History::of(rows());
    history.frame(|frame| frame["what"] == "ticked")["shared"]["locked"] = json!(true);
    only(history, Invariant::OneState);

    let mut history = History::of(rows());
    let own = history.frame(|frame| frame["t"] == "own");
    own["own"]["next_n"] = json!(77);
    let last = history.frames().filter(|frame| frame["t"] == "own").last().unwrap();
    last["own"]["next_n"] = json!(77);
    only(history, Invariant::OneState);
}

#[test]
fn what_is_not_for_somebody_is_found() {
    // Somebody at the door hears what happens inside.
    let mut history = History::of(rows());
    let change = history.frame(|frame| frame["what"] == "paused").clone();
    let first = First::Knock { role: LinkRole::Member, shown: None };
    let open = Event { t: 0, conn: 9, what: What::Open { first } };
    let heard = Event { t: 9, conn: 9, what: What::Got { frame: change } };
    let device = DeviceId::from_bytes([0x77; 16]);
    history.clients.push(ClientLog { device, events: vec![open, heard] });
    only(history, Invariant::HiddenUnseen);

    // Whose the one no to another mode is, on the line or in the journal.
    let all = rows();
    let no = place(&all, "mode_declined");
    let by = all[no].by.unwrap();
    let mut history = History::of(rows());
    history.frame(|frame| frame["what"] == "mode_declined")["by"] = json!(by);
    only(history, Invariant::HiddenUnseen);
    let mut history = History::of(rows());
    history.rows[no].by = Some(by);
    only(history, Invariant::HiddenUnseen);

    // Somebody who was sent back to the lobby may be told again what they had done; others not.
    for (stranger, green) in [(false, true), (true, false)] {
        let all = rows();
        let ticked = &all[place(&all, "ticked")];
        let (cid, seq) = (ticked.re.unwrap(), ticked.seq);
        let mut history = History::of(all);
        let asked = |log: &ClientLog| {
            log.events.iter().any(
                |event| matches!(&event.what, What::Sent { frame } if frame["cid"] == json!(cid)),
            )
        };
        let at = history.clients.iter().position(asked).unwrap();
        if stranger {
            history.clients[at].device = DeviceId::from_bytes([0x77; 16]);
        }
        let open = What::Open { first: First::Resume { since: None } };
        let door = json!({"t": "lobby", "at": 1, "lobby": {"meeting": 1}});
        let done = json!({"t": "done", "cid": cid, "seq": seq});
        let told = [open, What::Got { frame: door }, What::Got { frame: done }];
        history.clients[at].events.extend(told.map(|what| Event { t: 99, conn: 9, what }));
        let verdict = history.verdict();
        assert_eq!(verdict.is_green(), green, "{verdict}");
        assert_eq!(verdict.breaks(Invariant::HiddenUnseen), !green, "{verdict}");
    }

    // Another person's private text in one's own part, and a text for nobody else in the shared one.
    let all = rows();
    let private = all.iter().find_map(|row| {
        let Change::Written { item } = &row.change else { return None };
        (item.see != See::Everyone).then_some(item.id)
    });
    for part in ["own", "shared"] {
        let mut history = History::of(rows());
        let kind = if part == "own" { "own" } else { "change" };
        let frame = history.frames().filter(|frame| frame["t"] == kind).last().unwrap();
        frame[part]["items"][private.unwrap().to_string()] = json!({"rev": 1});
        assert!(history.verdict().breaks(Invariant::HiddenUnseen), "{part}");
    }

    // A text under another key than the present one.
    let mut all = rows();
    let at = place(&all, "removed");
    let Change::Removed { keys, .. } = &mut all[at].change else { unreachable!() };
    keys.epoch += 1;
    let text = all[place(&all, "written")].clone();
    let (seq, last) = (all.last().unwrap().seq.next(), all.last().unwrap().at);
    let re = Some(CommandId::from_bytes([0x55; 16]));
    all.push(Recorded { seq, at: last, re, ..text });
    assert!(History::of(all).verdict().breaks(Invariant::HiddenUnseen));
}

#[test]
fn two_presenters_two_clocks_and_a_clock_that_grows_are_found() {
    let mut history = History::of(rows());
    history.frame(|frame| frame["what"] == "ticked")["shared"]["presenter"] =
        json!(SeatId::from_bytes([5; 16]));
    assert!(history.verdict().breaks(Invariant::OneAtATime));

    let mut history = History::of(rows());
    let resumed = history.frame(|frame| frame["what"] == "resumed");
    let ends_at = resumed["shared"]["clock"]["ends_at"].as_u64().unwrap();
    resumed["shared"]["clock"]["ends_at"] = json!(ends_at + 300);
    assert!(history.verdict().breaks(Invariant::TimeNeverRises));

    let mut all = rows();
    let at = place(&all, "resumed");
    if let Change::Resumed { clock: Clock::Running { ends_at, .. } } = &mut all[at].change {
        *ends_at = ends_at.plus(60_000);
    }
    only(History::of(all), Invariant::TimeNeverRises);
}

#[test]
fn clients_with_another_time_are_found() {
    let pings = |history: &mut History, offset: u64| {
        let device = history.clients[0].device;
        let ask = |t, sent| Event {
            t,
            conn: 1,
            what: What::Sent { frame: json!({"t": "ping", "sent": sent}) },
        };
        let told = |t, sent, at: u64| got(t, json!({"t": "pong", "sent": sent, "at": at}));
        let events = &mut history.clients[0].events;
        events.extend([ask(1_000_000, 1), told(1_010_000, 1, 51_005)]);
        events.extend([ask(2_000_000, 2), told(2_010_000, 2, 52_005 + offset)]);
        device
    };
    for (offset, green) in [(0, true), (200, true), (400, false)] {
        let mut history = History::of(rows());
        pings(&mut history, offset);
        let set = Room::replay(&rows()).unwrap().set();
        let journal = Journal { base: None, rows: entries(history.rows) };
        let clients = history.clients;
        let time = Time::Machine;
        let verdict = check(&Evidence { set, clients, journal, time, quiet: true });
        assert_eq!(verdict.is_green(), green, "{offset}: {verdict}");
        assert_eq!(verdict.breaks(Invariant::TimeNeverRises), !green);
    }
}

#[test]
fn somebody_who_was_removed_and_still_acts_is_found() {
    let mut all = rows();
    let Change::Removed { seat, .. } = all[place(&all, "removed")].change else { unreachable!() };
    let mut history = History::of(all.clone());
    let (seq, at) = (all.last().unwrap().seq.next(), all.last().unwrap().at);
    let re = Some(CommandId::from_bytes([0x66; 16]));
    let change = Change::Ticked(Said { seat, on: true });
    all.push(Recorded { seq, at, by: Some(seat), re, change });
    history.rows = all;
    let verdict = history.verdict();
    assert!(verdict.breaks(Invariant::RemovedIsGone), "{verdict}");
}

#[test]
fn more_people_than_there_may_be_are_found() {
    let mut all = rows();
    let host = all[2].by;
    let newcomer = all[place(&all, "seated") + 2].change.clone();
    let Change::Seated { public, resume, grant, .. } = newcomer else { unreachable!() };
    for n in 100..130 {
        let (seq, at) = (all.last().unwrap().seq.next(), all.last().unwrap().at);
        let (seat, device) = (SeatId::from_bytes([n; 16]), DeviceId::from_bytes([n; 16]));
        let (role, grant) = (Role::Member, grant.clone());
        let (sign, came_by, edit) = (None, None, None);
        let change =
            Change::Seated { seat, role, device, public, resume, grant, sign, came_by, edit };
        let re = Some(CommandId::from_bytes([n; 16]));
        all.push(Recorded { seq, at, by: host, re, change });
    }
    only(History::of(all), Invariant::WithinLimits);
}

#[test]
fn behind_a_snapshot_the_remembered_commands_count() {
    let all = rows();
    let middle = 45;
    let room = Room::replay(&all[..middle]).unwrap();
    let ids = all[..middle].iter().filter_map(|row| Some((row.re?, row.seq)));
    let answered: BTreeMap<_, _> = ids.collect();
    let behind = |answered| {
        let mut history = History::of(rows());
        history.base = Some(Base { room: room.clone(), answered });
        history.rows.drain(..middle);
        history.verdict()
    };
    let verdict = behind(answered.clone());
    assert!(verdict.is_green() && verdict.notes.len() == 1, "{verdict}");
    let paused = all[place(&all, "paused")].re.unwrap();
    let mut forgetful = answered;
    forgetful.remove(&paused);
    assert!(behind(forgetful).breaks(Invariant::AcknowledgedOnce));
}

#[test]
fn what_was_typed_is_found_in_a_file_and_not_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("inner")).unwrap();
    std::fs::write(folder.path().join("inner/log"), "somebody wrote: canary 4").unwrap();
    let places = [folder.path().to_owned()];
    let verdict = look(&[Canary::word("another")], &places).unwrap();
    assert!(verdict.is_green() && verdict.counts.canaries == 1);
    let verdict = look(&[Canary::word("canary 4")], &places).unwrap();
    assert!(verdict.breaks(Invariant::NothingReadable));
    assert!(!verdict.to_string().contains("canary"), "{verdict}");
}
