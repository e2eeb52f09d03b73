//! What the set agrees: plan, confidentiality mode, charter.

use std::sync::Arc;

use super::{Case, Decision, one};
use crate::change::Change;
use crate::method::{Mode, agenda, library};
use crate::refusal::Code;
use crate::role::Role;

impl Case<'_> {
    pub(super) fn plan(&self, plan: &str, template: &str) -> Decision {
        let library = library();
        let shape = library.plans.get(plan).ok_or(Code::NoTemplate)?;
        let slot = library.templates.get(template).ok_or(Code::NoTemplate)?;
        one(Change::Planned {
            plan: plan.to_owned(),
            template: template.to_owned(),
            agenda: agenda(library, shape, slot).into_iter().map(Arc::new).collect(),
        })
    }

    pub(super) fn set_mode(&self, mode: Mode) -> Decision {
        if self.room.mode() == mode {
            return Err(Code::Already.into());
        }
        one(Change::ModeSet { mode })
    }

    pub(super) fn propose_mode(&self, mode: Mode) -> Decision {
        if self.room.mode() == mode
            || self.room.proposal().is_some_and(|proposal| proposal.mode == mode)
        {
            return Err(Code::Already.into());
        }
        let proposed = Change::ModeProposed { mode, seat: self.asker.seat };
        if self.everyone_else_agreed(&[]) {
            return Ok(vec![proposed, Change::ModeSet { mode }]);
        }
        one(proposed)
    }

    pub(super) fn answer_mode(&self, yes: bool) -> Decision {
        let proposal = self.room.proposal().ok_or(Code::NothingToUndo)?;
        if !yes {
            return one(Change::ModeDeclined);
        }
        if proposal.agreed.contains(&self.asker.seat) {
            return Err(Code::Already.into());
        }
        let agreed = Change::ModeAgreed { seat: self.asker.seat };
        let so_far: Vec<_> = proposal.agreed.iter().copied().collect();
        if self.everyone_else_agreed(&so_far) {
            return Ok(vec![agreed, Change::ModeSet { mode: proposal.mode }]);
        }
        one(agreed)
    }

    /// Whether everyone in the circle but the asker is among `agreed`.
    fn everyone_else_agreed(&self, agreed: &[crate::SeatId]) -> bool {
        self.room
            .seats()
            .iter()
            .filter(|(id, seat)| seat.role != Role::Observer && **id != self.asker.seat)
            .all(|(id, _)| agreed.contains(id))
    }

    pub(super) fn agree_charter(&self) -> Decision {
        if self.room.seat(self.asker.seat).is_some_and(|seat| seat.agreed) {
            return Err(Code::Already.into());
        }
        one(Change::CharterAgreed { seat: self.asker.seat })
    }
}
