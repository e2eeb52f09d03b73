//! What the set agrees: plan, confidentiality mode, charter.

use std::collections::BTreeSet;

use super::{Case, Decision, one, refuse_if};
use crate::change::Change;
use crate::ids::{SeatId, Timestamp};
use crate::method::{Mode, REVIEW, shipped_agenda};
use crate::presence::Presence;
use crate::refusal::Code;
use crate::room::{Proposal, Room};

impl Case<'_> {
    pub(super) fn plan(&self, plan: &str, template: &str) -> Decision {
        let agreed = &self.room.meeting().agenda;
        let first = agreed.iter().all(|part| part.id != REVIEW);
        one(Change::Planned {
            plan: plan.to_owned(),
            template: template.to_owned(),
            agenda: shipped_agenda(plan, template, first).ok_or(Code::NoTemplate)?,
        })
    }

    pub(super) fn set_mode(&self, mode: Mode) -> Decision {
        // What somebody has agreed to is changed by everybody's yes alone.
        let mut seats = self.room.seats().values();
        let agreed = seats.any(|seat| seat.agreed && !seat.role.holds_keys());
        refuse_if(agreed || self.room.meeting_number() > 1, Code::Stage)?;
        refuse_if(self.room.mode() == mode, Code::Already)?;
        one(Change::ModeSet { mode, missed: BTreeSet::new() })
    }

    pub(super) fn propose_mode(&self, mode: Mode) -> Decision {
        if self.room.mode() == mode
            || self.room.proposal().is_some_and(|proposal| proposal.mode == mode)
        {
            return Err(Code::Already.into());
        }
        let (seat, proposal) = (self.caller.seat, Proposal { mode, agreed: BTreeSet::new() });
        Ok(self.with_tap(Change::ModeProposed { mode, seat }, proposal))
    }

    pub(super) fn answer_mode(&self, yes: bool) -> Decision {
        let proposal = self.room.proposal().ok_or(Code::Stale)?;
        if !yes {
            return one(Change::ModeDeclined);
        }
        let seat = self.caller.seat;
        refuse_if(proposal.agreed.contains(&seat), Code::Already)?;
        Ok(self.with_tap(Change::ModeAgreed { seat }, proposal.clone()))
    }

    /// What follows when the caller agrees to a proposal too.
    fn with_tap(&self, tap: Change, mut proposal: Proposal) -> Vec<Change> {
        proposal.agreed.insert(self.caller.seat);
        let set = self.mode_set(&proposal, None);
        std::iter::once(tap).chain(set).collect()
    }

    fn mode_set(&self, proposal: &Proposal, goes: Option<SeatId>) -> Option<Change> {
        agreed_at(self.room, self.presence, &proposal.agreed, goes)
            .filter(|at| *at <= self.now)
            .map(|_| mode_set(self.room, self.presence, proposal, goes))
    }

    /// Somebody goes. The mode is set as soon as the last person who had not agreed to it is gone, and
    /// a slot stands still when its presenter is.
    pub(super) fn goes(&self, seat: SeatId, change: Change) -> Decision {
        let set = self.room.proposal().and_then(|proposal| {
            let mut left = proposal.clone();
            left.agreed.remove(&seat);
            self.mode_set(&left, Some(seat))
        });
        let presents = self.room.meeting().now.presenter == Some(seat);
        let stops = presents.then(|| self.stops()).flatten();
        Ok(std::iter::once(change).chain(set).chain(stops).collect())
    }

    pub(super) fn agree_charter(&self) -> Decision {
        refuse_if(self.room.seat(self.caller.seat).is_some_and(|seat| seat.agreed), Code::Already)?;
        one(Change::CharterAgreed { seat: self.caller.seat })
    }
}

/// From when on everybody in the circle who is there has agreed to what the set is asked, but for somebody
/// who goes; `None` while somebody who is there has not, and where nobody is left who has.
pub(super) fn agreed_at(
    room: &Room,
    presence: &Presence,
    agreed: &BTreeSet<SeatId>,
    goes: Option<SeatId>,
) -> Option<Timestamp> {
    let open = room.seats().iter().filter(|(id, seat)| {
        let waited_for = seat.role.takes_part() && !seat.in_lobby;
        waited_for && Some(**id) != goes && !agreed.contains(id)
    });
    let mut absent_from = open.map(|(id, _)| presence.absent_from(*id));
    absent_from
        .try_fold(Timestamp(0), |latest, at| at.map(|at| latest.max(at)))
        .filter(|_| !agreed.is_empty())
}

/// The mode is set, and whoever is not there has missed it.
pub(super) fn mode_set(
    room: &Room,
    presence: &Presence,
    proposal: &Proposal,
    goes: Option<SeatId>,
) -> Change {
    let missed = room.seats().iter().filter(|(id, seat)| {
        let there = presence.is_here(**id) && !seat.in_lobby;
        !there && Some(**id) != goes && !proposal.agreed.contains(id)
    });
    Change::ModeSet { mode: proposal.mode, missed: missed.map(|(id, _)| *id).collect() }
}
