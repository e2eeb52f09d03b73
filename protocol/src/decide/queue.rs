//! The question queue: one server order, one hand each, a settle gap before the next asker.

use std::collections::BTreeMap;

use super::{Case, Decision, one};
use crate::change::Change;
use crate::command::Saying;
use crate::ids::SeatId;
use crate::limits;
use crate::method::{Floor, HandRule, Kind};
use crate::refusal::{Code, Refusal};

impl Case<'_> {
    /// Acting for somebody else takes the controls.
    fn for_whom(&self, seat: Option<SeatId>) -> Result<SeatId, Refusal> {
        let whom = seat.unwrap_or(self.caller.seat);
        if whom != self.caller.seat && !self.controls() {
            return Err(Code::NotYours.into());
        }
        Ok(whom)
    }

    pub(super) fn raise_hand(&self, kind: Option<Kind>, seat: Option<SeatId>) -> Decision {
        let whom = self.for_whom(seat)?;
        self.in_circle(whom)?;
        let part = self.room.part().ok_or(Code::Stage)?;
        let now = &self.room.meeting().now;
        if part.hand == HandRule::Off || part.floor == Floor::Round {
            return Err(Code::Part.into());
        }
        if now.presenter == Some(whom) {
            // The presenter has the floor; they need not queue for it.
            return Err(Code::NotYours.into());
        }
        let offered = match kind {
            None | Some(Kind::Process) => true,
            Some(kind) => part.kinds.contains(&kind),
        };
        if !offered {
            return Err(Code::Kind.into());
        }
        if now.asking.is_some_and(|asking| asking.seat == whom) {
            return Err(Code::Already.into());
        }
        match now.queue.get(&whom) {
            Some(hand) if hand.kind == kind => Err(Code::Already.into()),
            // Another kind keeps the place.
            Some(hand) => one(Change::HandRaised { seat: whom, kind, rank: hand.rank }),
            None => {
                one(Change::HandRaised { seat: whom, kind, rank: self.room.meeting().next_rank })
            }
        }
    }

    pub(super) fn lower_hand(&self, seat: Option<SeatId>) -> Decision {
        let whom = self.for_whom(seat)?;
        if !self.room.meeting().now.queue.contains_key(&whom) {
            return Err(Code::NoHand.into());
        }
        one(Change::HandLowered { seat: whom })
    }

    pub(super) fn defer_hand(&self) -> Decision {
        let seat = self.caller.seat;
        let queue = self.room.queue();
        if !queue.contains(&seat) {
            return Err(Code::NoHand.into());
        }
        if queue.last() == Some(&seat) {
            return Err(Code::Already.into());
        }
        let rank = self.room.meeting().next_rank;
        one(Change::HandsMoved { ranks: BTreeMap::from([(seat, rank)]) })
    }

    pub(super) fn move_hand(&self, seat: SeatId, to: u32) -> Decision {
        let mut queue = self.room.queue();
        let from = queue.iter().position(|id| *id == seat).ok_or(Code::NoHand)?;
        let to = usize::try_from(to).unwrap_or(usize::MAX).min(queue.len() - 1);
        queue.remove(from);
        queue.insert(to, seat);
        // Process points stay in front: the place that was asked for is taken within its class.
        let hands = &self.room.meeting().now.queue;
        queue.sort_by_key(|id| hands.get(id).is_none_or(|hand| hand.kind != Some(Kind::Process)));
        if queue == self.room.queue() {
            return Err(Code::Already.into());
        }
        let first = self.room.meeting().next_rank;
        one(Change::HandsMoved { ranks: queue.into_iter().zip(first..).collect() })
    }

    pub(super) fn clear_queue(&self) -> Decision {
        if self.room.meeting().now.queue.is_empty() {
            return Err(Code::Already.into());
        }
        one(Change::QueueCleared)
    }

    pub(super) fn invite(&self, seat: SeatId) -> Decision {
        self.fresh_floor()?;
        self.not_holding()?;
        self.may_have_floor(seat)?;
        let kind = self.room.meeting().now.queue.get(&seat).and_then(|hand| hand.kind);
        one(Change::FloorGiven { seat, kind, returns_to: None })
    }

    pub(super) fn interrupt(&self, seat: SeatId) -> Decision {
        self.fresh_floor()?;
        self.not_holding()?;
        self.may_have_floor(seat)?;
        let asking = self.room.meeting().now.asking.ok_or(Code::NoTurn)?;
        if asking.returns_to.is_some() {
            // One interruption at a time, so that everybody knows where it returns to.
            return Err(Code::Already.into());
        }
        let kind = self.room.meeting().now.queue.get(&seat).and_then(|hand| hand.kind);
        one(Change::FloorGiven { seat, kind, returns_to: Some(asking.seat) })
    }

    fn may_have_floor(&self, seat: SeatId) -> Result<(), Refusal> {
        self.in_circle(seat)?;
        let part = self.room.part().ok_or(Code::Stage)?;
        if matches!(part.floor, Floor::Round | Floor::Silence) {
            return Err(Code::Part.into());
        }
        let now = &self.room.meeting().now;
        if now.presenter == Some(seat) || now.asking.is_some_and(|asking| asking.seat == seat) {
            return Err(Code::Already.into());
        }
        Ok(())
    }

    /// The asker, the presenter or the facilitator ends a turn. After an interruption the floor
    /// returns; otherwise the next asker waits for the settle gap.
    pub(super) fn end_turn(&self) -> Decision {
        let asking = self.room.meeting().now.asking.ok_or(Code::NoTurn)?;
        self.fresh_floor()?;
        let presenter = self.room.meeting().now.presenter;
        let may = asking.seat == self.caller.seat
            || presenter == Some(self.caller.seat)
            || self.controls();
        if !may {
            return Err(Code::NotYours.into());
        }
        one(self.turn_over(asking))
    }

    fn turn_over(&self, asking: crate::room::Asking) -> Change {
        match asking.returns_to {
            Some(seat) => Change::FloorGiven { seat, kind: None, returns_to: None },
            None => Change::TurnEnded { gap_until: self.now.plus(limits::SETTLE_GAP_MS) },
        }
    }

    pub(super) fn let_it_land(&self) -> Decision {
        self.not_holding()?;
        one(Change::GapSet { gap_until: self.now.plus(limits::SETTLE_GAP_MS) })
    }

    pub(super) fn say(&self, what: Saying) -> Decision {
        let now = &self.room.meeting().now;
        let presenter = now.presenter.ok_or(Code::NoPresenter)?;
        if presenter != self.caller.seat {
            return Err(Code::NotYours.into());
        }
        let said = Change::PresenterSaid { what };
        match what {
            Saying::NeedAMoment | Saying::Thinking => {
                if now.says == Some(what) {
                    return Err(Code::Already.into());
                }
                one(said)
            }
            Saying::Pass => {
                let asking = now.asking.ok_or(Code::NoTurn)?;
                self.fresh_floor()?;
                Ok(vec![said, self.turn_over(asking)])
            }
            Saying::Ready => {
                // Ready after an answer: that turn is over, and nobody need wait for the gap.
                match now.asking.filter(|_| now.says.is_none()) {
                    Some(asking) => {
                        self.fresh_floor()?;
                        Ok(vec![self.turn_over(asking), said])
                    }
                    None => one(said),
                }
            }
        }
    }

    pub(super) fn put_tick(&self, on: bool) -> Decision {
        let seat = self.caller.seat;
        if self.room.meeting().now.ticks.contains(&seat) == on {
            return Err(Code::Already.into());
        }
        one(Change::Ticked { seat, on })
    }
}
