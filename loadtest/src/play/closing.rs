//! From a room's last part to its end: it holds still, every view is compared with a fresh
//! snapshot, the meeting is closed, everybody leaves, and what was lost is counted (`losses.rs`).

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use setroom_protocol::room::Stage;
use setroom_protocol::{ClientFrame, Command};

use super::intent::Intent;
use super::ledger::{hides_hands, if_any, leaned, take_hands};
use super::receive::Snapshot;
use super::room_player::{Fetched, Phase, RoomPlayer};
use super::seat::{Seat, Stand};
use setroom_client::{ClientError, Dial, Model};

/// How long everybody may take to be in and to have everything, before the rest is missed.
const PATIENCE: Duration = Duration::from_secs(30);
/// The same when the run was stopped by hand.
const HURRY: Duration = Duration::from_secs(3);
/// How long a last part of a view may be on its way.
const LAST_PART: Duration = Duration::from_secs(10);

impl RoomPlayer {
    /// Whether everybody who is to be here is, and can write.
    pub(super) fn complete(&self) -> bool {
        let here = |seat: &Seat| seat.stand == Stand::In && seat.keyed && seat.texts.is_empty();
        self.seats.iter().filter(|seat| !seat.late).all(|seat| here(seat) && seat.outbox.is_empty())
    }

    /// Starts the meeting when everybody is there, or when it has waited long enough.
    pub(super) fn start(&mut self, anyway: bool) {
        if self.phase != Phase::Gathering || !(anyway || self.complete()) {
            return;
        }
        if !self.lead(self.now, Command::Start) {
            return;
        }
        self.tell_came(Ok(()));
        self.phase = Phase::Meeting;
        let whole = self.context.meeting;
        for at in 0..self.seats.len() {
            if self.seats.get(at).is_some_and(|seat| seat.late) {
                let due = self.now + whole / 20 + self.dice.within(whole * 2 / 5);
                self.timetable.plan(due, Intent::Arrive(at));
            }
        }
    }

    /// The meeting, or the run's time, is over: the room holds.
    pub(super) fn finish(&mut self) {
        if !matches!(self.phase, Phase::Gathering | Phase::Meeting) {
            return;
        }
        self.timetable.keep(|intent| {
            matches!(
                intent,
                Intent::ComeBack(_) | Intent::Thaw(_) | Intent::Thawed(_) | Intent::Again(_)
            )
        });
        let patience = if self.mix.is_some() { self.context.run.drain } else { PATIENCE };
        let patience = if self.hurry { HURRY } else { patience };
        self.phase = Phase::Settling(self.now + patience);
        self.timetable.plan(self.now + patience, Intent::Look);
    }

    /// Goes on with the end, as far as it has come.
    pub(super) fn progress(&mut self) {
        match self.phase {
            Phase::Gathering if self.mix.is_some() => self.set_out(),
            Phase::Gathering => self.start(false),
            Phase::Meeting => self.tell_of_mix(),
            Phase::Done => {}
            Phase::Settling(until) => {
                self.hold_still();
                // Whoever reads nothing for a while will read again, and is waited for.
                let frozen = self.seats.iter().any(|seat| seat.frozen);
                if self.settled(true) || (self.now >= until && !frozen) {
                    self.check();
                }
            }
            Phase::Checking(_) => self.compared(),
            Phase::Closing(until) => {
                let closed = self.stage() == Some(Stage::Closed);
                if closed && self.settled(false) && self.meets_again() {
                    self.open_next();
                } else if (closed && self.settled(false)) || self.now >= until {
                    self.leave();
                }
            }
            Phase::Opening(until) => self.opened(until),
        }
    }

    pub(super) fn stage(&self) -> Option<Stage> {
        self.seen.scene.as_ref().map(|scene| scene.stage)
    }

    /// Holds the room, unless it holds already: then nothing changes by itself either.
    fn hold_still(&mut self) {
        let held = self.seen.scene.as_ref().is_none_or(|scene| scene.hold.is_some());
        if held || self.stage() != Some(Stage::Running) {
            return;
        }
        let Some(at) = self.leader() else { return };
        if self.seats.get(at).is_some_and(|seat| seat.outbox.is_empty()) {
            self.ask(at, self.now, Command::Hold);
        }
    }

    /// Whether nothing is under way any more; `still` when the room has to hold for that.
    pub(super) fn settled(&self, still: bool) -> bool {
        let held = self.seen.scene.as_ref().is_some_and(|scene| scene.hold.is_some());
        if still && self.stage() == Some(Stage::Running) && !held {
            return false;
        }
        self.seats.iter().all(|seat| match seat.stand {
            Stand::In => {
                seat.got.last == self.ledger.reached
                    && seat.got.lost() == 0
                    && seat.outbox.is_empty()
                    && seat.texts.is_empty()
                    && !seat.frozen
            }
            Stand::Out => seat.due.is_none(),
            Stand::Gone => true,
            Stand::Dialling | Stand::Knocking | Stand::Away | Stand::Returning => false,
        })
    }

    /// Fetches a fresh snapshot for each seat that is in, unless nobody waits for that.
    fn check(&mut self) {
        let mut left = 0;
        for (at, seat) in self.seats.iter().enumerate().filter(|_| !self.hurry) {
            let keyring = seat.keyring.as_ref().filter(|_| seat.stand == Stand::In);
            let Some((keyring, dial)) = keyring.zip(self.context.dial(self.index)) else {
                continue;
            };
            let (frame, turns) = (keyring.come_back(None), Arc::clone(&self.context.checks));
            self.under_way.push(Box::pin(async move {
                let _turn = turns.acquire().await;
                Fetched::Fresh(at, Box::pin(fresh(&dial, &frame)).await)
            }));
            left += 1;
        }
        self.phase = Phase::Checking(left);
        self.compared();
    }

    /// A snapshot has come, or has not: then it is not checked, which the verdict tells.
    pub(super) fn compare(&mut self, at: usize, fresh: Result<Snapshot, ClientError>) {
        let Phase::Checking(left) = self.phase else { return };
        match fresh {
            Ok(fresh) => {
                let until = self.now + LAST_PART.min(self.context.run.drain);
                self.fresh.push((at, fresh, until));
                self.timetable.plan(until, Intent::Look);
            }
            Err(_) => self.phase = Phase::Checking(left.saturating_sub(1)),
        }
        self.compared();
    }

    /// Compares those that have everything, or are late with it.
    fn compared(&mut self) {
        let Phase::Checking(left) = self.phase else { return };
        let (seats, ledger, views, now) =
            (&self.seats, &self.ledger, &mut self.counts.views, self.now);
        let waiting = self.fresh.len();
        self.fresh.retain(|(at, fresh, until)| {
            let Some(seat) = seats.get(*at) else { return false };
            let hands_are_hidden = seat.id.is_some_and(|id| hides_hands(&fresh.shared, id));
            let equal = seat.same
                && seat.behind.is_none()
                && seat.got.lost() == 0
                && seat.got.last == fresh.seq
                && ledger.at == fresh.seq
                && ledger.shared == fresh.shared
                && seat.hands == fresh.hands
                && !(hands_are_hidden && fresh.hands.is_some())
                && serde_json::from_str::<Value>(&seat.own).is_ok_and(|own| own == fresh.own);
            // Who has seen something else already, or is not there, does not catch up.
            let hopeless = !seat.same || seat.stand != Stand::In;
            if !equal && !hopeless && now < *until {
                return true;
            }
            views.checked += 1;
            views.equal += u64::from(equal);
            false
        });
        let left = left.saturating_sub(waiting - self.fresh.len());
        self.phase = Phase::Checking(left);
        if left == 0 {
            self.checked();
        }
    }

    /// Every view is compared: the meeting is closed, if it came to its end.
    fn checked(&mut self) {
        let last =
            self.seen.scene.as_ref().and_then(|scene| scene.now).map(|now| now.part as usize + 1);
        let at_end = last.is_some_and(|last| last >= self.context.agenda.len());
        let closes = at_end && !self.hurry && !self.context.run.leave_open;
        if closes && self.lead(self.now, Command::Close) {
            let until = self.now + PATIENCE;
            self.phase = Phase::Closing(until);
            self.timetable.plan(until, Intent::Look);
        } else {
            self.leave();
        }
    }

    /// Everybody leaves. The next set begins, or nothing more.
    pub(super) fn leave(&mut self) {
        for at in 0..self.seats.len() {
            self.tally(at);
            let Some(seat) = self.seats.get_mut(at) else { continue };
            // Whoever was never in has nothing to come back to. A run that is stopped by hand waits
            // for nobody.
            let was_in = seat.id.is_some();
            if was_in && seat.stand != Stand::In && !self.hurry {
                self.counts.reconnects.never += 1;
            }
            if !self.counted && (seat.stand != Stand::Out || seat.due.is_some()) {
                self.counts.seats += 1;
                self.counts.not_in += u64::from(!was_in && !self.hurry);
            }
            if let Some(line) = seat.line.take() {
                line.bye();
                self.context.recorder.closed();
            }
        }
        if self.mix.is_some() {
            // What it took to hold still was no part of the load.
            self.counts.commands = Default::default();
            self.counts.deliveries = Default::default();
        }
        self.counted = true;
        self.timetable.keep(|_| false);
        self.under_way.clear();
        if self.context.run.scenario.repeat && !self.over {
            self.open_set();
        } else {
            self.phase = Phase::Done;
        }
    }
}

/// What the server would tell this person afresh, over a connection of its own.
async fn fresh(dial: &Dial, frame: &ClientFrame) -> Result<Snapshot, ClientError> {
    let mut connection = dial.connect().await?;
    connection.send(frame).await?;
    let mut model = Model::default();
    let snapshot = async {
        while !model.is_in() {
            model.take(&connection.next_text().await?)?;
        }
        Ok::<_, ClientError>(())
    };
    tokio::time::timeout(dial.waits(), snapshot)
        .await
        .map_err(|_| ClientError::Late("a fresh snapshot"))??;
    // A goodbye that does not arrive changes nothing about the comparison.
    let _ = connection.close().await;
    let seq = model.seq().0;
    let (mut shared, own) = model.into_views();
    let hands = take_hands(&mut shared).and_then(if_any);
    Ok(Snapshot { seq, shared: leaned(shared), hands, own: leaned(own) })
}
