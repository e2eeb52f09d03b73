//! Where a room goes wrong on purpose: what each hand-made bug does. Without the feature `bugs`
//! nothing here is ever reached, and none of it is built.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};
use setroom_protocol::method::See;
use setroom_protocol::room::{Clock, Item};
use setroom_protocol::view::Shared;
use setroom_protocol::{
    Caller, Change, Code, Command, CommandId, DeviceId, Entrance, Recorded, Refusal, Role, Room,
    SeatId, Seq, ServerFrame, Timestamp, decide,
};

use super::desk::{Answer, Flight};
use super::run::Task;
use crate::bugs::Bug;

impl Task {
    /// Whether this room has the bug.
    pub(super) fn has(&self, bug: Bug) -> bool {
        self.means.bugs.has(bug)
    }

    /// A decision, as a bug changes it.
    pub(super) fn bent(
        &self,
        room: &Room,
        asker: Caller,
        command: &Command,
        now: Timestamp,
    ) -> Result<Vec<Change>, Refusal> {
        let again = |asker| decide(room, &self.around, asker, command, now);
        let decision = again(asker);
        let code = decision.as_ref().err().map(|refusal| refusal.code);
        match (decision, command) {
            (Err(_), _) if code == Some(Code::Role) && self.has(Bug::RoleUnchecked) => {
                let host = room.seats().iter().find(|(_, held)| held.role == Role::Host);
                let seat = host.map_or(asker.seat, |(seat, _)| *seat);
                let device = room.devices_of(seat).next().unwrap_or(asker.device);
                again(Caller { seat, device, seen: asker.seen })
            }
            (Err(_), _) if code == Some(Code::Stale) && self.has(Bug::StaleUnchecked) => {
                again(Caller { seen: Seq(u64::MAX), ..asker })
            }
            (Err(_), Command::Put(put))
                if code == Some(Code::StaleEpoch) && self.has(Bug::OldKeyAccepted) =>
            {
                let item = Item {
                    id: put.item,
                    kind: put.kind,
                    seat: asker.seat,
                    device: asker.device,
                    rev: put.rev,
                    n: put.n,
                    prev: put.prev,
                    sealed: put.sealed.clone(),
                    at: now,
                    see: See::Everyone,
                    part: room.meeting().now.part,
                    bid: put.bid,
                };
                Ok(vec![Change::Written { item: Arc::new(item) }])
            }
            (Err(refusal), Command::Admit { device, grant, edit, .. })
                if code == Some(Code::Role) && self.has(Bug::LinkUnchecked) =>
            {
                let (held, knock) = (room.device(*device), self.around.knocking(*device));
                let (Some(held), Some(knock)) = (held, knock) else { return Err(refusal) };
                Ok(vec![Change::DeviceAdded {
                    seat: held.seat,
                    device: *device,
                    public: knock.public,
                    resume: knock.resume,
                    grant: Some(grant.clone()),
                    sign: Some(knock.sign),
                    came_by: Some(knock.role),
                    edit: edit.clone(),
                }])
            }
            (Ok(mut changes), _) if self.has(Bug::TimerGrows) => {
                for change in &mut changes {
                    if let Change::Resumed { clock: Clock::Running { ends_at, .. } } = change {
                        *ends_at = ends_at.plus(60_000);
                    }
                }
                Ok(changes)
            }
            (decision, _) => decision,
        }
    }

    /// What a knock leads to, as a bug changes it.
    pub(super) fn bent_entrance(
        &self,
        entrance: Result<Entrance, Refusal>,
    ) -> Result<Entrance, Refusal> {
        match entrance {
            Err(Refusal { code: Code::Role }) if self.has(Bug::LinkUnchecked) => {
                Ok(Entrance::Lobby)
            }
            entrance => entrance,
        }
    }

    /// Sends a person's own texts to the browser of another one that came last, where a bug wants it.
    pub(super) fn leak_own(&mut self, seq: Seq, device: DeviceId, own: &Value) {
        let Some(items) = own.get("items").filter(|_| self.has(Bug::LeaksOwnTexts)) else { return };
        let author = self.room.device(device).map(|held| held.seat);
        let others = self.room.devices().iter().filter(|(_, held)| Some(held.seat) != author);
        let last = others.max_by_key(|(_, held)| held.since).map(|(id, _)| *id);
        let own = json!({"items": items});
        let frame = ServerFrame::Own { seq, own, whole: false };
        for member in self.members.values_mut().filter(|member| member.seat().is_some()) {
            if Some(member.device()) == last {
                member.send_after(&frame);
            }
        }
    }

    /// The rows of a decision, as a bug changes them.
    pub(super) fn bent_rows(&self, mut rows: Vec<Recorded>) -> Vec<Recorded> {
        if !rows.iter().any(|row| matches!(row.change, Change::Locked { .. })) {
            return rows;
        }
        if self.has(Bug::SkipsPlaces) {
            rows.iter_mut().for_each(|row| row.seq = row.seq.next());
        }
        if self.has(Bug::InventsRows)
            && let Some(last) = rows.last()
        {
            let (seq, re) = (last.seq.next(), Some(CommandId::from_bytes([7; 16])));
            rows.push(Recorded { seq, re, ..last.clone() });
        }
        if self.has(Bug::WrongAuthor) {
            let other = |seat: &SeatId| self.room.seats().keys().copied().find(|id| id != seat);
            rows.iter_mut().for_each(|row| row.by = row.by.as_ref().and_then(other));
        }
        rows
    }

    /// What is to be written down, unless a bug leaves it out; a bug may also answer too early.
    pub(super) fn slip(&mut self, flight: Flight) -> Option<Flight> {
        let locks = |row: &Recorded| matches!(row.change, Change::Locked { .. });
        if self.has(Bug::SkipsJournal) && flight.records.iter().all(locks) {
            flight.records.iter().for_each(|record| self.show(record));
            self.answer(flight);
            return None;
        }
        if self.has(Bug::AcknowledgesEarly) {
            for Answer { conn, cid, seq, .. } in &flight.answers {
                let done = ServerFrame::Done { cid: *cid, seq: *seq };
                self.members.get_mut(conn).into_iter().for_each(|member| member.send_after(&done));
            }
        }
        Some(flight)
    }

    /// Puts a change's frame into the tick, as often as a bug wants it.
    pub(super) fn put_into_tick(&mut self, change: &Change, frame: Bytes) {
        let locks = matches!(change, Change::Locked { .. });
        if locks && self.has(Bug::LosesFrames) {
            return;
        }
        if locks && self.has(Bug::ShowsTwice) {
            self.tick.push(frame.clone());
        }
        self.tick.push(frame);
    }

    /// What somebody is shown who comes in, as a bug changes it.
    pub(super) fn bent_view(&self, mut view: Shared) -> Shared {
        view.locked ^= self.has(Bug::SnapshotDiffers);
        view
    }

    /// The frames of a tick with somebody else for a presenter.
    pub(super) fn with_another_presenter(&self, shared: &Bytes) -> Bytes {
        let Some(presenter) = self.room.meeting().now.presenter else { return shared.clone() };
        let other = self.room.seats().keys().find(|seat| **seat != presenter);
        other.map_or_else(
            || shared.clone(),
            |other| replaced(shared, &presenter.to_string(), &other.to_string()),
        )
    }
}

/// The same bytes with one text in place of another of the same length.
fn replaced(bytes: &Bytes, from: &str, to: &str) -> Bytes {
    let mut bytes = bytes.to_vec();
    let places = bytes.windows(from.len()).enumerate();
    let places: Vec<_> =
        places.filter(|(_, window)| *window == from.as_bytes()).map(|(place, _)| place).collect();
    for place in places {
        if let Some(there) = bytes.get_mut(place..place + from.len()) {
            there.copy_from_slice(to.as_bytes());
        }
    }
    bytes.into()
}
