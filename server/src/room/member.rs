//! The sockets of a room, and what each of them stands for.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use setroom_protocol::view::Own;
use setroom_protocol::{CloseCode, DeviceId, SeatId, ServerFrame};

use super::ConnId;
use crate::socket::{Sink, text};
use crate::telemetry::Held;

/// What a socket stands for.
#[derive(Debug)]
pub(super) enum Stands {
    /// At the door, waiting for *Admit*.
    Knocking(DeviceId),
    /// Admitted, but sent back to the lobby for now.
    SentBack { seat: SeatId, device: DeviceId },
    /// In the room. `own` is the own view as the browser has it.
    Seated { seat: SeatId, device: DeviceId, own: Box<Own>, _held: Held },
}

/// One socket of a room. However the room ends, its sockets are told to come back.
#[derive(Debug)]
pub(super) struct Member {
    sink: Arc<Sink>,
    pub(super) stands: Stands,
    /// Frames for this socket alone, which go out after the shared ones.
    after: Vec<Bytes>,
}

impl Member {
    pub(super) fn new(sink: Arc<Sink>, stands: Stands) -> Self {
        Self { sink, stands, after: Vec::new() }
    }

    /// The seat, for a socket that is in the room.
    pub(super) fn seat(&self) -> Option<SeatId> {
        match &self.stands {
            Stands::Seated { seat, .. } => Some(*seat),
            Stands::Knocking(_) | Stands::SentBack { .. } => None,
        }
    }

    /// The browser.
    pub(super) fn device(&self) -> DeviceId {
        match &self.stands {
            Stands::Knocking(device)
            | Stands::SentBack { device, .. }
            | Stands::Seated { device, .. } => *device,
        }
    }

    /// Leaves the room for the lobby; what still waited for it was of the room.
    pub(super) fn send_back(&mut self, seat: SeatId) {
        self.after.clear();
        self.stands = Stands::SentBack { seat, device: self.device() };
    }

    /// Sends frames for this socket alone, now.
    pub(super) fn send(&self, frame: &ServerFrame) {
        self.sink.push(&[text(frame)]);
    }

    /// Sends frames that are encoded already, now.
    pub(super) fn send_bytes(&self, frames: &[Bytes]) {
        self.sink.push(frames);
    }

    /// Sends a frame with the next flush, after the shared ones.
    pub(super) fn send_after(&mut self, frame: &ServerFrame) {
        self.after.push(text(frame));
    }

    /// Writes what this tick released: the shared frames, in one piece, then its own.
    pub(super) fn flush(&mut self, shared: &Bytes) {
        let sees_shared = !shared.is_empty() && self.seat().is_some();
        if self.after.is_empty() {
            if sees_shared {
                self.sink.push(std::slice::from_ref(shared));
            }
            return;
        }
        let mut pieces = std::mem::take(&mut self.after);
        if sees_shared {
            pieces.insert(0, shared.clone());
        }
        self.sink.push(&pieces);
    }

    /// Says goodbye.
    pub(super) fn close(&self, code: CloseCode) {
        self.sink.close(code);
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        // Whoever was told why keeps that reason. A socket that is still here when its room goes
        // away comes back and finds the room loaded anew.
        self.sink.close(CloseCode::RoomFault);
    }
}

/// Every socket of a room, in order of arrival.
pub(super) type Members = BTreeMap<ConnId, Member>;
