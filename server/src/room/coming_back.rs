//! Coming back: a browser that has a seat gets what it has missed, or the whole of it.

use std::sync::Arc;

use setroom_protocol::view::own;
use setroom_protocol::{
    BranchId, CloseCode, Code, DeviceId, KnockFrame, Seq, ServerFrame, Token32,
};

use super::actor::RoomActor;
use super::member::{Member, Stands};
use super::replay_buffer::Missed;
use super::{ConnId, JoinError};
use crate::access;
use crate::socket::{Sink, Welcome, text};

impl RoomActor {
    /// By the token that it keeps.
    pub(super) fn resumed(
        &mut self,
        device: DeviceId,
        token: &Token32,
        stood: Stood,
        sink: Arc<Sink>,
    ) -> Result<ConnId, JoinError> {
        if self.room.is_barred(device) {
            return Err(JoinError::Refused(Code::NoSeat, CloseCode::NotAllowed));
        }
        let known = self.room.device(device).ok_or(JoinError::Auth)?;
        if !access::opens(token, &known.resume) {
            return Err(JoinError::Auth);
        }
        self.returned(device, stood, sink)
    }

    /// A browser that has a seat is back.
    pub(super) fn returned(
        &mut self,
        device: DeviceId,
        stood: Stood,
        sink: Arc<Sink>,
    ) -> Result<ConnId, JoinError> {
        let seat = self.room.device(device).ok_or(JoinError::Auth)?.seat;
        let now_ms = self.now().0;
        self.admission
            .rate_limit
            .comes_back(&self.services.limits, now_ms, seat)
            .map_err(|limit| self.too_fast(limit))?;
        if self.room.seat(seat).is_some_and(|held| held.in_lobby) {
            self.fanout.lobby_moved = true;
            self.make_place(seat);
            return Ok(self.add(Member::new(sink, Stands::SentBack { seat, device })));
        }
        let whole = own(&self.room, device).ok_or(JoinError::Auth)?;
        let since_shown = self.admission.shown_from.get(&seat).copied().unwrap_or_default();
        // What others still wait for in this tick must not come to somebody who gets it by ring
        // or snapshot.
        self.fanout.flush(&self.services.metrics);
        self.fanout.replay.sweep(self.now());
        let restored = stood.is_elsewhere(self.branch, self.room.seq());
        let missed = stood
            .since
            .filter(|since| !restored && *since >= since_shown)
            .and_then(|since| self.fanout.missed(seat, since));
        match missed {
            Some(Missed { frames, mut bytes }) => {
                let own = serde_json::to_value(&whole).unwrap_or_default();
                let seq = self.room.seq();
                // In one piece, so that a long way back is one frame for the outbox's bound.
                bytes.extend_from_slice(&text(&ServerFrame::Own { seq, own, whole: true }));
                sink.welcome(Welcome::missed(bytes), frames + 1);
            }
            None => {
                let gap = stood.since.is_some();
                sink.welcome(self.snapshot(&whole, gap, restored, sink.source()), 1);
            }
        }
        Ok(self.seat_down(sink, seat, device))
    }

    /// Whether a browser was admitted and does not know it: the line went, or the page, before it was
    /// told or could keep it. It has shown its private key, and brings the token that it was admitted
    /// with, which is what coming back takes. Whatever became of the link since is no matter.
    pub(super) fn is_admitted(&self, knock: &KnockFrame) -> bool {
        let device = knock.device();
        self.room.device(device).is_some_and(|held| held.resume == knock.resume)
            && self.room.came_by(device) == Some(knock.role)
    }
}

/// Where somebody who comes back says that they stood.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stood {
    pub(super) since: Option<Seq>,
    pub(super) branch: Option<BranchId>,
}

impl Stood {
    /// Whether this room has never been there: an earlier copy of it was put back since. A place
    /// that is still to come says so too, for whatever was once shown had been written down.
    fn is_elsewhere(self, branch: BranchId, seq: Seq) -> bool {
        self.branch.is_some_and(|stood| stood != branch)
            || self.since.is_some_and(|since| since > seq)
    }
}
