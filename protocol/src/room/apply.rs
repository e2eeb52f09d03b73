//! How a recorded change moves the room. Total: whatever was once decided can always be applied.

use std::sync::Arc;

use super::meeting::turns;
use super::{Asking, Clock, Hand, Hold, Item, Moving, Proposal, Room, Seat, Stage, Undo};
use crate::attendance::Said;
use crate::change::{Change, Moves};
use crate::command::Saying;
use crate::ids::{ItemId, SeatId, Seq, Timestamp};
use crate::method::See;
use crate::record::Recorded;
use crate::role::{LinkRole, Role};
use crate::sealed::{OWN_NUMBERS, TextKind};

impl Room {
    /// Replays a journal: a room from its first record and all that follow.
    pub fn replay<'a>(records: impl IntoIterator<Item = &'a Recorded>) -> Option<Self> {
        let mut records = records.into_iter();
        let mut room = Self::found(records.next()?)?;
        for record in records {
            room.apply(record);
        }
        Some(room)
    }

    /// Puts one recorded change into the room.
    pub fn apply(&mut self, record: &Recorded) {
        // What takes no place nobody else knows of.
        let unseen_by = record.by.filter(|_| record.seq == self.seq);
        self.seq = record.seq;
        self.changed_at = self.changed_at.max(record.at);
        match (record.re, unseen_by) {
            (Some(id), Some(seat)) => self.answered_unseen.push(seat, id, record.seq),
            (Some(id), None) => self.answered.push(record.by, id, record.seq),
            (None, _) => {}
        }
        let pressed = self.pressed(record);
        let counts = self.count_presenting(&record.change, record.at);
        let turn = self.round_turn();
        self.put_in(&record.change, record.at);
        let anew = matches!(record.change, Change::Moved { .. } | Change::RoundStarted { .. });
        // An undo brings back since when it was.
        if !matches!(record.change, Change::Undone { .. }) {
            self.time_turn(turn.filter(|_| !anew), record.at);
        }
        if counts && self.meeting.stage == Stage::Running {
            self.count_on(record.at);
        }
        match pressed {
            Some(pressed) => self.meeting.pressed = Some(pressed),
            None => self.put_in_before_press(&record.change),
        }
        match record.change.effects().moves {
            Moves::Nothing => {}
            Moves::Floor => self.meeting.floor_moved = record.seq,
            Moves::Meeting => {
                self.meeting.moved = record.seq;
                self.meeting.floor_moved = record.seq;
            }
        }
    }

    #[allow(clippy::too_many_lines, reason = "one line for each change, in one place to read")]
    fn put_in(&mut self, change: &Change, at: Timestamp) {
        let meeting = &mut self.meeting;
        let now = &mut meeting.now;
        match change {
            // A second founding has no meaning; the first one made the room.
            Change::Founded(_) => {}
            Change::Seated { seat, role, .. } => {
                let place = self.next_place;
                self.next_place += 1;
                let new = Seat {
                    role: *role,
                    place,
                    in_lobby: false,
                    agreed: false,
                    mode_missed: false,
                    recorder: None,
                    named: false,
                    own_key: None,
                };
                self.seats.insert(*seat, new);
                self.add_device(change, at);
                self.hold_names();
            }
            Change::DeviceAdded { seat, .. } => {
                self.add_device(change, at);
                self.ask_recorder(*seat);
            }
            Change::DeviceDropped(dropped) => self.drop_device(*dropped),
            Change::RosterEdited { edit } => self.edit_roster(Some(edit)),
            Change::OwnKeySet { seat, key } => {
                if let Some(held) = self.seats.get_mut(seat) {
                    held.own_key = Some(Box::new(key.clone()));
                }
            }
            Change::Granted { device, grant } => {
                if let Some(device) = self.devices.get_mut(device) {
                    device.grant = Some(grant.clone());
                }
            }
            Change::Locked { on } => self.locked = *on,
            Change::SentToLobby { seat } => self.set_lobby(*seat, true),
            Change::BroughtBack { seat } => self.set_lobby(*seat, false),
            Change::Removed { seat, keys } => {
                self.bar_browsers_of(*seat);
                self.forget_seat(*seat);
                self.set_keys(keys);
            }
            Change::Left { seat } => self.leave_set(*seat),
            Change::Rekeyed { keys } => self.set_keys(keys),
            Change::RoleSet { seat, role, keys } => {
                if let Some(keys) = keys {
                    self.set_keys(keys);
                }
                if *role == Role::Observer {
                    self.leave_names(*seat);
                }
                if let Some(held) = self.seats.get_mut(seat) {
                    if held.role.holds_keys() != role.holds_keys() {
                        self.meeting.lead = self.meeting.lead.filter(|lead| lead != seat);
                    }
                    held.role = *role;
                }
                if *role == Role::Observer {
                    self.leave_turns(*seat);
                }
                self.hold_names();
            }
            Change::Planned { plan, template, agenda } => {
                meeting.plan.clone_from(plan);
                meeting.template.clone_from(template);
                meeting.agenda.clone_from(agenda);
            }
            Change::ModeSet { mode, missed } => {
                self.mode = *mode;
                self.proposal = None;
                if !mode.releases() {
                    self.lines.clear();
                }
                if !mode.keeps_attendance() {
                    self.series.attendance.clear();
                }
                for (_, seat) in self.seats.iter_mut().filter(|(id, _)| missed.contains(id)) {
                    (seat.agreed, seat.mode_missed) = (false, true);
                }
            }
            Change::ModeProposed { mode, seat } => {
                self.proposal = Some(Proposal { mode: *mode, agreed: [*seat].into() });
            }
            Change::ModeAgreed { seat } => {
                if let Some(proposal) = &mut self.proposal {
                    proposal.agreed.insert(*seat);
                }
            }
            Change::ModeDeclined => self.proposal = None,
            Change::CharterAgreed { seat } => {
                if let Some(held) = self.seats.get_mut(seat) {
                    (held.agreed, held.mode_missed) = (true, false);
                }
            }
            Change::RecorderSaid(Said { seat, on }) => {
                if let Some(held) = self.seats.get_mut(seat) {
                    held.recorder = Some(*on);
                }
            }
            Change::Started => {
                meeting.stage = Stage::Running;
                meeting.started_at = Some(at);
            }
            Change::Moved { part, clock, presenter, round, undo_until } => {
                let before = std::mem::take(now);
                // The first move belongs to the start, which is not taken back.
                let begins = meeting.undo.is_none()
                    && meeting.started_at == Some(at)
                    && before == Moving::default();
                now.part = *part;
                now.clock = *clock;
                now.presenter = *presenter;
                now.round = turns(round);
                // Who had a hand up when a part with hands follows keeps it, without its kind.
                let keeps = meeting
                    .agenda
                    .get(usize::try_from(*part).unwrap_or(usize::MAX))
                    .is_some_and(|part| part.hand == crate::method::HandRule::Ask);
                if keeps {
                    now.queue = before
                        .queue
                        .iter()
                        .filter(|(seat, _)| Some(**seat) != *presenter)
                        .map(|(seat, hand)| (*seat, Hand { rank: hand.rank, kind: None }))
                        .collect();
                }
                meeting.undo = (!begins).then_some(Undo { until: *undo_until, before });
                meeting.pressed = None;
                meeting.silence = false;
            }
            Change::Undone { press, clock } => {
                let pressed = meeting.pressed.take().filter(|_| *press);
                let moved = meeting.undo.take();
                if let Some(pressed) = pressed {
                    meeting.now = pressed.undo.before;
                    pressed.minutes.iter().for_each(|minutes| meeting.fit(minutes));
                    meeting.silence = pressed.silence;
                    meeting.undo = moved.filter(|_| pressed.first);
                } else if let Some(moved) = moved {
                    meeting.now = moved.before;
                }
                meeting.now.clock = clock.unwrap_or(meeting.now.clock);
            }
            Change::Paused { clock } | Change::Resumed { clock } => now.clock = *clock,
            Change::TimeAdded { clock, .. } => now.clock = *clock,
            Change::TimeFitted(fitted) => meeting.fit(&fitted.minutes),
            Change::Held { why, clock, resumes } => {
                now.clock = *clock;
                meeting.hold = Some(Hold { why: *why, since: at, resumes: *resumes });
            }
            Change::HoldEnded { clock } => {
                now.clock = *clock;
                // The clocks that an undo brings back stood still as well.
                if let Some(hold) = meeting.hold.take() {
                    for moving in meeting.movings().skip(1) {
                        if let Clock::Running { ends_at, .. } = &mut moving.clock {
                            *ends_at = ends_at.plus(at.since(hold.since));
                        }
                    }
                }
            }
            Change::SilenceSet { on } => meeting.silence = *on,
            Change::Closed { receipt } => {
                meeting.stage = Stage::Closed;
                meeting.receipt = Some(receipt.clone());
                meeting.now = Moving { part: now.part, ..Moving::default() };
                meeting.undo = None;
                meeting.pressed = None;
                meeting.hold = None;
                meeting.silence = false;
                meeting.scribe = None;
                meeting.lead = None;
                meeting.order.clear();
                self.series.away.remove(&meeting.id);
                self.proposal = None;
                self.key_due.retain(|kind| *kind == LinkRole::CoFacilitator);
                self.items.retain(|_, item| receipt.keeps(item.kind).is_some());
                self.close_practices();
                for item in self.items.values_mut() {
                    // Nothing is shown by it that was not.
                    if item.see != See::Owner && receipt.keeps(item.kind) == Some(See::Owner) {
                        Arc::make_mut(item).see = See::Owner;
                    }
                }
                // Closes of before kept facilitators' alone.
                self.links.retain(|role, _| receipt.returns || role.role().holds_keys());
            }
            Change::DatesSet { dates } => self.set_dates(dates),
            Change::DatesAsked { times } => self.ask_dates(times),
            Change::DateAnswered(answer) => self.answer_date(answer),
            Change::LeadPlanned(planned) => self.plan_lead(*planned),
            Change::AbsenceSaid(absence) => self.say_absence(*absence),
            Change::NamesAgreed(said) => self.agree_names(*said),
            Change::AttendanceKept(kept) => self.keep_attendance(kept),
            Change::FormShown { answers } => self.form.clone_from(answers),
            Change::MeetingOpened(opening) => self.open_meeting(opening, at),
            Change::Erased => self.erased = true,
            Change::OrderSet { order } => meeting.order.clone_from(order),
            Change::PresenterChosen { seat } => {
                now.presenter = *seat;
                now.says = None;
                if let Some(seat) = seat {
                    now.queue.remove(seat);
                    now.round.remove(seat);
                    if now.asking.is_some_and(|asking| asking.seat == *seat) {
                        now.asking = None;
                    }
                    if let Some(asking) = &mut now.asking {
                        asking.returns_to = asking.returns_to.filter(|back| back != seat);
                    }
                }
            }
            Change::LeadSet { seat } => meeting.lead = *seat,
            Change::ScribeSet { seat } => meeting.scribe = *seat,
            Change::HandRaised { seat, kind, rank } => {
                now.queue.insert(*seat, Hand { rank: *rank, kind: *kind });
                meeting.next_rank = meeting.next_rank.max(rank + 1);
            }
            Change::HandLowered { seat } => {
                now.queue.remove(seat);
            }
            Change::HandsMoved { ranks } => {
                for (seat, rank) in ranks {
                    if let Some(hand) = now.queue.get_mut(seat) {
                        hand.rank = *rank;
                    }
                    meeting.next_rank = meeting.next_rank.max(rank + 1);
                }
            }
            Change::QueueCleared => now.queue.clear(),
            Change::FloorGiven { seat, kind, returns_to } => {
                now.queue.remove(seat);
                now.gap_until = None;
                // "Pass" was about the question before; the other two last until "ready".
                if now.says == Some(Saying::Pass) {
                    now.says = None;
                }
                *now.asked.entry(*seat).or_default() += 1;
                now.asking =
                    Some(Asking { seat: *seat, since: at, kind: *kind, returns_to: *returns_to });
            }
            Change::TurnEnded { gap_until } => {
                now.asking = None;
                now.gap_until = Some(*gap_until);
            }
            Change::GapSet { gap_until } => now.gap_until = Some(*gap_until),
            Change::PresenterSaid { what } => match what {
                Saying::NeedAMoment | Saying::Thinking | Saying::Pass => now.says = Some(*what),
                Saying::Ready => {
                    now.says = None;
                    now.gap_until = None;
                }
            },
            Change::Ticked(Said { seat, on }) => {
                if *on {
                    now.ticks.insert(*seat);
                } else {
                    now.ticks.remove(seat);
                }
            }
            Change::RoundStarted { order } => now.round = turns(order),
            Change::RoundTurned { turns } => {
                for (seat, state) in turns {
                    if let Some(turn) = now.round.get_mut(seat) {
                        turn.is = *state;
                    }
                }
            }
            Change::Written { item } => self.write(item),
            Change::ItemReleased { item } => {
                if let Some(item) = self.items.get_mut(item) {
                    Arc::make_mut(item).see = See::Everyone;
                }
            }
            Change::LinesReleased { lines } => self.lines.extend(lines.clone()),
            Change::ItemWithdrawn { item } => self.take_back(*item),
            Change::PracticeTapped { item, seat } => self.tap_practice(*item, *seat),
            Change::PracticeDecided { item, is } => self.decide_practice(*item, *is, at),
            Change::ReviewSet(review) => self.set_review(review),
            Change::LookAsked(look) => self.ask_look(look),
        }
    }

    fn write(&mut self, item: &Arc<Item>) {
        let counts = item.n < OWN_NUMBERS;
        if let Some(device) = self.devices.get_mut(&item.device).filter(|_| counts) {
            device.next_n = item.n + 1;
        }
        if item.kind == TextKind::Charter && self.charter_open() {
            // A charter that changes is agreed anew; at other times it is only sealed again.
            for seat in self.seats.values_mut() {
                seat.agreed = false;
            }
        }
        if item.kind == TextKind::Practice {
            self.propose_practice(item);
        }
        self.items.insert(item.id, Arc::clone(item));
    }

    /// Whether the charter may be written now: before the start, and in its part.
    pub(crate) fn charter_open(&self) -> bool {
        self.meeting.stage == Stage::Gathering
            || self.part().is_some_and(|part| part.id == "charter")
    }

    /// How long a part's clock is, and that it starts now.
    pub(crate) fn clock_for(&self, part: u32, now: Timestamp) -> Clock {
        self.part_at(part).map_or(Clock::Stopped, |part| Clock::start(now, part.minutes[1]))
    }

    /// Texts of a kind by one author.
    pub(crate) fn find_item(&self, seat: SeatId, kind: TextKind) -> Option<ItemId> {
        self.items_of(seat).find(|item| item.kind == kind).map(|item| item.id)
    }

    /// The place that the next change will have.
    pub fn next_seq(&self) -> Seq {
        self.seq.next()
    }
}
