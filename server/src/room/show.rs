//! What is shown and never written down: who is connected, who waits at the door.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use setroom_protocol::ServerFrame;
use setroom_protocol::view::{claims, knocks, lobby};

use super::member::Stands;
use super::run::Task;

impl Task {
    /// Brings everybody up to date on what surrounds the room, then writes all that waits.
    pub(super) fn settle(&mut self) {
        if !self.to_send_away.is_empty() {
            self.send_away();
        }
        if std::mem::take(&mut self.presence_moved) {
            self.show_presence();
            self.lobby_moved = true;
        }
        if std::mem::take(&mut self.lobby_moved) {
            self.show_lobby();
        }
        self.flush();
        self.shown.settle();
        let is_empty = self.members.is_empty() && self.flight.is_none();
        self.porch.is_empty.store(is_empty, Ordering::Release);
        self.porch.people.store(self.members.len(), Ordering::Relaxed);
    }

    fn show_presence(&mut self) {
        let facilitator = self.around.here().any(|seat| self.room.has_controls(seat));
        self.around.no_facilitator_since = match self.around.no_facilitator_since {
            _ if facilitator => None,
            None => Some(self.now()),
            since => since,
        };
        let frame = ServerFrame::Presence {
            here: self.around.here().collect(),
            no_facilitator_since: self.around.no_facilitator_since,
        };
        for member in self.members.values_mut() {
            if member.seat().is_some() {
                member.send_after(&frame);
            }
        }
    }

    fn show_lobby(&mut self) {
        let at = self.now();
        let waiting = ServerFrame::Knocks { knocks: knocks(&self.room, &self.around) };
        let mut asked = BTreeSet::new();
        for member in self.members.values_mut() {
            match &member.stands {
                Stands::Seated { seat, .. } => {
                    let (seat, claims) = (*seat, claims(&self.around, *seat));
                    let moved = !claims.is_empty() || self.asked.contains(&seat);
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
                Stands::Knocking(device) if self.around.knocking(*device).is_none() => {}
                Stands::Knocking(device) | Stands::SentBack { device, .. } => {
                    let lobby = lobby(&self.room, &self.around, *device);
                    member.tell_lobby(at, lobby);
                }
            }
        }
        self.asked = asked;
    }
}
