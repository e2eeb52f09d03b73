//! What is shown and never written down: who is connected, who waits at the door, lines that wait, who
//! attended, and a round off the record.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use setroom_protocol::attendance::Attended;
use setroom_protocol::decide::Caller;
use setroom_protocol::lines::OfferView;
use setroom_protocol::off_record::OffRecordRound;
use setroom_protocol::presence::Moved;
use setroom_protocol::view::{KnockView, claims, knocks, lobby};
use setroom_protocol::{Command, DeviceId, ItemId, MeetingId, SeatId, ServerFrame, Timestamp};

use super::actor::RoomActor;
use super::board::{Board, Lane, Seen};
use super::commit::Proposal;
use super::fanout::FanOut;
use super::member::{Member, Stands};

/// Who is there, and that a round off the record is on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Here {
    seats: Vec<SeatId>,
    no_facilitator_since: Option<Timestamp>,
    off_record: Option<OffRecordRound>,
}

/// What the people of a room are shown as a whole.
#[derive(Debug, Default)]
pub(super) struct Boards {
    here: Board<Here>,
    door: Board<BTreeMap<DeviceId, KnockView>>,
    lines: BTreeMap<SeatId, Board<BTreeMap<ItemId, OfferView>>>,
    attended: Board<(MeetingId, BTreeMap<SeatId, Attended>)>,
    /// How much each browser is shown of the keys of a round off the record.
    round_keys: BTreeMap<DeviceId, Lane>,
}

impl Boards {
    /// When one of them is to be shown that had to wait.
    pub(super) fn due(&self) -> Option<Timestamp> {
        let lines = self.lines.values().filter_map(Board::due_ms);
        let all = [self.here.due_ms(), self.door.due_ms(), self.attended.due_ms()];
        let keys = self.round_keys.values().filter_map(Lane::due_ms);
        lines.chain(all.into_iter().flatten()).chain(keys).min().map(Timestamp)
    }
}

impl RoomActor {
    /// Brings everybody up to date on what surrounds the room, then writes all that waits.
    pub(super) fn settle(&mut self) {
        if !self.admission.to_send_away.is_empty() {
            self.send_away();
        }
        let now = self.now();
        let is_due = self.fanout.boards.due().is_some_and(|due| due <= now);
        let came = std::mem::take(&mut self.fanout.presence_moved) || is_due;
        if came || self.fanout.off_record_moved {
            self.show_presence();
        }
        if std::mem::take(&mut self.fanout.lines_moved) || came {
            self.show_lines();
        }
        if std::mem::take(&mut self.fanout.off_record_moved) || came {
            self.show_off_record();
        }
        if std::mem::take(&mut self.fanout.attendance_moved) || came || self.fanout.lobby_moved {
            self.show_attendance();
        }
        if std::mem::take(&mut self.fanout.lobby_moved) || came {
            self.show_lobby();
        }
        debug_assert!(
            self.fanout.boards.due().is_none_or(|due| due > now),
            "a room whose boards stay due never rests"
        );
        debug_assert!(
            self.admission
                .shown_from
                .keys()
                .chain(self.fanout.told_apart.keys())
                .all(|seat| self.room.seat(*seat).is_some()),
            "nothing is kept of who is gone"
        );
        self.fanout.flush(&self.services.metrics);
        self.fanout.whole.settle();
        let is_empty = self.fanout.members.is_empty() && !self.commit.is_pending();
        self.stay.porch.is_empty.store(is_empty, Ordering::Release);
        self.stay.porch.people.store(self.fanout.members.len(), Ordering::Relaxed);
    }

    fn show_presence(&mut self) {
        let now = self.now();
        self.presence.note_away(self.room.seats().keys().copied(), now);
        self.presence.note_attending(&self.room, now);
        let facilitator = self.presence.here().any(|seat| self.room.has_controls(seat));
        self.presence.no_facilitator_since = match self.presence.no_facilitator_since {
            _ if facilitator => None,
            None => Some(now),
            since => since,
        };
        let here = Here {
            seats: self.presence.here().collect(),
            no_facilitator_since: self.presence.no_facilitator_since,
            off_record: self.presence.off_record.round(),
        };
        let FanOut { boards, members, .. } = &mut self.fanout;
        boards.here.set(&self.services.limits, now.0, here, |here| ServerFrame::Presence {
            here: here.seats,
            no_facilitator_since: here.no_facilitator_since,
            off_record: here.off_record,
        });
        for member in members.values_mut().filter(|member| member.seat().is_some()) {
            member.show(|seen| boards.here.news(&mut seen.here));
        }
    }

    /// Somebody has said something that is in memory alone.
    pub(super) fn heard(&mut self, caller: Caller, command: &Command) {
        let (before, now) = (self.presence.weight(), self.now());
        let moved = self.presence.heard(&self.room, caller, command, now);
        self.weigh(self.presence.weight().saturating_sub(before));
        self.show_moved(moved);
    }

    /// What was put right and written down: whoever asked may be gone already.
    pub(super) fn corrected(&mut self, done: &[Proposal]) {
        for proposal in done {
            if let Proposal::Ask(asked) = proposal {
                self.fanout.attendance_moved |= self.presence.corrected(&asked.command);
            }
        }
    }

    /// What is in memory alone follows the room after a change.
    pub(super) fn memory_follows(&mut self) {
        let now = self.now();
        let moved = self.presence.follow(&self.room, now);
        self.show_moved(moved);
    }

    fn show_moved(&mut self, moved: Moved) {
        self.fanout.lines_moved |= moved.lines;
        self.fanout.off_record_moved |= moved.off_record;
        self.fanout.attendance_moved |= moved.attendance;
    }

    /// Sends each browser what it has not been sent of the round off the record: keys to whom they concern,
    /// lines to those who have the round's key. Keys go at the pace of the boards, since pages that announce
    /// anew make them move. None of it is kept for those who come back but in the round itself.
    fn show_off_record(&mut self) {
        let (limits, now_ms) = (&self.services.limits, self.now().0);
        let off_record = &self.presence.off_record;
        let round = off_record.round();
        let FanOut { boards, members, .. } = &mut self.fanout;
        // Whose lane is not asked below has nothing that waits: not who is gone, and nobody without a round.
        let here: BTreeSet<_> = members.values().map(Member::device).collect();
        boards.round_keys.retain(|device, _| round.is_some() && here.contains(device));
        boards.round_keys.values_mut().for_each(Lane::rest);
        // None comes before the round that it is of, but waits for it.
        if boards.here.shown().is_some_and(|here| here.off_record != round) {
            return;
        }
        for member in members.values_mut() {
            let Some(seat) = member.seat().filter(|_| round.is_some()) else {
                member.off_record = None;
                continue;
            };
            let device = member.device();
            let lane = boards.round_keys.entry(device).or_default();
            let mut sent = member.off_record.take().unwrap_or_default();
            let may = || lane.may(limits, now_ms);
            for frame in off_record.shown_to(&self.room, seat, device, &mut sent, may) {
                let bytes = member.send_after(&frame);
                if matches!(frame, ServerFrame::OffRecord { .. }) {
                    lane.took(limits, now_ms, bytes);
                }
            }
            member.off_record = Some(sent);
        }
    }

    /// Tells those with the controls how everybody attended the meeting that is closed.
    fn show_attendance(&mut self) {
        let seats = self.presence.attending.closed(&self.room);
        if seats.is_empty() {
            self.fanout.boards.attended.rest();
            return;
        }
        let (now_ms, attended) = (self.now().0, (self.room.meeting().id, seats.clone()));
        let FanOut { boards, members, .. } = &mut self.fanout;
        boards.attended.set(&self.services.limits, now_ms, attended, |(meeting, seats)| {
            ServerFrame::Attendance { meeting, seats }
        });
        let room = &self.room;
        let controls =
            |member: &&mut Member| member.seat().is_some_and(|seat| room.has_controls(seat));
        for member in members.values_mut().filter(controls) {
            member.show(|seen| boards.attended.news(&mut seen.attended));
        }
    }

    /// Tells those whom lines concern that wait, where they have not been sent them so, and nobody else: not
    /// even that there are any, or that there are more.
    fn show_lines(&mut self) {
        let (limits, now_ms) = (&self.services.limits, self.now().0);
        let FanOut { boards, members, .. } = &mut self.fanout;
        let here: BTreeSet<_> = members.values().filter_map(Member::seat).collect();
        boards.lines.retain(|seat, board| {
            let is_here = here.contains(seat);
            if !is_here {
                board.rest();
            }
            is_here || !board.is_rested(now_ms)
        });
        for seat in here {
            let lines = self.presence.offers.shown_to(seat);
            if !lines.is_empty() || boards.lines.contains_key(&seat) {
                let board = boards.lines.entry(seat).or_default();
                board.set(limits, now_ms, lines, |lines| ServerFrame::Lines { lines });
            }
        }
        for member in members.values_mut() {
            let Some(board) = member.seat().and_then(|seat| boards.lines.get(&seat)) else {
                continue;
            };
            let is_nothing = board.shown().is_none_or(BTreeMap::is_empty);
            // Whoever comes is not told that there were any.
            let is_told = member.seen.lines != Seen::default() || !is_nothing;
            member.show(|seen| board.news(&mut seen.lines).filter(|_| is_told));
        }
    }

    fn show_lobby(&mut self) {
        let at = self.now();
        let waiting = knocks(&self.room, &self.presence);
        let FanOut { boards, members, .. } = &mut self.fanout;
        boards
            .door
            .set(&self.services.limits, at.0, waiting, |knocks| ServerFrame::Knocks { knocks });
        for member in members.values_mut() {
            match &member.stands {
                Stands::Seated { seat, .. } => {
                    let seat = *seat;
                    member.tell_claims(claims(&self.presence, seat));
                    if self.room.seat(seat).is_some_and(|held| held.role.holds_keys()) {
                        member.show(|seen| boards.door.news(&mut seen.door));
                    } else {
                        member.seen.door = Seen::default();
                    }
                }
                // The host's first knock is on its way in, and is not at the door.
                Stands::Knocking(device) if self.presence.knocking(*device).is_none() => {}
                Stands::Knocking(device) | Stands::SentBack { device, .. } => {
                    let lobby = lobby(&self.room, &self.presence, *device);
                    member.tell_lobby(at, lobby);
                }
            }
        }
    }
}
