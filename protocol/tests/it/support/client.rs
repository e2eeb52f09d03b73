//! What a browser makes of the frames that a server sends.

use serde_json::Value;
use setroom_protocol::view::{self, merge};
use setroom_protocol::{DeviceId, SeatId, Seq, ServerFrame};

use super::{BRANCH, World};

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
}
