//! From one meeting of a set to the next: the host opens it with a new key, everybody goes, and comes
//! back to it.

use std::collections::BTreeSet;
use std::time::Duration;

use rand::RngExt as _;
use serde::Deserialize as _;
use serde_json::Value;
use setroom_client::Rekeying;
use setroom_protocol::command::KeyChange;
use setroom_protocol::room::Stage;
use setroom_protocol::{Blob, Command, MeetingId};

use super::intent::Intent;
use super::part::Seen;
use super::room_player::{Phase, RoomPlayer};
use super::seat::Stand;

/// How long the next meeting may take to reach everybody, and the set to gather for it.
const PATIENCE: Duration = Duration::from_secs(60);

impl RoomPlayer {
    /// Whether this set is to meet again.
    pub(super) fn meets_again(&self) -> bool {
        self.met < self.context.run.scenario.meetings && !self.over
    }

    /// The next meeting is opened from the closed one, and every browser that is there gets its key.
    pub(super) fn open_next(&mut self) {
        let until = self.now + PATIENCE;
        self.phase = Phase::Opening(until);
        self.timetable.plan(until, Intent::Look);
        let meeting = MeetingId::from_bytes(self.dice.fresh.random());
        let Some(keys) = self.keys_for_all(meeting) else { return };
        self.seats.iter_mut().skip(1).for_each(|seat| seat.keyed = false);
        self.ask(0, self.now, Command::NextMeeting { meeting, keys });
    }

    /// A fresh key for all who have a place.
    fn keys_for_all(&mut self, meeting: MeetingId) -> Option<KeyChange> {
        let shared = &self.ledger.shared;
        let epoch = u32::try_from(shared.get("epoch")?.as_u64()?).ok()?;
        let devices = shared.get("devices")?.as_object()?;
        let stay = devices.keys().map(|device| device.parse()).collect::<Result<_, _>>().ok()?;
        let host = self.seats.first_mut().filter(|seat| seat.stand == Stand::In)?;
        let (seat, keyring) = (host.id?, host.keyring.as_mut()?);
        let edits = &self.admission.edits;
        let (fresh, meeting) = (BTreeSet::new(), Some(meeting));
        let what = Rekeying { epoch, edits, stay, seat, fresh, takes: None, meeting };
        keyring.new_epoch(&what, &mut self.dice.fresh).ok()
    }

    /// Goes on to the next meeting once everybody can read in it.
    pub(super) fn opened(&mut self, until: tokio::time::Instant) {
        let all_can = self.seats.iter().all(|seat| seat.keyed || seat.stand == Stand::Out);
        if self.over {
            // The run ends before it: nobody waits for that meeting.
            self.leave();
        } else if self.stage() == Some(Stage::Gathering) && self.settled(false) && all_can {
            self.gather_again();
        } else if self.now >= until {
            // There was to be a meeting, and nobody gets in to it.
            self.counts.not_in += self.seats.len() as u64;
            self.leave();
        }
    }

    /// Everybody goes, and comes back to the next meeting.
    fn gather_again(&mut self) {
        self.met += 1;
        self.phase = Phase::Gathering;
        self.seen = Seen::default();
        self.ledger.news = true;
        for at in 0..self.seats.len() {
            if let Some(seat) = self.seats.get_mut(at) {
                seat.late &= seat.id.is_none();
            }
            self.drop_off(at);
        }
        let away = self.context.run.scenario.behaviour.away;
        self.timetable.plan(self.now + away + PATIENCE, Intent::Start);
    }

    /// Takes the key that came with somebody's own part, if they have none for the present epoch.
    pub(super) fn granted(&mut self, at: usize, own: &Value) {
        let epoch = self.ledger.shared.get("epoch").and_then(Value::as_u64);
        let epoch = epoch.and_then(|epoch| u32::try_from(epoch).ok()).unwrap_or_default();
        let Some(seat) = self.seats.get_mut(at) else { return };
        let Some(keyring) = &mut seat.keyring else { return };
        if keyring.keys().key(epoch).is_some() {
            return;
        }
        let Some(grant) = own.get("grant").and_then(|grant| Blob::deserialize(grant).ok()) else {
            return;
        };
        match keyring.take_grant(&grant, epoch, &self.admission.edits) {
            Ok(()) => seat.keyed = true,
            // Whoever is behind gets the present one when they have caught up.
            Err(_) => seat.same &= seat.behind.is_some(),
        }
    }
}
