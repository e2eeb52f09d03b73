//! What a browser makes of the frames that a server sends, and what must be so of all browsers.

use std::collections::BTreeMap;

use serde_json::Value;
use setroom_protocol::view::{self, merge};
use setroom_protocol::{Change, DeviceId, Room, SeatId, Seq, ServerFrame};

use super::{BRANCH, World, canonical, json};

/// What one browser knows: only what frames told it.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) seat: SeatId,
    pub(crate) seq: Seq,
    pub(crate) shared: Value,
    pub(crate) own: Value,
    /// Every frame that it was sent, as text.
    pub(crate) log: Vec<String>,
}

impl Client {
    pub(super) fn arrive(snapshot: ServerFrame, seat: SeatId) -> Self {
        let text = snapshot.encode();
        let frame: Value = serde_json::from_str(&text).unwrap();
        let ServerFrame::Snapshot { seq, .. } = snapshot else { panic!("a snapshot") };
        Self {
            seat,
            seq,
            shared: frame["shared"].clone(),
            own: frame["own"].clone(),
            log: vec![text],
        }
    }

    /// What a browser does with a frame.
    pub(super) fn take(&mut self, text: &str) {
        self.log.push(text.to_owned());
        match serde_json::from_str(text).unwrap() {
            ServerFrame::Change { seq, shared, .. } => {
                assert_eq!(seq, self.seq.next(), "places have no holes");
                self.seq = seq;
                merge(&mut self.shared, &shared);
            }
            ServerFrame::Own { seq, own, whole } => {
                assert_eq!(seq, self.seq, "an own part carries the newest place");
                if whole {
                    self.own = own;
                } else {
                    merge(&mut self.own, &own);
                }
            }
            other => panic!("not a frame of the order: {other:?}"),
        }
    }
}

impl World {
    /// The snapshot that a browser would be sent now, made from nothing but the room.
    pub(crate) fn snapshot(&self, device: DeviceId) -> ServerFrame {
        ServerFrame::Snapshot {
            seq: self.room.seq(),
            at: self.now,
            shared: Box::new(view::shared_for(&self.room, self.room.device(device).unwrap().seat)),
            own: Box::new(view::own(&self.room, device).unwrap()),
            gap: false,
            branch: BRANCH,
            restored: false,
            build: "test".to_owned(),
        }
    }

    /// How many frames each browser was sent.
    pub(super) fn sent(&self) -> BTreeMap<DeviceId, usize> {
        self.clients.iter().map(|(id, client)| (*id, client.log.len())).collect()
    }

    /// Whoever may not know of the last change was sent no frame, and has the same before their eyes.
    pub(super) fn only_its_author_knows(&self, before: &Room, sent: &BTreeMap<DeviceId, usize>) {
        let record = self.records.last().unwrap();
        let seat_of = |id: &DeviceId| before.device(*id).unwrap().seat;
        let may = |id: &DeviceId| match &record.change {
            Change::Written { item } => seat_of(id) == item.seat,
            Change::ItemWithdrawn { item } => seat_of(id) == before.items()[item].seat,
            Change::Granted { device, .. } => id == device,
            // Facilitators help those who lost their browser.
            Change::OwnKeySet { seat, .. } => {
                seat_of(id) == *seat || before.seat(seat_of(id)).unwrap().role.holds_keys()
            }
            other => panic!("everybody sees {}", other.name()),
        };
        for (id, frames) in sent.iter().filter(|(id, _)| !may(id)) {
            assert_eq!(self.clients[id].log.len(), *frames, "{id} was told");
        }
        assert_eq!(self.room.seq(), before.seq(), "it took no place");
        assert_eq!(view::shared(&self.room), view::shared(before));
    }

    /// Every browser's model is what a fresh snapshot would say.
    pub(crate) fn check_clients(&self) {
        for (id, client) in &self.clients {
            let shared = json(&view::shared_for(&self.room, client.seat));
            assert_eq!(client.seq, self.room.seq());
            assert_eq!(canonical(&client.shared), shared, "shared view of {id}");
            let own = json(&view::own(&self.room, *id).unwrap());
            assert_eq!(canonical(&client.own), own, "own view of {id}");
        }
    }
}
