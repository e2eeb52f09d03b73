//! What is written down of the end of a meeting, and would be of single people.

use std::collections::BTreeMap;

use setroom_checker::Invariant;
use setroom_protocol::attendance::{Attendance, Attended, MeetingAttendance};
use setroom_protocol::{BOX_OVERHEAD, Change, ItemId, Mode, Recorded, Room, Sealed, SeatId};

use super::{History, only, rows, stored};

/// The meeting, closed, with what is kept of who was there.
fn closed(mode: Mode, by: BTreeMap<SeatId, Attended>) -> History {
    let mut rows = rows();
    if let Change::Founded(founded) = &mut rows[0].change {
        founded.mode = mode;
    }
    let close = stored().find(|row| matches!(row.change, Change::Closed { .. })).unwrap();
    let room = Room::replay(&rows).unwrap();
    let kept = Attendance { at: close.at, counts: [(Attended::Came, 2)].into(), by };
    let kept = Change::AttendanceKept(MeetingAttendance { meeting: room.meeting().id, kept });
    let seq = close.seq.next();
    rows.push(Recorded { re: None, ..close.clone() });
    rows.push(Recorded { seq, change: kept, ..close });
    History::of(rows)
}

fn shown(count: u8) -> History {
    let mut rows = rows();
    let close = stored().find(|row| matches!(row.change, Change::Closed { .. })).unwrap();
    let sealed = Sealed::from_bytes(&[1; BOX_OVERHEAD + 256]).unwrap();
    let answers = (0..count).map(|n| (ItemId::from_bytes([n; 16]), sealed.clone())).collect();
    rows.push(Recorded { change: Change::FormShown { answers }, ..close });
    History::of(rows)
}

#[test]
fn who_was_there_is_found_where_nobody_may_know() {
    let verdict = closed(Mode::Set, BTreeMap::new()).verdict();
    assert!(verdict.is_green(), "{verdict}");
    let named = [(SeatId::from_bytes([3; 16]), Attended::Late)];
    only(closed(Mode::Set, named.into()), Invariant::HiddenUnseen);
    only(closed(Mode::Chatham, BTreeMap::new()), Invariant::HiddenUnseen);
}

#[test]
fn answers_that_tell_whose_they_are_are_found() {
    let verdict = shown(5).verdict();
    assert!(verdict.is_green(), "{verdict}");
    only(shown(4), Invariant::HiddenUnseen);
}
