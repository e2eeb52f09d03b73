//! Practices that the set adopts and lets go, and when it looks again at what it agreed.

use super::agreed::agreed_at;
use super::{Case, Decision, one, refuse_if};
use crate::change::Change;
use crate::command::Put;
use crate::ids::{ItemId, Timestamp};
use crate::limits;
use crate::presence::Presence;
use crate::refusal::{Code, Refusal};
use crate::room::{Decided, Look, LookedAt, Practice, Review, Room};
use crate::sealed::TextKind;

impl Case<'_> {
    /// A practice is proposed by the owner of the action that taught it, once, and says no other thing
    /// afterwards than what people have agreed to.
    pub(super) fn may_propose(&self, put: &Put) -> Result<(), Refusal> {
        let action = self.own_item(put.action.ok_or(Code::NoItem)?)?;
        refuse_if(action.kind != TextKind::Action, Code::Kind)?;
        let taken = self.room.items_of(self.caller.seat).any(|item| item.action == put.action);
        refuse_if(taken || self.room.items().contains_key(&put.item), Code::Already)?;
        refuse_if(self.room.practices().len() >= limits::PRACTICES, Code::Items)
    }

    pub(super) fn answer_practice(&self, item: ItemId, yes: bool) -> Decision {
        let practice = self.practice(item)?;
        let agreed = practice.agreed.as_ref().ok_or(Code::Stale)?;
        if !yes {
            return one(Change::PracticeDecided { item, is: Decided::Declined });
        }
        refuse_if(agreed.contains(&self.caller.seat), Code::Already)?;
        Ok(self.with_practice_tap(item, practice))
    }

    pub(super) fn let_practice_go(&self, item: ItemId) -> Decision {
        let practice = self.practice(item)?;
        refuse_if(practice.agreed.is_some(), Code::Already)?;
        Ok(self.with_practice_tap(item, practice))
    }

    /// A practice that the caller sees as the set's. Another person's that is theirs alone is none.
    fn practice(&self, item: ItemId) -> Result<&Practice, Refusal> {
        let shown =
            self.room.items().get(&item).filter(|text| text.see == crate::method::See::Everyone);
        let practice = shown.and_then(|_| self.room.practices().get(&item));
        practice.ok_or(Code::NoItem.into())
    }

    /// What follows when the caller agrees to what the set is asked of a practice.
    fn with_practice_tap(&self, item: ItemId, practice: &Practice) -> Vec<Change> {
        let seat = self.caller.seat;
        let mut agreed = practice.agreed.clone().unwrap_or_default();
        agreed.insert(seat);
        let all =
            agreed_at(self.room, self.presence, &agreed, None).is_some_and(|at| at <= self.now);
        let follows = all.then(|| Change::PracticeDecided { item, is: practice.decides() });
        std::iter::once(Change::PracticeTapped { item, seat }).chain(follows).collect()
    }

    pub(super) fn set_review(&self, of: LookedAt, at: Option<Timestamp>) -> Decision {
        at.map_or(Ok(()), |at| self.within_reach(at))?;
        one(Change::ReviewSet(Review { of, due: at }))
    }

    pub(super) fn look_again(&self, of: LookedAt, on: bool) -> Decision {
        let seat = self.caller.seat;
        refuse_if(self.room.asks_to_look(of, seat) == on, Code::Already)?;
        one(Change::LookAsked(Look { of, seat, on }))
    }
}

impl Practice {
    /// What it is once all agree to what they are asked.
    fn decides(&self) -> Decided {
        if self.adopted_at.is_some() { Decided::LetGo } else { Decided::Adopted }
    }
}

/// The practice that all agree about who are there, what becomes of it, and from when on.
pub(super) fn decided(room: &Room, presence: &Presence) -> Option<(Timestamp, Change)> {
    let asked = room.practices().iter().filter_map(|(item, practice)| {
        let at = agreed_at(room, presence, practice.agreed.as_ref()?, None)?;
        Some((at, Change::PracticeDecided { item: *item, is: practice.decides() }))
    });
    asked.min_by_key(|(at, _)| *at)
}
