//! Rounds: everyone in circle order, one go each, pass allowed, come back to me.

use std::collections::BTreeMap;

use super::{Case, Decision, one, refuse_if};
use crate::change::Change;
use crate::ids::{ItemId, SeatId};
use crate::method::{Floor, See};
use crate::refusal::{Code, Refusal};
use crate::room::{Item, TurnState};
use crate::sealed::TextKind;

impl Case<'_> {
    pub(super) fn start_round(&self, first: SeatId) -> Decision {
        self.fresh_floor()?;
        self.not_holding()?;
        let part = self.room.part().ok_or(Code::Stage)?;
        refuse_if(part.floor != Floor::Round, Code::NoRound)?;
        let presenter = self.room.meeting().now.presenter;
        let mut order = self.room.circle(presenter, part.presenter, part.slot.is_some());
        let from = order.iter().position(|seat| *seat == first).ok_or(Code::NoSeat)?;
        order.rotate_left(from);
        one(Change::RoundStarted { order })
    }

    /// Whose turn it is, if the asker may end it: their own, or any by the facilitator.
    fn turn_to_end(&self) -> Result<SeatId, Refusal> {
        let turn = self.room.round_turn().ok_or(Code::NoTurn)?;
        refuse_if(turn != self.caller.seat && !self.controls(), Code::NotYours)?;
        self.fresh_floor()?;
        self.not_holding()?;
        Ok(turn)
    }

    pub(super) fn end_round_turn(&self) -> Decision {
        self.pass_on(self.turn_to_end()?, TurnState::Done)
    }

    pub(super) fn pass_turn(&self) -> Decision {
        self.pass_on(self.turn_to_end()?, TurnState::Passed)
    }

    pub(super) fn later_turn(&self) -> Decision {
        let turn = self.turn_to_end()?;
        // Nobody is left to go first.
        refuse_if(self.room.round_next().is_none(), Code::Already)?;
        self.pass_on(turn, TurnState::Later)
    }

    /// The present turn ends as `state`; the next one begins. A text that its author wrote in the
    /// part before, to be read in this round, opens with their turn: to all once it is done, and
    /// not at all when they pass, neither now nor in a later round.
    fn pass_on(&self, turn: SeatId, state: TurnState) -> Decision {
        let mut turns = BTreeMap::from([(turn, state)]);
        let next = self.room.round_next();
        turns.extend(next.map(|next| (next, TurnState::Now)));
        let mut changes = vec![Change::RoundTurned { turns }];
        if state == TurnState::Done {
            let here = self.room.meeting().now.part;
            let hidden = self
                .room
                .items_of(turn)
                .filter(|item| item.see == See::Hidden && item.part + 1 == here);
            changes.extend(hidden.map(|item| Change::ItemReleased { item: item.id }));
        }
        Ok(changes)
    }

    pub(super) fn release_item(&self, item: ItemId) -> Decision {
        let held = self.own_item(item)?;
        // The one was promised to be for its author alone; the other is the set's by everybody's tap.
        refuse_if(matches!(held.kind, TextKind::Reflection | TextKind::Practice), Code::Kind)?;
        refuse_if(held.see == See::Everyone, Code::Already)?;
        refuse_if(held.sealed.is_own(), Code::SealedOwn)?;
        // It would be shown to those of a meeting that it was not sealed in.
        refuse_if(held.meeting.is_some(), Code::StaleEpoch)?;
        one(Change::ItemReleased { item })
    }

    pub(super) fn withdraw_item(&self, item: ItemId) -> Decision {
        self.own_item(item)?;
        one(Change::ItemWithdrawn { item })
    }

    /// A text of the caller's. Of another's that they do not see, also where they once did, they are not
    /// told whether it still stands.
    pub(super) fn own_item(&self, item: ItemId) -> Result<&Item, Refusal> {
        let held = self.room.items().get(&item).ok_or(Code::NoItem)?;
        let is_own = held.seat == self.caller.seat;
        refuse_if(!is_own && held.see != See::Everyone, Code::NoItem)?;
        refuse_if(!is_own, Code::NotYours)?;
        Ok(held)
    }
}
