//! The task that makes one room's people do what is due.

use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use setroom_protocol::{ClientFrame, Command, CommandId, ItemId, MeetingId, Put, Seq, TextKind};
use tokio::sync::watch;
use tokio::time::Instant;

use super::ledger::Outcome;
use super::mix::{Act, act};
use super::room::{Hand, Room};
use crate::schedule::{Due, Load, mixed};
use setroom_client::Place;

/// Plays one room.
#[derive(Debug)]
pub(crate) struct Player {
    pub(crate) room: Arc<Room>,
    pub(crate) hands: Vec<Hand>,
    meeting: MeetingId,
    /// Each seat's last text that was not known to be taken yet.
    puts: Vec<Option<(CommandId, Put)>>,
    rng: StdRng,
    /// Commands that became due.
    pub(crate) due: u64,
}

impl Player {
    pub(crate) fn new(room: Arc<Room>, hands: Vec<Hand>, meeting: MeetingId, seed: u64) -> Self {
        let puts = hands.iter().map(|_| None).collect();
        // Apart from the draws of the schedule, which come from the same seed.
        let rng = StdRng::seed_from_u64(mixed(seed, u64::MAX - room.index as u64));
        Self { room, hands, meeting, puts, rng, due: 0 }
    }

    /// Sends every command of the room that has this place in the load when it is due, from `start`
    /// on, until all are sent or `stop` becomes true.
    pub(crate) async fn play(
        &mut self,
        place: usize,
        load: &Load,
        start: Instant,
        stop: &watch::Receiver<bool>,
    ) {
        let mut stop = stop.clone();
        for due in load.of_room(place) {
            let at = start + due.at;
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep_until(at) => {}
            }
            self.due += 1;
            self.turn(&due, at).await;
        }
    }

    async fn turn(&mut self, due: &Due, at: Instant) {
        let act = act(due, &self.room.seats, self.room.ledger().shared());
        match act {
            Act::Ask(seat, command) => {
                self.send(seat, at, command).await;
            }
            Act::Write(seat, rev) => self.write(seat, rev, at, due).await,
        }
    }

    /// Seals and sends a text; a tick instead while the last one is not answered, because its
    /// number and revision are not sure yet.
    async fn write(&mut self, seat: usize, rev: u32, at: Instant, due: &Due) {
        if !self.last_put_is_known(seat) {
            let on = due.draw.is_multiple_of(2);
            self.send(seat, at, Command::Tick { on }).await;
            return;
        }
        let (Some(hand), Some(id)) = (self.hands.get(seat), self.room.seats.get(seat)) else {
            return;
        };
        let (kind, item) = (TextKind::Name, ItemId::from_bytes(*id.as_bytes()));
        let place = Place { meeting: self.meeting, seat: *id, kind, item, rev, own: false };
        let text = format!("Person {seat} ({rev})");
        let Ok(put) = hand.keyring.seal(&place, &text, None, &mut self.rng) else { return };
        let cid = self.send(seat, at, Command::Put(put.clone())).await;
        if let (Some(cid), Some(last)) = (cid, self.puts.get_mut(seat)) {
            *last = Some((cid, put));
        }
    }

    fn last_put_is_known(&mut self, seat: usize) -> bool {
        let (Some(last), Some(hand)) = (self.puts.get_mut(seat), self.hands.get_mut(seat)) else {
            return false;
        };
        let Some((cid, put)) = last.take() else { return true };
        match self.room.ledger().outcome(cid) {
            Some(Outcome::Waiting) => {
                *last = Some((cid, put));
                return false;
            }
            Some(Outcome::Done) => hand.keyring.was_put(&put),
            Some(Outcome::Refused) | None => {}
        }
        true
    }

    /// Sends a command that was due at `at`; gives its id when it went out.
    async fn send(&mut self, seat: usize, at: Instant, cmd: Command) -> Option<CommandId> {
        let cid = CommandId::from_bytes(self.rng.random());
        let hand = self.hands.get_mut(seat)?;
        let seen = {
            let mut ledger = self.room.ledger();
            let standing = ledger.seat(seat).filter(|standing| standing.open)?;
            let seen = Seq(standing.sequence.last());
            ledger.send(cid, at, matches!(cmd, Command::Put(_)));
            seen
        };
        if hand.sender.send(&ClientFrame::Do { cid, seen, cmd }).await.is_err() {
            self.room.ledger().not_sent(cid);
            return None;
        }
        self.room.recorder.sent(self.room.index, at, Instant::now());
        Some(cid)
    }

    /// Stops the room's clocks and its queue, so that it stays as it is, and waits until everybody
    /// has seen that. False when that did not come about in time.
    pub(crate) async fn hold(&mut self, patience: Duration) -> bool {
        let now = Instant::now();
        let held = |ledger: &super::ledger::Ledger| ledger.shared().get("hold").is_some();
        if !held(&self.room.ledger()) {
            self.send(0, now, Command::Hold).await;
        }
        self.room
            .wait(now + patience, |ledger| (held(ledger) && ledger.settled()) || ledger.is_left())
            .await
    }
}
