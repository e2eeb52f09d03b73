//! The whole view, for those who come in: the part that is the same for all is in memory once,
//! however many wait for it, and so is the form of it that whoever presents is shown.

use std::sync::{Arc, Weak};

use bytes::Bytes;
use serde::Serialize;
use setroom_protocol::view::{Own, hides_hands_from, shared_for};
use setroom_protocol::{BranchId, SeatId, Seq};

use super::actor::RoomActor;
use crate::limits::{Charge, Source};
use crate::socket::{Welcome, text_begun};

/// The shared part as it is after the change with this place.
#[derive(Debug)]
struct Whole {
    seq: Seq,
    /// Whose form it is, where it is not everybody's.
    apart: Option<SeatId>,
    bytes: Vec<u8>,
    _charge: Charge,
}

/// The newest one of a form that anybody still waits for.
#[derive(Debug, Default)]
struct Newest {
    /// Until the end of this tick, for those who come in with it.
    now: Option<Arc<Whole>>,
    /// For as long as it is on its way to somebody.
    waits: Weak<Whole>,
}

/// The newest ones: everybody's, and that of whoever is not told of hands.
#[derive(Debug, Default)]
pub(super) struct Shown {
    all: Newest,
    apart: Newest,
}

impl Shown {
    /// The tick is over.
    pub(super) fn settle(&mut self) {
        self.all.now = None;
        self.apart.now = None;
    }
}

struct Held(Arc<Whole>);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}

/// What stands behind the shared part, as in `ServerFrame::Snapshot`.
#[derive(Serialize)]
struct Tail<'a> {
    own: &'a Own,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    gap: bool,
    branch: BranchId,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    restored: bool,
    build: &'a str,
}

impl RoomActor {
    /// The whole view of one browser, for a line of this source.
    pub(super) fn snapshot(
        &mut self,
        own: &Own,
        gap: bool,
        restored: bool,
        source: Source,
    ) -> Welcome {
        let seq = self.room.seq();
        let whole = self.whole(own.seat, source);
        let shared = Bytes::from_owner(Held(whole));
        let build = self.services.client_build;
        let tail = Tail { own, gap, branch: self.branch, restored, build };
        // Maps with string keys, numbers, strings: this cannot fail.
        let mut tail = serde_json::to_vec(&tail).unwrap_or_default();
        if let Some(brace) = tail.first_mut() {
            *brace = b',';
        }
        let head = format!(r#"{{"t":"snapshot","seq":{},"at":{},"shared":"#, seq.0, self.now().0);
        let head = text_begun(head.as_bytes(), shared.len() + tail.len());
        Welcome { head, shared, tail: tail.into() }
    }

    fn whole(&mut self, seat: SeatId, source: Source) -> Arc<Whole> {
        let seq = self.room.seq();
        let apart = hides_hands_from(&self.room).filter(|hidden| *hidden == seat);
        let shown = &mut self.fanout.whole;
        let newest = if apart.is_some() { &mut shown.apart } else { &mut shown.all };
        let known = newest.now.clone().or_else(|| newest.waits.upgrade());
        let known = known.filter(|whole| whole.seq == seq && whole.apart == apart);
        let whole = known.unwrap_or_else(|| {
            let bytes = serde_json::to_vec(&shared_for(&self.room, seat)).unwrap_or_default();
            let connection_limits = &self.services.connection_limits;
            let network = connection_limits.counted(source);
            let _charge =
                connection_limits.outboxes().shared(network, self.room.set(), bytes.len());
            Arc::new(Whole { seq, apart, bytes, _charge })
        });
        *newest = Newest { now: Some(Arc::clone(&whole)), waits: Arc::downgrade(&whole) };
        whole
    }
}
