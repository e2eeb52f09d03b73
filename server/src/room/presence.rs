//! What is shown and never written down: who is connected, who waits at the door.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use setroom_protocol::view::{claims, knocks, lobby};
use setroom_protocol::{Command, SeatId, ServerFrame};

use super::actor::RoomActor;
use super::commit::Proposal;
use super::member::{Member, Stands};

impl RoomActor {
    /// Brings everybody up to date on what surrounds the room, then writes all that waits.
    pub(super) fn settle(&mut self) {
        if !self.admission.to_send_away.is_empty() {
            self.send_away();
        }
        let came = std::mem::take(&mut self.fanout.presence_moved);
        if came {
            self.show_presence();
            self.fanout.lobby_moved = true;
        }
        if std::mem::take(&mut self.fanout.lines_moved) || came {
            self.show_lines(came);
        }
        if std::mem::take(&mut self.fanout.attendance_moved) || came {
            self.show_attendance();
        }
        if std::mem::take(&mut self.fanout.lobby_moved) {
            self.show_lobby();
        }
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
        let frame = ServerFrame::Presence {
            here: self.presence.here().collect(),
            no_facilitator_since: self.presence.no_facilitator_since,
        };
        self.fanout.tell_inside(&frame, |_| true);
    }

    /// Somebody has said something that is in memory alone.
    pub(super) fn heard(&mut self, seat: SeatId, command: &Command) {
        let before = self.presence.weight();
        self.fanout.lines_moved |= self.presence.heard(seat, command);
        self.weigh(self.presence.weight().saturating_sub(before));
        self.fanout.attendance_moved |= matches!(command, Command::SetAttendance { .. });
    }

    /// Who it was that attended is in memory also where only how many is written down.
    pub(super) fn hear_corrections(&mut self, done: &[Proposal]) {
        for proposal in done {
            if let Proposal::Ask(asked) = proposal
                && let Command::SetAttendance { seats } = &asked.command
            {
                // Whoever asked may be gone already.
                self.presence.attending.correct(seats.clone());
                self.fanout.attendance_moved = true;
            }
        }
    }

    /// Lines that wait may have been released, or have nobody any more whom they concern; a meeting that
    /// was closed leaves behind who was there.
    pub(super) fn presence_follows(&mut self) {
        let before = self.presence.offers.len();
        let closed = self.presence.attending.closed(&self.room).len();
        let now = self.now();
        self.presence.follow(&self.room, now);
        self.fanout.lines_moved |= self.presence.offers.len() < before;
        self.fanout.attendance_moved |= self.presence.attending.closed(&self.room).len() != closed;
    }

    /// Tells those with the controls how everybody attended the meeting that is closed.
    fn show_attendance(&mut self) {
        let seats = self.presence.attending.closed(&self.room);
        if seats.is_empty() {
            return;
        }
        let (meeting, seats) = (self.room.meeting().id, seats.clone());
        let frame = ServerFrame::Attendance { meeting, seats };
        let room = &self.room;
        let controls = |member: &Member| member.seat().is_some_and(|seat| room.has_controls(seat));
        self.fanout.tell_inside(&frame, controls);
    }

    /// Tells those whom lines concern that wait, when theirs have changed or somebody has come, and
    /// nobody else: not even that there are any, or that there are more.
    fn show_lines(&mut self, came: bool) {
        let shown = std::mem::take(&mut self.fanout.shown_lines);
        for member in self.fanout.members.values_mut() {
            let Some(seat) = member.seat() else { continue };
            let lines = self.presence.offers.shown_to(seat);
            let moved = shown.get(&seat).map_or(!lines.is_empty(), |before| *before != lines);
            if !lines.is_empty() {
                self.fanout.shown_lines.insert(seat, lines.clone());
            }
            if moved || (came && !lines.is_empty()) {
                member.send_after(&ServerFrame::Lines { lines });
            }
        }
    }

    fn show_lobby(&mut self) {
        let at = self.now();
        let waiting = ServerFrame::Knocks { knocks: knocks(&self.room, &self.presence) };
        let mut asked = BTreeSet::new();
        for member in self.fanout.members.values_mut() {
            match &member.stands {
                Stands::Seated { seat, .. } => {
                    let (seat, claims) = (*seat, claims(&self.presence, *seat));
                    let moved = !claims.is_empty() || self.admission.asked.contains(&seat);
                    if !claims.is_empty() {
                        asked.insert(seat);
                    }
                    if moved {
                        member.send_after(&ServerFrame::Claims { claims });
                    }
                    if self.room.seat(seat).is_some_and(|held| held.role.holds_keys()) {
                        member.send_after(&waiting);
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
        self.admission.asked = asked;
    }
}
