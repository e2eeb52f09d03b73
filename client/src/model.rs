//! What a client knows of a room: the view, kept as a browser keeps it, by merging patches.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;
use setroom_protocol::attendance::Attended;
use setroom_protocol::lines::OfferView;
use setroom_protocol::view::{ClaimView, KnockView, LobbyView, Own, Shared, merge};
use setroom_protocol::{
    BranchId, Challenge32, Code, DeviceId, ItemId, SeatId, Seq, ServerFrame, Timestamp,
};

use super::connection::Ended;
use super::off_record::OffRecordModel;
use crate::sequence::Sequence;

/// The state of a view, moved by frames and by nothing else.
#[derive(Clone, Debug, Default)]
pub struct Model {
    shared: Value,
    own: Value,
    /// Holes and repeats among the changes.
    pub sequence: Sequence,
    /// Server time of the last frame that said it.
    pub at: Timestamp,
    lobby: Option<LobbyView>,
    /// Who is connected.
    pub here: Vec<SeatId>,
    /// Since when nobody with the controls has been connected.
    pub no_facilitator_since: Option<Timestamp>,
    /// Who is at the door, for those who may admit.
    pub knocks: BTreeMap<DeviceId, KnockView>,
    /// What a knock on the newest connection must be signed over, once the server has said so.
    pub challenge: Option<Challenge32>,
    /// Who asks to come in as this person from another browser.
    pub claims: BTreeMap<DeviceId, ClaimView>,
    /// Lines that wait, and that this person offered, or that came from them.
    pub offers: BTreeMap<ItemId, OfferView>,
    /// The round off the record, as far as this browser was told of it.
    pub off_record: OffRecordModel,
    /// How everybody attended the meeting that is closed, for those with the controls.
    pub attended: BTreeMap<SeatId, Attended>,
    /// Why this person was refused at the door.
    pub admission_refused: Option<Code>,
    /// How many snapshots have come.
    pub snapshots: u32,
    /// Whether the last snapshot came because the room no longer kept what was missed.
    pub gap: bool,
    /// The branch of history that the last snapshot was on.
    pub branch: Option<BranchId>,
    /// Whether the last snapshot said that an earlier copy of the room was put back.
    pub restored: bool,
    last_change: Option<String>,
}

impl Model {
    /// Takes a frame as it came, and gives it typed.
    ///
    /// # Errors
    /// [`Ended::Unreadable`] when it is not a frame of this protocol.
    pub fn take(&mut self, text: &str) -> Result<ServerFrame, Ended> {
        let unreadable = |e: serde_json::Error| Ended::Unreadable(e.column());
        let frame: ServerFrame = serde_json::from_str(text).map_err(unreadable)?;
        match &frame {
            ServerFrame::Lobby { at, lobby } => {
                self.at = *at;
                self.lobby = Some(lobby.clone());
                // Somebody who is sent back to the lobby sees nothing more of the room.
                self.shared = Value::Null;
                self.own = Value::Null;
                self.knocks.clear();
                self.here.clear();
            }
            ServerFrame::Snapshot { seq, at, gap, branch, restored, .. } => {
                // The parts are taken as they were sent, not as they were read.
                let mut raw: Value = serde_json::from_str(text).map_err(unreadable)?;
                let mut part = |name| raw.get_mut(name).map(Value::take).unwrap_or_default();
                (self.shared, self.own) = (part("shared"), part("own"));
                self.sequence.skip_to(seq.0);
                self.at = *at;
                self.lobby = None;
                self.gap = *gap;
                self.branch = Some(*branch);
                self.restored = *restored;
                self.snapshots += 1;
            }
            ServerFrame::Change { seq, at, what, shared, .. } => {
                self.sequence.take(seq.0);
                self.at = *at;
                self.last_change = Some(what.to_string());
                merge(&mut self.shared, shared);
            }
            ServerFrame::Own { own, whole, .. } => {
                if *whole {
                    self.own = own.clone();
                } else {
                    merge(&mut self.own, own);
                }
            }
            ServerFrame::Presence { here, no_facilitator_since, off_record } => {
                self.here.clone_from(here);
                self.no_facilitator_since = *no_facilitator_since;
                let is_new = off_record.map(|at| at.id) != self.off_record.round.map(|at| at.id);
                let shared = is_new.then(|| self.shared()).flatten();
                self.off_record.follow(*off_record, shared);
            }
            ServerFrame::OffRecord { wanted, grants, .. } => {
                self.off_record.take_keys(wanted, grants);
            }
            ServerFrame::OffRecordLines { lines, .. } => self.off_record.take_lines(lines),
            ServerFrame::Knocks { knocks } => self.knocks.clone_from(knocks),
            ServerFrame::Refused { cid: None, code, .. } => self.admission_refused = Some(*code),
            ServerFrame::Pong { at, .. } | ServerFrame::Beat { at } => self.at = *at,
            ServerFrame::Hello { challenge, .. } => {
                self.challenge = Some(*challenge);
                // These come again on a new line, where there still are any.
                self.claims.clear();
                self.offers.clear();
                self.attended.clear();
            }
            ServerFrame::Claims { claims } => self.claims.clone_from(claims),
            ServerFrame::Lines { lines } => self.offers.clone_from(lines),
            ServerFrame::Attendance { seats, .. } => self.attended.clone_from(seats),
            ServerFrame::Done { .. }
            | ServerFrame::Refused { cid: Some(_), .. }
            | ServerFrame::Restart { .. } => {}
        }
        if self.off_record.round.is_some() {
            let shared = self.shared();
            self.off_record.end_unless_it_stands(shared.as_ref(), self.at);
        }
        Ok(frame)
    }

    /// Whether there is a view of the room: this person is in.
    pub fn is_in(&self) -> bool {
        self.shared.is_object() && self.lobby.is_none()
    }

    /// What all see, typed; `None` at the door, or when it has not the form that it must have.
    pub fn shared(&self) -> Option<Shared> {
        typed(&self.shared)
    }

    /// What this browser sees for itself, typed.
    pub fn own(&self) -> Option<Own> {
        typed(&self.own)
    }

    /// What all see, as merged.
    pub fn shared_value(&self) -> &Value {
        &self.shared
    }

    /// What this browser sees for itself, as merged.
    pub fn own_value(&self) -> &Value {
        &self.own
    }

    /// The place of the last change.
    pub fn seq(&self) -> Seq {
        Seq(self.sequence.last)
    }

    /// This person's seat, once they are in.
    pub fn seat(&self) -> Option<SeatId> {
        self.own.get("seat").and_then(typed)
    }

    /// What may be seen at the door; `None` once inside.
    pub fn lobby(&self) -> Option<&LobbyView> {
        self.lobby.as_ref()
    }

    /// The name of the last change.
    pub fn last_change(&self) -> Option<&str> {
        self.last_change.as_deref()
    }

    /// Gives up the merged views, for whoever goes on by other means: `shared`, then `own`.
    pub fn into_views(self) -> (Value, Value) {
        (self.shared, self.own)
    }
}

fn typed<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}
