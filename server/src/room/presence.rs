//! What is shown and never written down: who is connected, who waits at the door.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use setroom_protocol::ServerFrame;
use setroom_protocol::view::{claims, knocks, lobby};

use super::actor::RoomActor;
use super::member::Stands;

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
        if std::mem::take(&mut self.fanout.off_record_moved) || came {
            self.show_off_record();
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
        let facilitator = self.presence.here().any(|seat| self.room.has_controls(seat));
        self.presence.no_facilitator_since = match self.presence.no_facilitator_since {
            _ if facilitator => None,
            None => Some(now),
            since => since,
        };
        let frame = ServerFrame::Presence {
            here: self.presence.here().collect(),
            no_facilitator_since: self.presence.no_facilitator_since,
            off_record: self.presence.off_record.round(),
        };
        self.fanout.tell_inside(&frame, |_| true);
    }

    /// Lines that wait may have been released, or have nobody any more whom they concern; and a round off
    /// the record may be over.
    pub(super) fn memory_follows(&mut self) {
        let before = self.presence.offers.len();
        self.presence.offers.follow(&self.room);
        self.fanout.lines_moved |= self.presence.offers.len() < before;
        let moved = self.presence.off_record.follow(&self.room);
        self.off_record_is_over(moved);
    }

    /// Whoever is inside is told, if it is.
    pub(super) fn off_record_is_over(&mut self, moved: bool) {
        self.fanout.off_record_moved |= moved;
        self.fanout.presence_moved |= moved;
    }

    /// Sends each browser what it has not been sent of the round off the record: keys to whom they concern,
    /// lines to those who have the round's key. None of it is kept for those who come back but in the round
    /// itself.
    fn show_off_record(&mut self) {
        let off_record = &self.presence.off_record;
        let is_on = off_record.round().is_some();
        for member in self.fanout.members.values_mut() {
            let Some(seat) = member.seat().filter(|_| is_on) else {
                member.off_record = None;
                continue;
            };
            let device = member.device();
            let mut sent = member.off_record.take().unwrap_or_default();
            for frame in off_record.shown_to(&self.room, seat, device, &mut sent) {
                member.send_after(&frame);
            }
            member.off_record = Some(sent);
        }
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
