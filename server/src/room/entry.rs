//! Entries of the followed log: the only thing that moves a room's state.

use bytes::Bytes;
use serde_json::Value;
use setroom_protocol::change::AmongPeople;
use setroom_protocol::view::step;
use setroom_protocol::{
    Change, CloseCode, CommandId, DeviceId, Entry, Recorded, Room, SeatId, ServerFrame, Timestamp,
};

use super::member::{Member, Stands};
use super::run::Task;
use crate::bugs::Bug;
use crate::journal;
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
                flight.records.iter().for_each(|record| self.show(record));
                self.answer(flight);
            }
            None => {
                self.ahead = None;
                let entry = Entry::decode(&entry.bytes)?;
                entry.records.iter().for_each(|record| self.show(record));
                // What the entry under way was too late for is here now.
                if let Some(flight) = self.flight.take_if(|flight| flight.stale) {
                    self.decide_again(flight);
                }
            }
        }
        Ok(())
    }

    /// Applies one record, and puts what it changed for everybody into this tick.
    pub(super) fn show(&mut self, record: &Recorded) {
        if matches!(record.change, Change::SentToLobby { .. }) {
            // What came before is still theirs to see; nothing of it must follow them outside.
            self.flush();
        }
        let seated = self.members.values().filter(|member| member.seat().is_some());
        let mut step = step(&mut self.room, record, seated.map(Member::device));
        if let Some(frame) = step.told(record) {
            let bytes = text(&frame);
            self.ring.push(&bytes, self.now());
            self.put_into_tick(&record.change, bytes);
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
    }

    /// Each browser's own part, where it changed.
    fn show_own(&mut self, changed: Vec<(DeviceId, Value)>) {
        let (seq, to_all) = (self.room.seq(), self.has(Bug::ShowsOthersOwn));
        for (device, own) in changed {
            self.leak_own(seq, device, &own);
            let frame = ServerFrame::Own { seq, own, whole: false };
            for member in self.members.values_mut() {
                if member.seat().is_some() && (to_all || member.device() == device) {
                    member.send_after(&frame);
                }
            }
        }
    }

    /// Whose place in the room this change moves.
    fn move_people(&mut self, change: &Change) {
        match change.effects().among_people {
            AmongPeople::Nothing => {}
            AmongPeople::LetsIn(device, new) => {
                if let Some(seat) = new {
                    // What was shown before they came is not for them, whatever they ask for later.
                    self.shown_from.insert(seat, self.room.seq());
                }
                self.admitted(device);
            }
            AmongPeople::Drops(device) => {
                let own = |member: &Member| member.person().is_some() && member.device() == device;
                let conns: Vec<_> =
                    self.members.iter().filter(|(_, m)| own(m)).map(|(conn, _)| *conn).collect();
                for conn in conns {
                    self.dismiss(conn, CloseCode::Replaced);
                }
            }
            AmongPeople::PutsOut => {
                // Before anything of this change is sent: nothing reaches them from here on.
                let keeps = self.has(Bug::KeepsRemoved);
                let gone = |member: &Member| {
                    !keeps
                        && !matches!(member.stands, Stands::Knocking(_))
                        && self.room.device(member.device()).is_none()
                };
                let conns: Vec<_> =
                    self.members.iter().filter(|(_, m)| gone(m)).map(|(conn, _)| *conn).collect();
                for conn in conns {
                    self.dismiss(conn, CloseCode::NotAllowed);
                }
                self.links_changed(change);
            }
            AmongPeople::ChangesLinks => self.links_changed(change),
            AmongPeople::SendsToLobby(seat) => self.send_back(seat),
            AmongPeople::BringsBack(seat) => {
                self.shown_from.insert(seat, self.room.seq());
                self.bring_back(seat);
            }
            AmongPeople::MovesControls => self.presence_moved = true,
            AmongPeople::MovesLobby => self.lobby_moved = true,
            AmongPeople::ClosesDoor => self.close_door(),
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
        let (to_door, apart) = (self.has(Bug::LobbyHears), self.has(Bug::TwoPresenters));
        let other = if apart { self.with_another_presenter(&shared) } else { Bytes::new() };
        for (place, member) in self.members.values_mut().enumerate() {
            let shared = if apart && place % 2 == 1 { &other } else { &shared };
            let knocks = || self.around.knocking(member.device()).is_some();
            if to_door && !shared.is_empty() && knocks() {
                member.overhear(shared);
            }
            let (more, larger) = member.flush(shared, frames);
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
