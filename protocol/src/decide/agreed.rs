//! What the set agrees: plan, confidentiality mode, charter.

use std::sync::Arc;

use super::{Case, Decision, one, refuse_if};
use crate::change::Change;
use crate::ids::SeatId;
use crate::method::{Mode, REVIEW, agenda, library};
use crate::refusal::Code;
use crate::role::Role;

impl Case<'_> {
    pub(super) fn plan(&self, plan: &str, template: &str) -> Decision {
        let library = library();
        let agreed = &self.room.meeting().agenda;
        let first = agreed.iter().all(|part| part.id != REVIEW);
        let shape = library.plans.get(plan).ok_or(Code::NoTemplate)?.meeting(first);
        let slot = library.templates.get(template).ok_or(Code::NoTemplate)?;
        one(Change::Planned {
            plan: plan.to_owned(),
            template: template.to_owned(),
            agenda: agenda(library, &shape, slot).into_iter().map(Arc::new).collect(),
        })
    }

    pub(super) fn set_mode(&self, mode: Mode) -> Decision {
        refuse_if(self.room.mode() == mode, Code::Already)?;
        one(Change::ModeSet { mode })
    }

    pub(super) fn propose_mode(&self, mode: Mode) -> Decision {
        if self.room.mode() == mode
            || self.room.proposal().is_some_and(|proposal| proposal.mode == mode)
        {
            return Err(Code::Already.into());
        }
        let proposed = Change::ModeProposed { mode, seat: self.caller.seat };
        if self.all_agreed(&[self.caller.seat], None) {
            return Ok(vec![proposed, Change::ModeSet { mode }]);
        }
        one(proposed)
    }

    pub(super) fn answer_mode(&self, yes: bool) -> Decision {
        let proposal = self.room.proposal().ok_or(Code::Stale)?;
        if !yes {
            return one(Change::ModeDeclined);
        }
        refuse_if(proposal.agreed.contains(&self.caller.seat), Code::Already)?;
        let agreed = Change::ModeAgreed { seat: self.caller.seat };
        let mut with_this: Vec<_> = proposal.agreed.iter().copied().collect();
        with_this.push(self.caller.seat);
        if self.all_agreed(&with_this, None) {
            return Ok(vec![agreed, Change::ModeSet { mode: proposal.mode }]);
        }
        one(agreed)
    }

    /// Somebody goes. The mode is set as soon as the last person who had not agreed to it is gone, and
    /// a slot stands still when its presenter is.
    pub(super) fn goes(&self, seat: SeatId, change: Change) -> Decision {
        let agreed = self.room.proposal().filter(|proposal| {
            let so_far: Vec<_> = proposal.agreed.iter().copied().filter(|id| *id != seat).collect();
            !so_far.is_empty() && self.all_agreed(&so_far, Some(seat))
        });
        let set = agreed.map(|proposal| Change::ModeSet { mode: proposal.mode });
        let presents = self.room.meeting().now.presenter == Some(seat);
        let stops = presents.then(|| self.stops()).flatten();
        Ok(std::iter::once(change).chain(set).chain(stops).collect())
    }

    /// Whether everyone in the circle is among `agreed`, but for somebody who goes.
    fn all_agreed(&self, agreed: &[SeatId], goes: Option<SeatId>) -> bool {
        self.room
            .seats()
            .iter()
            .filter(|(id, seat)| seat.role != Role::Observer && Some(**id) != goes)
            .all(|(id, _)| agreed.contains(id))
    }

    pub(super) fn agree_charter(&self) -> Decision {
        refuse_if(self.room.seat(self.caller.seat).is_some_and(|seat| seat.agreed), Code::Already)?;
        one(Change::CharterAgreed { seat: self.caller.seat })
    }
}
