//! What was pressed last within a part, so that an undo takes back that, and nothing besides.

use super::{FittedTime, Hand, Pressed, Room, Stage, Undo};
use crate::attendance::Said;
use crate::change::Change;
use crate::command::Saying;
use crate::ids::SeatId;
use crate::limits;
use crate::record::Recorded;

impl Room {
    /// What can be taken back once this is done: what was before the press that it is part of.
    pub(super) fn pressed(&self, record: &Recorded) -> Option<Pressed> {
        let meeting = &self.meeting;
        let by = record.by?;
        // The last change of a press says which one it was.
        let open = record.re.is_none();
        if let Some(begun) = meeting.pressed.as_ref().filter(|pressed| pressed.open) {
            return Some(Pressed { seq: record.seq, open, ..begun.clone() });
        }
        if !self.is_press(&record.change, by) {
            return None;
        }
        let minutes = if let Change::TimeFitted(FittedTime { minutes }) = &record.change {
            Some(meeting.last_minutes(minutes.len()))
        } else {
            None
        };
        let mut before = meeting.now.clone();
        // "Pass" is about a turn that ends with it.
        before.says = before.says.filter(|says| *says != Saying::Pass);
        Some(Pressed {
            undo: Undo { until: record.at.plus(limits::UNDO_MS), before },
            silence: meeting.silence,
            minutes,
            seq: record.seq,
            first: meeting.pressed.is_none(),
            open,
        })
    }

    /// Whether an undo takes it back: what moves turns, whoever pressed it, and what those with the
    /// controls do to clock, hands, presenter and quiet.
    fn is_press(&self, change: &Change, by: SeatId) -> bool {
        if self.meeting.stage != Stage::Running {
            return false;
        }
        let moves_turns = matches!(
            change,
            Change::RoundTurned { .. }
                | Change::TurnEnded { .. }
                | Change::FloorGiven { .. }
                | Change::PresenterSaid { what: Saying::Pass }
        );
        let controls = matches!(
            change,
            Change::Paused { .. }
                | Change::Resumed { .. }
                | Change::TimeAdded { .. }
                | Change::TimeFitted(_)
                | Change::SilenceSet { .. }
                | Change::PresenterChosen { .. }
                | Change::HandsMoved { .. }
                | Change::QueueCleared
                | Change::GapSet { .. }
                | Change::RoundStarted { .. }
        );
        let for_another = matches!(
            change,
            Change::HandRaised { seat, .. } | Change::HandLowered { seat } if *seat != by
        );
        // A clock that stops because its presenter has gone is not stopped by a press.
        let gone = matches!(change, Change::Paused { .. }) && self.lacks_presenter();
        moves_turns || ((controls || for_another) && !gone && self.has_controls(by))
    }

    /// What people do for themselves is not taken back with a press of somebody else: it is done to
    /// what was before it as well.
    pub(super) fn put_in_before_press(&mut self, change: &Change) {
        let Some(pressed) = &mut self.meeting.pressed else { return };
        let before = &mut pressed.undo.before;
        let has_floor = |seat: SeatId| {
            before.presenter == Some(seat)
                || before.asking.is_some_and(|asking| asking.seat == seat)
        };
        if let Change::HandRaised { seat, kind, rank } = change {
            if !has_floor(*seat) {
                before.queue.insert(*seat, Hand { rank: *rank, kind: *kind });
            }
        } else if let Change::HandLowered { seat } = change {
            before.queue.remove(seat);
        } else if let Change::HandsMoved { ranks } = change {
            for (seat, rank) in ranks {
                if let Some(hand) = before.queue.get_mut(seat) {
                    hand.rank = *rank;
                }
            }
        } else if let Change::Ticked(Said { seat, on }) = change {
            if *on {
                before.ticks.insert(*seat);
            } else {
                before.ticks.remove(seat);
            }
        } else if let Change::PresenterSaid { what } = change
            && before.presenter == self.meeting.now.presenter
        {
            before.says = Some(*what).filter(|what| *what != Saying::Ready);
        }
    }
}
