//! Where the meeting stands: parts, clock, hold, presenter, controls, close.

use std::collections::BTreeMap;

use super::{Case, Decision, one, refuse_if};
use crate::change::Change;
use crate::ids::SeatId;
use crate::limits;
use crate::method::{Floor, See};
use crate::refusal::Code;
use crate::role::Role;
use crate::room::{Clock, FittedTime, HoldReason, Receipt};

impl Case<'_> {
    pub(super) fn start(&self) -> Decision {
        self.fresh()?;
        Ok(vec![Change::Started, self.moved_to(0)])
    }

    pub(super) fn next(&self) -> Decision {
        self.go_to(self.room.meeting().now.part + 1)
    }

    pub(super) fn go_to(&self, part: u32) -> Decision {
        self.fresh()?;
        self.not_holding()?;
        self.room.part_at(part).ok_or(Code::NoPart)?;
        one(self.moved_to(part))
    }

    /// The move to a part, with the clock, presenter and round that it begins with.
    fn moved_to(&self, index: u32) -> Change {
        let meeting = self.room.meeting();
        let part = self.room.part_at(index);
        let presenter = part.and_then(|part| {
            let slot = part.slot?;
            // Within a slot the presenter stays; a slot begins with whoever is next in the order.
            let same_slot = self.room.part().is_some_and(|current| current.slot == Some(slot));
            // Whoever was sent to the lobby meanwhile cannot begin; the facilitator chooses.
            let planned = || {
                let seat = meeting.order.get(usize::try_from(slot).ok()?).copied()?;
                self.in_circle(seat).is_ok().then_some(seat)
            };
            let stays = meeting.now.presenter.filter(|_| same_slot);
            stays.or_else(planned)
        });
        let round = part
            .filter(|part| part.floor == Floor::Round)
            .map(|part| self.room.circle(presenter, part.presenter, part.slot.is_some()))
            .unwrap_or_default();
        // Nobody's slot does not begin: its clock waits for who presents.
        let waits = presenter.is_none() && part.is_some_and(|part| part.slot.is_some());
        let clock = self.room.clock_for(index, self.now);
        Change::Moved {
            part: index,
            clock: if waits { clock.paused(self.now) } else { clock },
            presenter,
            round,
            undo_until: self.now.plus(limits::UNDO_MS),
        }
    }

    pub(super) fn undo(&self) -> Decision {
        self.fresh()?;
        self.not_holding()?;
        let meeting = self.room.meeting();
        let pressed = meeting.pressed.as_ref();
        // A press that was not yet on the screen is not what its owner means to take back.
        refuse_if(pressed.is_some_and(|pressed| pressed.seq > self.caller.seen), Code::Stale)?;
        let undo = pressed.map(|pressed| &pressed.undo).or(meeting.undo.as_ref());
        let undo = undo.filter(|undo| self.now <= undo.until).ok_or(Code::NothingToUndo)?;
        // Whoever presented may have gone since.
        let waits = self.room.is_without_presenter(&undo.before);
        let clock = waits.then(|| undo.before.clock.paused(self.now));
        one(Change::Undone { press: pressed.is_some(), clock })
    }

    pub(super) fn pause(&self) -> Decision {
        self.not_holding()?;
        let clock = self.room.meeting().now.clock;
        refuse_if(!matches!(clock, Clock::Running { .. }), Code::Already)?;
        one(Change::Paused { clock: clock.paused(self.now) })
    }

    pub(super) fn resume(&self) -> Decision {
        self.not_holding()?;
        let clock = self.room.meeting().now.clock;
        refuse_if(!matches!(clock, Clock::Paused { .. }), Code::Already)?;
        refuse_if(self.room.lacks_presenter(), Code::NoPresenter)?;
        one(Change::Resumed { clock: clock.resumed(self.now) })
    }

    pub(super) fn add_time(&self, minutes: i32) -> Decision {
        self.not_holding()?;
        refuse_if(
            minutes == 0 || minutes.unsigned_abs() > limits::ADD_MINUTES.unsigned_abs(),
            Code::Range,
        )?;
        let before = self.room.meeting().now.clock;
        let clock = before.with_more(self.now, i64::from(minutes) * 60_000);
        let most = i64::from(limits::PART_MINUTES) * 60_000;
        refuse_if(
            clock == before || clock.left_ms(self.now).is_some_and(|left| left > most),
            Code::Range,
        )?;
        // Review and actions are what gets squeezed: they keep their least minutes.
        let least = self.room.part().filter(|part| part.protected).map_or(0, |part| {
            let [least, _, _] = part.minutes;
            u64::from(least) * 60_000
        });
        refuse_if(minutes < 0 && clock.total_ms().is_some_and(|total| total < least), Code::Range)?;
        one(Change::TimeAdded { minutes, clock })
    }

    pub(super) fn fit_time(&self, fitted: &FittedTime) -> Decision {
        self.fresh()?;
        self.not_holding()?;
        let meeting = self.room.meeting();
        let begun = self.room.part().is_some();
        let first = meeting.now.part + u32::from(begun);
        let parts = meeting.agenda.get(usize::try_from(first).unwrap_or(usize::MAX)..);
        let parts = parts.unwrap_or_default();
        refuse_if(parts.len() != fitted.minutes.len(), Code::Range)?;
        let mut each = parts.iter().zip(&fitted.minutes);
        // What is protected is no shorter than it can be, however late it is.
        let fits = each.clone().all(|(part, planned)| {
            let [least, _, most] = part.minutes;
            (least..=most).contains(planned)
        });
        refuse_if(!fits, Code::Range)?;
        // A meeting that has not begun is as long as people were told.
        let sum: u32 = parts.iter().map(|part| part.minutes[1]).sum();
        refuse_if(!begun && sum != fitted.minutes.iter().sum::<u32>(), Code::Range)?;
        refuse_if(each.all(|(part, planned)| part.minutes[1] == *planned), Code::Already)?;
        one(Change::TimeFitted(fitted.clone()))
    }

    pub(super) fn hold(&self) -> Decision {
        self.not_holding()?;
        one(held(self.room.meeting().now.clock, HoldReason::Asked, self.now))
    }

    pub(super) fn release(&self) -> Decision {
        one(released(self.room, self.now).ok_or(Code::Already)?)
    }

    pub(super) fn silence(&self, on: bool) -> Decision {
        self.not_holding()?;
        refuse_if(self.room.meeting().silence == on, Code::Already)?;
        one(Change::SilenceSet { on })
    }

    pub(super) fn close(&self) -> Decision {
        self.fresh()?;
        let mut destroyed = BTreeMap::new();
        let mut kept = BTreeMap::new();
        // How many texts were for one person alone is nobody else's business.
        for item in self.room.items().values().filter(|item| item.see != See::Owner) {
            let keeps =
                self.room.mode().keeps(item.kind).is_some() && !self.room.is_only_proposed(item.id);
            let list = if keeps { &mut kept } else { &mut destroyed };
            *list.entry(item.kind).or_insert(0) += 1;
        }
        let people = u32::try_from(self.room.seats().len()).unwrap_or(u32::MAX);
        let (at, mode) = (self.now, Some(self.room.mode()));
        let receipt = Receipt { at, people, destroyed, kept, mode, returns: true };
        Ok(std::iter::once(Change::Closed { receipt }).chain(self.attendance()).collect())
    }

    pub(super) fn set_order(&self, order: &[SeatId]) -> Decision {
        refuse_if(order.len() > limits::PEOPLE, Code::Range)?;
        for (i, seat) in order.iter().enumerate() {
            self.in_circle(*seat)?;
            refuse_if(order.iter().take(i).any(|earlier| earlier == seat), Code::Already)?;
        }
        one(Change::OrderSet { order: order.to_vec() })
    }

    pub(super) fn choose_presenter(&self, seat: Option<SeatId>) -> Decision {
        self.fresh()?;
        let part = self.room.part().ok_or(Code::Stage)?;
        refuse_if(part.slot.is_none(), Code::Part)?;
        if let Some(seat) = seat {
            self.in_circle(seat)?;
        }
        refuse_if(self.room.meeting().now.presenter == seat, Code::Already)?;
        let mut changes = vec![Change::PresenterChosen { seat }];
        if part.floor == Floor::Round {
            // The circle goes round without, or around, the new presenter.
            let order = self.room.circle(seat, part.presenter, true);
            changes.push(Change::RoundStarted { order });
        }
        if seat.is_none() {
            changes.extend(self.stops());
        } else if self.room.lacks_presenter() {
            changes.extend(self.begins());
        }
        Ok(changes)
    }

    /// A slot that nobody presents in any more stands still.
    pub(super) fn stops(&self) -> Option<Change> {
        let clock = self.room.meeting().now.clock;
        matches!(clock, Clock::Running { .. })
            .then(|| Change::Paused { clock: clock.paused(self.now) })
    }

    /// The clock that waited for a presenter runs, unless the room holds.
    fn begins(&self) -> Option<Change> {
        let meeting = self.room.meeting();
        let clock = meeting.now.clock;
        (meeting.hold.is_none() && matches!(clock, Clock::Paused { .. }))
            .then(|| Change::Resumed { clock: clock.resumed(self.now) })
    }

    pub(super) fn hand_over(&self, seat: SeatId) -> Decision {
        self.in_circle(seat)?;
        let role = self.room.seat(seat).map(|held| held.role);
        // Their credential gives them the controls already.
        refuse_if(
            role.is_some_and(Role::holds_keys) || self.room.meeting().lead == Some(seat),
            Code::Already,
        )?;
        one(Change::LeadSet { seat: Some(seat) })
    }

    pub(super) fn take_back(&self) -> Decision {
        refuse_if(self.room.meeting().lead.is_none(), Code::Already)?;
        one(Change::LeadSet { seat: None })
    }

    pub(super) fn name_scribe(&self, seat: Option<SeatId>) -> Decision {
        if let Some(seat) = seat {
            self.in_circle(seat)?;
        }
        refuse_if(self.room.meeting().scribe == seat, Code::Already)?;
        one(Change::ScribeSet { seat })
    }
}

/// The room holds from now on.
pub(super) fn held(clock: Clock, why: HoldReason, now: crate::Timestamp) -> Change {
    let resumes = matches!(clock, Clock::Running { .. });
    Change::Held { why, clock: clock.paused(now), resumes }
}

/// The hold ends, if there is one; the clock runs on if it ran before.
pub(super) fn released(room: &crate::Room, now: crate::Timestamp) -> Option<Change> {
    let hold = room.meeting().hold?;
    let clock = room.meeting().now.clock;
    let runs = hold.resumes && !room.lacks_presenter();
    Some(Change::HoldEnded { clock: if runs { clock.resumed(now) } else { clock } })
}
