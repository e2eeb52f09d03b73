//! The sockets of a room, and what each of them stands for.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use setroom_protocol::off_record::OffRecordSent;
use setroom_protocol::view::{ClaimView, LobbyView};
use setroom_protocol::{CloseCode, DeviceId, SeatId, ServerFrame, Timestamp};

use super::ConnId;
use super::board::Seen;
use crate::socket::{Sink, Welcome, text};
use crate::telemetry::GaugeGuard;

/// Up to so many bytes it is cheaper to copy pieces together than to have the kernel collect them.
const JOINED: usize = 2048;

/// What a socket stands for.
#[derive(Debug)]
pub(super) enum Stands {
    /// At the door, waiting for *Admit*.
    Knocking(DeviceId),
    /// Admitted, but sent back to the lobby for now.
    SentBack { seat: SeatId, device: DeviceId },
    /// In the room.
    Seated { seat: SeatId, device: DeviceId, _held: GaugeGuard },
}

/// What a socket inside was shown last, of what is shown as a whole.
#[derive(Debug, Default)]
pub(super) struct SeenBoards {
    pub(super) here: Seen,
    pub(super) door: Seen,
    pub(super) lines: Seen,
    pub(super) attended: Seen,
    claims: BTreeMap<DeviceId, ClaimView>,
}

/// One socket of a room. However the room ends, its sockets are told to come back.
#[derive(Debug)]
pub(super) struct Member {
    sink: Arc<Sink>,
    pub(super) stands: Stands,
    /// Frames for this socket alone, which go out after the shared ones.
    after: Vec<Bytes>,
    /// What it was told last at the door.
    told: Option<LobbyView>,
    /// What it was shown last.
    pub(super) seen: SeenBoards,
    /// What it was sent of a round off the record. In a box: nearly always there is none.
    pub(super) off_record: Option<Box<OffRecordSent>>,
    /// Its own task says goodbye: see [`Member::let_go`].
    let_go: bool,
}

impl Member {
    pub(super) fn new(sink: Arc<Sink>, stands: Stands) -> Self {
        if !matches!(stands, Stands::Knocking(_)) {
            sink.come_inside();
        }
        Self {
            sink,
            stands,
            after: Vec::new(),
            told: None,
            seen: SeenBoards::default(),
            off_record: None,
            let_go: false,
        }
    }

    /// The seat, for a socket that is in the room.
    pub(super) fn seat(&self) -> Option<SeatId> {
        match &self.stands {
            Stands::Seated { seat, .. } => Some(*seat),
            Stands::Knocking(_) | Stands::SentBack { .. } => None,
        }
    }

    /// Whoever is admitted, in the room or sent back to the lobby.
    pub(super) fn person(&self) -> Option<SeatId> {
        match &self.stands {
            Stands::Seated { seat, .. } | Stands::SentBack { seat, .. } => Some(*seat),
            Stands::Knocking(_) => None,
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
        self.told = None;
        self.seen = SeenBoards::default();
        self.off_record = None;
        self.stands = Stands::SentBack { seat, device: self.device() };
    }

    /// Sends a frame for this socket alone, now: for the last word to somebody outside, who waits
    /// for nothing that is shared.
    pub(super) fn send(&self, frame: &ServerFrame) {
        self.sink.push(&[text(frame)]);
    }

    pub(super) fn sink(&self) -> &Sink {
        &self.sink
    }

    /// Whoever knocked has been let in.
    pub(super) fn come_inside(&self) {
        self.sink.come_inside();
    }

    /// Sends the whole view, now.
    pub(super) fn welcome(&self, snapshot: Welcome) {
        self.sink.welcome(snapshot, 1);
    }

    /// Sends a frame with the next flush, after the shared ones, and says how many bytes it has. Every
    /// answer goes this way, so that none overtakes a change that it speaks of.
    pub(super) fn send_after(&mut self, frame: &ServerFrame) -> usize {
        let frame = text(frame);
        let bytes = frame.len();
        self.after.push(frame);
        bytes
    }

    /// Sends what others are sent too, with the next flush; nothing where there is no news.
    pub(super) fn show(&mut self, news: impl FnOnce(&mut SeenBoards) -> Option<Bytes>) {
        self.after.extend(news(&mut self.seen));
    }

    /// Asks this person who of those at the door is they, when that is another question than before.
    pub(super) fn tell_claims(&mut self, claims: BTreeMap<DeviceId, ClaimView>) {
        if self.seen.claims != claims {
            self.seen.claims.clone_from(&claims);
            self.send_after(&ServerFrame::Claims { claims });
        }
    }

    /// Says how it is at the door, when that is another than before: a frame that says nothing new
    /// would tell somebody outside that people come and go.
    pub(super) fn tell_lobby(&mut self, at: Timestamp, lobby: LobbyView) {
        if self.told.as_ref() != Some(&lobby) {
            self.told = Some(lobby.clone());
            self.send_after(&ServerFrame::Lobby { at, lobby });
        }
    }

    /// Writes what this tick released: so many shared frames, in one piece, then its own. Says how
    /// many frames and bytes that was.
    pub(super) fn flush(&mut self, shared: &Bytes, frames: usize) -> (usize, usize) {
        let sees_shared = !shared.is_empty() && self.seat().is_some();
        if self.after.is_empty() {
            if !sees_shared {
                return (0, 0);
            }
            self.sink.push_uncounted(std::slice::from_ref(shared));
            return (frames, shared.len());
        }
        let mut pieces = std::mem::take(&mut self.after);
        let mut count = pieces.len();
        if sees_shared {
            pieces.insert(0, shared.clone());
            count += frames;
        }
        let bytes = pieces.iter().map(Bytes::len).sum();
        if bytes <= JOINED {
            self.sink.push_uncounted(&[pieces.concat().into()]);
        } else {
            self.sink.push_uncounted(&pieces);
        }
        (count, bytes)
    }

    /// Reads what the next write will need; see [`Sink::touch`].
    pub(super) fn touch(&self) -> usize {
        self.sink.touch()
    }

    /// Says goodbye.
    pub(super) fn close(&self, code: CloseCode) {
        self.sink.close(code);
    }

    /// Leaves the goodbye to the socket's own task, as when the whole process stops.
    pub(super) fn let_go(mut self) {
        self.let_go = true;
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        if self.let_go {
            return;
        }
        // Whoever was told why keeps that reason. A socket that is still here when its room goes
        // away comes back and finds the room loaded anew.
        self.sink.close(CloseCode::RoomFault);
    }
}

/// Every socket of a room, in order of arrival.
pub(super) type Members = BTreeMap<ConnId, Member>;
