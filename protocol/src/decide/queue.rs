//! The question queue: one server order, one hand each, a settle gap before the next asker.

use std::collections::BTreeMap;

use super::{Case, Decision, one, refuse_if};
use crate::attendance::Said;
use crate::change::Change;
use crate::command::Saying;
use crate::ids::SeatId;
use crate::limits;
use crate::method::{Floor, HandRule, Kind};
use crate::refusal::{Code, Refusal};
use crate::room::{Hand, Room};

/// Process points come before everything else.
fn comes_later(hand: &Hand) -> bool {
    hand.kind != Some(Kind::Process)
}

impl Room {
    /// Hands in the order in which they will be called: process points first, then by rank.
    pub fn queue(&self) -> Vec<SeatId> {
        let hands = self.meeting().now.queue.iter();
        let mut order: Vec<_> =
            hands.map(|(id, hand)| (comes_later(hand), hand.rank, *id)).collect();
        order.sort_unstable();
        order.into_iter().map(|(_, _, id)| id).collect()
    }
}

impl Case<'_> {
    /// Acting for somebody else takes the controls.
    fn for_whom(&self, seat: Option<SeatId>) -> Result<SeatId, Refusal> {
        let whom = seat.unwrap_or(self.caller.seat);
        refuse_if(whom != self.caller.seat && !self.controls(), Code::NotYours)?;
        Ok(whom)
    }

    pub(super) fn raise_hand(&self, kind: Option<Kind>, seat: Option<SeatId>) -> Decision {
        let whom = self.for_whom(seat)?;
        self.in_circle(whom)?;
        let part = self.room.part().ok_or(Code::Stage)?;
        let now = &self.room.meeting().now;
        refuse_if(part.hand == HandRule::Off || part.floor == Floor::Round, Code::Part)?;
        // The presenter has the floor; they need not queue for it.
        refuse_if(now.presenter == Some(whom), Code::NotYours)?;
        let offered = match kind {
            None | Some(Kind::Process) => true,
            Some(kind) => part.kinds.contains(&kind),
        };
        refuse_if(!offered, Code::Kind)?;
        refuse_if(now.asking.is_some_and(|asking| asking.seat == whom), Code::Already)?;
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
        refuse_if(!self.room.meeting().now.queue.contains_key(&whom), Code::NoHand)?;
        one(Change::HandLowered { seat: whom })
    }

    pub(super) fn defer_hand(&self) -> Decision {
        let seat = self.caller.seat;
        let queue = self.room.queue();
        refuse_if(!queue.contains(&seat), Code::NoHand)?;
        refuse_if(queue.last() == Some(&seat), Code::Already)?;
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
        queue.sort_by_key(|id| hands.get(id).is_none_or(comes_later));
        refuse_if(queue == self.room.queue(), Code::Already)?;
        let first = self.room.meeting().next_rank;
        one(Change::HandsMoved { ranks: queue.into_iter().zip(first..).collect() })
    }

    pub(super) fn clear_queue(&self) -> Decision {
        refuse_if(self.room.meeting().now.queue.is_empty(), Code::Already)?;
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
        // One interruption at a time, so that everybody knows where it returns to.
        refuse_if(asking.returns_to.is_some(), Code::Already)?;
        let kind = self.room.meeting().now.queue.get(&seat).and_then(|hand| hand.kind);
        one(Change::FloorGiven { seat, kind, returns_to: Some(asking.seat) })
    }

    fn may_have_floor(&self, seat: SeatId) -> Result<(), Refusal> {
        self.in_circle(seat)?;
        let part = self.room.part().ok_or(Code::Stage)?;
        refuse_if(matches!(part.floor, Floor::Round | Floor::Silence), Code::Part)?;
        let now = &self.room.meeting().now;
        refuse_if(
            now.presenter == Some(seat) || now.asking.is_some_and(|asking| asking.seat == seat),
            Code::Already,
        )
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
        refuse_if(!may, Code::NotYours)?;
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
        refuse_if(presenter != self.caller.seat, Code::NotYours)?;
        let said = Change::PresenterSaid { what };
        match what {
            Saying::NeedAMoment | Saying::Thinking => {
                refuse_if(now.says == Some(what), Code::Already)?;
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
        refuse_if(self.room.meeting().now.ticks.contains(&seat) == on, Code::Already)?;
        one(Change::Ticked(Said { seat, on }))
    }
}
