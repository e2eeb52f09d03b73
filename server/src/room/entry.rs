//! Entries of the followed log: the only thing that moves a room's state.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;
use setroom_protocol::change::AmongPeople;
use setroom_protocol::{Change, CloseCode, DeviceId, Entry, Recorded, ServerFrame};

use super::actor::RoomActor;
use super::commit::{Landed, Proposal};
use super::member::{Member, Stands};
use crate::journal;
use crate::journal::replay::UNAPPLIED;
use crate::socket::text;
use crate::taken_away::Held;

impl RoomActor {
    /// An entry came back on the tail.
    ///
    /// # Errors
    /// A sentence without any content when the entry cannot be read: then the room must end.
    pub(super) fn entry_came(&mut self, entry: &journal::Entry) -> Result<(), String> {
        let landed = self.commit.land(entry);
        if matches!(landed, Landed::Skipped) {
            return Ok(());
        }
        self.log_state.since_snapshot += 1;
        self.log_state.footprint.add(entry.bytes.len());
        self.weigh(entry.bytes.len());
        if let Landed::Own(own) = landed {
            let lighter = own.proposals.iter().any(Proposal::lightens);
            self.services.metrics.journal_append.observe(own.since.elapsed().as_secs_f64());
            if let Some(edit) = own.edit {
                let now = self.now();
                self.commit.host_first.written(edit, now);
            }
            own.records.iter().try_for_each(|record| self.show(record))?;
            debug_assert!(self.commit.is_level(&self.room));
            self.corrected(&own.proposals);
            self.fanout.done(own.answers, &self.services.metrics);
            if lighter {
                self.weigh_less();
            }
            return Ok(());
        }
        let entry = Entry::decode(&entry.bytes)?;
        entry.records.iter().try_for_each(|record| self.show(record))
    }

    /// Applies one record, and puts what it changed for everybody into this tick.
    ///
    /// # Errors
    /// When it cannot be applied: it is written down, so the room as it is stored is damaged.
    fn show(&mut self, record: &Recorded) -> Result<(), String> {
        if matches!(record.change, Change::SentToLobby { .. }) {
            // What came before is still theirs to see; nothing of it must follow them outside.
            self.fanout.flush(&self.services.metrics);
        }
        let held = Held::before(&self.room, &record.change);
        let seated = self.fanout.members.values().filter(|member| member.seat().is_some());
        let mut watching = seated.map(Member::device);
        let (room, rules) = (&mut self.room, &self.services.rules);
        let stepped = AssertUnwindSafe(|| rules.step(room, record, &mut watching));
        let mut step = catch_unwind(stepped).map_err(|_| UNAPPLIED)?;
        let apart = step.told_apart(record);
        if let Some(frame) = step.told(record) {
            self.fanout.show(record, text(&frame), apart, self.now());
        }
        self.move_people(record);
        self.show_own(step.own);
        if matches!(record.change, Change::Closed { .. }) {
            // What was destroyed must not linger in memory for those who come back. Whoever does
            // gets a snapshot.
            self.fanout.flush(&self.services.metrics);
            self.fanout.replay.clear(self.room.seq());
        }
        self.memory_follows();
        self.owes(held.lost(&self.room, &record.change));
        Ok(())
    }

    /// Each browser's own part, where it changed.
    fn show_own(&mut self, changed: Vec<(DeviceId, Value)>) {
        let seq = self.room.seq();
        for (device, own) in changed {
            let frame = ServerFrame::Own { seq, own, whole: false };
            self.fanout.tell_inside(&frame, |member| member.device() == device);
        }
    }

    /// Whose place in the room this change moves.
    fn move_people(&mut self, Recorded { change, by, .. }: &Recorded) {
        match change.effects().among_people {
            AmongPeople::Nothing => {}
            AmongPeople::LetsIn(device, new) => {
                if let Some(seat) = new {
                    // What was shown before they came is not for them, whatever they ask for later.
                    self.admission.shown_from.insert(seat, self.room.seq());
                }
                self.admitted(device);
            }
            AmongPeople::Drops(device) => {
                let own = |member: &Member| member.person().is_some() && member.device() == device;
                for conn in self.fanout.conns(own) {
                    self.dismiss(conn, CloseCode::Auth);
                }
                // Whoever lost a browser does not stand by a yes that was given there.
                let lost = matches!(change, Change::DeviceDropped(dropped) if dropped.lost);
                if let Some(seat) = by.filter(|_| lost) {
                    self.presence.ask_anew(seat);
                    self.fanout.lobby_moved = true;
                }
            }
            AmongPeople::PutsOut => {
                // Before anything of this change is sent: nothing reaches them from here on.
                let gone = |member: &Member| {
                    !matches!(member.stands, Stands::Knocking(_))
                        && self.room.device(member.device()).is_none()
                };
                for conn in self.fanout.conns(gone) {
                    self.dismiss(conn, CloseCode::NotAllowed);
                }
                self.links_changed(change);
                self.admission.shown_from.retain(|seat, _| self.room.seat(*seat).is_some());
                self.fanout.forget(|seat| self.room.seat(seat).is_none());
            }
            AmongPeople::ChangesLinks => self.links_changed(change),
            AmongPeople::SendsToLobby(seat) => self.send_back(seat),
            AmongPeople::BringsBack(seat) => {
                self.admission.shown_from.insert(seat, self.room.seq());
                self.bring_back(seat);
            }
            AmongPeople::MovesFacilitators => {
                self.fanout.presence_moved = true;
                self.links_changed(change);
            }
            AmongPeople::MovesControls => self.fanout.presence_moved = true,
            AmongPeople::MovesLobby => self.fanout.lobby_moved = true,
        }
    }
}
