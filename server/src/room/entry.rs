//! Entries of the followed log: the only thing that moves a room's state.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use serde_json::Value;
use setroom_protocol::{
    Change, CloseCode, CommandId, DeviceId, Entry, Recorded, Room, SeatId, ServerFrame, Timestamp,
};

use super::member::{Member, Stands};
use super::run::Task;
use crate::journal;
use crate::journal::replay::UNAPPLIED;
use crate::socket::text;

impl Task {
    /// An entry came back on the tail.
    ///
    /// # Errors
    /// A sentence without any content when the entry cannot be read: then the room must end.
    pub(super) fn entry_came(&mut self, entry: journal::Entry) -> Result<(), String> {
        if entry.seq <= self.head.stored {
            return Ok(());
        }
        let own = self.flight.take_if(|flight| flight.is(entry.id));
        if let Some(flight) = &own {
            self.means.metrics.journal_appended(flight.since.elapsed());
        }
        self.head.stored = entry.seq;
        if entry.prev != self.head.accepted {
            // The fence: decided on a state that was not the last one. Every replica skips it.
            if let Some(flight) = own {
                self.decide_again(flight);
            }
            return Ok(());
        }
        self.head.accepted = entry.seq;
        self.since_snapshot += 1;
        self.footprint.add(entry.bytes.len());
        match own {
            Some(flight) => {
                flight.records.iter().try_for_each(|record| self.show(record))?;
                self.answer(flight);
            }
            None => {
                self.ahead = None;
                let entry = Entry::decode(&entry.bytes)?;
                entry.records.iter().try_for_each(|record| self.show(record))?;
            }
        }
        Ok(())
    }

    /// Applies one record, and puts what it changed for everybody into this tick.
    ///
    /// # Errors
    /// When it cannot be applied: it is written down, so the room as it is stored is damaged.
    pub(super) fn show(&mut self, record: &Recorded) -> Result<(), String> {
        if matches!(record.change, Change::SentToLobby { .. }) {
            // What came before is still theirs to see; nothing of it must follow them outside.
            self.flush();
        }
        let seated = self.members.values().filter(|member| member.seat().is_some());
        let mut watching = seated.map(Member::device);
        let (room, rules) = (&mut self.room, &self.means.rules);
        let stepped = AssertUnwindSafe(|| rules.step(room, record, &mut watching));
        let mut step = catch_unwind(stepped).map_err(|_| UNAPPLIED)?;
        if let Some(frame) = step.told(record) {
            let bytes = text(&frame);
            self.ring.push(&bytes, self.now());
            self.tick.push(bytes);
        }
        self.move_people(&record.change);
        self.show_own(step.own);
        if matches!(record.change, Change::Closed { .. }) {
            // What was destroyed must not linger in memory for those who come back. Whoever does
            // gets a snapshot.
            self.flush();
            self.ring.clear(self.room.seq());
        }
        // Whatever is taken back after the close is not to stay on the disk either.
        self.compact |= self.room.meeting().receipt.is_some();
        Ok(())
    }

    /// Each browser's own part, where it changed.
    fn show_own(&mut self, changed: Vec<(DeviceId, Value)>) {
        let seq = self.room.seq();
        for (device, own) in changed {
            let frame = ServerFrame::Own { seq, own, whole: false };
            for member in self.members.values_mut() {
                if member.seat().is_some() && member.device() == device {
                    member.send_after(&frame);
                }
            }
        }
    }

    /// Whose place in the room this change moves.
    fn move_people(&mut self, change: &Change) {
        match change {
            Change::Seated { device, seat, .. } => {
                // What was shown before they came is not for them, whatever they ask for later.
                self.shown_from.insert(*seat, self.room.seq());
                self.admitted(*device);
            }
            Change::DeviceAdded { device, .. } => self.admitted(*device),
            Change::DeviceDropped { device } => {
                let own = |member: &Member| member.person().is_some() && member.device() == *device;
                let conns: Vec<_> =
                    self.members.iter().filter(|(_, m)| own(m)).map(|(conn, _)| *conn).collect();
                for conn in conns {
                    self.dismiss(conn, CloseCode::Replaced);
                }
            }
            Change::Removed { .. } | Change::Left { .. } => {
                // Before anything of this change is sent: nothing reaches them from here on.
                let gone = |member: &Member| {
                    !matches!(member.stands, Stands::Knocking(_))
                        && self.room.device(member.device()).is_none()
                };
                let conns: Vec<_> =
                    self.members.iter().filter(|(_, m)| gone(m)).map(|(conn, _)| *conn).collect();
                for conn in conns {
                    self.dismiss(conn, CloseCode::NotAllowed);
                }
                self.links_changed(change);
            }
            Change::Rekeyed { .. } => self.links_changed(change),
            Change::SentToLobby { seat } => self.send_back(*seat),
            Change::BroughtBack { seat } => {
                self.shown_from.insert(*seat, self.room.seq());
                self.bring_back(*seat);
            }
            Change::RoleSet { .. } | Change::LeadSet { .. } => self.presence_moved = true,
            Change::ModeSet { .. } | Change::Started | Change::Planned { .. } => {
                self.lobby_moved = true;
            }
            Change::Closed { .. } => self.close_door(),
            // Everything else happens within the room, or is written down for its author alone.
            Change::Founded { .. }
            | Change::Granted { .. }
            | Change::RosterEdited { .. }
            | Change::OwnKeySet { .. }
            | Change::Locked { .. }
            | Change::ModeProposed { .. }
            | Change::ModeAgreed { .. }
            | Change::ModeDeclined
            | Change::CharterAgreed { .. }
            | Change::Moved { .. }
            | Change::Undone
            | Change::Paused { .. }
            | Change::Resumed { .. }
            | Change::TimeAdded { .. }
            | Change::Held { .. }
            | Change::HoldEnded { .. }
            | Change::SilenceSet { .. }
            | Change::OrderSet { .. }
            | Change::PresenterChosen { .. }
            | Change::ScribeSet { .. }
            | Change::HandRaised { .. }
            | Change::HandLowered { .. }
            | Change::HandsMoved { .. }
            | Change::QueueCleared
            | Change::FloorGiven { .. }
            | Change::TurnEnded { .. }
            | Change::GapSet { .. }
            | Change::PresenterSaid { .. }
            | Change::Ticked { .. }
            | Change::RoundStarted { .. }
            | Change::RoundTurned { .. }
            | Change::Written { .. }
            | Change::ItemReleased { .. }
            | Change::ItemWithdrawn { .. } => {}
        }
    }

    /// Writes what this tick released: one write for each member's socket.
    pub(super) fn flush(&mut self) {
        let frames = self.tick.len();
        // One piece, so that it is one write for each member. One frame is one piece already.
        let shared = match self.tick.as_slice() {
            [] => Bytes::new(),
            [one] => one.clone(),
            many => many.concat().into(),
        };
        self.tick.clear();
        if frames > 0 {
            // All at once: one after the other, each would be waited for between two writes, in
            // which the kernel drives it out of the cache.
            std::hint::black_box(self.members.values().map(Member::touch).sum::<usize>());
        }
        let (mut sent, mut bytes) = (0, 0);
        for member in self.members.values_mut() {
            let (more, larger) = member.flush(&shared, frames);
            sent += more;
            bytes += larger;
        }
        if sent > 0 {
            self.means.metrics.delivered(sent as u64, bytes as u64);
        }
        for at in self.flushing.drain(..) {
            self.means.metrics.command_flushed(at.elapsed());
        }
    }
}

/// Changes in their places, behind the last one of `room`; one that nobody else may know of shares the
/// place of the one before it. The last one carries the command's id.
pub(super) fn recorded(
    room: &Room,
    at: Timestamp,
    by: Option<SeatId>,
    re: Option<CommandId>,
    changes: Vec<Change>,
) -> Vec<Recorded> {
    let count = changes.len();
    let mut seq = room.seq();
    let numbered = changes.into_iter().enumerate().map(|(index, change)| {
        if !room.is_unseen(&change) {
            seq = seq.next();
        }
        Recorded { seq, at, by, re: re.filter(|_| index + 1 == count), change }
    });
    numbered.collect()
}
